//! Bodies of requests and responses: bytes, or streams. A response body is buffered within a size limit and a stall
//! timeout, or passed on as a stream.

use std::fmt;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use tokio::time::Sleep;

use super::Body as Buffered;
use super::incoming::HeldBody;
use crate::base::{BoxError, SyncWrapper, io_error_kind};
use crate::failure::{ConnectorError, Reason, Stage, TimeLimit};
use crate::secret::{WipedBuffer, wipe_if_unshared};
use crate::time::{TimeoutKind, limited};

type BoxBody = Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>;

/// The body of a request.
pub struct RequestBody(Kind);

enum Kind {
    /// The bytes left to be sent, all or none.
    Bytes(Bytes),
    Stream(SyncWrapper<BoxBody>),
}

impl RequestBody {
    /// Creates a streaming body.
    pub fn stream<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Kind::Stream(SyncWrapper::new(Box::pin(body.map_err(Into::into)))))
    }

    /// Returns the bytes; `None` for a streaming body.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream(_) => None,
        }
    }
}

impl Default for RequestBody {
    fn default() -> Self {
        Self::from(Bytes::new())
    }
}

impl<T: Into<Bytes>> From<T> for RequestBody {
    fn from(bytes: T) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "RequestBody({} bytes)", bytes.len()),
            Kind::Stream(_) => f.write_str("RequestBody(stream)"),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Stream(body) => body.get_mut().as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Bytes(bytes) => bytes.is_empty(),
            Kind::Stream(body) => body.ask(BoxBody::is_end_stream),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(body) => body.ask(BoxBody::size_hint),
        }
    }
}

/// The body of a response, which may still be arriving.
pub struct ResponseBody(Source);

enum Source {
    /// The default transport's, without an allocation.
    Hyper(HeldBody),
    Other(SyncWrapper<BoxBody>),
}

impl From<HeldBody> for ResponseBody {
    fn from(body: HeldBody) -> Self {
        Self(Source::Hyper(body))
    }
}

impl ResponseBody {
    /// Wraps any body.
    pub fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Source::Other(SyncWrapper::new(Box::pin(body.map_err(Into::into)))))
    }

    /// Returns whether the end of the connection ends the body.
    fn is_delimited_by_close(&self) -> bool {
        matches!(&self.0, Source::Hyper(body) if body.is_delimited_by_close())
    }

    /// Makes the body fail when its next bytes do not arrive within the limit.
    pub fn with_stall_limit(self, limit: Option<Duration>) -> Self {
        match limit {
            Some(limit) => Self(Source::Other(SyncWrapper::new(Box::pin(Stalling { body: self, limit, timer: None })))),
            None => self,
        }
    }
}

/// A body with a limit on the wait for its next frame.
struct Stalling {
    body: ResponseBody,
    limit: Duration,
    /// Set while a frame is awaited.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Body for Stalling {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.timer = None;
            return Poll::Ready(frame);
        }
        let limit = this.limit;
        let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        match timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(stalled(limit).into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Source::Hyper(body) => Pin::new(body).poll_frame(cx),
            Source::Other(body) => body.get_mut().as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Source::Hyper(body) => body.is_end_stream(),
            Source::Other(body) => body.ask(BoxBody::is_end_stream),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Source::Hyper(body) => body.size_hint(),
            Source::Other(body) => body.ask(BoxBody::size_hint),
        }
    }
}

impl<T: Into<Bytes>> From<T> for ResponseBody {
    fn from(bytes: T) -> Self {
        Self::new(Full::new(bytes.into()))
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}

fn stalled(limit: Duration) -> ConnectorError {
    let limit = TimeLimit { kind: TimeoutKind::Read, what: "no more of it came".into(), limit, note: "" };
    ConnectorError::timed_out(Stage::ResponseBody, limit).with_context("the body stalled")
}

fn broken(error: BoxError) -> ConnectorError {
    let kind = io_error_kind(&*error).unwrap_or(io::ErrorKind::Other);
    let ended = kind == io::ErrorKind::UnexpectedEof;
    let context = if ended { "the body broke off: the connection ended early" } else { "the body broke off" };
    ConnectorError::new(Stage::ResponseBody, Reason::Io(kind)).with_source(error).with_context(context).told(ended)
}

fn too_large(limit: usize) -> ConnectorError {
    ConnectorError::new(Stage::ResponseBody, Reason::BodyTooLarge)
        .with_message(format!("the body is larger than {limit} bytes, the most that is read"))
}

/// How much of an announced length is allocated before it arrives, in bytes: a server may announce what it likes.
const TRUSTED_LENGTH: usize = 1 << 20;

/// The first chunk of a body, wiped unless it becomes all of it.
struct Chunk(Bytes);

impl Drop for Chunk {
    fn drop(&mut self) {
        wipe_if_unshared(&mut self.0);
    }
}

/// What was read of a body, and why it is not all of it.
pub struct Cut {
    /// The bytes before, which are wiped as a body is.
    pub bytes: Buffered,
    /// The reason.
    pub cause: ConnectorError,
    /// Whether the body had no length, so that these may be all of its bytes: the end of the connection ended it, but by
    /// an error.
    pub may_be_whole: bool,
}

/// Shows no bytes.
impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cut").field("cause", &self.cause).finish_non_exhaustive()
    }
}

/// Buffers a body.
///
/// # Errors
///
/// If it breaks off, stalls for longer than `stall`, or has more than `limit` bytes.
pub async fn read_body(mut body: ResponseBody, limit: usize, stall: Option<Duration>) -> Result<Bytes, Box<Cut>> {
    let announced = body.size_hint();
    if announced.lower() > limit as u64 {
        return Err(Box::new(Cut { bytes: Buffered::default(), cause: too_large(limit), may_be_whole: false }));
    }
    // The announced length is trusted once there is a second chunk.
    let known = usize::try_from(announced.lower()).unwrap_or(limit).min(limit).min(TRUSTED_LENGTH);
    let mut first = Chunk(Bytes::new());
    let mut rest = WipedBuffer::default();
    let cause = loop {
        if body.is_end_stream() {
            break None;
        }
        let data = match limited(stall, pin!(body.frame())).await {
            None => break Some(stalled(stall.unwrap_or_default())),
            Some(None) => break None,
            Some(Some(Err(error))) => break Some(broken(error)),
            Some(Some(Ok(frame))) => frame.into_data(),
        };
        let Ok(mut data) = data else { continue };
        if first.0.len() + rest.len() + data.len() > limit {
            break Some(too_large(limit));
        }
        // Most bodies are one chunk, which is not copied.
        if first.0.is_empty() && rest.is_empty() {
            first.0 = data;
        } else {
            if rest.is_empty() {
                rest = WipedBuffer::with_capacity(known.max(first.0.len() + data.len()));
                rest.extend(&first.0);
                wipe_if_unshared(&mut first.0);
            }
            rest.extend(&data);
            wipe_if_unshared(&mut data);
        }
    };
    let bytes = if rest.is_empty() { std::mem::take(&mut first.0) } else { rest.into_bytes() };
    match cause {
        None => Ok(bytes),
        Some(cause) => {
            // TLS without its own end; a body in chunks or with a length would break off by another error.
            let ended = cause.reason() == Reason::Io(io::ErrorKind::UnexpectedEof) && body.is_delimited_by_close();
            Err(Box::new(Cut { bytes: bytes.into(), cause, may_be_whole: ended }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::future::pending;

    use http_body_util::StreamBody;

    /// One chunk, then nothing.
    struct Silent(Option<Bytes>);

    impl futures_core::Stream for Silent {
        type Item = Result<Frame<Bytes>, BoxError>;

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            match self.0.take() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
                None => std::pin::pin!(pending()).poll(cx),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn stall_limit() {
        let body = || ResponseBody::new(StreamBody::new(Silent(Some(Bytes::from_static(b"a")))));
        let mut limited = body().with_stall_limit(Some(Duration::from_secs(5)));
        let piece = limited.frame().await.expect("a piece").expect("no error");
        assert_eq!(piece.into_data().expect("data"), "a");
        let started = tokio::time::Instant::now();
        let error = limited.frame().await.expect("an end").expect_err("silence");
        assert_eq!(started.elapsed(), Duration::from_secs(5));
        assert!(error.to_string().contains("no more of it came within 5s"), "{error}");
        let mut unlimited = body().with_stall_limit(None);
        unlimited.frame().await.expect("a piece").expect("no error");
        let waited = tokio::time::timeout(Duration::from_secs(3600), unlimited.frame()).await;
        assert!(waited.is_err(), "it waits on");
    }
}
