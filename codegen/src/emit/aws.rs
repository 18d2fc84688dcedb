//! `aws.rs`: a client from an `SdkConfig`, and the traits of other AWS crates for errors and outputs.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ir::Service;

pub(super) fn aws(service: &Service) -> TokenStream {
    let module_doc = docs::inner(&format!("Traits of other AWS crates for errors and outputs of {}.", service.title));
    let errors = service.errors.iter().map(|error| {
        let name = &error.name;
        quote! { super::types::error::#name }
    });
    let streams = service.event_streams.iter().map(|stream| {
        let name = &stream.error;
        quote! { super::types::error::#name }
    });
    let operations = service.operations.iter().map(|operation| {
        let (module, error) = (&operation.method, &operation.types.error);
        quote! { super::operation::#module::#error }
    });
    let outputs = service.operations.iter().map(|operation| {
        let (module, output) = (&operation.method, &operation.types.output);
        quote! { super::operation::#module::#output }
    });
    let (macros, operations) = if service.operations.is_empty() {
        (quote!(aws_errors), None)
    } else {
        let calls = quote! {
            aws_operation_errors! { #(#operations),* }
            aws_outputs! { #(#outputs),* }
        };
        (quote!(aws_errors, aws_operation_errors, aws_outputs), Some(calls))
    };
    quote! {
        #module_doc
        use super::client::Client;
        use crate::runtime::config::{Config, SdkConfig};
        use crate::runtime::{#macros};
        impl Client {
            /// Creates a client from a configuration that `aws-config` loaded; [`Config::new`] lists the settings that it
            /// converts. Nothing is sent, read or connected yet.
            pub fn new(config: &SdkConfig) -> Self {
                Self::from_conf(Config::new(config))
            }
        }
        aws_errors! { super::error::Error, #(#errors,)* #(#streams,)* }
        #operations
    }
}
