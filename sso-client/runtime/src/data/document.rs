//! Documents: JSON values without a schema (feature `document`).
//!
//! Parsing has a nesting limit; writing and dropping a value recurse as deep as it is nested.
//!
//! # Invariants
//!
//! - JSON that was parsed is written back with the same meaning, except for numbers that neither 64 bits nor an
//!   `f64` can hold.

use std::collections::HashMap;

use serde::de::Error;

use crate::data::json::{Any, AnyVisitor, At, Deserializer, Read, Room, Slot, Write};
use crate::data::serialize::{Serialize, Serializer, Shape};

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Document {
    /// An object.
    Object(HashMap<String, Document>),
    /// An array.
    Array(Vec<Document>),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// A boolean.
    Bool(bool),
    /// `null`.
    #[default]
    Null,
}

/// The number of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A non-negative integer.
    PosInt(u64),
    /// A negative integer.
    NegInt(i64),
    /// A floating-point number.
    Float(f64),
}

impl Number {
    /// Returns the number as the nearest float.
    #[expect(clippy::cast_precision_loss, reason = "as documented")]
    pub fn to_f64_lossy(self) -> f64 {
        match self {
            Self::PosInt(value) => value as f64,
            Self::NegInt(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

impl Number {
    fn of(number: &serde_json::Number) -> Option<Self> {
        let integer = number.as_u64().map(Self::PosInt).or(number.as_i64().map(Self::NegInt));
        integer.or(number.as_f64().map(Self::Float))
    }
}

impl Document {
    /// Returns the members of an object.
    pub fn as_object(&self) -> Option<&HashMap<String, Self>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Returns the members of an object, mutably.
    pub fn as_object_mut(&mut self) -> Option<&mut HashMap<String, Self>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Returns the elements of an array.
    pub fn as_array(&self) -> Option<&Vec<Self>> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// Returns the elements of an array, mutably.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Self>> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// Returns the number.
    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// Returns the string.
    pub fn as_string(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// Returns the boolean.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// Returns `()` for `null`.
    pub fn as_null(&self) -> Option<()> {
        self.is_null().then_some(())
    }

    /// Returns whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Returns whether it is an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Returns whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Returns whether it is a string.
    pub fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Returns whether it is a boolean.
    pub fn is_bool(&self) -> bool {
        matches!(self, Self::Bool(_))
    }

    /// Returns whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

macro_rules! from {
    ($($ty:ty, $value:ident => $document:expr;)*) => {$(
        impl From<$ty> for Document {
            fn from($value: $ty) -> Self {
                $document
            }
        }
    )*};
}

from! {
    bool, value => Self::Bool(value);
    &str, text => Self::String(text.to_owned());
    String, text => Self::String(text);
    Number, number => Self::Number(number);
    u32, value => Self::from(u64::from(value));
    u64, value => Self::Number(Number::PosInt(value));
    i32, value => Self::from(i64::from(value));
    i64, value => Self::Number(u64::try_from(value).map_or(Number::NegInt(value), Number::PosInt));
    f32, value => Self::from(f64::from(value));
    f64, value => Self::Number(Number::Float(value));
}

impl<T: Into<Document>> From<Vec<T>> for Document {
    fn from(list: Vec<T>) -> Self {
        Self::Array(list.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Document>> From<HashMap<String, T>> for Document {
    fn from(map: HashMap<String, T>) -> Self {
        Self::Object(map.into_iter().map(|(name, value)| (name, value.into())).collect())
    }
}

impl<T: Into<Document>> From<Option<T>> for Document {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Read for Document {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(AnyVisitor::new(at.room))
    }

    fn null() -> Option<Self> {
        Some(Self::Null)
    }
}

impl Any for Document {
    type Members = HashMap<String, Self>;

    fn number(number: serde_json::Number) -> Option<Self> {
        Number::of(&number).map(Self::Number)
    }

    fn array(items: Vec<Self>) -> Self {
        Self::Array(items)
    }

    fn insert<E: Error>(object: &mut Self::Members, name: String, value: Self, room: &Room) -> Result<(), E> {
        room.insert(object, name, value)
    }

    fn object(object: Self::Members) -> Self {
        Self::Object(object)
    }
}

impl Shape for Document {
    fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        self.serialize(to)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(object) => to.collect_map(object),
            Self::Array(array) => to.collect_seq(array),
            Self::Number(Number::PosInt(number)) => to.serialize_u64(*number),
            Self::Number(Number::NegInt(number)) => to.serialize_i64(*number),
            Self::Number(Number::Float(number)) => to.serialize_f64(*number),
            Self::String(text) => to.serialize_str(text),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Null => to.serialize_unit(),
        }
    }
}

impl Write for Document {
    fn write(&self, to: Slot<'_>) {
        match self {
            Self::Object(object) => object.write(to),
            Self::Array(array) => array.write(to),
            Self::Number(Number::PosInt(value)) => to.token(value),
            Self::Number(Number::NegInt(value)) => to.token(value),
            Self::Number(Number::Float(value)) => value.write(to),
            Self::String(text) => to.text(text),
            Self::Bool(value) => to.token(value),
            Self::Null => to.null(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::json::{BodyError, Members, Structure, document, read_body, read_value};

    #[test]
    fn round_trip() {
        for json in [
            "null",
            "true",
            "\"a\\\"é\"",
            "0",
            "18446744073709551615",
            "-9223372036854775808",
            "1.5",
            "1e300",
            "[]",
            "[1,null,[\"x\",{}],-2.0]",
            "{\"a\":{\"b\":null}}",
        ] {
            let value: Document = read_value(json.as_bytes()).expect(json);
            assert_eq!(document(&value).json, json.as_bytes());
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(read_value::<Document>(deep.as_bytes()).is_err(), "nesting has a limit");
        assert!(read_value::<Document>(b"1e999").is_err());
        assert_eq!(document(&Document::from(f64::NAN)).json, "\"NaN\"");
    }

    #[test]
    fn the_memory_of_a_document_is_bounded() {
        let array = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(matches!(read_value::<Document>(array(4 << 20).as_bytes()), Err(BodyError::TooManyElements(_))));
        assert!(read_value::<Document>(array(100_000).as_bytes()).is_ok());
        let objects = |count: usize| format!("[{}0]", r#"{"":0},"#.repeat(count - 1));
        assert!(matches!(read_value::<Document>(objects(1 << 20).as_bytes()), Err(BodyError::TooManyElements(_))));
        assert!(read_value::<Document>(objects(100_000).as_bytes()).is_ok());
    }

    #[test]
    fn null_in_members_and_elements() {
        #[derive(Debug, Default, PartialEq)]
        struct Holder {
            one: Option<Document>,
            list: Option<Vec<Document>>,
            map: Option<HashMap<String, Document>>,
        }
        impl Structure for Holder {
            fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
                match from.name() {
                    "one" => from.read(&mut self.one),
                    "list" => from.read(&mut self.list),
                    "map" => from.read(&mut self.map),
                    _ => from.skip(),
                }
            }
        }
        let holder: Holder = read_body(br#"{"one":null,"list":[null,1],"map":{"a":null}}"#).expect("whole");
        let expected = Holder {
            one: None,
            list: Some(vec![Document::Null, 1.into()]),
            map: Some(HashMap::from([("a".to_owned(), Document::Null)])),
        };
        assert_eq!(holder, expected);
    }

    #[test]
    fn constructors_and_accessors() {
        let made = Document::from(HashMap::from([("list".to_owned(), vec![Some(1), None])]));
        let list = made.as_object().and_then(|object| object["list"].as_array()).expect("a list");
        assert_eq!(list[0].as_number(), Some(&Number::PosInt(1)));
        assert!(list[1].is_null() && made.is_object() && Document::default().is_null());
        assert_eq!(Document::from(-1), Document::Number(Number::NegInt(-1)));
        assert_eq!(Document::from("a").as_string(), Some("a"));
        assert_eq!((Document::from(true).as_bool(), made.as_bool()), (Some(true), None));
        assert_eq!(Number::NegInt(-3).to_f64_lossy(), -3.0);
    }
}
