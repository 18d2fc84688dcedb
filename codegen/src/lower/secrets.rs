//! Secrets: what is overwritten in memory once it has been sent, and which outputs are sensitive.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::types::Types;
use crate::ir::{Member, Operation, Type};

/// Sets the flags of members and operations about secrets.
pub(super) fn mark(operations: &mut [Operation], types: &mut Types) {
    let secrets = Secrets::of(operations, types);
    for operation in operations {
        operation.input.iter_mut().for_each(|member| member.wiped = secrets.has_secret(&member.ty, member.sensitive));
        operation.secret_output = operation.output.iter().any(|member| secrets.is_received_in(member));
    }
    let members = |owner: &Ident, members: &mut dyn Iterator<Item = &mut Member>| {
        let whole = secrets.whole.contains(owner);
        for member in members.filter(|_| secrets.types.contains(owner)) {
            member.wiped = secrets.has_secret(&member.ty, whole || member.sensitive);
        }
    };
    for structure in &mut types.structures {
        members(&structure.name, &mut structure.members.iter_mut());
    }
    for union in &mut types.unions {
        members(&union.name, &mut union.variants.iter_mut().map(|variant| &mut variant.member));
    }
}

/// The sent types that hold secrets.
#[derive(Default)]
struct Secrets {
    /// Structures and unions with members to overwrite.
    types: BTreeSet<Ident>,
    /// Types that are sensitive as a whole, whatever their members are.
    whole: BTreeSet<Ident>,
    /// Structures and unions that hold anything sensitive when received.
    received: BTreeSet<Ident>,
}

impl Secrets {
    fn of(operations: &[Operation], types: &Types) -> Self {
        let mut secrets = Self::default();
        for member in operations.iter().flat_map(|operation| &operation.input) {
            secrets.spread(&member.ty, member.sensitive);
        }
        // Types may be recursive.
        loop {
            let before = (secrets.types.len(), secrets.whole.len(), secrets.received.len());
            for structure in &types.structures {
                secrets.add_received(&structure.name, structure.members.iter());
            }
            for union in &types.unions {
                if union.sensitive {
                    secrets.received.insert(union.name.clone());
                }
                secrets.add_received(&union.name, union.variants.iter().map(|variant| &variant.member));
            }
            for structure in types.structures.iter().filter(|structure| structure.direction.sent) {
                secrets.add(&structure.name, structure.members.iter());
            }
            for union in types.unions.iter().filter(|union| union.direction.sent) {
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

    /// Returns `true` if a received member holds anything sensitive. Streams and documents always count.
    fn is_received_in(&self, member: &Member) -> bool {
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

    /// Everything in a secret is secret.
    fn spread(&mut self, ty: &Type, secret: bool) {
        match ty {
            Type::Structure(name) | Type::Union(name) if secret => drop(self.whole.insert(name.clone())),
            Type::List(element) | Type::Map(_, element) => self.spread(&element.ty, secret),
            _ => {}
        }
    }

    /// Returns `true` if a value has something to overwrite. Numbers, timestamps and the like are no secrets.
    fn has_secret(&self, ty: &Type, secret: bool) -> bool {
        match ty {
            Type::String | Type::Blob => secret,
            Type::List(element) | Type::Map(_, element) => self.has_secret(&element.ty, secret),
            Type::Structure(name) | Type::Union(name) => self.types.contains(name),
            _ => false,
        }
    }
}
