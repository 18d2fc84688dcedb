//! Why a call failed, whatever the operation.

use std::error::Error;
use std::io;

use sso_client::config::timeout::TimeoutKind;
use sso_client::error::{ConnectorError, DispatchFailure, ProvideErrorMetadata, SdkError};

/// A failed call.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    /// The library's own account of it, in one line.
    pub(crate) text: String,
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// Whether sending it again may help.
    pub(crate) retryable: bool,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The input cannot be sent.
    Input,
    /// Nothing listens there, or the way there is closed.
    Connect,
    /// Connecting took too long.
    ConnectTimeout,
    /// The server fell silent.
    ReadTimeout,
    /// TLS failed.
    Tls,
    /// The proxy failed.
    Proxy,
    /// The connection was ended without a word: within TLS, what answered may not speak it.
    Ended,
    /// The connection ended before the response did, or what came is no HTTP.
    Closed,
    /// There is a response, which is an error or cannot be read.
    Response,
}

impl Failure {
    /// What an operation's error says.
    pub(crate) fn of<E>(error: SdkError<E>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let cause = match &error {
            SdkError::ConstructionFailure(_) => Cause::Input,
            SdkError::TimeoutError(_) => Cause::ReadTimeout,
            SdkError::DispatchFailure(failure) => dispatch(failure),
            _ => Cause::Response,
        };
        Self { cause, attempts: error.attempts(), retryable: error.is_retryable(), text: error.to_string() }
    }
}

fn dispatch(failure: &DispatchFailure) -> Cause {
    let Some(error) = failure.as_connector_error() else { return Cause::Connect };
    match failure.timeout_kind() {
        Some(TimeoutKind::Connect) => Cause::ConnectTimeout,
        Some(_) => Cause::ReadTimeout,
        None if error.is_tls() => Cause::Tls,
        None if error.is_proxy() => Cause::Proxy,
        None if failure.is_user() => Cause::Input,
        None => by_io(error),
    }
}

/// Goes by the error of the operating system, if it is one.
fn by_io(error: &ConnectorError) -> Cause {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, InvalidData, UnexpectedEof};
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if let Some(found) = found.downcast_ref::<io::Error>() {
            return match found.kind() {
                UnexpectedEof => Cause::Ended,
                BrokenPipe | ConnectionAborted | ConnectionReset => Cause::Closed,
                // What answers the handshake does not speak TLS.
                InvalidData => Cause::Tls,
                _ => Cause::Connect,
            };
        }
        cause = found.source();
    }
    Cause::Closed
}
