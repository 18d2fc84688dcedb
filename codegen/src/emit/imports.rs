//! What a file imports of the generated types, and under which names: those of its own go first.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use crate::ir::{Member, PagedItems, Type};
use crate::naming;

/// The types that a file uses. First all of them are added, then names are asked for.
#[derive(Default)]
pub(super) struct Imports {
    own: HashSet<Ident>,
    types: BTreeSet<Ident>,
    errors: BTreeSet<Ident>,
    names: OnceCell<Names>,
}

/// The names that types go by in a file.
struct Names {
    types: BTreeMap<Ident, Ident>,
    errors: BTreeMap<Ident, Ident>,
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

    /// Adds an error.
    pub(super) fn error(&mut self, name: &Ident) {
        self.errors.insert(name.clone());
    }

    /// In the file that defines all other types itself.
    pub(super) fn errors_alone(self) -> Self {
        Self { types: BTreeSet::new(), ..self }
    }

    /// In the file that defines all errors itself.
    pub(super) fn types_alone(self) -> Self {
        Self { errors: BTreeSet::new(), ..self }
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let mut taken: HashSet<String> =
                self.own.iter().chain(&self.types).chain(&self.errors).map(naming::plain).collect();
            let mut alias = |name: &Ident, suffix: &str| {
                let alias = naming::plain(&naming::suffixed(name, suffix));
                naming::ident(&naming::unique(&alias, |candidate| taken.insert(candidate.to_owned())))
            };
            let mut name_all = |names: &BTreeSet<Ident>, before: &BTreeSet<Ident>, suffix: &str| {
                let names = names.iter().map(|name| {
                    let clashes = self.own.contains(name) || before.contains(name);
                    (name.clone(), if clashes { alias(name, suffix) } else { name.clone() })
                });
                names.collect()
            };
            let types = name_all(&self.types, &BTreeSet::new(), "Type");
            let errors = name_all(&self.errors, &self.types, "ErrorWithMetadata");
            Names { types, errors }
        })
    }

    /// The name that an error goes by in the file.
    pub(super) fn error_name(&self, name: &Ident) -> Ident {
        self.names().errors.get(name).unwrap_or(name).clone()
    }

    /// Gives members the names that their types go by in the file.
    pub(super) fn rename<'m>(&self, members: impl IntoIterator<Item = &'m mut Member>) {
        for member in members {
            self.rename_type(&mut member.ty);
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

    /// Gives a type the name that it goes by in the file.
    fn rename_type(&self, ty: &mut Type) {
        match ty {
            Type::List(element) => self.rename_type(&mut element.ty),
            Type::Map(key, value) => {
                self.rename_type(key);
                self.rename_type(&mut value.ty);
            }
            Type::Error(name) => *name = self.error_name(name),
            Type::Structure(name)
            | Type::Union(name)
            | Type::Enum(name)
            | Type::IntEnum(name)
            | Type::EventStream(name)
            | Type::EventSender(name) => *name = self.names().types.get(name).unwrap_or(name).clone(),
            _ => {}
        }
    }

    /// `use` lines for all of it.
    pub(super) fn tokens(&self) -> TokenStream {
        let list = |names: &BTreeMap<Ident, Ident>, path: TokenStream| {
            let names = names.iter().map(|(name, alias)| match name == alias {
                true => quote!(#name),
                false => quote!(#name as #alias),
            });
            let names: Vec<TokenStream> = names.collect();
            (!names.is_empty()).then(|| quote! { use #path::{#(#names),*}; })
        };
        let types = list(&self.names().types, quote!(crate::types));
        let errors = list(&self.names().errors, quote!(crate::types::error));
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
