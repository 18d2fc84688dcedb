//! `blocking.rs`: blocking calls, by the same client and builders with another handle.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ir::{Operation, Service};

pub(super) fn blocking(service: &Service) -> TokenStream {
    let module_doc = docs::inner(&format!("Blocking calls of {}.", service.title));
    // Streams cannot be read without an asynchronous runtime.
    let operations: Vec<&Operation> =
        service.operations.iter().filter(|operation| operation.output_stream().is_none()).collect();
    let builders = operations.iter().map(|operation| {
        let (module, builder) = (&operation.method, &operation.types.fluent_builder);
        quote! { use super::operation::#module::builders::#builder; }
    });
    let modules = operations.iter().map(|operation| {
        let module = &operation.method;
        quote! { use super::operation::#module; }
    });
    let error = (!operations.is_empty()).then(|| quote! { use crate::runtime::prelude::SdkError; });
    let calls = (!operations.is_empty()).then(|| quote! { use crate::runtime::call::blocking::BlockingCall; });
    let sends = operations.iter().map(|operation| send(operation));
    quote! {
        #module_doc
        use super::client::Client;
        #(#builders)*
        #(#modules)*
        use crate::runtime::call::blocking::Blocking;
        #calls
        #error
        impl Client {
            /// Returns a client with the same configuration and blocking calls, for programs without an
            /// asynchronous runtime. It shares the retry quota with this client.
            pub fn blocking(&self) -> Client<Blocking> {
                Client { handle: Blocking::of(&self.handle) }
            }
        }
        #(#sends)*
    }
}

fn send(operation: &Operation) -> TokenStream {
    let (module, types) = (&operation.method, &operation.types);
    let (builder, output, error) = (&types.fluent_builder, &types.output, &types.error);
    quote! {
        impl BlockingCall for #builder<Blocking> {
            type Sent = Result<#module::#output, SdkError<#module::#error>>;
            fn send(self) -> Self::Sent {
                self.customize().send()
            }
        }
    }
}
