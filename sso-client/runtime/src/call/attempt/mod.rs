//! The retry loop.
//!
//! It enforces timeouts, numbers attempts, decides on retries and waits between them. An attempt is one call of the
//! transport; connections are not known here.
//!
//! # Invariants
//!
//! - A call that is dropped leaves nothing behind but the cost of its attempts in the retry quota.
//! - What an attempt changes in the request does not affect the next one.

mod outcome;

use std::pin::pin;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Uri;
use http::header::{DATE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

use crate::auth::AuthContext;
use crate::base::{BoxFuture, SyncWrapper, uuid};
use crate::call::caller_headers::{TRACE_ID, trace_id};
use crate::call::observe::{AttemptTimer, CallContext, within};
use crate::config::Config;
use crate::config::retry::{Backoff, RetryConfig, Spent, TokenBucket};
use crate::data::json::is_whole_object;
use crate::error::{BuildError, ParsedError, RetryKind, classify, is_error_despite_status};
use crate::failure::{ConnectorError, Stage, TimeLimit};
use crate::http::{HttpRequest, HttpResponse, read_body};
use crate::time::{TimeoutConfig, TimeoutKind, http_date, limited, limited_unless};
use crate::transport::{HttpClient, Reached, SharedHttpClient, TransportResult, classified, could_not_connect};

use outcome::{AttemptFailure, AttemptResponse, Progress, observe};
pub(crate) use outcome::{CallFailure, CallResponse};

const INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");
const REQUEST: HeaderName = HeaderName::from_static("amz-sdk-request");

/// What the attempts of a call share.
pub(crate) struct Attempts<'a> {
    pub(crate) context: CallContext<'a>,
    pub(crate) http: &'a SharedHttpClient,
    pub(crate) tokens: &'a TokenBucket,
    pub(crate) retries: RetryConfig,
    pub(crate) timeouts: TimeoutConfig,
    pub(crate) in_lambda: bool,
    pub(crate) auth_context: AuthContext<'a>,
}

impl Attempts<'_> {
    fn config(&self) -> &Config {
        self.auth_context.config
    }

    /// Sends the request, retrying transient failures and throttling.
    pub(crate) async fn run(&self, request: &mut HttpRequest) -> Result<CallResponse, Box<CallFailure>> {
        let mut progress = Progress::new();
        // Always valid: it is ASCII.
        if let Ok(id) = HeaderValue::from_bytes(&uuid::random()) {
            request.headers_mut().set(INVOCATION_ID, id);
        }
        if let Some(id) = if self.in_lambda { trace_id() } else { None } {
            request.headers_mut().set_absent(TRACE_ID, id);
        }
        let limit = self.timeouts.operation_timeout();
        let outcome = limited(limit, pin!(self.attempts(request, &mut progress))).await;
        match outcome.unwrap_or_else(|| {
            Err(timed_out(Stage::Unknown, TimeoutKind::Operation, "the operation did not end", limit).into())
        }) {
            Ok(attempt) => {
                let retryable = self.retry_kind(&attempt).is_some();
                Ok(CallResponse { attempt, progress, retryable })
            }
            Err(failure) => {
                Err(progress.failed(self.context.operation.name, failure, self.config().use_fips() == Some(true)))
            }
        }
    }

    async fn attempts(
        &self,
        request: &mut HttpRequest,
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
            let retry_after = outcome.as_ref().ok().and_then(|attempt| retry_after(&attempt.response));
            drop(outcome);
            let delay = backoff.delay(kind, progress.attempts - 1, self.config().clock().jitter(), retry_after);
            (points.retry)(progress.attempts, kind, delay);
            SyncWrapper::new(self.config().clock().sleep(delay)).await;
            last = Some(paid.spend());
        }
    }

    /// Classifies an error response: by the model, else by the rules of AWS.
    fn retry_kind(&self, attempt: &AttemptResponse) -> Option<RetryKind> {
        let error = attempt.error.as_ref()?;
        let code = error.code();
        let modeled =
            self.context.operation.retryable.iter().find(|(name, _)| Some(*name) == code).map(|(_, kind)| *kind);
        // The code may be in the part of the body that was cut off.
        let hidden = (attempt.cut && code.is_none()).then_some(RetryKind::Transient);
        let by_code = |code| classify(attempt.response.status(), code);
        modeled.or_else(|| by_code(code)).or_else(|| by_code(Some(error.public_code()?))).or(hidden)
    }

    async fn attempt(
        &self,
        request: &mut HttpRequest,
        progress: &mut Progress,
    ) -> Result<AttemptResponse, AttemptFailure> {
        let limit = self.timeouts.operation_attempt_timeout();
        let outcome = limited(limit, pin!(self.send(request, progress))).await;
        outcome.unwrap_or_else(|| {
            Err(timed_out(Stage::Unknown, TimeoutKind::Attempt, "the attempt did not end", limit).into())
        })
    }

    async fn send(
        &self,
        template: &mut HttpRequest,
        progress: &mut Progress,
    ) -> Result<AttemptResponse, AttemptFailure> {
        let read_timeout = self.timeouts.read_timeout();
        let reached = Reached::new(read_timeout);
        let call = self.start(template, progress, reached.clone()).await?;
        let call = pin!(SyncWrapper::new(call));
        let response = limited_unless(read_timeout, || reached.is_queued(), call).await;
        let response = response.unwrap_or_else(|| Err(silent(&reached, read_timeout, template.uri())));
        let (head, body) = response.map_err(classified)?.into_parts();
        let is_error = !head.status.is_success();
        if is_error {
            self.record_skew(&head.headers, progress);
        }
        let attempt = |response| {
            let error = is_error.then(|| ParsedError::read(&response, &self.context.service.error_places));
            AttemptResponse { response, error, stream: None, cut: false }
        };
        if self.context.operation.streaming_output && !is_error {
            let body = body.with_stall_limit(read_timeout.filter(|_| !self.context.operation.event_stream_output));
            let (members, body) = match self.context.operation.initial_response {
                Some(read) => limited(read_timeout, pin!(SyncWrapper::new(read(body)))).await.unwrap_or_else(|| {
                    Err(timed_out(Stage::ResponseBody, TimeoutKind::Read, "no first message came", read_timeout))
                })?,
                None => (Bytes::new(), body),
            };
            let response = HttpResponse::new(head.status, head.headers, members);
            return Ok(AttemptResponse { stream: Some(body), ..attempt(response) });
        }
        let body = match read_body(body, self.config().max_response_body(), read_timeout).await {
            Ok(body) => body.into(),
            // Some servers end connections without the end that TLS has. Nothing can follow a whole object.
            Err(cut) if (is_error || cut.may_be_whole) && is_whole_object(&cut.bytes) => cut.bytes,
            // Status and headers of an error response are meaningful without its body.
            Err(cut) if is_error => {
                let response = HttpResponse::cut(head.status, head.headers, cut.bytes, cut.cause.to_string());
                return Ok(AttemptResponse { cut: cut.cause.is_transient(), ..attempt(response) });
            }
            Err(cut) => {
                self.record_skew(&head.headers, progress);
                let response = Some(Box::new(HttpResponse::new(head.status, head.headers, Vec::new())));
                return Err(AttemptFailure { cause: cut.cause, response });
            }
        };
        let response = HttpResponse::new(head.status, head.headers, body);
        if !is_error && is_error_despite_status(&response) {
            let error = Some(ParsedError::read(&response, &self.context.service.error_places));
            return Ok(AttemptResponse { response, error, stream: None, cut: false });
        }
        Ok(attempt(response))
    }

    /// Completes the request and hands it to the transport.
    async fn start(
        &self,
        template: &mut HttpRequest,
        progress: &Progress,
        reached: Reached,
    ) -> Result<BoxFuture<'static, TransportResult>, ConnectorError> {
        let construction = |error| ConnectorError::construction(BuildError::other(error));
        if let Ok(value) = self.request_header(progress) {
            template.headers_mut().set(REQUEST, value);
        }
        let mut request = template.to_http().map_err(construction)?;
        if let Some(authorize) = self.context.operation.authorize {
            SyncWrapper::new(authorize(&mut request, self.auth_context)).await.map_err(construction)?;
        }
        (self.context.trace_points().request)(&request, template);
        Ok(self.http.call_observed(request, reached))
    }

    /// Records the clock skew of the service, which is needed after failures only.
    fn record_skew(&self, headers: &HeaderMap, progress: &mut Progress) {
        let date = headers.get(DATE).and_then(|date| http_date::parse(date.to_str().ok()?));
        progress.ahead = date.map(|date| seconds_ahead(date, self.config().clock().now())).or(progress.ahead);
    }

    /// Returns `amz-sdk-request`: the number of the attempt, the maximum and, if a read timeout was set, the time by the
    /// service's clock until which the response is awaited.
    fn request_header(&self, progress: &Progress) -> Result<HeaderValue, InvalidHeaderValue> {
        let max = self.retries.max_attempts();
        let attempt = progress.attempts;
        if (attempt, max) == (1, 3) {
            // Avoids formatting for most requests.
            return Ok(HeaderValue::from_static("attempt=1; max=3"));
        }
        let ttl = self.timeouts.explicit_read_timeout().zip(progress.ahead).filter(|_| attempt > 1);
        let until = ttl.and_then(|(limit, ahead)| {
            let skew = Duration::from_secs(ahead.unsigned_abs());
            let now = self.config().clock().now();
            let theirs = if ahead < 0 { now.checked_sub(skew) } else { now.checked_add(skew) };
            http_date::basic(theirs?.checked_add(limit)?)
        });
        HeaderValue::try_from(match until {
            Some(until) => format!("ttl={until}; attempt={attempt}; max={max}"),
            None => format!("attempt={attempt}; max={max}"),
        })
    }
}

fn timed_out(stage: Stage, kind: TimeoutKind, what: &'static str, limit: Option<Duration>) -> ConnectorError {
    let limit = TimeLimit { kind, what: what.into(), limit: limit.unwrap_or_default(), note: "" };
    ConnectorError::timed_out(stage, limit)
}

/// Creates the error for a request that nothing came back for: it may not have been sent.
fn silent(reached: &Reached, limit: Option<Duration>, uri: &Uri) -> ConnectorError {
    let error = reached.timed_out(TimeoutKind::Read, limit.unwrap_or_default());
    match error.stage() {
        Stage::Exchange => error,
        _ => error.with_message(could_not_connect(uri)),
    }
}

/// Returns by how many seconds the first clock is ahead.
fn seconds_ahead(theirs: SystemTime, ours: SystemTime) -> i64 {
    let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match theirs.duration_since(ours) {
        Ok(ahead) => whole(ahead),
        Err(behind) => -whole(behind.duration()),
    }
}

/// Returns `x-amz-retry-after`, which is in milliseconds.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let text = response.headers().get("x-amz-retry-after")?;
    text.trim().parse().ok().map(Duration::from_millis)
}
