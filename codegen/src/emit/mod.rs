//! From IR to tokens: one function a generated file, in order.
//!
//! Generated text is declarative: it names things and says where they travel; what is done
//! with that is the runtime's, which it always calls `crate::runtime`.

mod client;
mod client_params;
mod default;
pub(crate) mod docs;
mod enums;
mod error;
mod events;
mod fields;
mod imports;
mod operation;
mod pages;
mod protocol_tests;
mod request;
mod response;
mod structure;
mod union;

use proc_macro2::TokenStream;
use quote::quote;

use crate::Options;
use crate::endpoint;
use crate::ir::Service;
use crate::naming;

/// All files of a service, by their paths below the output folder.
pub(crate) fn service(service: &Service, options: &Options) -> Vec<(String, TokenStream)> {
    let mut files = vec![
        ("mod.rs".to_owned(), root(service, options)),
        ("client.rs".to_owned(), client::client(service)),
        ("error.rs".to_owned(), error::service_error(service)),
        ("types.rs".to_owned(), structure::types(service)),
        ("types/error.rs".to_owned(), error::error_types(service)),
        ("operation.rs".to_owned(), operation::operations(service)),
        ("endpoint.rs".to_owned(), endpoint::emit_rule_set(&service.endpoint)),
    ];
    if endpoint::needs_partitions(&service.endpoint) {
        files.push(("partitions.rs".to_owned(), endpoint::emit_partitions(&service.partitions)));
    }
    if let Some(params) = client_params::client_params(service) {
        files.push(("client_params.rs".to_owned(), params));
    }
    for found in &service.operations {
        files.push((format!("operation/{}.rs", naming::plain(&found.method)), operation::operation(found)));
    }
    if options.tests {
        files.push(("protocol_tests.rs".to_owned(), protocol_tests::protocol_tests(service)));
    } else if !service.endpoint_tests.is_empty() {
        let tests = endpoint::emit_tests(&service.endpoint, &service.endpoint_tests, false);
        files.push(("endpoint_tests.rs".to_owned(), tests));
    }
    files
}

fn root(service: &Service, options: &Options) -> TokenStream {
    let doc = docs::inner(&format!("The API surface of {}.", service.title_and_version()));
    let tests = match (options.tests, service.endpoint_tests.is_empty()) {
        (true, _) => Some(quote! { #[cfg(test)] mod protocol_tests; }),
        (false, false) => Some(quote! { #[cfg(test)] mod endpoint_tests; }),
        (false, true) => None,
    };
    let partitions = endpoint::needs_partitions(&service.endpoint).then(|| quote! { pub(crate) mod partitions; });
    let client_params = has_client_params(service).then(|| quote! { pub mod client_params; });
    // Generated code has to use what callers no longer should.
    let deprecated = service.has_deprecated().then(|| quote! { #![allow(deprecated)] });
    quote! {
        #doc
        #deprecated
        pub mod client;
        #client_params
        pub(crate) mod endpoint;
        pub(crate) mod error;
        pub mod operation;
        #partitions
        pub mod types;
        #tests
    }
}

/// Whether the configuration of a client can say something about endpoints that no other service has.
pub(crate) fn has_client_params(service: &Service) -> bool {
    client_params::client_params(service).is_some()
}
