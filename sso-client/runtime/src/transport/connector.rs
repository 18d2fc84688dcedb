//! One connection: TCP, directly or through a proxy, and TLS over it for `https`.
//!
//! Hosts with several addresses are tried side by side, IPv6 a little ahead (hyper-util's connector does
//! that). Every connection has `TCP_NODELAY`, since requests are small and waited for, and TCP keepalive, which
//! notices within about two minutes that the peer is gone, and keeps firewalls from forgetting a connection
//! whose response takes long.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiFuture, GaiResolver, Name};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use super::proxy::{Proxy, ProxyConfig, tunnel, unreachable};
use super::tls::{self, LazyTls};
use crate::base::{BoxError, find_cause, io_error_kind};
use crate::failure::{ConnectorError, Reason, Stage, TimeLimit};
use crate::time::{TimeoutKind, limited};

/// How long a connection is silent before it is asked for a sign of life. Well below the least that gateways
/// and firewalls allow: four minutes with those of Azure, 350 s with those of AWS.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// The time between one probe and the next, and how many of them go unanswered.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

/// A byte stream, whatever lies below it.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
pub(super) type BoxIo = Box<dyn Io>;

/// Opens connections, within the connect timeout.
#[derive(Clone)]
pub(super) struct Connector {
    plain: PlainConnector,
    timeout: Option<Duration>,
}

impl Connector {
    pub(super) fn new(tls: LazyTls, proxies: ProxyConfig, timeout: Option<Duration>) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
        // The scheme is looked at here, for both.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        Self { plain: PlainConnector { tcp, tls: Arc::new(tls), proxies }, timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = tls::Stream;
    type Error = ConnectorError;
    type Future = Pin<Box<dyn Future<Output = Result<tls::Stream, ConnectorError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectorError>> {
        self.plain.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let timeout = self.timeout;
        let plain = self.plain.clone();
        let tls = Arc::clone(&plain.tls);
        Box::pin(async move {
            let connected = limited(timeout, pin!(tls.connect(plain, uri))).await;
            connected.unwrap_or_else(|| {
                let limit = timeout.unwrap_or_default();
                let limit = TimeLimit { kind: TimeoutKind::Connect, what: "no connection", limit };
                Err(ConnectorError::timed_out(Stage::Connect, limit))
            })
        })
    }
}

/// Opens connections to servers, without TLS: directly or through a proxy.
#[derive(Clone)]
pub(super) struct PlainConnector {
    tcp: HttpConnector<Resolver>,
    /// For proxies that are spoken to by TLS.
    tls: Arc<LazyTls>,
    proxies: ProxyConfig,
}

impl PlainConnector {
    async fn connect(self, uri: Uri) -> Result<PlainStream, ConnectorError> {
        let Some(proxy) = self.proxies.of(&uri) else {
            let io = self.tcp(uri).await?;
            return Ok(PlainStream { io: TokioIo::new(io), forwarded: false });
        };
        let io = self.to_proxy(proxy).await?;
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok(PlainStream { io: TokioIo::new(io), forwarded: true });
        }
        let target = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443));
        let io = tunnel(io, &target, proxy).await?;
        Ok(PlainStream { io: TokioIo::new(io), forwarded: false })
    }

    async fn tcp(&self, uri: Uri) -> Result<BoxIo, ConnectorError> {
        match self.tcp.clone().call(uri).await {
            Ok(stream) => Ok(Box::new(stream.into_inner())),
            Err(error) => Err(connect_error(error.into())),
        }
    }

    async fn to_proxy(&self, proxy: &Proxy) -> Result<BoxIo, ConnectorError> {
        let io = self.tcp(proxy.uri().clone()).await.map_err(|error| unreachable(proxy, error))?;
        if !proxy.is_secure() {
            return Ok(io);
        }
        let host = proxy.uri().host().unwrap_or_default();
        self.tls.connect_to_proxy(io, host).await.map_err(|error| unreachable(proxy, error))
    }
}

impl Service<Uri> for PlainConnector {
    type Response = PlainStream;
    type Error = ConnectorError;
    type Future = Pin<Box<dyn Future<Output = Result<PlainStream, ConnectorError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectorError>> {
        self.tcp.poll_ready(cx).map_err(|error| connect_error(error.into()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// What hyper-util's connector failed with.
fn connect_error(error: BoxError) -> ConnectorError {
    let stage = match find_cause::<LookupError>(&*error) {
        Some(_) => Stage::NameLookup,
        None => Stage::Connect,
    };
    let kind = io_error_kind(&*error).unwrap_or(io::ErrorKind::Other);
    let reason =
        if kind == io::ErrorKind::TimedOut { Reason::TimedOut(TimeoutKind::Connect) } else { Reason::Io(kind) };
    ConnectorError::new(stage, reason).with_source(error)
}

/// The system's resolver, whose errors have a type of their own.
#[derive(Clone)]
struct Resolver(GaiResolver);

/// The name of a host was not looked up.
#[derive(Debug)]
struct LookupError(io::Error);

impl std::fmt::Display for LookupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for LookupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // Not the source's source: the I/O error says the same, but has the type that callers look for.
        Some(&self.0)
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = LookupError;
    type Future = Lookup;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LookupError>> {
        self.0.poll_ready(cx).map_err(LookupError)
    }

    fn call(&mut self, name: Name) -> Lookup {
        Lookup(self.0.call(name))
    }
}

/// A lookup that is being made.
struct Lookup(GaiFuture);

impl Future for Lookup {
    type Output = Result<GaiAddrs, LookupError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_err(LookupError)
    }
}

/// A connection before TLS.
pub(super) struct PlainStream {
    io: TokioIo<BoxIo>,
    /// Whether a proxy reads the requests, so that they have to be in absolute form.
    forwarded: bool,
}

impl Connection for PlainStream {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.forwarded)
    }
}

impl Read for PlainStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for PlainStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
