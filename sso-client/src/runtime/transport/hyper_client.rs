//! The default transport: hyper with a pool of connections.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connector::{ConnectTimeout, Connector};
use super::tls::{LazyTls, TrustPem};
use super::{BoxFuture, ConnectorError, HttpClient, ResponseBody, TransportResult};

/// How long a connection may lie idle. Load balancers of AWS close theirs after a minute or more,
/// so that this side is the first to.
const IDLE: Duration = Duration::from_secs(50);

/// The default transport: HTTP/1.1 and 2 over TCP and TLS, with a pool of connections that
/// clones share.
#[derive(Clone)]
pub struct HyperClient {
    client: Client<Connector, Full<Bytes>>,
}

impl HyperClient {
    /// Starts with everything at its default.
    pub fn builder() -> HyperClientBuilder {
        HyperClientBuilder::default()
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
    fn call(&self, request: http::Request<Bytes>) -> BoxFuture<'static, TransportResult> {
        let host = request.uri().authority().map(|authority| authority.host().to_owned()).unwrap_or_default();
        let response = self.client.request(request.map(Full::new));
        Box::pin(async move {
            match response.await {
                Ok(response) => Ok(response.map(ResponseBody::new)),
                Err(error) => Err(classify(error, &host)),
            }
        })
    }
}

/// What kind of failure it is, by what lies at the bottom of it.
fn classify(error: hyper_util::client::legacy::Error, host: &str) -> ConnectorError {
    let connecting = error.is_connect();
    let doing =
        if connecting { format!("could not connect to {host}") } else { format!("the exchange with {host} failed") };
    if find::<ConnectTimeout>(&error).is_some() {
        return ConnectorError::timeout(error).with_message(doing);
    }
    if super::tls::is_tls_failure(&error) {
        return ConnectorError::other(error).with_message(doing);
    }
    match find::<hyper::Error>(&error) {
        Some(hyper) if hyper.is_timeout() => ConnectorError::timeout(error),
        Some(hyper) if hyper.is_user() => ConnectorError::user(error),
        // What answered does not speak HTTP, and will not learn it.
        Some(hyper) if hyper.is_parse() => ConnectorError::other(error),
        Some(_) => ConnectorError::io(error),
        None if find::<std::io::Error>(&error).is_some() || connecting => ConnectorError::io(error),
        None => ConnectorError::other(error),
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
