//! `types.rs`: structures and enums, their builders, and how they are read from JSON.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{docs, enums, fields};
use crate::ir::{Binding, Member, Service, Structure, Type};

pub(super) fn types(service: &Service) -> TokenStream {
    let structures = service.structures.iter().map(structure);
    let enums = service.enums.iter().map(enums::enumeration);
    let builders = builders_module(&service.structures);
    let socket = (!service.structures.is_empty() || !service.enums.is_empty())
        .then(|| quote! { use crate::runtime::socket::*; });
    quote! {
        //! The data types of the service, apart from inputs and outputs.
        #socket
        pub mod error;
        #(#structures)*
        #(#enums)*
        #builders
    }
}

fn structure(structure: &Structure) -> TokenStream {
    let doc = docs::outer(&described(&structure.docs, &structure.wire_name));
    let definition = Definition::of(structure).structure(&doc);
    let read = json_structure(&structure.name, &structure.members);
    quote! {
        #definition
        #read
    }
}

/// A structure and its builder, with what some kinds of them have besides their members.
pub(super) struct Definition<'a> {
    name: &'a Ident,
    builder: &'a Ident,
    members: &'a [Member],
    /// Fields that are no members.
    pub(super) fields: TokenStream,
    /// What those fields are when the builder is done.
    pub(super) built: TokenStream,
    /// Fields of the builder for them.
    pub(super) builder_fields: TokenStream,
    /// Methods of the builder for them.
    pub(super) builder_methods: TokenStream,
}

impl<'a> Definition<'a> {
    pub(super) fn of(structure: &'a Structure) -> Self {
        Self::new(&structure.name, &structure.builder, &structure.members)
    }

    pub(super) fn new(name: &'a Ident, builder: &'a Ident, members: &'a [Member]) -> Self {
        let none = TokenStream::new;
        Self { name, builder, members, fields: none(), built: none(), builder_fields: none(), builder_methods: none() }
    }

    /// The structure, its accessors, and what could not be derived for it.
    pub(super) fn structure(&self, doc: &TokenStream) -> TokenStream {
        let Self { name, builder, members, fields: more, .. } = self;
        let derives = derives(members);
        let fields = fields::public_fields(members);
        let accessors = fields::accessors(members);
        let debug = redacting_debug(name, members);
        let default = default_by_builder(name, members);
        quote! {
            #doc
            #derives
            #[non_exhaustive]
            pub struct #name {
                #fields
                #more
            }
            impl #name {
                /// Starts building one of these.
                pub fn builder() -> builders::#builder {
                    builders::#builder::default()
                }
                #accessors
            }
            #debug
            #default
        }
    }

    /// The builder, whose fields are all optional.
    pub(super) fn builder(&self) -> TokenStream {
        let Self { name, builder, members, built: more_built, builder_fields, builder_methods, .. } = self;
        let doc = docs::outer(&format!("Builds a [`{name}`]."));
        let fields = members.iter().map(|member| {
            let (name, ty) = (&member.name, fields::rust_type(&member.ty));
            quote! { #name: Option<#ty>, }
        });
        let debug = redacting_debug(builder, members);
        let derive_debug = debug.is_none().then(|| quote! { Debug, });
        let methods = fields::builder_methods(members, &quote!(self));
        let built = members.iter().map(fields::built_field);
        let build_doc = docs::outer(&format!("The finished [`{name}`]."));
        quote! {
            #doc
            #[derive(Clone, #derive_debug Default, PartialEq)]
            pub struct #builder {
                #(#fields)*
                #builder_fields
            }
            #debug
            impl #builder {
                #methods
                #builder_methods
                #build_doc
                pub fn build(self) -> #name {
                    #name { #(#built)* #more_built }
                }
            }
        }
    }
}

/// The `builders` module of some structures.
fn builders_module(structures: &[Structure]) -> TokenStream {
    let builders = structures.iter().map(|structure| Definition::of(structure).builder());
    let import = (!structures.is_empty()).then(|| quote! { use super::*; });
    quote! {
        /// Builders of the types in this module.
        pub mod builders {
            #import
            #(#builders)*
        }
    }
}

/// `Debug` is derived unless something must not be printed, `Default` where every field's own
/// default is the right one.
fn derives(members: &[Member]) -> TokenStream {
    let debug = members.iter().all(|member| !member.sensitive).then(|| quote! { Debug, });
    let default = members.iter().all(has_plain_default).then(|| quote! { Default, });
    quote! { #[derive(Clone, #debug #default PartialEq)] }
}

/// The `Default` of a structure whose members do not all start at their types' defaults.
fn default_by_builder(name: &Ident, members: &[Member]) -> Option<TokenStream> {
    (!members.iter().all(has_plain_default)).then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::builder().build()
                }
            }
        }
    })
}

fn has_plain_default(member: &Member) -> bool {
    match &member.default {
        None => true,
        Some(default) => default.is_zero() && !matches!(member.ty, Type::Structure(_) | Type::Enum(_)),
    }
}

/// A `Debug` that names sensitive members and says nothing else of them.
fn redacting_debug(name: &Ident, members: &[Member]) -> Option<TokenStream> {
    if !members.iter().any(|member| member.sensitive) {
        return None;
    }
    let text = name.to_string();
    let fields = members.iter().map(|member| {
        let (name, label) = (&member.name, crate::naming::plain(&member.name));
        if member.sensitive {
            quote! { .field(#label, &redacted(&self.#name)) }
        } else {
            quote! { .field(#label, &self.#name) }
        }
    });
    Some(quote! {
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    })
}

/// How a structure is read from a JSON object.
pub(super) fn json_structure(name: &Ident, members: &[Member]) -> TokenStream {
    let arms = members.iter().filter_map(|member| match &member.binding {
        Binding::Json(wire) => {
            let field = &member.name;
            Some(quote! { #wire => from.read(&mut self.#field), })
        }
        _ => None,
    });
    quote! {
        impl json::Structure for #name {
            fn read<M: json::Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
                match from.name() {
                    #(#arms)*
                    _ => from.skip(),
                }
            }
        }
    }
}

/// Documentation, with a stopgap for shapes that the model does not describe.
pub(super) fn described(docs: &str, wire_name: &str) -> String {
    if docs.is_empty() {
        format!("The shape `{wire_name}` of the model, which does not describe it.")
    } else {
        docs.to_owned()
    }
}
