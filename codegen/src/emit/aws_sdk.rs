//! `aws_sdk.rs` and a file per operation below `aws_sdk/`: a client whose calls return the `SdkError` of other AWS crates.
//!
//! Its builders wrap those of the other client, since a second inherent `send` would make paths such as
//! `ListAccountsFluentBuilder::send` ambiguous.

use proc_macro2::TokenStream;
use quote::quote;

use super::imports::{Imports, Names};
use super::{Pending, docs, fields};
use crate::ir::{Operation, Service, Type};
use crate::naming;

/// Returns the files, by their paths below the output folder.
pub(super) fn files(service: &Service) -> Vec<Pending<'_>> {
    let mut files: Vec<Pending<'_>> = vec![("aws_sdk.rs".to_owned(), Box::new(|| module(service)))];
    for found in &service.operations {
        let path = format!("aws_sdk/{}", super::operation_path(found));
        files.push((path, Box::new(|| operation(found))));
    }
    files
}

fn module(service: &Service) -> TokenStream {
    let module_doc = docs::inner(&format!("The client for {} with the error type of other AWS crates.", service.title));
    let client_doc = docs::outer(&format!(
        "Client for {}, whose calls return the `SdkError` of `aws-smithy-runtime-api`.\n\nIt sends, retries and \
         reads as the [`Client`](super::super::client::Client) of this crate does. It has no blocking calls, waiters or \
         presigned requests.",
        service.title
    ));
    let modules = service.operations.iter().map(|operation| {
        let module = &operation.method;
        quote! { pub mod #module; }
    });
    let methods = service.operations.iter().map(|operation| {
        let (name, builder) = (&operation.method, &operation.types.fluent_builder);
        let plain = naming::plain(name);
        let doc = docs::outer(&format!("As [`Client::{plain}`](super::super::client::Client::{plain})."));
        let deprecated = docs::deprecated(&operation.deprecated);
        quote! {
            #doc
            #deprecated
            pub fn #name(&self) -> super::operation::#name::builders::#builder {
                super::operation::#name::builders::#builder::new(self.inner.#name())
            }
        }
    });
    let conversions = service.operations.iter().map(|operation| {
        let (module, error) = (&operation.method, &operation.types.error);
        quote! {
            impl<R: RawResponse> From<SdkError<super::operation::#module::#error, R>> for Error {
                fn from(error: SdkError<super::operation::#module::#error, R>) -> Self {
                    error.into_service_error().into()
                }
            }
        }
    });
    let imports = (!service.operations.is_empty()).then(|| {
        quote! {
            use super::error::Error;
            use crate::runtime::call::aws_sdk::SdkError;
            use crate::runtime::prelude::RawResponse;
        }
    });
    quote! {
        #module_doc
        #imports
        /// The client.
        pub mod client {
            /// Customized calls.
            pub mod customize {
                pub use crate::runtime::call::aws_sdk::CustomizableOperation;
            }
            use crate::runtime::config::{Config, SdkConfig};
            #client_doc
            #[derive(Clone, Debug)]
            pub struct Client {
                inner: super::super::client::Client,
            }
            impl Client {
                /// Creates a client from a configuration that `aws-config` loaded, without any I/O.
                pub fn new(config: &SdkConfig) -> Self {
                    Self::from_conf(Config::new(config))
                }
                /// Creates a client from a configuration, without any I/O.
                pub fn from_conf(config: Config) -> Self {
                    Self { inner: super::super::client::Client::from_conf(config) }
                }
                /// Returns the configuration of the client.
                pub fn config(&self) -> &Config {
                    self.inner.config()
                }
                #(#methods)*
            }
            impl From<super::super::client::Client> for Client {
                /// The clients share connections and retry quota.
                fn from(inner: super::super::client::Client) -> Self {
                    Self { inner }
                }
            }
        }
        /// The operations of the service, each in a module of its own.
        pub mod operation {
            pub use crate::runtime::error::aws::TheirRequestId as RequestId;
            #(#modules)*
        }
        #(#conversions)*
    }
}

fn operation(operation: &Operation) -> TokenStream {
    let module = &operation.method;
    // What the glob imports takes precedence, as in the file of the operation.
    let mut imports = Imports::beside_types_of(operation);
    imports.members(&operation.input);
    let names = imports.names();
    let module_doc =
        docs::inner(&format!("The `{}` operation, with the error type of other AWS crates.", operation.wire_name));
    let (modules, imports) = (names.runtime(false), names.imports(quote!(super::super::super::types)));
    let map =
        operation.input.iter().any(|member| has_map(&member.ty)).then(|| quote! { use std::collections::HashMap; });
    let builders = builders(operation, &names);
    let paginator = paginator(operation);
    quote! {
        #module_doc
        #imports
        #modules
        #map
        use crate::runtime::call::aws_sdk as their;
        pub use super::super::super::operation::#module::*;
        #builders
        #paginator
    }
}

fn has_map(ty: &Type) -> bool {
    match ty {
        Type::Map(..) => true,
        Type::List(element) => has_map(&element.ty),
        _ => false,
    }
}

fn builders(operation: &Operation, names: &Names) -> TokenStream {
    let (module, types) = (&operation.method, &operation.types);
    let (name, output, error) = (&types.operation, &types.output, &types.error);
    let (fluent, input_builder) = (&types.fluent_builder, &types.input_builder);
    let doc = docs::outer(&format!("A request builder for [`{name}`]."));
    let methods = fields::fluent_methods(&operation.input, names);
    let into_paginator = operation.pagination.as_ref().map(|_| {
        let paginator = &types.paginator;
        quote! {
            /// Returns a paginator, which starts at this request's page and sends a request per page.
            pub fn into_paginator(self) -> paginator::#paginator {
                paginator::#paginator::new(self.inner.into_paginator())
            }
        }
    });
    quote! {
        /// Builders for the request, input and output of the operation.
        pub mod builders {
            use super::*;
            pub use super::super::super::super::operation::#module::builders::*;
            #doc
            #[derive(Clone, Debug)]
            #[must_use = "a request does nothing until it is sent"]
            pub struct #fluent {
                inner: super::super::super::super::operation::#module::builders::#fluent,
            }
            impl #fluent {
                pub(in super::super::super) fn new(
                    inner: super::super::super::super::operation::#module::builders::#fluent,
                ) -> Self {
                    Self { inner }
                }
                /// Sends the request, retrying transient failures.
                ///
                /// # Errors
                ///
                /// Returns an [`SdkError`](their::SdkError) if the call fails.
                pub async fn send(self) -> Result<#output, their::SdkError<#error>> {
                    self.inner.send().await.map_err(Into::into)
                }
                /// Customizes this one call before it is sent, for example by overriding configuration.
                pub fn customize(self) -> their::CustomizableOperation<#name> {
                    their::CustomizableOperation::new(self.inner.customize())
                }
                #into_paginator
                /// Returns the input builder, with the values set so far.
                pub fn as_input(&self) -> &#input_builder {
                    self.inner.as_input()
                }
                #methods
            }
        }
    }
}

fn paginator(operation: &Operation) -> Option<TokenStream> {
    let pagination = operation.pagination.as_ref()?;
    let types = &operation.types;
    let (name, paginator, items) = (&types.operation, &types.paginator, &types.paginator_items);
    let doc = docs::outer(&format!("A paginator of [`{name}`](super::{name}), which yields the output of each page."));
    let items = pagination.items.as_ref().map(|_| {
        quote! {
            /// A paginator that yields the items of all pages.
            pub type #items = crate::runtime::call::aws_sdk::PaginatorItems<super::#name>;
        }
    });
    Some(quote! {
        /// Paginators of the operation.
        pub mod paginator {
            #doc
            pub type #paginator = crate::runtime::call::aws_sdk::Paginator<super::#name>;
            #items
        }
    })
}
