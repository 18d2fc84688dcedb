//! Visitors for structures, lists and maps.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::any::AnyVisitor;
use super::room::Room;
use super::scalar::{NUMBER, object_or_number};
use super::{At, Field, Lenient, Members, Read, Structure, UnknownVariant, mismatch};
use crate::time::TimestampFormat;

impl<T: Structure> Read for T {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(StructureVisitor { structure: T::default(), at, only_an_error: None })
    }
}

/// Reads a body's object into a structure. Sets `only_an_error` if one of its members names an error, and the structure has none
/// of them.
pub(super) fn read_into<'de, T: Structure, D: Deserializer<'de>>(
    structure: T,
    from: D,
    room: &Room,
    only_an_error: &Cell<bool>,
) -> Result<T, D::Error> {
    from.deserialize_any(StructureVisitor { structure, at: At::body(room), only_an_error: Some(only_an_error) })
}

struct StructureVisitor<'n, T> {
    structure: T,
    at: At<'n>,
    only_an_error: Option<&'n Cell<bool>>,
}

/// What the members of an object were.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// The structure has one of them.
    known: bool,
    /// One that it does not have names an error.
    error: bool,
}

/// Implements the methods for JSON types that a visitor does not accept.
macro_rules! refuse {
    ($($method:ident($ty:ty) $what:literal;)*) => {$(
        fn $method<E: serde::de::Error>(self, _: $ty) -> Result<Self::Value, E> {
            Err(mismatch(self.at, Self::EXPECTED, $what))
        }
    )*};
    (unit) => {
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Err(mismatch(self.at, Self::EXPECTED, "null"))
        }
    };
}

macro_rules! refuse_scalars {
    () => {
        refuse! { visit_bool(bool) "a boolean"; visit_i64(i64) "a number"; visit_u64(u64) "a number"; visit_f64(f64) "a number"; visit_str(&str) "a string"; }
        refuse! { unit }
    };
}

pub(super) use {refuse, refuse_scalars};

impl<T> StructureVisitor<'_, T> {
    const EXPECTED: &'static str = "an object";
}

impl<'de, T: Structure> Visitor<'de> for StructureVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<T, A::Error> {
        let (mut seen, room) = (Seen::default(), self.at.room);
        while let Some(name) = map.next_key_seed(Name)? {
            if name == NUMBER {
                return Err(mismatch(self.at, Self::EXPECTED, "a number"));
            }
            self.structure.read(&mut MapMembers { name, map: &mut map, seen: &mut seen, room })?;
        }
        if let Some(only_an_error) = self.only_an_error {
            only_an_error.set(seen.error && !seen.known);
        }
        Ok(self.structure)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(mismatch(self.at, Self::EXPECTED, "an array"))
    }

    refuse_scalars!();
}

/// Reads a member's name, borrowed from the body unless it contains escapes.
pub(super) struct Name;

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

pub(super) struct MapMembers<'de, 'm, A> {
    pub(super) name: Cow<'de, str>,
    pub(super) map: &'m mut A,
    pub(super) seen: &'m mut Seen,
    pub(super) room: &'m Room,
}

impl<'de, A: MapAccess<'de>> Members for MapMembers<'de, '_, A> {
    type Error = A::Error;

    fn name(&self) -> &str {
        &self.name
    }

    fn read_as(&mut self, into: &mut impl Field, format: TimestampFormat) -> Result<(), A::Error> {
        self.seen.known = true;
        let at = At { name: &self.name, format, room: self.room };
        into.set(self.map.next_value_seed(Nullable::new(at))?);
        Ok(())
    }

    fn read_boxed<T: Read>(&mut self, into: &mut Option<Box<T>>) -> Result<(), A::Error> {
        let mut value = None;
        self.read(&mut value)?;
        if value.is_some() {
            self.room.take(size_of::<T>())?;
        }
        *into = value.map(Box::new);
        Ok(())
    }

    fn unknown_variant<U>(&mut self, wrap: impl FnOnce(UnknownVariant) -> U) -> Result<Option<U>, A::Error> {
        let value = self.map.next_value_seed(AnyVisitor::<serde_json::Value>::new(self.room))?;
        Ok((!value.is_null()).then(|| wrap(UnknownVariant::new(&self.name, value))))
    }

    fn skip(&mut self) -> Result<(), A::Error> {
        match &*self.name {
            "error" => self.seen.error |= self.map.next_value::<Option<IgnoredAny>>()?.is_some(),
            // It may as well be the type of the output.
            "__type" => {
                let mut ty = Lenient::default();
                ty.set(self.map.next_value_seed(Nullable::new(At::body(self.room)))?);
                let ty = ty.0.unwrap_or_default();
                self.seen.error |= ["Exception", "Error", "Fault"].iter().any(|end| ty.ends_with(end));
            }
            _ => drop(self.map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

/// Reads a value or `null`.
struct Nullable<'n, T> {
    at: At<'n>,
    value: PhantomData<T>,
}

impl<'n, T> Nullable<'n, T> {
    fn new(at: At<'n>) -> Self {
        Self { at, value: PhantomData }
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
        T::read(from, self.at).map(Some)
    }
}

/// The element of a list or map: a value, or a value that may be absent.
pub trait Element: Sized {
    /// The type of the value.
    type Value: Read;
    /// Converts the value; `None` for a `null` to be dropped.
    fn of(value: Option<Self::Value>) -> Option<Self>;
}

impl<T: Read> Element for T {
    type Value = T;

    fn of(value: Option<T>) -> Option<T> {
        value.or_else(T::null)
    }
}

impl<T: Read> Element for Option<T> {
    type Value = T;

    fn of(value: Option<T>) -> Option<Self> {
        Some(value)
    }
}

impl<T: Element> Read for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(ListVisitor { at, element: PhantomData })
    }
}

struct ListVisitor<'n, T> {
    at: At<'n>,
    element: PhantomData<T>,
}

impl<T> ListVisitor<'_, T> {
    const EXPECTED: &'static str = "an array";
}

impl<'de, T: Element> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element_seed(Nullable::new(self.at))? {
            // Smithy drops null values from dense lists.
            let Some(element) = T::of(element) else { continue };
            self.at.room.push(&mut list, element)?;
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        Err(mismatch(self.at, Self::EXPECTED, object_or_number(&mut map)?))
    }

    refuse_scalars!();
}

/// The key of a map: a string, or a string enum.
pub trait MapKey: for<'t> From<&'t str> + AsRef<str> + Eq + Hash {}

impl<T: for<'t> From<&'t str> + AsRef<str> + Eq + Hash> MapKey for T {}

impl<K: MapKey, T: Element> Read for HashMap<K, T> {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(MapVisitor { at, entry: PhantomData })
    }
}

struct MapVisitor<'n, K, T> {
    at: At<'n>,
    entry: PhantomData<(K, T)>,
}

impl<K, T> MapVisitor<'_, K, T> {
    const EXPECTED: &'static str = "an object";
}

impl<'de, K: MapKey, T: Element> Visitor<'de> for MapVisitor<'_, K, T> {
    type Value = HashMap<K, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = HashMap::new();
        while let Some(key) = entries.next_key_seed(Name)? {
            if key == NUMBER {
                return Err(mismatch(self.at, Self::EXPECTED, "a number"));
            }
            // Smithy drops null values from dense maps.
            if let Some(value) = T::of(entries.next_value_seed(Nullable::new(self.at))?) {
                self.at.room.insert(&mut map, K::from(&key), value)?;
            }
        }
        Ok(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(mismatch(self.at, Self::EXPECTED, "an array"))
    }

    refuse_scalars!();
}
