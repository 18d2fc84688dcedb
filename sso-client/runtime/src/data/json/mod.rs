//! JSON bodies: parsing into structures, by serde without its derive macro, and writing.
//!
//! Unknown members are ignored; a value of another type than the model's is an error that names the member.
//!
//! # Invariants
//!
//! - No error contains a value that was read, which may be sensitive.
//! - Input of any depth or size ends in a value or an error.
//! - The memory of a value is bounded by the size of its body; see `room`.

mod any;
mod room;
mod scalar;
mod union;
mod visit;
mod write;

use std::cell::Cell;
use std::fmt;

pub use serde::Deserializer;

use crate::base::without_bom;
use crate::time::TimestampFormat;

#[cfg(feature = "document")]
pub(crate) use any::{Any, AnyVisitor};
pub(crate) use room::Room;
pub use scalar::{Lenient, Scalar, read_scalar, read_text};
pub use union::{ReadUnion, Unit, UnknownVariant, read_union};
pub use visit::{Element, MapKey};
pub use write::{Array, Body, Object, Slot, Write, WriteStructure, Written, document};

/// A structure that is read from a JSON object.
pub trait Structure: Default {
    /// Reads the current member.
    ///
    /// # Errors
    ///
    /// If the value is not of the member's type.
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error>;
}

/// The members of a JSON object, one at a time. Methods that read a value fail if it is not JSON, or not of the type.
pub trait Members {
    /// The error of the JSON parser.
    type Error;
    /// Returns the name of the current member.
    fn name(&self) -> &str;
    /// Reads the value into a field; `null` means absent.
    ///
    /// # Errors
    ///
    /// If the value is not of the field's type.
    fn read(&mut self, into: &mut impl Field) -> Result<(), Self::Error> {
        self.read_as(into, TimestampFormat::EpochSeconds)
    }
    /// Reads the value into a field, with timestamps in a format.
    ///
    /// # Errors
    ///
    /// If the value is not of the field's type.
    fn read_as(&mut self, into: &mut impl Field, format: TimestampFormat) -> Result<(), Self::Error>;
    /// Reads the value into a boxed field.
    ///
    /// # Errors
    ///
    /// If the value is not of the field's type.
    fn read_boxed<T: Read>(&mut self, into: &mut Option<Box<T>>) -> Result<(), Self::Error>;
    /// Reads the value as the variant of a union; `null` means absent.
    ///
    /// # Errors
    ///
    /// If the value is not of the variant's type.
    fn variant<T: Read, U>(&mut self, wrap: impl FnOnce(T) -> U) -> Result<Option<U>, Self::Error> {
        self.variant_as(wrap, TimestampFormat::EpochSeconds)
    }
    /// Reads the value as the variant of a union, with timestamps in a format.
    ///
    /// # Errors
    ///
    /// If the value is not of the variant's type.
    fn variant_as<T: Read, U>(
        &mut self,
        wrap: impl FnOnce(T) -> U,
        format: TimestampFormat,
    ) -> Result<Option<U>, Self::Error> {
        let mut value = None;
        self.read_as(&mut value, format)?;
        Ok(value.map(wrap))
    }
    /// Reads the value as a variant that the model does not list.
    ///
    /// # Errors
    ///
    /// If the value is not JSON.
    fn unknown_variant<U>(&mut self, wrap: impl FnOnce(UnknownVariant) -> U) -> Result<Option<U>, Self::Error>;
    /// Skips the value.
    ///
    /// # Errors
    ///
    /// If the value is not JSON.
    fn skip(&mut self) -> Result<(), Self::Error>;
}

/// A field that is filled from a member.
pub trait Field {
    /// The type of its value.
    type Value: Read;
    /// Sets the field.
    fn set(&mut self, value: Option<Self::Value>);
}

impl<T: Read> Field for Option<T> {
    type Value = T;

    fn set(&mut self, value: Option<T>) {
        *self = value;
    }
}

impl<T: Read> Field for T {
    type Value = T;

    fn set(&mut self, value: Option<T>) {
        if let Some(value) = value {
            *self = value;
        }
    }
}

/// The position of a value.
#[derive(Clone, Copy, Debug)]
pub struct At<'n> {
    /// The member's name, for errors.
    pub name: &'n str,
    /// The format of its timestamps.
    pub format: TimestampFormat,
    /// The memory that is left for it.
    pub(crate) room: &'n Room,
}

impl<'n> At<'n> {
    /// The position of the whole body.
    fn body(room: &'n Room) -> Self {
        Self { name: "", format: TimestampFormat::EpochSeconds, room }
    }
}

/// A value that can be read from JSON.
pub trait Read: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// If the JSON is invalid or of another type.
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error>;

    /// Returns the value of `null` among the elements of a list or map, if it is one.
    fn null() -> Option<Self> {
        None
    }
}

/// A body that cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// It broke off, for this reason.
    Broken(String),
    /// It is not UTF-8.
    NotUtf8,
    /// It is compressed, by this algorithm, although no request accepts that.
    Compressed(&'static str),
    /// It looks like HTML or XML.
    Markup,
    /// It is the description of an error where an output was expected, and has nothing of the output.
    AnError,
    /// Its lists and maps would take more memory than this, in bytes.
    TooManyElements(usize),
    /// Its JSON is truncated.
    CutShort,
    /// It is not JSON, or does not match the model.
    Json(serde_json::Error),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(reason) => f.write_str(reason),
            Self::NotUtf8 => f.write_str("the body is not UTF-8 text; is it compressed?"),
            Self::Compressed(how) => write!(f, "the body is compressed ({how}), which was not asked for"),
            Self::AnError => f.write_str("the body describes an error, and has nothing of the output"),
            Self::Markup => f.write_str("the body is HTML or XML, not JSON: did a proxy or a sign-in page answer?"),
            Self::TooManyElements(bytes) => {
                write!(f, "the lists of the body have too many elements: they would take more than {} MiB", bytes >> 20)
            }
            Self::CutShort => f.write_str("the body is cut short: its JSON does not end"),
            Self::Json(error) if error.is_syntax() => write!(f, "the body is not JSON: {error}"),
            Self::Json(error) => write!(f, "the body does not fit the model: {error}"),
        }
    }
}

impl std::error::Error for BodyError {}

/// Reads a body that is a JSON object; an empty body counts as an empty object.
///
/// # Errors
///
/// If the body cannot be used.
pub fn read_body<T: Structure>(body: &[u8]) -> Result<T, BodyError> {
    let only_an_error = Cell::new(false);
    let read = read_object(body, T::default(), &only_an_error)?;
    if only_an_error.get() { Err(BodyError::AnError) } else { Ok(read) }
}

/// Reads a body that holds one JSON object, or nothing, into a structure.
///
/// # Errors
///
/// Why the body is of no use.
pub fn read_body_into<T: Structure>(into: T, body: &[u8]) -> Result<T, BodyError> {
    read_object(body, into, &Cell::new(false))
}

/// Sets `only_an_error` if the object has a member that names an error, and none that the structure has.
fn read_object<T: Structure>(body: &[u8], into: T, only_an_error: &Cell<bool>) -> Result<T, BodyError> {
    if without_bom(body).trim_ascii().is_empty() {
        return Ok(into);
    }
    read_with(body, |json, room| visit::read_into(into, json, room, only_an_error))
}

/// Returns whether a body is one whole JSON object, which no bytes can follow.
pub(crate) fn is_whole_object(body: &[u8]) -> bool {
    let body = without_bom(body).trim_ascii();
    body.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Completes a body that is cut short, without the member that it ends in; `None` if it is no object.
pub(crate) fn closed(body: &[u8]) -> Option<Vec<u8>> {
    let body = without_bom(body).trim_ascii();
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    // The end of the last member of the object itself that is complete.
    let mut end = 1;
    for (at, byte) in body.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 1 => end = at,
            _ => {}
        }
    }
    let whole = (depth == 1 && !in_string).then(|| [body, b"}"].concat()).filter(|body| is_whole_object(body));
    whole.or_else(|| Some([body.get(..end)?, b"}"].concat()).filter(|body| is_whole_object(body)))
}

/// Reads a body that is one JSON value of any type.
///
/// # Errors
///
/// If the body cannot be used.
pub fn read_value<T: Read>(body: &[u8]) -> Result<T, BodyError> {
    read_with(body, |json, room| <T as Read>::read(json, At::body(room)))
}

/// The text of a body.
type Json<'t> = serde_json::Deserializer<serde_json::de::StrRead<'t>>;

fn read_with<T>(
    body: &[u8],
    read: impl for<'j, 't> FnOnce(&'j mut Json<'t>, &Room) -> Result<T, serde_json::Error>,
) -> Result<T, BodyError> {
    let text = std::str::from_utf8(without_bom(body)).map_err(|_| BodyError::NotUtf8)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let room = Room::of(body);
    read(&mut json, &room).and_then(|value| json.end().map(|()| value)).map_err(|error| {
        if room.is_exceeded() {
            BodyError::TooManyElements(Room::size(body))
        } else if text.trim_start().starts_with('<') {
            BodyError::Markup
        } else if error.is_eof() {
            BodyError::CutShort
        } else {
            BodyError::Json(error)
        }
    })
}

/// Creates an error that names the member and both types, but not the value.
pub fn mismatch<E: serde::de::Error>(at: At<'_>, expected: &str, found: &str) -> E {
    match at.name {
        "" => E::custom(format_args!("expected {expected}, found {found}")),
        name => E::custom(format_args!("{name}: expected {expected}, found {found}")),
    }
}

#[cfg(test)]
mod tests;
