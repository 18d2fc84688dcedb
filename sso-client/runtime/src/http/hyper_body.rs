//! hyper's response body together with the guard of its connection.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

/// Poisons a shared HTTP/2 connection unless the exchange on it is complete.
///
/// A call that is dropped leaves an HTTP/2 connection open. If the network has swallowed that connection,
/// every later call would be sent on it and time out. Over HTTP/1.1 hyper closes the connection.
pub(crate) struct ConnectionGuard {
    #[cfg(feature = "http2")]
    connection: Option<hyper_util::client::legacy::connect::CaptureConnection>,
}

impl ConnectionGuard {
    /// A guard of the connection that the request will be sent on, if that may be one of HTTP/2.
    #[cfg(feature = "http2")]
    pub(crate) fn new<B>(request: &mut http::Request<B>) -> Self {
        use hyper_util::client::legacy::connect::capture_connection;
        let may_be_shared = request.uri().scheme() == Some(&http::uri::Scheme::HTTPS);
        Self { connection: may_be_shared.then(|| capture_connection(request)) }
    }

    /// A guard of nothing: hyper closes abandoned connections of HTTP/1.1.
    #[cfg(not(feature = "http2"))]
    pub(crate) fn new<B>(_request: &mut http::Request<B>) -> Self {
        Self {}
    }

    /// The exchange is complete.
    pub(crate) fn release(&mut self) {
        #[cfg(feature = "http2")]
        {
            self.connection = None;
        }
    }
}

#[cfg(feature = "http2")]
impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            if let Some(connected) = connection.connection_metadata().as_ref() {
                connected.poison();
            }
        }
    }
}

/// A response's body, and the guard of the connection that it comes by.
pub(crate) struct GuardedBody {
    body: Incoming,
    guard: ConnectionGuard,
}

impl GuardedBody {
    pub(crate) fn new(body: Incoming, mut guard: ConnectionGuard) -> Self {
        if body.is_end_stream() {
            guard.release();
        }
        Self { body, guard }
    }
}

impl Body for GuardedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.guard.release();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
