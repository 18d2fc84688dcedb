//! Tests of event streams.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::{Values, call, expected, fields, wire};
use crate::ir::{Binding, EventStream, EventTest, Exception, GivenResponse, Operation, Type};

pub(super) fn event(values: &Values<'_>, operation: &Operation, test: &EventTest) -> TokenStream {
    let id = &test.name;
    let given = test.response.clone().unwrap_or_else(|| GivenResponse {
        code: 200,
        // The required headers, unless the test is about their absence.
        headers: if test.received.is_empty() { required_headers(operation) } else { Default::default() },
        ..Default::default()
    });
    let frames: Vec<u8> = test.received.iter().flat_map(|(frame, _)| frame).copied().collect();
    let wire = if frames.is_empty() {
        wire(&given)
    } else {
        let wire = wire(&given);
        let frames = Literal::byte_string(&frames);
        quote! { #wire.with_body(#frames.as_slice()) }
    };
    let mut input = values.minimal(&operation.input);
    if let (Some(input), Some(params)) = (input.as_object_mut(), test.input.as_object()) {
        input.extend(params.clone());
    }
    let sender = operation.input.iter().find_map(|member| match &member.ty {
        Type::EventSender(union) => Some(union),
        _ => None,
    });
    let stream = sender.map(|union| {
        let events = test.sent.iter().filter(|(params, _)| !params.is_null());
        let events = events.map(|(params, _)| union_value(values, union, params));
        quote! { event_stream::EventStreamSender::of(crate::runtime::protocol_tests::stream([#(#events),*])) }
    });
    let call = call(values, operation, &input, stream);
    let refused_at_once = test.received.is_empty() || test.name.to_string().contains("MissingRequiredInitial");
    if test.fails && refused_at_once {
        return quote! {
            #[tokio::test]
            async fn #id() {
                let wire = #wire;
                let client = client("example.com", &wire);
                #call.send().await.map(drop).expect_err("a failure");
            }
        };
    }
    let sent = (sender.is_some() && !test.sent.is_empty()).then(|| {
        let frames = test.sent.iter().map(|(_, frame)| Literal::byte_string(frame));
        quote! { wire.check_events(&[#(#frames.as_slice()),*]); }
    });
    let request = test.request.as_ref().map(|request| {
        let expected = expected(request, false);
        quote! { #expected.check(&wire, Ok::<(), BoxError>(())); }
    });
    let members = test.output.as_ref().map(|params| fields(values, &operation.output, params, &quote!(output)));
    let received = received(values, operation, test);
    quote! {
        #[tokio::test]
        async fn #id() {
            let wire = #wire;
            let client = client("example.com", &wire);
            #[allow(unused_mut, unused_variables)]
            let mut output = #call.send().await.expect("an output");
            #request
            #sent
            #members
            #received
        }
    }
}

fn required_headers(operation: &Operation) -> indexmap::IndexMap<String, String> {
    let required = operation.output.iter().filter(|member| member.required);
    required
        .filter_map(|member| match &member.binding {
            Binding::Header(wire) => Some((wire.clone(), "x".to_owned())),
            _ => None,
        })
        .collect()
}

/// Returns assertions on the events of the output, in order.
fn received(values: &Values<'_>, operation: &Operation, test: &EventTest) -> Option<TokenStream> {
    let (field, union) = operation.output.iter().find_map(|member| match &member.ty {
        Type::EventStream(union) => Some((&member.name, union)),
        _ => None,
    })?;
    let stream = stream(values, union)?;
    let last = test.received.len().checked_sub(1)?;
    let checks = test.received.iter().enumerate().map(|(index, (_, params))| {
        // Members of the output, which have been compared.
        if params.is_null() {
            return TokenStream::new();
        }
        let exception = stream.exceptions.iter().find(|exception| params.get(&exception.wire_name).is_some());
        if let Some(Exception { wire_name, error, .. }) = exception {
            let enumeration = &stream.error;
            let members = values.service.errors.iter().find(|found| found.name == *error);
            let members = members.map(|found| found.members.as_slice()).unwrap_or_default();
            let fields = fields(values, members, &params[wire_name], &quote!(fault));
            return quote! {
                let error = output.#field.recv().await.map(drop).expect_err("an exception").into_service_error();
                let types::error::#enumeration::#error(fault) = error else { panic!("{error:?}") };
                #fields
            };
        }
        if test.fails && index == last {
            return quote! { output.#field.recv().await.map(drop).expect_err("a failure"); };
        }
        let expected = union_value(values, union, params);
        quote! { assert_eq!(output.#field.recv().await.expect("an event"), Some(#expected)); }
    });
    Some(quote! { #(#checks)* })
}

fn stream<'v>(values: &'v Values<'_>, union: &Ident) -> Option<&'v EventStream> {
    values.service.event_streams.iter().find(|stream| stream.name == *union)
}

/// Returns an event, by the only key of its parameters.
fn union_value(values: &Values<'_>, union: &Ident, params: &Value) -> TokenStream {
    let event = stream(values, union).into_iter().flat_map(|stream| &stream.events).find_map(|event| {
        let value = values.value(&Type::Structure(event.structure.clone()), params.get(&event.wire_name)?);
        let name = &event.name;
        Some(quote!(types::#union::#name(#value)))
    });
    let exception = || {
        stream(values, union)?.exceptions.iter().find_map(|exception| {
            let value = values.value(&Type::Error(exception.error.clone()), params.get(&exception.wire_name)?);
            let name = &exception.name;
            Some(quote!(types::#union::#name(#value)))
        })
    };
    event.or_else(exception).unwrap_or_else(|| quote!(compile_error!("the test gives no event that the model lists")))
}
