//! `operation.rs` and a file per operation: input, output, error, builders, paginator.

use proc_macro2::TokenStream;
use quote::quote;

use super::imports::{Imports, Names};
use super::structure::{self, Definition};
use super::{docs, error, fields, response};
use crate::ir::{Auth, Binding, Operation, PathPart, Service, Step, Type};
use crate::naming;

/// `operation.rs`.
pub(super) fn operations(service: &Service) -> TokenStream {
    let modules = service.operations.iter().map(|operation| {
        let module = &operation.method;
        quote! { pub mod #module; }
    });
    quote! {
        //! The operations of the service, each in a module of its own.
        pub use crate::runtime::error::RequestId;
        #(#modules)*
    }
}

/// `operation/<name>.rs`.
pub(super) fn operation(operation: &Operation) -> TokenStream {
    let mut imports = Imports::beside_types_of(operation);
    imports.members(operation.input.iter().chain(&operation.output));
    for error in &operation.errors {
        imports.error(&error.name);
    }
    if let Some((_, items)) = operation.pagination.as_ref().and_then(|pagination| pagination.items.as_ref()) {
        imports.paged_items(items);
    }
    let names = imports.names();
    let module_doc =
        docs::inner(&format!("The `{}` operation: its input, output, error and builders.", operation.wire_name));
    let (modules, imports) = (names.runtime(true), names.imports(quote!(super::super::types)));
    let itself = itself(operation);
    let pages = super::pages::pages(operation, &names);
    let input = input(operation, &names);
    let output = output(operation, &names);
    let error = error::operation_error(operation, &names);
    let builders = builders(operation, &names);
    let paginator = super::pages::paginator(operation, &names);
    let body = quote! {
        #itself
        #pages
        #input
        #output
        #error
        #builders
        #paginator
    };
    let endpoint = (!operation.endpoint_params.is_empty()).then(|| quote! { use super::super::endpoint; });
    quote! {
        #module_doc
        #endpoint
        #imports
        #modules
        #body
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
    // Links have no `r#`.
    let method = naming::plain(method);
    let doc = docs::outer(&format!(
        "The `{wire_name}` operation, `{http_method} {path}`; called by \
         [`Client::{method}`](super::super::client::Client::{method})."
    ));
    let deprecated = docs::deprecated(&operation.deprecated);
    let authorize = authorize(operation);
    let retryable = retryable(operation);
    let sensitive = operation.secret_output.then(|| quote! { .sensitive_output() });
    let streaming = operation.output_stream().map(|stream| match stream.ty {
        Type::EventStream(_) if operation.initial_response => {
            let read = quote!(crate::runtime::http_bindings::event_stream::initial_response);
            quote! { .event_stream_output().initial_response(#read) }
        }
        Type::EventStream(_) => quote! { .event_stream_output() },
        _ => quote! { .streaming_output() },
    });
    let presignable = presignable(operation);
    let prepare = prepare(operation);
    let endpoint = super::endpoint_params::endpoint(operation);
    let finish = finish(operation);
    quote! {
        #doc
        #deprecated
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct #name;
        impl Operation for #name {
            const INFO: &'static OperationInfo = &OperationInfo::new(#wire_name, #http_method) #authorize #retryable #sensitive #streaming;
            type Input = #input;
            type Output = #output;
            type Error = #error;
            #prepare
            #endpoint
            #finish
        }
        #presignable
    }
}

/// Returns the mark of an operation whose requests can be presigned.
fn presignable(operation: &Operation) -> Option<TokenStream> {
    let Auth::SigV4 { unsigned_payload, events: false } = operation.auth else { return None };
    let name = &operation.types.operation;
    let unsigned = unsigned_payload.then(|| quote! { const UNSIGNED_PAYLOAD: bool = true; });
    Some(quote! { impl crate::runtime::call::presigning::Presignable for #name { #unsigned } })
}

/// Returns the method of a request builder that presigns.
fn presigned(operation: &Operation) -> Option<TokenStream> {
    presignable(operation)?;
    let error = &operation.types.error;
    Some(quote! {
        /// Returns the request with a signature in its URL, which anybody may send until it expires. Nothing is sent.
        ///
        /// # Errors
        ///
        /// Returns an [`SdkError`] if the input is incomplete, or there are no credentials.
        pub async fn presigned(
            self,
            config: crate::runtime::call::presigning::PresigningConfig,
        ) -> Result<crate::runtime::call::presigning::PresignedRequest, SdkError<#error>> {
            self.customize().presigned(config).await
        }
    })
}

fn authorize(operation: &Operation) -> Option<TokenStream> {
    let function = match operation.auth {
        Auth::None => return None,
        Auth::Bearer => quote!(bearer::authorize),
        Auth::SigV4 { events: true, .. } => quote!(sigv4_event_stream::sign_events),
        Auth::SigV4 { unsigned_payload: true, .. } => quote!(sigv4::sign_unsigned_payload),
        Auth::SigV4 { .. } => quote!(sigv4::sign),
    };
    let optional = operation.optional_auth.then(|| quote! { .optional_auth() });
    Some(quote! { .authorize(crate::runtime::auth::#function) #optional })
}

/// Returns the errors that are modeled as retryable.
fn retryable(operation: &Operation) -> Option<TokenStream> {
    let rows: Vec<TokenStream> = operation
        .errors
        .iter()
        .filter_map(|error| {
            let name = &error.wire_name;
            let kind = if error.retryable? { quote!(Throttling) } else { quote!(Transient) };
            Some(quote! { (#name, RetryKind::#kind) })
        })
        .collect();
    (!rows.is_empty()).then(|| quote! { .retryable(&[#(#rows),*]) })
}

/// Returns `prepare`, which fills in members that the caller has not set.
fn prepare(operation: &Operation) -> Option<TokenStream> {
    let input = &operation.types.input;
    let tokens = operation.input.iter().filter(|member| member.idempotency_token).map(|member| {
        let field = &member.name;
        let token = quote!(crate::runtime::config::idempotency::token(config));
        quote! { #field: input.#field.clone().or_else(|| Some(#token)), }
    });
    let defaults = operation.input_defaults.iter().map(|(field, value)| {
        quote! {
            #field: input.#field.clone().filter(|text| !text.is_empty()).or_else(|| Some(#value.to_owned())),
        }
    });
    let fields: Vec<TokenStream> = tokens.chain(defaults).collect();
    if fields.is_empty() {
        return None;
    }
    let config =
        if operation.input.iter().any(|member| member.idempotency_token) { quote!(config) } else { quote!(_config) };
    let rest = (fields.len() < operation.input.len()).then(|| quote! { ..input.clone() });
    Some(quote! {
        fn prepare(input: &#input, #config: &Config) -> Option<#input> {
            Some(#input { #(#fields)* #rest })
        }
    })
}

/// Returns `finish`, which changes the complete request.
fn finish(operation: &Operation) -> Option<TokenStream> {
    if operation.steps.is_empty() {
        return None;
    }
    let mut reads_config = false;
    let steps: Vec<TokenStream> = operation
        .steps
        .iter()
        .map(|step| {
            let function = match step {
                Step::Header(name, value) => return quote! { request.headers_mut().insert_absent(#name, #value); },
                Step::Gzip => quote!(compression::gzip),
                Step::ContentMd5 => quote!(checksum::content_md5),
                Step::GlacierTreeHash => quote!(tree_hash::glacier_tree_hash),
            };
            reads_config = true;
            quote! { crate::runtime::call::#function(request, config)?; }
        })
        .collect();
    let config = if reads_config { quote!(config) } else { quote!(_config) };
    Some(quote! {
        fn finish(request: &mut Request, #config: &Config) -> Result<(), BuildError> {
            #(#steps)*
            Ok(())
        }
    })
}

fn input(operation: &Operation, names: &Names) -> TokenStream {
    let (name, builder) = (&operation.types.input, &operation.types.input_builder);
    let text = name.to_string();
    let doc = docs::outer(&format!("Input of [`{}`].", operation.types.operation));
    let public_fields = fields::public_fields(&operation.input, names);
    let accessors = fields::accessors(&operation.input, names);
    let bindings = super::request::bindings(operation);
    let wipe = super::wipe::method(&operation.input);
    let visitor = if bindings.is_empty() { quote!(_visitor) } else { quote!(visitor) };
    let builder_doc = docs::outer(&format!("Returns a builder for [`{name}`]."));
    quote! {
        #doc
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #public_fields
        }
        impl #name {
            #builder_doc
            pub fn builder() -> builders::#builder {
                builders::#builder::default()
            }
            #accessors
        }
        impl HttpBindings for #name {
            fn visit(&self, #visitor: &mut impl BindingVisitor) {
                #bindings
            }
            #wipe
        }
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                debug_bindings(f, #text, self)
            }
        }
    }
}

/// Returns the definition of an output: a structure with a request id, which only a response sets.
fn output_definition<'a>(operation: &'a Operation, names: &'a Names) -> Definition<'a> {
    let types = &operation.types;
    let mut definition = Definition::new(&types.output, &types.output_builder, &operation.output, names);
    definition.fields = quote! { _request_id: Option<String>, };
    definition.built = quote! { _request_id: None };
    definition.empty = quote! { _request_id: None };
    definition
}

fn output(operation: &Operation, names: &Names) -> TokenStream {
    let (name, members) = (&operation.types.output, &operation.output);
    let doc = docs::outer(&format!("Output of [`{}`].", operation.types.operation));
    let definition = output_definition(operation, names).structure(&doc);
    let has_json = members.iter().any(|member| fields::json_name(member).is_some());
    let json = has_json.then(|| structure::json_structure(name, members));
    let head = response::head(members, &quote!(output));
    let payload = response::payload(members, &quote!(output));
    let read = if members.is_empty() {
        // Without members in the body, the body is not parsed.
        quote! { Ok(Self { _request_id: response.request_id() }) }
    } else {
        let start = if has_json { quote!(json::read_body(response.body())?) } else { quote!(Self::default()) };
        // With an event stream, members before it have no default.
        let events = members.iter().any(|member| matches!(member.ty, Type::EventStream(_)));
        let required = members.iter().filter(|member| events && member.required).filter_map(|member| {
            let Binding::Header(wire) = &member.binding else { return None };
            Some(quote! { response.require_header(#wire)?; })
        });
        quote! {
            #(#required)*
            let mut output: Self = #start;
            #head
            #payload
            output._request_id = response.request_id();
            Ok(output)
        }
    };
    let from_response = if operation.output_stream().is_some() {
        quote! {
            fn from_response(response: &Response) -> Result<Self, BoxError> {
                Self::from_stream(response, ResponseBody::from(response.body().to_vec()))
            }
            fn from_stream(response: &Response, body: ResponseBody) -> Result<Self, BoxError> {
                #read
            }
        }
    } else {
        quote! {
            fn from_response(response: &Response) -> Result<Self, BoxError> {
                #read
            }
        }
    };
    quote! {
        #definition
        #json
        impl Output for #name {
            #from_response
        }
        impl RequestId for #name {
            fn request_id(&self) -> Option<&str> {
                self._request_id.as_deref()
            }
        }
    }
}

fn builders(operation: &Operation, names: &Names) -> TokenStream {
    let types = &operation.types;
    let (input, input_builder) = (&types.input, &types.input_builder);
    let output = &types.output;
    let (fluent, name, error) = (&types.fluent_builder, &types.operation, &types.error);

    let input_doc = docs::outer(&format!("A builder for [`{input}`]."));
    let input_methods = fields::builder_methods(&operation.input, &quote!(self.input), true, names);
    let output_builder = output_definition(operation, names).builder();
    let build_input_doc = docs::outer(&format!(
        "Builds the [`{input}`]. Required members are checked when the request is sent; this never fails."
    ));
    let fluent_doc = docs::outer(&format!("A request builder for [`{name}`]."));
    let fluent_methods = fields::fluent_methods(&operation.input, names);
    let presigned = presigned(operation);
    let into_paginator = operation.pagination.as_ref().map(|_| {
        let paginator = &types.paginator;
        quote! {
            /// Returns a paginator, which starts at this request's page and sends a request per page.
            pub fn into_paginator(self) -> #paginator<H> {
                #paginator::new(self.handle, self.inner.input)
            }
        }
    });
    let import_paginator = operation.pagination.as_ref().map(|_| {
        let paginator = &types.paginator;
        quote! { use super::paginator::#paginator; }
    });
    quote! {
        /// Builders for the request, input and output of the operation.
        pub mod builders {
            #import_paginator
            use super::*;
            #fluent_doc
            #[derive(Clone, Debug)]
            #[must_use = "a request does nothing until it is sent"]
            pub struct #fluent<H = Handle> {
                handle: H,
                inner: #input_builder,
            }
            impl #fluent {
                /// Sends the request, retrying transient failures.
                ///
                /// # Errors
                ///
                /// Returns an [`SdkError`] if the call fails.
                pub async fn send(self) -> Result<#output, SdkError<#error>> {
                    self.customize().send().await
                }
                #presigned
            }
            impl<H> #fluent<H> {
                pub(crate) fn new(handle: H) -> Self {
                    Self { handle, inner: Default::default() }
                }
                /// Customizes this one call before it is sent, for example by overriding configuration.
                pub fn customize(self) -> CustomizableOperation<#name, H> {
                    CustomizableOperation::new(self.handle, self.inner.input)
                }
                #into_paginator
                /// Returns the input builder, with the values set so far.
                pub fn as_input(&self) -> &#input_builder {
                    &self.inner
                }
                #fluent_methods
            }
            #input_doc
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct #input_builder {
                input: Wiped<#input>,
            }
            impl #input_builder {
                #input_methods
                #build_input_doc
                pub fn build(self) -> Result<#input, BuildError> {
                    Ok(self.input.into_inner())
                }
            }
            #output_builder
        }
    }
}
