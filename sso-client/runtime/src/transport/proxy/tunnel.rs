//! Tunnels through proxies (`CONNECT`), and the errors of proxies.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::super::MAX_HEADERS;
use super::super::connector::{BoxIo, parse_reason};
use super::Proxy;
use crate::base::BoxError;
use crate::failure::{ConnectorError, Peer, Reason, Stage};

#[derive(Debug)]
struct ProxyError {
    proxy: String,
    what: What,
}

#[derive(Debug)]
enum What {
    /// It cannot be connected to.
    Unreachable(BoxError),
    /// The connection broke, or the response is not HTTP.
    NoResponse(hyper::Error),
    /// It sent more than its response.
    ExtraBytes,
    /// It requires credentials, or rejects those that it got.
    Credentials { sent: bool },
    /// It refused the tunnel with this status.
    Refused { target: String, status: StatusCode },
}

/// Converts the error of a connection to a proxy.
pub(in super::super) fn unreachable(proxy: &Proxy, error: ConnectorError) -> ConnectorError {
    // The reason is kept: TLS errors and timeouts are reported as such.
    let reason = error.reason();
    let stage = if error.stage() == Stage::NameLookup { Stage::NameLookup } else { Stage::ProxyConnect };
    failed(stage, reason, proxy, What::Unreachable(error.into_source()))
}

/// Creates the error for missing or rejected credentials.
pub(in super::super) fn credentials(proxy: &Proxy) -> ConnectorError {
    let what = What::Credentials { sent: proxy.credentials().is_some() };
    failed(Stage::ProxyTunnel, Reason::ProxyCredentials, proxy, what)
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
            What::NoResponse(_) => write!(f, "the proxy {proxy} sent no valid response"),
            What::ExtraBytes => write!(f, "the proxy {proxy} sent more than its response: is it a proxy?"),
            What::Credentials { sent: false } => write!(
                f,
                "the proxy {proxy} needs credentials: put them into its URL, as http://user:password@{proxy} (HTTP 407)"
            ),
            What::Credentials { sent: true } => {
                write!(f, "the proxy {proxy} does not take the credentials in its URL (HTTP 407)")
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
            What::Unreachable(error) => Some(&**error),
            What::NoResponse(error) => Some(error),
            _ => None,
        }
    }
}

/// Opens a tunnel to `target`, a host and a port, over a connection to a proxy.
pub(in super::super) async fn tunnel(io: BoxIo, target: &str, proxy: &Proxy) -> Result<BoxIo, ConnectorError> {
    let failed = |reason, what| failed(Stage::ProxyTunnel, reason, proxy, what);
    let no_response = |error: hyper::Error| {
        let reason = if error.is_parse() { parse_reason(&error) } else { Reason::Io(io::ErrorKind::Other) };
        failed(reason, What::NoResponse(error))
    };
    let request = request(target, proxy).map_err(|error| ConnectorError::user(error.into()))?;
    let mut builder = http1::Builder::new();
    let (mut sender, connection) =
        builder.max_buf_size(MAX_HEADERS).handshake(TokioIo::new(io)).await.map_err(no_response)?;
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
    let status = response.await.map_err(no_response)?.status();
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(credentials(proxy));
    }
    if !status.is_success() {
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
    Ok(parts.io.into_inner())
}

fn request(target: &str, proxy: &Proxy) -> Result<Request<Empty<Bytes>>, http::Error> {
    let uri = Uri::builder().authority(target).build()?;
    let mut request = Request::builder().method(Method::CONNECT).uri(uri).header(HOST, target);
    if let Some(credentials) = proxy.credentials() {
        request = request.header(PROXY_AUTHORIZATION, credentials);
    }
    request.body(Empty::new())
}
