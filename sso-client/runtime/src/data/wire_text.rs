//! Values as text on the wire.
//!
//! What must stay true: a value's text is the same in a path, a query and a header, but for points in
//! time; an enum's unknown value is sent as it is.

use std::borrow::Cow;
use std::fmt;

use crate::time::TimestampFormat;

/// A value that can stand in a path, a query or a header.
pub trait WireValue: fmt::Debug {
    /// Whether it is text of the caller's, which may hold what separates the values of a list.
    const IS_TEXT: bool = false;

    /// Its text.
    fn to_wire(&self) -> Cow<'_, str>;

    /// Its text, where points in time are written like this.
    fn to_wire_as(&self, _format: TimestampFormat) -> Cow<'_, str> {
        self.to_wire()
    }

    /// Why it has no text of this kind and cannot be sent, where that is so. Not the value itself:
    /// it may be a secret.
    fn refusal(&self, _format: TimestampFormat) -> Option<&'static str> {
        None
    }
}

/// A value that can be read from a header.
pub trait FromWire: Sized {
    /// Whether its text holds a comma when it is written the HTTP way.
    const HAS_COMMA: bool = false;

    /// Reads it; `None` when the text is none of its kind.
    fn from_wire(text: &str, format: TimestampFormat) -> Option<Self>;
}

impl WireValue for String {
    const IS_TEXT: bool = true;

    fn to_wire(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl FromWire for String {
    fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<T: WireEnum> WireValue for T {
    const IS_TEXT: bool = true;

    fn to_wire(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_ref())
    }
}

impl<T: WireEnum> FromWire for T {
    fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
        Some(Self::from(text))
    }
}

macro_rules! by_display {
    ($($ty:ty),*) => {$(
        impl WireValue for $ty {
            fn to_wire(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }

        impl FromWire for $ty {
            fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
                text.parse().ok()
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

        impl FromWire for $ty {
            fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
                match text {
                    "NaN" => Some(Self::NAN),
                    "Infinity" => Some(Self::INFINITY),
                    "-Infinity" => Some(Self::NEG_INFINITY),
                    // What Rust reads besides, such as "inf", is no number elsewhere.
                    _ => text.parse().ok().filter(|value: &Self| value.is_finite()),
                }
            }
        }
    )*};
}

by_float!(f32, f64);

/// A generated enum of strings.
pub trait WireEnum: AsRef<str> + for<'t> From<&'t str> + fmt::Debug {}

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
        fn check(value: &impl WireValue, text: &str) {
            assert_eq!(value.to_wire(), text);
        }
        check(&"a b".to_owned(), "a b");
        check(&true, "true");
        check(&-5_i32, "-5");
        check(&i64::MAX, "9223372036854775807");
        check(&1.0_f64, "1.0");
        check(&f64::NAN, "NaN");
        check(&f32::NEG_INFINITY, "-Infinity");
    }

    #[test]
    fn texts_are_read() {
        fn read<T: FromWire>(text: &str) -> Option<T> {
            T::from_wire(text, TimestampFormat::HttpDate)
        }
        assert_eq!(read::<String>(" a "), Some(" a ".to_owned()));
        assert_eq!((read::<bool>("true"), read::<bool>("1")), (Some(true), None));
        assert_eq!((read::<i8>("-128"), read::<i8>("128"), read::<i64>("1.5")), (Some(-128), None, None));
        assert_eq!((read::<f64>("1.5"), read::<f32>("-Infinity")), (Some(1.5), Some(f32::NEG_INFINITY)));
        assert!(read::<f64>("NaN").is_some_and(f64::is_nan));
        assert_eq!((read::<f64>("inf"), read::<f64>("1e999"), read::<f64>("")), (None, None, None));
    }
}
