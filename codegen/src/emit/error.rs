//! Errors: the structures in `types/error.rs`, an enum per operation, one enum for the service.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::structure::{self, Definition};
use super::{docs, fields};
use crate::ir::{Operation, Service, Structure, Type};

/// `types/error.rs`.
pub(super) fn error_types(service: &Service) -> TokenStream {
    let errors = service.errors.iter().map(error_structure);
    let builders = service.errors.iter().map(|error| definition(error).builder());
    let types: BTreeSet<&Ident> = service
        .errors
        .iter()
        .flat_map(|error| &error.members)
        .filter_map(|member| fields::named_type(&member.ty))
        .collect();
    let types = (!types.is_empty()).then(|| quote! { use crate::types::{#(#types),*}; });
    let imports = (!service.errors.is_empty()).then(|| {
        quote! {
            use crate::runtime::socket::*;
            #types
        }
    });
    let builder_imports = imports.as_ref().map(|_| quote! { use super::*; });
    quote! {
        //! The errors that the service can answer with.
        #imports
        #(#errors)*
        /// Builders of the errors in this module.
        pub mod builders {
            #builder_imports
            #(#builders)*
        }
    }
}

/// An error is a structure with metadata.
fn definition(error: &Structure) -> Definition<'_> {
    let mut definition = Definition::of(error);
    definition.fields = quote! { meta: ErrorMetadata, };
    definition.built = quote! { meta: self.meta.unwrap_or_default(), };
    definition.builder_fields = quote! { meta: Option<ErrorMetadata>, };
    definition.builder_methods = quote! {
        /// Sets code, message and request id, as the service's answer gave them.
        pub fn meta(mut self, meta: ErrorMetadata) -> Self {
            self.meta = Some(meta);
            self
        }
        /// Sets what [`meta`](Self::meta) sets, or clears it with `None`.
        pub fn set_meta(&mut self, meta: Option<ErrorMetadata>) -> &mut Self {
            self.meta = meta;
            self
        }
    };
    definition
}

fn error_structure(error: &Structure) -> TokenStream {
    let Structure { name, members, .. } = error;
    let doc = docs::outer(&structure::described(&error.docs, &error.wire_name));
    let definition = definition(error).structure(&doc);
    let read = structure::json_structure(name, members);
    let wire_name = &error.wire_name;
    let message = members.iter().find(|member| member.name == "message" && member.ty == Type::String);
    // The message may stand under another name than the model's: the metadata has looked for it.
    let adopt_message = message.filter(|member| member.default.is_none()).map(|_| {
        quote! { self.message = self.message.take().or_else(|| meta.message().map(Into::into)); }
    });
    let display = match message {
        Some(message) if !message.sensitive && message.default.is_none() => quote! { self.message.as_deref() },
        Some(message) if !message.sensitive => quote! { Some(self.message.as_str()) },
        _ => quote!(None),
    };
    quote! {
        #definition
        #read
        impl ServiceFault for #name {
            const NAME: &'static str = #wire_name;
            fn set_meta(&mut self, meta: ErrorMetadata) {
                #adopt_message
                self.meta = meta;
            }
        }
        impl ProvideErrorMetadata for #name {
            fn meta(&self) -> &ErrorMetadata {
                &self.meta
            }
        }
        impl fmt::Display for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_fault(f, Self::NAME, #display)
            }
        }
        impl std::error::Error for #name {}
    }
}

/// The error enum of an operation.
pub(super) fn operation_error(operation: &Operation) -> TokenStream {
    let name = &operation.types.error;
    let errors = &operation.errors;
    let doc = docs::outer(&format!(
        "What can go wrong with [`{}`], as far as the service says so.",
        operation.types.operation
    ));
    let definition = error_enum(name, errors, &doc);
    let predicates = errors.iter().map(|error| {
        let predicate = crate::naming::predicate_name(error);
        let doc = docs::outer(&format!("Whether this is a [`{error}`]."));
        quote! {
            #doc
            pub fn #predicate(&self) -> bool {
                matches!(self, Self::#error(_))
            }
        }
    });
    let arms = errors.iter().map(|error| {
        quote! { #error::NAME => answer.read(Self::#error), }
    });
    let read = if errors.is_empty() {
        quote! { answer.unhandled() }
    } else {
        quote! {
            match answer.code() {
                #(#arms)*
                _ => answer.unhandled(),
            }
        }
    };
    quote! {
        #definition
        impl #name {
            /// An error that the model does not list, made of any other.
            pub fn unhandled(source: impl Into<BoxError>) -> Self {
                Self::Unhandled(Unhandled::new(source))
            }
            /// An error that the model does not list, made of a code and a message.
            pub fn generic(meta: ErrorMetadata) -> Self {
                Self::Unhandled(Unhandled::from_meta(meta))
            }
            /// The code, message and request id of the error.
            pub fn meta(&self) -> &ErrorMetadata {
                self.fault().meta()
            }
            #(#predicates)*
        }
        impl OperationError for #name {
            const UNHANDLED: fn(Unhandled) -> Self = Self::Unhandled;
            fn from_answer(answer: ErrorAnswer<'_>) -> Self {
                #read
            }
        }
    }
}

/// `error.rs`: the one enum that every operation's error converts into.
pub(super) fn service_error(service: &Service) -> TokenStream {
    let errors: Vec<Ident> = service.errors.iter().map(|error| error.name.clone()).collect();
    let name = format_ident!("Error");
    let doc = docs::outer(
        "Any error of any operation, for programs that treat them alike.\n\nEvery operation's error and every \
         `SdkError` around one converts into it, so that `?` is enough.",
    );
    let definition = error_enum(&name, &errors, &doc);
    let conversions = service.operations.iter().map(|operation| {
        let error = &operation.types.error;
        let variants = &operation.errors;
        quote! {
            impl From<#error> for Error {
                fn from(error: #error) -> Self {
                    use #error as Of;
                    match error {
                        #(Of::#variants(fault) => Self::#variants(fault),)*
                        Of::Unhandled(fault) => Self::Unhandled(fault),
                    }
                }
            }
            impl<R: fmt::Debug + Send + Sync + 'static> From<SdkError<#error, R>> for Error {
                fn from(error: SdkError<#error, R>) -> Self {
                    error.into_service_error_or_unhandled().map_or_else(Self::Unhandled, Self::from)
                }
            }
        }
    });
    let imports = service.operations.iter().map(|operation| {
        let (module, error) = (&operation.method, &operation.types.error);
        quote! { use crate::operation::#module::#error; }
    });
    let types = (!errors.is_empty()).then(|| quote! { use crate::types::error::{#(#errors),*}; });
    quote! {
        //! The error of the service as a whole.
        #(#imports)*
        use crate::runtime::socket::*;
        #types
        #definition
        impl From<BuildError> for Error {
            fn from(error: BuildError) -> Self {
                Self::Unhandled(Unhandled::new(error))
            }
        }
        #(#conversions)*
    }
}

/// An enum of faults, with what every such enum can do.
fn error_enum(name: &Ident, errors: &[Ident], doc: &TokenStream) -> TokenStream {
    let variants = errors.iter().map(|error| {
        let doc = docs::outer(&format!("See [`{error}`]."));
        quote! { #doc #error(#error), }
    });
    quote! {
        #doc
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// One that the model does not list; see its [`code`](ProvideErrorMetadata::code).
            Unhandled(Unhandled),
        }
        impl Faults for #name {
            fn fault(&self) -> &dyn Fault {
                match self {
                    #(Self::#errors(fault) => fault,)*
                    Self::Unhandled(fault) => fault,
                }
            }
        }
        impl fmt::Display for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_story(f, self.fault())
            }
        }
        impl std::error::Error for #name {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                self.fault().source()
            }
        }
    }
}
