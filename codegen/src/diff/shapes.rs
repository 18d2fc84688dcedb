//! Compares shapes: removed, added, renamed, of another type, and changed parts.

use std::collections::{BTreeSet, HashMap};

use super::rules::known;
use super::{Finding, ModelVerdict, Severity, enums, members, operations, traits};
use crate::model::{Member, Model, Shape, ShapeId, ShapeKind, Simple};

impl Finding {
    /// Creates a finding about a shape without details.
    pub(super) fn new(rule: &'static str, shape: impl ToString) -> Self {
        Self {
            rule: known(rule),
            shape: shape.to_string(),
            related: Vec::new(),
            was: None,
            is: None,
            model: None,
            krate: None,
            changes: Vec::new(),
        }
    }

    pub(super) fn was(mut self, was: impl ToString) -> Self {
        self.was = Some(printable(was.to_string()));
        self
    }

    pub(super) fn is(mut self, is: impl ToString) -> Self {
        self.is = Some(printable(is.to_string()));
        self
    }

    pub(super) fn model(mut self, severity: Severity, id: impl Into<String>) -> Self {
        self.model = Some(ModelVerdict { severity, id: id.into() });
        self
    }

    pub(super) fn related(mut self, id: &ShapeId) -> Self {
        self.related.push(id.to_string());
        self
    }
}

/// Escapes control characters for terminals: models are untrusted.
pub(super) fn printable(text: String) -> String {
    if text.chars().any(char::is_control) {
        text.chars().map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }).collect()
    } else {
        text
    }
}

/// Both models, and the findings.
pub(super) struct Comparison<'m> {
    pub(super) old: &'m Model,
    pub(super) new: &'m Model,
    pub(super) findings: Vec<Finding>,
}

/// Compares two models.
pub(super) fn compare(old: &Model, new: &Model) -> Vec<Finding> {
    let mut comparison = Comparison { old, new, findings: Vec::new() };
    comparison.shapes();
    comparison.findings
}

/// Returns the id of a member, or of a part of a list or map.
pub(super) fn member_id(id: &ShapeId, name: &str) -> String {
    format!("{id}${name}")
}

/// Returns Smithy's name of a shape's type.
pub(super) fn type_name(kind: &ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Simple(simple) => match simple {
            Simple::String => "string",
            Simple::Boolean => "boolean",
            Simple::Byte => "byte",
            Simple::Short => "short",
            Simple::Integer => "integer",
            Simple::Long => "long",
            Simple::Float => "float",
            Simple::Double => "double",
            Simple::BigInteger => "bigInteger",
            Simple::BigDecimal => "bigDecimal",
            Simple::Blob => "blob",
            Simple::Timestamp => "timestamp",
            Simple::Document => "document",
        },
        ShapeKind::Enum(_) => "enum",
        ShapeKind::IntEnum(_) => "intEnum",
        ShapeKind::List(_) => "list",
        ShapeKind::Map(..) => "map",
        ShapeKind::Structure(_) => "structure",
        ShapeKind::Union(_) => "union",
        ShapeKind::Operation(_) => "operation",
        ShapeKind::Service(_) => "service",
        ShapeKind::Resource(_) => "resource",
    }
}

impl<'m> Comparison<'m> {
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn shapes(&mut self) {
        let (old, new) = (self.old, self.new);
        let bound_before = operations::bound(old);
        let bound_now = operations::bound(new);
        let own = |id: &&ShapeId| !id.as_str().starts_with("smithy.api#");
        let removed: Vec<&ShapeId> = old.shapes.keys().filter(own).filter(|id| new.shape(id).is_none()).collect();
        let added: Vec<&ShapeId> = new.shapes.keys().filter(own).filter(|id| old.shape(id).is_none()).collect();
        let renamed = self.renamed(&removed, &added);
        let taken: BTreeSet<&ShapeId> = renamed.values().copied().collect();
        for id in removed {
            let Some(shape) = old.shape(id) else { continue };
            let was = type_name(&shape.kind);
            let verdict = removed_verdict(shape);
            if let Some(to) = renamed.get(id) {
                let finding = Finding::new("shape-renamed", id).was(id).is(to).related(to);
                self.add(Finding { model: verdict, ..finding });
            } else if !bound_before.contains(id) {
                self.add(Finding { model: verdict, ..Finding::new("shape-removed", id).was(was) });
            }
        }
        for id in added.into_iter().filter(|id| !taken.contains(id) && !bound_now.contains(id)) {
            let Some(shape) = new.shape(id) else { continue };
            self.add(Finding::new("shape-added", id).is(type_name(&shape.kind)).model(Severity::Note, "AddedShape"));
        }
        for id in bound_before.difference(&bound_now) {
            let gone = Finding::new("operation-removed", id).was("bound").is("not bound");
            self.add(gone.model(Severity::Error, format!("RemovedOperationBinding.FromService.{}", id.name())));
        }
        for id in bound_now.difference(&bound_before) {
            let came = Finding::new("operation-added", id).was("not bound").is("bound");
            self.add(came.model(Severity::Note, format!("AddedOperationBinding.ToService.{}", id.name())));
        }
        for (id, was) in old.shapes.iter().filter(|(id, _)| own(id)) {
            if let Some(is) = new.shape(id) {
                self.shape(id, was, is);
            }
        }
    }

    fn shape(&mut self, id: &ShapeId, was: &'m Shape, is: &'m Shape) {
        traits::compare(self, id.as_str(), &was.traits, &is.traits, Some((&was.kind, &is.kind)));
        let (before, now) = (type_name(&was.kind), type_name(&is.kind));
        if before != now {
            let finding = Finding::new("shape-type-changed", id).was(before).is(now);
            self.add(finding.model(Severity::Error, "ChangedShapeType"));
            return;
        }
        match (&was.kind, &is.kind) {
            (ShapeKind::Structure(before), ShapeKind::Structure(now)) => {
                members::compare(self, id, (was, before), (is, now));
            }
            (ShapeKind::Union(before), ShapeKind::Union(now)) => members::compare(self, id, (was, before), (is, now)),
            (ShapeKind::Enum(before), ShapeKind::Enum(now)) | (ShapeKind::IntEnum(before), ShapeKind::IntEnum(now)) => {
                enums::compare(self, id, before, now);
            }
            (ShapeKind::List(_), ShapeKind::List(_)) | (ShapeKind::Map(..), ShapeKind::Map(..)) => {
                for ((name, before), (_, now)) in was.kind.members().into_iter().zip(is.kind.members()) {
                    members::compare_one(self, id, name, before, now);
                }
            }
            (ShapeKind::Operation(before), ShapeKind::Operation(now)) => operations::compare(self, id, before, now),
            (ShapeKind::Service(before), ShapeKind::Service(now)) => operations::compare_service(self, id, before, now),
            _ => {}
        }
    }

    /// Returns pairs of a removed shape and an added one with equal content that replaces it as a target, unless ambiguous.
    fn renamed(&self, removed: &[&'m ShapeId], added: &[&'m ShapeId]) -> HashMap<&'m ShapeId, &'m ShapeId> {
        let (removed, added): (BTreeSet<_>, BTreeSet<_>) = (removed.iter().copied().collect(), added.iter().collect());
        let mut candidates: HashMap<&ShapeId, BTreeSet<&ShapeId>> = HashMap::new();
        for (id, was) in &self.old.shapes {
            let Some(is) = self.new.shape(id) else { continue };
            let pairs = targets(&was.kind).into_iter().filter_map(|(place, from)| {
                let to = targets(&is.kind).into_iter().find(|(other, _)| *other == place)?.1;
                Some((from, to))
            });
            for (from, to) in pairs {
                if removed.contains(from) && added.contains(&to) && self.same_content(from, to) {
                    candidates.entry(from).or_default().insert(to);
                }
            }
        }
        let unique = candidates.iter().filter(|(_, found)| found.len() == 1);
        unique
            .filter_map(|(from, found)| {
                let to = found.first()?;
                let rivals = candidates.values().filter(|others| others.contains(to)).count();
                (rivals == 1).then_some((*from, *to))
            })
            .collect()
    }

    fn same_content(&self, from: &ShapeId, to: &ShapeId) -> bool {
        let (Some(was), Some(is)) = (self.old.shape(from), self.new.shape(to)) else { return false };
        let traits = |traits: &crate::model::Traits| {
            let mut ids: Vec<String> = traits
                .ids()
                .filter(|id| *id != "smithy.api#documentation")
                .map(|id| format!("{id} {:?}", traits.get(id)))
                .collect();
            ids.sort();
            ids
        };
        let members = |shape: &Shape, own: &ShapeId| -> Vec<(String, String, Vec<String>)> {
            let target = |member: &Member| {
                if member.target == *own { "itself".to_owned() } else { member.target.to_string() }
            };
            shape
                .kind
                .members()
                .into_iter()
                .map(|(name, member)| (name.to_owned(), target(member), traits(&member.traits)))
                .collect()
        };
        type_name(&was.kind) == type_name(&is.kind)
            && traits(&was.traits) == traits(&is.traits)
            && members(was, from) == members(is, to)
    }
}

/// Returns the references of a shape, with their places.
fn targets(kind: &ShapeKind) -> Vec<(String, &ShapeId)> {
    let mut found: Vec<(String, &ShapeId)> =
        kind.members().into_iter().map(|(name, member)| (format!("member {name}"), &member.target)).collect();
    if let ShapeKind::Operation(operation) = kind {
        found.extend(operation.input.iter().map(|id| ("input".to_owned(), id)));
        found.extend(operation.output.iter().map(|id| ("output".to_owned(), id)));
        found.extend(operation.errors.iter().enumerate().map(|(index, id)| (format!("error {index}"), id)));
    }
    found
}

/// Smithy's diff ignores simple shapes: changed targets are reported anyway.
fn removed_verdict(shape: &Shape) -> Option<ModelVerdict> {
    if shape.traits.has("smithy.api#private") {
        return None;
    }
    let verdict = |severity, id: &str| Some(ModelVerdict { severity, id: id.to_owned() });
    match shape.kind {
        ShapeKind::Simple(Simple::Document) => verdict(Severity::Error, "RemovedShape"),
        ShapeKind::Simple(_) => verdict(Severity::Warning, "RemovedShape.ScalarShape"),
        _ => verdict(Severity::Error, "RemovedShape"),
    }
}
