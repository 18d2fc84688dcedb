//! Endpoint resolution of operations that bind endpoint parameters.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{EndpointArgument, EndpointParam, Operation};

/// Returns the operation's `endpoint` function, if the operation or its input binds parameters, or a member holds the
/// endpoint.
pub(super) fn endpoint(operation: &Operation) -> Option<TokenStream> {
    if let Some(member) = &operation.endpoint_member {
        let input = &operation.types.input;
        return Some(quote! {
            fn endpoint(input: &#input, _settings: &EndpointSettings<'_>) -> Option<Result<Endpoint, EndpointError>> {
                input.#member.as_deref().map(|url| crate::runtime::endpoint::endpoint_at([url]))
            }
        });
    }
    if operation.endpoint_params.is_empty() {
        return None;
    }
    let input = &operation.types.input;
    let (mut reads_input, mut has_lists) = (false, false);
    let mut lists = TokenStream::new();
    let mut fields = TokenStream::new();
    for EndpointParam { name, optional, argument } in &operation.endpoint_params {
        let value = match argument {
            EndpointArgument::Text(text) => quote!(#text),
            EndpointArgument::Boolean(value) => quote!(#value),
            EndpointArgument::Texts(texts) => quote!(StringList::of(&[#(#texts),*])),
            EndpointArgument::Value(query) => super::query::query(&query.expr),
            EndpointArgument::List(query, list) => {
                let tokens = super::query::query(&query.expr);
                lists.extend(quote! { let #list = #tokens; });
                match query.optional {
                    true => quote!(#list.as_deref().map(StringList::of)),
                    false => quote!(StringList::of(&#list)),
                }
            }
        };
        has_lists |= matches!(argument, EndpointArgument::Texts(_) | EndpointArgument::List(..));
        let found_optional = match argument {
            EndpointArgument::Value(query) | EndpointArgument::List(query, _) => {
                reads_input |= query.reads_input;
                query.optional
            }
            _ => false,
        };
        // Without a value in the input, the client's value applies.
        let value = match (found_optional, optional) {
            (false, true) => quote!(Some(#value)),
            (false, false) => value,
            (true, true) => quote!(#value.or(client.#name)),
            (true, false) => quote!(#value.unwrap_or(client.#name)),
        };
        fields.extend(quote! { #name: #value, });
    }
    let input_name = if reads_input { quote!(input) } else { quote!(_input) };
    let string_list = has_lists.then(|| quote! { use crate::runtime::endpoint::StringList; });
    Some(quote! {
        fn endpoint(#input_name: &#input, settings: &EndpointSettings<'_>) -> Option<Result<Endpoint, EndpointError>> {
            #string_list
            let client = endpoint::Params::new(settings);
            #lists
            let params = endpoint::Params { #fields ..client };
            Some(endpoint::resolve(&params))
        }
    })
}
