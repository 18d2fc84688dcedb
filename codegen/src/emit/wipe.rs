//! How what is sensitive is overwritten once it has been sent.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ir::{Member, Service, Type, Union};

/// Which types that are sent hold secrets.
#[derive(Default)]
pub(super) struct Secrets {
    /// The structures and unions that have something to overwrite.
    types: BTreeSet<Ident>,
    /// Those of which everything is secret, whatever their own members say.
    whole: BTreeSet<Ident>,
    /// The structures and unions that come with something sensitive of any type in them.
    received: BTreeSet<Ident>,
}

impl Secrets {
    pub(super) fn of(service: &Service) -> Self {
        let mut secrets = Self::default();
        for member in service.operations.iter().flat_map(|operation| &operation.input) {
            secrets.spread(&member.ty, member.sensitive);
        }
        // What a type holds may lead back to it.
        loop {
            let before = (secrets.types.len(), secrets.whole.len(), secrets.received.len());
            for structure in &service.structures {
                secrets.add_received(&structure.name, structure.members.iter());
            }
            for union in &service.unions {
                if union.sensitive {
                    secrets.received.insert(union.name.clone());
                }
                secrets.add_received(&union.name, union.variants.iter().map(|variant| &variant.member));
            }
            for structure in service.structures.iter().filter(|structure| structure.direction.sent) {
                secrets.add(&structure.name, structure.members.iter());
            }
            for union in service.unions.iter().filter(|union| union.direction.sent) {
                if union.sensitive {
                    secrets.whole.insert(union.name.clone());
                }
                secrets.add(&union.name, union.variants.iter().map(|variant| &variant.member));
            }
            if before == (secrets.types.len(), secrets.whole.len(), secrets.received.len()) {
                return secrets;
            }
        }
    }

    fn add<'m>(&mut self, owner: &Ident, members: impl Iterator<Item = &'m Member>) {
        let whole = self.whole.contains(owner);
        for member in members {
            let secret = whole || member.sensitive;
            self.spread(&member.ty, secret);
            if self.has_secret(&member.ty, secret) {
                self.types.insert(owner.clone());
            }
        }
    }

    fn add_received<'m>(&mut self, owner: &Ident, mut members: impl Iterator<Item = &'m Member>) {
        if members.any(|member| self.is_received_in(member)) {
            self.received.insert(owner.clone());
        }
    }

    /// Whether a member comes with something sensitive. What comes piece by piece, or nobody knows, counts as that.
    pub(super) fn is_received_in(&self, member: &Member) -> bool {
        member.sensitive || self.is_received_by(&member.ty)
    }

    fn is_received_by(&self, ty: &Type) -> bool {
        match ty {
            Type::List(element) | Type::Map(_, element) => self.is_received_by(&element.ty),
            Type::Structure(name) | Type::Union(name) => self.received.contains(name),
            Type::Error(_) | Type::ByteStream | Type::EventStream(_) => true,
            _ => false,
        }
    }

    /// What is secret is so with all that it holds.
    fn spread(&mut self, ty: &Type, secret: bool) {
        match ty {
            Type::Structure(name) | Type::Union(name) if secret => drop(self.whole.insert(name.clone())),
            Type::List(element) | Type::Map(_, element) => self.spread(&element.ty, secret),
            _ => {}
        }
    }

    /// Whether there is something to overwrite in a value. Numbers, points in time and the like
    /// are no keys to anything.
    fn has_secret(&self, ty: &Type, secret: bool) -> bool {
        match ty {
            Type::String | Type::Blob => secret,
            Type::List(element) | Type::Map(_, element) => self.has_secret(&element.ty, secret),
            Type::Structure(name) | Type::Union(name) => self.types.contains(name),
            _ => false,
        }
    }

    /// Whether a member holds something to overwrite.
    pub(super) fn in_member(&self, member: &Member) -> bool {
        self.has_secret(&member.ty, member.sensitive)
    }

    /// `wipe` of an input or a structure, where it has something to overwrite.
    pub(super) fn method(&self, members: &[Member], owner: Option<&Ident>) -> Option<TokenStream> {
        let whole = owner.is_some_and(|owner| self.whole.contains(owner));
        let secret = members.iter().filter(|member| self.has_secret(&member.ty, whole || member.sensitive));
        let lines: Vec<TokenStream> = secret
            .map(|member| {
                let name = &member.name;
                quote! { self.#name.wipe(); }
            })
            .collect();
        (!lines.is_empty()).then(|| quote! { fn wipe(&mut self) { #(#lines)* } })
    }

    pub(super) fn structure(&self, name: &Ident, members: &[Member]) -> Option<TokenStream> {
        let method = self.types.contains(name).then(|| self.method(members, Some(name)))??;
        Some(quote! { impl Wipe for #name { #method } })
    }

    pub(super) fn union(&self, union: &Union) -> Option<TokenStream> {
        let name = &union.name;
        if !self.types.contains(name) {
            return None;
        }
        let whole = self.whole.contains(name);
        let arms = union.variants.iter().filter(|variant| {
            let member = &variant.member;
            self.has_secret(&member.ty, whole || member.sensitive)
        });
        let arms = arms.map(|variant| {
            let name = &variant.name;
            quote! { Self::#name(value) => value.wipe(), }
        });
        Some(quote! {
            impl Wipe for #name {
                fn wipe(&mut self) {
                    match self {
                        #(#arms)*
                        _ => {}
                    }
                }
            }
        })
    }
}
