//! `serialize.rs`: `serde::Serialize` for outputs and the types in them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{docs, fields};
use crate::ir::{Enum, Member, Service, Type, Union};

pub(super) fn serialize(service: &Service) -> TokenStream {
    let module_doc = docs::inner(&format!("Serialization of the outputs of {} with `serde`.", service.title));
    let outputs = service.operations.iter().filter(|operation| operation.output_stream().is_none());
    let outputs = outputs.map(|operation| {
        let (module, output) = (&operation.method, &operation.types.output);
        structure(&quote!(operation::#module::#output), &operation.output)
    });
    let outputs: Vec<TokenStream> = outputs.collect();
    let types = |name: &Ident| quote!(types::#name);
    let structures = service.structures.iter().filter(|found| found.direction.received);
    let structures = structures.map(|found| structure(&types(&found.name), &found.members));
    let errors = service.errors.iter().map(|found| {
        let name = &found.name;
        structure(&quote!(types::error::#name), &found.members)
    });
    let unions = service.unions.iter().filter(|found| found.direction.received);
    let unions = unions.map(|found| union(&types(&found.name), found));
    let enums = service.enums.iter().filter(|found| found.direction.received);
    let enums = enums.map(|found| enumeration(&types(&found.name), found));
    let types: Vec<TokenStream> = structures.chain(errors).chain(unions).chain(enums).collect();
    let imports = match (outputs.is_empty(), types.is_empty()) {
        (true, true) => None,
        (false, true) => Some(quote! { use super::operation; }),
        (true, false) => Some(quote! { use super::types; }),
        (false, false) => Some(quote! { use super::{operation, types}; }),
    };
    let imports = imports.map(|modules| quote! { #modules use crate::runtime::data::serialize; });
    quote! {
        #module_doc
        #imports
        #(#outputs)*
        #(#types)*
    }
}

/// Returns both implementations for a type: `Serialize`, which leaves out secrets, and `Shape`.
fn both(path: &TokenStream, secrets: &TokenStream, body: &TokenStream) -> TokenStream {
    quote! {
        impl serialize::Serialize for #path {
            fn serialize<S: serialize::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                serialize::Shape::serialize_shape(self, false, to)
            }
        }
        impl serialize::Shape for #path {
            fn serialize_shape<S: serialize::Serializer>(&self, #secrets: bool, to: S) -> Result<S::Ok, S::Error> {
                #body
            }
        }
    }
}

fn structure(path: &TokenStream, members: &[Member]) -> TokenStream {
    let lines: Vec<TokenStream> = members
        .iter()
        .filter(|member| !is_stream(&member.ty))
        .map(|member| {
            let (wire, name) = (&member.wire_name, &member.name);
            let value = fields::as_option(member, &quote!(self.#name));
            let method = if member.sensitive { quote!(secret) } else { quote!(member) };
            quote! { to.#method(#wire, #value)?; }
        })
        .collect();
    let start = if lines.is_empty() { quote!(let to) } else { quote!(let mut to) };
    let body = quote! {
        #start = serialize::Members::start(secrets, to)?;
        #(#lines)*
        to.end()
    };
    both(path, &quote!(secrets), &body)
}

fn is_stream(ty: &Type) -> bool {
    matches!(ty, Type::ByteStream | Type::EventStream(_) | Type::EventSender(_))
}

fn union(path: &TokenStream, union: &Union) -> TokenStream {
    let arms = union.variants.iter().map(|variant| {
        let (name, member) = (&variant.name, &variant.member);
        let wire = &member.wire_name;
        let method = if union.sensitive || member.sensitive { quote!(secret) } else { quote!(member) };
        match &member.ty {
            Type::Unit => quote! { Self::#name => to.#method(#wire, Some(&crate::runtime::data::json::Unit))?, },
            _ => quote! { Self::#name(value) => to.#method(#wire, Some(value))?, },
        }
    });
    let unknown = if union.sensitive { quote!(secret_unknown) } else { quote!(unknown) };
    let body = quote! {
        let mut to = serialize::Members::start(secrets, to)?;
        match self {
            #(#arms)*
            Self::Unknown(variant) => to.#unknown(variant)?,
        }
        to.end()
    };
    both(path, &quote!(secrets), &body)
}

fn enumeration(path: &TokenStream, found: &Enum) -> TokenStream {
    let value =
        if found.integers { quote!(to.serialize_i32(self.as_i32())) } else { quote!(to.serialize_str(self.as_str())) };
    let body = if found.sensitive {
        quote! { if secrets { #value } else { to.serialize_none() } }
    } else {
        value
    };
    let secrets = if found.sensitive { quote!(secrets) } else { quote!(_secrets) };
    both(path, &secrets, &body)
}
