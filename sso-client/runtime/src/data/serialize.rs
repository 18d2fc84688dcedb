//! Outputs as data for `serde`, without secrets unless they are asked for.
//!
//! Members go by their names in the model, as AWS's command line prints them; those that are absent
//! are left out, and so are sensitive ones. Points in time are texts as in RFC 3339, bytes are in
//! base64, numbers of any length and those that JSON does not have are texts. A union is a map of one entry.
//! Formats that have to know how many members there are before the first cannot take structures.
//!
//! What must stay true: without [`WithSecrets`], nothing that the model marks sensitive is handed to
//! a serializer, nor what it does not know.

use std::collections::HashMap;

use serde::ser::{SerializeMap, SerializeSeq};

pub use serde::{Serialize, Serializer};

/// A value of the model.
pub trait Shape {
    /// Serializes it, with or without what is sensitive in it.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    fn serialize_shape<S: Serializer>(&self, secrets: bool, to: S) -> Result<S::Ok, S::Error>;
}

/// Serializes a value with its secrets: what is written then has to be kept as safe as they are.
///
/// Outputs, and what is in them, implement `Serialize` themselves, without secrets.
#[derive(Clone, Copy)]
pub struct WithSecrets<'a, T: ?Sized>(pub &'a T);

impl<T: Shape + ?Sized> Serialize for WithSecrets<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_shape(true, to)
    }
}

/// Says nothing of what it holds.
impl<T: ?Sized> std::fmt::Debug for WithSecrets<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WithSecrets")
    }
}

/// A value with or without its secrets.
struct Chosen<'a, T: ?Sized>(&'a T, bool);

impl<T: Shape + ?Sized> Serialize for Chosen<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_shape(self.1, to)
    }
}

/// The members of a structure, one after the other.
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
    /// Those of the serializer, as for all that follows.
    pub fn start(secrets: bool, to: S) -> Result<Self, S::Error> {
        Ok(Self { map: to.serialize_map(None)?, secrets })
    }

    /// Serializes a member, if it is there.
    pub fn member<T: Shape>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        match value {
            Some(value) => self.map.serialize_entry(name, &Chosen(value, self.secrets)),
            None => Ok(()),
        }
    }

    /// Serializes a member that is sensitive, if it is there and secrets are wanted.
    pub fn secret<T: Shape>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        self.member(name, value.filter(|_| self.secrets))
    }

    /// Serializes a variant that the model does not list: only its name, unless secrets are wanted.
    pub fn unknown(&mut self, variant: &crate::data::json::UnknownVariant) -> Result<(), S::Error> {
        let value = if self.secrets { variant.value() } else { &serde_json::Value::Null };
        self.map.serialize_entry(variant.name(), value)
    }

    /// The same of a union that is sensitive as a whole.
    pub fn secret_unknown(&mut self, variant: &crate::data::json::UnknownVariant) -> Result<(), S::Error> {
        if self.secrets { self.unknown(variant) } else { Ok(()) }
    }

    /// The structure has no more members.
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
                        // As on the wire, since JSON has no such numbers.
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
