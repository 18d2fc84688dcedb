//! `Wipe`: overwriting sensitive values in memory once they have been sent.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ir::{Member, Union};

/// Returns `wipe` of an input or structure, if it holds sensitive members.
pub(super) fn method(members: &[Member]) -> Option<TokenStream> {
    let names: Vec<&Ident> = members.iter().filter(|member| member.wiped).map(|member| &member.name).collect();
    (!names.is_empty()).then(|| quote! { fn wipe(&mut self) { #(self.#names.wipe();)* } })
}

pub(super) fn structure(name: &Ident, members: &[Member]) -> Option<TokenStream> {
    let method = method(members)?;
    Some(quote! { impl Wipe for #name { #method } })
}

pub(super) fn union(union: &Union) -> Option<TokenStream> {
    let wiped = union.variants.iter().filter(|variant| variant.member.wiped);
    let (name, variants) = (&union.name, wiped.map(|variant| &variant.name).collect::<Vec<_>>());
    (!variants.is_empty()).then(|| {
        quote! {
            impl Wipe for #name {
                fn wipe(&mut self) {
                    match self {
                        #(Self::#variants(value) => value.wipe(),)*
                        _ => {}
                    }
                }
            }
        }
    })
}
