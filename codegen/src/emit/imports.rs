//! What a file imports of the generated types, and under which names: those of its own go first.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use crate::ir::{Member, PagedItems, Type};
use crate::naming;

/// The types that a file uses.
#[derive(Default)]
pub(super) struct Imports {
    own: HashSet<Ident>,
    types: BTreeSet<Ident>,
    errors: BTreeSet<Ident>,
}

impl Imports {
    /// A file that defines these types itself.
    pub(super) fn beside(own: impl IntoIterator<Item = Ident>) -> Self {
        Self { own: own.into_iter().collect(), ..Self::default() }
    }

    /// Adds what members use.
    pub(super) fn members<'m>(&mut self, members: impl IntoIterator<Item = &'m Member>) {
        for member in members {
            self.add(&member.ty);
        }
    }

    fn add(&mut self, ty: &Type) {
        visit(ty, &mut |is_error, name| {
            if is_error { &mut self.errors } else { &mut self.types }.insert(name.clone());
        });
    }

    /// Adds what the pages of an operation hold.
    pub(super) fn paged_items(&mut self, items: &PagedItems) {
        let (PagedItems::List(element) | PagedItems::Map(_, element)) = items;
        self.add(&element.ty);
        if let PagedItems::Map(key, _) = items {
            self.add(key);
        }
    }

    /// Gives what pages hold the names that types go by in the file.
    pub(super) fn rename_paged_items(&self, items: &mut PagedItems) {
        if let PagedItems::Map(key, _) = items {
            self.rename_type(key);
        }
        let (PagedItems::List(element) | PagedItems::Map(_, element)) = items;
        self.rename_type(&mut element.ty);
    }

    /// Adds an error.
    pub(super) fn error(&mut self, name: &Ident) {
        self.errors.insert(name.clone());
    }

    /// The name that an error goes by in the file.
    pub(super) fn error_name(&self, name: &Ident) -> Ident {
        if self.own.contains(name) || self.types.contains(name) {
            naming::suffixed(name, "Fault")
        } else {
            name.clone()
        }
    }

    /// The name that another type goes by in the file.
    fn type_name(&self, name: &Ident) -> Ident {
        if self.own.contains(name) { naming::suffixed(name, "Type") } else { name.clone() }
    }

    /// `use` lines of the file that defines all other types itself: errors alone.
    pub(super) fn errors_beside_types(self) -> TokenStream {
        Self { types: BTreeSet::new(), own: self.own, errors: self.errors }.tokens()
    }

    /// Gives members the names that errors go by in the file that defines all other types.
    pub(super) fn rename_errors(&self, members: Vec<&mut Member>) {
        fn rename(ty: &mut Type, imports: &Imports) {
            match ty {
                Type::List(element) | Type::Map(_, element) => rename(&mut element.ty, imports),
                Type::Error(name) if imports.own.contains(name) => *name = naming::suffixed(name, "Fault"),
                _ => {}
            }
        }
        for member in members {
            rename(&mut member.ty, self);
        }
    }

    /// `use` lines of a file that defines the errors itself: other types alone.
    pub(super) fn types_beside_errors(&self) -> TokenStream {
        Self { own: self.own.clone(), types: self.types.clone(), errors: BTreeSet::new() }.tokens()
    }

    /// Gives members of errors the names that types go by in the file that defines all errors.
    pub(super) fn rename_beside_errors(&self, members: &mut [Member]) {
        let types = Self { own: self.own.clone(), ..Self::default() };
        for member in members {
            types.rename_others(&mut member.ty);
        }
    }

    /// Gives members the names that their types go by in the file.
    pub(super) fn rename<'m>(&self, members: impl IntoIterator<Item = &'m mut Member>) {
        for member in members {
            self.rename_type(&mut member.ty);
        }
    }

    /// Gives a type the name that it goes by in the file.
    fn rename_type(&self, ty: &mut Type) {
        match ty {
            Type::List(element) => self.rename_type(&mut element.ty),
            Type::Map(key, value) => {
                self.rename_type(key);
                self.rename_type(&mut value.ty);
            }
            Type::Error(name) => *name = self.error_name(name),
            other => self.rename_others(other),
        }
    }

    /// The same for a type that is no error.
    fn rename_others(&self, ty: &mut Type) {
        match ty {
            Type::List(element) => self.rename_others(&mut element.ty),
            Type::Map(key, value) => {
                self.rename_others(key);
                self.rename_others(&mut value.ty);
            }
            Type::Structure(name)
            | Type::Union(name)
            | Type::Enum(name)
            | Type::IntEnum(name)
            | Type::EventStream(name)
            | Type::EventSender(name) => *name = self.type_name(name),
            _ => {}
        }
    }

    /// `use` lines for all of it.
    pub(super) fn tokens(&self) -> TokenStream {
        let types: BTreeMap<&Ident, Ident> = self.types.iter().map(|name| (name, self.type_name(name))).collect();
        let errors: BTreeMap<&Ident, Ident> = self.errors.iter().map(|name| (name, self.error_name(name))).collect();
        let list = |names: BTreeMap<&Ident, Ident>, path: TokenStream| {
            let names = names.iter().map(|(name, alias)| match *name == alias {
                true => quote!(#name),
                false => quote!(#name as #alias),
            });
            let names: Vec<TokenStream> = names.collect();
            (!names.is_empty()).then(|| quote! { use #path::{#(#names),*}; })
        };
        let types = list(types, quote!(crate::types));
        let errors = list(errors, quote!(crate::types::error));
        quote! { #types #errors }
    }
}

fn visit(ty: &Type, found: &mut dyn FnMut(bool, &Ident)) {
    match ty {
        Type::List(element) => visit(&element.ty, found),
        Type::Map(key, value) => {
            visit(key, found);
            visit(&value.ty, found);
        }
        Type::Error(name) => found(true, name),
        Type::Structure(name)
        | Type::Union(name)
        | Type::Enum(name)
        | Type::IntEnum(name)
        | Type::EventStream(name)
        | Type::EventSender(name) => found(false, name),
        _ => {}
    }
}

/// `use crate::primitives;`, where the tokens speak of it.
pub(super) fn primitives(tokens: &TokenStream) -> Option<TokenStream> {
    mentions(tokens, "primitives").then(|| quote! { use crate::primitives; })
}

/// Whether an identifier stands anywhere in the tokens.
pub(super) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
