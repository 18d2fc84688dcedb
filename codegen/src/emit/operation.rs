//! `operation.rs` and a file per operation: input, output, error, builders, paginator.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::structure::{self, Definition};
use super::{docs, error, fields};
use crate::ir::{Binding, Member, Operation, PathPart, Service, Type};
use crate::naming;

/// `operation.rs`.
pub(super) fn operations(service: &Service) -> TokenStream {
    let modules = service.operations.iter().map(|operation| {
        let module = &operation.method;
        quote! { pub mod #module; }
    });
    quote! {
        //! The operations of the service, a module each.
        pub use crate::runtime::error::RequestId;
        #(#modules)*
    }
}

/// `operation/<name>.rs`.
pub(super) fn operation(operation: &Operation) -> TokenStream {
    let module_doc = docs::inner(&format!("The operation `{}` and its types.", operation.wire_name));
    let imports = imports(operation);
    let itself = itself(operation);
    let pages = pages(operation);
    let input = input(operation);
    let output = output(operation);
    let error = error::operation_error(operation);
    let builders = builders(operation);
    let paginator = paginator(operation);
    quote! {
        #module_doc
        #imports
        #itself
        #pages
        #input
        #output
        #error
        #builders
        #paginator
    }
}

fn imports(operation: &Operation) -> TokenStream {
    let types: BTreeSet<&Ident> =
        operation.input.iter().chain(&operation.output).filter_map(|member| fields::named_type(&member.ty)).collect();
    let types = (!types.is_empty()).then(|| quote! { use crate::types::{#(#types),*}; });
    let errors = &operation.errors;
    let errors = (!errors.is_empty()).then(|| quote! { use crate::types::error::{#(#errors),*}; });
    quote! {
        use crate::runtime::socket::*;
        #types
        #errors
    }
}

fn itself(operation: &Operation) -> TokenStream {
    let Operation { wire_name, http_method, method, .. } = operation;
    let types = &operation.types;
    let (name, input, output, error) = (&types.operation, &types.input, &types.output, &types.error);
    let path: String = operation
        .path
        .iter()
        .map(|part| match part {
            PathPart::Literal(text) => text.clone(),
            PathPart::Label(index) => format!("{{{}}}", naming::plain(&operation.input[*index].name)),
        })
        .collect();
    let doc = docs::outer(&format!(
        "The operation behind [`Client::{method}`](crate::Client::{method}): `{http_method} {path}`.",
    ));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct #name;
        impl Operation for #name {
            const NAME: &'static str = #wire_name;
            const METHOD: &'static str = #http_method;
            type Input = #input;
            type Output = #output;
            type Error = #error;
        }
    }
}

fn pages(operation: &Operation) -> Option<TokenStream> {
    let pagination = operation.pagination.as_ref()?;
    let types = &operation.types;
    let (name, input, output) = (&types.operation, &types.input, &types.output);
    let (input_token, output_token) = (&pagination.input_token, &pagination.output_token);
    let page_size = pagination.page_size.as_ref().map(|size| {
        quote! {
            impl PageSized for #name {
                fn set_page_size(input: &mut #input, size: i32) {
                    input.#size = Some(size);
                }
            }
        }
    });
    let items = pagination.items.as_ref().map(|(items, element)| {
        let element = fields::rust_type(element);
        let optional = operation.output.iter().any(|member| member.name == *items && member.default.is_none());
        let unwrap = optional.then(|| quote! { .unwrap_or_default() });
        quote! {
            impl PagedItems for #name {
                type Item = #element;
                fn items(output: #output) -> Vec<#element> {
                    output.#items #unwrap
                }
            }
        }
    });
    Some(quote! {
        impl Paginated for #name {
            fn next_token(output: &#output) -> Option<&str> {
                output.#output_token.as_deref()
            }
            fn token(input: &mut #input) -> &mut Option<String> {
                &mut input.#input_token
            }
        }
        #page_size
        #items
    })
}

fn input(operation: &Operation) -> TokenStream {
    let (name, builder) = (&operation.types.input, &operation.types.input_builder);
    let text = name.to_string();
    let doc = docs::outer(&format!("What [`{}`] takes.", operation.types.operation));
    let public_fields = fields::public_fields(&operation.input);
    let accessors = fields::accessors(&operation.input);
    let path = operation.path.iter().map(|part| match part {
        PathPart::Literal(text) => quote! { binder.path(#text); },
        PathPart::Label(index) => {
            let member = &operation.input[*index];
            let (field, described) = (&member.name, described(member));
            let greedy = matches!(member.binding, Binding::Label { greedy: true });
            quote! { binder.label(#described, &self.#field, #greedy); }
        }
    });
    let literal_query = operation.literal_query.as_ref().map(|query| quote! { binder.literal_query(#query); });
    let bindings = operation.input.iter().filter_map(|member| {
        let (field, described) = (&member.name, described(member));
        match &member.binding {
            Binding::Query(wire) => Some(quote! { binder.query(#wire, #described, &self.#field); }),
            Binding::Header(wire) => Some(quote! { binder.header(#wire, #described, &self.#field); }),
            Binding::Label { .. } | Binding::Json(_) => None,
        }
    });
    quote! {
        #doc
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #public_fields
        }
        impl #name {
            /// Starts building one of these.
            pub fn builder() -> builders::#builder {
                builders::#builder::default()
            }
            #accessors
        }
        impl Bind for #name {
            fn bind(&self, binder: &mut impl Binder) {
                #(#path)*
                #literal_query
                #(#bindings)*
            }
        }
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                debug_bindings(f, #text, self)
            }
        }
    }
}

/// What the runtime has to know of a member besides where it travels.
fn described(member: &Member) -> TokenStream {
    let name = naming::plain(&member.name);
    let kind = if member.required { quote!(Member::required(#name)) } else { quote!(Member::optional(#name)) };
    if member.sensitive { quote!(#kind.sensitive()) } else { kind }
}

/// An output is a structure with a request id, which only a response can give it.
fn output_definition(operation: &Operation) -> Definition<'_> {
    let mut definition = Definition::new(&operation.types.output, &operation.types.output_builder, &operation.output);
    definition.fields = quote! { _request_id: Option<String>, };
    definition.built = quote! { _request_id: None };
    definition
}

fn output(operation: &Operation) -> TokenStream {
    let (name, members) = (&operation.types.output, &operation.output);
    let doc = docs::outer(&format!("What [`{}`] returns.", operation.types.operation));
    let definition = output_definition(operation).structure(&doc);
    let (read, json) = if members.is_empty() {
        // Without members in the body there is nothing to read, whatever the body holds.
        (quote! { Ok(Self { _request_id: response.request_id() }) }, None)
    } else {
        let read = quote! {
            let mut output: Self = json::read_body(response.body())?;
            output._request_id = response.request_id();
            Ok(output)
        };
        (read, Some(structure::json_structure(name, members)))
    };
    quote! {
        #definition
        #json
        impl Output for #name {
            fn from_response(response: &Response) -> Result<Self, BoxError> {
                #read
            }
        }
        impl RequestId for #name {
            fn request_id(&self) -> Option<&str> {
                self._request_id.as_deref()
            }
        }
    }
}

fn builders(operation: &Operation) -> TokenStream {
    let types = &operation.types;
    let (input, input_builder) = (&types.input, &types.input_builder);
    let output = &types.output;
    let (fluent, name, error) = (&types.fluent_builder, &types.operation, &types.error);

    let input_doc = docs::outer(&format!("Builds a [`{input}`]."));
    let input_methods = fields::builder_methods(&operation.input, &quote!(self.input));
    let output_builder = output_definition(operation).builder();
    let build_input_doc =
        docs::outer(&format!("The finished [`{input}`]; what is required is looked for when it is sent."));
    let fluent_doc = docs::outer(&format!("Builds and sends a [`{name}`] request."));
    let fluent_methods = fields::fluent_methods(&operation.input);
    let into_paginator = operation.pagination.as_ref().map(|_| {
        let paginator = &types.paginator;
        quote! {
            /// Walks the pages from here on, one request after the other.
            pub fn into_paginator(self) -> #paginator {
                #paginator::new(self.handle, self.inner.input)
            }
        }
    });
    let import_paginator = operation.pagination.as_ref().map(|_| {
        let paginator = &types.paginator;
        quote! { use super::paginator::#paginator; }
    });
    quote! {
        /// Builders of this operation's types.
        pub mod builders {
            #import_paginator
            use super::*;
            #fluent_doc
            #[derive(Clone, Debug)]
            #[must_use = "a request does nothing until it is sent"]
            pub struct #fluent {
                handle: Handle,
                inner: #input_builder,
            }
            impl #fluent {
                pub(crate) fn new(handle: Handle) -> Self {
                    Self { handle, inner: #input_builder::default() }
                }
                /// Sends the request, again where that may help; the [`SdkError`] says how far it got.
                pub async fn send(self) -> Result<#output, SdkError<#error>> {
                    self.customize().send().await
                }
                /// Changes how this one call is made before it is sent.
                pub fn customize(self) -> CustomizableOperation<#name> {
                    CustomizableOperation::new(self.handle, self.inner.input)
                }
                #into_paginator
                /// What has been set so far.
                pub fn as_input(&self) -> &#input_builder {
                    &self.inner
                }
                #fluent_methods
            }
            #input_doc
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct #input_builder {
                input: #input,
            }
            impl #input_builder {
                #input_methods
                #build_input_doc
                pub fn build(self) -> Result<#input, BuildError> {
                    Ok(self.input)
                }
            }
            #output_builder
        }
    }
}

fn paginator(operation: &Operation) -> Option<TokenStream> {
    let pagination = operation.pagination.as_ref()?;
    let types = &operation.types;
    let (name, paginator, items) = (&types.operation, &types.paginator, &types.paginator_items);
    let doc = docs::outer(&format!("Walks the pages of [`{name}`](super::{name})."));
    let items = pagination.items.as_ref().map(|(field, element)| {
        let what = match element {
            Type::Structure(name) | Type::Enum(name) => format!("[`{name}`](crate::types::{name})s"),
            _ => format!("items of `{}`", naming::plain(field)),
        };
        let doc = docs::outer(&format!("Walks the {what} of all pages."));
        quote! { #doc pub type #items = PaginatorItems<super::#name>; }
    });
    let import = if items.is_some() {
        quote!(
            use crate::runtime::socket::{Paginator, PaginatorItems};
        )
    } else {
        quote!(
            use crate::runtime::socket::Paginator;
        )
    };
    Some(quote! {
        /// Paginators of this operation.
        pub mod paginator {
            #import
            #doc
            pub type #paginator = Paginator<super::#name>;
            #items
        }
    })
}
