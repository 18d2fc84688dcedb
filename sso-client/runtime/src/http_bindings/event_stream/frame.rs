//! Messages in frames: lengths, checksums and limits.

use std::fmt;

use aws_smithy_eventstream::frame::{read_message_from, write_message_to};
use aws_smithy_types::event_stream::Message;
use bytes::{Buf, Bytes, BytesMut};

use crate::base::with_causes;
use crate::error::BuildError;

/// The largest message that is sent or received, in bytes.
pub const MAX_MESSAGE: usize = 16 * 1024 * 1024;
/// The most bytes that the headers of a message may have.
const MAX_HEADERS: usize = 128 * 1024;
/// Two lengths and a checksum of them.
const PRELUDE: usize = 12;
/// A message without headers and payload: the prelude and a checksum of all.
const MIN_MESSAGE: usize = PRELUDE + 4;

/// Why bytes are no message. The stream cannot go on after that: where the next one starts is not known.
#[derive(Debug, PartialEq, Eq)]
pub enum FrameError {
    /// A checksum does not match, or a length makes no sense.
    Corrupt(String),
    /// The message is larger than is allowed.
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

/// Cuts bytes into messages, in whatever pieces they come.
#[derive(Default)]
pub struct Frames {
    bytes: BytesMut,
}

impl Frames {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, as far as all of it is there.
    ///
    /// # Errors
    ///
    /// When there is none that could be read.
    #[expect(clippy::should_implement_trait, reason = "an end may be none, when more bytes come")]
    pub fn next(&mut self) -> Result<Option<Message>, FrameError> {
        let Some(prelude) = self.bytes.first_chunk::<PRELUDE>() else { return Ok(None) };
        let mut prelude = &prelude[..];
        let checksum = crc32(&prelude[..8]);
        let (length, headers) = (prelude.get_u32() as usize, prelude.get_u32() as usize);
        // Before its length is believed, and waited for.
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
        let frame = self.bytes.split_to(length).freeze();
        read_message_from(frame).map(Some).map_err(|error| FrameError::Corrupt(with_causes(&error)))
    }

    /// Nothing comes any more.
    ///
    /// # Errors
    ///
    /// When the start of a message is there.
    pub fn end(&self) -> Result<(), FrameError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(FrameError::CutShort) }
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frames({} bytes)", self.bytes.len())
    }
}

/// A message in its frame.
///
/// # Errors
///
/// When it is too large.
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

/// The checksum of a few bytes, which need no table.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}
