//! Members: their types, where they travel, whether they can be absent.

use serde_json::Value;

use super::{Lowering, UNSUPPORTED_TRAITS};
use crate::docs;
use crate::ir::{Binding, Default, Member, Type};
use crate::model::{Member as ModelMember, Members, Shape, ShapeId, ShapeKind, Simple};
use crate::naming;

/// What the structure is to its operation, which decides where its members may travel.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Position {
    /// An operation's input: nothing in it is ever forced on the caller by its type.
    Input,
    /// An operation's output, an error, or part of a body.
    Body,
}

/// How deep lists may be nested. The JSON reader itself goes no deeper than 128.
const MAX_NESTED_LISTS: usize = 16;

impl Lowering<'_> {
    /// Builds the members of a structure, in model order.
    pub(super) fn members(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        members: &Members,
        position: Position,
    ) -> Vec<Member> {
        // A structure that is sensitive as a whole is so in all its parts.
        let sensitive = shape.traits.has("smithy.api#sensitive");
        let mut lowered: Vec<Member> = Vec::new();
        for (name, member) in members {
            for unsupported in member.traits.ids().filter(|name| UNSUPPORTED_TRAITS.contains(name)) {
                self.report.member(id, name, format!("trait {unsupported} is not supported yet"));
            }
            if let Some(mut member) = self.member(id, name, member, position) {
                member.sensitive |= sensitive;
                lowered.push(member);
            }
        }
        let names = lowered.iter().flat_map(|member| {
            [&member.name, &member.setter, &member.getter].map(|rust| (rust.to_string(), member.wire_name.clone()))
        });
        self.refuse_collisions(id, names);
        self.refuse_same_binding(id, &lowered);
        lowered
    }

    fn member(&mut self, id: &ShapeId, name: &str, member: &ModelMember, position: Position) -> Option<Member> {
        let ty = self.target(id, name, member)?;
        let binding = self.binding(id, name, member, position, &ty)?;
        let required = member.traits.has("smithy.api#required");
        let default = match position {
            Position::Input => None,
            Position::Body => self.default(id, name, member, &ty, required),
        };
        let field = naming::member_name(name);
        let mut documentation = docs::to_markdown(member.traits.documentation());
        if documentation.is_empty() {
            documentation = format!("The member `{name}` of the model, which does not describe it.");
        }
        Some(Member {
            wire_name: name.to_owned(),
            setter: naming::prefixed("set_", &field),
            getter: naming::prefixed("get_", &field),
            name: field,
            docs: documentation,
            sensitive: member.traits.has("smithy.api#sensitive") || self.is_sensitive(&member.target),
            ty,
            required,
            default,
            binding,
        })
    }

    /// The Rust type of what a member targets; makes sure that it is generated.
    fn target(&mut self, id: &ShapeId, name: &str, member: &ModelMember) -> Option<Type> {
        let model = self.model;
        let mut target = &member.target;
        let mut lists = 0;
        let innermost = loop {
            let shape = model.shape(target)?;
            match &shape.kind {
                ShapeKind::List(element) => {
                    self.refuse_traits(target, shape);
                    lists += 1;
                    if lists > MAX_NESTED_LISTS {
                        let message =
                            format!("its lists are nested more than {MAX_NESTED_LISTS} deep, or within themselves");
                        self.report.member(id, name, message);
                        return None;
                    }
                    target = &element.target;
                }
                ShapeKind::Simple(simple) => {
                    self.refuse_traits(target, shape);
                    break simple_type(*simple);
                }
                ShapeKind::Enum(members) => {
                    self.enumeration(target, shape, members);
                    break Type::Enum(naming::type_name(target.name()));
                }
                ShapeKind::Structure(_) => {
                    if self.is_error(target) {
                        self.report.member(
                            id,
                            name,
                            format!("targets the error {target}; an error as data is not supported yet"),
                        );
                        return None;
                    }
                    self.reach(target);
                    break Type::Structure(naming::type_name(target.name()));
                }
                ShapeKind::Other(kind, _) => {
                    self.report.member(id, name, format!("targets {target}, a {kind}, which is not supported yet"));
                    return None;
                }
                ShapeKind::Operation(_) | ShapeKind::Service(_) | ShapeKind::Resource(_) => {
                    self.report.member(id, name, format!("targets {target}, which is no data type"));
                    return None;
                }
            }
        };
        Some((0..lists).fold(innermost, |ty, _| Type::List(Box::new(ty))))
    }

    fn is_sensitive(&self, target: &ShapeId) -> bool {
        let mut target = target;
        for _ in 0..=MAX_NESTED_LISTS {
            let Some(shape) = self.model.shape(target) else { return false };
            if shape.traits.has("smithy.api#sensitive") {
                return true;
            }
            match &shape.kind {
                ShapeKind::List(element) if element.traits.has("smithy.api#sensitive") => return true,
                ShapeKind::List(element) => target = &element.target,
                _ => return false,
            }
        }
        false
    }

    fn binding(
        &mut self,
        id: &ShapeId,
        name: &str,
        member: &ModelMember,
        position: Position,
        ty: &Type,
    ) -> Option<Binding> {
        let traits = &member.traits;
        if position == Position::Body {
            if traits.has("smithy.api#httpHeader") {
                self.report.member(id, name, "trait smithy.api#httpHeader on a response is not supported yet");
                return None;
            }
            let wire = traits.string("smithy.api#jsonName").unwrap_or(name);
            return Some(Binding::Json(wire.to_owned()));
        }
        let places = ["smithy.api#httpLabel", "smithy.api#httpQuery", "smithy.api#httpHeader"];
        if places.iter().filter(|place| traits.has(place)).count() > 1 {
            self.report.member(id, name, "is bound to more than one of path, query and header");
            return None;
        }
        let binding = if traits.has("smithy.api#httpLabel") {
            if !traits.has("smithy.api#required") {
                self.report.member(id, name, "is bound to the path by httpLabel, so it has to be required");
            }
            // Whether the label is greedy is for the URI pattern to say.
            Binding::Label { greedy: false }
        } else if let Some(query) = traits.string("smithy.api#httpQuery") {
            if query.is_empty() {
                self.report.member(id, name, "trait smithy.api#httpQuery needs a name");
            }
            Binding::Query(query.to_owned())
        } else if let Some(header) = traits.string("smithy.api#httpHeader") {
            let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            if header.is_empty() || !header.bytes().all(token) {
                self.report.member(
                    id,
                    name,
                    format!("trait smithy.api#httpHeader: {header:?} is no name for a header"),
                );
            }
            Binding::Header(header.to_owned())
        } else {
            self.report.member(id, name, "travels in the request's body, which is not supported yet");
            return None;
        };
        if matches!(ty, Type::List(_) | Type::Structure(_)) {
            self.report.member(id, name, "is no single value; only those are supported in a path, query or header yet");
            return None;
        }
        Some(binding)
    }

    /// Two members under one name: one of them would be lost.
    fn refuse_same_binding(&mut self, id: &ShapeId, members: &[Member]) {
        for (index, member) in members.iter().enumerate() {
            let same = |other: &&Member| match (&other.binding, &member.binding) {
                (Binding::Header(a), Binding::Header(b)) => a.eq_ignore_ascii_case(b),
                (Binding::Label { .. }, _) => false,
                (a, b) => a == b,
            };
            if let Some(other) = members[..index].iter().find(same) {
                let message = format!("travels under the same name as {}", other.wire_name);
                self.report.member(id, &member.wire_name, message);
            }
        }
    }

    /// The value of a field that is no `Option`: the model's default, or the type's zero where
    /// the model promises a value. `None` for a field that can be absent.
    fn default(
        &mut self,
        id: &ShapeId,
        name: &str,
        member: &ModelMember,
        ty: &Type,
        required: bool,
    ) -> Option<Default> {
        if member.traits.has("smithy.api#clientOptional") {
            return None;
        }
        let value = member.traits.get("smithy.api#default").filter(|value| !value.is_null());
        let Some(value) = value else {
            return required.then_some(Default::Zero);
        };
        let default = match (ty, value) {
            (Type::Boolean, Value::Bool(value)) => Some(Default::Boolean(*value)),
            (Type::Byte, value) => whole(value, i8::MIN.into(), i8::MAX.into()),
            (Type::Short, value) => whole(value, i16::MIN.into(), i16::MAX.into()),
            (Type::Integer, value) => whole(value, i32::MIN.into(), i32::MAX.into()),
            (Type::Long, value) => whole(value, i64::MIN, i64::MAX),
            (Type::Float, value) => value.as_f64().filter(|value| value.abs() <= f32::MAX.into()).map(Default::Float),
            (Type::Double, value) => value.as_f64().map(Default::Float),
            (Type::String, Value::String(value)) => Some(Default::String(value.clone())),
            (Type::Enum(_), Value::String(value)) if self.is_enum_value(&member.target, value) => {
                Some(Default::String(value.clone()))
            }
            (Type::List(_), Value::Array(values)) if values.is_empty() => Some(Default::Zero),
            _ => None,
        };
        if default.is_none() {
            self.report.member(id, name, format!("its default {value} does not fit its type"));
        }
        default
    }

    fn is_enum_value(&self, target: &ShapeId, value: &str) -> bool {
        let Some(ShapeKind::Enum(members)) = self.model.shape(target).map(|shape| &shape.kind) else { return false };
        members.iter().any(|(name, member)| member.traits.string("smithy.api#enumValue").unwrap_or(name) == value)
    }
}

/// A whole number in a range, `5.0` included.
fn whole(value: &Value, min: i64, max: i64) -> Option<Default> {
    let number = value.as_i64().or_else(|| {
        let float = value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15)?;
        format!("{float:.0}").parse().ok()
    })?;
    (min..=max).contains(&number).then_some(Default::Integer(number))
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
    }
}
