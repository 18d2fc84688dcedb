//! Bodies of responses as hyper receives them, and their connections.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::response::Parts;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::base::BoxError;

/// Poisons a shared HTTP/2 connection unless the exchange on it is complete.
///
/// A call that is dropped leaves an HTTP/2 connection open. If the network has swallowed that connection,
/// every later call would be sent on it and time out. Over HTTP/1.1 hyper closes the connection.
pub(crate) struct ConnectionGuard {
    #[cfg(feature = "http2")]
    connection: Option<hyper_util::client::legacy::connect::CaptureConnection>,
}

impl ConnectionGuard {
    /// Guards the connection that the request will be sent on, if that may be HTTP/2.
    #[cfg(feature = "http2")]
    pub(crate) fn new<B>(request: &mut http::Request<B>) -> Self {
        use hyper_util::client::legacy::connect::capture_connection;
        let may_be_shared = request.uri().scheme() == Some(&http::uri::Scheme::HTTPS);
        Self { connection: may_be_shared.then(|| capture_connection(request)) }
    }

    /// Guards nothing: hyper closes abandoned HTTP/1.1 connections.
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

/// What ends a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Its length, its last chunk or its last frame, which hyper knows.
    Framing,
    /// The end of the connection.
    Close,
    /// This many more bytes. hyper would wait for the end of the connection, which servers keep open.
    Length(u64),
}

impl End {
    fn of(head: &Parts, body: &Incoming) -> Self {
        let (encodings, lengths) = (&head.headers.get_all(TRANSFER_ENCODING), head.headers.get_all(CONTENT_LENGTH));
        if body.is_end_stream() || body.size_hint().exact().is_some() || head.version > http::Version::HTTP_11 {
            return Self::Framing;
        }
        let mut encodings =
            encodings.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        match encodings.next_back() {
            // It was a name for no encoding, until HTTP abandoned it.
            Some(last) if last.eq_ignore_ascii_case(b"identity") && encodings.next().is_none() => {
                let mut lengths = lengths.iter().map(|value| value.to_str().ok()?.trim().parse().ok());
                lengths.next().flatten().filter(|_| lengths.next().is_none()).map_or(Self::Close, Self::Length)
            }
            Some(last) if last.eq_ignore_ascii_case(b"chunked") => Self::Framing,
            _ => Self::Close,
        }
    }
}

/// A response body with the guard of its connection.
pub(crate) struct GuardedBody {
    body: Incoming,
    guard: ConnectionGuard,
    end: End,
}

impl GuardedBody {
    pub(crate) fn new(head: &Parts, body: Incoming, mut guard: ConnectionGuard) -> Self {
        if body.is_end_stream() {
            guard.release();
        }
        Self { end: End::of(head, &body), body, guard }
    }

    pub(super) fn is_delimited_by_close(&self) -> bool {
        self.end == End::Close
    }
}

impl Body for GuardedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.end == End::Length(0) {
            return Poll::Ready(None);
        }
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.guard.release();
        }
        let End::Length(left) = self.end else { return frame.map_err(Into::into) };
        frame.map(|frame| match frame {
            Some(Ok(frame)) => Some(Ok(frame.map_data(|mut data| {
                data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                self.end = End::Length(left - data.len() as u64);
                data
            }))),
            Some(Err(error)) => Some(Err(error.into())),
            None => Some(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Length(0) || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Length(left) => SizeHint::with_exact(left),
            _ => self.body.size_hint(),
        }
    }
}
