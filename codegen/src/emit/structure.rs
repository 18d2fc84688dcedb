//! `types.rs`: structures, unions and enums, their builders, and their JSON (de)serialization.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::imports::{Imports, Names};
use super::{docs, enums, events, fields, union, wipe};
use crate::ir::{Deprecated, Member, Presence, Service, Structure, Type};

pub(super) fn types(service: &Service) -> TokenStream {
    let Service { structures, unions, enums, event_streams, .. } = service;
    let own = structures.iter().flat_map(|found| [&found.name, &found.builder]);
    let own = own.chain(unions.iter().map(|found| &found.name)).chain(enums.iter().map(|found| &found.name));
    let mut imports = Imports::beside(own.chain(event_streams.iter().map(|found| &found.name)));
    imports.members(structures.iter().flat_map(|found| &found.members));
    imports.members(unions.iter().flat_map(|found| &found.variants).map(|variant| &variant.member));
    if !event_streams.is_empty() {
        imports.runtime_module("event_stream");
    }
    let names = imports.errors_alone();
    let definitions = structures.iter().map(|found| structure(found, &names));
    let unions = unions.iter().map(|found| union::union(found, &names));
    let enums = enums.iter().map(enums::enumeration);
    let streams = event_streams.iter().map(events::event_stream);
    let header_numbers = events::header_numbers(&service.enums);
    let builders = builders_module(structures, &names);
    let body = quote! {
        #(#definitions)*
        #(#unions)*
        #(#enums)*
        #(#streams)*
        #header_numbers
    };
    let (modules, errors) = (names.runtime(!body.is_empty()), names.imports(quote!(self)));
    quote! {
        //! Structures, unions and enums of the service, except for inputs and outputs.
        #errors
        #modules
        pub mod error;
        #body
        #builders
    }
}

fn structure(structure: &Structure, names: &Names) -> TokenStream {
    let doc = docs::outer(&described(&structure.docs, &structure.wire_name));
    let definition = Definition::of(structure, names).structure(&doc);
    let json = json(&structure.name, &structure.members, structure);
    let event = structure.event.then(|| events::event_structure(structure));
    let wipe = wipe::structure(&structure.name, &structure.members);
    quote! {
        #definition
        #json
        #wipe
        #event
    }
}

/// Returns the JSON (de)serialization of a structure, for the directions that it travels in.
pub(super) fn json(name: &Ident, members: &[Member], structure: &Structure) -> TokenStream {
    let read = structure.direction.received.then(|| json_structure(name, members));
    let write = structure.direction.sent.then(|| json_writer(name, members));
    quote! { #read #write }
}

/// A structure and its builder, with what some kinds of structures have besides members.
pub(super) struct Definition<'a> {
    name: &'a Ident,
    builder: &'a Ident,
    members: &'a [Member],
    deprecated: &'a Option<Deprecated>,
    names: &'a Names,
    /// The `Debug` of the structure, if it is neither derived nor only hides what is sensitive.
    pub(super) debug: Option<TokenStream>,
    /// Fields that are not members.
    pub(super) fields: TokenStream,
    /// The values of those fields in the builder's `build`.
    pub(super) built: TokenStream,
    /// The initial values of those fields.
    pub(super) empty: TokenStream,
    /// The builder's fields for them.
    pub(super) builder_fields: TokenStream,
    /// The builder's methods for them.
    pub(super) builder_methods: TokenStream,
}

impl<'a> Definition<'a> {
    pub(super) fn of(structure: &'a Structure, names: &'a Names) -> Self {
        let Structure { name, builder, members, deprecated, .. } = structure;
        Self { deprecated, ..Self::new(name, builder, members, names) }
    }

    pub(super) fn new(name: &'a Ident, builder: &'a Ident, members: &'a [Member], names: &'a Names) -> Self {
        let none = TokenStream::new;
        Self {
            name,
            builder,
            members,
            deprecated: &None,
            names,
            debug: None,
            fields: none(),
            built: none(),
            empty: none(),
            builder_fields: none(),
            builder_methods: none(),
        }
    }

    /// Returns the structure, its accessors, and the traits that cannot be derived.
    pub(super) fn structure(&self, doc: &TokenStream) -> TokenStream {
        let Self { name, builder, members, fields: more, .. } = self;
        let debug = self.debug.clone().or_else(|| redacting_debug(name, members));
        let derives = derives(members, debug.is_some());
        let fields = fields::public_fields(members, self.names);
        let accessors = fields::accessors(members, self.names);
        let default = self.default();
        let deprecated = docs::deprecated(self.deprecated);
        let builder_doc = docs::outer(&format!("Returns a builder for [`{name}`]."));
        quote! {
            #doc
            #deprecated
            #derives
            #[non_exhaustive]
            pub struct #name {
                #fields
                #more
            }
            impl #name {
                #builder_doc
                pub fn builder() -> builders::#builder {
                    builders::#builder::default()
                }
                #accessors
            }
            #debug
            #default
        }
    }

    /// Returns the builder, whose fields are all optional.
    pub(super) fn builder(&self) -> TokenStream {
        let Self { name, builder, members, built: more_built, builder_fields, builder_methods, .. } = self;
        let doc = docs::outer(&format!("A builder for [`{name}`]."));
        let fields = members.iter().map(|member| {
            let (name, ty) = (&member.name, fields::value_type(member, self.names));
            quote! { #name: Option<#ty>, }
        });
        let debug = redacting_debug(builder, members);
        let derive_debug = debug.is_none().then(|| quote! { Debug, });
        // Without a private field, programs could construct it literally, which a first member would break.
        let open = (members.is_empty() && builder_fields.is_empty()).then(|| quote! { #[non_exhaustive] });
        let methods = fields::builder_methods(members, &quote!(self), false, self.names);
        let built = members.iter().map(|member| fields::built_field(member, self.names));
        let build_doc = docs::outer(&format!("Builds the [`{name}`]."));
        let built = quote! { #name { #(#built)* #more_built } };
        let build = if fields::is_fallible(members) {
            quote! {
                #build_doc
                ///
                /// # Errors
                ///
                /// Returns a [`BuildError`] if a required member is not set.
                pub fn build(self) -> Result<#name, BuildError> {
                    Ok(#built)
                }
            }
        } else {
            quote! {
                #build_doc
                pub fn build(self) -> #name {
                    #built
                }
            }
        };
        quote! {
            #doc
            #[derive(Clone, #derive_debug Default, PartialEq)]
            #open
            pub struct #builder {
                #(#fields)*
                #builder_fields
            }
            #debug
            impl #builder {
                #methods
                #builder_methods
                #build
            }
        }
    }

    fn default(&self) -> Option<TokenStream> {
        let Self { name, members, empty, .. } = self;
        if members.iter().all(has_plain_default) {
            return None;
        }
        let fields = members.iter().map(|member| fields::empty_field(member, self.names));
        Some(quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self { #(#fields)* #empty }
                }
            }
        })
    }
}

fn builders_module(structures: &[Structure], names: &Names) -> TokenStream {
    let builders = structures.iter().map(|structure| Definition::of(structure, names).builder());
    let import = (!structures.is_empty()).then(|| quote! { use super::*; });
    quote! {
        /// Builders for the structures in this module.
        pub mod builders {
            #import
            #(#builders)*
        }
    }
}

/// Returns the derived traits: `Debug` unless it is implemented, `Default` if every field's own default is the right one.
fn derives(members: &[Member], implements_debug: bool) -> TokenStream {
    let debug = (!implements_debug).then(|| quote! { Debug, });
    let default = members.iter().all(has_plain_default).then(|| quote! { Default, });
    quote! { #[derive(Clone, #debug #default PartialEq)] }
}

fn has_plain_default(member: &Member) -> bool {
    match &member.presence {
        Presence::Optional => true,
        Presence::Required => !matches!(member.ty, Type::Enum(_) | Type::IntEnum(_)),
        Presence::Default(default) => default.is_zero() && !matches!(member.ty, Type::Enum(_) | Type::IntEnum(_)),
    }
}

fn redacting_debug(name: &Ident, members: &[Member]) -> Option<TokenStream> {
    if !members.iter().any(|member| member.sensitive) {
        return None;
    }
    let text = name.to_string();
    let fields = members.iter().map(debug_field);
    Some(quote! {
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(#text) #(.field(#fields))* .finish()
            }
        }
    })
}

/// Returns the label of a field for `Debug`, and what is shown of it.
pub(super) fn debug_field(member: &Member) -> TokenStream {
    let (name, label) = (&member.name, crate::naming::plain(&member.name));
    let value = if member.sensitive { quote!(redacted(&self.#name)) } else { quote!(self.#name) };
    quote! { #label, &#value }
}

pub(super) fn json_structure(name: &Ident, members: &[Member]) -> TokenStream {
    let arms: Vec<TokenStream> = members
        .iter()
        .filter_map(|member| {
            let (wire, field) = (fields::json_name(member)?, &member.name);
            Some(match fields::json_format(member) {
                _ if member.boxed => quote! { #wire => from.read_boxed(&mut self.#field), },
                Some(format) => quote! { #wire => from.read_as(&mut self.#field, #format), },
                None => quote! { #wire => from.read(&mut self.#field), },
            })
        })
        .collect();
    let read = if arms.is_empty() {
        quote! { from.skip() }
    } else {
        quote! {
            match from.name() {
                #(#arms)*
                _ => from.skip(),
            }
        }
    };
    quote! {
        impl json::Structure for #name {
            fn read<M: json::Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
                #read
            }
        }
    }
}

pub(super) fn json_writer(name: &Ident, members: &[Member]) -> TokenStream {
    let lines: Vec<TokenStream> = members
        .iter()
        .filter_map(|member| {
            let (wire, field) = (fields::json_name(member)?, &member.name);
            let value = fields::as_option(member, &quote!(self.#field));
            Some(match fields::json_format(member) {
                Some(format) => quote! { to.member_as(#wire, #format, #value); },
                None if member.required && member.is_optional() => quote! { to.required(#wire, #value); },
                None => quote! { to.member(#wire, #value); },
            })
        })
        .collect();
    let to = if lines.is_empty() { quote!(_to) } else { quote!(to) };
    quote! {
        impl json::WriteStructure for #name {
            fn write_members(&self, #to: &mut json::Object<'_>) {
                #(#lines)*
            }
        }
    }
}

/// Returns documentation, with a placeholder if the model has none.
pub(super) fn described(docs: &str, wire_name: &str) -> String {
    if docs.is_empty() {
        format!("The shape `{wire_name}`, which the model does not document.")
    } else {
        docs.to_owned()
    }
}
