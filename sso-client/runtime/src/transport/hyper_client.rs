//! The default transport: hyper with a connection pool.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, PROXY_AUTHORIZATION};
use http::uri::{PathAndQuery, Scheme};
use http::{Request, StatusCode, Uri};

use super::connector::{Connector, LOOKUP, exchange_failed, http1_is_required, not_connected};
use super::pool::{Lease, Pool};
use super::proxy::{Proxy, ProxyConfig, credentials};
use super::reached::Reached;
use super::tls::{LazyTls, Roots, Trust};
use super::{BoxFuture, HttpClient, RequestBody, SharedHttpClient, TransportResult};
use crate::base::BoxError;
use crate::failure::{ConnectorError, Peer, Stage};
use crate::http::HeldBody;

/// The default idle timeout. AWS load balancers close idle connections after 60 s or more; this side should be first.
const IDLE: Duration = Duration::from_secs(50);

/// The default of the most connections to one origin.
const CONNECTIONS: usize = 64;

/// How often a request takes another connection because the one that it was given to was closed meanwhile.
const UNSENT: u32 = 3;

/// The default transport: HTTP/1.1, and with the feature `http2` HTTP/2 where the server offers it by ALPN, with a
/// connection pool that clones share.
///
/// Idle connections are kept for 50 seconds by default. An origin (scheme, host and port) has at most 64 connections
/// by default; calls beyond that wait for their turn. The wait counts as no read unless no other call ends within a read
/// timeout: a call that is not polled keeps its connection. With HTTP/2 calls share one connection. If the process runs out of file descriptors, idle connections are closed, calls wait for those of others,
/// and from then on no more connections are kept idle than are in use.
///
/// If a pooled connection turns out to be closed before any of a request was sent, the request takes another one; this
/// is not an attempt, and happens at most three times in one. A connection whose exchange was abandoned, by a timeout
/// or by dropping the future of a call, is not reused; over HTTP/1.1 it is closed at once. The headers of a response
/// may have 64 KiB, and over HTTP/1.1 at most 100 entries.
///
/// Names are looked up by the system's resolver, within a limit of its own. The addresses of a host are tried one after
/// the other, each 250 ms after the one before unless that has failed, until one accepts the connection.
#[derive(Clone)]
pub struct HyperClient {
    pool: Arc<Pool>,
    /// For [`HttpClient::with_own_connections`].
    config: Arc<HyperClientBuilder>,
}

impl HyperClient {
    /// Returns a builder with the defaults.
    pub fn builder() -> HyperClientBuilder {
        HyperClientBuilder::default()
    }

    /// Returns scheme, host and port of the proxy of requests to a URL, for messages.
    #[doc(hidden)]
    pub fn proxy_of(&self, uri: &Uri) -> Option<String> {
        self.config.proxies.of(uri).ok().flatten().map(Proxy::address)
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
    /// If it is unset, it follows from the connect timeout.
    lookup_timeout: Option<Option<Duration>>,
    idle_timeout: Option<Duration>,
    connections: usize,
    trust: Trust,
    proxies: ProxyConfig,
}

impl Default for HyperClientBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: crate::time::TimeoutConfig::default().connect_timeout(),
            lookup_timeout: None,
            idle_timeout: Some(IDLE),
            connections: CONNECTIONS,
            trust: Trust::default(),
            proxies: ProxyConfig::none(),
        }
    }
}

impl HyperClientBuilder {
    /// Sets the timeout for connecting, the proxy tunnel and the TLS handshake included; `None` disables it.
    ///
    /// Looking up the name is no part of it, see [`lookup_timeout`](Self::lookup_timeout); neither is reading the
    /// certificates to trust, which happens once.
    pub fn connect_timeout(mut self, limit: Option<Duration>) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the timeout for looking up the name of the server or the proxy; `None` disables it.
    ///
    /// By default it is 10 seconds, or the connect timeout if that is longer or disabled: where the first of several
    /// name servers is dead, most systems ask the next one after 5 seconds.
    pub fn lookup_timeout(mut self, limit: Option<Duration>) -> Self {
        self.lookup_timeout = Some(limit);
        self
    }

    /// Sets the most connections to one origin, at least 1; the default is 64. Calls beyond that wait for their turn.
    ///
    /// With HTTP/2 it does not limit the calls, which share one connection.
    pub fn max_connections_per_origin(mut self, limit: usize) -> Self {
        self.connections = limit;
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
        let by_default = || self.connect_timeout.map(|limit| limit.max(LOOKUP));
        let connector = Connector {
            tls: LazyTls::new(self.trust.clone()),
            proxies: self.proxies.clone(),
            connect_timeout: self.connect_timeout,
            lookup_timeout: self.lookup_timeout.unwrap_or_else(by_default),
        };
        let pool = Pool::new(connector, self.connections, self.idle_timeout);
        HyperClient { pool: Arc::new(pool), config: Arc::new(self) }
    }
}

impl HttpClient for HyperClient {
    fn call(&self, mut request: Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let reached = request.extensions_mut().remove().unwrap_or_else(|| Reached::new(None));
        self.call_observed(request, reached)
    }

    fn call_observed(&self, request: Request<RequestBody>, reached: Reached) -> BoxFuture<'static, TransportResult> {
        exchange(Arc::clone(&self.pool), Arc::clone(&self.config), request, reached)
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        Some(SharedHttpClient::new((*self.config).clone().build()))
    }
}

/// Sends a request, on another connection if the pooled one was closed before it was sent.
///
/// An `async fn` would have room for the request twice.
fn exchange(
    pool: Arc<Pool>,
    config: Arc<HyperClientBuilder>,
    mut request: Request<RequestBody>,
    reached: Reached,
) -> BoxFuture<'static, TransportResult> {
    Box::pin(async move {
        let uri = request.uri().clone();
        // A forwarding proxy gets its credentials with every request. A tunnel got them when it was opened, and the
        // server must not see them.
        let proxy = config.proxies.of(&uri).map_err(|error| ConnectorError::construction(BoxError::from(error)))?;
        let forwarding = proxy.filter(|_| uri.scheme() == Some(&Scheme::HTTP));
        if let Some(credentials) = forwarding.and_then(Proxy::credentials) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        let peer = if forwarding.is_some() { Peer::Proxy } else { Peer::Server };
        let mut unsent = 0;
        loop {
            let mut lease = pool.lease(&uri, &reached).await.map_err(|error| not_connected(error, &uri))?;
            address(&mut request, &uri, &lease, forwarding.is_some());
            reached.stage(Stage::Exchange, peer);
            let copy = if lease.is_http1() { None } else { copied(&request) };
            let mut error = match (lease.send(request).await, forwarding) {
                // Only a proxy responds with 407.
                (Ok(response), Some(proxy)) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                    return Err(not_connected(credentials(proxy, response.headers()), &uri));
                }
                (Ok(response), _) => {
                    let (head, body) = response.into_parts();
                    let body = HeldBody::new(&head, body, lease).into();
                    return Ok(http::Response::from_parts(head, body));
                }
                (Err(error), _) => error,
            };
            let again = match error.take_message() {
                Some(again) if lease.is_reused() && unsent < UNSENT => Some(Box::new(again)),
                Some(_) => None,
                None => copy.filter(|_| http1_is_required(error.error())).inspect(|_| lease.require_http1()),
            };
            match again {
                Some(again) => request = *again,
                None => return Err(exchange_failed((*error).into_error().into(), &uri, forwarding)),
            }
            unsent += 1;
        }
    })
}

/// Copies a request, unless its body is a stream.
fn copied(request: &Request<RequestBody>) -> Option<Box<Request<RequestBody>>> {
    let mut copy = Request::new(RequestBody::from(request.body().bytes()?.clone()));
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    Some(Box::new(copy))
}

/// Gives a request the target and the `Host` header that the protocol of its connection wants.
fn address(request: &mut Request<RequestBody>, uri: &Uri, lease: &Lease, forwarded: bool) {
    if !lease.is_http1() {
        // One that was given to HTTP/1.1 before has another target.
        if request.uri() != uri {
            request.uri_mut().clone_from(uri);
        }
        return;
    }
    request.headers_mut().entry(HOST).or_insert_with(|| lease.host().clone());
    *request.uri_mut() = if forwarded {
        uri.clone()
    } else {
        let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        Uri::from(path)
    };
}
