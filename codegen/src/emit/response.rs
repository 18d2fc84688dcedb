//! Response bindings: headers, the status, and the body as a whole.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields;
use crate::ir::{Binding, Member, PayloadKind, TimestampFormat, Type};

/// Returns statements that parse headers and the status into the fields of `place`.
pub(super) fn head(members: &[Member], place: &TokenStream) -> TokenStream {
    let lines = members.iter().filter_map(|member| {
        let field = &member.name;
        let format = member.format.filter(|format| *format != TimestampFormat::HttpDate).map(fields::format);
        match &member.binding {
            Binding::Header(wire) if member.media_type => Some(
                quote! { crate::runtime::http_bindings::read_media_type_header(response, #wire, &mut #place.#field)?; },
            ),
            Binding::Header(wire) => Some(match (&member.ty, format) {
                (Type::List(_), None) => quote! { response.header_list(#wire, &mut #place.#field)?; },
                (Type::List(_), Some(format)) => {
                    quote! { response.header_list_as(#wire, #format, &mut #place.#field)?; }
                }
                (_, None) => quote! { response.header(#wire, &mut #place.#field)?; },
                (_, Some(format)) => quote! { response.header_as(#wire, #format, &mut #place.#field)?; },
            }),
            Binding::HeaderMap(prefix) => Some(quote! { response.header_map(#prefix, &mut #place.#field); }),
            Binding::StatusCode => Some(quote! { response.status_code(&mut #place.#field); }),
            _ => None,
        }
    });
    quote! { #(#lines)* }
}

/// Returns statements that parse the whole body into a field of `place`; `body` is a streaming body.
pub(super) fn payload(members: &[Member], place: &TokenStream) -> TokenStream {
    let lines = members.iter().filter_map(|member| {
        let Binding::Payload(payload) = &member.binding else { return None };
        let field = &member.name;
        Some(match payload.kind {
            PayloadKind::Text => quote! { response.text_payload(&mut #place.#field)?; },
            PayloadKind::Bytes => quote! { response.bytes_payload(&mut #place.#field); },
            PayloadKind::Json => quote! { response.json_payload(&mut #place.#field)?; },
            PayloadKind::Stream => quote! { #place.#field = byte_stream::ByteStream::new(body); },
            PayloadKind::Events => quote! { #place.#field = event_stream::EventReceiver::new(body); },
        })
    });
    quote! { #(#lines)* }
}
