//! Bodies. Those of requests are bytes or come piece by piece; those of responses are read whole,
//! with a limit on their size and on the wait for the next bytes, or handed on.

use std::fmt;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use tokio::time::Sleep;

use super::hyper_body::GuardedBody;
use crate::base::{BoxError, SyncWrapper, io_error_kind};
use crate::failure::{ConnectorError, Reason, Stage, TimeLimit};
use crate::secret::{WipedBuffer, wipe_if_unshared};
use crate::time::{TimeoutKind, limited};

/// Any body, on the heap.
type BoxBody = Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>;

/// The body of a request.
pub struct RequestBody(Kind);

enum Kind {
    /// What is left to be sent: all or nothing.
    Bytes(Bytes),
    Stream(SyncWrapper<BoxBody>),
}

impl RequestBody {
    /// A body that comes piece by piece.
    pub fn stream<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Kind::Stream(SyncWrapper::new(Box::pin(body.map_err(Into::into)))))
    }

    /// The bytes, where they are all there; `None` when they come piece by piece.
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

/// A body that may still be on the way.
pub struct ResponseBody(Source);

enum Source {
    /// That of the default transport, which needs no place of its own on the heap.
    Hyper(GuardedBody),
    Other(SyncWrapper<BoxBody>),
}

impl From<GuardedBody> for ResponseBody {
    fn from(body: GuardedBody) -> Self {
        Self(Source::Hyper(body))
    }
}

impl ResponseBody {
    /// Takes over any body.
    pub fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Source::Other(SyncWrapper::new(Box::pin(body.map_err(Into::into)))))
    }

    /// The same body, which fails when its next bytes do not come in time.
    pub fn with_stall_limit(self, limit: Option<Duration>) -> Self {
        match limit {
            Some(limit) => Self(Source::Other(SyncWrapper::new(Box::pin(Watched { body: self, limit, wait: None })))),
            None => self,
        }
    }
}

/// A body whose next bytes are waited for only so long.
struct Watched {
    body: ResponseBody,
    limit: Duration,
    /// The wait for what comes next; there is none while nothing is asked for.
    wait: Option<Pin<Box<Sleep>>>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.wait = None;
            return Poll::Ready(frame);
        }
        let limit = this.limit;
        let wait = this.wait.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        match wait.as_mut().poll(cx) {
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
            Source::Hyper(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
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

/// The next bytes did not come in time.
fn stalled(limit: Duration) -> ConnectorError {
    let limit = TimeLimit { kind: TimeoutKind::Read, what: "no more of it came", limit };
    ConnectorError::timed_out(Stage::ResponseBody, limit).with_context("the body stalled")
}

/// The connection broke, or the body ended too early.
fn broken(error: BoxError) -> ConnectorError {
    let kind = io_error_kind(&*error).unwrap_or(io::ErrorKind::Other);
    ConnectorError::new(Stage::ResponseBody, Reason::Io(kind)).with_source(error).with_context("the body broke off")
}

/// The body has more bytes than the limit.
fn too_large(limit: usize) -> ConnectorError {
    ConnectorError::new(Stage::ResponseBody, Reason::BodyTooLarge)
        .with_message(format!("the body is larger than {limit} bytes, the most that is read"))
}

/// The first piece of a body, which is overwritten unless it becomes all of it.
struct Piece(Bytes);

impl Drop for Piece {
    fn drop(&mut self) {
        wipe_if_unshared(&mut self.0);
    }
}

/// Reads a body whole.
///
/// # Errors
///
/// When it breaks off, stalls for longer than `stall`, or has more than `limit` bytes.
pub async fn read_body(mut body: ResponseBody, limit: usize, stall: Option<Duration>) -> Result<Bytes, ConnectorError> {
    // What the server says of the length is believed as far as the limit goes, when there is a second piece.
    let known = usize::try_from(body.size_hint().lower()).unwrap_or(limit).min(limit);
    let mut first = Piece(Bytes::new());
    let mut rest = WipedBuffer::default();
    while !body.is_end_stream() {
        let next = limited(stall, pin!(body.frame())).await;
        let Some(frame) = next.ok_or_else(|| stalled(stall.unwrap_or_default()))? else { break };
        let Ok(mut data) = frame.map_err(broken)?.into_data() else { continue };
        if first.0.len() + rest.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        // Most bodies are one piece, which is then not copied.
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
    }
    Ok(if rest.is_empty() { std::mem::take(&mut first.0) } else { rest.into_bytes() })
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use http_body_util::StreamBody;

    use super::*;

    /// One piece, and then nothing for ever.
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
    async fn a_body_that_falls_silent_fails_after_its_limit() {
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
