//! The default transport: hyper with a pool of connections.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connector::{ConnectTimeout, Connector};
use super::tls::{LazyTls, TrustPem};
use super::{BoxFuture, ConnectorError, HttpClient, RequestBody, ResponseBody, TransportResult};

/// How long a connection may lie idle. Load balancers of AWS close theirs after a minute or more,
/// so that this side is the first to.
const IDLE: Duration = Duration::from_secs(50);

/// The default transport: HTTP/1.1 and 2 over TCP and TLS, with a pool of connections that
/// clones share.
#[derive(Clone)]
pub struct HyperClient {
    client: Client<Connector, RequestBody>,
}

impl HyperClient {
    /// Starts with everything at its default.
    pub fn builder() -> HyperClientBuilder {
        HyperClientBuilder::default()
    }
}

impl Default for HyperClient {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl fmt::Debug for HyperClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HyperClient")
    }
}

/// Builds a [`HyperClient`].
#[derive(Clone, Debug)]
pub struct HyperClientBuilder {
    connect_timeout: Option<Duration>,
    trust: Option<TrustPem>,
}

impl Default for HyperClientBuilder {
    fn default() -> Self {
        Self { connect_timeout: crate::runtime::timeout::TimeoutConfig::default().connect_timeout(), trust: None }
    }
}

impl HyperClientBuilder {
    /// Limits how long connecting may take, the TLS handshake included; `None` lifts the limit.
    pub fn connect_timeout(mut self, limit: Option<Duration>) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Trusts the certificates in a PEM text, and no others, instead of the system's.
    pub fn trust_only_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust = Some(TrustPem::new(pem));
        self
    }

    /// The finished transport. Nothing is connected yet, and no certificate read.
    pub fn build(self) -> HyperClient {
        let connector = Connector::new(LazyTls::new(self.trust), self.connect_timeout);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        HyperClient { client }
    }
}

impl HttpClient for HyperClient {
    fn call(&self, mut request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let host = request.uri().authority().map(|authority| authority.host().to_owned()).unwrap_or_default();
        let guard = ConnectionGuard::new(&mut request);
        let response = self.client.request(request);
        Box::pin(async move {
            match response.await {
                Ok(response) => Ok(response.map(|body| ResponseBody::new(GuardedBody { body, guard }))),
                Err(error) => Err(classify(error, &host)),
            }
        })
    }
}

/// Keeps a connection from being used again unless the exchange on it came to its end.
///
/// Over HTTP/2 a call that is given up leaves the connection as it is. When the network has
/// swallowed it, every later call would be sent there too, and wait in vain.
struct ConnectionGuard {
    connection: Option<CaptureConnection>,
}

impl ConnectionGuard {
    fn new<B>(request: &mut http::Request<B>) -> Self {
        Self { connection: Some(capture_connection(request)) }
    }

    fn release(&mut self) {
        self.connection = None;
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            if let Some(connected) = connection.connection_metadata().as_ref() {
                connected.poison();
            }
        }
    }
}

/// A response's body, and the guard of the connection that it comes by.
struct GuardedBody {
    body: Incoming,
    guard: ConnectionGuard,
}

impl Body for GuardedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.guard.release();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What kind of failure it is, by what lies at the bottom of it.
fn classify(error: hyper_util::client::legacy::Error, host: &str) -> ConnectorError {
    let connecting = error.is_connect();
    let doing =
        if connecting { format!("could not connect to {host}") } else { format!("the exchange with {host} failed") };
    if find::<ConnectTimeout>(&error).is_some() {
        return ConnectorError::timeout(error.into()).with_message(doing);
    }
    if super::tls::is_tls_failure(&error) {
        return ConnectorError::other(error.into()).with_message(doing);
    }
    match find::<hyper::Error>(&error) {
        Some(hyper) if hyper.is_timeout() => ConnectorError::timeout(error.into()),
        // What answered does not speak HTTP, and will not learn it.
        Some(hyper) if hyper.is_parse() => ConnectorError::other(error.into()),
        // Among them: the runtime that drove the connection is gone.
        Some(_) => ConnectorError::io(error.into()),
        None if find::<std::io::Error>(&error).is_some() || connecting => ConnectorError::io(error.into()),
        None => ConnectorError::other(error.into()),
    }
    .with_message(doing)
}

/// The first error of a type on the way down.
pub(super) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An I/O error hides the error it was made of from `source`, which skips it.
        if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            if let Some(found) = find::<T>(inner) {
                return Some(found);
            }
        }
        next = error.source();
    }
    None
}
