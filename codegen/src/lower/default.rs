//! Default values: the model's JSON as a value of the member's type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Lowering;
use crate::ir::{Default, Presence, Type};
use crate::model::{Member, ShapeId, ShapeKind, number};

impl Lowering<'_> {
    /// Returns whether a member may be absent, and its default if not.
    pub(super) fn presence(&mut self, id: &ShapeId, name: &str, member: &Member, ty: &Type) -> Presence {
        // Types with unknown values have no default that all of those could have.
        let open = matches!(ty, Type::Structure(_) | Type::Error(_) | Type::Union(_) | Type::Unit);
        if matches!(ty, Type::ByteStream | Type::EventStream(_)) {
            return Presence::Default(Default::Zero);
        }
        if open || member.traits.has("smithy.api#clientOptional") {
            return Presence::Optional;
        }
        let value = member.traits.get("smithy.api#default").filter(|value| !value.is_null());
        let Some(value) = value else {
            let required = member.traits.has("smithy.api#required");
            return if required { Presence::Required } else { Presence::Optional };
        };
        match self.default_value(&member.target, ty, value) {
            Some(default) => Presence::Default(default),
            None => {
                let value = number::shown(value);
                self.report.member(id, name, format!("its default {value} does not fit its type"));
                Presence::Optional
            }
        }
    }

    fn default_value(&self, target: &ShapeId, ty: &Type, value: &Value) -> Option<Default> {
        if let Some(digits) = number::digits(value) {
            return match ty {
                Type::BigInteger | Type::BigDecimal => big(ty, digits),
                _ => self.default_value(target, ty, &Value::from(digits.parse::<f64>().ok()?)),
            };
        }
        match (ty, value) {
            (Type::Boolean, Value::Bool(value)) => Some(Default::Boolean(*value)),
            (Type::Byte, value) => whole(value, i8::MIN.into(), i8::MAX.into()),
            (Type::Short, value) => whole(value, i16::MIN.into(), i16::MAX.into()),
            (Type::Integer | Type::IntEnum(_), value) => whole(value, i32::MIN.into(), i32::MAX.into()),
            (Type::Long, value) => whole(value, i64::MIN, i64::MAX),
            (Type::Float | Type::Double, Value::String(text)) => not_finite(text).map(Default::Float),
            // A string, since larger numbers would be rounded.
            (Type::Float, Value::Number(number)) => {
                let fits = number.to_string().parse().is_ok_and(f32::is_finite);
                number.as_f64().filter(|_| fits).map(Default::Float)
            }
            (Type::Double, value) => value.as_f64().map(Default::Float),
            (Type::BigInteger | Type::BigDecimal, Value::Number(number)) => big(ty, &number.to_string()),
            (Type::String, Value::String(value)) => Some(Default::String(value.clone())),
            (Type::Enum(_), Value::String(value)) if self.is_enum_value(target, value) => {
                Some(Default::String(value.clone()))
            }
            (Type::Blob, Value::String(value)) => Some(Default::Blob(blob(value))),
            (Type::Timestamp, Value::Number(number)) => {
                number.as_i64().map(Default::Integer).or_else(|| number.as_f64().map(Default::Float))
            }
            (Type::Timestamp, Value::String(text)) => timestamp(text),
            (Type::Document, value) => Some(Default::Document(value.clone())),
            (Type::List(_), Value::Array(values)) if values.is_empty() => Some(Default::Zero),
            (Type::Map(..), Value::Object(values)) if values.is_empty() => Some(Default::Zero),
            _ => None,
        }
    }

    fn is_enum_value(&self, target: &ShapeId, value: &str) -> bool {
        let Some(ShapeKind::Enum(members)) = self.model.shape(target).map(|shape| &shape.kind) else { return false };
        members.iter().any(|(name, member)| member.traits.string("smithy.api#enumValue").unwrap_or(name) == value)
    }
}

/// Returns an arbitrary-precision number.
fn big(ty: &Type, digits: &str) -> Option<Default> {
    let digits = if *ty == Type::BigInteger { number::whole_digits(digits)? } else { digits.to_owned() };
    Some(Default::String(digits))
}

/// Parses a point in time in the format of RFC 3339.
fn timestamp(text: &str) -> Option<Default> {
    let time: jiff::Timestamp = text.parse().ok()?;
    let (seconds, nanos) = (time.as_second(), time.subsec_nanosecond());
    // Nanoseconds count from the second before, those of jiff from the one nearer to 1970.
    let (seconds, nanos) = if nanos < 0 { (seconds - 1, nanos + 1_000_000_000) } else { (seconds, nanos) };
    Some(Default::Time(seconds, u32::try_from(nanos).ok()?))
}

/// Parses NaN and infinities, which JSON writes as strings.
fn not_finite(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Returns an integer in a range, `5.0` included.
fn whole(value: &Value, min: i64, max: i64) -> Option<Default> {
    let number = value.as_i64().or_else(|| {
        let float = value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15)?;
        format!("{float:.0}").parse().ok()
    })?;
    (min..=max).contains(&number).then_some(Default::Integer(number))
}

/// Returns the bytes of a blob's default: base64 or, as older models have it, the plain text.
fn blob(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap_or_else(|_| text.as_bytes().to_vec())
}
