//! Data types: structures, errors, unions, enums and streams of events.

use std::collections::HashSet;

use super::members::Position;
use super::{Lowering, closure, deprecated, members};
use crate::docs;
use crate::ir::{Binding, Direction, Enum, EventStream, Member, Structure, Type, Union, UnionVariant};
use crate::model::{Members, Shape, ShapeId, ShapeKind};
use crate::naming;

/// All of a service's, each kind in order of the names.
#[derive(Default)]
pub(super) struct Types {
    pub(super) structures: Vec<Structure>,
    pub(super) errors: Vec<Structure>,
    pub(super) unions: Vec<Union>,
    pub(super) enums: Vec<Enum>,
    pub(super) event_streams: Vec<EventStream>,
}

impl Lowering<'_> {
    /// Builds everything that the closure holds.
    pub(super) fn types(&mut self) -> Types {
        let model = self.model;
        let mut types = Types::default();
        let shapes: Vec<(ShapeId, Direction)> =
            self.closure.shapes().map(|(id, direction)| (id.clone(), direction)).collect();
        // What only looks like an event, since no stream is left that has it, is none.
        let is_stream = |shape: &&Shape| shape.traits.has("smithy.api#streaming");
        let streams = shapes.iter().filter(|(id, _)| model.shape(id).as_ref().is_some_and(is_stream));
        let in_streams: HashSet<&ShapeId> = streams.flat_map(|(id, _)| closure::targets(model, id)).collect();
        let in_headers: HashSet<&ShapeId> =
            in_streams.iter().flat_map(|id| closure::header_targets(model, id)).collect();
        let mut errors = Vec::new();
        for (id, direction) in &shapes {
            let Some(shape) = model.shape(id) else { continue };
            self.refuse_traits(id, shape);
            match &shape.kind {
                ShapeKind::Structure(members) if self.is_error(id) => {
                    errors.push((id, shape, members, *direction));
                }
                ShapeKind::Structure(members) => {
                    let bound = members.values().any(|member| {
                        member.traits.has("smithy.api#eventHeader") || member.traits.has("smithy.api#eventPayload")
                    });
                    let position = if bound && in_streams.contains(id) { Position::Event } else { Position::Body };
                    let mut structure = self.structure(id, shape, members, *direction, position);
                    structure.event = in_streams.contains(id);
                    types.structures.push(structure);
                }
                ShapeKind::Union(members) if shape.traits.has("smithy.api#streaming") => {
                    types.event_streams.push(self.event_stream(id, shape, members, *direction));
                }
                ShapeKind::Union(members) => types.unions.push(self.union(id, shape, members, *direction)),
                ShapeKind::Enum(members) => types.enums.push(self.enumeration(id, shape, members, *direction, false)),
                ShapeKind::IntEnum(members) => {
                    let mut found = self.enumeration(id, shape, members, *direction, true);
                    found.in_event_headers = in_headers.contains(id);
                    types.enums.push(found);
                }
                _ => {}
            }
        }
        // What they hide depends on structures that they hold.
        for (id, shape, members, direction) in errors {
            let mut error = self.structure(id, shape, members, direction, Position::Error);
            let service_message = self.customization.error_message.as_deref();
            error.hides_message =
                error.members.iter().any(|member| hides_message(member, &types.structures, service_message));
            let has_message = || error.members.iter().any(|member| naming::plain(&member.name) == "message");
            if service_message.is_some() && !error.hides_message && !has_message() {
                error.members.push(members::error_message());
            }
            types.errors.push(error);
        }
        let mut structures: Vec<&mut Structure> = types.structures.iter_mut().chain(&mut types.errors).collect();
        super::recursion::box_cycles(&mut structures, &mut types.unions);
        types.structures.sort_by(|a, b| a.name.cmp(&b.name));
        types.errors.sort_by(|a, b| a.name.cmp(&b.name));
        types.unions.sort_by(|a, b| a.name.cmp(&b.name));
        types.enums.sort_by(|a, b| a.name.cmp(&b.name));
        types.event_streams.sort_by(|a, b| a.name.cmp(&b.name));
        types
    }

    fn structure(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        members: &Members,
        direction: Direction,
        position: Position,
    ) -> Structure {
        let name = self.closure.name(id);
        Structure {
            id: id.as_str().to_owned(),
            wire_name: id.name().to_owned(),
            builder: naming::suffixed(&name, "Builder"),
            name,
            docs: docs::to_markdown(shape.traits.documentation()),
            deprecated: deprecated(&shape.traits),
            members: self.members(id, shape, members, position),
            direction,
            event: false,
            error: position == Position::Error,
            hides_message: false,
        }
    }

    fn union(&mut self, id: &ShapeId, shape: &Shape, members: &Members, direction: Direction) -> Union {
        let sensitive = shape.traits.has("smithy.api#sensitive");
        let lowered = self.members(id, shape, members, Position::Body);
        let names = naming::variant_names(lowered.iter().map(|member| member.wire_name.as_str()));
        let accessors = naming::variant_accessors(&names);
        let variants = lowered.into_iter().zip(names).zip(accessors).map(|((member, name), accessors)| UnionVariant {
            accessors,
            name,
            member,
        });
        Union {
            id: id.as_str().to_owned(),
            wire_name: id.name().to_owned(),
            name: self.closure.name(id),
            docs: docs::to_markdown(shape.traits.documentation()),
            deprecated: deprecated(&shape.traits),
            sensitive,
            variants: variants.collect(),
            direction,
        }
    }
}

/// Whether a member that must not be printed stands where any error's message may stand.
fn hides_message(member: &Member, structures: &[Structure], service_message: Option<&str>) -> bool {
    const PRINTED: [&str; 3] = ["message", "Message", "errorMessage"];
    match (&member.binding, &member.ty) {
        (Binding::Json(wire), _) => {
            member.sensitive && (PRINTED.contains(&wire.as_str()) || service_message == Some(wire))
        }
        // Then the message stands within the member, if anywhere.
        (Binding::Payload(_), _) if member.sensitive => true,
        (Binding::Payload(_), Type::Structure(name)) => {
            let structure = structures.iter().find(|structure| structure.name == *name);
            structure.is_some_and(|structure| {
                structure.members.iter().any(|member| hides_message(member, structures, service_message))
            })
        }
        _ => false,
    }
}
