//! How attempts end that brought no response to look at, and what becomes of them.

use http::StatusCode;
use tokio::time::Instant;
use tracing::Span;

use crate::call::observe::{Known, Watch, trace};
use crate::config::{AttemptOutcome, TracePoints};
use crate::error::{BuildError, CallInfo, ConnectorError, Ids, ParsedError, RetryKind, SdkError, hint};
use crate::http::{HttpResponse, ReadError, ResponseBody};
use crate::time::{TimedOut, TimeoutKind};

/// A response, whatever its status, and how it was come by.
pub(crate) struct Exchange {
    pub(super) received: Received,
    pub(super) progress: Progress,
    pub(super) retryable: bool,
}

impl Exchange {
    /// The response, and its body where that is handed on as it comes.
    pub(crate) fn received(&mut self) -> (&HttpResponse, Option<ResponseBody>) {
        (&self.received.response, self.received.stream.take())
    }

    /// Notes that the body holds no secrets.
    pub(crate) fn set_public(&mut self) {
        self.received.response.set_public();
    }

    /// Whether the response says that the call succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.received.error.is_none()
    }

    /// The response, what it says of the error, where it is one, and how the call went.
    pub(crate) fn into_parts(self, operation: &'static str) -> (HttpResponse, Option<ParsedError>, CallInfo) {
        let Self { received: Received { response, error, .. }, progress, retryable } = self;
        let mut call = progress.call(operation, Some(response.status()));
        call.retryable = retryable;
        call.hint = error.as_ref().and_then(|error| hint::answer(&response, error.code(), progress.ahead));
        (response, error, call)
    }
}

/// No response that could be looked at.
pub(crate) struct Failure {
    pub(super) error: AttemptError,
    pub(super) ids: Ids,
    pub(super) call: CallInfo,
}

/// A response, and its body where that is still on the way.
pub(super) struct Received {
    pub(super) response: HttpResponse,
    /// What it says of the error, where it is one.
    pub(super) error: Option<ParsedError>,
    pub(super) stream: Option<ResponseBody>,
    /// Whether the body of an error response was cut short, so that it may hide what it is about.
    pub(super) cut: bool,
}

/// How one attempt ended.
pub(super) enum AttemptError {
    /// The request could not be made ready to be sent.
    Construction(BuildError),
    Timeout(TimedOut),
    Dispatch(ConnectorError),
    Body(ReadError, Box<HttpResponse>),
}

impl AttemptError {
    /// Whether another attempt may end better.
    pub(super) fn retry_kind(&self) -> Option<RetryKind> {
        let may_pass = match self {
            Self::Construction(_) => false,
            Self::Timeout(_) => true,
            Self::Dispatch(error) => error.is_io() || error.is_timeout(),
            Self::Body(error, _) => error.is_transient(),
        };
        may_pass.then_some(RetryKind::Transient)
    }
}

/// Tells of an attempt that has ended.
pub(super) fn observe(outcome: &Result<Received, AttemptError>, watch: Watch<'_>, points: &TracePoints, span: &Span) {
    match outcome {
        Ok(received) => {
            let Received { response, error, stream, .. } = received;
            let code = error.as_ref().and_then(ParsedError::code);
            let status = response.status();
            let read = stream.is_none() && response.broken().is_none();
            let response_bytes = read.then(|| response.body().len() as u64);
            let refusal = error.as_ref().map(|_| trace::Refusal { code, status });
            trace::response(points, span, response, response_bytes, refusal.as_ref().map(|refusal| refusal as _));
            let known = Known { status: Some(status), error_code: code, response_bytes };
            let outcome = if error.is_none() { AttemptOutcome::Success } else { AttemptOutcome::ServiceError };
            watch.end(outcome, known);
        }
        Err(error) => {
            let (outcome, status) = match error {
                AttemptError::Construction(_) => (AttemptOutcome::ConstructionFailure, None),
                AttemptError::Timeout(timed_out) => (AttemptOutcome::Timeout(timed_out.kind), None),
                AttemptError::Dispatch(error) => (dispatch_outcome(error), None),
                AttemptError::Body(error, response) => (body_outcome(error), Some(response.status())),
            };
            match error {
                AttemptError::Body(_, response) => trace::response(points, span, response, None, Some(&outcome)),
                _ => trace::no_response(points, span, outcome),
            }
            watch.end(outcome, Known { status, ..Known::default() });
        }
    }
}

/// Time limits that the transport keeps are time limits too.
fn dispatch_outcome(error: &ConnectorError) -> AttemptOutcome {
    error.timeout_kind().map_or(AttemptOutcome::DispatchFailure, AttemptOutcome::Timeout)
}

fn body_outcome(error: &ReadError) -> AttemptOutcome {
    match error {
        ReadError::Stalled(_) => AttemptOutcome::Timeout(TimeoutKind::Read),
        ReadError::Broken(_) | ReadError::TooLarge(_) => AttemptOutcome::ResponseError,
    }
}

impl Failure {
    pub(crate) fn construction(error: BuildError, call: CallInfo) -> Box<Self> {
        let hint = error.hint();
        Box::new(Self { error: AttemptError::Construction(error), ids: Ids::default(), call: call.with_hint(hint) })
    }

    pub(crate) fn into_sdk_error<E>(self) -> SdkError<E> {
        match self.error {
            AttemptError::Construction(error) => SdkError::construction_failure(error),
            AttemptError::Timeout(error) => SdkError::timeout_error(error),
            AttemptError::Dispatch(error) => SdkError::dispatch_failure(error),
            AttemptError::Body(error, response) => SdkError::response_error(error, *response),
        }
        .with_call(self.call, self.ids)
    }
}

/// What is known so far, kept outside of the future that a timeout may drop.
pub(super) struct Progress {
    started: Instant,
    pub(super) attempts: u32,
    /// The status and ids of the last response, which a timeout should not hide.
    last: Option<(StatusCode, Ids)>,
    /// By how many seconds the server's clock is ahead of ours.
    pub(super) ahead: Option<i64>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), attempts: 0, last: None, ahead: None }
    }

    /// Notes what an attempt brought.
    pub(super) fn note(&mut self, outcome: &Result<Received, AttemptError>) {
        self.last = match outcome {
            Ok(Received { response, error: Some(_), .. }) => Some((response.status(), Ids::of(response))),
            _ => None,
        };
    }

    fn call(&self, operation: &'static str, status: Option<StatusCode>) -> CallInfo {
        CallInfo {
            operation,
            status,
            attempts: self.attempts,
            elapsed: self.started.elapsed(),
            retryable: false,
            hint: None,
        }
    }

    /// The end of a call without one.
    pub(super) fn failed(mut self, operation: &'static str, error: AttemptError, fips: bool) -> Box<Failure> {
        let (status, ids) = match &error {
            AttemptError::Body(_, response) => (Some(response.status()), Ids::of(response)),
            AttemptError::Timeout(_) => {
                self.last.take().map_or_else(Default::default, |(status, ids)| (Some(status), ids))
            }
            AttemptError::Construction(_) | AttemptError::Dispatch(_) => Default::default(),
        };
        let mut call = self.call(operation, status);
        call.retryable = error.retry_kind().is_some();
        let error = match error {
            // Waiting for bytes is a time limit too, wherever it is noticed.
            AttemptError::Body(ReadError::Stalled(limit), _) => {
                AttemptError::Timeout(TimedOut { kind: TimeoutKind::Read, what: "no more of the body came", limit })
            }
            error => error,
        };
        call.hint = match &error {
            AttemptError::Construction(error) => {
                // An attempt that was not made ready was not made.
                call.attempts = call.attempts.saturating_sub(1);
                error.hint()
            }
            AttemptError::Timeout(timed_out) => Some(hint::timeout(timed_out.kind)),
            AttemptError::Dispatch(error) => hint::dispatch(error, fips),
            AttemptError::Body(..) => None,
        };
        Box::new(Failure { error, ids, call })
    }
}
