//! One request, sent as often as it takes.

use std::time::Duration;

use http::StatusCode;
use http::header::HeaderValue;
use tokio::time::Instant;

use super::auth::{AuthContext, Authorize};
use super::error::{BoxError, BuildError, CallInfo, ConnectorError, SdkError, error_code};
use super::http::{HttpRequest, HttpResponse};
use super::retry::{Backoff, Paid, RetryConfig, RetryKind, TokenBucket, classify};
use super::timeout::TimeoutConfig;
use super::transport::{HttpClient, ReadError, ResponseBody, SharedHttpClient, read_body};
use super::uuid;

/// The largest body that is read. The service's own stay far below; what is larger comes from
/// somewhere else, and should not fill the memory.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Everything that attempts of a call share.
pub(super) struct Attempts<'a> {
    pub(super) operation: &'static str,
    pub(super) http: &'a SharedHttpClient,
    pub(super) tokens: &'a TokenBucket,
    pub(super) retries: RetryConfig,
    pub(super) timeouts: TimeoutConfig,
    /// The codes of the operation's errors that may pass.
    pub(super) retryable: &'static [(&'static str, RetryKind)],
    /// Whether the body of a success is handed on as it comes.
    pub(super) streams: bool,
    /// Whether it is a stream of events, between which there may be silence.
    pub(super) events: bool,
    pub(super) authorize: Option<(Authorize, AuthContext<'a>)>,
}

/// A response, whatever its status, and how it was come by.
pub(super) struct Exchange {
    pub(super) response: HttpResponse,
    pub(super) call: CallInfo,
    /// The body, where it is handed on as it comes.
    pub(super) stream: Option<ResponseBody>,
}

/// A response, and its body where that is still on the way.
type Received = (HttpResponse, Option<ResponseBody>);

/// No response that could be looked at.
pub(super) struct Failure {
    reason: Reason,
    call: CallInfo,
}

enum Reason {
    Construction(BuildError),
    Timeout(TimedOut, Option<String>),
    Dispatch(ConnectorError),
    Response(BoxError, Box<HttpResponse>),
}

/// How one attempt ended.
enum AttemptError {
    /// The request could not be made ready to be sent.
    Construction(BuildError),
    Timeout(TimedOut),
    Dispatch(ConnectorError),
    Body(ReadError, Box<HttpResponse>),
}

/// A time limit that ran out.
#[derive(Debug)]
struct TimedOut {
    what: &'static str,
    limit: Duration,
}

impl std::fmt::Display for TimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} within {:?}", self.what, self.limit)
    }
}

impl std::error::Error for TimedOut {}

impl Failure {
    pub(super) fn construction(error: BuildError, call: CallInfo) -> Self {
        Self { reason: Reason::Construction(error), call }
    }

    pub(super) fn into_sdk_error<E>(self) -> SdkError<E> {
        let mut request_id = None;
        let error = match self.reason {
            Reason::Construction(error) => SdkError::construction_failure(error),
            Reason::Timeout(error, id) => {
                request_id = id;
                SdkError::timeout_error(error)
            }
            Reason::Dispatch(error) => SdkError::dispatch_failure(error),
            Reason::Response(error, response) => {
                request_id = response.request_id();
                SdkError::response_error(error, *response)
            }
        };
        error.with_call(self.call, request_id)
    }
}

/// What is known so far, kept outside of the future that a timeout may drop.
struct Progress {
    started: Instant,
    attempts: u32,
    /// The status and request id of the last response, which a timeout should not hide.
    last: Option<(StatusCode, Option<String>)>,
}

impl Attempts<'_> {
    /// Sends the request until it succeeds, fails for good, or nothing allows another attempt.
    pub(super) async fn run(&self, mut request: HttpRequest) -> Result<Exchange, Failure> {
        let mut progress = Progress { started: Instant::now(), attempts: 0, last: None };
        let invocation = uuid::random();
        // Neither name nor value can be refused: both are plain ASCII.
        let _ = request.headers_mut().insert("amz-sdk-invocation-id", invocation);
        let outcome = match self.timeouts.operation_timeout() {
            None => self.attempts(request, &mut progress).await,
            Some(limit) => tokio::time::timeout(limit, self.attempts(request, &mut progress))
                .await
                .unwrap_or_else(|_| Err(AttemptError::Timeout(TimedOut { what: "the operation did not end", limit }))),
        };
        let call = |status| CallInfo {
            operation: self.operation,
            status,
            attempts: progress.attempts,
            elapsed: progress.started.elapsed(),
        };
        match outcome {
            Ok((response, stream)) => Ok(Exchange { call: call(Some(response.status())), response, stream }),
            Err(AttemptError::Construction(error)) => {
                // An attempt that was not made ready was not made.
                Err(Failure::construction(error, CallInfo { attempts: progress.attempts - 1, ..call(None) }))
            }
            Err(AttemptError::Timeout(error)) => {
                let (status, id) = progress.last.take().map_or((None, None), |(status, id)| (Some(status), id));
                Err(Failure { call: call(status), reason: Reason::Timeout(error, id) })
            }
            // Waiting for bytes is a time limit too, wherever it is noticed.
            Err(AttemptError::Body(ReadError::Stalled(limit), response)) => Err(Failure {
                call: call(Some(response.status())),
                reason: Reason::Timeout(TimedOut { what: "no more of the body came", limit }, response.request_id()),
            }),
            Err(AttemptError::Dispatch(error)) => Err(Failure { reason: Reason::Dispatch(error), call: call(None) }),
            Err(AttemptError::Body(error, response)) => {
                let call = call(Some(response.status()));
                Err(Failure { reason: Reason::Response(error.into(), response), call })
            }
        }
    }

    async fn attempts(&self, request: HttpRequest, progress: &mut Progress) -> Result<Received, AttemptError> {
        let backoff = Backoff::new(&self.retries);
        let max = self.retries.max_attempts();
        let mut paid: Option<Paid> = None;
        loop {
            progress.attempts += 1;
            let outcome = self.attempt(&request, progress.attempts, max).await;
            progress.last = match &outcome {
                Ok((response, _)) if !response.status().is_success() => {
                    Some((response.status(), response.request_id()))
                }
                _ => None,
            };
            let retry = match &outcome {
                Ok((response, _)) if response.status().is_success() => {
                    self.tokens.refund(paid);
                    None
                }
                Ok((response, _)) => {
                    let code = error_code(response);
                    // Without its body a response may hide what it is about, unless it said so before.
                    let hidden = response.broken().filter(|_| code.is_none()).map(|_| RetryKind::Transient);
                    let modeled = self.retryable.iter().find(|(name, _)| Some(*name) == code.as_deref());
                    modeled.map(|(_, kind)| *kind).or_else(|| classify(response.status(), code.as_deref())).or(hidden)
                }
                Err(AttemptError::Construction(_)) => None,
                Err(AttemptError::Timeout(_)) => Some(RetryKind::Transient),
                Err(AttemptError::Dispatch(error)) => {
                    (error.is_io() || error.is_timeout()).then_some(RetryKind::Transient)
                }
                Err(AttemptError::Body(error, _)) => error.is_transient().then_some(RetryKind::Transient),
            };
            let again = progress.attempts < max && request.stream().is_none_or(|stream| stream.is_replayable());
            let Some(kind) = retry.filter(|_| again) else { return outcome };
            let Some(cost) = self.tokens.take(kind) else { return outcome };
            paid = Some(cost);
            let asked = outcome.as_ref().ok().and_then(|(response, _)| retry_after(response));
            let delay = backoff.delay(kind, progress.attempts - 1, fastrand::f64(), asked);
            tokio::time::sleep(delay).await;
        }
    }

    async fn attempt(&self, request: &HttpRequest, attempt: u32, max: u32) -> Result<Received, AttemptError> {
        let Some(limit) = self.timeouts.operation_attempt_timeout() else {
            return self.send(request, attempt, max).await;
        };
        tokio::time::timeout(limit, self.send(request, attempt, max))
            .await
            .unwrap_or(Err(AttemptError::Timeout(TimedOut { what: "the attempt did not end", limit })))
    }

    async fn send(&self, request: &HttpRequest, attempt: u32, max: u32) -> Result<Received, AttemptError> {
        let not_ready = |error| AttemptError::Construction(BuildError::other(error));
        let mut request = request.to_http().map_err(not_ready)?;
        if let Ok(value) = HeaderValue::from_str(&format!("attempt={attempt}; max={max}")) {
            request.headers_mut().insert("amz-sdk-request", value);
        }
        if let Some((authorize, context)) = self.authorize {
            authorize(&mut request, context).await.map_err(not_ready)?;
        }
        let sending = self.http.call(request);
        let read_timeout = self.timeouts.read_timeout();
        let response = match read_timeout {
            None => sending.await,
            Some(limit) => tokio::time::timeout(limit, sending)
                .await
                .unwrap_or_else(|_| Err(ConnectorError::timeout(TimedOut { what: "no response came", limit }.into()))),
        };
        let (head, body) = response.map_err(AttemptError::Dispatch)?.into_parts();
        if self.streams && head.status.is_success() {
            let body = body.with_stall_limit(read_timeout.filter(|_| !self.events));
            return Ok((HttpResponse::new(head.status, head.headers, Vec::new()), Some(body)));
        }
        match read_body(body, MAX_BODY, read_timeout).await {
            Ok(body) => Ok((HttpResponse::new(head.status, head.headers, body), None)),
            // What the status and the header say of an error counts, with or without its body.
            Err(error) if !head.status.is_success() => {
                Ok((HttpResponse::without_body(head.status, head.headers, error.to_string()), None))
            }
            Err(error) => {
                Err(AttemptError::Body(error, Box::new(HttpResponse::new(head.status, head.headers, Vec::new()))))
            }
        }
    }
}

/// `x-amz-retry-after`, in milliseconds.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let text = response.headers().get("x-amz-retry-after")?;
    text.trim().parse().ok().map(Duration::from_millis)
}
