//! What an attempt took and brought.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use crate::runtime::config::{Builder, Config};
use crate::runtime::http::HttpRequest;
use crate::runtime::timeout::TimeoutKind;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// With a response that says success. Its content may still turn out to be of no use.
    Success,
    /// With a response that says no.
    ServiceError,
    /// A time limit ran out.
    Timeout(TimeoutKind),
    /// No response arrived.
    DispatchFailure,
    /// A response arrived that could not be read to its end.
    ResponseError,
    /// The request could not be made ready to be sent, so that it was not.
    ConstructionFailure,
    /// The call ended meanwhile: its future was dropped, or the time limit of the operation ran out.
    GivenUp,
}

impl AttemptOutcome {
    /// A word for it, as label of a metric or as OpenTelemetry's `error.type`: `success`,
    /// `service_error`, `timeout`, `dispatch_failure`, `response_error`, `construction_failure` or
    /// `given_up`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::ServiceError => "service_error",
            Self::Timeout(_) => "timeout",
            Self::DispatchFailure => "dispatch_failure",
            Self::ResponseError => "response_error",
            Self::ConstructionFailure => "construction_failure",
            Self::GivenUp => "given_up",
        }
    }
}

impl fmt::Display for AttemptOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an attempt of a call took and brought; see [`Builder::on_attempt`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptReport<'a> {
    /// The service by the id that SDKs have for it, such as `SSO`; OpenTelemetry's `rpc.service`.
    pub service: &'a str,
    /// The operation, such as `GetRoleCredentials`; OpenTelemetry's `rpc.method`.
    pub operation: &'a str,
    /// Which attempt of the call it was; the first is 1.
    pub attempt: u32,
    /// From the start of the attempt until its response had been read, or it failed. Waits between
    /// attempts are in none.
    pub duration: Duration,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The status of the response, where one arrived.
    pub status: Option<StatusCode>,
    /// The code of the error that the service answered with, such as `TooManyRequestsException`.
    pub error_code: Option<&'a str>,
    /// The length of the request's body in bytes, where it is known before it is sent.
    pub request_bytes: Option<u64>,
    /// The length of the response's body in bytes; `None` where none was read to its end, or it is
    /// handed on to the caller as it comes.
    pub response_bytes: Option<u64>,
}

/// What is told of every attempt.
pub type AttemptHook = Arc<dyn Fn(&AttemptReport<'_>) + Send + Sync>;

/// The hook that was set on a configuration.
struct Hook(AttemptHook);

impl Builder {
    /// Calls a function at the end of every attempt, with what that took and brought: for metrics.
    ///
    /// It is called within the call's future, so that it should count and return, and not panic. What it
    /// is told holds nothing secret.
    pub fn on_attempt(mut self, hook: impl Fn(&AttemptReport<'_>) + Send + Sync + 'static) -> Self {
        self.set_on_attempt(Some(Arc::new(hook)));
        self
    }

    /// Sets the function that is called at the end of every attempt, or clears it with `None`.
    pub fn set_on_attempt(&mut self, hook: Option<AttemptHook>) -> &mut Self {
        self.set_extension(hook.map(Hook))
    }
}

impl Config {
    pub(in crate::runtime) fn attempt_hook(&self) -> Option<&AttemptHook> {
        self.extension::<Hook>().map(|hook| &hook.0)
    }
}

/// Whose attempts are told of, and to whom.
#[derive(Clone, Copy)]
pub(in crate::runtime) struct Subject<'a> {
    pub(in crate::runtime) service: &'a str,
    pub(in crate::runtime) operation: &'static str,
    pub(in crate::runtime) hook: Option<&'a AttemptHook>,
}

/// What is known of a response.
#[derive(Default)]
pub(in crate::runtime) struct Known<'a> {
    pub(in crate::runtime) status: Option<StatusCode>,
    pub(in crate::runtime) error_code: Option<&'a str>,
    pub(in crate::runtime) response_bytes: Option<u64>,
}

/// An attempt that is being made. Dropped before it has ended, it was given up. There is none where
/// nobody is told.
pub(in crate::runtime) struct Watch<'a> {
    told: Option<Told<'a>>,
}

struct Told<'a> {
    hook: &'a AttemptHook,
    report: AttemptReport<'a>,
    started: Instant,
}

impl<'a> Watch<'a> {
    pub(in crate::runtime) fn start(subject: &Subject<'a>, attempt: u32, request: &HttpRequest) -> Self {
        let told = subject.hook.map(|hook| {
            let request_bytes = match request.stream() {
                Some(stream) => stream.content_length(),
                None => Some(request.body().len() as u64),
            };
            let report = AttemptReport {
                service: subject.service,
                operation: subject.operation,
                attempt,
                duration: Duration::ZERO,
                outcome: AttemptOutcome::GivenUp,
                status: None,
                error_code: None,
                request_bytes,
                response_bytes: None,
            };
            Told { hook, report, started: Instant::now() }
        });
        Self { told }
    }

    /// Tells how it ended, and what is known of the response.
    pub(in crate::runtime) fn end(mut self, outcome: AttemptOutcome, known: Known<'_>) {
        let Some(Told { hook, report, started }) = self.told.take() else { return };
        let Known { status, error_code, response_bytes } = known;
        hook(&AttemptReport { duration: started.elapsed(), outcome, status, error_code, response_bytes, ..report });
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        // A hook that panics as well would end the process.
        if let Some(Told { hook, report, started }) = self.told.take().filter(|_| !std::thread::panicking()) {
            hook(&AttemptReport { duration: started.elapsed(), ..report });
        }
    }
}
