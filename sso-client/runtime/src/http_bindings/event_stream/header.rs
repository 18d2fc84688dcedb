//! Values of event headers, which have types of their own.

use aws_smithy_types::event_stream::HeaderValue as Wire;
use bytes::Bytes;

use crate::data::WireEnum;
use crate::data::blob::Blob;
use crate::time::timestamp::DateTime;

/// The value of an event header.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub enum HeaderValue {
    /// True or false.
    Boolean(bool),
    /// Eight bits.
    Byte(i8),
    /// 16 bits.
    Short(i16),
    /// 32 bits.
    Integer(i32),
    /// 64 bits.
    Long(i64),
    /// Bytes.
    Bytes(Bytes),
    /// Text.
    Text(String),
    /// A point in time, in milliseconds since 1970.
    Timestamp(i64),
    /// A UUID, which no shape has.
    Uuid(u128),
}

/// A value that can travel in the header of an event.
pub trait EventHeaderValue: Sized {
    /// Its value; `None` when the header is of another type.
    fn from_header(value: HeaderValue) -> Option<Self>;
    /// The header.
    fn to_header(&self) -> HeaderValue;
}

macro_rules! headers {
    ($($variant:ident $ty:ty;)*) => {$(
        impl EventHeaderValue for $ty {
            fn from_header(value: HeaderValue) -> Option<Self> {
                match value {
                    HeaderValue::$variant(value) => Some(value),
                    _ => None,
                }
            }

            fn to_header(&self) -> HeaderValue {
                HeaderValue::$variant(self.clone())
            }
        }
    )*};
}

headers! {
    Boolean bool;
    Byte i8;
    Short i16;
    Integer i32;
    Long i64;
    Bytes Bytes;
    Text String;
}

impl EventHeaderValue for Blob {
    fn from_header(value: HeaderValue) -> Option<Self> {
        Bytes::from_header(value).map(Self::new)
    }

    fn to_header(&self) -> HeaderValue {
        HeaderValue::Bytes(Bytes::copy_from_slice(self.as_ref()))
    }
}

impl EventHeaderValue for DateTime {
    fn from_header(value: HeaderValue) -> Option<Self> {
        match value {
            HeaderValue::Timestamp(millis) => Some(Self::from_millis(millis)),
            _ => None,
        }
    }

    fn to_header(&self) -> HeaderValue {
        // What no milliseconds can hold is further away than any event.
        HeaderValue::Timestamp(self.to_millis().unwrap_or(if self.secs() < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl<T: WireEnum> EventHeaderValue for T {
    fn from_header(value: HeaderValue) -> Option<Self> {
        String::from_header(value).map(|text| Self::from(&text))
    }

    fn to_header(&self) -> HeaderValue {
        HeaderValue::Text(self.as_ref().to_owned())
    }
}

impl HeaderValue {
    /// What stands on the wire; `None` for a type that is not known yet.
    pub(super) fn from_wire(value: &Wire) -> Option<Self> {
        Some(match value {
            Wire::Bool(value) => Self::Boolean(*value),
            Wire::Byte(value) => Self::Byte(*value),
            Wire::Int16(value) => Self::Short(*value),
            Wire::Int32(value) => Self::Integer(*value),
            Wire::Int64(value) => Self::Long(*value),
            Wire::ByteArray(value) => Self::Bytes(value.clone()),
            Wire::String(value) => Self::Text(value.as_str().to_owned()),
            Wire::Timestamp(value) => Self::Timestamp(value.to_millis().ok()?),
            Wire::Uuid(value) => Self::Uuid(*value),
            _ => return None,
        })
    }

    /// What to put on the wire; `None` when it is longer than a header may be.
    pub(super) fn into_wire(self) -> Option<Wire> {
        const LONGEST: usize = i16::MAX as usize;
        Some(match self {
            Self::Boolean(value) => Wire::Bool(value),
            Self::Byte(value) => Wire::Byte(value),
            Self::Short(value) => Wire::Int16(value),
            Self::Integer(value) => Wire::Int32(value),
            Self::Long(value) => Wire::Int64(value),
            Self::Bytes(value) if value.len() <= LONGEST => Wire::ByteArray(value),
            Self::Text(value) if value.len() <= LONGEST => Wire::String(value.into()),
            Self::Bytes(_) | Self::Text(_) => return None,
            Self::Timestamp(millis) => Wire::Timestamp(aws_smithy_types::DateTime::from_millis(millis)),
            Self::Uuid(value) => Wire::Uuid(value),
        })
    }
}
