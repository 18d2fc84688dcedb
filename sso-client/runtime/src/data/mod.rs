//! Values and their representations: JSON, wire text, and the Smithy types that Rust has no type for.

#[cfg(feature = "blob")]
pub mod blob;
#[cfg(feature = "document")]
pub mod document;
pub mod json;
#[cfg(feature = "number")]
pub mod number;
pub mod serialize;

use std::borrow::Cow;
use std::fmt;

use crate::time::TimestampFormat;

/// A value that can be bound to a label, a query parameter or a header.
pub trait WireValue: fmt::Debug {
    /// Whether it is a string, which may contain the separator of a list.
    const IS_TEXT: bool = false;

    /// Returns its text.
    fn to_wire(&self) -> Cow<'_, str>;

    /// Returns its text, with timestamps in a format.
    fn to_wire_as(&self, _format: TimestampFormat) -> Cow<'_, str> {
        self.to_wire()
    }

    /// Returns why the value has no text in this format, without the value itself, which may be sensitive.
    fn refusal(&self, _format: TimestampFormat) -> Option<&'static str> {
        None
    }
}

/// A value that can be parsed from a header.
pub trait FromWire: Sized {
    /// Whether its HTTP form contains a comma.
    const HAS_COMMA: bool = false;

    /// Parses the value.
    fn from_wire(text: &str, format: TimestampFormat) -> Option<Self>;
}

/// Of a list with nulls, which a header does not have.
impl<T: FromWire> FromWire for Option<T> {
    const HAS_COMMA: bool = T::HAS_COMMA;

    fn from_wire(text: &str, format: TimestampFormat) -> Option<Self> {
        T::from_wire(text, format).map(Some)
    }
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
                    // Rust also parses "inf" and the like.
                    _ => text.parse().ok().filter(|value: &Self| value.is_finite()),
                }
            }
        }
    )*};
}

by_float!(f32, f64);

/// A generated string enum.
pub trait WireEnum: AsRef<str> + for<'t> From<&'t str> + fmt::Debug {}

/// The text of an enum value that the model does not list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownVariantValue(String);

impl UnknownVariantValue {
    /// Wraps a text.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "timestamp")]
mod timestamp {
    use std::borrow::Cow;

    use crate::data::json::{At, Deserializer, Read, Scalar, Slot, Write, mismatch, read_scalar};
    use crate::data::serialize::{Serializer, Shape};
    use crate::data::{FromWire, WireValue};
    use crate::time::TimestampFormat;
    use crate::time::timestamp::{DateTime, Format, NO_SUCH_YEAR};

    impl Read for DateTime {
        fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
            let format = Format::from(at.format);
            let scalar = read_scalar(from)?;
            let found = match &scalar {
                Scalar::Text(found) => Self::parse(found, format),
                Scalar::Integer(seconds) if format == Format::EpochSeconds => Some(Self::from_secs(*seconds)),
                Scalar::Float(seconds) if format == Format::EpochSeconds => Self::from_float(*seconds),
                _ => None,
            };
            found.ok_or_else(|| {
                let what = if matches!(scalar, Scalar::Text(_)) { "another text" } else { scalar.what() };
                mismatch(at, format.example(), what)
            })
        }
    }

    impl Shape for DateTime {
        fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str(&self.to_wire_as(TimestampFormat::DateTime))
        }
    }

    impl Write for DateTime {
        fn write(&self, to: Slot<'_>) {
            let format = Format::from(to.format());
            match self.format(format) {
                Some(seconds) if format == Format::EpochSeconds => to.token(seconds),
                Some(text) => to.text(&text),
                None => to.refuse(NO_SUCH_YEAR),
            }
        }
    }

    impl WireValue for DateTime {
        fn to_wire(&self) -> Cow<'_, str> {
            self.to_wire_as(TimestampFormat::DateTime)
        }

        fn to_wire_as(&self, format: TimestampFormat) -> Cow<'_, str> {
            // Without a text, `refusal` prevents the request from being sent.
            self.format(format.into()).unwrap_or_else(|| self.epoch_seconds()).into()
        }

        fn refusal(&self, format: TimestampFormat) -> Option<&'static str> {
            self.format(format.into()).is_none().then_some(NO_SUCH_YEAR)
        }
    }

    impl FromWire for DateTime {
        const HAS_COMMA: bool = true;

        fn from_wire(text: &str, format: TimestampFormat) -> Option<Self> {
            Self::parse(text, format.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_text() {
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
    fn parsing_wire_text() {
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
