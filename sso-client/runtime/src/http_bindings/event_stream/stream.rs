//! Receivers and senders of events.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};

use super::initial::is_initial_response;
use super::{Event, EventBuilder, FrameError, Frames, Kind, Message, ReceiveUnion, RedactedMessage, SendUnion, encode};
use crate::base::BoxError;
use crate::error::{ConnectorError, OperationError, SdkError, Unhandled};
use crate::http::{BodySource, RequestBody, ResponseBody};
use crate::http_bindings::StreamingBody;

/// The raw message behind an error. `Debug` shows no values.
#[non_exhaustive]
pub enum RawMessage {
    /// A message that does not match the model, or an exception.
    Decoded(Message),
    /// No valid message.
    Invalid(Option<Bytes>),
}

impl fmt::Debug for RawMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decoded(message) => f.debug_tuple("Decoded").field(&RedactedMessage(message)).finish(),
            Self::Invalid(bytes) => f.debug_tuple("Invalid").field(&bytes.as_ref().map(Bytes::len)).finish(),
        }
    }
}

type Received<T> = Result<T, SdkError<<T as ReceiveUnion>::Error, RawMessage>>;

/// Receives the events of a response. It is a [`Stream`].
///
/// Clones share one stream, of which only the first clone that receives an event can read. Two receivers are equal if
/// they are clones of each other.
pub struct EventReceiver<T> {
    shared: Arc<Shared>,
    /// Distinguishes clones.
    number: usize,
    events: PhantomData<fn() -> T>,
}

#[derive(Default)]
struct Shared {
    clones: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The clone that reads the stream.
    reader: Option<usize>,
    /// `None` after the end.
    body: Option<ResponseBody>,
    frames: Frames,
    /// Whether a message has been read.
    begun: bool,
}

enum Failure {
    /// Another clone reads the stream.
    Taken,
    Broken(ConnectorError),
    Frame(FrameError),
}

impl<T> EventReceiver<T> {
    /// Creates a receiver of the events in a body.
    pub fn new(body: ResponseBody) -> Self {
        let state = Mutex::new(State { body: Some(body), ..State::default() });
        Self { shared: Arc::new(Shared { state, ..Shared::default() }), number: 0, events: PhantomData }
    }
}

impl<T: ReceiveUnion> EventReceiver<T> {
    /// Receives the next event; `None` at the end.
    ///
    /// # Errors
    ///
    /// A service error if the service sends an exception, or a dispatch failure if the connection breaks; both end the
    /// stream. A response error if a frame is malformed, which ends the stream, or if an event does not match the model,
    /// which does not.
    pub async fn recv(&mut self) -> Result<Option<T>, SdkError<T::Error, RawMessage>> {
        std::future::poll_fn(|cx| self.poll_recv(cx)).await.transpose()
    }

    fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<Received<T>>> {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let message = loop {
            let message = match ready!(state.poll_next(self.number, cx)) {
                Ok(Some(message)) => message,
                Ok(None) => return Poll::Ready(None),
                Err(failure) => return Poll::Ready(Some(Err(failure.into_sdk_error()))),
            };
            // Before the events, and without members if nobody has read it.
            let first = !std::mem::replace(&mut state.begun, true);
            if !(first && is_initial_response(&Event::new(&message))) {
                break message;
            }
        };
        let event = Event::new(&message);
        let error = match event.kind() {
            Ok(Kind::Event) => match T::read_event(&event) {
                Ok(event) => return Poll::Ready(Some(Ok(event))),
                Err(error) => Err(error),
            },
            Ok(Kind::Exception) => Ok(T::read_exception(&event)),
            Ok(Kind::Error) => Ok(T::Error::UNHANDLED(Unhandled::from_meta(event.error_meta(":error-code")))),
            Err(error) => Err(error),
        };
        Poll::Ready(Some(Err(match error {
            Ok(exception) => {
                state.end();
                SdkError::service_error(exception, RawMessage::Decoded(message))
            }
            Err(error) => SdkError::response_error(
                format!("one of its events cannot be read: {error}"),
                RawMessage::Decoded(message),
            ),
        })))
    }
}

impl State {
    fn end(&mut self) {
        (self.body, self.frames) = (None, Frames::default());
    }

    fn poll_next(&mut self, number: usize, cx: &mut Context<'_>) -> Poll<Result<Option<Message>, Failure>> {
        if *self.reader.get_or_insert(number) != number {
            return Poll::Ready(Err(Failure::Taken));
        }
        self.poll_message(cx).map(|next| next.inspect_err(|_| self.end()))
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Message>, Failure>> {
        loop {
            if let Some(message) = self.frames.next().map_err(Failure::Frame)? {
                return Poll::Ready(Ok(Some(message)));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(Ok(None)) };
            match ready!(Pin::new(body).poll_frame(cx)) {
                // Trailers are ignored.
                Some(Ok(frame)) => self.frames.push(frame.data_ref().map_or(&[][..], |data| data)),
                Some(Err(error)) => {
                    let error = ConnectorError::io(error).with_message("the event stream broke off");
                    return Poll::Ready(Err(Failure::Broken(error)));
                }
                None => {
                    self.body = None;
                    self.frames.end().map_err(Failure::Frame)?;
                }
            }
        }
    }
}

impl Failure {
    fn into_sdk_error<E>(self) -> SdkError<E, RawMessage> {
        match self {
            Self::Taken => SdkError::response_error(
                "another clone of this event receiver has the stream: a stream has one reader",
                RawMessage::Invalid(None),
            ),
            Self::Broken(error) => SdkError::dispatch_failure(error),
            Self::Frame(error) => SdkError::response_error(error, RawMessage::Invalid(None)),
        }
    }
}

impl<T: ReceiveUnion> Stream for EventReceiver<T> {
    type Item = Received<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_recv(cx)
    }
}

/// Returns a stream without events.
impl<T> Default for EventReceiver<T> {
    fn default() -> Self {
        Self { shared: Arc::default(), number: 0, events: PhantomData }
    }
}

impl<T> Clone for EventReceiver<T> {
    fn clone(&self) -> Self {
        let number = self.shared.clones.fetch_add(1, Ordering::Relaxed) + 1;
        Self { shared: Arc::clone(&self.shared), number, events: PhantomData }
    }
}

impl<T> PartialEq for EventReceiver<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl<T> fmt::Debug for EventReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventReceiver")
    }
}

/// Sends a stream of events as the body of a request.
///
/// Clones share one stream, which can be sent once, so the call is not retried. Two senders are equal if they are clones
/// of each other.
pub struct EventStreamSender<T> {
    source: Arc<EventSource>,
    events: PhantomData<fn(T)>,
}

struct EventSource(Mutex<Option<RequestBody>>);

impl<T: SendUnion> EventStreamSender<T> {
    /// Creates a sender of the events of a fallible stream; an error ends the call.
    pub fn new<S, E>(events: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let body = RequestBody::stream(Encoding(Box::pin(events)));
        Self { source: Arc::new(EventSource(Mutex::new(Some(body)))), events: PhantomData }
    }

    /// Creates a sender of the events of an infallible stream.
    pub fn of(events: impl Stream<Item = T> + Send + 'static) -> Self {
        Self::new(Infallibly(Box::pin(events)))
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

impl BodySource for EventSource {
    fn open(&self) -> Result<RequestBody, BoxError> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        body.ok_or_else(|| "the events of this stream have been sent, or were never set".into())
    }

    fn content_length(&self) -> Option<u64> {
        None
    }

    fn is_replayable(&self) -> bool {
        false
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// Encodes events.
struct Encoding<S>(Pin<Box<S>>);

impl<T: SendUnion, E: Into<BoxError>, S: Stream<Item = Result<T, E>>> Body for Encoding<S> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(event) = ready!(self.0.as_mut().poll_next(cx)) else { return Poll::Ready(None) };
        let frame = event.map_err(Into::into).and_then(|event| {
            let mut builder = EventBuilder::default();
            event.write_event(&mut builder);
            Ok(Frame::data(encode(&builder.finish()?)?))
        });
        Poll::Ready(Some(frame))
    }
}

/// Makes an infallible stream fallible.
struct Infallibly<S>(Pin<Box<S>>);

impl<S: Stream> Stream for Infallibly<S> {
    type Item = Result<S::Item, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx).map(|event| event.map(Ok))
    }
}

/// Returns a sender without a stream; sending it is an error.
impl<T> Default for EventStreamSender<T> {
    fn default() -> Self {
        Self { source: Arc::new(EventSource(Mutex::new(None))), events: PhantomData }
    }
}

impl<T> Clone for EventStreamSender<T> {
    fn clone(&self) -> Self {
        Self { source: Arc::clone(&self.source), events: PhantomData }
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
