//! Reading a [`ByteStream`]: all of it, or as an `AsyncRead`.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::ByteStream;

/// The bytes of a whole stream, in the chunks in which they were received. It is a [`Buf`]; `Debug` shows the size only.
#[derive(Clone, Default)]
pub struct AggregatedBytes {
    chunks: VecDeque<Bytes>,
}

impl AggregatedBytes {
    pub(super) fn push(&mut self, chunk: Bytes) {
        self.chunks.push_back(chunk);
    }

    /// Returns the bytes as one buffer, copied only if there is more than one chunk.
    pub fn into_bytes(mut self) -> Bytes {
        if self.chunks.len() > 1 {
            let mut whole = BytesMut::with_capacity(self.remaining());
            whole.extend(self.chunks);
            return whole.freeze();
        }
        self.chunks.pop_front().unwrap_or_default()
    }

    /// Copies the bytes into a vector.
    pub fn to_vec(self) -> Vec<u8> {
        self.into_bytes().into()
    }
}

impl Buf for AggregatedBytes {
    fn remaining(&self) -> usize {
        self.chunks.iter().map(Bytes::len).sum()
    }

    fn chunk(&self) -> &[u8] {
        self.chunks.front().map(AsRef::as_ref).unwrap_or_default()
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            // Too large a count is the caller's mistake by the contract of `Buf`.
            let Some(front) = self.chunks.front_mut() else { return };
            let step = count.min(front.len());
            front.advance(step);
            count -= step;
            if front.is_empty() {
                self.chunks.pop_front();
            }
        }
    }
}

impl fmt::Debug for AggregatedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AggregatedBytes({} bytes)", self.remaining())
    }
}

/// An asynchronous reader of a [`ByteStream`]; returned by [`into_async_read`](ByteStream::into_async_read).
#[derive(Debug)]
pub struct AsyncReader {
    stream: ByteStream,
    /// The rest of the last chunk.
    chunk: Chunk,
}

/// Bytes that `Debug` does not show.
#[derive(Default)]
struct Chunk(Bytes);

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl AsyncReader {
    pub(super) fn new(stream: ByteStream) -> Self {
        Self { stream, chunk: Chunk::default() }
    }
}

impl AsyncBufRead for AsyncReader {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.chunk.0.is_empty() {
            if let Some(chunk) = ready!(this.stream.poll_chunk(cx)) {
                this.chunk.0 = chunk?;
            }
        }
        Poll::Ready(Ok(&this.chunk.0))
    }

    fn consume(mut self: Pin<&mut Self>, count: usize) {
        let count = count.min(self.chunk.0.len());
        self.chunk.0.advance(count);
    }
}

impl AsyncRead for AsyncReader {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let chunk = ready!(self.as_mut().poll_fill_buf(cx))?;
        let count = chunk.len().min(to.remaining());
        to.put_slice(&chunk[..count]);
        self.consume(count);
        Poll::Ready(Ok(()))
    }
}
