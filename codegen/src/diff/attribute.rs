//! Attributes each difference of the crate to findings.
//!
//! Findings about the very member or shape come first; then those about what contains it or is part of it; then the
//! nearest along references in either direction. A rule is considered only for differences that it can cause.
//! Differences without a cause get a finding of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::shape_of;
use super::{Change, CrateVerdict, Finding};
use crate::model::{Model, ShapeKind};

/// Attributes every change to findings, and sets their verdicts.
pub(super) fn attribute(findings: &mut Vec<Finding>, changes: Vec<Change>, old: &Model, new: &Model, service: &str) {
    let references = References::new(old, new);
    let mut due: Vec<Vec<Change>> = vec![Vec::new(); findings.len()];
    let mut unexplained: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    let index = Index::new(findings);
    for change in changes {
        let causes = index.causes(findings, &change, &references);
        if causes.is_empty() {
            let place = change.origins.first().map_or(service, String::as_str).to_owned();
            unexplained.entry(place).or_default().push(change);
            continue;
        }
        for cause in causes {
            due[cause].push(change.clone());
        }
    }
    for (place, changes) in unexplained {
        let what: Vec<&str> = changes.iter().map(|change| change.what.as_str()).take(1).collect();
        findings.push(Finding::new("generated-code", place).is(what.join("")));
        due.push(changes);
    }
    for (finding, changes) in findings.iter_mut().zip(due) {
        finding.krate = Some(changes.iter().map(|change| change.verdict).max().unwrap_or(CrateVerdict::None));
        finding.changes = changes;
    }
}

/// Findings by the shapes that they are about.
struct Index {
    by_id: BTreeMap<String, Vec<usize>>,
    by_shape: BTreeMap<String, Vec<usize>>,
    /// By the other shapes that they are about.
    by_related: BTreeMap<String, Vec<usize>>,
}

impl Index {
    fn new(findings: &[Finding]) -> Self {
        let mut index = Self { by_id: BTreeMap::new(), by_shape: BTreeMap::new(), by_related: BTreeMap::new() };
        for (position, finding) in findings.iter().enumerate() {
            for id in std::iter::once(&finding.shape).chain(&finding.related) {
                index.by_id.entry(id.clone()).or_default().push(position);
            }
            index.by_shape.entry(shape_of(&finding.shape).to_owned()).or_default().push(position);
            for id in &finding.related {
                index.by_related.entry(shape_of(id).to_owned()).or_default().push(position);
            }
        }
        index
    }

    fn causes(&self, findings: &[Finding], change: &Change, references: &References) -> Vec<usize> {
        let able = |position: &usize| {
            let rule = findings[*position].rule;
            rule.most >= change.verdict
                && (change.only.is_empty() || change.only.contains(&rule.id))
                && fits(rule.id, change)
        };
        let all = |ids: &mut dyn Iterator<Item = &str>, of: &BTreeMap<String, Vec<usize>>| -> BTreeSet<usize> {
            ids.filter_map(|id| of.get(id)).flatten().copied().filter(able).collect()
        };
        let origins = || change.origins.iter().map(String::as_str);
        let exact = all(&mut origins(), &self.by_id);
        if !exact.is_empty() {
            return best(findings, change, exact);
        }
        let whole = all(&mut origins().map(shape_of), &self.by_id);
        if !whole.is_empty() {
            return best(findings, change, whole);
        }
        let parts = all(&mut origins().filter(|id| !id.contains('$')), &self.by_shape);
        if !parts.is_empty() {
            return best(findings, change, parts);
        }
        // A member is followed by itself, and its shape leads to it.
        let below: BTreeSet<&str> = origins().map(|id| references.start(id)).collect();
        let above: BTreeSet<&str> = origins().map(shape_of).collect();
        // The handling of values may depend on sibling members; names and types do not.
        let around = if change.verdict == CrateVerdict::Behaviour { above.clone() } else { BTreeSet::new() };
        let both = [&references.down, &references.up];
        for (start, ways) in [(below, &both[..1]), (above, &both[1..]), (around, &both[..])] {
            let mut seen = start.clone();
            let mut front = start;
            while !front.is_empty() {
                let next = ways.iter().flat_map(|ways| front.iter().filter_map(|id| ways.get(*id)));
                front = next.flatten().map(String::as_str).collect();
                front.retain(|id| seen.insert(id));
                for of in [&self.by_shape, &self.by_related] {
                    let found = all(&mut front.iter().copied(), of);
                    if !found.is_empty() {
                        return best(findings, change, found);
                    }
                }
            }
        }
        // Some rules affect distant shapes, such as those about endpoints.
        if change.only.is_empty() {
            Vec::new()
        } else {
            all(&mut self.by_shape.keys().map(String::as_str), &self.by_shape).into_iter().collect()
        }
    }
}

/// Returns the candidates about the nearest place, preferring those about the most places. Documentation is attributed
/// to rules about documentation first.
fn best(findings: &[Finding], change: &Change, candidates: BTreeSet<usize>) -> Vec<usize> {
    let rank = |position: usize| {
        let finding = &findings[position];
        let about = |id: &String| finding.shape == *id || finding.related.contains(id);
        let docs = change.verdict == CrateVerdict::Docs && finding.rule.most == CrateVerdict::Docs;
        let nearest = change.origins.first().is_some_and(about);
        (docs, nearest, change.origins.iter().filter(|id| about(id)).count())
    };
    let most = candidates.iter().map(|position| rank(*position)).max();
    candidates.into_iter().filter(|position| Some(rank(*position)) == most).collect()
}

/// Returns `true` if a rule about only one part of a service can cause a change.
fn fits(rule: &str, change: &Change) -> bool {
    let Some(owner) = change.owner.as_deref().filter(|_| change.verdict >= CrateVerdict::Additive) else { return true };
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| owner.starts_with(prefix));
    match rule {
        "waiters" => starts(&["waiters", "client::Waiters"]) || change.what.contains("client::Waiters"),
        "pagination" => {
            owner.contains("::paginator")
                || ["paginator", "Paginated", "PageSized", "PagedItems"].iter().any(|word| change.what.contains(word))
        }
        "operation-error-added" | "operation-error-removed" | "service-error-added" | "service-error-removed" => {
            owner == "Error" || starts(&["types", "primitives"]) || (starts(&["operation"]) && owner.ends_with("Error"))
        }
        "auth" => starts(&["config"]) || ["presign", "Presign"].iter().any(|word| change.what.contains(word)),
        // A member that may be left out does not decide whether building can fail.
        "member-added" => change.what.starts_with("added") || !change.what.contains(": fn build(self)"),
        "client-context-params" => starts(&["client_params", "config"]) || change.what.contains("ClientParams"),
        "idempotency-token" => starts(&["config"]),
        "media-type" => starts(&["primitives"]),
        _ => true,
    }
}

/// The references between shapes and members in either model, in both directions.
struct References {
    down: BTreeMap<String, BTreeSet<String>>,
    up: BTreeMap<String, BTreeSet<String>>,
}

impl References {
    fn new(old: &Model, new: &Model) -> Self {
        let mut references = Self { down: BTreeMap::new(), up: BTreeMap::new() };
        for model in [old, new] {
            for (id, shape) in &model.shapes {
                for (name, member) in shape.kind.members() {
                    // A change of a member follows from its target.
                    references.add(&format!("{id}${name}"), member.target.as_str());
                    references.add(id.as_str(), member.target.as_str());
                }
                let others: Vec<_> = match &shape.kind {
                    ShapeKind::Operation(found) => {
                        found.input.iter().chain(&found.output).chain(&found.errors).collect()
                    }
                    ShapeKind::Service(found) => {
                        found.operations.iter().chain(&found.resources).chain(&found.errors).collect()
                    }
                    ShapeKind::Resource(found) => found.operations.iter().chain(&found.resources).collect(),
                    _ => Vec::new(),
                };
                for other in others {
                    references.add(id.as_str(), other.as_str());
                }
            }
        }
        references
    }

    fn add(&mut self, from: &str, to: &str) {
        // Prelude shapes are referred to everywhere.
        if to.starts_with("smithy.api#") {
            return;
        }
        self.down.entry(from.to_owned()).or_default().insert(to.to_owned());
        self.up.entry(to.to_owned()).or_default().insert(shape_of(from).to_owned());
    }

    /// Returns the starting points of a search from a place.
    fn start<'i>(&self, id: &'i str) -> &'i str {
        if self.down.contains_key(id) { id } else { shape_of(id) }
    }
}
