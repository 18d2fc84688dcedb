//! Compares values of enums: removed, added, renamed, reordered.

use super::shapes::{Comparison, member_id};
use super::{Finding, Severity, traits};
use crate::model::{Member, Members, ShapeId};

/// The value on the wire.
fn value(name: &str, member: &Member) -> String {
    match member.traits.get("smithy.api#enumValue") {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => name.to_owned(),
    }
}

/// Compares the values of an enum.
pub(super) fn compare(to: &mut Comparison<'_>, id: &ShapeId, before: &Members, now: &Members) {
    let values = |members: &Members| members.iter().map(|(name, member)| value(name, member)).collect::<Vec<_>>();
    let (old_values, new_values) = (values(before), values(now));
    // Up to here, Smithy considers a new value as inserted.
    let mut end = old_values.len();
    for ((name, was), old_value) in before.iter().zip(&old_values) {
        let place = member_id(id, name);
        if let Some(is) = now.get(name) {
            traits::compare(to, &place, &was.traits, &is.traits, None);
        }
        if let Some(index) = new_values.iter().position(|value| value == old_value) {
            let new_name = now.get_index(index).map_or("", |(name, _)| name.as_str());
            if new_name != name {
                let finding = Finding::new("enum-value-renamed", place).was(name).is(new_name);
                let finding = Finding { related: vec![member_id(id, new_name)], ..finding };
                to.add(finding.model(Severity::Error, "ChangedEnumTrait.NameChanged"));
            }
            continue;
        }
        end -= 1;
        match now.get(name) {
            Some(is) => {
                let finding = Finding::new("enum-value-changed", place).was(old_value).is(value(name, is));
                to.add(finding.model(Severity::Error, "TraitBreakingChange.Update.smithy.api#enumValue"));
            }
            None => {
                let finding = Finding::new("enum-value-removed", place).was(old_value);
                to.add(finding.model(Severity::Error, "ChangedEnumTrait.Removed"));
            }
        }
    }
    for (position, ((name, _), new_value)) in now.iter().zip(&new_values).enumerate() {
        if old_values.contains(new_value) || before.contains_key(name) {
            continue;
        }
        let finding = Finding::new("enum-value-added", member_id(id, name)).is(new_value);
        to.add(if position < end {
            finding.model(Severity::Error, format!("ChangedEnumTrait.OrderChanged.{position}"))
        } else {
            finding.model(Severity::Note, format!("ChangedEnumTrait.Appended.{position}"))
        });
    }
    let kept_before: Vec<&str> =
        old_values.iter().filter(|value| new_values.contains(value)).map(String::as_str).collect();
    let kept_now: Vec<&str> =
        new_values.iter().filter(|value| old_values.contains(value)).map(String::as_str).collect();
    if kept_before != kept_now {
        to.add(Finding::new("enum-values-reordered", id).was(kept_before.join(", ")).is(kept_now.join(", ")));
    }
}
