//! A stream for what takes a reader.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::ByteStream;

/// Reads a [`ByteStream`]; made by [`into_async_read`](ByteStream::into_async_read).
#[derive(Debug)]
pub struct AsyncReader {
    stream: ByteStream,
    /// What is left of the last piece.
    piece: Piece,
}

/// Bytes that are not shown.
#[derive(Default)]
struct Piece(Bytes);

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl AsyncReader {
    pub(super) fn new(stream: ByteStream) -> Self {
        Self { stream, piece: Piece::default() }
    }
}

impl AsyncBufRead for AsyncReader {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.piece.0.is_empty() {
            if let Some(piece) = ready!(this.stream.poll_piece(cx)) {
                this.piece.0 = piece?;
            }
        }
        Poll::Ready(Ok(&this.piece.0))
    }

    fn consume(mut self: Pin<&mut Self>, count: usize) {
        let count = count.min(self.piece.0.len());
        self.piece.0.advance(count);
    }
}

impl AsyncRead for AsyncReader {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let piece = ready!(self.as_mut().poll_fill_buf(cx))?;
        let count = piece.len().min(to.remaining());
        to.put_slice(&piece[..count]);
        self.consume(count);
        Poll::Ready(Ok(()))
    }
}
