//! Objects and arrays.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Field, Members, Read, Structure, mismatch};

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
    value: PhantomData<T>,
}

impl<'n, T> Nullable<'n, T> {
    fn new(name: &'n str) -> Self {
        Self { name, value: PhantomData }
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
        from.deserialize_any(ListVisitor { name, element: PhantomData })
    }
}

struct ListVisitor<'n, T> {
    name: &'n str,
    element: PhantomData<T>,
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
