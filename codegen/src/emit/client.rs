//! `client.rs`: the client, with a method for every operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ir::{Operation, Service};

pub(super) fn client(service: &Service) -> TokenStream {
    let Service { sdk_id, title, version, .. } = service;
    let signed_as = service.signing_name.as_ref().map(|name| quote! { .signed_as(#name) });
    let error_message = service.error_message.as_ref().map(|member| quote! { .error_message_in(#member) });
    let module_doc = docs::inner(&format!("The client of {title}."));
    let client_doc = docs::outer(&format!(
        "Calls {title}.\n\nA method per operation returns a builder with `send`; clones share connections and retry quota.\n\n{}",
        service.docs
    ));
    let methods = service.operations.iter().map(method);
    let waiters = super::waiters::client_trait(service);
    let waiters_module = waiters.as_ref().map(|_| quote! { use super::waiters; });
    let builders = service.operations.iter().map(|operation| {
        let (module, builder) = (&operation.method, &operation.types.fluent_builder);
        quote! { use super::operation::#module::builders::#builder; }
    });
    quote! {
        #module_doc
        use super::endpoint::resolve_endpoint;
        #(#builders)*
        #waiters_module
        use crate::runtime::prelude::*;
        /// The constants of the service.
        static SERVICE: Service = Service::new(#sdk_id, #version, resolve_endpoint, client_crate!()) #signed_as #error_message;
        #client_doc
        #[derive(Clone, Debug)]
        pub struct Client<H = Handle> {
            pub(crate) handle: H,
        }
        impl Client {
            /// Makes a client of a configuration. Nothing is sent, read or connected yet.
            pub fn from_conf(config: Config) -> Self {
                Self { handle: Handle::new(config, &SERVICE) }
            }
        }
        impl<H: ClientHandle> Client<H> {
            /// The configuration that the client was made of.
            pub fn config(&self) -> &Config {
                self.handle.config()
            }
            #(#methods)*
        }
        #waiters
    }
}

fn method(operation: &Operation) -> TokenStream {
    let builder = &operation.types.fluent_builder;
    let name = &operation.method;
    let doc = docs::outer(&super::structure::described(&operation.docs, &operation.wire_name));
    let deprecated = docs::deprecated(&operation.deprecated);
    quote! {
        #doc
        #deprecated
        pub fn #name(&self) -> #builder<H> {
            #builder::new(self.handle.clone())
        }
    }
}
