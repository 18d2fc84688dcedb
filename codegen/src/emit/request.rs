//! Request bindings: one statement per member of an input.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields;
use crate::ir::{Binding, Member, Operation, PathPart, PayloadKind, Type};
use crate::naming;

pub(super) fn bindings(operation: &Operation) -> TokenStream {
    let path = operation.path.iter().map(|part| match part {
        PathPart::Literal(text) => quote! { visitor.path(#text); },
        PathPart::Label(index) => {
            let member = &operation.input[*index];
            let (field, described) = (&member.name, described(member));
            let greedy = matches!(member.binding, Binding::Label { greedy: true });
            quote! { visitor.label(#described, &self.#field, #greedy); }
        }
    });
    let host = operation.host_prefix.iter().map(|part| match part {
        PathPart::Literal(text) => quote! { visitor.host(#text); },
        PathPart::Label(index) => {
            let member = &operation.input[*index];
            let (field, described) = (&member.name, described(member));
            quote! { visitor.host_label(#described, &self.#field); }
        }
    });
    let literal_query = operation.literal_query.as_ref().map(|query| quote! { visitor.literal_query(#query); });
    // Named parameters and headers take precedence over those of maps.
    let (maps, named): (Vec<&Member>, Vec<&Member>) =
        operation.input.iter().partition(|member| matches!(member.binding, Binding::QueryMap | Binding::HeaderMap(_)));
    let headers = operation.headers.iter().map(|(name, value)| quote! { visitor.constant_header(#name, #value); });
    let json_body = operation.json_body.map(|media_type| match media_type {
        "application/json" => quote! { visitor.json_body(); },
        other => quote! { visitor.json_body_of(#other); },
    });
    let members = named.into_iter().chain(maps).filter_map(member);
    quote! {
        #(#path)*
        #(#host)*
        #literal_query
        #(#headers)*
        #json_body
        #(#members)*
    }
}

fn member(member: &Member) -> Option<TokenStream> {
    let (field, described) = (&member.name, described(member));
    let is_list = matches!(member.ty, Type::List(_));
    let is_sparse = matches!(&member.ty, Type::List(element) if element.optional);
    Some(match &member.binding {
        Binding::Query(wire) if is_list => quote! { visitor.query_list(#wire, #described, &self.#field); },
        Binding::Query(wire) => quote! { visitor.query(#wire, #described, &self.#field); },
        Binding::QueryMap if has_lists(&member.ty) => quote! { visitor.query_lists(#described, &self.#field); },
        Binding::QueryMap => quote! { visitor.query_map(#described, &self.#field); },
        Binding::Header(wire) if is_sparse => {
            quote! { visitor.sparse_header_list(#wire, #described, &self.#field); }
        }
        Binding::Header(wire) if is_list => quote! { visitor.header_list(#wire, #described, &self.#field); },
        Binding::Header(wire) if member.media_type => {
            quote! { visitor.header(#wire, #described, &crate::runtime::data::blob::MediaTyped::of(&self.#field)); }
        }
        Binding::Header(wire) => quote! { visitor.header(#wire, #described, &self.#field); },
        Binding::HeaderMap(prefix) => quote! { visitor.header_map(#prefix, #described, &self.#field); },
        Binding::Json(wire) => quote! { visitor.json(#wire, #described, &self.#field); },
        Binding::Payload(payload) => {
            let content_type = &payload.content_type;
            let function = match payload.kind {
                PayloadKind::Text => quote!(text_payload),
                PayloadKind::Bytes => quote!(bytes_payload),
                // A missing structure is sent as an empty one.
                PayloadKind::Json if matches!(member.ty, Type::Structure(_)) => quote!(structure_payload),
                PayloadKind::Json => quote!(json_payload),
                PayloadKind::Stream | PayloadKind::Events => quote!(streaming_payload),
            };
            quote! { visitor.#function(#content_type, #described, &self.#field); }
        }
        Binding::Label { .. }
        | Binding::StatusCode
        | Binding::Nowhere
        | Binding::EventHeader(_)
        | Binding::EventPayload(_) => return None,
    })
}

/// Returns `true` for a map of lists.
fn has_lists(ty: &Type) -> bool {
    matches!(ty, Type::Map(_, value) if matches!(value.ty, Type::List(_)))
}

/// Returns the description of a member for the runtime, apart from its binding.
fn described(member: &Member) -> TokenStream {
    let name = naming::plain(&member.name);
    let kind = if member.required { quote!(Member::required(#name)) } else { quote!(Member::optional(#name)) };
    let kind = if member.sensitive { quote!(#kind.sensitive()) } else { kind };
    let kind = if member.requires_length { quote!(#kind.sized()) } else { kind };
    match member.format {
        Some(format) => {
            let format = fields::format(format);
            quote!(#kind.format(#format))
        }
        None => kind,
    }
}
