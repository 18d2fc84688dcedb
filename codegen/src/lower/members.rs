//! Members: their types, bindings and presence.

use std::collections::HashSet;

use super::{Lowering, deprecated, unsupported};
use crate::docs;
use crate::ir::{Binding, Element, Member, PayloadKind, Presence, TimestampFormat, Type};
use crate::model::{Member as ModelMember, Members, Shape, ShapeId, ShapeKind, Simple, Traits};
use crate::naming;

/// The role of a structure, which decides the bindings of its members.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Position {
    /// An operation's input: all members are optional in Rust.
    Input,
    /// An operation's output.
    Output,
    /// An error.
    Error,
    /// An event.
    Event,
    /// Part of a body.
    Body,
}

/// The maximum nesting of lists and maps. The JSON parser itself allows no more than 128 levels.
const MAX_NESTED: usize = 16;

impl Lowering<'_> {
    pub(super) fn members(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        members: &Members,
        position: Position,
    ) -> Vec<Member> {
        // All members of a sensitive structure are sensitive.
        let sensitive = shape.traits.has("smithy.api#sensitive");
        let mut lowered: Vec<Member> = Vec::new();
        let mut used = HashSet::new();
        for (name, member) in members {
            for unsupported in unsupported(&member.traits) {
                self.report.member(id, name, format!("trait {unsupported} is not supported"));
            }
            if let Some(mut member) = self.member(id, name, member, position) {
                member.sensitive |= sensitive;
                name_apart(&mut member, &mut used);
                lowered.push(member);
            }
        }
        self.refuse_same_binding(id, &lowered);
        self.keep_out_of_payload(id, members, &mut lowered);
        lowered
    }

    fn member(&mut self, id: &ShapeId, name: &str, member: &ModelMember, position: Position) -> Option<Member> {
        let ty = match self.target(id, name, &member.target)? {
            Type::EventStream(union) if position == Position::Input => Type::EventSender(union),
            ty => ty,
        };
        let binding = self.binding(id, name, member, position, &ty)?;
        let presence = match (position, &ty) {
            (Position::Input, _) => Presence::Optional,
            _ => self.presence(id, name, member, &ty),
        };
        let field = naming::member_name(name);
        Some(Member {
            wire_name: name.to_owned(),
            setter: naming::prefixed("set_", &field),
            getter: naming::prefixed("get_", &field),
            name: field,
            docs: docs::to_markdown(member.traits.documentation()),
            deprecated: deprecated(&member.traits),
            sensitive: member.traits.has("smithy.api#sensitive") || self.is_sensitive(&member.target),
            format: self.timestamp_format(id, name, member),
            idempotency_token: position == Position::Input
                && ty == Type::String
                && member.traits.has("smithy.api#idempotencyToken"),
            media_type: ty == Type::String
                && self.model.shape(&member.target).is_some_and(|shape| shape.traits.has("smithy.api#mediaType")),
            requires_length: ty == Type::ByteStream
                && self.model.shape(&member.target).is_some_and(|shape| shape.traits.has("smithy.api#requiresLength")),
            range: self.range(member),
            ty,
            boxed: false,
            wiped: false,
            required: member.traits.has("smithy.api#required"),
            presence,
            binding,
        })
    }

    /// The whole numbers that the member, or what it targets, is limited to.
    fn range(&self, member: &ModelMember) -> (Option<i64>, Option<i64>) {
        const RANGE: &str = "smithy.api#range";
        let of_target = || self.model.shape(&member.target).and_then(|shape| shape.traits.get(RANGE));
        let Some(range) = member.traits.get(RANGE).or_else(of_target) else { return (None, None) };
        let limit = |name: &str| range.get(name).and_then(serde_json::Value::as_i64);
        (limit("min"), limit("max"))
    }

    /// Returns the Rust type of a member's target.
    fn target(&mut self, id: &ShapeId, name: &str, target: &ShapeId) -> Option<Type> {
        self.nested_target(id, name, target, 0)
    }

    fn nested_target(&mut self, id: &ShapeId, name: &str, target: &ShapeId, depth: usize) -> Option<Type> {
        let model = self.model;
        if depth > MAX_NESTED {
            let message = format!("its lists and maps are nested more than {MAX_NESTED} deep, or within themselves");
            self.report.member(id, name, message);
            return None;
        }
        let shape = model.shape(target)?;
        let sparse = shape.traits.has("smithy.api#sparse");
        let streaming = shape.traits.has("smithy.api#streaming");
        Some(match &shape.kind {
            ShapeKind::List(element) => {
                let ty = self.nested_target(id, name, &element.target, depth + 1)?;
                Type::List(Box::new(Element { ty, optional: sparse }))
            }
            ShapeKind::Map(key, value) => {
                let key = self.nested_target(id, name, &key.target, depth + 1)?;
                if !matches!(key, Type::String | Type::Enum(_)) {
                    self.report.shape(target, "its keys are no strings, which JSON does not allow");
                    return None;
                }
                let ty = self.nested_target(id, name, &value.target, depth + 1)?;
                Type::Map(Box::new(key), Box::new(Element { ty, optional: sparse }))
            }
            ShapeKind::Simple(Simple::Blob) if streaming => Type::ByteStream,
            ShapeKind::Simple(simple) => simple_type(*simple),
            ShapeKind::Enum(_) => Type::Enum(self.closure.name(target)),
            ShapeKind::IntEnum(_) => Type::IntEnum(self.closure.name(target)),
            ShapeKind::Structure(_) if target.as_str() == super::UNIT => Type::Unit,
            ShapeKind::Structure(_) if self.is_error(target) => Type::Error(self.closure.name(target)),
            ShapeKind::Structure(_) => Type::Structure(self.closure.name(target)),
            ShapeKind::Union(_) if streaming => Type::EventStream(self.closure.name(target)),
            ShapeKind::Union(_) => Type::Union(self.closure.name(target)),
            ShapeKind::Operation(_) | ShapeKind::Service(_) | ShapeKind::Resource(_) => {
                self.report.member(id, name, format!("targets {target}, which is no data type"));
                return None;
            }
        })
    }

    /// Returns `true` if values of a type must never be printed; lists and maps of such values count.
    fn is_sensitive(&self, target: &ShapeId) -> bool {
        let mut pending = vec![target];
        for _ in 0..=2 * MAX_NESTED {
            let Some(target) = pending.pop() else { return false };
            let Some(shape) = self.model.shape(target) else { continue };
            let mut parts: Vec<&ModelMember> = Vec::new();
            match &shape.kind {
                ShapeKind::List(element) => parts.push(element),
                ShapeKind::Map(key, value) => parts.extend([key, value]),
                _ => {}
            }
            let sensitive = |traits: &Traits| traits.has("smithy.api#sensitive");
            if self.customization.sensitive.iter().any(|name| name == target.name()) {
                return true;
            }
            // A structure redacts its own members.
            let prints_itself = matches!(shape.kind, ShapeKind::Structure(_) | ShapeKind::Union(_));
            if (sensitive(&shape.traits) && !prints_itself) || parts.iter().any(|part| sensitive(&part.traits)) {
                return true;
            }
            pending.extend(parts.into_iter().map(|part| &part.target));
        }
        false
    }

    fn timestamp_format(&mut self, id: &ShapeId, name: &str, member: &ModelMember) -> Option<TimestampFormat> {
        let mut member = member;
        for _ in 0..=MAX_NESTED {
            let shape = self.model.shape(&member.target);
            let of_target = shape.and_then(|shape| shape.traits.string("smithy.api#timestampFormat"));
            if let Some(format) = member.traits.string("smithy.api#timestampFormat").or(of_target) {
                return match format {
                    "date-time" => Some(TimestampFormat::DateTime),
                    "http-date" => Some(TimestampFormat::HttpDate),
                    "epoch-seconds" => Some(TimestampFormat::EpochSeconds),
                    other => {
                        self.report.member(
                            id,
                            name,
                            format!("trait smithy.api#timestampFormat: {other:?} is neither date-time, http-date nor epoch-seconds"),
                        );
                        None
                    }
                };
            }
            member = match shape.map(|shape| &shape.kind) {
                Some(ShapeKind::List(inner) | ShapeKind::Map(_, inner)) => inner,
                _ => return None,
            };
        }
        None
    }

    /// Removes all other members from the body if one is the whole body, unless they have a message of their own. Members whose bindings apply to the other
    /// direction, as in a structure that is both input and output, get no binding.
    fn keep_out_of_payload(&mut self, id: &ShapeId, members: &Members, lowered: &mut [Member]) {
        let shared = self.protocol.has_initial_messages();
        let payload = |member: &Member| match &member.binding {
            Binding::Payload(payload) => !(shared && payload.kind == PayloadKind::Events),
            Binding::EventPayload(_) => true,
            _ => false,
        };
        if !lowered.iter().any(payload) {
            return;
        }
        for member in lowered.iter_mut().filter(|member| matches!(member.binding, Binding::Json(_))) {
            if members.get(&member.wire_name).is_some_and(|found| self.protocol.has_place(&found.traits)) {
                member.binding = Binding::Nowhere;
            } else {
                self.report.member(id, &member.wire_name, "travels in the body, which another member is as a whole");
            }
        }
    }

    /// Reports two members with the same name on the wire, of which one would be lost.
    fn refuse_same_binding(&mut self, id: &ShapeId, members: &[Member]) {
        for (index, member) in members.iter().enumerate() {
            let same = |other: &&Member| match (&other.binding, &member.binding) {
                (Binding::Header(a), Binding::Header(b)) => a.eq_ignore_ascii_case(b),
                (Binding::Label { .. } | Binding::Nowhere, _) => false,
                (Binding::Payload(_), Binding::Payload(_)) => true,
                (a, b) => a == b,
            };
            if let Some(other) = members[..index].iter().find(same) {
                let message = format!("travels under the same name as {}", other.wire_name);
                self.report.member(id, &member.wire_name, message);
            }
        }
    }
}

/// Returns the member `message` of an error whose message is in a member of another name, as AWS's SDKs have it on
/// every error.
pub(super) fn error_message() -> Member {
    let field = naming::member_name("message");
    Member {
        wire_name: "message".to_owned(),
        setter: naming::prefixed("set_", &field),
        getter: naming::prefixed("get_", &field),
        name: field,
        docs: "The message of the error.".to_owned(),
        deprecated: None,
        ty: Type::String,
        boxed: false,
        required: false,
        presence: Presence::Optional,
        sensitive: false,
        wiped: false,
        format: None,
        idempotency_token: false,
        media_type: false,
        range: (None, None),
        requires_length: false,
        binding: Binding::Nowhere,
    }
}

/// Appends a number to Rust names that another member has.
fn name_apart(member: &mut Member, used: &mut HashSet<String>) {
    let base = naming::plain(&member.name);
    let mut number = 1;
    loop {
        let names = [&member.name, &member.setter, &member.getter].map(naming::plain);
        if names.iter().all(|name| !used.contains(name)) {
            used.extend(names);
            return;
        }
        number += 1;
        member.name = naming::ident(&format!("{}_{number}", base.trim_end_matches('_')));
        member.setter = naming::prefixed("set_", &member.name);
        member.getter = naming::prefixed("get_", &member.name);
    }
}

fn simple_type(simple: Simple) -> Type {
    match simple {
        Simple::String => Type::String,
        Simple::Boolean => Type::Boolean,
        Simple::Byte => Type::Byte,
        Simple::Short => Type::Short,
        Simple::Integer => Type::Integer,
        Simple::Long => Type::Long,
        Simple::Float => Type::Float,
        Simple::Double => Type::Double,
        Simple::BigInteger => Type::BigInteger,
        Simple::BigDecimal => Type::BigDecimal,
        Simple::Blob => Type::Blob,
        Simple::Timestamp => Type::Timestamp,
        Simple::Document => Type::Document,
    }
}
