//! Endpoint parameters that operations bind: static ones, by input members, and by expressions over the input.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::Lowering;
use super::operation::Scope;
use super::query::{Root, typed};
use super::types::Types;
use crate::endpoint::ir::{Param, ParamType};
use crate::ir::{EndpointArgument, EndpointParam, Member};
use crate::model::{Shape, ShapeId, ShapeKind};
use crate::naming;

const STATIC: &str = "smithy.rules#staticContextParams";
const MEMBER: &str = "smithy.rules#contextParam";
const EXPRESSION: &str = "smithy.rules#operationContextParams";

#[derive(Deserialize)]
struct StaticParam {
    value: Value,
}

#[derive(Deserialize)]
struct MemberParam {
    name: String,
}

#[derive(Deserialize)]
struct ExpressionParam {
    path: String,
}

impl Lowering<'_> {
    /// Lowers the endpoint parameters of an operation. A static value takes precedence over a member, that over an
    /// expression, and all over the client's configuration. Parameters that the rules do not have are ignored.
    pub(super) fn endpoint_params(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        input: &[Member],
        scope: &Scope<'_>,
    ) -> Vec<EndpointParam> {
        let types = scope.types;
        let fixed: IndexMap<String, StaticParam> = self.read_trait(id, shape, STATIC).unwrap_or_default();
        let expressions: IndexMap<String, ExpressionParam> = self.read_trait(id, shape, EXPRESSION).unwrap_or_default();
        let members = self.bound_members(id);

        let mut found = Vec::new();
        let mut bound = HashSet::new();
        let mut add = |name: &str, place: &str, make: &dyn Fn(&Param) -> Result<EndpointArgument, String>| {
            let Some(param) = scope.endpoint.param(name).filter(|_| bound.insert(name.to_owned())) else { return };
            match make(param) {
                Ok(argument) => {
                    let optional = matches!(param.ty, ParamType::String | ParamType::Boolean | ParamType::StringArray);
                    found.push(EndpointParam { name: param.name.clone(), optional, argument });
                }
                Err(message) => self.report.shape(id, format!("{place} {name}: {message}")),
            }
        };
        for (name, param) in &fixed {
            add(name, STATIC, &|of| constant(of, &param.value));
        }
        for (name, member) in &members {
            // A name that is no identifier is quoted in the expression.
            add(name, MEMBER, &|of| expression(of, &Value::from(member.as_str()).to_string(), input, types));
        }
        for (name, param) in &expressions {
            add(name, EXPRESSION, &|of| expression(of, &param.path, input, types));
        }
        found
    }

    /// Returns the input members that bind parameters, by the parameters' names.
    fn bound_members(&mut self, id: &ShapeId) -> IndexMap<String, String> {
        let model = self.model;
        let mut found = IndexMap::new();
        let Some(ShapeKind::Operation(operation)) = model.shape(id).map(|shape| &shape.kind) else { return found };
        let Some(input) = &operation.input else { return found };
        let Some(ShapeKind::Structure(members)) = model.shape(input).map(|shape| &shape.kind) else { return found };
        for (name, member) in members {
            match member.traits.read::<MemberParam>(MEMBER) {
                Ok(Some(param)) => drop(found.insert(param.name, name.clone())),
                Ok(None) => {}
                Err(message) => self.report.member(input, name, message),
            }
        }
        found
    }
}

fn constant(param: &Param, value: &Value) -> Result<EndpointArgument, String> {
    match (&param.ty, value) {
        (ParamType::String | ParamType::StringOr(_), Value::String(text)) => Ok(EndpointArgument::Text(text.clone())),
        (ParamType::Boolean | ParamType::BooleanOr(_), Value::Bool(value)) => Ok(EndpointArgument::Boolean(*value)),
        (ParamType::StringArray | ParamType::StringArrayOr(_), Value::Array(values)) => {
            let texts = values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<_>>();
            texts.map(EndpointArgument::Texts).ok_or_else(|| format!("{value} is no list of strings"))
        }
        _ => Err(format!("{value} is not of the parameter's type")),
    }
}

fn expression(param: &Param, path: &str, input: &[Member], types: &Types) -> Result<EndpointArgument, String> {
    let typed = typed(path, Root::Input, input, &[], types)?;
    Ok(match param.ty {
        ParamType::String | ParamType::StringOr(_) => EndpointArgument::Value(typed.into_text()?),
        ParamType::Boolean | ParamType::BooleanOr(_) => EndpointArgument::Value(typed.into_boolean()?),
        ParamType::StringArray | ParamType::StringArrayOr(_) => {
            EndpointArgument::List(typed.into_texts()?, naming::prefixed("list_of_", &param.name))
        }
    })
}
