//! Lowers outcomes of rules: endpoints and errors.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::expr::{self, Scope};
use super::functions::Base;
use super::ir::{Endpoint, Expr, Property};
use super::template::{self, Piece};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEndpoint {
    url: Value,
    #[serde(default)]
    headers: indexmap::IndexMap<String, Vec<Value>>,
    #[serde(default)]
    properties: Map<String, Value>,
}

pub(super) fn endpoint(raw: &RawEndpoint, scope: &Scope) -> Result<Endpoint, String> {
    let header = |(name, values): (&String, &Vec<Value>)| {
        let values = values.iter().map(|value| text(value, scope)).collect::<Result<_, _>>();
        values.map(|values| (name.clone(), values)).map_err(|message| format!("header {name:?}: {message}"))
    };
    Ok(Endpoint {
        url: text(&raw.url, scope)?,
        headers: raw.headers.iter().map(header).collect::<Result<_, _>>()?,
        properties: properties(&raw.properties, &mut |text| self::text(&Value::from(text), scope))?,
    })
}

/// Lowers a string that has to be present.
pub(super) fn text(value: &Value, scope: &Scope) -> Result<Expr, String> {
    let (expr, ty) = expr::read(value, scope)?;
    if ty == Base::String.always() {
        return Ok(expr);
    }
    // A template is already quoted.
    let what = if value.is_string() { "template " } else { "" };
    Err(format!("{what}{value} is not a string that is known to be set; test what may be absent with isSet before"))
}

/// Lowers properties. `text` lowers their strings, which are templates in rules and literals in tests.
pub(super) fn properties(
    raw: &Map<String, Value>,
    text: &mut dyn FnMut(&str) -> Result<Expr, String>,
) -> Result<Vec<(String, Property)>, String> {
    raw.iter()
        .map(|(name, value)| match property(value, text) {
            Ok(property) => Ok((name.clone(), property)),
            Err(message) => Err(format!("property {name:?}: {message}")),
        })
        .collect()
}

fn property(value: &Value, text: &mut dyn FnMut(&str) -> Result<Expr, String>) -> Result<Property, String> {
    Ok(match value {
        Value::Null => Property::Null,
        Value::Bool(value) => Property::Boolean(*value),
        Value::Number(number) => {
            Property::Integer(number.as_i64().ok_or_else(|| format!("{number} is no whole number, or too large"))?)
        }
        Value::String(value) => Property::Text(text(value)?),
        Value::Array(items) => Property::List(items.iter().map(|item| property(item, text)).collect::<Result<_, _>>()?),
        Value::Object(entries) => Property::Object(properties(entries, text)?),
    })
}

/// Returns the names that an outcome, or any part of rules, refers to.
pub(super) fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            for piece in template::parse(text).unwrap_or_default() {
                if let Piece::Reference(name, _) = piece {
                    found.push(name);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(entries) => match entries.get("ref").and_then(Value::as_str) {
            Some(name) => found.push(name.to_owned()),
            None => entries.values().for_each(|value| references(value, found)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
