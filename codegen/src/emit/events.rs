//! Event streams: unions of events, and the errors that may end a stream.

use proc_macro2::TokenStream;
use quote::quote;

use super::error::ErrorVariant;
use super::{docs, error, fields, union};
use crate::ir::{Binding, Enum, Event, EventStream, Exception, Member, PayloadKind, Structure};

pub(super) fn event_stream(stream: &EventStream) -> TokenStream {
    let EventStream { name, events, .. } = stream;
    let doc = docs::outer(&super::structure::described(&stream.docs, &stream.wire_name));
    let variants = events.iter().map(|event| {
        let Event { name, structure, .. } = event;
        let doc = if event.docs.is_empty() { format!("See [`{structure}`].") } else { event.docs.clone() };
        let doc = docs::outer(&doc);
        quote! { #doc #name(#structure), }
    });
    let accessors = events.iter().map(|Event { name, accessors, structure, .. }| {
        union::value_accessors(name, accessors, &quote!(#structure), "event")
    });
    // A client may end the stream that it sends with a modeled error.
    let exceptions = stream.exceptions.iter().filter(|_| stream.direction.sent).map(|exception| {
        let Exception { name, error, .. } = exception;
        let doc = docs::outer(&format!("Ends a stream of the client with the error [`{error}`](error::{error})."));
        quote! { #doc #name(error::#error), }
    });
    let receive = stream.direction.received.then(|| receive(stream));
    let send = stream.direction.sent.then(|| send(stream));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            #(#exceptions)*
            /// An event whose type is not modeled, with the name of the type.
            Unknown(UnknownVariantValue),
        }
        impl #name {
            #(#accessors)*
            /// Returns `true` if the type of the event is not modeled.
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }
        #receive
        #send
    }
}

fn receive(stream: &EventStream) -> TokenStream {
    let EventStream { name, error, events, .. } = stream;
    let arms = events.iter().map(|event| {
        let Event { wire_name, name, .. } = event;
        quote! { #wire_name => event.read(Self::#name), }
    });
    quote! {
        impl event_stream::ReceiveUnion for #name {
            type Error = error::#error;
            fn read_event(event: &event_stream::Event<'_>) -> Result<Self, event_stream::EventError> {
                match event.event_type() {
                    #(#arms)*
                    other => Ok(Self::Unknown(UnknownVariantValue::new(other))),
                }
            }
        }
    }
}

fn send(stream: &EventStream) -> TokenStream {
    let EventStream { name, events, .. } = stream;
    let arms = events.iter().map(|event| {
        let Event { wire_name, name, .. } = event;
        quote! { Self::#name(event) => to.event(#wire_name, event), }
    });
    let exceptions = stream.exceptions.iter().map(|Exception { wire_name, name, .. }| {
        quote! { Self::#name(error) => to.exception(#wire_name, error), }
    });
    quote! {
        impl event_stream::SendUnion for #name {
            fn write_event(&self, to: &mut event_stream::EventBuilder) {
                match self {
                    #(#arms)*
                    #(#exceptions)*
                    Self::Unknown(_) => to.unknown(),
                }
            }
        }
    }
}

/// Returns the conversions of integer enums from and to event headers.
pub(super) fn header_numbers(enums: &[Enum]) -> TokenStream {
    let names = enums.iter().filter(|found| found.in_event_headers).map(|found| &found.name);
    quote! {
        #(
            impl event_stream::EventHeaderValue for #names {
                fn from_header(value: event_stream::HeaderValue) -> Option<Self> {
                    <i32 as event_stream::EventHeaderValue>::from_header(value).map(Self::from)
                }
                fn to_header(&self) -> event_stream::HeaderValue {
                    event_stream::EventHeaderValue::to_header(&self.as_i32())
                }
            }
        )*
    }
}

/// Returns the (de)serialization of a structure that is an event.
pub(super) fn event_structure(structure: &Structure) -> TokenStream {
    let Structure { name, members, direction, .. } = structure;
    let has_json = members.iter().any(|member| fields::json_name(member).is_some());
    let json_members = has_json.then(|| quote! { event.json_members(self)?; });
    let reads: Vec<TokenStream> = members.iter().filter_map(read_member).collect();
    let read = (direction.received && (has_json || !reads.is_empty())).then(|| {
        quote! {
            fn read_event(&mut self, event: &event_stream::Event<'_>) -> Result<(), event_stream::EventError> {
                #json_members
                #(#reads)*
                Ok(())
            }
        }
    });
    let required = members.iter().filter(|member| member.required && member.is_optional()).map(|member| {
        let field = &member.name;
        let (label, value) = (crate::naming::plain(field), fields::as_option(member, &quote!(self.#field)));
        quote! { to.required(#label, #value); }
    });
    let json_body = has_json.then(|| quote! { to.json_body(); });
    let writes: Vec<TokenStream> = required.chain(json_body).chain(members.iter().map(write_member)).collect();
    let write = (direction.sent && !writes.is_empty()).then(|| {
        quote! {
            fn write_event(&self, to: &mut event_stream::EventBuilder) {
                #(#writes)*
            }
        }
    });
    quote! {
        impl event_stream::EventStructure for #name {
            #read
            #write
        }
    }
}

fn read_member(member: &Member) -> Option<TokenStream> {
    let field = &member.name;
    Some(match &member.binding {
        Binding::EventHeader(wire) => quote! { event.header(#wire, &mut self.#field)?; },
        Binding::EventPayload(payload) => match payload.kind {
            PayloadKind::Text => quote! { event.text_payload(&mut self.#field)?; },
            PayloadKind::Json => quote! { event.json_payload(&mut self.#field)?; },
            _ => quote! { event.bytes_payload(&mut self.#field); },
        },
        _ => return None,
    })
}

fn write_member(member: &Member) -> TokenStream {
    let field = &member.name;
    let value = fields::as_option(member, &quote!(self.#field));
    match &member.binding {
        Binding::EventHeader(wire) => quote! { to.header(#wire, #value); },
        Binding::EventPayload(payload) => match payload.kind {
            PayloadKind::Text => quote! { to.text_payload(#value); },
            PayloadKind::Json => quote! { to.json_payload(#value); },
            _ => quote! { to.bytes_payload(#value); },
        },
        _ => {
            let wire = fields::json_name(member).unwrap_or(&member.wire_name);
            match fields::json_format(member) {
                Some(format) => quote! { to.json_as(#wire, #format, #value); },
                None => quote! { to.json(#wire, #value); },
            }
        }
    }
}

pub(super) fn stream_error(stream: &EventStream) -> TokenStream {
    let EventStream { name, error, exceptions, .. } = stream;
    let doc = docs::outer(&format!("Errors with which the service ends a stream of [`{name}`](super::{name})."));
    let variants = stream.errors.iter().map(|(error, _)| ErrorVariant { name: error, ty: error, docs: "" });
    let variants: Vec<_> = variants.collect();
    let predicates: Vec<_> = stream.errors.iter().map(|(_, predicate)| predicate).collect();
    let arms = exceptions.iter().map(|Exception { wire_name, error, .. }| {
        quote! { #wire_name => response.read(Self::#error), }
    });
    error::operation_error_enum(error, &variants, &predicates, &doc, arms)
}
