//! Compares members: removed, added, retargeted, reordered, and their presence.

use serde_json::Value;

use super::shapes::{Comparison, member_id, type_name};
use super::{Finding, Severity, traits};
use crate::model::{Member, Members, Model, Shape, ShapeId, ShapeKind, Traits};

const REQUIRED: &str = "smithy.api#required";
const DEFAULT: &str = "smithy.api#default";
const CLIENT_OPTIONAL: &str = "smithy.api#clientOptional";
const INPUT: &str = "smithy.api#input";

/// Compares the members of a structure or union.
pub(super) fn compare(to: &mut Comparison<'_>, id: &ShapeId, old: (&Shape, &Members), new: (&Shape, &Members)) {
    let ((old_shape, before), (new_shape, now)) = (old, new);
    for (name, member) in before {
        match now.get(name) {
            Some(is) => {
                compare_one(to, id, name, member, is);
                nullability(to, id, name, (old_shape, member), (new_shape, is));
            }
            None => {
                let gone = Finding::new("member-removed", member_id(id, name)).was(&member.target);
                to.add(gone.model(Severity::Error, "RemovedShape"));
            }
        }
    }
    let union = matches!(new_shape.kind, ShapeKind::Union(_));
    for (name, member) in now.iter().filter(|(name, _)| !before.contains_key(*name)) {
        let required = !union && member.traits.has(REQUIRED) && !member.traits.has(DEFAULT);
        let (rule, severity, event) = if required {
            ("required-member-added", Severity::Error, "AddedRequiredMember")
        } else {
            ("member-added", Severity::Note, "AddedShape")
        };
        to.add(Finding::new(rule, member_id(id, name)).is(&member.target).model(severity, event));
    }
    if before.keys().zip(now.keys()).any(|(was, is)| was != is) {
        let list = |members: &Members| members.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let finding = Finding::new("members-reordered", id).was(list(before)).is(list(now));
        to.add(finding.model(Severity::Danger, "ChangedMemberOrder"));
    }
}

/// Compares two versions of a member.
pub(super) fn compare_one(to: &mut Comparison<'_>, id: &ShapeId, name: &str, was: &Member, is: &Member) {
    let id = member_id(id, name);
    traits::compare(to, &id, &was.traits, &is.traits, None);
    if was.target != is.target {
        let severity = retargeted(to.old, to.new, &was.target, &is.target);
        let finding =
            Finding::new("member-retargeted", id).was(shown(to.old, &was.target)).is(shown(to.new, &is.target));
        to.add(finding.related(&was.target).related(&is.target).model(severity, "ChangedMemberTarget"));
    }
}

fn shown(model: &Model, id: &ShapeId) -> String {
    match model.shape(id) {
        Some(shape) => format!("{id} ({})", type_name(&shape.kind)),
        None => id.to_string(),
    }
}

/// Returns the severity of a changed target: a simple shape without further meaning may have another name.
fn retargeted(old: &Model, new: &Model, was: &ShapeId, is: &ShapeId) -> Severity {
    let (Some(before), Some(now)) = (old.shape(was), new.shape(is)) else { return Severity::Error };
    if type_name(&before.kind) != type_name(&now.kind) {
        return Severity::Error;
    }
    let inner = |was: &Member, is: &Member| {
        if was.target == is.target { Severity::Warning } else { retargeted(old, new, &was.target, &is.target) }
    };
    let own = match (&before.kind, &now.kind) {
        (ShapeKind::Simple(_), _) => Severity::Warning,
        (ShapeKind::List(was), ShapeKind::List(is)) => inner(was, is),
        (ShapeKind::Map(key, value), ShapeKind::Map(new_key, new_value)) => {
            inner(key, new_key).max(inner(value, new_value))
        }
        // The names of all other shapes are names in clients.
        _ => Severity::Error,
    };
    own.max(traits::severity(&before.traits, &now.traits))
}

/// The traits that decide whether a member can be absent.
fn nullability(to: &mut Comparison<'_>, id: &ShapeId, name: &str, old: (&Shape, &Member), new: (&Shape, &Member)) {
    let ((old_shape, was), (new_shape, is)) = (old, new);
    if matches!(new_shape.kind, ShapeKind::Union(_)) {
        return;
    }
    let place = member_id(id, name);
    let (before, now) = (nullable(old_shape, was), nullable(new_shape, is));
    let (input_before, input_now) = (old_shape.traits.has(INPUT), new_shape.traits.has(INPUT));
    let changed = before != now;
    // In an input, only being an input decides.
    let plain = changed && !input_before && !input_now;
    let mut reported = false;
    let (required_before, required_now) = (was.traits.has(REQUIRED), is.traits.has(REQUIRED));
    if required_before != required_now {
        let (rule, event) = if required_now {
            ("required-added", "AddedRequiredTrait")
        } else {
            ("required-removed", "RemovedRequiredTrait")
        };
        let mut finding = Finding::new(rule, &place).was(word(required_before)).is(word(required_now));
        let replaced = !required_now && is.traits.has(DEFAULT);
        if required_now {
            finding = finding.model(Severity::Warning, "TraitBreakingChange.Add.smithy.api#required");
        }
        if plain && !replaced {
            reported = true;
            finding = if !required_now && targets_aggregate(to.new, is) {
                finding.model(Severity::Warning, "ChangedNullability.RemovedRequiredTrait.StructureOrUnion")
            } else {
                finding.model(Severity::Error, format!("ChangedNullability.{event}"))
            };
        }
        to.add(finding);
    }
    let of_target = to.new.shape(&is.target).and_then(|shape| shape.traits.get(DEFAULT));
    let of = Of::Member { target_has_one: of_target.is_some_and(|value| !value.is_null()) };
    if let Some(finding) = default(&place, &was.traits, &is.traits, of) {
        reported = true;
        to.add(finding);
    }
    let (optional_before, optional_now) = (was.traits.has(CLIENT_OPTIONAL), is.traits.has(CLIENT_OPTIONAL));
    if optional_before != optional_now {
        let word = |is| if is { "clientOptional" } else { "as the model says" };
        let mut finding = Finding::new("client-optional", &place).was(word(optional_before)).is(word(optional_now));
        if plain {
            reported = true;
            finding = finding.model(Severity::Error, "ChangedNullability.AddedNullableTrait");
        }
        to.add(finding);
    }
    if changed && (!reported || input_before != input_now) {
        let word = |nullable| if nullable { "can be absent" } else { "is always there" };
        let finding = Finding::new("nullability-changed", place).was(word(before)).is(word(now));
        to.add(match (input_before, input_now) {
            (false, true) => finding.model(Severity::Danger, "ChangedNullability.AddedInputTrait"),
            (true, false) => finding.model(Severity::Error, "ChangedNullability.RemovedInputTrait"),
            _ => finding.model(Severity::Error, "ChangedNullability"),
        });
    }
}

fn word(required: bool) -> &'static str {
    if required { "required" } else { "not required" }
}

/// Returns `true` if a member can be absent, by Smithy's rules for clients.
fn nullable(shape: &Shape, member: &Member) -> bool {
    let has_default = member.traits.get(DEFAULT).is_some_and(|value| !value.is_null());
    shape.traits.has(INPUT) || member.traits.has(CLIENT_OPTIONAL) || !(member.traits.has(REQUIRED) || has_default)
}

fn targets_aggregate(model: &Model, member: &Member) -> bool {
    matches!(model.shape(&member.target).map(|shape| &shape.kind), Some(ShapeKind::Structure(_) | ShapeKind::Union(_)))
}

/// The place of a default value.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    /// A shape that members target.
    Shape,
    /// A member, whose target may have a default of its own.
    Member { target_has_one: bool },
}

/// Describes the change of a default value.
pub(super) fn default(place: &str, before: &Traits, now: &Traits, of: Of) -> Option<Finding> {
    const EVENT: &str = "ChangedDefault";
    let shown = crate::model::number::shown;
    let finding = match (before.get(DEFAULT), now.get(DEFAULT)) {
        (None, Some(is)) => {
            let finding = Finding::new("default-added", place).is(shown(is));
            let is_fine = is.is_null() || now.has("smithy.api#addedDefault");
            if is_fine && of != Of::Shape { finding } else { finding.model(Severity::Error, EVENT) }
        }
        (Some(was), None) => {
            let finding = Finding::new("default-removed", place).was(shown(was));
            let is_fine = was.is_null() && of == Of::Member { target_has_one: false };
            if is_fine { finding } else { finding.model(Severity::Error, EVENT) }
        }
        (Some(was), Some(is)) if !same(was, is) => {
            let may_be = of != Of::Shape && is_zero(was) == is_zero(is);
            let severity = if may_be { Severity::Danger } else { Severity::Error };
            Finding::new("default-changed", place).was(shown(was)).is(shown(is)).model(severity, EVENT)
        }
        _ => return None,
    };
    Some(finding)
}

/// Returns `true` for `0` and `0.0`, which are equal.
fn same(was: &Value, is: &Value) -> bool {
    was == is || was.as_f64().is_some_and(|number| is.as_f64() == Some(number))
}

/// Returns the implicit default of Smithy 1.0.
fn is_zero(value: &Value) -> bool {
    *value == Value::Bool(false) || value.as_f64() == Some(0.0) || value.as_str() == Some("")
}
