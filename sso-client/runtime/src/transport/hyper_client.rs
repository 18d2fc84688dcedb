//! The default transport: hyper with a connection pool.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::uri::{Authority, Scheme};
use http::{StatusCode, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connector::{Connector, cause};
use super::proxy::{Proxy, ProxyConfig, credentials};
use super::tls::{LazyTls, Roots, Trust};
use super::{BoxFuture, ConnectorError, HttpClient, MAX_HEADERS, RequestBody, SharedHttpClient, TransportResult};
use crate::base::BoxError;
use crate::http::{ConnectionGuard, GuardedBody};

/// The default idle timeout. AWS load balancers close idle connections after 60 s or more; this side should be first.
const IDLE: Duration = Duration::from_secs(50);

/// The default transport: HTTP/1.1, and with the feature `http2` HTTP/2 where the server offers it by ALPN, with a
/// connection pool that clones share.
///
/// Idle connections are kept for 50 seconds by default, any number per host. If a pooled connection turns out to be
/// closed before any of a request was sent, the request takes another one; this is not an attempt. A connection
/// whose exchange was abandoned, by a timeout or by dropping the future of a call, is not reused. The headers of a
/// response may have 64 KiB, and over HTTP/1.1 at most 100 entries.
#[derive(Clone)]
pub struct HyperClient {
    client: Client<Connector, RequestBody>,
    proxies: ProxyConfig,
    /// For [`HttpClient::with_own_connections`].
    config: Arc<HyperClientBuilder>,
}

impl HyperClient {
    /// Returns a builder with the defaults.
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
    /// Sets the timeout for connecting, the proxy tunnel and the TLS handshake included; `None` disables it.
    pub fn connect_timeout(mut self, limit: Option<Duration>) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets how long a connection may be idle before it is closed; `None` disables the timeout.
    ///
    /// The default of 50 seconds is below that of AWS load balancers, so that a connection is not closed by the
    /// server while a request is on its way.
    pub fn pool_idle_timeout(mut self, limit: Option<Duration>) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Trusts only the certificates in a PEM text, instead of the default roots.
    pub fn trust_only_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust.roots = Roots::Pem(pem.into().into());
        self
    }

    /// Trusts only the certificates in a PEM file, instead of the default roots. The file is read when the first TLS
    /// connection is made.
    pub fn ca_bundle_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.trust.roots = Roots::File(path.into());
        self
    }

    /// Trusts the certificates in a PEM text in addition, such as a company's CA. May be called more than once.
    pub fn add_trusted_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust.more.push(pem.into().into());
        self
    }

    /// **Dangerous.** Disables certificate verification for all connections of this transport, proxies included.
    ///
    /// Anyone on the path can then read and change everything, access tokens and role credentials included. Use it
    /// in tests only; for an untrusted certificate use [`add_trusted_pem`](Self::add_trusted_pem) or
    /// [`ca_bundle_path`](Self::ca_bundle_path). No configuration file or environment variable can set this.
    pub fn danger_disable_certificate_verification_for_tests_only(mut self) -> Self {
        self.trust.unverified = true;
        self
    }

    /// Sets the proxies; by default requests are sent directly.
    pub fn proxy(mut self, proxies: ProxyConfig) -> Self {
        self.proxies = proxies;
        self
    }

    /// Builds the transport. No connection is opened and no file is read yet.
    pub fn build(self) -> HyperClient {
        let connector = Connector::new(LazyTls::new(self.trust.clone()), self.proxies.clone(), self.connect_timeout);
        let mut client = Client::builder(TokioExecutor::new());
        client
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_timeout)
            .retry_canceled_requests(true)
            .http1_max_buf_size(MAX_HEADERS);
        #[cfg(feature = "http2")]
        client.http2_max_header_list_size(u32::try_from(MAX_HEADERS).unwrap_or(u32::MAX));
        HyperClient { client: client.build(connector), proxies: self.proxies.clone(), config: Arc::new(self) }
    }
}

impl HttpClient for HyperClient {
    fn call(&self, mut request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        // A forwarding proxy gets its credentials with every request. A tunnel got them when it was opened, and the
        // server must not see them.
        let forwarding = request.uri().scheme() == Some(&Scheme::HTTP);
        let proxy = match self.proxies.of(request.uri()) {
            Ok(proxy) => proxy,
            Err(error) => return Box::pin(async { Err(ConnectorError::construction(BoxError::from(error))) }),
        };
        let forwarding = proxy.filter(|_| forwarding);
        if let Some(credentials) = forwarding.and_then(Proxy::credentials) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        let refused = forwarding.map(credentials);
        set_host(&mut request);
        let (client, uri) = (self.client.clone(), request.uri().clone());
        Box::pin(async move {
            let failed = |error: BoxError| cause(error, uri.host().unwrap_or_default());
            let (response, guard) = send(&client, request).await.map_err(|error| failed(error.into()))?;
            match refused {
                // Only a proxy responds with 407.
                Some(error) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                    Err(failed(error.into()))
                }
                _ => {
                    let (head, body) = response.into_parts();
                    let body = GuardedBody::new(&head, body, guard).into();
                    Ok(http::Response::from_parts(head, body))
                }
            }
        })
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        Some(SharedHttpClient::new((*self.config).clone().build()))
    }
}

/// Sets the `Host` header if the connection will be HTTP/1.1. hyper would format it; the authority of the URL can be
/// used as is, unless it contains the default port.
fn set_host(request: &mut http::Request<RequestBody>) {
    let uri = request.uri();
    let Some(authority) = uri.authority().map(Authority::as_str) else { return };
    let port = if authority.ends_with(']') { None } else { authority.rsplit_once(':').map(|(_, port)| port) };
    let left_to_hyper = match (port, uri.scheme_str()) {
        (None, _) => false,
        (Some("80"), Some("http")) | (Some("443"), Some("https")) => true,
        // Not a port; hyper handles it.
        (Some(port), _) => port.parse::<u16>().unwrap_or(0) == 0,
    };
    if left_to_hyper || authority.contains('@') || request.headers().contains_key(HOST) || may_be_http2(uri) {
        return;
    }
    if let Ok(host) = HeaderValue::from_str(authority) {
        request.headers_mut().insert(HOST, host);
    }
}

/// Sends a request, on another connection if the pooled one was closed before it was sent.
async fn send(
    client: &Client<Connector, RequestBody>,
    mut request: http::Request<RequestBody>,
) -> Result<(http::Response<Incoming>, ConnectionGuard), hyper_util::client::legacy::Error> {
    // Each retry means that another call opened the connection and was abandoned.
    const TRIES: usize = 100;
    for _ in 1..TRIES {
        let Some(again) = replayable(&request) else { break };
        let guard = ConnectionGuard::new(&mut request);
        match client.request(request).await {
            Err(error) if was_not_sent(&error) => request = again,
            outcome => return outcome.map(|response| (response, guard)),
        }
    }
    let guard = ConnectionGuard::new(&mut request);
    client.request(request).await.map(|response| (response, guard))
}

/// Returns whether the connection for a URL may be HTTP/2, which is negotiated by TLS only.
fn may_be_http2(uri: &Uri) -> bool {
    cfg!(feature = "http2") && uri.scheme() == Some(&Scheme::HTTPS)
}

/// Clones a request that may be sent over HTTP/2, if its body is not a stream.
fn replayable(request: &http::Request<RequestBody>) -> Option<http::Request<RequestBody>> {
    let body = request.body().bytes().filter(|_| may_be_http2(request.uri()))?;
    let mut again = http::Request::new(RequestBody::from(body.clone()));
    again.method_mut().clone_from(request.method());
    again.uri_mut().clone_from(request.uri());
    again.headers_mut().clone_from(request.headers());
    Some(again)
}

/// Returns whether the HTTP/2 connection that a request was queued for was closed before the request was sent.
///
/// hyper-util has no predicate for it; of the kinds of its errors, this is the one for what has not begun.
fn was_not_sent(error: &hyper_util::client::legacy::Error) -> bool {
    cfg!(feature = "http2") && error.to_string() == "client error (Canceled)"
}
