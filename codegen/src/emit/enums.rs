//! Enums: modeled values as variants, and one for unknown values.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs;
use crate::ir::{Enum, Variant, VariantValue};

pub(super) fn enumeration(found: &Enum) -> TokenStream {
    if found.integers { of_integers(found) } else { of_strings(found) }
}

fn definitions(found: &Enum) -> impl Iterator<Item = TokenStream> {
    found.variants.iter().map(|variant| {
        let text = match (&variant.value, variant.docs.is_empty()) {
            (_, false) => variant.docs.clone(),
            (VariantValue::Text(value), true) => format!("The value {}.", docs::code(value)),
            (VariantValue::Number(value), true) => format!("The value `{value}`."),
        };
        let (doc, name) = (docs::outer(&text), &variant.name);
        let deprecated = docs::deprecated(&variant.deprecated);
        quote! { #doc #deprecated #name, }
    })
}

/// Returns `Debug`: derived, or an implementation that redacts the value.
fn debug(found: &Enum) -> (Option<TokenStream>, Option<TokenStream>) {
    if !found.sensitive {
        return (Some(quote! { Debug, }), None);
    }
    let name = &found.name;
    let debug = quote! {
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(REDACTED)
            }
        }
    };
    (None, Some(debug))
}

fn text(variant: &Variant) -> &str {
    match &variant.value {
        VariantValue::Text(text) => text,
        VariantValue::Number(_) => "",
    }
}

fn of_strings(found: &Enum) -> TokenStream {
    let Enum { name, variants, .. } = found;
    let doc = docs::outer(&super::structure::described(&found.docs, &name.to_string()));
    let deprecated = docs::deprecated(&found.deprecated);
    let definitions = definitions(found);
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let values: Vec<_> = variants.iter().map(text).collect();
    let (derive_debug, debug) = debug(found);
    let read = found.direction.received.then(|| {
        quote! {
            impl json::Read for #name {
                fn read<'de, D: json::Deserializer<'de>>(from: D, at: json::At<'_>) -> Result<Self, D::Error> {
                    json::read_text(from, at).map(|text| Self::from(&*text))
                }
            }
        }
    });
    let write = found.direction.sent.then(|| {
        quote! {
            impl json::Write for #name {
                fn write(&self, to: json::Slot<'_>) {
                    to.text(self.as_str());
                }
            }
        }
    });
    quote! {
        #doc
        ///
        /// Values that are not modeled are kept in `Unknown`. Match them with a wildcard arm and compare
        /// `as_str`, so that the match still works once the model has the value.
        #deprecated
        #[derive(Clone, #derive_debug PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#definitions)*
            /// A value that is not modeled.
            Unknown(UnknownVariantValue),
        }
        impl #name {
            /// Returns the value as it is sent on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #values,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }
            /// Returns all modeled values as they are sent on the wire.
            pub const fn values() -> &'static [&'static str] {
                &[#(#values),*]
            }
        }
        #debug
        impl From<&str> for #name {
            fn from(text: &str) -> Self {
                match text {
                    #(#values => Self::#names,)*
                    other => Self::Unknown(UnknownVariantValue::new(other)),
                }
            }
        }
        impl FromStr for #name {
            type Err = Infallible;
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self::from(text))
            }
        }
        impl AsRef<str> for #name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl fmt::Display for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl WireEnum for #name {}
        #read
        #write
    }
}

fn of_integers(found: &Enum) -> TokenStream {
    let Enum { name, variants, .. } = found;
    let doc = docs::outer(&super::structure::described(&found.docs, &name.to_string()));
    let deprecated = docs::deprecated(&found.deprecated);
    let definitions = definitions(found);
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let values: Vec<_> = variants
        .iter()
        .map(|variant| match variant.value {
            VariantValue::Number(value) => Literal::i32_unsuffixed(value),
            VariantValue::Text(_) => Literal::i32_unsuffixed(0),
        })
        .collect();
    let (derive_debug, debug) = debug(found);
    let read = found.direction.received.then(|| {
        quote! {
            impl json::Read for #name {
                fn read<'de, D: json::Deserializer<'de>>(from: D, at: json::At<'_>) -> Result<Self, D::Error> {
                    <i32 as json::Read>::read(from, at).map(Self::from)
                }
            }
        }
    });
    let write = found.direction.sent.then(|| {
        quote! {
            impl json::Write for #name {
                fn write(&self, to: json::Slot<'_>) {
                    to.token(self.as_i32());
                }
            }
        }
    });
    quote! {
        #doc
        ///
        /// Values that are not modeled are kept in `Unknown`. Match them with a wildcard arm and compare
        /// `as_i32`, so that the match still works once the model has the value.
        #deprecated
        #[derive(Clone, Copy, #derive_debug PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#definitions)*
            /// A value that is not modeled.
            Unknown(i32),
        }
        impl #name {
            /// Returns the value as it is sent on the wire.
            pub const fn as_i32(self) -> i32 {
                match self {
                    #(Self::#names => #values,)*
                    Self::Unknown(value) => value,
                }
            }
            /// Returns all modeled values as they are sent on the wire.
            pub const fn values() -> &'static [i32] {
                &[#(#values),*]
            }
        }
        #debug
        impl From<i32> for #name {
            fn from(number: i32) -> Self {
                match number {
                    #(#values => Self::#names,)*
                    other => Self::Unknown(other),
                }
            }
        }
        impl From<#name> for i32 {
            fn from(value: #name) -> Self {
                value.as_i32()
            }
        }
        impl WireValue for #name {
            fn to_wire(&self) -> Cow<'_, str> {
                Cow::Owned(self.as_i32().to_string())
            }
        }
        impl FromWire for #name {
            fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
                text.parse().ok().map(|number: i32| Self::from(number))
            }
        }
        #read
        #write
    }
}
