//! Tunnels through proxies (`CONNECT`), and the errors of proxies.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use http::header::{HOST, HeaderMap, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::super::MAX_HEADERS;
use super::super::connector::{BoxIo, parse_reason};
use super::super::tls;
use super::Proxy;
use crate::base::BoxError;
use crate::failure::{ConnectorError, Peer, Reason, Stage};
use crate::http::RequestBody;

#[derive(Debug)]
struct ProxyError {
    proxy: String,
    what: What,
}

#[derive(Debug)]
enum What {
    /// It cannot be connected to.
    Unreachable(BoxError),
    /// It is spoken to by TLS, which failed.
    Tls(Reason, BoxError),
    /// What answers does not speak TLS.
    NotTls(BoxError),
    /// The connection broke, or the response is malformed.
    NoResponse(hyper::Error),
    /// What answers does not speak HTTP.
    NotHttp(hyper::Error),
    /// It sent more than its response.
    ExtraBytes,
    /// It requires credentials, or rejects those that it got.
    Credentials { sent: bool },
    /// It requires credentials by these schemes only.
    Schemes(String),
    /// It refused the tunnel with this status.
    Refused { target: String, status: StatusCode },
}

/// Converts the error of a connection to a proxy.
pub(in super::super) fn of_proxy(proxy: &Proxy, error: ConnectorError) -> ConnectorError {
    // Stage and reason are kept: TLS errors and timeouts are reported as such.
    let (stage, reason) = (error.stage(), error.reason());
    if matches!(reason, Reason::TimedOut(_) if error.time_limit().is_some()) {
        return error.of_peer(Peer::Proxy);
    }
    let is_tls = error.is_tls() && reason != Reason::TlsConfig;
    let source = error.into_source();
    let what = match reason {
        Reason::NotTls => What::NotTls(source),
        _ if is_tls => What::Tls(reason, source),
        _ => What::Unreachable(source),
    };
    failed(stage, reason, proxy, what)
}

/// Creates the error for missing or rejected credentials. `headers` are those of the response.
pub(in super::super) fn credentials(proxy: &Proxy, headers: &HeaderMap) -> ConnectorError {
    let challenges = headers.get_all(PROXY_AUTHENTICATE);
    let found: Vec<_> = challenges.iter().flat_map(schemes).collect();
    if found.contains(&"Basic") || challenges.iter().next().is_none() {
        let what = What::Credentials { sent: proxy.credentials().is_some() };
        return failed(Stage::ProxyTunnel, Reason::ProxyCredentials, proxy, what);
    }
    let wanted: Vec<_> = KNOWN.into_iter().filter(|scheme| found.contains(scheme)).collect();
    failed(Stage::ProxyTunnel, Reason::ProxySchemes, proxy, What::Schemes(wanted.join(" or ")))
}

/// The authentication schemes that are shown, in this order.
const KNOWN: [&str; 6] = ["Basic", "Bearer", "Digest", "Kerberos", "NTLM", "Negotiate"];

/// Returns the known authentication schemes of a challenge.
fn schemes(challenge: &HeaderValue) -> Vec<&'static str> {
    let mut quoted = false;
    let parts = challenge.as_bytes().split(|byte| {
        quoted ^= *byte == b'"';
        *byte == b',' && !quoted
    });
    // A scheme is the first word of an element of the list; a parameter's first word has a value.
    let words = parts.filter_map(|part| part.split(u8::is_ascii_whitespace).find(|word| !word.is_empty()));
    words.filter_map(|word| KNOWN.into_iter().find(|known| word.eq_ignore_ascii_case(known.as_bytes()))).collect()
}

fn failed(stage: Stage, reason: Reason, proxy: &Proxy, what: What) -> ConnectorError {
    let error = ProxyError { proxy: proxy.name(), what };
    ConnectorError::new(stage, reason).of_peer(Peer::Proxy).with_source(error.into())
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = &self.proxy;
        match &self.what {
            What::Unreachable(_) => write!(f, "the proxy {proxy} cannot be reached"),
            What::Tls(reason, _) => match tls::text(*reason).filter(|_| tls::says_all(*reason)) {
                Some(text) => write!(f, "no TLS with the proxy {proxy}: {text}"),
                None => write!(f, "no TLS with the proxy {proxy}"),
            },
            What::NotTls(_) => write!(f, "the proxy {proxy} does not speak TLS"),
            What::NoResponse(_) => write!(f, "the proxy {proxy} sent no valid response"),
            What::NotHttp(_) => write!(f, "the proxy {proxy} does not speak HTTP"),
            What::ExtraBytes => write!(f, "the proxy {proxy} sent more than its response: is it a proxy?"),
            What::Credentials { sent: false } => write!(
                f,
                "the proxy {proxy} needs credentials: put them into its URL, as http://user:password@{proxy} (HTTP 407)"
            ),
            What::Credentials { sent: true } => {
                write!(f, "the proxy {proxy} does not take the credentials in its URL (HTTP 407)")
            }
            What::Schemes(schemes) => {
                let schemes = if schemes.is_empty() { "another scheme" } else { schemes };
                write!(f, "the proxy {proxy} wants credentials by {schemes}, and only Basic is supported (HTTP 407)")
            }
            What::Refused { target, status } => {
                write!(f, "the proxy {proxy} did not connect to {target}: it answered HTTP {status}")
            }
        }
    }
}

impl Error for ProxyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.what {
            What::Tls(reason, _) if tls::says_all(*reason) => None,
            What::Unreachable(error) | What::Tls(_, error) => Some(&**error),
            What::NoResponse(error) => Some(error),
            // Their texts are about bytes; the types are for programs.
            What::NotTls(error) => Some(&**error),
            What::NotHttp(error) => Some(error),
            _ => None,
        }
    }
}

/// Opens a tunnel to `target`, a host and a port, over a connection to a proxy.
pub(in super::super) async fn tunnel(io: BoxIo, target: &str, proxy: &Proxy) -> Result<BoxIo, ConnectorError> {
    let failed = |reason, what| failed(Stage::ProxyTunnel, reason, proxy, what);
    let no_response = |error: hyper::Error| {
        let reason = if error.is_parse() { parse_reason(&error) } else { Reason::of_connecting(&error) };
        failed(reason, if reason == Reason::NotHttp { What::NotHttp(error) } else { What::NoResponse(error) })
    };
    let request = request(target, proxy).map_err(|error| ConnectorError::user(error.into()))?;
    let mut builder = http1::Builder::new();
    let (mut sender, connection) =
        builder.max_buf_size(MAX_HEADERS).handshake(tls::plain(io)).await.map_err(no_response)?;
    // The connection must be polled for the exchange to make progress. It completes when the tunnel is open, and
    // returns the underlying stream.
    let mut connection = pin!(connection.without_shutdown());
    let mut response = pin!(sender.send_request(request));
    let mut ended = None;
    let response = poll_fn(|cx| {
        if ended.is_none() {
            if let Poll::Ready(end) = connection.as_mut().poll(cx) {
                ended = Some(end);
            }
        }
        response.as_mut().poll(cx)
    });
    let response = response.await.map_err(no_response)?;
    let status = response.status();
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(credentials(proxy, response.headers()));
    }
    // hyper takes 204 for a response without a body rather than for a tunnel, and keeps the connection to itself.
    if !status.is_success() || status == StatusCode::NO_CONTENT {
        let reason = Reason::ProxyRefused { transient: status.is_server_error() };
        return Err(failed(reason, What::Refused { target: target.to_owned(), status }));
    }
    let parts = match ended {
        Some(ended) => ended,
        None => connection.await,
    }
    .map_err(no_response)?;
    // The server sends nothing before the ClientHello.
    if !parts.read_buf.is_empty() {
        return Err(failed(Reason::ProxyExtraBytes, What::ExtraBytes));
    }
    Ok(Box::new(TokioIo::new(parts.io)))
}

fn request(target: &str, proxy: &Proxy) -> Result<Request<RequestBody>, http::Error> {
    let uri = Uri::builder().authority(target).build()?;
    let request = Request::builder().method(Method::CONNECT).uri(uri).header(HOST, target);
    // Some proxies refuse requests without it.
    let mut request = request.header(USER_AGENT, concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
    if let Some(credentials) = proxy.credentials() {
        request = request.header(PROXY_AUTHORIZATION, credentials);
    }
    request.body(RequestBody::default())
}
