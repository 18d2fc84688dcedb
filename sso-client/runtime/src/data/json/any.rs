//! Values of any type.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::room::Room;
use super::scalar::{NUMBER, out_of_range, read_number};

/// A type that holds any JSON value; `null` is its default.
pub(crate) trait Any: Default + From<bool> + From<i64> + From<u64> + From<f64> + for<'t> From<&'t str> {
    /// The members of an object.
    type Members: Default;
    /// Makes a number of one that `serde_json` has as text; `None` if it is out of range.
    fn number(number: Number) -> Option<Self>;
    /// Makes an array.
    fn array(items: Vec<Self>) -> Self;
    /// Adds a member to an object.
    ///
    /// # Errors
    ///
    /// If there is no room for it.
    fn insert<E: Error>(object: &mut Self::Members, name: String, value: Self, room: &Room) -> Result<(), E>;
    /// Makes an object.
    fn object(object: Self::Members) -> Self;
}

impl Any for Value {
    type Members = Map<String, Self>;

    fn number(number: Number) -> Option<Self> {
        Some(Self::Number(number))
    }

    fn array(items: Vec<Self>) -> Self {
        Self::Array(items)
    }

    fn insert<E: Error>(object: &mut Self::Members, name: String, value: Self, room: &Room) -> Result<(), E> {
        /// What a node of a B-tree takes, of which at least the half is in use.
        const NODE: usize = 11 * size_of::<(String, Value)>() + 32;
        room.take(if object.is_empty() { NODE } else { NODE / 5 })?;
        object.insert(name, value);
        Ok(())
    }

    fn object(object: Self::Members) -> Self {
        Self::Object(object)
    }
}

/// Reads a value of any type.
pub(crate) struct AnyVisitor<'n, T> {
    room: &'n Room,
    value: PhantomData<T>,
}

impl<'n, T> AnyVisitor<'n, T> {
    pub(crate) fn new(room: &'n Room) -> Self {
        Self { room, value: PhantomData }
    }
}

impl<'de, T: Any> DeserializeSeed<'de> for AnyVisitor<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Any> Visitor<'de> for AnyVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<T, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(text.into())
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        let mut items = Vec::new();
        while let Some(value) = seq.next_element_seed(Self::new(self.room))? {
            self.room.push(&mut items, value)?;
        }
        Ok(T::array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<T, A::Error> {
        let mut object = T::Members::default();
        while let Some(name) = entries.next_key::<String>()? {
            if name == NUMBER {
                return T::number(read_number(&mut entries)?).ok_or_else(out_of_range);
            }
            let value = entries.next_value_seed(Self::new(self.room))?;
            T::insert(&mut object, name, value, self.room)?;
        }
        Ok(T::object(object))
    }
}
