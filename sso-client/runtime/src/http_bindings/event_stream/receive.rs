//! Events that are received.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use aws_smithy_types::event_stream::Message;
use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;

use super::{Event, Frames, Kind, Outline, ReceiveUnion};
use crate::error::{ConnectorError, OperationError, SdkError, Unhandled};
use crate::http::ResponseBody;

/// What stands behind an error: a message, or bytes that are none. `Debug` shows no values.
#[non_exhaustive]
pub enum RawMessage {
    /// A message that cannot be used, or says no.
    Decoded(Message),
    /// No message.
    Invalid(Option<Bytes>),
}

impl fmt::Debug for RawMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decoded(message) => f.debug_tuple("Decoded").field(&Outline(message)).finish(),
            Self::Invalid(bytes) => f.debug_tuple("Invalid").field(&bytes.as_ref().map(Bytes::len)).finish(),
        }
    }
}

/// What receiving an event ends with.
type Received<T> = Result<T, SdkError<<T as ReceiveUnion>::Error, RawMessage>>;

/// The events of a response, as they come. Also a [`Stream`].
///
/// Clones are the same stream: the first one that asks for an event has all of them. Two are equal
/// if they are clones of each other.
pub struct EventReceiver<T> {
    shared: Arc<Shared>,
    /// Tells clones apart.
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
    /// The clone that asked first.
    reader: Option<usize>,
    /// Where bytes come from; `None` when nothing comes any more.
    body: Option<ResponseBody>,
    frames: Frames,
}

/// What a stream comes to.
enum Next {
    Message(Message),
    End,
    Failure(Failure),
}

enum Failure {
    /// Another clone has the stream.
    Taken,
    Broken(ConnectorError),
    Frame(super::FrameError),
}

impl<T> EventReceiver<T> {
    /// The events in a body.
    pub fn new(body: ResponseBody) -> Self {
        let state = Mutex::new(State { body: Some(body), ..State::default() });
        Self { shared: Arc::new(Shared { state, ..Shared::default() }), number: 0, events: PhantomData }
    }
}

impl<T: ReceiveUnion> EventReceiver<T> {
    /// The next event; `None` when there are no more. After an exception, or when the stream is
    /// broken, there are none; an event that does not fit the model can be passed over.
    ///
    /// # Errors
    ///
    /// A service error when the service sends one, else why there is no event.
    pub async fn recv(&mut self) -> Result<Option<T>, SdkError<T::Error, RawMessage>> {
        std::future::poll_fn(|cx| self.poll_recv(cx)).await.transpose()
    }

    fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<Received<T>>> {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let message = match ready!(state.poll_next(self.number, cx)) {
            Next::Message(message) => message,
            Next::End => return Poll::Ready(None),
            Next::Failure(failure) => return Poll::Ready(Some(Err(failure.into_sdk_error()))),
        };
        let event = Event::new(&message);
        let error = match event.kind() {
            Ok(Kind::Event) => match T::read_event(&event) {
                Ok(event) => return Poll::Ready(Some(Ok(event))),
                Err(error) => Err(error),
            },
            Ok(Kind::Exception) => Ok(T::read_exception(&event)),
            Ok(Kind::Error) => Ok(T::Error::UNHANDLED(Unhandled::from_meta(event.error_meta()))),
            Err(error) => Err(error),
        };
        Poll::Ready(Some(Err(match error {
            Ok(exception) => {
                state.body = None;
                state.frames = Frames::default();
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
    fn poll_next(&mut self, number: usize, cx: &mut Context<'_>) -> Poll<Next> {
        if *self.reader.get_or_insert(number) != number {
            return Poll::Ready(Next::Failure(Failure::Taken));
        }
        let next = ready!(self.poll_message(cx)).unwrap_or_else(|failure| {
            self.body = None;
            self.frames = Frames::default();
            Next::Failure(failure)
        });
        Poll::Ready(next)
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Next, Failure>> {
        loop {
            if let Some(message) = self.frames.next().map_err(Failure::Frame)? {
                return Poll::Ready(Ok(Next::Message(message)));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(Ok(Next::End)) };
            match ready!(Pin::new(body).poll_frame(cx)) {
                // Trailers say nothing here.
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

/// A stream without events.
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
