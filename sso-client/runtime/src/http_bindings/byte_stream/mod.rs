//! Optional part: bodies that are not all in memory, on their way in and out.
//!
//! What it does not do: hash or compress. What must stay true: a body is read no faster than it is
//! sent; one that can be had only once is never sent a second time as if it were whole; reading never
//! blocks the runtime.

mod aggregated;
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
use crate::http::{BodySource, RequestBody, ResponseBody};
use crate::http_bindings::StreamingBody;

pub use aggregated::AggregatedBytes;
pub use file::{FsBuilder, Length};
pub use read::AsyncReader;

/// Bytes that come piece by piece: from memory, a file, another stream, or a response.
///
/// Clones share where the bytes come from, but not how far they have been read. What is in memory
/// or in a file every clone can read, and a request that fails can be sent again. Anything else
/// can be had only once: whoever comes first gets it, and the others an error.
///
/// Two are equal when they come from the same place, or when the same bytes are in memory.
pub struct ByteStream {
    source: Arc<dyn BodySource>,
    /// Being read. It cannot be shared between threads but behind a lock, which nobody waits for:
    /// reading takes a `&mut`.
    open: Mutex<Option<RequestBody>>,
}

impl ByteStream {
    /// The body of a response.
    pub fn new(body: ResponseBody) -> Self {
        Self::from_body_1_x(body)
    }

    /// Bytes that are part of the program.
    pub fn from_static(bytes: &'static [u8]) -> Self {
        Self::from(Bytes::from_static(bytes))
    }

    /// The bytes of a file, which is opened for each attempt to send it, and read as it is then.
    ///
    /// # Errors
    ///
    /// When there is no such file, its length cannot be found out, or there is no Tokio runtime.
    pub async fn from_path(path: impl AsRef<Path>) -> Result<Self, ByteStreamError> {
        Self::read_from().path(path).build().await
    }

    /// Starts with a file of which only a part may be wanted.
    pub fn read_from() -> FsBuilder {
        FsBuilder::new()
    }

    /// Any body, which can be had once.
    pub fn from_body_1_x<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let length = body.size_hint().exact();
        let body = Mutex::new(Some(RequestBody::stream(body)));
        Self::of(Arc::new(Once { body, length }))
    }

    /// The pieces of any stream, which can be had once.
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

    /// All of the bytes, where they are in memory: a copy of the handle, not of them.
    pub fn bytes(&self) -> Option<Bytes> {
        self.source.bytes()
    }

    /// How many bytes there are, before any has been read: at least, and at most where that is known.
    pub fn size_hint(&self) -> (u64, Option<u64>) {
        let length = self.source.content_length();
        (length.unwrap_or(0), length)
    }

    /// Reads what has not been read yet.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be had, or break off.
    pub async fn collect(mut self) -> Result<AggregatedBytes, ByteStreamError> {
        let mut pieces = AggregatedBytes::default();
        while let Some(piece) = self.try_next().await? {
            pieces.push(piece);
        }
        Ok(pieces)
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, ByteStreamError>> {
        poll_fn(|cx| self.poll_piece(cx)).await
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be had, or break off.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, ByteStreamError> {
        self.next().await.transpose()
    }

    /// A reader of what has not been read yet.
    pub fn into_async_read(self) -> AsyncReader {
        AsyncReader::new(self)
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ByteStreamError>>> {
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
                // Trailers, and pieces of nothing, are passed over.
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) if !piece.is_empty() => return Poll::Ready(Some(Ok(piece))),
                    _ => {}
                },
                Some(Err(error)) => {
                    // After a failure there is nothing more.
                    *body = RequestBody::default();
                    return Poll::Ready(Some(Err(ByteStreamError(error))));
                }
                None => {
                    // Not every stream bears being asked again.
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

/// Says where the bytes come from, and how many they are; what they are may be a secret.
impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ByteStream").field(&self.source).finish()
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, ByteStreamError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_piece(cx)
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

/// What can be had once.
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

/// A stream as a body.
struct StreamBody<S>(Pin<Box<S>>);

impl<S, E> Body for StreamBody<S>
where
    S: Stream<Item = Result<Bytes, E>>,
{
    type Data = Bytes;
    type Error = E;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        self.0.as_mut().poll_next(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

/// Why the bytes of a stream cannot be had.
#[derive(Debug)]
pub struct ByteStreamError(BoxError);

impl fmt::Display for ByteStreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_causes(&*self.0))
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
