//! Initial messages: the members beside an event stream, in protocols where they have no place of their own. They are
//! JSON, in a message before the events.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::{Header, HeaderValue};
use bytes::Bytes;
use http_body::{Body, Frame};

use super::{Event, Frames, Kind, Message, encode};
use crate::base::{BoxError, BoxFuture};
use crate::error::BuildError;
use crate::failure::ConnectorError;
use crate::http::{BodySource, RequestBody, ResponseBody};

/// Returns `true` if a message holds the members of a response beside its events.
pub(super) fn is_initial_response(event: &Event<'_>) -> bool {
    matches!(event.kind(), Ok(Kind::Event)) && event.event_type() == "initial-response"
}

/// Returns a body that starts with a message of JSON before the events.
pub(crate) fn with_initial_request(
    json: Bytes,
    events: Arc<dyn BodySource>,
) -> Result<Arc<dyn BodySource>, BuildError> {
    let header = |name, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
    let headers = vec![
        header(":message-type", "event"),
        header(":event-type", "initial-request"),
        header(":content-type", "application/json"),
    ];
    let message = encode(&Message::new_from_parts(headers, json))?;
    Ok(Arc::new(InitialRequest { message, events }))
}

struct InitialRequest {
    message: Bytes,
    events: Arc<dyn BodySource>,
}

impl BodySource for InitialRequest {
    fn open(&self) -> Result<RequestBody, BoxError> {
        Ok(RequestBody::stream(Prefixed { first: Some(self.message.clone()), rest: self.events.open()? }))
    }

    fn content_length(&self) -> Option<u64> {
        Some(self.events.content_length()? + self.message.len() as u64)
    }

    fn is_replayable(&self) -> bool {
        self.events.is_replayable()
    }
}

impl std::fmt::Debug for InitialRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InitialRequest").field("events", &self.events).finish_non_exhaustive()
    }
}

/// Waits for the first message of a response. Returns the JSON of the initial response, which is empty if the response
/// starts with another message, and the body with what remains to be read.
pub fn initial_response(mut body: ResponseBody) -> BoxFuture<'static, Result<(Bytes, ResponseBody), ConnectorError>> {
    Box::pin(async move {
        let mut frames = Frames::default();
        let (initial, first) = loop {
            match frames.frame() {
                Ok(Some(frame)) => match read_message_from(frame.clone()) {
                    Ok(message) if is_initial_response(&Event::new(&message)) => {
                        break (message.payload().clone(), Bytes::new());
                    }
                    _ => break (Bytes::new(), frame),
                },
                Ok(None) => {}
                // The receiver of the events reports it.
                Err(_) => break (Bytes::new(), Bytes::new()),
            }
            match std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                Some(Ok(frame)) => frames.push(frame.data_ref().map_or(&[][..], |data| data)),
                Some(Err(error)) => return Err(broke_off(error)),
                None => break (Bytes::new(), Bytes::new()),
            }
        };
        let rest = Prefixed { first: Some(frames.bytes.freeze()), rest: body };
        Ok((initial, ResponseBody::new(Prefixed { first: Some(first), rest })))
    })
}

fn broke_off(error: BoxError) -> ConnectorError {
    match error.downcast::<ConnectorError>() {
        Ok(error) => *error,
        Err(error) => ConnectorError::io(error).with_message("the event stream broke off"),
    }
}

/// A body with bytes before it.
struct Prefixed<B> {
    first: Option<Bytes>,
    rest: B,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Prefixed<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(first) = self.first.take().filter(|first| !first.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        Poll::Ready(ready!(Pin::new(&mut self.rest).poll_frame(cx)))
    }
}
