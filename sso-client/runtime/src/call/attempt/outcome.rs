//! Outcomes of attempts and calls.

use http::StatusCode;
use tokio::time::Instant;
use tracing::Span;

use crate::call::observe::{AttemptTimer, ErrorType, ResponseSummary, record_no_response, record_response};
use crate::config::{AttemptOutcome, TracePoints};
use crate::error::{BuildError, CallInfo, Ids, ParsedError, SdkError, hint};
use crate::failure::{ConnectorError, Reason, Stage};
use crate::http::{HttpResponse, ResponseBody};
use crate::time::TimeoutKind;

/// The last response of a call, whatever its status.
pub(crate) struct CallResponse {
    pub(super) attempt: AttemptResponse,
    pub(super) progress: Progress,
    pub(super) retryable: bool,
}

impl CallResponse {
    /// Returns the response, and its body if that is streamed.
    pub(crate) fn response(&mut self) -> (&HttpResponse, Option<ResponseBody>) {
        (&self.attempt.response, self.attempt.stream.take())
    }

    /// Marks the body as not sensitive.
    pub(crate) fn set_public(&mut self) {
        self.attempt.response.set_public();
    }

    pub(crate) fn is_success(&self) -> bool {
        self.attempt.error.is_none()
    }

    /// Returns the response, code and message of the error if it is one, and the call's metadata. `required` are names of
    /// required members.
    pub(crate) fn into_parts(
        self,
        operation: &'static str,
        required: [Option<&'static str>; 2],
    ) -> (HttpResponse, Option<ParsedError>, CallInfo) {
        let Self { attempt: AttemptResponse { response, error, .. }, progress, retryable } = self;
        let mut call = progress.call(operation, Some(response.status()));
        call.retryable = retryable;
        call.hint = error.as_ref().and_then(|error| hint::error_response(&response, error, progress.ahead, required));
        (response, error, call)
    }
}

/// The response of an attempt, whatever its status.
pub(super) struct AttemptResponse {
    pub(super) response: HttpResponse,
    /// Code and message, if it is an error response.
    pub(super) error: Option<ParsedError>,
    /// The body, if it is streamed.
    pub(super) stream: Option<ResponseBody>,
    /// Whether the body of an error response was cut short, so that its code may be missing.
    pub(super) cut: bool,
}

/// A failed attempt without a usable response.
pub(super) struct AttemptFailure {
    pub(super) cause: ConnectorError,
    /// The head of the response, if only its body could not be read.
    pub(super) response: Option<Box<HttpResponse>>,
}

impl From<ConnectorError> for AttemptFailure {
    fn from(cause: ConnectorError) -> Self {
        Self { cause, response: None }
    }
}

/// Records the end of an attempt.
pub(super) fn observe(
    outcome: &Result<AttemptResponse, AttemptFailure>,
    timer: AttemptTimer<'_>,
    points: &TracePoints,
    span: &Span,
) {
    match outcome {
        Ok(AttemptResponse { response, error, stream, .. }) => {
            let code = error.as_ref().and_then(ParsedError::code);
            let status = response.status();
            let read = stream.is_none() && response.broken().is_none();
            let response_bytes = read.then(|| response.body().len() as u64);
            let error_type = error.as_ref().map(|_| ErrorType { code, status });
            record_response(points, span, response, response_bytes, error_type.as_ref().map(|error| error as _));
            let summary = ResponseSummary { status: Some(status), error_code: code, response_bytes };
            let outcome = if error.is_none() { AttemptOutcome::Success } else { AttemptOutcome::ServiceError };
            timer.end(outcome, summary);
        }
        Err(AttemptFailure { cause, response }) => {
            let outcome = failure_outcome(cause);
            match response {
                Some(response) => record_response(points, span, response, None, Some(&outcome)),
                None => record_no_response(points, span, outcome),
            }
            let status = response.as_ref().map(|response| response.status());
            timer.end(outcome, ResponseSummary { status, ..ResponseSummary::default() });
        }
    }
}

fn failure_outcome(cause: &ConnectorError) -> AttemptOutcome {
    match (cause.reason(), cause.stage()) {
        (Reason::TimedOut(kind), _) => AttemptOutcome::Timeout(kind),
        (_, Stage::Construction) => AttemptOutcome::ConstructionFailure,
        (_, Stage::ResponseBody) => AttemptOutcome::ResponseError,
        _ => AttemptOutcome::DispatchFailure,
    }
}

/// A failed call without a usable response.
pub(crate) struct CallFailure {
    cause: ConnectorError,
    response: Option<Box<HttpResponse>>,
    ids: Ids,
    call: CallInfo,
}

impl CallFailure {
    /// A call that failed before the first attempt.
    pub(crate) fn before_sending(error: BuildError, operation: &'static str) -> Box<Self> {
        let call = CallInfo::nothing_sent(operation).with_hint(error.hint());
        Box::new(Self { cause: ConnectorError::construction(error), response: None, ids: Ids::default(), call })
    }

    pub(crate) fn into_sdk_error<E>(self) -> SdkError<E> {
        SdkError::from_cause(self.cause, self.response.map(|response| *response)).with_call(self.call, self.ids)
    }
}

/// The state of a call, kept outside of the future that a timeout drops.
pub(super) struct Progress {
    started: Instant,
    pub(super) attempts: u32,
    /// Status and ids of the last error response, which a timeout should not hide.
    last: Option<(StatusCode, Ids)>,
    /// By how many seconds the server's clock is ahead of ours.
    pub(super) ahead: Option<i64>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), attempts: 0, last: None, ahead: None }
    }

    /// Records how an attempt ended.
    pub(super) fn record(&mut self, outcome: &Result<AttemptResponse, AttemptFailure>) {
        self.last = match outcome {
            Ok(AttemptResponse { response, error: Some(_), .. }) => Some((response.status(), Ids::of(response))),
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

    /// Ends the call without a usable response.
    pub(super) fn failed(mut self, operation: &'static str, failure: AttemptFailure, fips: bool) -> Box<CallFailure> {
        let AttemptFailure { cause, response } = failure;
        let (status, ids) = match &response {
            Some(response) => (Some(response.status()), Ids::of(response)),
            // The limit on the attempt or the call may have cut a wait after an error response.
            None if matches!(cause.timeout_kind(), Some(TimeoutKind::Attempt | TimeoutKind::Operation)) => {
                self.last.take().map_or_else(Default::default, |(status, ids)| (Some(status), ids))
            }
            None => Default::default(),
        };
        if cause.stage() == Stage::Construction {
            // Such an attempt was not made.
            self.attempts = self.attempts.saturating_sub(1);
        }
        let mut call = self.call(operation, status);
        call.retryable = cause.is_transient();
        call.hint = hint::failure(&cause, fips);
        Box::new(CallFailure { cause, response, ids, call })
    }
}
