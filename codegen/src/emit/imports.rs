//! The imports of a file, and the names of generated types in it: its own types take precedence.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ir::{Member, Operation, PagedItems, Type};
use crate::naming;

/// Collects what a file uses; [`Names`] are built from it.
#[derive(Default)]
pub(super) struct Imports {
    own: HashSet<Ident>,
    types: BTreeSet<Ident>,
    errors: BTreeSet<Ident>,
    /// The modules of the runtime whose types the file uses.
    runtime: BTreeSet<&'static str>,
}

impl Imports {
    /// Starts with a file that defines these types itself.
    pub(super) fn beside<'i>(own: impl IntoIterator<Item = &'i Ident>) -> Self {
        Self { own: own.into_iter().cloned().collect(), ..Self::default() }
    }

    /// Starts with a file that has the types of an operation.
    pub(super) fn beside_types_of(operation: &Operation) -> Self {
        let types = &operation.types;
        Self::beside([
            &types.operation,
            &types.input,
            &types.input_builder,
            &types.fluent_builder,
            &types.output,
            &types.output_builder,
            &types.error,
            &types.paginator,
            &types.paginator_items,
        ])
    }

    pub(super) fn members<'m>(&mut self, members: impl IntoIterator<Item = &'m Member>) {
        for member in members {
            self.add(&member.ty);
        }
    }

    fn add(&mut self, ty: &Type) {
        match ty {
            Type::List(element) => self.add(&element.ty),
            Type::Map(key, value) => {
                self.add(key);
                self.add(&value.ty);
            }
            Type::Error(name) => self.error(name),
            Type::Structure(name)
            | Type::Union(name)
            | Type::Enum(name)
            | Type::IntEnum(name)
            | Type::EventStream(name)
            | Type::EventSender(name) => drop(self.types.insert(name.clone())),
            _ => {}
        }
        self.runtime.extend(runtime_module(ty));
    }

    pub(super) fn paged_items(&mut self, items: &PagedItems) {
        let (PagedItems::List(element) | PagedItems::Map(_, element)) = items;
        self.add(&element.ty);
        if let PagedItems::Map(key, _) = items {
            self.add(key);
        }
    }

    pub(super) fn error(&mut self, name: &Ident) {
        self.errors.insert(name.clone());
    }

    pub(super) fn runtime_module(&mut self, name: &'static str) {
        self.runtime.insert(name);
    }

    /// Returns names for the file that defines all types other than errors.
    pub(super) fn errors_alone(self) -> Names {
        Self { types: BTreeSet::new(), ..self }.names()
    }

    /// Returns names for the file that defines all errors.
    pub(super) fn types_alone(self) -> Names {
        Self { errors: BTreeSet::new(), ..self }.names()
    }

    /// Returns names for any other file.
    pub(super) fn names(self) -> Names {
        let (types, errors) = naming::aliases(&self.own, &self.types, &self.errors);
        Names { types, errors, runtime: self.runtime, qualified: false }
    }

    /// Returns names for a file that imports the module of the types in place of the types.
    pub(super) fn qualified(self) -> Names {
        Names { types: BTreeMap::new(), errors: BTreeMap::new(), runtime: self.runtime, qualified: true }
    }
}

/// The names of generated types in a file.
pub(super) struct Names {
    types: BTreeMap<Ident, Ident>,
    errors: BTreeMap<Ident, Ident>,
    runtime: BTreeSet<&'static str>,
    qualified: bool,
}

impl Names {
    pub(super) fn error(&self, name: &Ident) -> TokenStream {
        let found = self.error_name(name);
        if self.qualified { quote!(types::error::#found) } else { quote!(#found) }
    }

    /// Returns the path of any other type.
    pub(super) fn data(&self, name: &Ident) -> TokenStream {
        let found = self.types.get(name).unwrap_or(name);
        if self.qualified { quote!(types::#found) } else { quote!(#found) }
    }

    /// Returns the imported name of an error.
    pub(super) fn error_name<'n>(&'n self, name: &'n Ident) -> &'n Ident {
        self.errors.get(name).unwrap_or(name)
    }

    /// Returns `use` items for the runtime: optionally its prelude, and the modules that are used.
    pub(super) fn runtime(&self, prelude: bool) -> TokenStream {
        let prelude = prelude.then(|| quote! { use crate::runtime::prelude::*; });
        let names: Vec<Ident> = self.runtime.iter().map(|name| naming::ident(name)).collect();
        match names.as_slice() {
            [] => quote! { #prelude },
            [name] => quote! { #prelude use crate::runtime::primitives::#name; },
            names => quote! { #prelude use crate::runtime::primitives::{#(#names),*}; },
        }
    }

    /// Returns `use` items for generated types; `path` leads to their module from the file.
    pub(super) fn imports(&self, path: TokenStream) -> TokenStream {
        let list = |names: &BTreeMap<Ident, Ident>, path: TokenStream| {
            let names = names.iter().map(|(name, alias)| match name == alias {
                true => quote!(#name),
                false => quote!(#name as #alias),
            });
            let names: Vec<TokenStream> = names.collect();
            (!names.is_empty()).then(|| quote! { use #path::{#(#names),*}; })
        };
        let (types, errors) = (list(&self.types, path.clone()), list(&self.errors, quote!(#path::error)));
        quote! { #types #errors }
    }
}

fn runtime_module(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::BigInteger | Type::BigDecimal => "number",
        Type::Blob => "blob",
        Type::Timestamp => "timestamp",
        Type::Document => "document",
        Type::ByteStream => "byte_stream",
        Type::EventStream(_) | Type::EventSender(_) => "event_stream",
        _ => return None,
    })
}
