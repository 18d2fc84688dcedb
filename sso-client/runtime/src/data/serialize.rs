//! Serialization of outputs with `serde`, without sensitive members by default.
//!
//! Members have their names in the model, as in the output of AWS's command line; absent ones are omitted.
//! Timestamps are RFC 3339 strings, blobs are base64, big numbers and non-finite floats are strings, a union is a
//! map with one entry. Formats that need the number of members up front are not supported.
//!
//! # Invariants
//!
//! - Without [`WithSecrets`], no serializer gets what the model marks sensitive, nor the value of an unknown variant.

use std::collections::HashMap;

use serde::ser::{SerializeMap, SerializeSeq};

pub use serde::{Serialize, Serializer};

/// A value of the model.
pub trait Shape {
    /// Serializes the value, with or without its sensitive members.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error>;
}

/// Serializes a value with its sensitive members.
///
/// Outputs and their parts implement `Serialize` themselves, without sensitive members.
#[derive(Clone, Copy)]
pub struct WithSecrets<'a, T: ?Sized>(pub &'a T);

impl<T: Shape + ?Sized> Serialize for WithSecrets<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_shape(true, to)
    }
}

impl<T: ?Sized> std::fmt::Debug for WithSecrets<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WithSecrets")
    }
}

/// A value, and whether to include its sensitive members.
struct Chosen<'a, T: ?Sized>(&'a T, bool);

impl<T: Shape + ?Sized> Serialize for Chosen<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_shape(self.1, to)
    }
}

/// Serializes the members of a structure.
#[expect(missing_debug_implementations, reason = "it lives for a moment, and serializers need not implement Debug")]
pub struct Members<S: Serializer> {
    map: S::SerializeMap,
    secrets: bool,
}

impl<S: Serializer> Members<S> {
    /// Starts a structure.
    ///
    /// # Errors
    ///
    /// Those of the serializer, as for the other methods.
    pub fn start(secrets: bool, to: S) -> Result<Self, S::Error> {
        Ok(Self { map: to.serialize_map(None)?, secrets })
    }

    /// Serializes a member if it is present.
    pub fn member<T: Shape>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        match value {
            Some(value) => self.map.serialize_entry(name, &Chosen(value, self.secrets)),
            None => Ok(()),
        }
    }

    /// Serializes a sensitive member if it is present and sensitive members are included.
    pub fn secret<T: Shape>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        self.member(name, value.filter(|_| self.secrets))
    }

    /// Serializes a variant that the model does not list: its name, and its value if sensitive members are included.
    pub fn unknown(&mut self, variant: &crate::data::json::UnknownVariant) -> Result<(), S::Error> {
        let value = if self.secrets { variant.value() } else { &serde_json::Value::Null };
        self.map.serialize_entry(variant.name(), value)
    }

    /// Serializes an unknown variant of a sensitive union.
    pub fn secret_unknown(&mut self, variant: &crate::data::json::UnknownVariant) -> Result<(), S::Error> {
        if self.secrets { self.unknown(variant) } else { Ok(()) }
    }

    /// Ends the structure.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.map.end()
    }
}

macro_rules! plain {
    ($($ty:ty),*) => {
        $(
            impl Shape for $ty {
                fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
                    self.serialize(to)
                }
            }
        )*
    };
}

plain!(String, bool, i8, i16, i32, i64);

macro_rules! floats {
    ($($ty:ty),*) => {
        $(
            impl Shape for $ty {
                fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
                    match crate::data::WireValue::to_wire(self) {
                        // JSON has no such numbers.
                        text if !self.is_finite() => to.serialize_str(&text),
                        _ => self.serialize(to),
                    }
                }
            }
        )*
    };
}

floats!(f32, f64);

impl<T: Shape> Shape for Option<T> {
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => to.serialize_some(&Chosen(value, secrets)),
            None => to.serialize_none(),
        }
    }
}

impl<T: Shape> Shape for Box<T> {
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_shape(secrets, to)
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize_shape(secrets, to)
    }
}

impl<T: Shape> Shape for [T] {
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.len()))?;
        for element in self {
            list.serialize_element(&Chosen(element, secrets))?;
        }
        list.end()
    }
}

impl<K: Shape, T: Shape> Shape for HashMap<K, T> {
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.len()))?;
        for (key, value) in self {
            map.serialize_entry(&Chosen(key, secrets), &Chosen(value, secrets))?;
        }
        map.end()
    }
}

impl Shape for crate::data::json::Unit {
    fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_map(Some(0))?.end()
    }
}
