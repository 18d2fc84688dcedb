//! `protocol_tests.rs`: the protocol tests of a model, as tests of the generated client.

mod event;
mod value;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use crate::emit::default;
use crate::emit::imports::{Imports, Names};
use crate::endpoint;
use crate::ir::{
    ExpectedRequest, GivenResponse, Member, Operation, Presence, RequestTest, ResponseTest, Service, Type,
};
use crate::naming;

use value::Values;

pub(super) fn protocol_tests(service: &Service) -> TokenStream {
    let members = service.operations.iter().flat_map(|operation| operation.input.iter().chain(&operation.output));
    let structures = service.structures.iter().chain(&service.errors).flat_map(|found| &found.members);
    let variants = service.unions.iter().flat_map(|found| &found.variants).map(|variant| &variant.member);
    let mut imports = Imports::default();
    imports.members(members.chain(structures).chain(variants));
    let values = Values { service, names: imports.qualified() };
    let tests = &service.protocol_tests;
    let operation = |id: &str| service.operations.iter().find(|operation| operation.id == id);
    let requests = tests.requests.iter().filter_map(|test| Some(request(&values, operation(&test.operation)?, test)));
    let responses =
        tests.responses.iter().filter_map(|test| Some(response(&values, operation(&test.operation)?, test)));
    let events = tests.events.iter().filter_map(|test| Some(event::event(&values, operation(&test.operation)?, test)));
    let client = client(service, &values.names);
    let endpoints = (!service.endpoint_tests.is_empty())
        .then(|| endpoint::emit_tests(&service.endpoint, &service.endpoint_tests, true));
    let endpoint = endpoints.map(|tests| quote! { mod endpoint { #tests } });
    quote! {
        //! Protocol tests of the model.
        #![allow(clippy::all, non_snake_case, unused_imports, reason = "named and written by the model")]
        #client
        /// Tests of requests.
        mod request {
            use super::*;
            #(#requests)*
        }
        /// Tests of responses.
        mod response {
            use super::*;
            #(#responses)*
        }
        /// Tests of event streams.
        mod event {
            use super::*;
            #(#events)*
        }
        #endpoint
    }
}

/// Returns a client whose transport is a fake.
fn client(service: &Service, names: &Names) -> TokenStream {
    let needs = |part: &str| service.runtime_parts.contains_key(part);
    let sigv4 = needs("sigv4").then(|| {
        quote! { .credentials_provider(crate::runtime::config::credentials::Credentials::new("AKID", "SECRET", None, None, "tests")) }
    });
    let bearer = needs("bearer").then(|| quote! { .bearer_token("token") });
    let idempotency = needs("idempotency").then(|| {
        quote! { .idempotency_token_provider("00000000-0000-4000-8000-000000000000") }
    });
    let modules = names.runtime(false);
    quote! {
        use std::collections::HashMap;
        use super::client::Client;
        use super::{operation, types};
        use crate::runtime::config::{Config, Region};
        use crate::runtime::protocol_tests::{RequestTest, Wire};
        use crate::runtime::config::retry::RetryConfig;
        use crate::runtime::prelude::BoxError;
        #modules
        fn client(host: &str, wire: &Wire) -> Client {
            let config = Config::builder()
                .region(Region::new("us-east-1"))
                .endpoint_url(format!("https://{host}"))
                .retry_config(RetryConfig::disabled())
                .http_client(wire.clone())
                #sigv4
                #bearer
                #idempotency;
            Client::from_conf(config.build())
        }
    }
}

fn request(values: &Values<'_>, operation: &Operation, test: &RequestTest) -> TokenStream {
    let id = &test.name;
    let call = call(values, operation, &test.params, None);
    let host = test.host.as_deref().unwrap_or("example.com");
    let expected = expected(&test.expected, test.host.is_some());
    quote! {
        #[tokio::test]
        async fn #id() {
            let wire = Wire::default();
            let client = client(#host, &wire);
            let outcome = #call.send().await;
            #expected.check(&wire, outcome.map(drop));
        }
    }
}

fn expected(test: &ExpectedRequest, has_host: bool) -> TokenStream {
    let ExpectedRequest { method, uri, query_params, forbid_query_params, require_query_params, .. } = test;
    let ExpectedRequest { forbid_headers, require_headers, .. } = test;
    let headers = test.headers.iter().map(|(name, value)| quote!((#name, #value)));
    let option = |text: &Option<String>| match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    };
    let host = if has_host { option(&test.resolved_host) } else { quote!(None) };
    let (body, media_type) = (option(&test.body), option(&test.body_media_type));
    quote! {
        RequestTest {
            method: #method,
            uri: #uri,
            host: #host,
            query: &[#(#query_params),*],
            forbidden_query: &[#(#forbid_query_params),*],
            required_query: &[#(#require_query_params),*],
            headers: &[#(#headers),*],
            forbidden_headers: &[#(#forbid_headers),*],
            required_headers: &[#(#require_headers),*],
            body: #body,
            media_type: #media_type,
        }
    }
}

/// Returns a call with its input. Members that `params` lack have no value.
fn call(values: &Values<'_>, operation: &Operation, params: &Value, stream: Option<TokenStream>) -> TokenStream {
    let method = &operation.method;
    let setters = operation.input.iter().filter_map(|member| {
        let (setter, given) = (&member.setter, params.get(&member.wire_name).filter(|given| !given.is_null()));
        let value = match (&member.ty, given) {
            (Type::EventSender(_), _) => stream.clone()?,
            (ty, Some(given)) => values.value(ty, given),
            _ => return None,
        };
        Some(quote! { .#setter(Some(#value)) })
    });
    quote! { client.#method() #(#setters)* }
}

fn response(values: &Values<'_>, operation: &Operation, test: &ResponseTest) -> TokenStream {
    let id = &test.name;
    let call = call(
        values,
        operation,
        &values.minimal(&operation.input),
        Some(quote!(event_stream::EventStreamSender::default())),
    );
    let wire = wire(&test.response);
    let check = match &test.error {
        None => {
            let fields = fields(values, &operation.output, &test.params, &quote!(output));
            let mutable = operation.output_stream().map(|_| quote!(mut));
            quote! {
                let #mutable output = #call.send().await.expect("an output");
                #fields
            }
        }
        Some(error) => {
            let (module, enumeration) = (&operation.method, &operation.types.error);
            let members = values.service.errors.iter().find(|found| found.name == *error);
            let fields = fields(
                values,
                members.map(|found| found.members.as_slice()).unwrap_or_default(),
                &test.params,
                &quote!(fault),
            );
            quote! {
                let error = #call.send().await.map(drop).expect_err("an error").into_service_error();
                let operation::#module::#enumeration::#error(fault) = error else { panic!("{error:?}") };
                #fields
            }
        }
    };
    quote! {
        #[tokio::test]
        async fn #id() {
            let wire = #wire;
            let client = client("example.com", &wire);
            #check
        }
    }
}

fn wire(response: &GivenResponse) -> TokenStream {
    let GivenResponse { code, headers, body, .. } = response;
    let code = Literal::u16_unsuffixed(if *code == 0 { 200 } else { *code });
    let headers = headers.iter().map(|(name, value)| quote!((#name, #value)));
    // Binary bodies are written in base64.
    let binary = response.body_media_type.as_deref().is_some_and(|ty| ty.starts_with("application/cbor"));
    let bytes = if binary { STANDARD.decode(body).unwrap_or_default() } else { body.clone().into_bytes() };
    let body = Literal::byte_string(&bytes);
    quote! { Wire::answering(#code, &[#(#headers),*], #body.as_slice()) }
}

fn fields(values: &Values<'_>, members: &[Member], params: &Value, place: &TokenStream) -> TokenStream {
    let checks = members.iter().map(|member| {
        let (field, label) = (&member.name, naming::plain(&member.name));
        let given = params.get(&member.wire_name).filter(|given| !given.is_null());
        if member.ty == Type::ByteStream {
            let text = given.and_then(Value::as_str).unwrap_or_default();
            let bytes = Literal::byte_string(text.as_bytes());
            return quote! {
                let bytes = #place.#field.collect().await.expect("bytes").to_vec();
                assert_eq!(bytes, #bytes, #label);
            };
        }
        if matches!(member.ty, Type::EventStream(_)) {
            return TokenStream::new();
        }
        let expected = match (&member.presence, given) {
            (Presence::Optional, None) => quote!(None),
            (Presence::Optional, Some(given)) => {
                let value = values.member(member, given);
                quote!(Some(#value))
            }
            (_, Some(given)) => values.member(member, given),
            (Presence::Required, None) => default::zero(&member.ty, &values.names),
            (Presence::Default(default), None) => default::constant(&member.ty, default, &values.names),
        };
        if given.is_some_and(value::holds_nan) {
            // NaN does not equal itself.
            let ty = values.field_type(member);
            quote! {
                let expected: #ty = #expected;
                assert_eq!(format!("{:?}", #place.#field), format!("{expected:?}"), #label);
            }
        } else if matches!(member.ty, Type::List(_) | Type::Map(..)) {
            // The type of an empty collection cannot be inferred.
            let ty = values.field_type(member);
            quote! {
                let expected: #ty = #expected;
                assert_eq!(#place.#field, expected, #label);
            }
        } else {
            quote! { assert_eq!(#place.#field, #expected, #label); }
        }
    });
    quote! { #(#checks)* }
}
