//! One request, sent as often as it takes.
//!
//! It keeps the time limits, numbers the attempts and tells the service of them, asks `retry`
//! whether and when to try again, and waits. It does not read what a response means beyond that,
//! and knows nothing of connections: an attempt is one call of the transport.
//!
//! What must stay true: dropped at any point, a call leaves nothing behind but what its attempts
//! have cost the client's quota; and what an attempt changes in a request is gone with it.

mod outcome;

use std::pin::pin;
use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

use crate::auth::AuthContext;
use crate::base::{SyncWrapper, uuid};
use crate::call::backoff::Backoff;
use crate::call::observe::trace::within;
use crate::call::observe::{AttemptTimer, CallContext};
use crate::call::trace_id::{TRACE_ID, trace_id};
use crate::config::retry::{RetryConfig, Spent, TokenBucket};
use crate::error::{BuildError, ParsedError, RetryKind, classify};
use crate::failure::{ConnectorError, Stage, TimeLimit};
use crate::http::{HttpRequest, HttpResponse, read_body};
use crate::time::{Clock, TimeoutConfig, TimeoutKind, http_date, limited};
use crate::transport::{HttpClient, SharedHttpClient};

use outcome::{AttemptFailure, AttemptResponse, Progress, observe};
pub(crate) use outcome::{CallFailure, CallResponse};

/// The header that tells calls apart.
const INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");
/// The header that numbers attempts.
const REQUEST: HeaderName = HeaderName::from_static("amz-sdk-request");

/// Everything that attempts of a call share.
pub(crate) struct Attempts<'a> {
    pub(crate) context: CallContext<'a>,
    pub(crate) http: &'a SharedHttpClient,
    pub(crate) tokens: &'a TokenBucket,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) retries: RetryConfig,
    pub(crate) timeouts: TimeoutConfig,
    /// The largest body that is read, in bytes.
    pub(crate) max_body: usize,
    /// Whether this is a Lambda function.
    pub(crate) in_lambda: bool,
    /// Whether it is a FIPS endpoint that is asked.
    pub(crate) fips: bool,
    pub(crate) auth_context: AuthContext<'a>,
}

impl Attempts<'_> {
    /// Sends the request until it succeeds, fails for good, or nothing allows another attempt.
    pub(crate) async fn run(&self, request: &mut HttpRequest) -> Result<CallResponse, Box<CallFailure>> {
        let mut progress = Progress::new();
        // It cannot be refused: it is plain ASCII.
        if let Ok(id) = HeaderValue::from_bytes(&uuid::random()) {
            request.headers_mut().set(INVOCATION_ID, id);
        }
        if let Some(id) = if self.in_lambda { trace_id() } else { None } {
            request.headers_mut().set_absent(TRACE_ID, id);
        }
        let limit = self.timeouts.operation_timeout();
        let outcome = limited(limit, pin!(self.attempts(request, &mut progress))).await;
        match outcome
            .unwrap_or_else(|| Err(timed_out(TimeoutKind::Operation, "the operation did not end", limit).into()))
        {
            Ok(attempt) => {
                let retryable = self.retry_kind(&attempt).is_some();
                Ok(CallResponse { attempt, progress, retryable })
            }
            Err(failure) => Err(progress.failed(self.context.operation.name, failure, self.fips)),
        }
    }

    async fn attempts(
        &self,
        request: &HttpRequest,
        progress: &mut Progress,
    ) -> Result<AttemptResponse, AttemptFailure> {
        let backoff = Backoff::new(&self.retries);
        let max = self.retries.max_attempts();
        let mut last: Option<Spent> = None;
        loop {
            progress.attempts += 1;
            let points = self.context.trace_points();
            let span = (points.attempt)(request, progress.attempts - 1);
            let timer = AttemptTimer::start(&self.context, progress.attempts, request);
            let outcome = within!(span, self.attempt(request, progress));
            observe(&outcome, timer, points, &span);
            progress.record(&outcome);
            let retry = match &outcome {
                Ok(attempt) if attempt.error.is_none() => {
                    self.tokens.refund(last);
                    None
                }
                Ok(attempt) => self.retry_kind(attempt),
                Err(failure) => failure.cause.is_transient().then_some(RetryKind::Transient),
            };
            let again = progress.attempts < max && request.stream().is_none_or(|stream| stream.is_replayable());
            let Some(kind) = retry.filter(|_| again) else { return outcome };
            let Some(paid) = self.tokens.take(kind) else {
                (points.out_of_quota)(progress.attempts, kind);
                return outcome;
            };
            let asked = outcome.as_ref().ok().and_then(|attempt| retry_after(&attempt.response));
            drop(outcome);
            let delay = backoff.delay(kind, progress.attempts - 1, self.clock.jitter(), asked);
            (points.retry)(progress.attempts, kind, delay);
            SyncWrapper::new(self.clock.sleep(delay)).await;
            last = Some(paid.spend());
        }
    }

    /// Whether an error response may pass: by what the model says of its code, and what AWS does.
    fn retry_kind(&self, attempt: &AttemptResponse) -> Option<RetryKind> {
        let code = attempt.error.as_ref()?.code();
        let modeled =
            self.context.operation.retryable.iter().find(|(name, _)| Some(*name) == code).map(|(_, kind)| *kind);
        // Without its body a response may hide what it is about, unless it said so before.
        let hidden = (attempt.cut && code.is_none()).then_some(RetryKind::Transient);
        modeled.or_else(|| classify(attempt.response.status(), code)).or(hidden)
    }

    async fn attempt(&self, request: &HttpRequest, progress: &mut Progress) -> Result<AttemptResponse, AttemptFailure> {
        let limit = self.timeouts.operation_attempt_timeout();
        let outcome = limited(limit, pin!(self.send(request, progress))).await;
        outcome.unwrap_or_else(|| Err(timed_out(TimeoutKind::Attempt, "the attempt did not end", limit).into()))
    }

    async fn send(&self, request: &HttpRequest, progress: &mut Progress) -> Result<AttemptResponse, AttemptFailure> {
        let template = request;
        let not_ready = |error| ConnectorError::construction(BuildError::other(error));
        let mut request = template.to_http().map_err(not_ready)?;
        if let Ok(value) = self.numbered(progress) {
            request.headers_mut().insert(REQUEST, value);
        }
        if let Some(authorize) = self.context.operation.authorize {
            SyncWrapper::new(authorize(&mut request, self.auth_context)).await.map_err(not_ready)?;
        }
        (self.context.trace_points().request)(&request, template);
        let read_timeout = self.timeouts.read_timeout();
        let response =
            limited(read_timeout, pin!(SyncWrapper::new(self.http.call(request)))).await.unwrap_or_else(|| {
                let limit = read_timeout.unwrap_or_default();
                let limit = TimeLimit { kind: TimeoutKind::Read, what: "no response came", limit };
                Err(ConnectorError::timed_out(Stage::Exchange, limit))
            });
        let (head, body) = response?.into_parts();
        let is_error = !head.status.is_success();
        if is_error {
            self.note_clock(&head.headers, progress);
        }
        let attempt = |response| {
            let error = is_error.then(|| ParsedError::read(&response, self.context.service.error_message));
            AttemptResponse { response, error, stream: None, cut: false }
        };
        if self.context.operation.streaming_output && !is_error {
            let body = body.with_stall_limit(read_timeout.filter(|_| !self.context.operation.event_stream_output));
            let response = HttpResponse::new(head.status, head.headers, Vec::new());
            return Ok(AttemptResponse { stream: Some(body), ..attempt(response) });
        }
        match read_body(body, self.max_body, read_timeout).await {
            Ok(body) => Ok(attempt(HttpResponse::new(head.status, head.headers, body))),
            // What the status and the header say of an error counts, with or without its body.
            Err(cause) if is_error => {
                let response = HttpResponse::without_body(head.status, head.headers, cause.to_string());
                Ok(AttemptResponse { cut: cause.is_transient(), ..attempt(response) })
            }
            Err(cause) => {
                self.note_clock(&head.headers, progress);
                let response = Some(Box::new(HttpResponse::new(head.status, head.headers, Vec::new())));
                Err(AttemptFailure { cause, response })
            }
        }
    }

    /// By how much the service's clock is ahead, which only what follows a failure needs to know.
    fn note_clock(&self, headers: &HeaderMap, progress: &mut Progress) {
        let date = headers.get(DATE).and_then(|date| http_date::parse(date.to_str().ok()?));
        progress.ahead = date.map(|date| seconds_ahead(date, self.clock.now())).or(progress.ahead);
    }

    /// `amz-sdk-request`: which attempt of how many this is, and until when, by the service's clock,
    /// an answer to it is waited for. Only a limit that was said is promised.
    fn numbered(&self, progress: &Progress) -> Result<HeaderValue, InvalidHeaderValue> {
        let max = self.retries.max_attempts();
        let attempt = progress.attempts;
        if (attempt, max) == (1, 3) {
            // That of most requests, which need not be composed.
            return Ok(HeaderValue::from_static("attempt=1; max=3"));
        }
        let ttl = self.timeouts.explicit_read_timeout().zip(progress.ahead).filter(|_| attempt > 1);
        let until = ttl.and_then(|(limit, ahead)| {
            let skew = Duration::from_secs(ahead.unsigned_abs());
            let now = self.clock.now();
            let theirs = if ahead < 0 { now.checked_sub(skew) } else { now.checked_add(skew) };
            http_date::basic(theirs?.checked_add(limit)?)
        });
        HeaderValue::try_from(match until {
            Some(until) => format!("ttl={until}; attempt={attempt}; max={max}"),
            None => format!("attempt={attempt}; max={max}"),
        })
    }
}

/// A limit that ran out.
fn timed_out(kind: TimeoutKind, what: &'static str, limit: Option<Duration>) -> ConnectorError {
    let limit = TimeLimit { kind, what, limit: limit.unwrap_or_default() };
    ConnectorError::timed_out(Stage::Unknown, limit)
}

/// By how many seconds one point in time is after another.
fn seconds_ahead(theirs: SystemTime, ours: SystemTime) -> i64 {
    let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match theirs.duration_since(ours) {
        Ok(ahead) => whole(ahead),
        Err(behind) => -whole(behind.duration()),
    }
}

/// `x-amz-retry-after`, in milliseconds.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let text = response.headers().get("x-amz-retry-after")?;
    text.trim().parse().ok().map(Duration::from_millis)
}
