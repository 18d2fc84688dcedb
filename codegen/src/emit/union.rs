//! Unions: modeled variants, and one for unknown variants.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::imports::Names;
use super::{docs, fields, wipe};
use crate::ir::{Type, Union, UnionVariant};

pub(super) fn union(found: &Union, names: &Names) -> TokenStream {
    let Union { name, variants, .. } = found;
    let doc = docs::outer(&super::structure::described(&found.docs, &found.wire_name));
    let deprecated = docs::deprecated(&found.deprecated);
    let definitions = variants.iter().map(|variant| definition(variant, names));
    let accessors = variants.iter().map(|variant| accessors(variant, names));
    let debug = redacting_debug(found);
    let derive_debug = debug.is_none().then(|| quote! { Debug, });
    let read = found.direction.received.then(|| read(found));
    let write = found.direction.sent.then(|| write(found));
    let wipe = wipe::union(found);
    quote! {
        #doc
        #deprecated
        #[derive(Clone, #derive_debug PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#definitions)*
            /// A variant that is not modeled.
            Unknown(json::UnknownVariant),
        }
        impl #name {
            #(#accessors)*
            /// Returns `true` if the variant is not modeled.
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }
        #debug
        #read
        #write
        #wipe
    }
}

fn definition(variant: &UnionVariant, names: &Names) -> TokenStream {
    let (doc, name) = (docs::outer(&fields::described(&variant.member)), &variant.name);
    let deprecated = docs::deprecated(&variant.member.deprecated);
    let value = match &variant.member.ty {
        Type::Unit => None,
        _ => {
            let ty = fields::value_type(&variant.member, names);
            Some(quote!((#ty)))
        }
    };
    quote! { #doc #deprecated #name #value, }
}

fn accessors(variant: &UnionVariant, names: &Names) -> TokenStream {
    let UnionVariant { name, accessors, member } = variant;
    if member.ty == Type::Unit {
        let (is, is_doc) = (&accessors.0, is_doc(name));
        return quote! {
            #is_doc
            pub fn #is(&self) -> bool {
                matches!(self, Self::#name)
            }
        };
    }
    value_accessors(name, accessors, &fields::rust_type(&member.ty, names), "value of")
}

/// Returns `is_…` and `as_…` of a variant; `what` describes its value in the documentation.
pub(super) fn value_accessors(name: &Ident, accessors: &(Ident, Ident), ty: &TokenStream, what: &str) -> TokenStream {
    let ((is, as_value), is_doc) = (accessors, is_doc(name));
    let as_doc = docs::outer(&format!("Returns the {what} [`{name}`](Self::{name})."));
    quote! {
        #is_doc
        pub fn #is(&self) -> bool {
            matches!(self, Self::#name(_))
        }
        #as_doc
        ///
        /// # Errors
        ///
        /// Returns the union itself if it is another variant.
        pub fn #as_value(&self) -> Result<&#ty, &Self> {
            match self {
                Self::#name(value) => Ok(value),
                other => Err(other),
            }
        }
    }
}

fn is_doc(name: &Ident) -> TokenStream {
    docs::outer(&format!("Returns `true` if this is [`{name}`](Self::{name})."))
}

fn redacting_debug(found: &Union) -> Option<TokenStream> {
    let Union { name, variants, .. } = found;
    if !found.sensitive && !variants.iter().any(|variant| variant.member.sensitive) {
        return None;
    }
    let arms = variants.iter().map(|variant| {
        let (name, text) = (&variant.name, variant.name.to_string());
        if variant.member.ty == Type::Unit {
            quote! { Self::#name => f.write_str(#text), }
        } else if found.sensitive || variant.member.sensitive {
            quote! { Self::#name(value) => f.debug_tuple(#text).field(&redacted(value)).finish(), }
        } else {
            quote! { Self::#name(value) => f.debug_tuple(#text).field(value).finish(), }
        }
    });
    Some(quote! {
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    #(#arms)*
                    Self::Unknown(value) => f.debug_tuple("Unknown").field(value).finish(),
                }
            }
        }
    })
}

fn read(found: &Union) -> TokenStream {
    let Union { name, variants, .. } = found;
    let arms = variants.iter().filter_map(|variant| {
        let (wire, name) = (fields::json_name(&variant.member)?, &variant.name);
        let wrap = match &variant.member {
            member if member.ty == Type::Unit => quote!(|_: json::Unit| Self::#name),
            member if member.boxed => quote!(|value| Self::#name(Box::new(value))),
            _ => quote!(Self::#name),
        };
        Some(match fields::json_format(&variant.member) {
            Some(format) => quote! { #wire => from.variant_as(#wrap, #format), },
            None => quote! { #wire => from.variant(#wrap), },
        })
    });
    quote! {
        impl json::ReadUnion for #name {
            fn read_variant<M: json::Members>(from: &mut M) -> Result<Option<Self>, M::Error> {
                match from.name() {
                    #(#arms)*
                    _ => from.unknown_variant(Self::Unknown),
                }
            }
        }
        impl json::Read for #name {
            fn read<'de, D: json::Deserializer<'de>>(from: D, at: json::At<'_>) -> Result<Self, D::Error> {
                json::read_union(from, at)
            }
        }
    }
}

fn write(found: &Union) -> TokenStream {
    let Union { name, variants, .. } = found;
    let arms = variants.iter().filter_map(|variant| {
        let (wire, name) = (fields::json_name(&variant.member)?, &variant.name);
        let (pattern, value) = match &variant.member {
            member if member.ty == Type::Unit => (quote!(Self::#name), quote!(Some(&json::Unit))),
            member if member.boxed => (quote!(Self::#name(value)), quote!(Some(&**value))),
            _ => (quote!(Self::#name(value)), quote!(Some(value))),
        };
        Some(match fields::json_format(&variant.member) {
            Some(format) => quote! { #pattern => to.member_as(#wire, #format, #value), },
            None => quote! { #pattern => to.member(#wire, #value), },
        })
    });
    quote! {
        impl json::WriteStructure for #name {
            fn write_members(&self, to: &mut json::Object<'_>) {
                match self {
                    #(#arms)*
                    Self::Unknown(variant) => to.unknown_variant(variant),
                }
            }
        }
    }
}
