//! Bindings of members: those that all protocols share, and the types that a binding allows.

use super::Lowering;
use super::members::Position;
use super::protocol::TopLevel;
use crate::ir::{Binding, Payload, PayloadKind, Type};
use crate::model::{Member, ShapeId};

impl Lowering<'_> {
    pub(super) fn binding(
        &mut self,
        id: &ShapeId,
        name: &str,
        member: &Member,
        position: Position,
        ty: &Type,
    ) -> Option<Binding> {
        let json = || Binding::Json(self.protocol.json_name(name, &member.traits).to_owned());
        let streams = matches!(ty, Type::ByteStream | Type::EventStream(_) | Type::EventSender(_));
        if streams && !matches!(position, Position::Input | Position::Output) {
            self.report.member(id, name, "is a stream, which only an operation's input or output may hold");
            return None;
        }
        if position == Position::Event {
            let binding = self.event_binding(name, member, ty).unwrap_or_else(json);
            self.refuse_odd_place(id, name, &binding, ty)?;
            return Some(binding);
        }
        // Members of a nested structure have no bindings of their own.
        if position == Position::Body {
            return Some(json());
        }
        let protocol = self.protocol;
        protocol.binding(self, &TopLevel { id, name, member, position, ty })
    }

    /// Returns a member that is the whole body.
    pub(super) fn payload(&self, member: &Member, ty: &Type) -> Payload {
        let media_type = |fallback: &str| {
            let of_target =
                self.model.shape(&member.target).and_then(|shape| shape.traits.string("smithy.api#mediaType"));
            of_target.unwrap_or(fallback).to_owned()
        };
        let (kind, content_type) = match ty {
            Type::String | Type::Enum(_) => (PayloadKind::Text, media_type("text/plain")),
            Type::Blob => (PayloadKind::Bytes, media_type("application/octet-stream")),
            Type::ByteStream => (PayloadKind::Stream, media_type("application/octet-stream")),
            Type::EventStream(_) | Type::EventSender(_) => {
                (PayloadKind::Events, "application/vnd.amazon.eventstream".to_owned())
            }
            _ => (PayloadKind::Json, "application/json".to_owned()),
        };
        Payload { kind, content_type }
    }

    /// Returns the binding of an event's member, unless it is part of the event's JSON.
    fn event_binding(&self, name: &str, member: &Member, ty: &Type) -> Option<Binding> {
        if member.traits.has("smithy.api#eventHeader") {
            Some(Binding::EventHeader(name.to_owned()))
        } else if member.traits.has("smithy.api#eventPayload") {
            Some(Binding::EventPayload(self.payload(member, ty)))
        } else {
            None
        }
    }

    /// Reports types that their binding does not allow.
    pub(super) fn refuse_odd_place(&mut self, id: &ShapeId, name: &str, binding: &Binding, ty: &Type) -> Option<()> {
        let text = |ty: &Type| matches!(ty, Type::String | Type::Enum(_));
        let fits = match (binding, ty) {
            (Binding::Label { .. }, ty) => is_single(ty),
            (Binding::Query(_), Type::List(element)) => is_single(&element.ty) && !element.optional,
            (Binding::Query(_), ty) => is_single(ty),
            (Binding::Header(_), Type::List(element)) => is_single(&element.ty),
            (Binding::Header(_), ty) => is_single(ty) || *ty == Type::Blob,
            (Binding::QueryMap, Type::Map(key, value)) => {
                let list_of_text = matches!(&value.ty, Type::List(inner) if text(&inner.ty) && !inner.optional);
                text(key) && !value.optional && (text(&value.ty) || list_of_text)
            }
            (Binding::HeaderMap(_), Type::Map(key, value)) => text(key) && !value.optional && text(&value.ty),
            (Binding::QueryMap | Binding::HeaderMap(_), _) => false,
            (Binding::StatusCode, ty) => matches!(ty, Type::Integer | Type::IntEnum(_)),
            (Binding::EventHeader(_), Type::Float | Type::Double | Type::BigInteger | Type::BigDecimal) => false,
            (Binding::EventHeader(_), ty) => is_single(ty) || *ty == Type::Blob,
            (Binding::Payload(payload), Type::Boolean | Type::Byte | Type::Short | Type::Integer | Type::Long) => {
                payload.kind == PayloadKind::Json
            }
            _ => true,
        };
        if !fits {
            self.report.member(id, name, "is of a type that cannot travel in the place that its traits say");
        }
        fits.then_some(())
    }
}

/// Returns `true` if a value of the type is one string in a path, query or header.
fn is_single(ty: &Type) -> bool {
    matches!(
        ty,
        Type::String
            | Type::Boolean
            | Type::Byte
            | Type::Short
            | Type::Integer
            | Type::Long
            | Type::Float
            | Type::Double
            | Type::BigInteger
            | Type::BigDecimal
            | Type::Timestamp
            | Type::Enum(_)
            | Type::IntEnum(_)
    )
}
