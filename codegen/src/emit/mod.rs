//! Converts the IR to tokens: one function per generated file, in order.
//!
//! Generated text is declarative: it names members and their bindings. Behavior belongs to the runtime, which generated
//! text always names `crate::runtime`.

mod aws;
mod aws_sdk;
mod blocking;
mod client;
mod client_docs;
mod client_params;
pub(crate) mod command_table;
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
mod protocol_tests;
pub(crate) mod query;
mod request;
mod response;
mod serialize;
mod structure;
mod union;
mod waiters;
mod wipe;

use proc_macro2::TokenStream;
use quote::quote;

use crate::Options;
use crate::endpoint;
use crate::ir::{Operation, Service};
use crate::naming;

/// A file that has not been rendered yet: its path, and a function that returns its tokens. Tokens take much memory,
/// so those of one file are dropped before the next are created.
pub(crate) type Pending<'s> = (String, Box<dyn FnOnce() -> TokenStream + 's>);

/// Returns the path of an operation's file, which depends on nothing but the operation.
pub(crate) fn operation_path(operation: &Operation) -> String {
    format!("operation/{}.rs", naming::plain(&operation.method))
}

/// Returns all files of a service, by their paths below the output folder. `root` is the public path of the client's
/// module, which examples name; without it, methods have the model's documentation alone.
pub(crate) fn service<'s>(service: &'s Service, options: &'s Options, root: Option<String>) -> Vec<Pending<'s>> {
    let mut files: Vec<Pending<'s>> = Vec::new();
    let mut file = |path: &str, tokens: Box<dyn FnOnce() -> TokenStream + 's>| files.push((path.to_owned(), tokens));
    file("mod.rs", Box::new(|| module(service, options)));
    file("client.rs", Box::new(move || client::client(service, root.as_deref())));
    file("error.rs", Box::new(|| error::service_error(service)));
    file("types.rs", Box::new(|| structure::types(service)));
    file("types/error.rs", Box::new(|| error::error_types(service)));
    file("operation.rs", Box::new(|| operation::operations(service)));
    file("endpoint.rs", Box::new(|| endpoint::emit_rule_set(&service.endpoint, service.binds_endpoint_params)));
    if service.endpoint.looks_up_regions {
        file("partitions.rs", Box::new(|| endpoint::emit_partitions(&service.partitions)));
    }
    file("aws.rs", Box::new(|| aws::aws(service)));
    file("blocking.rs", Box::new(|| blocking::blocking(service)));
    file("serialize.rs", Box::new(|| serialize::serialize(service)));
    if let Some(params) = client_params::client_params(service) {
        file("client_params.rs", Box::new(|| params));
    }
    for found in &service.operations {
        file(&operation_path(found), Box::new(|| operation::operation(found)));
    }
    if options.tests {
        file("protocol_tests.rs", Box::new(|| protocol_tests::protocol_tests(service)));
    } else if !service.endpoint_tests.is_empty() {
        let tests = || endpoint::emit_tests(&service.endpoint, &service.endpoint_tests, false);
        file("endpoint_tests.rs", Box::new(tests));
    }
    if options.aws_sdk {
        files.extend(aws_sdk::files(service));
    }
    files.extend(
        waiters::files(service).into_iter().map(|(path, tokens)| -> Pending<'s> { (path, Box::new(|| tokens)) }),
    );
    files
}

fn module(service: &Service, options: &Options) -> TokenStream {
    let doc = docs::inner(&format!("Client for {}.", service.title_and_version()));
    let tests = match (options.tests, service.endpoint_tests.is_empty()) {
        (true, _) => Some(quote! { #[cfg(test)] mod protocol_tests; }),
        (false, false) => Some(quote! { #[cfg(test)] mod endpoint_tests; }),
        (false, true) => None,
    };
    let partitions = service.endpoint.looks_up_regions.then(|| quote! { pub(crate) mod partitions; });
    let client_params = service.endpoint.client_params().next().is_some().then(|| quote! { pub mod client_params; });
    let waiters = service.runtime_parts.contains_key("waiter").then(|| quote! { pub mod waiters; });
    let aws_sdk = options.aws_sdk.then(|| quote! { #[cfg(feature = "aws-types")] pub(crate) mod aws_sdk; });
    // Generated code uses deprecated items, too.
    let deprecated = service.deprecated.then(|| quote! { #![allow(deprecated)] });
    quote! {
        #doc
        #deprecated
        #[cfg(feature = "aws-types")]
        mod aws;
        #aws_sdk
        #[cfg(feature = "blocking")]
        mod blocking;
        pub mod client;
        #client_params
        pub(crate) mod endpoint;
        pub(crate) mod error;
        pub mod operation;
        #partitions
        #[cfg(feature = "serde")]
        mod serialize;
        pub mod types;
        #waiters
        #tests
    }
}
