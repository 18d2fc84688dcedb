//! Converts values of protocol tests, JSON by the model's names, to Rust expressions.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use serde_json::{Value, json};

use crate::emit::default;
use crate::emit::fields::value_type;
use crate::emit::imports::Names;
use crate::ir::{Element, Member, Presence, Service, Structure, Type};

pub(super) struct Values<'s> {
    pub(super) service: &'s Service,
    pub(super) names: Names,
}

impl Values<'_> {
    /// Returns the value of a member, boxed if the member is.
    pub(super) fn member(&self, member: &Member, value: &Value) -> TokenStream {
        let value = self.value(&member.ty, value);
        if member.boxed { quote!(Box::new(#value)) } else { value }
    }

    pub(super) fn value(&self, ty: &Type, value: &Value) -> TokenStream {
        let text = value.as_str().unwrap_or_default();
        match ty {
            Type::String => quote!(#text.to_owned()),
            Type::Boolean => {
                let value = value.as_bool().unwrap_or_default();
                quote!(#value)
            }
            Type::Byte | Type::Short | Type::Integer | Type::Long => integer(value),
            Type::Float => float(value, &quote!(f32)),
            Type::Double => float(value, &quote!(f64)),
            Type::BigInteger | Type::BigDecimal => {
                let text = if value.is_string() { text.to_owned() } else { value.to_string() };
                quote!(#text.parse().expect("a number"))
            }
            Type::Blob => {
                let bytes = Literal::byte_string(text.as_bytes());
                quote!(blob::Blob::new(#bytes.to_vec()))
            }
            Type::Timestamp => timestamp(value),
            Type::Document => default::document(value),
            Type::List(element) => {
                let elements = value.as_array().into_iter().flatten().map(|value| self.element(element, value));
                quote!(vec![#(#elements),*])
            }
            Type::Map(key, element) => {
                let entries = value.as_object().into_iter().flatten().map(|(name, value)| {
                    let (key, value) = (self.value(key, &json!(name)), self.element(element, value));
                    quote!((#key, #value))
                });
                quote!(HashMap::from([#(#entries),*]))
            }
            Type::Structure(name) => self.structure(&self.names.data(name), &self.service.structures, name, value),
            Type::Error(name) => self.structure(&self.names.error(name), &self.service.errors, name, value),
            Type::Union(name) => self.union(name, value),
            Type::Enum(name) => {
                let path = self.names.data(name);
                quote!(#path::from(#text))
            }
            Type::IntEnum(name) => {
                let (path, value) = (self.names.data(name), integer(value));
                quote!(#path::from(#value))
            }
            Type::Unit => quote!(()),
            Type::ByteStream => {
                let bytes = Literal::byte_string(text.as_bytes());
                quote!(byte_stream::ByteStream::from_static(#bytes))
            }
            Type::EventStream(_) => quote!(event_stream::EventReceiver::default()),
            Type::EventSender(_) => quote!(event_stream::EventStreamSender::default()),
        }
    }

    fn element(&self, element: &Element, value: &Value) -> TokenStream {
        if !element.optional {
            return self.value(&element.ty, value);
        }
        if value.is_null() && element.ty != Type::Document {
            return quote!(None);
        }
        let value = self.value(&element.ty, value);
        quote!(Some(#value))
    }

    fn structure(&self, path: &TokenStream, all: &[Structure], name: &Ident, value: &Value) -> TokenStream {
        let members = all.iter().find(|found| found.name == *name).map(|found| found.members.as_slice());
        let members = members.unwrap_or_default();
        let setters = members.iter().filter_map(|member| {
            let setter = &member.setter;
            let value = match (value.get(&member.wire_name).filter(|value| !value.is_null()), &member.presence) {
                (Some(value), _) => self.member(member, value),
                // A response fills in missing members when it is parsed.
                (None, Presence::Required) => default::zero(&member.ty, &self.names),
                (None, _) => return None,
            };
            Some(quote! { .#setter(Some(#value)) })
        });
        let fallible = members.iter().any(|member| member.presence == Presence::Required);
        let expect = fallible.then(|| quote! { .expect("complete") });
        quote!(#path::builder() #(#setters)* .build() #expect)
    }

    fn union(&self, name: &Ident, value: &Value) -> TokenStream {
        let path = self.names.data(name);
        let found = self.service.unions.iter().find(|found| found.name == *name);
        let variant = found.into_iter().flat_map(|found| &found.variants).find_map(|variant| {
            let value = value.get(&variant.member.wire_name).filter(|value| !value.is_null())?;
            let name = &variant.name;
            if variant.member.ty == Type::Unit {
                return Some(quote!(#path::#name));
            }
            let value = self.member(&variant.member, value);
            Some(quote!(#path::#name(#value)))
        });
        let unknown = || {
            let (name, value) = value.as_object()?.iter().find(|(_, value)| !value.is_null())?;
            let value = value.to_string();
            Some(quote!(#path::Unknown(crate::runtime::protocol_tests::unknown_variant(#name, #value))))
        };
        variant.or_else(unknown).unwrap_or_else(|| quote!(compile_error!("the test gives a union no variant")))
    }

    /// Returns parameters with a value for each required member.
    pub(super) fn minimal<'m>(&self, members: impl IntoIterator<Item = &'m Member>) -> Value {
        let required = members.into_iter().filter(|member| member.required);
        required.map(|member| (member.wire_name.clone(), self.something(&member.ty))).collect()
    }

    /// Returns any value of a type, as JSON.
    fn something(&self, ty: &Type) -> Value {
        match ty {
            Type::Boolean => json!(true),
            Type::Byte | Type::Short | Type::Integer | Type::Long | Type::Float | Type::Double => json!(1),
            Type::BigInteger | Type::BigDecimal | Type::IntEnum(_) | Type::Timestamp => json!(1),
            Type::List(_) => json!([]),
            Type::Map(..) | Type::Document | Type::Unit => json!({}),
            Type::Structure(name) => {
                let found = self.service.structures.iter().find(|found| found.name == *name);
                self.minimal(found.into_iter().flat_map(|found| &found.members))
            }
            Type::Union(name) => {
                let found = self.service.unions.iter().find(|found| found.name == *name);
                let variant = found.and_then(|found| found.variants.first()).map(|variant| &variant.member);
                variant.map(|member| (member.wire_name.clone(), self.something(&member.ty))).into_iter().collect()
            }
            Type::Error(_) => json!({}),
            _ => json!("x"),
        }
    }

    pub(super) fn field_type(&self, member: &Member) -> TokenStream {
        let ty = value_type(member, &self.names);
        if member.is_optional() { quote!(Option<#ty>) } else { ty }
    }
}

fn integer(value: &Value) -> TokenStream {
    let value = value.as_i64().or_else(|| value.as_f64().map(|value| value as i64)).unwrap_or_default();
    let value = Literal::i64_unsuffixed(value);
    quote!(#value)
}

fn float(value: &Value, ty: &TokenStream) -> TokenStream {
    match value.as_str() {
        Some("NaN") => quote!(#ty::NAN),
        Some("Infinity") => quote!(#ty::INFINITY),
        Some("-Infinity") => quote!(#ty::NEG_INFINITY),
        _ => {
            let value = Literal::f64_unsuffixed(value.as_f64().unwrap_or_default());
            quote!(#value)
        }
    }
}

fn timestamp(value: &Value) -> TokenStream {
    if let Some(text) = value.as_str() {
        let format = quote!(timestamp::Format::DateTime);
        return quote!(timestamp::DateTime::from_str(#text, #format).expect("a point in time"));
    }
    match value.as_i64() {
        Some(seconds) => {
            let seconds = Literal::i64_unsuffixed(seconds);
            quote!(timestamp::DateTime::from_secs(#seconds))
        }
        None => {
            let seconds = Literal::f64_unsuffixed(value.as_f64().unwrap_or_default());
            quote!(timestamp::DateTime::from_secs_f64(#seconds))
        }
    }
}

pub(super) fn holds_nan(value: &Value) -> bool {
    match value {
        Value::String(text) => text == "NaN",
        Value::Array(values) => values.iter().any(holds_nan),
        Value::Object(entries) => entries.values().any(holds_nan),
        _ => false,
    }
}
