//! Streams of events, both ways, as `smithy.api#streaming` unions have them: messages of the format
//! `application/vnd.amazon.eventstream`, with headers, a payload and checksums.
//!
//! Generated code says where each member of an event travels ([`EventStructure`]) and which event is
//! which ([`ReceiveUnion`], [`SendUnion`]); [`EventReceiver`] and [`EventStreamSender`] do the rest.
//!
//! No text that this module makes holds the value of a header or payload: it may be a secret.
//!
//! What it does not do: connect again, or send events again: what was said is not known to have been
//! heard.
//!
//! What must stay true: an event whose checksums do not fit is an error, and nothing after it is read;
//! so is a stream that ends within a message.

mod event;
mod frame;
mod header;
mod receive;
mod send;

use std::fmt;

use crate::error::{ErrorMetadata, ErrorResponse, OperationError, Unhandled};
use crate::http::HttpResponse;

pub use aws_smithy_types::event_stream::Message;
pub use event::{Event, EventBuilder, EventError};
pub use frame::{FrameError, Frames, MAX_MESSAGE, encode};
pub use header::{EventHeaderValue, HeaderValue};
pub use receive::{EventReceiver, RawMessage};
pub use send::EventStreamSender;

/// The content type of a body of events.
pub const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// The structure of an event. One without members has nothing to say here.
pub trait EventStructure: Default {
    /// Takes its members from an event.
    ///
    /// # Errors
    ///
    /// When one of them is not of its type.
    fn read_event(&mut self, _event: &Event<'_>) -> Result<(), EventError> {
        Ok(())
    }

    /// Puts its members into an event.
    fn write_event(&self, _to: &mut EventBuilder) {}
}

/// A union of events that are received.
pub trait ReceiveUnion: Sized + Send + 'static {
    /// The exceptions that may end the stream.
    type Error: OperationError;

    /// Takes the variant of an event's type; an unknown type is a variant too.
    ///
    /// # Errors
    ///
    /// When the event does not fit the model.
    fn read_event(event: &Event<'_>) -> Result<Self, EventError>;

    /// Reads an exception. It looks like an error response, and is read like one.
    fn read_exception(event: &Event<'_>) -> Self::Error {
        match event.as_response() {
            Some(response) => Self::Error::from_error_response(ErrorResponse::new(&response, None)),
            None => Self::Error::UNHANDLED(Unhandled::from_meta(event.exception_meta())),
        }
    }
}

/// A union of events that are sent.
pub trait SendUnion: Send + 'static {
    /// Puts the variant and its members into an event.
    fn write_event(&self, to: &mut EventBuilder);
}

/// What a message is.
enum Kind {
    Event,
    Exception,
    Error,
}

impl Event<'_> {
    fn kind(&self) -> Result<Kind, EventError> {
        match self.text_header(":message-type") {
            Some("event") if self.event_type().is_empty() => Err(EventError::new("it has no :event-type")),
            Some("event") => Ok(Kind::Event),
            Some("exception") => Ok(Kind::Exception),
            Some("error") => Ok(Kind::Error),
            Some(_) => Err(EventError::new("its :message-type is neither event, exception nor error")),
            None => Err(EventError::new("it has no :message-type")),
        }
    }

    /// An exception as a response that would say the same.
    fn as_response(&self) -> Option<HttpResponse> {
        let mut headers = http::HeaderMap::new();
        let code = self.text_header(":exception-type")?;
        headers.insert("x-amzn-errortype", code.parse().ok()?);
        Some(HttpResponse::new(http::StatusCode::BAD_REQUEST, headers, self.payload().clone()))
    }

    fn exception_meta(&self) -> ErrorMetadata {
        let meta = ErrorMetadata::builder();
        match self.text_header(":exception-type") {
            Some(code) => meta.code(code).build(),
            None => meta.build(),
        }
    }

    /// An error that the model does not know of.
    fn error_meta(&self) -> ErrorMetadata {
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = self.text_header(":error-code") {
            meta = meta.code(code);
        }
        if let Some(message) = self.text_header(":error-message") {
            meta = meta.message(message);
        }
        meta.build()
    }
}

/// Names the headers of a message and tells the length of its payload.
struct Outline<'m>(&'m Message);

impl fmt::Debug for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.headers().iter().map(|header| header.name().as_str()).collect();
        f.debug_struct("Message").field("headers", &names).field("payload", &self.0.payload().len()).finish()
    }
}

#[cfg(test)]
mod tests;
