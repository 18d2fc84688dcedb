//! Default values as Rust expressions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::fields::rust_type;
use super::imports::Names;
use crate::ir::{Default, Type};

/// Unwraps an `Option`, with the default in place of `None`.
pub(super) fn default_value(ty: &Type, default: &Default, option: TokenStream, names: &Names) -> TokenStream {
    let value = constant(ty, default, names);
    match (ty, default) {
        (Type::Enum(_) | Type::IntEnum(_), _) => quote!(#option.unwrap_or_else(|| #value)),
        (_, default) if default.is_zero() => quote!(#option.unwrap_or_default()),
        (_, Default::Boolean(_)) => quote!(#option.unwrap_or(#value)),
        (Type::Timestamp, _) => quote!(#option.unwrap_or_else(|| #value)),
        (_, Default::Integer(_) | Default::Float(_)) => quote!(#option.unwrap_or(#value)),
        _ => quote!(#option.unwrap_or_else(|| #value)),
    }
}

/// Returns the default value.
pub(super) fn constant(ty: &Type, default: &Default, names: &Names) -> TokenStream {
    match (ty, default) {
        (Type::Enum(name), Default::String(text)) => {
            let name = names.data(name);
            quote!(#name::from(#text))
        }
        (Type::IntEnum(name), Default::Integer(value)) => {
            let (name, value) = (names.data(name), Literal::i64_unsuffixed(*value));
            quote!(#name::from(#value))
        }
        (ty, default) if default.is_zero() => zero(ty, names),
        (Type::Timestamp, Default::Integer(seconds)) => {
            let seconds = Literal::i64_unsuffixed(*seconds);
            quote!(timestamp::DateTime::from_secs(#seconds))
        }
        (Type::Timestamp, Default::Float(seconds)) => {
            let seconds = Literal::f64_unsuffixed(*seconds);
            quote!(timestamp::DateTime::from_secs_f64(#seconds))
        }
        (_, Default::Time(seconds, nanos)) => {
            let (seconds, nanos) = (Literal::i64_unsuffixed(*seconds), Literal::u32_unsuffixed(*nanos));
            quote!(timestamp::DateTime::from_secs_and_nanos(#seconds, #nanos))
        }
        (_, Default::Boolean(value)) => quote!(#value),
        (_, Default::Integer(value)) => {
            let value = Literal::i64_unsuffixed(*value);
            quote!(#value)
        }
        (ty, Default::Float(value)) if !value.is_finite() => {
            let ty = rust_type(ty, names);
            if value.is_nan() {
                quote!(#ty::NAN)
            } else if *value > 0.0 {
                quote!(#ty::INFINITY)
            } else {
                quote!(#ty::NEG_INFINITY)
            }
        }
        (_, Default::Float(value)) => {
            let value = Literal::f64_unsuffixed(*value);
            quote!(#value)
        }
        (Type::BigInteger | Type::BigDecimal, Default::String(text)) => quote!(#text.parse().unwrap_or_default()),
        (_, Default::String(text)) => quote!(#text.to_owned()),
        (_, Default::Blob(bytes)) => {
            let bytes = Literal::byte_string(bytes);
            quote!(blob::Blob::new(#bytes.as_slice()))
        }
        (_, Default::Document(value)) => document(value),
        (ty, Default::Zero) => zero(ty, names),
    }
}

/// Returns the zero value of a type.
pub(super) fn zero(ty: &Type, names: &Names) -> TokenStream {
    match ty {
        Type::Enum(name) => {
            let name = names.data(name);
            quote!(#name::from(""))
        }
        Type::IntEnum(name) => {
            let name = names.data(name);
            quote!(#name::from(0))
        }
        Type::Boolean => quote!(false),
        Type::Byte | Type::Short | Type::Integer | Type::Long => quote!(0),
        Type::Float | Type::Double => quote!(0.0),
        Type::String => quote!(String::new()),
        Type::List(_) => quote!(Vec::new()),
        Type::Map(..) => quote!(HashMap::new()),
        Type::EventStream(_) => quote!(event_stream::EventReceiver::default()),
        ty => {
            let ty = rust_type(ty, names);
            quote!(#ty::default())
        }
    }
}

pub(super) fn document(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(document::Document::Null),
        Value::Bool(value) => quote!(document::Document::Bool(#value)),
        Value::String(text) => quote!(document::Document::String(#text.to_owned())),
        Value::Number(number) => {
            let number = if let Some(value) = number.as_u64() {
                let value = Literal::u64_unsuffixed(value);
                quote!(PosInt(#value))
            } else if let Some(value) = number.as_i64() {
                let value = Literal::i64_unsuffixed(value);
                quote!(NegInt(#value))
            } else {
                let value = Literal::f64_unsuffixed(number.as_f64().unwrap_or_default());
                quote!(Float(#value))
            };
            quote!(document::Document::Number(document::Number::#number))
        }
        Value::Array(values) => {
            let values = values.iter().map(document);
            quote!(document::Document::Array(vec![#(#values),*]))
        }
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = document(value);
                quote!((#key.to_owned(), #value))
            });
            quote!(document::Document::Object(HashMap::from([#(#entries),*])))
        }
    }
}
