//! What an attempt took and brought.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::config::{Builder, Config};
use crate::time::TimeoutKind;

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

/// A value of which `Debug` shows nothing.
#[derive(Clone)]
pub(crate) struct Opaque<T>(pub(crate) T);

impl<T> fmt::Debug for Opaque<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

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
        self.attempt_hook = hook.map(Opaque);
        self
    }
}

impl Config {
    pub(crate) fn attempt_hook(&self) -> Option<&AttemptHook> {
        self.settings.attempt_hook.as_ref().map(|hook| &hook.0)
    }
}
