//! Reads strings, numbers and booleans from JSON, with errors that name the expected and the actual type.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::visit::{Name, refuse};
use super::{At, Read, mismatch};

/// A scalar, by its JSON type.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub enum Scalar<'de> {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An integer that only `u64` can hold.
    Large(u64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(Cow<'de, str>),
    /// Not a scalar; a description of it.
    Other(&'static str),
}

impl Scalar<'_> {
    /// Describes the value's type, for errors.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "a number",
            Self::Large(_) => "a number that is larger",
            Self::Float(_) => "a number with a fraction or out of range",
            Self::Text(_) => "a string",
            Self::Other(what) => what,
        }
    }
}

/// The name of the only member of an object that stands for a number with a fraction, an exponent or more than 64 bits.
/// `serde_json` makes them objects where any crate of the program enables its feature `arbitrary_precision`.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// Reads the number that an object stands for, once its only member's name was read.
pub(crate) fn read_number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Number, A::Error> {
    match map.next_value_seed(ScalarVisitor)? {
        Scalar::Text(text) => text.parse().map_err(A::Error::custom),
        other => Err(A::Error::custom(format_args!("expected a number, found {}", other.what()))),
    }
}

/// Says what an object is whose members were not read.
pub(super) fn object_or_number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<&'static str, A::Error> {
    Ok(if map.next_key_seed(Name)?.is_some_and(|name| name == NUMBER) { "a number" } else { "an object" })
}

/// The error for a number that even `f64` cannot hold, as it is where numbers are not objects.
pub(crate) fn out_of_range<E: Error>() -> E {
    E::custom("number out of range")
}

struct ScalarVisitor;

impl<'de> DeserializeSeed<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Scalar<'de>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(i64::try_from(value).map_or(Scalar::Large(value), Scalar::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
        if let Some(name) = map.next_key_seed(Name)? {
            if name == NUMBER {
                let number = read_number(&mut map)?;
                let integer = number.as_i64().map(Scalar::Integer);
                let number = integer.or(number.as_u64().map(Scalar::Large)).or(number.as_f64().map(Scalar::Float));
                return number.ok_or_else(out_of_range);
            }
            map.next_value::<IgnoredAny>()?;
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("an object"))
    }
}

/// Reads a scalar.
///
/// # Errors
///
/// If the value is not JSON.
pub fn read_scalar<'de, D: Deserializer<'de>>(from: D) -> Result<Scalar<'de>, D::Error> {
    from.deserialize_any(ScalarVisitor)
}

/// Reads a string, borrowed from the body unless it contains escapes.
///
/// # Errors
///
/// If the value is of another type.
pub fn read_text<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Cow<'de, str>, D::Error> {
    match from.deserialize_any(ScalarVisitor)? {
        Scalar::Text(text) => Ok(text),
        other => Err(mismatch(at, "a string", other.what())),
    }
}

impl Read for String {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor { at })
    }
}

/// Accepts strings only. They are the most frequent values, so that they get a visitor of their own.
struct TextVisitor<'n> {
    at: At<'n>,
}

impl TextVisitor<'_> {
    const EXPECTED: &'static str = "a string";
}

impl<'de> Visitor<'de> for TextVisitor<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    refuse! {
        visit_bool(bool) "a boolean";
        visit_i64(i64) "a number";
        visit_u64(u64) "a number";
        visit_f64(f64) "a number";
    }
    refuse! { unit }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<String, A::Error> {
        Err(mismatch(self.at, Self::EXPECTED, "an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        Err(mismatch(self.at, Self::EXPECTED, object_or_number(&mut map)?))
    }
}

impl Read for bool {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        match from.deserialize_any(ScalarVisitor)? {
            Scalar::Boolean(value) => Ok(value),
            other => Err(mismatch(at, "a boolean", other.what())),
        }
    }
}

/// Reads an integer; `1e3` is one, too.
fn integer<'de, D: Deserializer<'de>>(from: D, at: At<'_>, expected: &str) -> Result<i64, D::Error> {
    /// Below this, every integral `f64` is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match from.deserialize_any(ScalarVisitor)? {
        Scalar::Integer(value) => Ok(value),
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range, as the guard says")]
        Scalar::Float(value) if value.fract() == 0.0 && value.abs() < EXACT => Ok(value as i64),
        other => Err(mismatch(at, expected, other.what())),
    }
}

macro_rules! read_integers {
    ($($ty:ty, $expected:literal;)*) => {$(
        impl Read for $ty {
            fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
                let value = integer(from, at, $expected)?;
                Self::try_from(value).map_err(|_| mismatch(at, $expected, "one out of range"))
            }
        }
    )*};
}

read_integers! {
    i8, "a whole number of 8 bits";
    i16, "a whole number of 16 bits";
    i32, "a whole number of 32 bits";
    i64, "a whole number of 64 bits";
}

impl Read for f64 {
    #[expect(clippy::cast_precision_loss, reason = "a JSON number is read as the nearest float")]
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        match from.deserialize_any(ScalarVisitor)? {
            Scalar::Float(value) => Ok(value),
            Scalar::Integer(value) => Ok(value as Self),
            Scalar::Large(value) => Ok(value as Self),
            Scalar::Text(text) => match &*text {
                "NaN" => Ok(Self::NAN),
                "Infinity" => Ok(Self::INFINITY),
                "-Infinity" => Ok(Self::NEG_INFINITY),
                _ => Err(mismatch(at, "a number", "a string")),
            },
            other => Err(mismatch(at, "a number", other.what())),
        }
    }
}

impl Read for f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the model says that the value is of single precision")]
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        f64::read(from, at).map(|value| value as Self)
    }
}

/// A string, or `None` for a value of any other type.
#[derive(Clone, Debug, Default)]
pub struct Lenient(pub Option<String>);

impl Read for Lenient {
    fn read<'de, D: Deserializer<'de>>(from: D, _at: At<'_>) -> Result<Self, D::Error> {
        match from.deserialize_any(ScalarVisitor)? {
            Scalar::Text(text) => Ok(Self(Some(text.into_owned()))),
            _ => Ok(Self(None)),
        }
    }
}
