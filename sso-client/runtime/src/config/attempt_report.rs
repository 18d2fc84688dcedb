//! The report of an attempt, for metrics.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::config::Config;
use crate::time::TimeoutKind;

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// A success response. Its content may still turn out to be invalid.
    Success,
    /// An error response.
    ServiceError,
    /// A timeout.
    Timeout(TimeoutKind),
    /// No response was received.
    DispatchFailure,
    /// The body of the response could not be read.
    ResponseError,
    /// The request could not be prepared, for example signed; nothing was sent.
    ConstructionFailure,
    /// The call ended before the attempt: its future was dropped, or the operation timed out.
    GivenUp,
}

impl AttemptOutcome {
    /// Returns the outcome in snake case, such as `service_error`: a metric label, or OpenTelemetry's `error.type`.
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

/// The report of an attempt; see [`Builder::on_attempt`](super::Builder::on_attempt).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptReport<'a> {
    /// The SDK id of the service, such as `SSO`; OpenTelemetry's `rpc.service`.
    pub service: &'a str,
    /// The operation, such as `GetRoleCredentials`; OpenTelemetry's `rpc.method`.
    pub operation: &'a str,
    /// The number of the attempt within its call, from 1.
    pub attempt: u32,
    /// The time from the start of the attempt until the response was read or the attempt failed, without backoff.
    pub duration: Duration,
    /// The outcome.
    pub outcome: AttemptOutcome,
    /// The status of the response, if one was received.
    pub status: Option<StatusCode>,
    /// The code of the error response, such as `TooManyRequestsException`.
    pub error_code: Option<&'a str>,
    /// The size of the request body in bytes, if known before it is sent.
    pub request_bytes: Option<u64>,
    /// The size of the response body in bytes; `None` if it was not read to its end or is streamed.
    pub response_bytes: Option<u64>,
}

/// A function that is called at the end of every attempt.
pub type AttemptHook = Arc<dyn Fn(&AttemptReport<'_>) + Send + Sync>;

/// A value that `Debug` does not show.
#[derive(Clone)]
pub(crate) struct Opaque<T>(pub(crate) T);

impl<T> fmt::Debug for Opaque<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl Config {
    pub(crate) fn attempt_hook(&self) -> Option<&AttemptHook> {
        self.settings.attempt_hook.as_ref().map(|hook| &hook.0)
    }
}
