//! The local fake service that stands for the portal service in tests.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::exchange::{CannedResponse, RecordedRequest};
use super::limits::{Limits, RateLimit};
use super::oidc::{IssuedToken, Oidc, OidcBehavior};
use super::responses::{self, Account};
use super::tls::{Protocols, TestTls};
use crate::config::Builder;
use crate::config::http::{BoxFuture, HttpClient, RequestBody, TransportResult};
use crate::runtime::transport::{ConnectorError, HyperClient};

/// A local fake service, with accounts, roles and one access token. It validates requests as the
/// portal service does, and stops when it is dropped.
pub struct Portal {
    address: SocketAddr,
    ca_pem: Option<String>,
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// Builds a [`Portal`].
#[derive(Clone)]
pub struct PortalBuilder {
    accounts: Vec<Account>,
    token: String,
    tls: Option<Protocols>,
    oidc: OidcBehavior,
    rate: Option<RateLimit>,
    latency: Duration,
    port: u16,
}

/// The state that the tasks of the server share.
pub(super) struct State {
    pub(super) accounts: Vec<Account>,
    pub(super) token: Mutex<Option<String>>,
    pub(super) oidc: Mutex<Oidc>,
    limits: Limits,
    latency: Duration,
    canned: Mutex<VecDeque<CannedResponse>>,
    requests: Mutex<Vec<RecordedRequest>>,
    connections: Mutex<usize>,
    open: AtomicUsize,
}

/// Counts an open connection.
struct Open(Arc<State>);

impl Open {
    fn new(state: &Arc<State>) -> Self {
        state.open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(state))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Default for PortalBuilder {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            token: "test-access-token".to_owned(),
            tls: None,
            oidc: OidcBehavior::default(),
            rate: None,
            latency: Duration::ZERO,
            port: 0,
        }
    }
}

impl fmt::Debug for PortalBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalBuilder")
            .field("accounts", &self.accounts)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

impl PortalBuilder {
    /// Adds an account with its role names.
    pub fn account<R: Into<String>>(
        mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        email: impl Into<String>,
        roles: impl IntoIterator<Item = R>,
    ) -> Self {
        let roles = roles.into_iter().map(Into::into).collect();
        self.accounts.push(Account { id: id.into(), name: name.into(), email: email.into(), roles });
        self
    }

    /// Sets the valid access token.
    pub fn access_token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// Adds so many accounts, each with so many roles.
    pub fn accounts(mut self, accounts: usize, roles: usize) -> Self {
        for number in 0..accounts {
            let roles = (0..roles).map(|role| format!("Role{role}"));
            let id = format!("{:012}", 100_000_000_000 + number);
            self = self.account(id, format!("account {number}"), format!("{number}@example.com"), roles);
        }
        self
    }

    /// Says how the OIDC service behaves.
    pub fn oidc(mut self, behavior: OidcBehavior) -> Self {
        self.oidc = behavior;
        self
    }

    /// Allows so many calls of the portal a second: a token bucket of `burst`, refilled with `rate` a second. Other
    /// calls are answered by `TooManyRequestsException`.
    pub fn rate_limit(mut self, rate: f64, burst: f64) -> Self {
        self.rate = Some(RateLimit { rate, burst });
        self
    }

    /// Waits so long before each response.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Listens on this port, in place of one that the system chooses.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Enables TLS with a generated certificate authority, and offers HTTP/2.
    pub fn tls(mut self) -> Self {
        self.tls = Some(Protocols::Http2AndHttp1);
        self
    }

    /// Enables TLS with a generated certificate authority, and offers HTTP/1.1 only.
    pub fn tls_http1(mut self) -> Self {
        self.tls = Some(Protocols::Http1);
        self
    }

    /// Starts the server on a free port of `127.0.0.1`.
    ///
    /// # Errors
    ///
    /// An I/O error if the port cannot be opened or the certificate cannot be generated.
    pub async fn start(self) -> io::Result<Portal> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let tls = self.tls.map(TestTls::new).transpose()?;
        let ca_pem = tls.as_ref().map(|tls| tls.ca_pem.clone());
        let state = Arc::new(State {
            accounts: self.accounts,
            token: Mutex::new(Some(self.token)),
            oidc: Mutex::new(Oidc::new(self.oidc)),
            limits: Limits::new(self.rate),
            latency: self.latency,
            canned: Mutex::default(),
            requests: Mutex::default(),
            connections: Mutex::default(),
            open: AtomicUsize::new(0),
        });
        let server = tokio::spawn(serve(listener, tls, Arc::clone(&state)));
        Ok(Portal { address, ca_pem, state, server })
    }
}

impl Portal {
    /// Returns a builder without accounts, and with a default access token.
    pub fn builder() -> PortalBuilder {
        PortalBuilder::default()
    }

    /// Returns the endpoint URL.
    pub fn endpoint_url(&self) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Returns a configuration for this server: endpoint URL, region and, with TLS, the root certificate.
    pub fn config(&self) -> Builder {
        let config = crate::Config::builder()
            .region(crate::config::Region::from_static("us-east-1"))
            .endpoint_url(self.endpoint_url());
        match &self.ca_pem {
            Some(pem) => config.http_client(HyperClient::builder().trust_only_pem(pem.as_str()).build()),
            None => config,
        }
    }

    /// Returns the root certificate in PEM, with TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Returns the valid access token, empty after a logout.
    pub fn access_token(&self) -> String {
        lock(&self.state.token).clone().unwrap_or_default()
    }

    /// Signs somebody in: what a login would have stored.
    pub fn issue_token(&self) -> IssuedToken {
        lock(&self.state.oidc).issue()
    }

    /// Makes the refresh tokens of all sessions worthless.
    pub fn end_sessions(&self) {
        lock(&self.state.oidc).end_sessions();
    }

    /// A transport that leads here without sockets, for tests on a paused clock.
    pub fn transport(&self) -> PortalTransport {
        PortalTransport { state: Arc::clone(&self.state) }
    }

    /// How many calls the rate limit refused.
    pub fn throttled(&self) -> usize {
        self.state.limits.throttled()
    }

    /// Queues a response for the next request, whatever its operation.
    pub fn respond_next(&self, response: CannedResponse) {
        lock(&self.state.canned).push_back(response);
    }

    /// Returns the requests received so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.state.requests).clone()
    }

    /// Returns the number of connections accepted so far.
    pub fn connections(&self) -> usize {
        *lock(&self.state.connections)
    }

    /// Returns the number of open connections.
    pub fn open_connections(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portal").field("endpoint_url", &self.endpoint_url()).finish_non_exhaustive()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, tls: Option<TestTls>, state: Arc<State>) {
    // Dropped with this task, which ends all connections.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        *lock(&state.connections) += 1;
        let _ = stream.set_nodelay(true);
        let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
        let open = Open::new(&state);
        connections.spawn(connection(stream, acceptor, Arc::clone(&state), open));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, acceptor: Option<tokio_rustls::TlsAcceptor>, state: Arc<State>, _open: Open) {
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move {
            let (head, body) = http::Request::<Incoming>::into_parts(request);
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            Ok::<_, Infallible>(respond(&state, &head, &body).await)
        }
    });
    let server = auto::Builder::new(TokioExecutor::new());
    // Errors of connections are those of the client.
    match acceptor {
        None => {
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        }
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            }
        }
    }
}

async fn respond(state: &State, request: &http::request::Parts, body: &[u8]) -> http::Response<Full<Bytes>> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let recorded = RecordedRequest {
        method: request.method.to_string(),
        path: request.uri.path().to_owned(),
        query: request.uri.query().unwrap_or_default().to_owned(),
        headers: request.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        version: format!("{:?}", request.version),
    };
    let canned = lock(&state.canned).pop_front();
    let oidc = || lock(&state.oidc).answer(&recorded, body);
    let limited = || state.limits.refuse().then(responses::throttled);
    let response = canned.or_else(oidc).or_else(limited).unwrap_or_else(|| responses::respond(state, &recorded));
    lock(&state.requests).push(recorded);
    if !state.latency.is_zero() {
        tokio::time::sleep(state.latency).await;
    }
    let mut builder = http::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(response.body))).unwrap_or_else(|error| {
        let mut response = http::Response::new(Full::new(Bytes::from(format!("not a response: {error}"))));
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// A transport that leads to a [`Portal`] without sockets.
#[derive(Clone)]
pub struct PortalTransport {
    state: Arc<State>,
}

impl HttpClient for PortalTransport {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let state = Arc::clone(&self.state);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
            let response = respond(&state, &head, &body).await;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_or_else(|never| match never {}, http_body_util::Collected::to_bytes);
            Ok(http::Response::from_parts(head, body.into()))
        })
    }
}

impl fmt::Debug for PortalTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortalTransport")
    }
}
