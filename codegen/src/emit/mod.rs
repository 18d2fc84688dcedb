//! From IR to tokens: one function a generated file, in order.
//!
//! Generated text is declarative: it names things and says where they travel; what is done
//! with that is the runtime's, which it always calls `crate::runtime`.

mod client;
mod default;
pub(crate) mod docs;
mod endpoint_params;
mod enums;
mod error;
mod events;
mod fields;
mod imports;
mod operation;
mod pages;
mod request;
mod response;
mod structure;
mod union;
mod waiters;

use proc_macro2::TokenStream;
use quote::quote;

use crate::Options;
use crate::endpoint;
use crate::ir::Service;
use crate::naming;

/// All files of a service, by their paths below the output folder.
pub(crate) fn service(service: &Service, _options: &Options) -> Vec<(String, TokenStream)> {
    let bound = service.operations.iter().any(|operation| !operation.endpoint_params.is_empty());
    let mut files = vec![
        ("mod.rs".to_owned(), root(service)),
        ("client.rs".to_owned(), client::client(service)),
        ("error.rs".to_owned(), error::service_error(service)),
        ("types.rs".to_owned(), structure::types(service)),
        ("types/error.rs".to_owned(), error::error_types(service)),
        ("operation.rs".to_owned(), operation::operations(service)),
        ("endpoint.rs".to_owned(), endpoint::emit_rule_set(&service.endpoint, bound)),
    ];
    if endpoint::needs_partitions(&service.endpoint) {
        files.push(("partitions.rs".to_owned(), endpoint::emit_partitions(&service.partitions)));
    }
    for found in &service.operations {
        files.push((format!("operation/{}.rs", naming::plain(&found.method)), operation::operation(found)));
    }
    if !service.endpoint_tests.is_empty() {
        files.push((
            "endpoint_tests.rs".to_owned(),
            endpoint::emit_tests(&service.endpoint, &service.endpoint_tests, false),
        ));
    }
    files.extend(waiters::files(service));
    files
}

fn root(service: &Service) -> TokenStream {
    let doc = docs::inner(&format!("The API surface of {}, version {}.", service.title, service.version));
    let tests = (!service.endpoint_tests.is_empty()).then(|| quote! { #[cfg(test)] mod endpoint_tests; });
    let partitions = endpoint::needs_partitions(&service.endpoint).then(|| quote! { pub(crate) mod partitions; });
    let waiters =
        service.operations.iter().any(|operation| !operation.waiters.is_empty()).then(|| quote! { pub mod waiters; });
    // Generated code has to use what callers no longer should.
    let deprecated = service.has_deprecated().then(|| quote! { #![allow(deprecated)] });
    quote! {
        #doc
        #deprecated
        pub mod client;
        pub(crate) mod endpoint;
        pub(crate) mod error;
        pub mod operation;
        #partitions
        pub mod types;
        #waiters
        #tests
    }
}
