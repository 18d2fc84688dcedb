//! HTTP bindings of members: path, query, headers, body.

use super::Lowering;
use super::members::Position;
use crate::ir::{Binding, Payload, PayloadKind, Type};
use crate::model::{Member, ShapeId, Traits};

/// The traits that take a member out of the body, of which it may have one.
const PLACES: &[&str] = &[
    "smithy.api#httpLabel",
    "smithy.api#httpQuery",
    "smithy.api#httpQueryParams",
    "smithy.api#httpHeader",
    "smithy.api#httpPrefixHeaders",
    "smithy.api#httpPayload",
    "smithy.api#httpResponseCode",
];

impl Lowering<'_> {
    pub(super) fn binding(
        &mut self,
        id: &ShapeId,
        name: &str,
        member: &Member,
        position: Position,
        ty: &Type,
    ) -> Option<Binding> {
        let traits = &member.traits;
        let json = || Binding::Json(traits.string("smithy.api#jsonName").unwrap_or(name).to_owned());
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
        let places: Vec<&str> = PLACES.iter().copied().filter(|place| traits.has(place)).collect();
        if places.len() > 1 {
            self.report.member(id, name, "is bound to more than one of path, query, headers, status and body");
            return None;
        }
        let binding = match (places.first().copied().unwrap_or_default(), position) {
            ("smithy.api#httpLabel", Position::Input) => {
                if !traits.has("smithy.api#required") {
                    self.report.member(id, name, "is bound to the path by httpLabel, so it has to be required");
                }
                // The URI pattern decides whether the label is greedy.
                Binding::Label { greedy: false }
            }
            ("smithy.api#httpQuery", Position::Input) => {
                let query = traits.string("smithy.api#httpQuery").unwrap_or_default();
                if query.is_empty() {
                    self.report.member(id, name, "trait smithy.api#httpQuery needs a name");
                }
                Binding::Query(query.to_owned())
            }
            ("smithy.api#httpQueryParams", Position::Input) => Binding::QueryMap,
            ("smithy.api#httpHeader", _) => {
                Binding::Header(self.header_name(id, name, traits, "smithy.api#httpHeader"))
            }
            ("smithy.api#httpPrefixHeaders", _) => {
                let prefix = traits.string("smithy.api#httpPrefixHeaders").unwrap_or_default();
                // An empty prefix matches all headers.
                if prefix.is_empty() {
                    Binding::HeaderMap(String::new())
                } else {
                    Binding::HeaderMap(self.header_name(id, name, traits, "smithy.api#httpPrefixHeaders"))
                }
            }
            ("smithy.api#httpPayload", _) => Binding::Payload(self.payload(member, ty)),
            ("smithy.api#httpResponseCode", Position::Output | Position::Error) => Binding::StatusCode,
            // Request bindings do not apply to responses, nor the reverse.
            _ => json(),
        };
        self.refuse_odd_place(id, name, &binding, ty)?;
        if streams && !matches!(binding, Binding::Payload(_)) {
            self.report.member(
                id,
                name,
                "is a stream, which has to be the body: trait smithy.api#httpPayload is missing",
            );
            return None;
        }
        Some(binding)
    }

    fn header_name(&mut self, id: &ShapeId, name: &str, traits: &Traits, by: &str) -> String {
        let header = traits.string(by).unwrap_or_default();
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if header.is_empty() || !header.bytes().all(token) {
            self.report.member(id, name, format!("trait {by}: {header:?} is no name for a header"));
        }
        header.to_owned()
    }

    fn payload(&self, member: &Member, ty: &Type) -> Payload {
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
    fn refuse_odd_place(&mut self, id: &ShapeId, name: &str, binding: &Binding, ty: &Type) -> Option<()> {
        let text = |ty: &Type| *ty == Type::String;
        let fits = match (binding, ty) {
            (Binding::Label { .. }, ty) => is_single(ty),
            (Binding::Query(_), Type::List(element)) => is_single(&element.ty) && !element.optional,
            (Binding::Query(_), ty) => is_single(ty),
            (Binding::Header(_), Type::List(element)) => is_single(&element.ty) && !element.optional,
            (Binding::Header(_), ty) => is_single(ty) || *ty == Type::Blob,
            (Binding::QueryMap, Type::Map(key, value)) => {
                let list_of_text = matches!(&value.ty, Type::List(inner) if text(&inner.ty) && !inner.optional);
                text(key) && !value.optional && (text(&value.ty) || list_of_text)
            }
            (Binding::HeaderMap(_), Type::Map(key, value)) => text(key) && !value.optional && text(&value.ty),
            (Binding::QueryMap | Binding::HeaderMap(_), _) => false,
            (Binding::StatusCode, ty) => *ty == Type::Integer,
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

/// Returns `true` if any trait binds a member, in whichever direction it applies.
pub(super) fn has_place(traits: &Traits) -> bool {
    PLACES.iter().any(|place| traits.has(place))
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
