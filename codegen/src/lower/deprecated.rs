//! Deprecations.

use super::types::Types;
use crate::docs;
use crate::ir::{Deprecated, Member, Operation, Structure};
use crate::model::Traits;

pub(super) fn deprecated(traits: &Traits) -> Option<Deprecated> {
    let value = traits.get("smithy.api#deprecated")?;
    let text = |name: &str| {
        // Rustdoc renders it as Markdown, and the compiler prints it on one line.
        let text = docs::name(value.get(name)?.as_str()?);
        (!text.is_empty()).then_some(text)
    };
    Some(Deprecated { note: text("message"), since: text("since") })
}

pub(super) fn any(operations: &[Operation], types: &Types) -> bool {
    let members = |members: &[Member]| members.iter().any(|member| member.deprecated.is_some());
    let structure = |found: &Structure| found.deprecated.is_some() || members(&found.members);
    operations.iter().any(|found| {
        let waiters = found.waiters.iter().any(|waiter| waiter.deprecated);
        found.deprecated.is_some() || members(&found.input) || members(&found.output) || waiters
    }) || types.structures.iter().chain(&types.errors).any(structure)
        || types.unions.iter().any(|found| {
            found.deprecated.is_some() || found.variants.iter().any(|variant| variant.member.deprecated.is_some())
        })
        || types
            .enums
            .iter()
            .any(|found| found.deprecated.is_some() || found.variants.iter().any(|one| one.deprecated.is_some()))
}
