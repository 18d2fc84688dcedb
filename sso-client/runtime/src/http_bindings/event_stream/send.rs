//! Events that are sent.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};

use super::{EventBuilder, SendUnion, encode};
use crate::base::BoxError;
use crate::http::{BodySource, RequestBody};
use crate::http_bindings::StreamingBody;

/// Encoded events, as they are sent.
type Encoded = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// The events of a request, as they are made: any stream of results, one after the other.
///
/// Clones are the same stream, which can be sent once; the call is not retried. Two are equal if
/// they are clones of each other.
pub struct EventStreamSender<T> {
    source: Arc<Source>,
    events: std::marker::PhantomData<fn(T)>,
}

struct Source(Mutex<Option<Encoded>>);

impl<T: SendUnion> EventStreamSender<T> {
    /// Sends these events; an error among them breaks the call off.
    pub fn new<S, E>(events: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let encoded: Encoded = Box::pin(Encoding(Box::pin(events)));
        Self { source: Arc::new(Source(Mutex::new(Some(encoded)))), events: std::marker::PhantomData }
    }

    /// Sends these events, which always come.
    pub fn of(events: impl Stream<Item = T> + Send + 'static) -> Self {
        Self::new(Always(Box::pin(events)))
    }
}

impl<T, S, E> From<S> for EventStreamSender<T>
where
    T: SendUnion,
    S: Stream<Item = Result<T, E>> + Send + 'static,
    E: Into<BoxError>,
{
    fn from(events: S) -> Self {
        Self::new(events)
    }
}

impl<T> StreamingBody for EventStreamSender<T> {
    fn source(&self) -> Arc<dyn BodySource> {
        Arc::clone(&self.source) as Arc<dyn BodySource>
    }
}

impl BodySource for Source {
    fn open(&self) -> Result<RequestBody, BoxError> {
        let encoded = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let encoded = encoded.ok_or("the events of this stream have been sent, or were never set")?;
        Ok(RequestBody::stream(Sending(encoded)))
    }

    fn content_length(&self) -> Option<u64> {
        None
    }

    fn is_replayable(&self) -> bool {
        false
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// Makes frames of events.
struct Encoding<S>(Pin<Box<S>>);

impl<T: SendUnion, E: Into<BoxError>, S: Stream<Item = Result<T, E>>> Stream for Encoding<S> {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(event) = ready!(self.0.as_mut().poll_next(cx)) else { return Poll::Ready(None) };
        let frame = event.map_err(Into::into).and_then(|event| {
            let mut builder = EventBuilder::default();
            event.write_event(&mut builder);
            Ok(encode(&builder.finish()?)?)
        });
        Poll::Ready(Some(frame))
    }
}

/// A stream that does not fail.
struct Always<S>(Pin<Box<S>>);

impl<S: Stream> Stream for Always<S> {
    type Item = Result<S::Item, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx).map(|event| event.map(Ok))
    }
}

/// A body of one frame a piece.
struct Sending(Encoded);

impl Body for Sending {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.as_mut().poll_next(cx).map(|next| next.map(|frame| frame.map(Frame::data)))
    }
}

/// Events that were never set, which cannot be sent.
impl<T> Default for EventStreamSender<T> {
    fn default() -> Self {
        Self { source: Arc::new(Source(Mutex::new(None))), events: std::marker::PhantomData }
    }
}

impl<T> Clone for EventStreamSender<T> {
    fn clone(&self) -> Self {
        Self { source: Arc::clone(&self.source), events: std::marker::PhantomData }
    }
}

impl<T> PartialEq for EventStreamSender<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
    }
}

impl<T> fmt::Debug for EventStreamSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStreamSender")
    }
}
