//! The way through a proxy: `CONNECT`, and what can go wrong with proxies.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
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

/// What a proxy did not do.
#[derive(Debug)]
pub(in super::super) struct ProxyError {
    proxy: String,
    what: What,
}

#[derive(Debug)]
enum What {
    /// It cannot be connected to.
    Unreachable(BoxError),
    /// The connection broke before it answered, or the answer was no HTTP.
    NoAnswer(BoxError),
    /// It answered what no tunnel begins with.
    Chatter,
    /// It wants to know who asks. Whether it was told says the flag.
    Credentials { sent: bool },
    /// It answered with this status.
    Refused { target: String, status: StatusCode },
}

impl ProxyError {
    /// There is no connection to it.
    pub(in super::super) fn unreachable(proxy: &Proxy, error: BoxError) -> Self {
        Self { proxy: proxy.name(), what: What::Unreachable(error) }
    }

    /// It does not forward without credentials, or not with these.
    pub(in super::super) fn credentials(proxy: &Proxy) -> Self {
        Self { proxy: proxy.name(), what: What::Credentials { sent: proxy.credentials().is_some() } }
    }

    /// Whether another attempt may succeed.
    pub(in super::super) fn may_pass(&self) -> bool {
        match &self.what {
            What::Unreachable(_) => true,
            What::NoAnswer(error) => !error.downcast_ref().is_some_and(hyper::Error::is_parse),
            What::Chatter | What::Credentials { .. } => false,
            // Such as 502 and 504: it could not reach the host for its part.
            What::Refused { status, .. } => status.is_server_error(),
        }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = &self.proxy;
        match &self.what {
            What::Unreachable(_) => write!(f, "the proxy {proxy} cannot be reached"),
            What::NoAnswer(_) => write!(f, "the proxy {proxy} gave no answer that makes sense"),
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
            What::Unreachable(error) | What::NoAnswer(error) => Some(&**error),
            _ => None,
        }
    }
}

/// Asks a proxy, to which `io` leads, for the way to `target`, a host and a port.
pub(in super::super) async fn tunnel(io: BoxIo, target: &str, proxy: &Proxy) -> Result<BoxIo, BoxError> {
    let failed = |what| ProxyError { proxy: proxy.name(), what };
    let no_answer = |error: hyper::Error| failed(What::NoAnswer(error.into()));
    let request = request(target, proxy)?;
    let mut builder = http1::Builder::new();
    let (mut sender, connection) =
        builder.max_buf_size(MAX_HEADERS).handshake(TokioIo::new(io)).await.map_err(no_answer)?;
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
    let status = response.await.map_err(no_answer)?.status();
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(ProxyError::credentials(proxy).into());
    }
    if !status.is_success() {
        return Err(failed(What::Refused { target: target.to_owned(), status }).into());
    }
    let parts = match ended {
        Some(ended) => ended,
        None => connection.await,
    }
    .map_err(no_answer)?;
    // With TLS it is the client who speaks first.
    if !parts.read_buf.is_empty() {
        return Err(failed(What::Chatter).into());
    }
    Ok(parts.io.into_inner())
}

fn request(target: &str, proxy: &Proxy) -> Result<Request<Empty<Bytes>>, BoxError> {
    let uri = Uri::builder().authority(target).build()?;
    let mut request = Request::builder().method(Method::CONNECT).uri(uri).header(HOST, target);
    if let Some(credentials) = proxy.credentials() {
        request = request.header(PROXY_AUTHORIZATION, credentials);
    }
    Ok(request.body(Empty::new())?)
}
