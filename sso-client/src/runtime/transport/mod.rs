//! From request to response. Anything that can do that is a transport: a trait one method wide.
//!
//! A transport makes one attempt: it does not retry, follow redirects or look at the status.

mod body;
mod connector;
mod hyper_client;
mod tls;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::error::{BoxError, with_causes};

pub use body::{ReadError, RequestBody, ResponseBody, read_body};
pub use hyper_client::{HyperClient, HyperClientBuilder};

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a transport's future ends with.
pub type TransportResult = Result<http::Response<ResponseBody>, ConnectorError>;

/// Sends requests and receives responses.
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request once. The future ends when the response's headers are there; its body may
    /// still be on the way.
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult>;
}

/// A transport that clients share.
#[derive(Clone, Debug)]
pub struct SharedHttpClient(Arc<dyn HttpClient>);

impl SharedHttpClient {
    /// Makes a transport shareable.
    pub fn new(client: impl HttpClient + 'static) -> Self {
        Self(Arc::new(client))
    }
}

impl HttpClient for SharedHttpClient {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        self.0.call(request)
    }
}

/// What a transport failed with.
#[derive(Debug)]
pub struct ConnectorError {
    kind: Kind,
    message: Option<String>,
    source: BoxError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Timeout,
    User,
    Io,
    Other,
}

impl ConnectorError {
    /// It gave up waiting.
    pub fn timeout(source: BoxError) -> Self {
        Self::of(Kind::Timeout, source)
    }

    /// The request was not acceptable.
    pub fn user(source: BoxError) -> Self {
        Self::of(Kind::User, source)
    }

    /// Connecting, sending or receiving failed; another attempt may succeed.
    pub fn io(source: BoxError) -> Self {
        Self::of(Kind::Io, source)
    }

    /// Anything else, which another attempt will not mend: a certificate that is not trusted, an
    /// answer that is not HTTP.
    pub fn other(source: BoxError) -> Self {
        Self::of(Kind::Other, source)
    }

    fn of(kind: Kind, source: BoxError) -> Self {
        Self { kind, message: None, source }
    }

    /// Says in a few words what was being done.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Whether connecting, sending or receiving failed.
    pub fn is_io(&self) -> bool {
        self.kind == Kind::Io
    }

    /// Whether it gave up waiting.
    pub fn is_timeout(&self) -> bool {
        self.kind == Kind::Timeout
    }

    /// Whether the request was not acceptable.
    pub fn is_user(&self) -> bool {
        self.kind == Kind::User
    }

    /// Whether it was anything else.
    pub fn is_other(&self) -> bool {
        self.kind == Kind::Other
    }

    /// The error underneath, taken out.
    pub fn into_source(self) -> BoxError {
        self.source
    }
}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = &self.message {
            write!(f, "{message}: ")?;
        }
        f.write_str(&with_causes(&*self.source))
    }
}

impl Error for ConnectorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
