//! Event streams, as `smithy.api#streaming` unions have them: messages in the format
//! `application/vnd.amazon.eventstream`, with headers, a payload and checksums.
//!
//! Generated code implements [`EventStructure`], [`ReceiveUnion`] and [`SendUnion`]; [`EventReceiver`] and
//! [`EventStreamSender`] do the rest. There are no reconnects and no retries of events: whether a sent event was received
//! is unknown.
//!
//! # Invariants
//!
//! - No text made here contains the value of a header or payload: it may be a secret.
//! - A checksum that does not match, and a stream that ends within a message, are errors, and nothing after them is read.

mod event;
mod initial;
mod stream;

use std::fmt;

use aws_smithy_eventstream::frame::{read_message_from, write_message_to};
use bytes::{Buf, Bytes, BytesMut};

use crate::base::with_causes;
use crate::error::{BuildError, ErrorMetadata, ErrorResponse, OperationError, Unhandled};
use crate::http::HttpResponse;

pub use aws_smithy_types::event_stream::Message;
pub use event::{Event, EventBuilder, EventError, EventHeaderValue, HeaderValue};
pub use initial::initial_response;
pub(crate) use initial::with_initial_request;
pub use stream::{EventReceiver, EventStreamSender, RawMessage};

/// The content type of event streams.
pub const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// The structure of an event; the defaults are those of one without members.
pub trait EventStructure: Default {
    /// Reads the members from an event.
    fn read_event(&mut self, _event: &Event<'_>) -> Result<(), EventError> {
        Ok(())
    }

    /// Writes the members to an event.
    fn write_event(&self, _to: &mut EventBuilder) {}
}

/// A union of received events.
pub trait ReceiveUnion: Sized + Send + 'static {
    /// The modeled errors that may end the stream.
    type Error: OperationError;

    /// Reads the variant of an event; there is one for unknown types.
    ///
    /// # Errors
    ///
    /// [`EventError`] if the event does not match the model.
    fn read_event(event: &Event<'_>) -> Result<Self, EventError>;

    /// Reads an exception, by the rules of error responses.
    fn read_exception(event: &Event<'_>) -> Self::Error {
        match event.as_response() {
            Some(response) => Self::Error::from_error_response(ErrorResponse::new(&response, None)),
            None => Self::Error::UNHANDLED(Unhandled::from_meta(event.error_meta(":exception-type"))),
        }
    }
}

/// A union of sent events.
pub trait SendUnion: Send + 'static {
    /// Writes the variant and its members to an event.
    fn write_event(&self, to: &mut EventBuilder);
}

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

    /// Returns an exception as the equivalent error response.
    fn as_response(&self) -> Option<HttpResponse> {
        let mut headers = http::HeaderMap::new();
        let code = self.text_header(":exception-type")?;
        headers.insert("x-amzn-errortype", code.parse().ok()?);
        Some(HttpResponse::new(http::StatusCode::BAD_REQUEST, headers, self.payload().clone()))
    }

    /// Returns the metadata of an error, with the code of a header.
    fn error_meta(&self, code_header: &str) -> ErrorMetadata {
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = self.text_header(code_header) {
            meta = meta.code(code);
        }
        if let Some(message) = self.text_header(":error-message") {
            meta = meta.message(message);
        }
        meta.build()
    }
}

/// Formats a message without values: header names and payload size.
struct RedactedMessage<'m>(&'m Message);

impl fmt::Debug for RedactedMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.headers().iter().map(|header| header.name().as_str()).collect();
        f.debug_struct("Message").field("headers", &names).field("payload", &self.0.payload().len()).finish()
    }
}

/// The maximum size of a message in bytes.
pub const MAX_MESSAGE: usize = 16 * 1024 * 1024;
/// The maximum size of the headers of a message in bytes.
const MAX_HEADERS: usize = 128 * 1024;
/// The size of the prelude: two lengths and their checksum.
const PRELUDE: usize = 12;
/// The minimum size of a message: the prelude and the checksum of the message.
const MIN_MESSAGE: usize = PRELUDE + 4;

/// The error of a malformed frame. It ends the stream, since the start of the next frame is unknown.
#[derive(Debug, PartialEq, Eq)]
pub enum FrameError {
    /// A checksum does not match, or a length is invalid.
    Corrupt(String),
    /// The message is larger than [`MAX_MESSAGE`].
    TooLarge(usize),
    /// The stream ends within a message.
    CutShort,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(reason) => write!(f, "the event stream is corrupt: {reason}"),
            Self::TooLarge(length) => {
                write!(f, "an event of {length} bytes is larger than the {MAX_MESSAGE} that are read")
            }
            Self::CutShort => f.write_str("the event stream ends within an event"),
        }
    }
}

impl std::error::Error for FrameError {}

/// Decodes messages from chunks of bytes.
#[derive(Default)]
pub struct Frames {
    bytes: BytesMut,
}

impl Frames {
    /// Adds the next chunk.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next message; `None` if it is not complete yet.
    #[expect(clippy::should_implement_trait, reason = "`None` is not the end")]
    pub fn next(&mut self) -> Result<Option<Message>, FrameError> {
        let Some(frame) = self.frame()? else { return Ok(None) };
        read_message_from(frame).map(Some).map_err(|error| FrameError::Corrupt(with_causes(&error)))
    }

    /// Returns the bytes of the next message.
    fn frame(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some(prelude) = self.bytes.first_chunk::<PRELUDE>() else { return Ok(None) };
        let mut prelude = &prelude[..];
        let checksum = crc32(&prelude[..8]);
        let (length, headers) = (prelude.get_u32() as usize, prelude.get_u32() as usize);
        // Before the length is trusted.
        if prelude.get_u32() != checksum {
            return Err(FrameError::Corrupt("the checksum of an event's lengths does not match".to_owned()));
        }
        if length > MAX_MESSAGE {
            return Err(FrameError::TooLarge(length));
        }
        if length < MIN_MESSAGE || headers > length - MIN_MESSAGE || headers > MAX_HEADERS {
            return Err(FrameError::Corrupt("the lengths of an event make no sense".to_owned()));
        }
        if self.bytes.len() < length {
            return Ok(None);
        }
        Ok(Some(self.bytes.split_to(length).freeze()))
    }

    /// Ends the stream.
    pub fn end(&self) -> Result<(), FrameError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(FrameError::CutShort) }
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frames({} bytes)", self.bytes.len())
    }
}

/// Encodes a message as a frame.
pub fn encode(message: &Message) -> Result<Bytes, BuildError> {
    let mut frame = Vec::with_capacity(message.payload().len() + 256);
    write_message_to(message, &mut frame)
        .map_err(|error| BuildError::other(format!("the event cannot be sent: {}", with_causes(&error))))?;
    if frame.len() > MAX_MESSAGE {
        let length = frame.len();
        return Err(BuildError::other(format!("an event of {length} bytes is larger than the {MAX_MESSAGE} allowed")));
    }
    Ok(frame.into())
}

/// Returns the CRC-32 of a few bytes, which need no table.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests;
