//! `client_params.rs`: setters of the configuration for `smithy.rules#clientContextParams`.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::endpoint::ir::ParamType;
use crate::ir::Service;
use crate::naming;

/// Returns the file, or `None` if there are no such parameters.
pub(super) fn client_params(service: &Service) -> Option<TokenStream> {
    let params: Vec<_> = service.endpoint.client_params().collect();
    if params.is_empty() {
        return None;
    }
    let declarations = params.iter().map(|(param, (setter, optional))| {
        let ty = ty(&param.ty);
        let doc = docs::outer(&super::structure::described(&param.docs, &param.wire_name));
        let set_doc = docs::outer(&format!("Sets `{}`, or clears it with `None`.", naming::plain(setter)));
        quote! {
            #doc
            fn #setter(self, value: impl Into<#ty>) -> Self;
            #set_doc
            fn #optional(&mut self, value: Option<#ty>) -> &mut Self;
        }
    });
    let definitions = params.iter().map(|(param, (setter, optional))| {
        let (ty, wire) = (ty(&param.ty), &param.wire_name);
        let variant = match &param.ty {
            ParamType::String | ParamType::StringOr(_) => quote!(String),
            ParamType::Boolean | ParamType::BooleanOr(_) => quote!(Boolean),
            ParamType::StringArray | ParamType::StringArrayOr(_) => quote!(StringArray),
        };
        quote! {
            fn #setter(mut self, value: impl Into<#ty>) -> Self {
                self.#optional(Some(value.into()));
                self
            }
            fn #optional(&mut self, value: Option<#ty>) -> &mut Self {
                self.set_client_param(#wire, value.map(ParamValue::#variant))
            }
        }
    });
    Some(quote! {
        //! Client settings that are parameters of the service's endpoint rule set.
        use crate::runtime::config::Builder;
        use crate::runtime::endpoint::ParamValue;
        /// Setters of the configuration builder for parameters of the service's endpoint rule set.
        pub trait ClientParams: Sized + sealed::Sealed {
            #(#declarations)*
        }
        impl ClientParams for Builder {
            #(#definitions)*
        }
        /// Seals the trait, so that adding a setting is not a breaking change.
        mod sealed {
            pub trait Sealed {}
            impl Sealed for super::Builder {}
        }
    })
}

fn ty(ty: &ParamType) -> TokenStream {
    match ty {
        ParamType::String | ParamType::StringOr(_) => quote!(String),
        ParamType::Boolean | ParamType::BooleanOr(_) => quote!(bool),
        ParamType::StringArray | ParamType::StringArrayOr(_) => quote!(Vec<String>),
    }
}
