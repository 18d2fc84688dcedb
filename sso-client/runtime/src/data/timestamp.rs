//! Points in time in JSON bodies, paths, queries and headers.

use std::borrow::Cow;

use crate::data::json::{At, Deserializer, Read, Scalar, Slot, Write, mismatch, read_scalar};
use crate::data::serialize::{Serializer, Shape};
use crate::data::{FromWire, WireValue};
use crate::time::TimestampFormat;
use crate::time::timestamp::{DateTime, Format, text};

impl Read for DateTime {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        let format = Format::from(at.format);
        let scalar = read_scalar(from)?;
        let found = match &scalar {
            Scalar::Text(found) => text::parse(found, format),
            Scalar::Integer(seconds) if format == Format::EpochSeconds => Some(Self::from_secs(*seconds)),
            Scalar::Float(seconds) if format == Format::EpochSeconds => text::from_float(*seconds),
            _ => None,
        };
        found.ok_or_else(|| {
            let what = if matches!(scalar, Scalar::Text(_)) { "another text" } else { scalar.what() };
            mismatch(at, text::example(format), what)
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
        match text::format(*self, format) {
            Some(seconds) if format == Format::EpochSeconds => to.token(seconds),
            Some(text) => to.text(&text),
            None => to.refuse(text::NO_SUCH_YEAR),
        }
    }
}

impl WireValue for DateTime {
    fn to_wire(&self) -> Cow<'_, str> {
        self.to_wire_as(TimestampFormat::DateTime)
    }

    fn to_wire_as(&self, format: TimestampFormat) -> Cow<'_, str> {
        // Where there is no text, `refusal` keeps the request from being sent.
        text::format(*self, format.into()).unwrap_or_else(|| text::epoch_seconds(*self)).into()
    }

    fn refusal(&self, format: TimestampFormat) -> Option<&'static str> {
        text::format(*self, format.into()).is_none().then_some(text::NO_SUCH_YEAR)
    }
}

impl FromWire for DateTime {
    const HAS_COMMA: bool = true;

    fn from_wire(text: &str, format: TimestampFormat) -> Option<Self> {
        text::parse(text, format.into())
    }
}
