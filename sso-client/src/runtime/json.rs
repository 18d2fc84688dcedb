//! JSON bodies to structures, through serde but without its derive.
//!
//! No message made here holds a value that was read: it may be a secret.

use std::borrow::Cow;
use std::fmt;

pub use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

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
    fn read(&mut self, into: &mut impl Field) -> Result<(), Self::Error>;
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

/// A value that can be read from JSON. `name` is the member's, for messages.
pub trait Read: Sized {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// When the JSON is of another type, or not JSON at all.
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error>;
}

/// Why a body is of no use.
#[derive(Debug)]
pub enum BodyError {
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
            Self::NotUtf8 => f.write_str("the body is not UTF-8 text"),
            Self::Markup => f.write_str("the body is HTML or XML, not JSON: did a proxy or a sign-in page answer?"),
            Self::CutShort => f.write_str("the body is cut short: its JSON does not end"),
            Self::Json(error) if error.is_syntax() => write!(f, "the body is not JSON: {error}"),
            Self::Json(error) => write!(f, "the body does not fit the model: {error}"),
        }
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}

/// Stands for the name of a member where the whole body is meant.
const BODY: &str = "";

/// Reads a body that holds one JSON object, or nothing, which stands for an empty one.
///
/// # Errors
///
/// Why the body is of no use.
pub fn read_body<T: Structure>(body: &[u8]) -> Result<T, BodyError> {
    if body.is_empty() {
        return Ok(T::default());
    }
    let text = std::str::from_utf8(body).map_err(|_| BodyError::NotUtf8)?;
    let mut json = serde_json::Deserializer::from_str(text);
    <T as Read>::read(&mut json, BODY).and_then(|value| json.end().map(|()| value)).map_err(|error| {
        if text.trim_start().starts_with('<') {
            BodyError::Markup
        } else if error.is_eof() {
            BodyError::CutShort
        } else {
            BodyError::Json(error)
        }
    })
}

impl<T: Structure> Read for T {
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
        from.deserialize_any(StructureVisitor { structure: T::default(), name })
    }
}

struct StructureVisitor<'n, T> {
    structure: T,
    name: &'n str,
}

/// What a visitor says to anything it does not take, by its type alone.
macro_rules! refuse {
    ($($method:ident($ty:ty) $what:literal;)*) => {$(
        fn $method<E: serde::de::Error>(self, _: $ty) -> Result<Self::Value, E> {
            Err(mismatch(self.name, Self::EXPECTED, $what))
        }
    )*};
    (unit) => {
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Err(mismatch(self.name, Self::EXPECTED, "null"))
        }
    };
}

macro_rules! refuse_scalars {
    () => {
        refuse! { visit_bool(bool) "a boolean"; visit_i64(i64) "a number"; visit_u64(u64) "a number"; visit_f64(f64) "a number"; visit_str(&str) "a string"; }
        refuse! { unit }
    };
}

fn mismatch<E: serde::de::Error>(name: &str, expected: &str, found: &str) -> E {
    match name {
        BODY => E::custom(format_args!("expected {expected}, found {found}")),
        name => E::custom(format_args!("{name}: expected {expected}, found {found}")),
    }
}

impl<T> StructureVisitor<'_, T> {
    const EXPECTED: &'static str = "an object";
}

impl<'de, T: Structure> Visitor<'de> for StructureVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<T, A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            self.structure.read(&mut MapMembers { name, map: &mut map })?;
        }
        Ok(self.structure)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(mismatch(self.name, Self::EXPECTED, "an array"))
    }

    refuse_scalars!();
}

/// A member's name, borrowed from the body unless it holds escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Cow<'de, str>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct MapMembers<'de, 'm, A> {
    name: Cow<'de, str>,
    map: &'m mut A,
}

impl<'de, A: MapAccess<'de>> Members for MapMembers<'de, '_, A> {
    type Error = A::Error;

    fn name(&self) -> &str {
        &self.name
    }

    fn read(&mut self, into: &mut impl Field) -> Result<(), A::Error> {
        into.set(self.map.next_value_seed(Nullable::new(&self.name))?);
        Ok(())
    }

    fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }
}

/// A value or `null`.
struct Nullable<'n, T> {
    name: &'n str,
    value: std::marker::PhantomData<T>,
}

impl<'n, T> Nullable<'n, T> {
    fn new(name: &'n str) -> Self {
        Self { name, value: std::marker::PhantomData }
    }
}

impl<'de, T: Read> DeserializeSeed<'de> for Nullable<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, T: Read> Visitor<'de> for Nullable<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        T::read(from, self.name).map(Some)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
        from.deserialize_any(ListVisitor { name, element: std::marker::PhantomData })
    }
}

struct ListVisitor<'n, T> {
    name: &'n str,
    element: std::marker::PhantomData<T>,
}

impl<T> ListVisitor<'_, T> {
    const EXPECTED: &'static str = "an array";
}

impl<'de, T: Read> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element_seed(Nullable::new(self.name))? {
            list.push(element.ok_or_else(|| {
                A::Error::custom(format_args!("{}: a null stands among its elements, where none is allowed", self.name))
            })?);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Vec<T>, A::Error> {
        Err(mismatch(self.name, Self::EXPECTED, "an object"))
    }

    refuse_scalars!();
}

/// Any simple value, by its JSON type.
enum Scalar<'de> {
    Boolean(bool),
    Integer(i64),
    Large(u64),
    Float(f64),
    Text(Cow<'de, str>),
    Other(&'static str),
}

impl Scalar<'_> {
    fn what(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Large(_) => "a number",
            Self::Float(_) => "a number with a fraction or out of range",
            Self::Text(_) => "a string",
            Self::Other(what) => what,
        }
    }
}

struct ScalarVisitor;

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
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("an object"))
    }
}

/// Reads a string, borrowed from the body unless it holds escapes.
///
/// # Errors
///
/// When the value is of another type.
pub fn read_text<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Cow<'de, str>, D::Error> {
    match from.deserialize_any(ScalarVisitor)? {
        Scalar::Text(text) => Ok(text),
        other => Err(mismatch(name, "a string", other.what())),
    }
}

impl Read for String {
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
        read_text(from, name).map(Cow::into_owned)
    }
}

impl Read for bool {
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
        match from.deserialize_any(ScalarVisitor)? {
            Scalar::Boolean(value) => Ok(value),
            other => Err(mismatch(name, "a boolean", other.what())),
        }
    }
}

/// Whole numbers; `1e3` is one too.
fn integer<'de, D: Deserializer<'de>>(from: D, name: &str, expected: &str) -> Result<i64, D::Error> {
    /// Below this every whole `f64` is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match from.deserialize_any(ScalarVisitor)? {
        Scalar::Integer(value) => Ok(value),
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range, as the guard says")]
        Scalar::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => Ok(value as i64),
        other => Err(mismatch(name, expected, other.what())),
    }
}

macro_rules! read_integers {
    ($($ty:ty, $expected:literal;)*) => {$(
        impl Read for $ty {
            fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
                let value = integer(from, name, $expected)?;
                Self::try_from(value).map_err(|_| mismatch(name, $expected, "one out of range"))
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
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
        match from.deserialize_any(ScalarVisitor)? {
            Scalar::Float(value) => Ok(value),
            Scalar::Integer(value) => Ok(value as Self),
            Scalar::Large(value) => Ok(value as Self),
            Scalar::Text(text) => match &*text {
                "NaN" => Ok(Self::NAN),
                "Infinity" => Ok(Self::INFINITY),
                "-Infinity" => Ok(Self::NEG_INFINITY),
                _ => Err(mismatch(name, "a number", "a string")),
            },
            other => Err(mismatch(name, "a number", other.what())),
        }
    }
}

impl Read for f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the model says that the value is of single precision")]
    fn read<'de, D: Deserializer<'de>>(from: D, name: &str) -> Result<Self, D::Error> {
        f64::read(from, name).map(|value| value as Self)
    }
}

/// A string where there is one, nothing where there is any other value.
#[derive(Clone, Debug, Default)]
pub struct Lenient(pub Option<String>);

impl Read for Lenient {
    fn read<'de, D: Deserializer<'de>>(from: D, _name: &str) -> Result<Self, D::Error> {
        match from.deserialize_any(ScalarVisitor)? {
            Scalar::Text(text) => Ok(Self(Some(text.into_owned()))),
            _ => Ok(Self(None)),
        }
    }
}

#[cfg(test)]
mod tests;
