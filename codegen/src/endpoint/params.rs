//! The parameters of rule sets and decision diagrams.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::expr::{self, Scope};
use super::functions::{Base, Ty};
use super::ir::{BuiltIn, Expr, Literal, Param, ParamSource, ParamType};
use crate::model::is_identifier;
use crate::naming;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawParam {
    #[serde(rename = "type")]
    ty: String,
    built_in: Option<String>,
    #[serde(default)]
    required: bool,
    default: Option<Value>,
    #[serde(default)]
    documentation: String,
}

/// The client context parameters of a service, by name: `smithy.rules#clientContextParams`.
pub(crate) type ClientParams = BTreeMap<String, ClientParam>;

/// A client context parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct ClientParam {
    #[serde(rename = "type")]
    ty: String,
}

/// Lowers parameters, and returns the scope that rules start with.
pub(super) fn read(
    raw: IndexMap<String, RawParam>,
    client: &ClientParams,
    complain: &mut dyn FnMut(String),
) -> (Vec<Param>, Scope) {
    let mut scope = Scope::default();
    let mut params: Vec<Param> = Vec::new();
    for (wire_name, raw) in raw {
        let same = |other: &&Param| other.wire_name.eq_ignore_ascii_case(&wire_name);
        if let Some(other) = params.iter().find(same) {
            complain(format!("parameters.{wire_name}: differs from {} in case alone", other.wire_name));
            continue;
        }
        match read_param(&wire_name, raw, client, &scope) {
            Ok(param) => {
                let (base, may_be_absent) = match param.ty {
                    ParamType::String => (Base::String, true),
                    ParamType::StringOr(_) => (Base::String, false),
                    ParamType::Boolean => (Base::Boolean, true),
                    ParamType::BooleanOr(_) => (Base::Boolean, false),
                    ParamType::StringArray => (Base::StringList, true),
                    ParamType::StringArrayOr(_) => (Base::StringList, false),
                };
                // A required one is bound to a name before the first rule.
                let expr = if param.required { expr::bound(&param.name) } else { Expr::Param(param.name.clone()) };
                scope.bind(&wire_name, expr, Ty { base, optional: may_be_absent && !param.required });
                params.push(param);
            }
            Err(message) => complain(format!("parameters.{wire_name}: {message}")),
        }
    }
    let of_client = |param: &&mut Param| param.source == ParamSource::Client;
    let names: Vec<_> = params.iter_mut().filter(of_client).map(|param| param.name.clone()).collect();
    for (param, setters) in params.iter_mut().filter(of_client).zip(naming::setting_names(&names)) {
        param.setters = Some(setters);
    }
    (params, scope)
}

fn read_param(wire_name: &str, raw: RawParam, client: &ClientParams, scope: &Scope) -> Result<Param, String> {
    if !is_identifier(wire_name) {
        return Err("is no identifier".to_owned());
    }
    let source = match raw.built_in.as_deref() {
        Some("AWS::Region") => ParamSource::BuiltIn(BuiltIn::Region),
        Some("AWS::UseFIPS") => ParamSource::BuiltIn(BuiltIn::UseFips),
        Some("AWS::UseDualStack") => ParamSource::BuiltIn(BuiltIn::UseDualStack),
        Some("SDK::Endpoint") => ParamSource::BuiltIn(BuiltIn::Endpoint),
        _ => match client.get(wire_name) {
            Some(param) if !param.ty.eq_ignore_ascii_case(&raw.ty) => {
                return Err(format!("is a {}, which smithy.rules#clientContextParams calls a {}", raw.ty, param.ty));
            }
            Some(_) => ParamSource::Client,
            None => ParamSource::Operation,
        },
    };
    let default = raw.default.as_ref().map(literal).transpose()?;
    let ty = match (raw.ty.to_ascii_lowercase().as_str(), default) {
        ("string", None) => ParamType::String,
        ("string", Some(Literal::String(text))) => ParamType::StringOr(text),
        ("boolean", None) => ParamType::Boolean,
        ("boolean", Some(Literal::Boolean(value))) => ParamType::BooleanOr(value),
        ("stringarray", None) => ParamType::StringArray,
        ("stringarray", Some(Literal::StringArray(texts))) => ParamType::StringArrayOr(texts),
        ("string" | "boolean" | "stringarray", Some(_)) => {
            return Err(format!("its default is no {}", raw.ty));
        }
        _ => return Err(format!("type {:?} is none of string, boolean and stringArray", raw.ty)),
    };
    if let ParamSource::BuiltIn(built_in) = source {
        let takes_boolean = matches!(built_in, BuiltIn::UseFips | BuiltIn::UseDualStack);
        let fits = match ty {
            ParamType::Boolean | ParamType::BooleanOr(_) => takes_boolean,
            ParamType::String | ParamType::StringOr(_) => !takes_boolean,
            ParamType::StringArray | ParamType::StringArrayOr(_) => false,
        };
        if !fits {
            return Err(format!("is a {}, which its built-in is not", raw.ty));
        }
    }
    let has_default = matches!(ty, ParamType::StringOr(_) | ParamType::BooleanOr(_) | ParamType::StringArrayOr(_));
    Ok(Param {
        wire_name: wire_name.to_owned(),
        name: scope.unused(naming::variable_name(wire_name)),
        docs: crate::docs::to_markdown(&raw.documentation),
        required: raw.required && !has_default,
        ty,
        source,
        setters: None,
        read: false,
    })
}

pub(super) fn literal(value: &Value) -> Result<Literal, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::String(text) => Some(Literal::String(text.clone())),
        Value::Bool(value) => Some(Literal::Boolean(*value)),
        Value::Array(items) => items.iter().map(text).collect::<Option<_>>().map(Literal::StringArray),
        _ => None,
    }
    .ok_or_else(|| format!("{value} is neither a string, a boolean nor a list of strings"))
}
