//! The way through a proxy: `CONNECT`, and what can go wrong with proxies.

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
use super::super::connector::BoxIo;
use super::Proxy;
use crate::base::BoxError;
use crate::failure::{ConnectorError, Peer, Reason, Stage};

/// What a proxy did not do.
#[derive(Debug)]
struct ProxyError {
    proxy: String,
    what: What,
}

#[derive(Debug)]
enum What {
    /// There is no connection to it.
    Unreachable(BoxError),
    /// The connection broke before it responded, or the response is not HTTP.
    NoResponse(hyper::Error),
    /// It sent bytes after its response.
    Chatter,
    /// It asks for credentials. The flag says whether it got some.
    Credentials { sent: bool },
    /// It responded with this status.
    Refused { target: String, status: StatusCode },
}

/// There is no connection to the proxy.
pub(in super::super) fn unreachable(proxy: &Proxy, error: ConnectorError) -> ConnectorError {
    // What is not TLS's fault is told to be the proxy's; a timeout stays one.
    let reason = error.reason();
    let stage = if error.stage() == Stage::NameLookup { Stage::NameLookup } else { Stage::ProxyConnect };
    failed(stage, reason, proxy, What::Unreachable(error.into_source()))
}

/// The proxy does not forward without credentials, or not with these.
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
            What::NoResponse(_) => write!(f, "the proxy {proxy} gave no answer that makes sense"),
            What::Chatter => write!(f, "the proxy {proxy} sent more than its answer: is it a proxy?"),
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

/// Asks a proxy, to which `io` leads, for the way to `target`, a host and a port.
pub(in super::super) async fn tunnel(io: BoxIo, target: &str, proxy: &Proxy) -> Result<BoxIo, ConnectorError> {
    let failed = |reason, what| failed(Stage::ProxyTunnel, reason, proxy, what);
    let no_response = |error: hyper::Error| {
        let reason = if error.is_parse() { Reason::NotHttp } else { Reason::Io(io::ErrorKind::Other) };
        failed(reason, What::NoResponse(error))
    };
    let request = request(target, proxy).map_err(|error| ConnectorError::user(error.into()))?;
    let mut builder = http1::Builder::new();
    let (mut sender, connection) =
        builder.max_buf_size(MAX_HEADERS).handshake(TokioIo::new(io)).await.map_err(no_response)?;
    // The connection is what moves the bytes of request and response. It ends by itself where a
    // tunnel begins, and gives back what it stood on.
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
    // With TLS it is the client who speaks first.
    if !parts.read_buf.is_empty() {
        return Err(failed(Reason::ProxyChatter, What::Chatter));
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
