//! What a file imports of the generated types, and under which names: those of its own go first.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ir::{Member, PagedItems, Type};
use crate::naming;

/// The types that a file uses. First all of them are added, then names are asked for.
#[derive(Default)]
pub(super) struct Imports {
    own: HashSet<Ident>,
    types: BTreeSet<Ident>,
    errors: BTreeSet<Ident>,
    /// The modules of the runtime that types without a model stand in.
    runtime: BTreeSet<&'static str>,
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
        match ty {
            Type::List(element) => self.add(&element.ty),
            Type::Map(key, value) => {
                self.add(key);
                self.add(&value.ty);
            }
            Type::Error(name) => drop(self.errors.insert(name.clone())),
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
            let errors = name_all(&self.errors, &self.types, "Fault");
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

    /// Adds a module of the runtime.
    pub(super) fn runtime_module(&mut self, name: &'static str) {
        self.runtime.insert(name);
    }

    /// `use` lines for the runtime: the names of its `socket`, where they are asked for, and modules.
    pub(super) fn runtime(&self, socket: bool) -> TokenStream {
        let socket = socket.then(|| quote! { use crate::runtime::socket::*; });
        let names: Vec<Ident> = self.runtime.iter().map(|name| naming::ident(name)).collect();
        match names.as_slice() {
            [] => quote! { #socket },
            [name] if naming::plain(name).as_str() < "socket" => quote! { use crate::runtime::#name; #socket },
            [name] => quote! { #socket use crate::runtime::#name; },
            names => quote! { #socket use crate::runtime::{#(#names),*}; },
        }
    }

    /// `use` lines for generated types, which stand in the module `path` as seen from the file.
    pub(super) fn tokens(&self, path: TokenStream) -> TokenStream {
        let list = |names: &BTreeMap<Ident, Ident>, path: TokenStream| {
            let names = names.iter().map(|(name, alias)| match name == alias {
                true => quote!(#name),
                false => quote!(#name as #alias),
            });
            let names: Vec<TokenStream> = names.collect();
            (!names.is_empty()).then(|| quote! { use #path::{#(#names),*}; })
        };
        let types = list(&self.names().types, path.clone());
        let errors = list(&self.names().errors, quote!(#path::error));
        quote! { #types #errors }
    }
}

/// The module of the runtime that a type stands in, where no model defines it.
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
