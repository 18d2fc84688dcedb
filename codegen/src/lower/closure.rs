//! The closure of a service: its data shapes, and the directions that they travel in.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::Ident;

use crate::ir::Direction;
use crate::model::{Model, ShapeId, ShapeKind};
use crate::naming;

/// The data shapes of a service, named.
#[derive(Default)]
pub(super) struct Closure {
    /// Structures, unions and enums that are sent or received, apart from inputs and outputs.
    directions: BTreeMap<ShapeId, Direction>,
    names: HashMap<ShapeId, Ident>,
    errors: HashSet<ShapeId>,
}

impl Closure {
    pub(super) fn new(model: &Model, operations: &[&ShapeId], common: &[ShapeId]) -> Self {
        let mut closure = Self::default();
        let (mut sent, mut received, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for id in operations {
            let Some(ShapeKind::Operation(operation)) = model.shape(id).map(|shape| &shape.kind) else { continue };
            sent.extend(operation.input.iter().flat_map(|input| targets(model, input)));
            received.extend(operation.output.iter().flat_map(|output| targets(model, output)));
            errors.extend(operation.errors.iter().chain(common));
        }
        closure.errors = errors.iter().map(|id| (*id).clone()).collect();
        received.extend(errors);
        closure.walk(model, sent, |direction| &mut direction.sent);
        closure.walk(model, received, |direction| &mut direction.received);
        closure
    }

    fn walk<'m>(&mut self, model: &'m Model, from: Vec<&'m ShapeId>, flag: fn(&mut Direction) -> &mut bool) {
        let mut pending = from;
        let mut seen = HashSet::new();
        while let Some(id) = pending.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(shape) = model.shape(id) else { continue };
            match &shape.kind {
                ShapeKind::Structure(_) if id.as_str() == super::UNIT => continue,
                ShapeKind::Structure(_) | ShapeKind::Union(_) | ShapeKind::Enum(_) | ShapeKind::IntEnum(_) => {
                    *flag(self.directions.entry(id.clone()).or_default()) = true;
                    // An exception of an event stream is an error wherever it is used.
                    if shape.traits.has("smithy.api#error") {
                        self.errors.insert(id.clone());
                    }
                }
                _ => {}
            }
            pending.extend(targets(model, id));
        }
    }

    /// Gives every shape a unique Rust name. Shapes whose name needs no change come first, so that they keep it.
    pub(super) fn name_all(&mut self, model: &Model, rename: &indexmap::IndexMap<ShapeId, String>) {
        let streams = |id: &ShapeId| model.shape(id).is_some_and(|shape| shape.traits.has("smithy.api#streaming"));
        // The error enums of event streams share the namespace of errors.
        let mut stream_errors: Vec<Ident> = Vec::new();
        let name_of = |id: &ShapeId| rename.get(id).map_or(id.name(), String::as_str).to_owned();
        for errors in [false, true] {
            let mut ids: Vec<(bool, &ShapeId)> = self
                .directions
                .keys()
                .filter(|id| self.errors.contains(*id) == errors)
                .map(|id| (naming::type_name(&name_of(id)) != name_of(id), id))
                .collect();
            ids.sort();
            let mut used: HashSet<Ident> = stream_errors.iter().cloned().collect();
            let mut numbering = naming::Numbering::default();
            for (_, id) in ids {
                let name = numbering.unique_type(&name_of(id), |candidate| {
                    let name = naming::type_name(candidate);
                    let taken = [naming::suffixed(&name, "Builder"), name];
                    let free = taken.iter().all(|name| !used.contains(name));
                    if free {
                        used.extend(taken);
                    }
                    free
                });
                let name = naming::type_name(&name);
                if streams(id) {
                    stream_errors.push(naming::suffixed(&name, "Error"));
                }
                self.names.insert(id.clone(), name);
            }
        }
    }

    pub(super) fn name(&self, id: &ShapeId) -> Ident {
        self.names.get(id).cloned().unwrap_or_else(|| naming::type_name(id.name()))
    }

    pub(super) fn shapes(&self) -> impl Iterator<Item = (&ShapeId, Direction)> {
        self.directions.iter().map(|(id, direction)| (id, *direction))
    }
}

/// Returns the targets of a shape's members.
pub(super) fn targets<'m>(model: &'m Model, id: &ShapeId) -> Vec<&'m ShapeId> {
    match model.shape(id).map(|shape| &shape.kind) {
        Some(ShapeKind::Structure(members) | ShapeKind::Union(members)) => {
            members.values().map(|member| &member.target).collect()
        }
        Some(ShapeKind::List(element)) => vec![&element.target],
        Some(ShapeKind::Map(key, value)) => vec![&key.target, &value.target],
        _ => Vec::new(),
    }
}

/// Returns the targets of members that are bound to event headers.
pub(super) fn header_targets<'m>(model: &'m Model, id: &ShapeId) -> Vec<&'m ShapeId> {
    let Some(ShapeKind::Structure(members)) = model.shape(id).map(|shape| &shape.kind) else { return Vec::new() };
    let headers = members.values().filter(|member| member.traits.has("smithy.api#eventHeader"));
    headers.map(|member| &member.target).collect()
}
