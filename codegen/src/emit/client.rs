//! `client.rs`: the client, with a method per operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ir::{Operation, Service};

pub(super) fn client(service: &Service, root: Option<&str>) -> TokenStream {
    let Service { sdk_id, title, version, .. } = service;
    let signed_as = service.signing_name.as_ref().map(|name| quote! { .signed_as(#name) });
    let error_message = service.error_message.as_ref().map(|member| quote! { .error_message_in(#member) });
    let error_code = service.error_code_header.map(|header| quote! { .error_code_in(#header) });
    let module_doc = docs::inner(&format!("The client for {title}."));
    let client_doc = docs::outer(&format!(
        "Client for {title}.\n\nEach operation is a method that returns a request builder, whose `send` sends the request. Cloning a client \
         is cheap; clones share the connection pool and the retry quota.\n\nWith feature `blocking`, the method \
         `.blocking()` returns a client for blocking calls.\n\n{}",
        service.docs
    ));
    let methods = service.operations.iter().map(|operation| method(operation, root));
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
        pub use crate::runtime::call::customize;
        /// Constants of the service.
        static SERVICE: Service = Service::new(#sdk_id, #version, resolve_endpoint, client_crate!()) #signed_as #error_message #error_code;
        #client_doc
        #[derive(Clone, Debug)]
        pub struct Client<H = Handle> {
            pub(crate) handle: H,
        }
        impl Client {
            /// Creates a client from a configuration, without any I/O.
            pub fn from_conf(config: Config) -> Self {
                Self { handle: Handle::new(config, &SERVICE) }
            }
        }
        impl<H: ClientHandle> Client<H> {
            /// Returns the configuration of the client.
            pub fn config(&self) -> &Config {
                self.handle.config()
            }
            #(#methods)*
        }
        #waiters
    }
}

fn method(operation: &Operation, root: Option<&str>) -> TokenStream {
    let builder = &operation.types.fluent_builder;
    let name = &operation.method;
    let doc = docs::outer(&match root {
        Some(root) => super::client_docs::method(operation, root),
        None => operation.docs.clone(),
    });
    let deprecated = docs::deprecated(&operation.deprecated);
    quote! {
        #doc
        #deprecated
        pub fn #name(&self) -> #builder<H> {
            #builder::new(self.handle.clone())
        }
    }
}
