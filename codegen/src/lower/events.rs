//! Event streams: unions of events, and errors that may end them.

use std::collections::HashSet;

use proc_macro2::Ident;

use super::Lowering;
use crate::docs;
use crate::ir::{Direction, Event, EventStream, Exception};
use crate::model::{Members, Shape, ShapeId, ShapeKind};
use crate::naming;

impl Lowering<'_> {
    pub(super) fn event_stream(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        members: &Members,
        direction: Direction,
    ) -> EventStream {
        let (exceptions, events): (Vec<_>, Vec<_>) =
            members.iter().partition(|(_, member)| self.is_error(&member.target));
        let all = events.iter().chain(&exceptions).map(|(name, _)| name.as_str());
        let mut names = naming::variant_names(all).into_iter();
        let mut found = Vec::new();
        for ((wire_name, member), name) in events.into_iter().zip(names.by_ref()) {
            let is_structure =
                matches!(self.model.shape(&member.target).map(|shape| &shape.kind), Some(ShapeKind::Structure(_)));
            if !is_structure || member.target.as_str() == super::UNIT {
                self.report.member(id, wire_name, "is an event, which has to be a structure of its own");
                continue;
            }
            found.push((wire_name, member, name));
        }
        let variants: Vec<Ident> = found.iter().map(|(_, _, name)| name.clone()).collect();
        let events = found.into_iter().zip(naming::variant_accessors(&variants));
        let events = events.map(|((wire_name, member, name), accessors)| Event {
            wire_name: wire_name.clone(),
            name,
            accessors,
            structure: self.closure.name(&member.target),
            docs: docs::to_markdown(member.traits.documentation()),
        });
        let name = self.closure.name(id);
        let exceptions: Vec<Exception> = exceptions
            .into_iter()
            .zip(names)
            .map(|((wire_name, member), name)| Exception {
                wire_name: wire_name.clone(),
                name,
                error: self.closure.name(&member.target),
            })
            .collect();
        // An error with several names is listed once.
        let mut seen = HashSet::new();
        let errors: Vec<Ident> = exceptions.iter().map(|exception| exception.error.clone()).collect();
        let errors: Vec<Ident> = errors.into_iter().filter(|error| seen.insert(error.clone())).collect();
        let predicates = naming::variant_accessors(&errors).into_iter().map(|(is, _)| is);
        EventStream {
            id: id.as_str().to_owned(),
            wire_name: id.name().to_owned(),
            error: naming::suffixed(&name, "Error"),
            name,
            docs: docs::to_markdown(shape.traits.documentation()),
            events: events.collect(),
            errors: errors.into_iter().zip(predicates).collect(),
            exceptions,
            direction,
        }
    }
}
