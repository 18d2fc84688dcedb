//! Streaming bodies of requests and responses.
//!
//! # Invariants
//!
//! - A body is read no faster than it is sent.
//! - A body that can be read only once is never sent a second time.
//! - Reading never blocks the runtime.

mod file;
mod read;

use std::fmt;
use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};

use crate::base::{BoxError, with_causes};
use crate::error::OneLine;
use crate::http::{BodySource, RequestBody, ResponseBody};
use crate::http_bindings::StreamingBody;
use crate::transport::ConnectorError;

pub use file::{FsBuilder, Length};
pub use read::{AggregatedBytes, AsyncReader};

/// A stream of bytes from memory, a file, another stream, or a response.
///
/// ```
/// # use smithy_client_runtime::http_bindings::byte_stream::{ByteStream, ByteStreamError};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ByteStreamError> {
/// let stream = ByteStream::from_static(b"hello");
/// assert_eq!(stream.collect().await?.into_bytes(), "hello");
/// # Ok(())
/// # }
/// ```
///
/// Clones share the source but not the position. A source in memory or in a file can be read by every clone, and a
/// request with it can be retried. Any other source can be read once: by the first clone that reads it, while the
/// others get an error.
///
/// Two streams are equal if they have the same source, or the same bytes in memory.
pub struct ByteStream {
    source: Arc<dyn BodySource>,
    /// The body that is being read. The lock makes it `Sync`; it is never contended, since reading takes `&mut`.
    open: Mutex<Option<RequestBody>>,
}

impl ByteStream {
    /// Creates a stream of the body of a response.
    pub fn new(body: ResponseBody) -> Self {
        Self::from_body_1_x(body)
    }

    /// Creates a stream of static bytes.
    pub fn from_static(bytes: &'static [u8]) -> Self {
        Self::from(Bytes::from_static(bytes))
    }

    /// Creates a stream of a file, which is opened and read anew by every attempt.
    ///
    /// # Errors
    ///
    /// [`ByteStreamError`] if the file does not exist, its size cannot be read, or there is no Tokio runtime.
    pub async fn from_path(path: impl AsRef<Path>) -> Result<Self, ByteStreamError> {
        Self::read_from().path(path).build().await
    }

    /// Returns a builder, for a part of a file.
    pub fn read_from() -> FsBuilder {
        FsBuilder::new()
    }

    /// Creates a stream of a body, which can be read once.
    pub fn from_body_1_x<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let length = body.size_hint().exact();
        let body = Mutex::new(Some(RequestBody::stream(body)));
        Self::of(Arc::new(Once { body, length }))
    }

    /// Creates a stream of the chunks of another stream, which can be read once.
    pub fn from_stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self::from_body_1_x(StreamBody(Box::pin(stream)))
    }

    fn of(source: Arc<dyn BodySource>) -> Self {
        Self { source, open: Mutex::new(None) }
    }

    /// Returns the bytes if they are in memory, without copying them.
    pub fn bytes(&self) -> Option<Bytes> {
        self.source.bytes()
    }

    /// Returns the lower and, if known, upper bound on the size of the whole stream in bytes.
    pub fn size_hint(&self) -> (u64, Option<u64>) {
        let length = self.source.content_length();
        (length.unwrap_or(0), length)
    }

    /// Reads the rest of the stream.
    ///
    /// # Errors
    ///
    /// [`ByteStreamError`] if the source cannot be read, or ends early.
    pub async fn collect(mut self) -> Result<AggregatedBytes, ByteStreamError> {
        let mut chunks = AggregatedBytes::default();
        while let Some(chunk) = self.try_next().await? {
            chunks.push(chunk);
        }
        Ok(chunks)
    }

    /// Returns the next chunk; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, ByteStreamError>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Returns the next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`ByteStreamError`] if the source cannot be read, or ends early.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, ByteStreamError> {
        self.next().await.transpose()
    }

    /// Returns a reader of the rest of the stream.
    pub fn into_async_read(self) -> AsyncReader {
        AsyncReader::new(self)
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ByteStreamError>>> {
        let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
        let body = match open {
            Some(body) => body,
            None => match self.source.open() {
                Ok(body) => open.insert(body),
                Err(error) => return Poll::Ready(Some(Err(ByteStreamError(error)))),
            },
        };
        loop {
            match ready!(Pin::new(&mut *body).poll_frame(cx)) {
                // Trailers and empty chunks are skipped.
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(chunk) if !chunk.is_empty() => return Poll::Ready(Some(Ok(chunk))),
                    _ => {}
                },
                Some(Err(error)) => {
                    // A failed body must not be polled again.
                    *body = RequestBody::default();
                    return Poll::Ready(Some(Err(ByteStreamError(error))));
                }
                None => {
                    // Not every stream may be polled after its end.
                    *body = RequestBody::default();
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl Clone for ByteStream {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.source))
    }
}

impl Default for ByteStream {
    fn default() -> Self {
        Self::from(Bytes::new())
    }
}

impl PartialEq for ByteStream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
            || matches!((self.bytes(), other.bytes()), (Some(one), Some(other)) if one == other)
    }
}

/// Shows the source and the size; the bytes may be a secret.
impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ByteStream").field(&self.source).finish()
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, ByteStreamError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

impl StreamingBody for ByteStream {
    fn source(&self) -> Arc<dyn BodySource> {
        Arc::clone(&self.source)
    }
}

macro_rules! from_bytes {
    ($($ty:ty),*) => {$(
        impl From<$ty> for ByteStream {
            fn from(bytes: $ty) -> Self {
                Self::of(Arc::new(InMemory(bytes.into())))
            }
        }
    )*};
}

from_bytes!(Bytes, Vec<u8>, &'static [u8], String, &'static str);

impl From<ResponseBody> for ByteStream {
    fn from(body: ResponseBody) -> Self {
        Self::new(body)
    }
}

impl From<AggregatedBytes> for ByteStream {
    fn from(bytes: AggregatedBytes) -> Self {
        Self::from(bytes.into_bytes())
    }
}

struct InMemory(Bytes);

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in memory", self.0.len())
    }
}

impl BodySource for InMemory {
    fn open(&self) -> Result<RequestBody, BoxError> {
        Ok(self.0.clone().into())
    }

    fn content_length(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn is_replayable(&self) -> bool {
        true
    }

    fn bytes(&self) -> Option<Bytes> {
        Some(self.0.clone())
    }
}

/// A source that can be read once.
struct Once {
    body: Mutex<Option<RequestBody>>,
    length: Option<u64>,
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            Some(length) => write!(f, "{length} bytes on their way"),
            None => f.write_str("bytes on their way"),
        }
    }
}

impl BodySource for Once {
    fn open(&self) -> Result<RequestBody, BoxError> {
        let taken = "the bytes of this stream can be had only once, and have been taken: use one made of bytes in \
                     memory or of a file, which can be read and sent again";
        self.body.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(|| taken.into())
    }

    fn content_length(&self) -> Option<u64> {
        self.length
    }

    fn is_replayable(&self) -> bool {
        false
    }
}

/// Adapts a stream to a body.
struct StreamBody<S>(Pin<Box<S>>);

impl<S, E> Body for StreamBody<S>
where
    S: Stream<Item = Result<Bytes, E>>,
{
    type Data = Bytes;
    type Error = E;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        self.0.as_mut().poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}

/// The error of reading a [`ByteStream`].
#[derive(Debug)]
pub struct ByteStreamError(BoxError);

impl fmt::Display for ByteStreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.downcast_ref::<ConnectorError>() {
            // It tells its causes itself, as far as anybody reads.
            Some(error) => write!(f, "{}", OneLine(error)),
            None => write!(f, "{}", OneLine(with_causes(&*self.0))),
        }
    }
}

impl std::error::Error for ByteStreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<ByteStreamError> for std::io::Error {
    fn from(error: ByteStreamError) -> Self {
        match error.0.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self::other(error),
        }
    }
}

#[cfg(test)]
mod tests;
