//! Compares services and operations: bound operations, inputs, outputs and errors.

use std::collections::{BTreeSet, HashSet};

use super::shapes::Comparison;
use super::{Finding, Severity};
use crate::model::{Model, Operation, Service, ShapeId, ShapeKind};

/// Returns the operations of all services of a model, those of their resources included.
pub(super) fn bound(model: &Model) -> BTreeSet<&ShapeId> {
    let mut operations = BTreeSet::new();
    let mut pending: Vec<&ShapeId> = Vec::new();
    for shape in model.shapes.values() {
        if let ShapeKind::Service(service) = &shape.kind {
            operations.extend(&service.operations);
            pending.extend(&service.resources);
        }
    }
    let mut seen: HashSet<&ShapeId> = HashSet::new();
    while let Some(id) = pending.pop() {
        if let Some(ShapeKind::Resource(resource)) =
            model.shape(id).map(|shape| &shape.kind).filter(|_| seen.insert(id))
        {
            operations.extend(&resource.operations);
            pending.extend(&resource.resources);
        }
    }
    operations
}

/// Compares two versions of an operation.
pub(super) fn compare(to: &mut Comparison<'_>, id: &ShapeId, was: &Operation, is: &Operation) {
    structure(to, id, ("operation-input-changed", "OperationInput"), was.input.as_ref(), is.input.as_ref());
    structure(to, id, ("operation-output-changed", "OperationOutput"), was.output.as_ref(), is.output.as_ref());
    errors(to, id, ["operation-error-removed", "operation-error-added"], "OperationError", (&was.errors, &is.errors));
}

fn structure(
    to: &mut Comparison<'_>,
    id: &ShapeId,
    (rule, event): (&'static str, &str),
    was: Option<&ShapeId>,
    is: Option<&ShapeId>,
) {
    if was == is {
        return;
    }
    let mut finding = Finding::new(rule, id);
    finding.related.extend(was.iter().chain(&is).map(ToString::to_string));
    finding.was = Some(was.map_or("none".to_owned(), ToString::to_string));
    finding.is = Some(is.map_or("none".to_owned(), ToString::to_string));
    let what = match (was, is) {
        (None, _) => "Added",
        (_, None) => "Removed",
        _ => "Changed",
    };
    to.add(finding.model(Severity::Error, format!("{what}{event}")));
}

fn errors(
    to: &mut Comparison<'_>,
    id: &ShapeId,
    [removed, added]: [&'static str; 2],
    event: &str,
    (was, is): (&[ShapeId], &[ShapeId]),
) {
    for error in was.iter().filter(|error| !is.contains(error)) {
        let finding = Finding::new(removed, id).was(error).related(error);
        to.add(finding.model(Severity::Warning, format!("Removed{event}.{}", error.name())));
    }
    for error in is.iter().filter(|error| !was.contains(error)) {
        let finding = Finding::new(added, id).is(error).related(error);
        to.add(finding.model(Severity::Warning, format!("Added{event}.{}", error.name())));
    }
}

/// Compares two versions of a service, apart from the operations bound to it.
pub(super) fn compare_service(to: &mut Comparison<'_>, id: &ShapeId, was: &Service, is: &Service) {
    errors(to, id, ["service-error-removed", "service-error-added"], "ServiceError", (&was.errors, &is.errors));
    if was.version != is.version {
        to.add(Finding::new("service-version-changed", id).was(&was.version).is(&is.version));
    }
    let renamed: BTreeSet<&ShapeId> = was.rename.keys().chain(is.rename.keys()).collect();
    for shape in renamed {
        let name = |service: &Service| service.rename.get(shape).map_or(shape.name(), String::as_str).to_owned();
        let (before, now) = (name(was), name(is));
        if before != now {
            let finding = Finding::new("service-rename-changed", id).was(before).is(now).related(shape);
            to.add(finding.model(Severity::Error, "ServiceRename"));
        }
    }
}
