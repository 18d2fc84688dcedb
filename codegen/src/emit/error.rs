//! Errors: the structures in `types/error.rs`, an enum per operation, one enum for the service.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::imports::{Imports, Names};
use super::structure::{self, Definition};
use super::{docs, events, response};
use crate::ir::{Direction, Operation, Service, Structure, Type};

/// `types/error.rs`.
pub(super) fn error_types(service: &Service) -> TokenStream {
    let own = service.errors.iter().flat_map(|error| [&error.name, &error.builder]);
    let mut imports = Imports::beside(own.chain(service.event_streams.iter().map(|stream| &stream.error)));
    imports.members(service.errors.iter().flat_map(|error| &error.members));
    let names = imports.types_alone();
    let definitions = service.errors.iter().map(|error| error_structure(error, &names));
    let builders = service.errors.iter().map(|error| definition(error, &names).builder());
    let streams = service.event_streams.iter().map(events::stream_error);
    let body = quote! { #(#definitions)* #(#streams)* };
    let (modules, types) = (names.runtime(!body.is_empty()), names.imports(quote!(super)));
    let builder_imports = (!service.errors.is_empty()).then(|| quote! { use super::*; });
    quote! {
        //! Modeled errors of the service.
        #types
        #modules
        #body
        /// Builders for the errors in this module.
        pub mod builders {
            #builder_imports
            #(#builders)*
        }
    }
}

fn definition<'a>(error: &'a Structure, names: &'a Names) -> Definition<'a> {
    let mut definition = Definition::of(error, names);
    let name = &error.name;
    let fields = error.members.iter().map(structure::debug_field);
    // What servers say may be long.
    definition.debug = Some(quote! {
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_debug(f, Self::NAME, &[#((#fields)),*], &self.meta)
            }
        }
    });
    definition.fields = quote! { meta: ErrorMetadata, };
    definition.built = quote! { meta: self.meta.unwrap_or_default(), };
    definition.empty = quote! { meta: ErrorMetadata::default(), };
    definition.builder_fields = quote! { meta: Option<ErrorMetadata>, };
    definition.builder_methods = quote! {
        /// Sets the error's metadata: its code, message and request id.
        pub fn meta(mut self, meta: ErrorMetadata) -> Self {
            self.meta = Some(meta);
            self
        }
        /// Sets the error's metadata, or clears it with `None`.
        pub fn set_meta(&mut self, meta: Option<ErrorMetadata>) -> &mut Self {
            self.meta = meta;
            self
        }
    };
    definition
}

fn error_structure(error: &Structure, names: &Names) -> TokenStream {
    let Structure { name, members, .. } = error;
    let doc = docs::outer(&structure::described(&error.docs, &error.wire_name));
    let definition = definition(error, names).structure(&doc);
    let json = structure::json(name, members, &Structure { direction: received(error), ..error.clone() });
    let wire_name = &error.wire_name;
    let message = members.iter().find(|member| member.name == "message" && member.ty == Type::String);
    // The message may have another name than in the model, under which the metadata has found it.
    let adopt_message = message.filter(|member| member.is_optional()).map(|_| {
        quote! { self.message = self.message.take().or_else(|| meta.message().map(Into::into)); }
    });
    let display = match message {
        Some(message) if !message.sensitive && message.is_optional() => quote! { self.message.as_deref() },
        Some(message) if !message.sensitive => quote! { Some(self.message.as_str()) },
        _ => quote!(None),
    };
    // A required message may have another name as well.
    let adopt_message = adopt_message.or_else(|| {
        message.map(|_| {
            quote! {
                if self.message.is_empty() {
                    self.message = meta.message().unwrap_or_default().to_owned();
                }
            }
        })
    });
    let without_message = error.hides_message.then(|| quote! { .without_message() });
    let head = response::head(members, &quote!(self));
    let payload = response::payload(members, &quote!(self));
    let read_head = (!head.is_empty() || !payload.is_empty()).then(|| {
        quote! {
            fn read_head(&mut self, response: &Response) -> Result<(), BoxError> {
                #head
                #payload
                Ok(())
            }
        }
    });
    quote! {
        #definition
        #json
        impl ModeledError for #name {
            const NAME: &'static str = #wire_name;
            #read_head
            fn set_meta(&mut self, meta: ErrorMetadata) {
                #adopt_message
                self.meta = meta #without_message;
            }
        }
        impl ProvideErrorMetadata for #name {
            fn meta(&self) -> &ErrorMetadata {
                &self.meta
            }
        }
        impl fmt::Display for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_code_and_message(f, Self::NAME, #display)
            }
        }
        impl std::error::Error for #name {}
    }
}

/// Returns the direction of an error, which is always parsed.
fn received(error: &Structure) -> Direction {
    Direction { received: true, ..error.direction }
}

pub(super) fn operation_error(operation: &Operation, names: &Names) -> TokenStream {
    let doc = docs::outer(&format!("Errors that the service returns for [`{}`].", operation.types.operation));
    let errors = operation.errors.iter();
    let variants = errors.clone().map(|error| ErrorVariant {
        name: &error.name,
        ty: names.error_name(&error.name),
        docs: &error.docs,
    });
    let variants: Vec<_> = variants.collect();
    let arms = variants.iter().map(|ErrorVariant { name, ty, .. }| {
        quote! { #ty::NAME => response.read(Self::#name), }
    });
    let predicates: Vec<&Ident> = errors.map(|error| &error.predicate).collect();
    operation_error_enum(&operation.types.error, &variants, &predicates, &doc, arms)
}

pub(super) struct ErrorVariant<'a> {
    pub(super) name: &'a Ident,
    /// The type of the error, as the file names it.
    pub(super) ty: &'a Ident,
    /// Markdown; may be empty.
    pub(super) docs: &'a str,
}

/// Returns an error enum that is parsed from error responses; `arms` map error codes to variants.
pub(super) fn operation_error_enum(
    name: &Ident,
    variants: &[ErrorVariant<'_>],
    predicates: &[&Ident],
    doc: &TokenStream,
    arms: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let definition = error_enum(name, variants, doc, Written::InPart);
    let predicates = variants.iter().zip(predicates).map(|(ErrorVariant { name: error, ty, .. }, predicate)| {
        let link = if error == ty { String::new() } else { format!("({ty})") };
        let doc = docs::outer(&format!(
            "Returns `true` if this is {} [`{error}`]{link} error.",
            docs::article(&error.to_string())
        ));
        quote! {
            #doc
            pub fn #predicate(&self) -> bool {
                matches!(self, Self::#error(_))
            }
        }
    });
    let read = if variants.is_empty() {
        quote! { response.unhandled() }
    } else {
        quote! {
            match response.code() {
                #(#arms)*
                _ => response.unhandled(),
            }
        }
    };
    quote! {
        #definition
        impl #name {
            /// Creates an error that is not modeled from any other error.
            pub fn unhandled(source: impl Into<BoxError>) -> Self {
                Self::Unhandled(Unhandled::new(source))
            }
            /// Creates an error that is not modeled from a code and a message.
            pub fn generic(meta: ErrorMetadata) -> Self {
                Self::Unhandled(Unhandled::from_meta(meta))
            }
            /// Returns the error's code, message and request id.
            pub fn meta(&self) -> &ErrorMetadata {
                self.variant().meta()
            }
            #(#predicates)*
        }
        impl OperationError for #name {
            const UNHANDLED: fn(Unhandled) -> Self = Self::Unhandled;
            fn from_error_response(response: ErrorResponse<'_>) -> Self {
                #read
            }
        }
    }
}

/// `error.rs`: the enum that the errors of all operations convert into.
pub(super) fn service_error(service: &Service) -> TokenStream {
    let name = format_ident!("Error");
    let mut imports = Imports::beside(service.operations.iter().map(|operation| &operation.types.error).chain([&name]));
    let errors: Vec<&Ident> = service.call_errors.iter().collect();
    for error in &errors {
        imports.error(error);
    }
    let names = imports.names();
    let variants = errors.iter().map(|error| {
        let found = service.errors.iter().find(|found| found.name == **error);
        ErrorVariant { name: error, ty: names.error_name(error), docs: found.map_or("", |found| &found.docs) }
    });
    let variants: Vec<_> = variants.collect();
    let doc = docs::outer(
        "An error of any operation of the service.\n\nEvery operation's error, and every `SdkError` around one, \
         converts into it, so that `?` works for all of them.",
    );
    let definition = error_enum(&name, &variants, &doc, Written::Whole);
    let conversions = service.operations.iter().map(|operation| {
        let error = &operation.types.error;
        let variants: Vec<&Ident> = operation.errors.iter().map(|error| &error.name).collect();
        quote! {
            impl From<#error> for Error {
                fn from(error: #error) -> Self {
                    use #error as Of;
                    match error {
                        #(Of::#variants(it) => Self::#variants(it),)*
                        Of::Unhandled(it) => Self::Unhandled(it),
                    }
                }
            }
            impl<R: RawResponse> From<SdkError<#error, R>> for Error {
                fn from(error: SdkError<#error, R>) -> Self {
                    error.into_service_error_or_unhandled().map_or_else(Self::Unhandled, Self::from)
                }
            }
        }
    });
    let operations = service.operations.iter().map(|operation| {
        let (module, error) = (&operation.method, &operation.types.error);
        quote! { use super::operation::#module::#error; }
    });
    let types = names.imports(quote!(super::types));
    quote! {
        //! The error type that unites the errors of all operations.
        #(#operations)*
        #types
        use crate::runtime::prelude::*;
        #definition
        impl From<BuildError> for Error {
            fn from(error: BuildError) -> Self {
                Self::Unhandled(Unhandled::new(error))
            }
        }
        impl From<crate::runtime::config::EnvError> for Error {
            fn from(error: crate::runtime::config::EnvError) -> Self {
                Self::Unhandled(Unhandled::new(error))
            }
        }
        #(#conversions)*
    }
}

/// How much an enum of modeled errors writes.
enum Written {
    /// Code and message: the `SdkError` around it writes the call.
    InPart,
    /// The call as well, and with `Debug`, which `main` prints, all details.
    Whole,
}

/// Returns an enum of modeled errors, and the traits that every such enum implements.
fn error_enum(name: &Ident, variants: &[ErrorVariant<'_>], doc: &TokenStream, written: Written) -> TokenStream {
    let errors: Vec<&Ident> = variants.iter().map(|variant| variant.name).collect();
    let variants = variants.iter().map(|ErrorVariant { name, ty, docs }| {
        let doc = match crate::docs::summary(docs) {
            summary if summary.is_empty() => docs::outer(&format!("See [`{ty}`].")),
            summary => docs::outer(&summary),
        };
        quote! { #doc #name(#ty), }
    });
    let (derive, debug, display) = match written {
        Written::InPart => (quote! { #[derive(Debug)] }, None, quote! { write!(f, "{}", self.variant()) }),
        Written::Whole => {
            let debug = quote! {
                impl fmt::Debug for #name {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write_report(f, self.variant())
                    }
                }
            };
            (TokenStream::new(), Some(debug), quote! { write_with_call(f, self.variant()) })
        }
    };
    quote! {
        #doc
        #derive
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// An error that is not modeled; see its [`code`](ProvideErrorMetadata::code).
            Unhandled(Unhandled),
        }
        impl ErrorEnum for #name {
            fn variant(&self) -> &dyn ErrorWithMetadata {
                match self {
                    #(Self::#errors(error) => error,)*
                    Self::Unhandled(error) => error,
                }
            }
        }
        #debug
        impl fmt::Display for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                #display
            }
        }
        impl std::error::Error for #name {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                self.variant().source()
            }
        }
    }
}
