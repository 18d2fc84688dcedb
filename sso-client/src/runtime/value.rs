//! Values as text on the wire.

use std::borrow::Cow;
use std::fmt;

/// A value that can stand in a path, a query or a header.
pub trait WireValue: fmt::Debug {
    /// Its text.
    fn to_wire(&self) -> Cow<'_, str>;
}

impl WireValue for String {
    fn to_wire(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T: WireEnum> WireValue for T {
    fn to_wire(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_ref())
    }
}

macro_rules! by_display {
    ($($ty:ty),*) => {$(
        impl WireValue for $ty {
            fn to_wire(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    )*};
}

by_display!(bool, i8, i16, i32, i64);

macro_rules! by_float {
    ($($ty:ty),*) => {$(
        impl WireValue for $ty {
            fn to_wire(&self) -> Cow<'_, str> {
                if self.is_nan() {
                    Cow::Borrowed("NaN")
                } else if self.is_infinite() {
                    Cow::Borrowed(if *self > 0.0 { "Infinity" } else { "-Infinity" })
                } else {
                    // With its fraction, as `1.0`.
                    Cow::Owned(format!("{self:?}"))
                }
            }
        }
    )*};
}

by_float!(f32, f64);

/// A generated enum of strings.
pub trait WireEnum: AsRef<str> + fmt::Debug {}

/// The text of an enum value that the model does not list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownVariantValue(String);

impl UnknownVariantValue {
    /// Keeps a text.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let check = |value: &dyn WireValue, text: &str| assert_eq!(value.to_wire(), text);
        check(&"a b".to_owned(), "a b");
        check(&true, "true");
        check(&-5_i32, "-5");
        check(&i64::MAX, "9223372036854775807");
        check(&1.0_f64, "1.0");
        check(&f64::NAN, "NaN");
        check(&f32::NEG_INFINITY, "-Infinity");
    }
}
