//! Unions.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::scalar::NUMBER;
use super::visit::{MapMembers, Name, Seen, refuse, refuse_scalars};
use super::{At, Members, Read, Slot, Write, mismatch};

/// A union that is read from a JSON object with one member.
pub trait ReadUnion: Sized {
    /// Reads the current member as a variant; `None` if the value is `null`.
    ///
    /// # Errors
    ///
    /// If the value is not of the variant's type.
    fn read_variant<M: Members>(from: &mut M) -> Result<Option<Self>, M::Error>;
}

/// A variant that the model does not list.
#[derive(Clone, PartialEq)]
pub struct UnknownVariant {
    name: String,
    value: Value,
}

impl UnknownVariant {
    pub(crate) fn new(name: &str, value: Value) -> Self {
        Self { name: name.to_owned(), value }
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its value as JSON.
    pub fn json(&self) -> String {
        self.value.to_string()
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }
}

/// Omits the value, which may be sensitive.
impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownVariant").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The value of a variant without members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unit;

impl Read for Unit {
    fn read<'de, D: Deserializer<'de>>(from: D, _at: At<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(IgnoredAny).map(|_| Self)
    }
}

impl Write for Unit {
    fn write(&self, to: Slot<'_>) {
        to.object().end();
    }
}

/// Reads a union.
///
/// # Errors
///
/// If the JSON is not an object with exactly one non-null member, or its value is not of the variant's type.
pub fn read_union<'de, T: ReadUnion, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<T, D::Error> {
    from.deserialize_any(UnionVisitor { at, union: PhantomData })
}

struct UnionVisitor<'n, T> {
    at: At<'n>,
    union: PhantomData<T>,
}

impl<T> UnionVisitor<'_, T> {
    const EXPECTED: &'static str = "an object";
}

impl<'de, T: ReadUnion> Visitor<'de> for UnionVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut found = None;
        let name = self.at.name;
        while let Some(member) = map.next_key_seed(Name)? {
            if member == NUMBER {
                return Err(mismatch(self.at, Self::EXPECTED, "a number"));
            }
            let mut member = MapMembers { name: member, map: &mut map, seen: &mut Seen::default(), room: self.at.room };
            // Some services add the union's own type.
            if member.name() == "__type" {
                member.skip()?;
                continue;
            }
            let variant = T::read_variant(&mut member)?;
            if variant.is_some() && found.is_some() {
                return Err(A::Error::custom(format_args!("{name}: a union has one member, and here are more")));
            }
            found = found.or(variant);
        }
        found.ok_or_else(|| A::Error::custom(format_args!("{name}: a union has one member, and here is none")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(mismatch(self.at, Self::EXPECTED, "an array"))
    }

    refuse_scalars!();
}
