//! JSON bodies to structures, through serde but without its derive, and structures to JSON.
//!
//! No message made here holds a value that was read: it may be a secret.
//!
//! What it does not do: guess: a value of another type than the model's is an error that names the
//! member. Members that are not known are passed over.
//!
//! What must stay true: input of any depth or size ends with a value or an error.

mod scalar;
mod union;
mod visit;
mod write;

use std::fmt;

pub use serde::Deserializer;

use crate::time::TimestampFormat;

pub use scalar::{Lenient, Scalar, read_scalar, read_text};
pub use union::{ReadUnion, Unit, UnknownVariant, read_union};
pub use visit::{Element, MapKey};
pub use write::{Array, Body, Object, Slot, Write, WriteStructure, Written, document};

/// A structure that takes its members from a JSON object.
pub trait Structure: Default {
    /// Takes the member whose turn it is.
    ///
    /// # Errors
    ///
    /// When the member's value is not of its type.
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error>;
}

/// The members of a JSON object, one after the other.
pub trait Members {
    /// The error of the JSON reader.
    type Error;
    /// The name of the member whose turn it is.
    fn name(&self) -> &str;
    /// Reads its value into a field; `null` stands for no value.
    ///
    /// # Errors
    ///
    /// When the value is not of the field's type.
    fn read(&mut self, into: &mut impl Field) -> Result<(), Self::Error> {
        self.read_as(into, TimestampFormat::EpochSeconds)
    }
    /// The same, where points in time are written like this.
    ///
    /// # Errors
    ///
    /// When the value is not of the field's type.
    fn read_as(&mut self, into: &mut impl Field, format: TimestampFormat) -> Result<(), Self::Error>;
    /// Reads its value into a field that holds it on the heap.
    ///
    /// # Errors
    ///
    /// When the value is not of the field's type.
    fn read_boxed<T: Read>(&mut self, into: &mut Option<Box<T>>) -> Result<(), Self::Error> {
        let mut value = None;
        self.read(&mut value)?;
        *into = value.map(Box::new);
        Ok(())
    }
    /// Reads its value as the variant of a union; `null` stands for no variant.
    ///
    /// # Errors
    ///
    /// When the value is not of the variant's type.
    fn variant<T: Read, U>(&mut self, wrap: impl FnOnce(T) -> U) -> Result<Option<U>, Self::Error> {
        self.variant_as(wrap, TimestampFormat::EpochSeconds)
    }
    /// The same, where points in time are written like this.
    ///
    /// # Errors
    ///
    /// When the value is not of the variant's type.
    fn variant_as<T: Read, U>(
        &mut self,
        wrap: impl FnOnce(T) -> U,
        format: TimestampFormat,
    ) -> Result<Option<U>, Self::Error> {
        let mut value = None;
        self.read_as(&mut value, format)?;
        Ok(value.map(wrap))
    }
    /// Reads its value as a variant that the model does not list.
    ///
    /// # Errors
    ///
    /// When the value is not JSON.
    fn unknown_variant<U>(&mut self, wrap: impl FnOnce(UnknownVariant) -> U) -> Result<Option<U>, Self::Error>;
    /// Passes over its value.
    ///
    /// # Errors
    ///
    /// When the value is not JSON.
    fn skip(&mut self) -> Result<(), Self::Error>;
}

/// A place for a value that may be absent.
pub trait Field {
    /// What it holds.
    type Value: Read;
    /// Fills it.
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

/// Which member is being read.
#[derive(Clone, Copy, Debug)]
pub struct At<'n> {
    /// Its name, for messages.
    pub name: &'n str,
    /// How points in time are written in it.
    pub format: TimestampFormat,
}

/// A value that can be read from JSON.
pub trait Read: Sized {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// When the JSON is of another type, or not JSON at all.
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error>;

    /// What `null` stands for among the elements of a list or map, where it is a value of its own.
    fn null() -> Option<Self> {
        None
    }
}

/// Why a body is of no use.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// It could not be read to its end, for this reason.
    Broken(String),
    /// It is not UTF-8.
    NotUtf8,
    /// It starts like a page of HTML or XML.
    Markup,
    /// It ends before its JSON does.
    CutShort,
    /// It is not JSON, or not of the shape that the model says.
    Json(serde_json::Error),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(reason) => f.write_str(reason),
            Self::NotUtf8 => f.write_str("the body is not UTF-8 text; is it compressed?"),
            Self::Markup => f.write_str("the body is HTML or XML, not JSON: did a proxy or a sign-in page answer?"),
            Self::CutShort => f.write_str("the body is cut short: its JSON does not end"),
            Self::Json(error) if error.is_syntax() => write!(f, "the body is not JSON: {error}"),
            Self::Json(error) => write!(f, "the body does not fit the model: {error}"),
        }
    }
}

impl std::error::Error for BodyError {}

/// Stands for a member where the whole body is meant.
const BODY: At<'_> = At { name: "", format: TimestampFormat::EpochSeconds };

/// Reads a body that holds one JSON object, or nothing, which stands for an empty one.
///
/// # Errors
///
/// Why the body is of no use.
pub fn read_body<T: Structure>(body: &[u8]) -> Result<T, BodyError> {
    read_body_into(T::default(), body)
}

/// Reads a body that holds one JSON object, or nothing, into a structure.
///
/// # Errors
///
/// Why the body is of no use.
pub fn read_body_into<T: Structure>(into: T, body: &[u8]) -> Result<T, BodyError> {
    if body.trim_ascii().is_empty() {
        return Ok(into);
    }
    read_with(body, |json| visit::read_into(into, json))
}

/// Reads a body that holds one JSON value of any type.
///
/// # Errors
///
/// Why the body is of no use.
pub fn read_value<T: Read>(body: &[u8]) -> Result<T, BodyError> {
    read_with(body, |json| <T as Read>::read(json, BODY))
}

/// The text of a body.
type Json<'t> = serde_json::Deserializer<serde_json::de::StrRead<'t>>;

fn read_with<T>(
    body: &[u8],
    read: impl for<'j, 't> FnOnce(&'j mut Json<'t>) -> Result<T, serde_json::Error>,
) -> Result<T, BodyError> {
    let text = std::str::from_utf8(body).map_err(|_| BodyError::NotUtf8)?;
    let mut json = serde_json::Deserializer::from_str(text);
    read(&mut json).and_then(|value| json.end().map(|()| value)).map_err(|error| {
        if text.trim_start().starts_with('<') {
            BodyError::Markup
        } else if error.is_eof() {
            BodyError::CutShort
        } else {
            BodyError::Json(error)
        }
    })
}

/// An error that names the member and both types, and never the value.
pub fn mismatch<E: serde::de::Error>(at: At<'_>, expected: &str, found: &str) -> E {
    match at.name {
        "" => E::custom(format_args!("expected {expected}, found {found}")),
        name => E::custom(format_args!("{name}: expected {expected}, found {found}")),
    }
}

#[cfg(test)]
mod tests;
