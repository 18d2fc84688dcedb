//! One connection: TCP, directly or through a proxy, and TLS for `https`.
//!
//! hyper-util's connector tries the addresses of a host by Happy Eyeballs. Connections have `TCP_NODELAY`, since
//! requests are small, and TCP keepalive, which detects a dead peer within two minutes and keeps firewalls from
//! dropping a connection whose response takes long.

use std::error::Error;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
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

use super::MAX_HEADERS;
use super::proxy::{Proxy, ProxyConfig, tunnel, unreachable};
use super::tls::{self, LazyTls, tls_reason};
use crate::base::{BoxError, find_cause, io_error_kind};
use crate::failure::{CertificateProblem, ConnectorError, Peer, Reason, Stage, TimeLimit};
use crate::time::{TimeoutKind, limited};

/// The idle time before the first keepalive probe. It is below the idle timeouts of cloud gateways (Azure: 4 min,
/// AWS: 350 s).
const KEEPALIVE: Duration = Duration::from_secs(60);
/// The interval of probes, and how many may stay unanswered.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

/// Any byte stream.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
pub(super) type BoxIo = Box<dyn Io>;

/// Opens connections within the connect timeout.
#[derive(Clone)]
pub(super) struct Connector {
    tls: Arc<LazyTls>,
    proxies: ProxyConfig,
    timeout: Option<Duration>,
}

/// How far a connection got, for when the timeout elapses.
#[derive(Clone)]
struct Progress(Arc<Mutex<(Stage, Peer)>>);

impl Progress {
    fn reached(&self, stage: Stage, peer: Peer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (stage, peer);
    }

    fn last(&self) -> (Stage, Peer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Describes what did not happen within the connect timeout.
fn missing(stage: Stage, peer: Peer) -> &'static str {
    match (stage, peer) {
        (Stage::NameLookup, Peer::Server) => "the name lookup did not end",
        (Stage::NameLookup, Peer::Proxy) => "the lookup of the proxy's name did not end",
        (Stage::ProxyConnect, _) => "no connection to the proxy",
        (Stage::ProxyTunnel, _) => "no response of the proxy to CONNECT came",
        (Stage::TlsHandshake, _) => "the TLS handshake did not end",
        _ => "no connection",
    }
}

impl Connector {
    pub(super) fn new(tls: LazyTls, proxies: ProxyConfig, timeout: Option<Duration>) -> Self {
        Self { tls: Arc::new(tls), proxies, timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = tls::Stream;
    type Error = ConnectorError;
    type Future = Pin<Box<dyn Future<Output = Result<tls::Stream, ConnectorError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ConnectorError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let timeout = self.timeout;
        let tls = Arc::clone(&self.tls);
        let progress = Progress(Arc::new(Mutex::new((Stage::Connect, Peer::Server))));
        let plain = PlainConnector::new(Arc::clone(&tls), self.proxies.clone(), progress.clone());
        Box::pin(async move {
            let connected = limited(timeout, pin!(tls.connect(plain, uri))).await;
            connected.unwrap_or_else(|| {
                let (stage, peer) = progress.last();
                let limit = timeout.unwrap_or_default();
                let limit = TimeLimit { kind: TimeoutKind::Connect, what: missing(stage, peer), limit };
                Err(ConnectorError::timed_out(stage, limit).of_peer(peer))
            })
        })
    }
}

/// Opens connections without TLS to servers, directly or through a proxy.
#[derive(Clone)]
pub(super) struct PlainConnector {
    tcp: HttpConnector<Resolver>,
    /// For connections to proxies.
    tls: Arc<LazyTls>,
    proxies: ProxyConfig,
    progress: Progress,
}

impl PlainConnector {
    fn new(tls: Arc<LazyTls>, proxies: ProxyConfig, progress: Progress) -> Self {
        let mut tcp =
            HttpConnector::new_with_resolver(Resolver { system: GaiResolver::new(), progress: progress.clone() });
        // The scheme is checked by `LazyTls`.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        Self { tcp, tls, proxies, progress }
    }

    async fn connect(self, uri: Uri) -> Result<PlainStream, ConnectorError> {
        let https = uri.scheme() == Some(&Scheme::HTTPS);
        let stream = self.connect_plain(uri).await?;
        if https {
            self.progress.reached(Stage::TlsHandshake, Peer::Server);
        }
        Ok(stream)
    }

    async fn connect_plain(&self, uri: Uri) -> Result<PlainStream, ConnectorError> {
        let proxy = self.proxies.of(&uri).map_err(|error| ConnectorError::construction(BoxError::from(error)))?;
        let Some(proxy) = proxy else {
            let io = self.tcp(uri).await?;
            return Ok(PlainStream { io: TokioIo::new(io), forwarded: false });
        };
        let io = self.to_proxy(proxy).await?;
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok(PlainStream { io: TokioIo::new(io), forwarded: true });
        }
        let target = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443));
        self.progress.reached(Stage::ProxyTunnel, Peer::Proxy);
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
        self.progress.reached(Stage::ProxyConnect, Peer::Proxy);
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

/// Converts an error of hyper-util's connector.
fn connect_error(error: BoxError) -> ConnectorError {
    let stage = match find_cause::<LookupError>(&*error) {
        Some(_) => Stage::NameLookup,
        None => Stage::Connect,
    };
    let kind = io_error_kind(&*error).unwrap_or(io::ErrorKind::Other);
    ConnectorError::new(stage, Reason::of_connecting(kind)).with_source(error)
}

/// The system's resolver, with an error type of its own.
#[derive(Clone)]
struct Resolver {
    system: GaiResolver,
    progress: Progress,
}

#[derive(Debug)]
struct LookupError(io::Error);

impl std::fmt::Display for LookupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for LookupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The I/O error itself, since callers search the chain for its type.
        Some(&self.0)
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = LookupError;
    type Future = Lookup;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LookupError>> {
        self.system.poll_ready(cx).map_err(LookupError)
    }

    fn call(&mut self, name: Name) -> Lookup {
        let (stage, peer) = self.progress.last();
        self.progress.reached(Stage::NameLookup, peer);
        Lookup { lookup: self.system.call(name), progress: self.progress.clone(), next: (stage, peer) }
    }
}

struct Lookup {
    lookup: GaiFuture,
    progress: Progress,
    /// What follows the lookup.
    next: (Stage, Peer),
}

impl Future for Lookup {
    type Output = Result<GaiAddrs, LookupError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let found = Pin::new(&mut self.lookup).poll(cx).map_err(LookupError);
        if matches!(found, Poll::Ready(Ok(_))) {
            self.progress.reached(self.next.0, self.next.1);
        }
        found
    }
}

/// A connection before TLS.
pub(super) struct PlainStream {
    io: TokioIo<BoxIo>,
    /// Whether a proxy forwards the requests, which have absolute-form targets then.
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

/// Converts an error of hyper, hyper-util or a `tower` service. `host` is the host of the request.
pub(super) fn cause(error: BoxError, host: &str) -> ConnectorError {
    let chain: &(dyn Error + 'static) = &*error;
    let connecting = find_cause(chain).is_some_and(hyper_util::client::legacy::Error::is_connect);
    // A streamed request body may fail with an error of another call, which says nothing about this one.
    let of_request_body = find_cause::<hyper::Error>(chain).is_some_and(hyper::Error::is_user);
    let (stage, peer, reason) = match find_cause::<ConnectorError>(chain).filter(|_| !of_request_body) {
        Some(cause) => (cause.stage(), cause.peer(), cause.reason()),
        None => (if connecting { Stage::Connect } else { Stage::Exchange }, Peer::Server, reason(chain, connecting)),
    };
    let limit = MAX_HEADERS / 1024;
    let doing =
        if connecting { format!("could not connect to {host}") } else { format!("the exchange with {host} failed") };
    let context = match reason {
        Reason::Certificate(problem) => match certificate_text(problem) {
            Some(text) => format!("{doing}: {text}"),
            None => doing,
        },
        Reason::HeadTooLarge => format!(
            "the response of {host} was not read: its headers are larger than {limit} KiB or more than 100, or announce \
             a body that is larger than 2^64 bytes"
        ),
        Reason::MalformedHead => format!("the response of {host} was not read: a header is malformed"),
        Reason::Http2Protocol => format!(
            "the response of {host} was not read: it is no valid HTTP/2, or its headers are larger than {limit} KiB"
        ),
        _ => doing,
    };
    ConnectorError::new(stage, reason).of_peer(peer).with_source(error).with_message(context)
}

/// Returns the reason of an error that is not the connector's.
fn reason(error: &(dyn Error + 'static), connecting: bool) -> Reason {
    if let Some(reason) = tls_reason(error) {
        return reason;
    }
    let hyper = find_cause::<hyper::Error>(error);
    match hyper {
        Some(hyper) if hyper.is_parse() => return parse_reason(hyper),
        _ if is_http2_protocol_error(error) => return Reason::Http2Protocol,
        Some(hyper) if hyper.is_timeout() => return Reason::TimedOut(TimeoutKind::Connect),
        _ => {}
    }
    match io_error_kind(error) {
        Some(io::ErrorKind::TimedOut) if hyper.is_none() => Reason::TimedOut(TimeoutKind::Connect),
        Some(kind) => Reason::Io(kind),
        // For example, the Tokio runtime that drove the connection was shut down.
        None if hyper.is_some() || connecting => Reason::Io(io::ErrorKind::Other),
        None => Reason::Other,
    }
}

/// Classifies parse errors of hyper, which has no predicates for them; a test pins the texts.
pub(super) fn parse_reason(error: &hyper::Error) -> Reason {
    let text = error.to_string();
    match text.as_str() {
        "message head is too large" => Reason::HeadTooLarge,
        text if text.starts_with("invalid HTTP version") || text == "invalid HTTP status-code parsed" => {
            Reason::NotHttp
        }
        _ => Reason::MalformedHead,
    }
}

/// Describes the problem of a certificate better than rustls does.
fn certificate_text(problem: CertificateProblem) -> Option<&'static str> {
    Some(match problem {
        CertificateProblem::Expired => "the certificate has expired, or the clock of this machine is wrong",
        CertificateProblem::NotValidYet => "the certificate is not valid yet, or the clock of this machine is wrong",
        CertificateProblem::OtherName => "the certificate is that of another host",
        CertificateProblem::UnknownIssuer => "the certificate is of an authority that is not trusted here",
        CertificateProblem::Revoked => "the certificate was revoked",
        CertificateProblem::Other => return None,
    })
}

#[cfg(feature = "http2")]
fn is_http2_protocol_error(error: &(dyn Error + 'static)) -> bool {
    find_cause::<h2::Error>(error).is_some_and(h2::Error::is_library)
}

#[cfg(not(feature = "http2"))]
fn is_http2_protocol_error(_error: &(dyn Error + 'static)) -> bool {
    false
}
