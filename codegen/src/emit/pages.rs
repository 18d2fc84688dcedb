//! Pagination: how pages follow each other, and the paginators.

use proc_macro2::TokenStream;
use quote::quote;

use super::imports::Names;
use super::{docs, fields};
use crate::ir::{Operation, PagedItems, PathStep, Type};
use crate::naming;

pub(super) fn pages(operation: &Operation, names: &Names) -> Option<TokenStream> {
    let pagination = operation.pagination.as_ref()?;
    let types = &operation.types;
    let (name, input, output) = (&types.operation, &types.input, &types.output);
    let input_token = &pagination.input_token;
    let token = token(&pagination.output_token);
    let page_size = pagination.page_size.as_ref().map(|(field, ty)| {
        let value = match ty {
            Type::Long => quote!(size.into()),
            Type::String => quote!(size.to_string()),
            _ => quote!(size),
        };
        quote! {
            impl PageSized for #name {
                fn set_page_size(input: &mut #input, size: i32) {
                    input.#field = Some(#value);
                }
            }
        }
    });
    let items = pagination.items.as_ref().map(|(path, items)| {
        let (item, collect) = match items {
            PagedItems::List(element) => (fields::element_type(element, names), None),
            PagedItems::Map(key, element) => {
                let (key, element) = (fields::rust_type(key, names), fields::element_type(element, names));
                (quote!((#key, #element)), Some(quote! { .into_iter().collect() }))
            }
        };
        let value = owned(path);
        quote! {
            impl PagedItems for #name {
                type Item = #item;
                fn items(output: #output) -> Vec<#item> {
                    #value #collect
                }
            }
        }
    });
    Some(quote! {
        impl Paginated for #name {
            fn next_token(output: &#output) -> Option<&str> {
                #token
            }
            fn token(input: &mut #input) -> &mut Option<String> {
                &mut input.#input_token
            }
        }
        #page_size
        #items
    })
}

/// Returns an expression for the string at the end of a path, as `Option<&str>`.
fn token(path: &[PathStep]) -> TokenStream {
    let mut tokens = quote!(output);
    for (index, step) in path.iter().enumerate() {
        let name = &step.name;
        let last = index + 1 == path.len();
        tokens = match (last, step.optional, step.boxed) {
            (true, true, _) => quote!(#tokens.#name.as_deref()),
            (true, false, _) => quote!(Some(#tokens.#name.as_str())),
            (false, true, true) => quote!(#tokens.#name.as_deref()?),
            (false, true, false) => quote!(#tokens.#name.as_ref()?),
            (false, false, _) => quote!(#tokens.#name),
        };
    }
    tokens
}

/// Returns an expression that takes the collection at the end of a path; empty if there is none.
fn owned(path: &[PathStep]) -> TokenStream {
    let fallible = path.iter().take(path.len().saturating_sub(1)).any(|step| step.optional);
    let mut tokens = quote!(output);
    for (index, step) in path.iter().enumerate() {
        let name = &step.name;
        let last = index + 1 == path.len();
        tokens = match (last, step.optional) {
            (true, true) if fallible => quote!(#tokens.#name?),
            (true, true) => quote!(#tokens.#name.unwrap_or_default()),
            (false, true) => quote!(#tokens.#name?),
            (_, false) => quote!(#tokens.#name),
        };
    }
    if fallible { quote!((|| Some(#tokens))().unwrap_or_default()) } else { tokens }
}

pub(super) fn paginator(operation: &Operation, names: &Names) -> Option<TokenStream> {
    let pagination = operation.pagination.as_ref()?;
    let types = &operation.types;
    let (name, paginator, items_name) = (&types.operation, &types.paginator, &types.paginator_items);
    let doc = docs::outer(&format!("A paginator of [`{name}`](super::{name}), which yields the output of each page."));
    let items = pagination.items.as_ref().map(|(path, items)| {
        let field = path.iter().map(|step| naming::plain(&step.name)).collect::<Vec<_>>().join(".");
        let what = match items {
            PagedItems::List(element) => match &element.ty {
                Type::Structure(name) | Type::Enum(name) => {
                    let name = names.data(name);
                    format!("[`{name}`](super::{name}) items")
                }
                _ => format!("items of `{field}`"),
            },
            PagedItems::Map(..) => format!("entries of `{field}`"),
        };
        let doc = docs::outer(&format!("A paginator that yields the {what} of all pages."));
        quote! { #doc pub type #items_name<H = Handle> = PaginatorItems<super::#name, H>; }
    });
    let import = if items.is_some() {
        quote!(
            use crate::runtime::prelude::{Handle, Paginator, PaginatorItems};
        )
    } else {
        quote!(
            use crate::runtime::prelude::{Handle, Paginator};
        )
    };
    Some(quote! {
        /// Paginators of the operation.
        pub mod paginator {
            #import
            #doc
            pub type #paginator<H = Handle> = Paginator<super::#name, H>;
            #items
        }
    })
}
