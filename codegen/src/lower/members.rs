//! Members: their types, where they travel, whether they can be absent.

use serde_json::Value;

use super::{Lowering, UNSUPPORTED_TRAITS};
use crate::docs;
use crate::ir::{Binding, Default, Member, Type};
use crate::model::{Member as ModelMember, Members, ShapeId, ShapeKind, Simple};
use crate::naming;

/// What the structure is to its operation, which decides where its members may travel.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Position {
    /// An operation's input: nothing in it is ever forced on the caller by its type.
    Input,
    /// An operation's output, an error, or part of a body.
    Body,
}

impl Lowering<'_> {
    /// Builds the members of a structure, in model order.
    pub(super) fn members(&mut self, id: &ShapeId, members: &Members, position: Position) -> Vec<Member> {
        let mut lowered: Vec<Member> = Vec::new();
        for (name, member) in members {
            for unsupported in member.traits.ids().filter(|name| UNSUPPORTED_TRAITS.contains(name)) {
                self.report.member(id, name, format!("trait {unsupported} is not supported yet"));
            }
            if let Some(member) = self.member(id, name, member, position) {
                lowered.push(member);
            }
        }
        self.refuse_collisions(id, lowered.iter().map(|member| &member.name));
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
        let documentation = match member.traits.documentation() {
            "" => format!("The member `{name}` of the model, which does not describe it."),
            text => docs::to_markdown(text),
        };
        Some(Member {
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
        let target = &member.target;
        let shape = model.shape(target)?;
        Some(match &shape.kind {
            ShapeKind::Simple(simple) => simple_type(*simple),
            ShapeKind::Enum(members) => {
                self.enumeration(target, shape, members);
                Type::Enum(naming::type_name(target.name()))
            }
            ShapeKind::Structure(members) => {
                self.structure(target, shape, members);
                Type::Structure(naming::type_name(target.name()))
            }
            ShapeKind::List(element) => {
                self.refuse_traits(target, shape);
                Type::List(Box::new(self.target(id, name, element)?))
            }
            ShapeKind::Other(kind, _) => {
                self.report.member(id, name, format!("targets {target}, a {kind}, which is not supported yet"));
                return None;
            }
            ShapeKind::Operation(_) | ShapeKind::Service(_) => {
                self.report.member(id, name, format!("targets {target}, which is no data type"));
                return None;
            }
        })
    }

    fn is_sensitive(&self, target: &ShapeId) -> bool {
        self.model.shape(target).is_some_and(|shape| {
            shape.traits.has("smithy.api#sensitive")
                || match &shape.kind {
                    ShapeKind::List(element) => {
                        element.traits.has("smithy.api#sensitive") || self.is_sensitive(&element.target)
                    }
                    _ => false,
                }
        })
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
        let binding = if traits.has("smithy.api#httpLabel") {
            if !traits.has("smithy.api#required") {
                self.report.member(id, name, "is bound to the path by httpLabel, so it has to be required");
            }
            // Whether the label is greedy is for the URI pattern to say.
            Binding::Label { greedy: false }
        } else if let Some(query) = traits.get("smithy.api#httpQuery") {
            Binding::Query(self.wire_name(id, name, "httpQuery", query)?)
        } else if let Some(header) = traits.get("smithy.api#httpHeader") {
            Binding::Header(self.wire_name(id, name, "httpHeader", header)?)
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

    fn wire_name(&mut self, id: &ShapeId, member: &str, name: &str, value: &Value) -> Option<String> {
        match value.as_str() {
            Some(text) if !text.is_empty() => Some(text.to_owned()),
            _ => {
                self.report.member(id, member, format!("trait smithy.api#{name} needs a name, not {value}"));
                None
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
            (Type::Byte | Type::Short | Type::Integer | Type::Long, value) => value.as_i64().map(Default::Integer),
            (Type::Float | Type::Double, value) => value.as_f64().map(Default::Float),
            (Type::String | Type::Enum(_), Value::String(value)) => Some(Default::String(value.clone())),
            (Type::List(_), Value::Array(values)) if values.is_empty() => Some(Default::Zero),
            _ => None,
        };
        if default.is_none() {
            self.report.member(id, name, format!("its default {value} does not fit its type"));
        }
        default
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
    }
}
