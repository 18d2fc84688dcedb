//! One connection: the name lookup, TCP, directly or through a proxy, and TLS for `https`; conversion of hyper's errors.

use std::error::Error;
use std::io;
use std::pin::pin;
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use tokio::io::{AsyncRead, AsyncWrite};

use super::MAX_HEADERS;
use super::dial::dial;
use super::lookup::lookup;
use super::proxy::{Proxy, ProxyConfig, of_proxy, tunnel};
use super::reached::Reached;
use super::tls::{self, LazyTls, Stream, tls_reason};
use crate::base::{BoxError, find_cause, io_error_kind};
use crate::failure::{ConnectorError, Peer, Reason, Stage};
use crate::time::{TimeoutKind, limited};

/// Any byte stream.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
pub(super) type BoxIo = Box<dyn Io>;

/// The least time for a name lookup. If the first of several name servers is dead, glibc asks the next one after 5 s.
pub(super) const LOOKUP: Duration = Duration::from_secs(10);

/// Opens connections.
pub(super) struct Connector {
    pub(super) tls: LazyTls,
    pub(super) proxies: ProxyConfig,
    /// For what follows the name lookup: TCP, the proxy's tunnel and TLS.
    pub(super) connect_timeout: Option<Duration>,
    pub(super) lookup_timeout: Option<Duration>,
}

/// A connection to a server, or to a proxy that forwards requests to it.
pub(super) struct Opened {
    pub(super) stream: Stream,
    /// Whether HTTP/2 was negotiated by TLS.
    #[cfg(feature = "http2")]
    pub(super) http2: bool,
}

impl Connector {
    /// Connects to the server of a URL, without offering HTTP/2 if that is required.
    pub(super) async fn open(&self, uri: &Uri, only_http1: bool, reached: &Reached) -> Result<Opened, ConnectorError> {
        let https = uri.scheme() == Some(&Scheme::HTTPS);
        let proxy = self.proxies.of(uri).map_err(|error| ConnectorError::construction(BoxError::from(error)))?;
        if https || proxy.is_some_and(Proxy::is_secure) {
            reached.stage(Stage::Roots, Peer::Server);
            self.tls.prepare().await?;
        }
        let (peer, target, default) = match proxy {
            Some(proxy) => (Peer::Proxy, proxy.uri(), 80),
            None => (Peer::Server, uri, if https { 443 } else { 80 }),
        };
        let failed = |error| match proxy {
            Some(proxy) => of_proxy(proxy, error),
            None => error,
        };
        if let Some(proxy) = proxy {
            reached.by_proxy(proxy.name().into());
        }
        reached.stage(Stage::NameLookup, peer);
        let host = target.host().unwrap_or_default();
        let found = lookup(host, target.port_u16().unwrap_or(default), peer);
        let found = limited(self.lookup_timeout, pin!(found)).await;
        let addresses = found.unwrap_or_else(|| Err(late(reached, self.lookup_timeout))).map_err(failed)?;

        reached.stage(if proxy.is_some() { Stage::ProxyConnect } else { Stage::Connect }, peer);
        let connecting = async {
            let io: BoxIo = match dial(&addresses, self.connect_timeout).await {
                Ok(stream) => Box::new(stream),
                Err(error) => {
                    let stage = if proxy.is_some() { Stage::ProxyConnect } else { Stage::Connect };
                    let error = BoxError::from(error);
                    let error = ConnectorError::new(stage, Reason::of_connecting(&*error)).with_source(error);
                    return Err(failed(error));
                }
            };
            let io = match proxy {
                // Boxed, since it is large, and most connections have no proxy.
                Some(proxy) => Box::pin(self.through(proxy, io, https.then_some(uri), reached)).await?,
                None => io,
            };
            if https {
                reached.stage(Stage::TlsHandshake, Peer::Server);
            }
            self.tls.opened(io, uri, only_http1).await
        };
        limited(self.connect_timeout, pin!(connecting))
            .await
            .unwrap_or_else(|| Err(late(reached, self.connect_timeout)))
    }

    /// Makes a connection to a proxy one that leads to the server: by TLS if the proxy speaks it, and by a tunnel if
    /// there is a URL for it.
    async fn through(
        &self,
        proxy: &Proxy,
        mut io: BoxIo,
        tunneled: Option<&Uri>,
        reached: &Reached,
    ) -> Result<BoxIo, ConnectorError> {
        if proxy.is_secure() {
            reached.stage(Stage::TlsHandshake, Peer::Proxy);
            let host = proxy.uri().host().unwrap_or_default();
            io = self.tls.connect_to_proxy(io, host).await.map_err(|error| of_proxy(proxy, error))?;
        }
        let Some(uri) = tunneled else { return Ok(io) };
        let target = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(443));
        reached.stage(Stage::ProxyTunnel, Peer::Proxy);
        tunnel(io, &target, proxy).await
    }
}

fn late(reached: &Reached, limit: Option<Duration>) -> ConnectorError {
    reached.timed_out(TimeoutKind::Connect, limit.unwrap_or_default())
}

/// Says what was being done when a request was not sent.
pub(crate) fn could_not_connect(uri: &Uri) -> String {
    format!("could not connect to {}", uri.host().unwrap_or_default())
}

/// Adds what was being done to an error of [`Connector::open`].
pub(super) fn not_connected(error: ConnectorError, uri: &Uri) -> ConnectorError {
    if error.stage() == Stage::Construction {
        return error;
    }
    let doing = could_not_connect(uri);
    let reason = error.reason();
    let ended = reason == Reason::Io(io::ErrorKind::UnexpectedEof);
    match error.peer() {
        Peer::Server if ended => error.with_message(format!("{doing}: the connection ended early")).told(true),
        Peer::Server => match tls::text(reason) {
            Some(text) => error.with_message(format!("{doing}: {text}")).told(tls::says_all(reason)),
            None => error.with_message(doing),
        },
        Peer::Proxy => error.with_message(doing),
    }
}

/// Converts an error of an exchange, with a proxy if that forwards the request.
pub(super) fn exchange_failed(error: BoxError, uri: &Uri, forwarding: Option<&Proxy>) -> ConnectorError {
    let host = uri.host().unwrap_or_default();
    let error = cause(error, host);
    let Some(proxy) = forwarding else { return error };
    let proxy = proxy.name();
    let text = match error.reason() {
        Reason::NotHttp => format!("the proxy {proxy} does not speak HTTP"),
        Reason::HeadTooLarge => return error.of_peer(Peer::Proxy),
        _ => format!("the exchange with {host} through the proxy {proxy} failed"),
    };
    error.of_peer(Peer::Proxy).with_message(text)
}

/// Converts an error of hyper or a `tower` service. `host` is the host of the request.
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
        Reason::HeadTooLarge => format!(
            "the response of {host} was not read: its headers are larger than {limit} KiB or more than 100, or announce \
             a body that is larger than 2^64 bytes"
        ),
        Reason::MalformedHead => format!("the response of {host} was not read: a header is malformed"),
        Reason::Http2Protocol => format!(
            "the response of {host} was not read: it is no valid HTTP/2, or its headers are larger than {limit} KiB"
        ),
        Reason::Io(io::ErrorKind::UnexpectedEof) => format!("{doing}: the connection ended early"),
        reason => match tls::text(reason) {
            Some(text) => format!("{doing}: {text}"),
            None => doing,
        },
    };
    let told = tls::says_all(reason) || reason == Reason::Io(io::ErrorKind::UnexpectedEof);
    ConnectorError::new(stage, reason).of_peer(peer).with_source(error).with_message(context).told(told)
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

#[cfg(feature = "http2")]
fn is_http2_protocol_error(error: &(dyn Error + 'static)) -> bool {
    find_cause::<h2::Error>(error).is_some_and(h2::Error::is_library)
}

/// Returns whether the server refused a request only because it came over HTTP/2.
#[cfg(feature = "http2")]
pub(super) fn http1_is_required(error: &hyper::Error) -> bool {
    find_cause::<h2::Error>(error).is_some_and(|error| error.reason() == Some(h2::Reason::HTTP_1_1_REQUIRED))
}

#[cfg(not(feature = "http2"))]
pub(super) fn http1_is_required(_error: &hyper::Error) -> bool {
    false
}

#[cfg(not(feature = "http2"))]
fn is_http2_protocol_error(_error: &(dyn Error + 'static)) -> bool {
    false
}
