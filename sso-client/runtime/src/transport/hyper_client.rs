//! The default transport: hyper with a pool of connections.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::uri::{Authority, Scheme};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::cause::cause;
use super::connector::Connector;
use super::proxy::{Proxy, ProxyConfig, credentials};
use super::tls::{LazyTls, Roots, Trust};
use super::{BoxFuture, HttpClient, MAX_HEADERS, RequestBody, SharedHttpClient, TransportResult, http2};
use crate::base::BoxError;
use crate::http::{ConnectionGuard, GuardedBody};

/// How long a connection may lie idle. Load balancers of AWS close theirs after a minute or more,
/// so that this side is the first to.
const IDLE: Duration = Duration::from_secs(50);

/// The default transport: HTTP/1.1, and with the feature `http2` HTTP/2 when the server offers it by
/// TLS, with a pool of connections that clones share.
///
/// The pool keeps what is idle, as many connections to a host as were needed at one time, for 50
/// seconds unless set otherwise. A request that finds its kept connection closed before any of it
/// was sent takes another; this is no attempt. A connection whose exchange was given up, by a
/// timeout or by dropping a call's future, is not used again. Headers of a response may have 64
/// KiB, a hundred at most over HTTP/1.1.
#[derive(Clone)]
pub struct HyperClient {
    client: Client<Connector, RequestBody>,
    proxies: ProxyConfig,
    /// What it was made of, for another like it.
    made_of: Arc<HyperClientBuilder>,
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
#[must_use = "a builder does nothing until something is built of it"]
pub struct HyperClientBuilder {
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    trust: Trust,
    proxies: ProxyConfig,
}

impl Default for HyperClientBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: crate::time::TimeoutConfig::default().connect_timeout(),
            idle_timeout: Some(IDLE),
            trust: Trust::default(),
            proxies: ProxyConfig::none(),
        }
    }
}

impl HyperClientBuilder {
    /// Limits how long connecting may take, the way through a proxy and the TLS handshake
    /// included; `None` lifts the limit.
    pub fn connect_timeout(mut self, limit: Option<Duration>) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Limits how long a connection may lie idle before it is closed; `None` lifts the limit.
    ///
    /// The default of 50 seconds is a little less than what AWS's load balancers allow, so that
    /// connections are closed here before they are closed there, when a request may be on its way.
    pub fn pool_idle_timeout(mut self, limit: Option<Duration>) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Trusts the certificates in a PEM text, and no others, instead of the system's.
    pub fn trust_only_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust.roots = Roots::Pem(pem.into().into());
        self
    }

    /// Trusts the certificates in a file of PEM text, and no others, instead of the system's. It
    /// is read when the first TLS connection is made.
    pub fn ca_bundle_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.trust.roots = Roots::File(path.into());
        self
    }

    /// Trusts the certificates in a PEM text too, such as those of a company's own authority. May
    /// be called more than once.
    pub fn add_trusted_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust.more.push(pem.into().into());
        self
    }

    /// **Dangerous.** Accepts every certificate, of anybody, for any host, for all connections of
    /// this transport, proxies included.
    ///
    /// Whoever is on the way to the server can then read and change everything: access tokens and
    /// the credentials that they are exchanged for are as good as published. Never let this get
    /// outside of a test. What a certificate that is not trusted asks for is
    /// [`add_trusted_pem`](Self::add_trusted_pem) or [`ca_bundle_path`](Self::ca_bundle_path).
    ///
    /// No configuration file and no environment variable can do this.
    pub fn danger_disable_certificate_verification_for_tests_only(mut self) -> Self {
        self.trust.unverified = true;
        self
    }

    /// Sends requests through proxies; without this they go directly.
    pub fn proxy(mut self, proxies: ProxyConfig) -> Self {
        self.proxies = proxies;
        self
    }

    /// The finished transport. Nothing is connected yet, and no certificate read.
    pub fn build(self) -> HyperClient {
        let connector = Connector::new(LazyTls::new(self.trust.clone()), self.proxies.clone(), self.connect_timeout);
        let mut client = Client::builder(TokioExecutor::new());
        client
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_timeout)
            .retry_canceled_requests(true)
            .http1_max_buf_size(MAX_HEADERS);
        http2::limit_headers(&mut client, MAX_HEADERS);
        HyperClient { client: client.build(connector), proxies: self.proxies.clone(), made_of: Arc::new(self) }
    }
}

impl HttpClient for HyperClient {
    fn call(&self, mut request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        // What a proxy forwards it reads, and its credentials go with every request. In front of a
        // tunnel they were shown when that was made, and the server has no business with them.
        let forwarding = request.uri().scheme() == Some(&Scheme::HTTP);
        let forwarding = self.proxies.of(request.uri()).filter(|_| forwarding);
        if let Some(credentials) = forwarding.and_then(Proxy::credentials) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        let refused = forwarding.map(credentials);
        name_host(&mut request);
        let (client, uri) = (self.client.clone(), request.uri().clone());
        Box::pin(async move {
            let failed = |error: BoxError| cause(error, uri.host().unwrap_or_default());
            let (response, guard) = send(&client, request).await.map_err(|error| failed(error.into()))?;
            match refused {
                // Only a proxy says so.
                Some(error) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                    Err(failed(error.into()))
                }
                _ => Ok(response.map(|body| GuardedBody::new(body, guard).into())),
            }
        })
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        Some(SharedHttpClient::new((*self.made_of).clone().build()))
    }
}

/// Sets the header `Host` where the connection will be one of HTTP/1.1. hyper would do so, but
/// composes it; the authority of a URL has it as it is, unless it names a port that is understood.
fn name_host(request: &mut http::Request<RequestBody>) {
    let uri = request.uri();
    let Some(authority) = uri.authority().map(Authority::as_str) else { return };
    let port = if authority.ends_with(']') { None } else { authority.rsplit_once(':').map(|(_, port)| port) };
    let left_to_hyper = match (port, uri.scheme_str()) {
        (None, _) => false,
        (Some("80"), Some("http")) | (Some("443"), Some("https")) => true,
        // hyper decides about what is no port.
        (Some(port), _) => port.parse::<u16>().unwrap_or(0) == 0,
    };
    if left_to_hyper || authority.contains('@') || request.headers().contains_key(HOST) || http2::is_possible(uri) {
        return;
    }
    if let Ok(host) = HeaderValue::from_str(authority) {
        request.headers_mut().insert(HOST, host);
    }
}

/// Sends a request, by another connection where the one that it should have taken was closed before.
async fn send(
    client: &Client<Connector, RequestBody>,
    mut request: http::Request<RequestBody>,
) -> Result<(http::Response<Incoming>, ConnectionGuard), hyper_util::client::legacy::Error> {
    /// Each time others were first, so that it takes many calls that are given up to come to this.
    const TRIES: usize = 100;
    for _ in 1..TRIES {
        let Some(again) = http2::again(&request) else { break };
        let guard = ConnectionGuard::new(&mut request);
        match client.request(request).await {
            Err(error) if http2::was_not_sent(&error) => request = again,
            outcome => return outcome.map(|response| (response, guard)),
        }
    }
    let guard = ConnectionGuard::new(&mut request);
    client.request(request).await.map(|response| (response, guard))
}
