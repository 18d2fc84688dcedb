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

/// What an exchange holds of its connection. Dropping it abandons the exchange.
pub(crate) trait Hold: Send + Sync {
    /// The exchange is complete: the connection can be used for others.
    fn complete(self: Box<Self>);
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
        if body.is_end_stream() || body.size_hint().exact().is_some() || head.version > http::Version::HTTP_11 {
            return Self::Framing;
        }
        let (encodings, lengths) = (&head.headers.get_all(TRANSFER_ENCODING), head.headers.get_all(CONTENT_LENGTH));
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

/// A response body with what it holds of its connection.
pub(crate) struct HeldBody {
    body: Incoming,
    hold: Option<Box<dyn Hold>>,
    end: End,
}

impl HeldBody {
    pub(crate) fn new(head: &Parts, body: Incoming, hold: Box<dyn Hold>) -> Self {
        let mut this = Self { end: End::of(head, &body), body, hold: Some(hold) };
        if this.body.is_end_stream() {
            this.complete();
        }
        this
    }

    pub(super) fn is_delimited_by_close(&self) -> bool {
        self.end == End::Close
    }

    fn complete(&mut self) {
        if let Some(hold) = self.hold.take() {
            hold.complete();
        }
    }
}

impl Body for HeldBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.end == End::Length(0) {
            return Poll::Ready(None);
        }
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match frame {
            Poll::Ready(Some(Err(_))) => self.hold = None,
            Poll::Ready(None) => self.complete(),
            _ if self.body.is_end_stream() => self.complete(),
            _ => {}
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
