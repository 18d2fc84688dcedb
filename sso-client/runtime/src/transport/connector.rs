//! One connection: TCP, directly or through a proxy, and TLS over it once a request asks for `https`.
//!
//! Hosts of several addresses are tried side by side, IPv6 a little ahead (hyper-util's connector
//! does that). What every connection has: no delay of small packets, since requests are small and
//! waited for; and keepalive by TCP, which finds out that the other side is gone within about two
//! minutes, and keeps firewalls between from forgetting a connection whose response takes long.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use super::proxy::{Proxy, ProxyConfig, ProxyError, tunnel};
use super::tls::{LazyTls, Protocols};
use crate::base::BoxError;
use crate::time::limited;

/// How long a connection is silent before it is asked for a sign of life. Well below the least
/// that gateways and firewalls allow: four minutes with those of Azure, 350 s with those of AWS.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// The time between one question and the next, and how many of them go unanswered.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

/// Bytes both ways, over whatever there is below.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
pub(super) type BoxIo = Box<dyn Io>;

/// Opens connections. The TLS configuration is made when the first one needs it.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    tls: Arc<LazyTls>,
    proxies: ProxyConfig,
    timeout: Option<Duration>,
}

impl Connector {
    pub(super) fn new(tls: LazyTls, proxies: ProxyConfig, timeout: Option<Duration>) -> Self {
        let mut tcp = HttpConnector::new();
        // The scheme is looked at here, for both.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        Self { tcp, tls: Arc::new(tls), proxies, timeout }
    }

    async fn connect(self, uri: Uri) -> Result<Stream, BoxError> {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().unwrap_or_default().to_owned();
        let Some(proxy) = self.proxies.of(&uri) else {
            let io = self.tcp(uri).await?;
            return if secure { self.encrypted(io, &host).await } else { Ok(Stream::plain(io, false)) };
        };
        let io = self.to_proxy(proxy).await?;
        if !secure {
            return Ok(Stream::plain(io, true));
        }
        let port = uri.port_u16().unwrap_or(443);
        let io = tunnel(io, &format!("{host}:{port}"), proxy).await?;
        self.encrypted(io, &host).await
    }

    async fn tcp(&self, uri: Uri) -> Result<BoxIo, BoxError> {
        Ok(Box::new(self.tcp.clone().call(uri).await?.into_inner()))
    }

    async fn to_proxy(&self, proxy: &Proxy) -> Result<BoxIo, BoxError> {
        let io = self.tcp(proxy.uri().clone()).await.map_err(|error| ProxyError::unreachable(proxy, error))?;
        if !proxy.is_secure() {
            return Ok(io);
        }
        let host = proxy.uri().host().unwrap_or_default();
        // What is asked of a proxy is HTTP/1.1, whatever is spoken through it.
        let encrypted = self.tls.connect(io, host, Protocols::Http1).await;
        Ok(encrypted.map_err(|error| ProxyError::unreachable(proxy, error))?.io)
    }

    async fn encrypted(&self, io: BoxIo, host: &str) -> Result<Stream, BoxError> {
        let encrypted = self.tls.connect(io, host, Protocols::Best).await?;
        Ok(Stream { io: TokioIo::new(encrypted.io), http2: encrypted.http2, forwarded: false })
    }
}

/// Connecting took too long.
#[derive(Debug)]
pub(super) struct ConnectTimeout(Duration);

impl fmt::Display for ConnectTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection within {:?} (connect timeout)", self.0)
    }
}

impl std::error::Error for ConnectTimeout {}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let timeout = self.timeout;
        let connecting = self.clone().connect(uri);
        Box::pin(async move {
            let connected = limited(timeout, pin!(connecting)).await;
            connected.ok_or_else(|| ConnectTimeout(timeout.unwrap_or_default()))?
        })
    }
}

/// A connection, and what hyper has to know of it.
pub(super) struct Stream {
    io: TokioIo<BoxIo>,
    /// Whether HTTP/2 was agreed upon.
    http2: bool,
    /// Whether a proxy reads the requests, so that they have to name the host.
    forwarded: bool,
}

impl Stream {
    fn plain(io: BoxIo, forwarded: bool) -> Self {
        Self { io: TokioIo::new(io), http2: false, forwarded }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.forwarded);
        if self.http2 { connected.negotiated_h2() } else { connected }
    }
}

impl Read for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Stream {
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
