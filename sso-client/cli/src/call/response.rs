//! From the body of a response to the members that the model knows, as AWS CLI v1 shows them.
//!
//! Members are in the order of the model; unknown ones and those that are null are left out. Text that is
//! no text stays what it is, as there. What cannot be a response at all is an error, where AWS CLI v1 would
//! print nothing and exit with 0: a captive portal's page is no empty list of accounts.

use serde_json::{Map, Number, Value};

use crate::table::{Member, Shape};

/// The members of an output, or why the body is none.
pub(super) fn output(members: &[Member], body: &[u8]) -> Result<Value, String> {
    if members.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| if body.is_empty() { "it is empty".to_owned() } else { format!("it is no JSON ({error})") })?;
    structure(members, value)
}

fn structure(members: &[Member], value: Value) -> Result<Value, String> {
    let Value::Object(mut found) = value else {
        return Err(format!("{} stands where an object has to be", kind(&value)));
    };
    let mut known = Map::new();
    for member in members {
        match found.remove(member.name) {
            None | Some(Value::Null) => {}
            Some(value) => {
                let value = convert(&member.shape, value).map_err(|error| format!("{}: {error}", member.name))?;
                known.insert(member.name.to_owned(), value);
            }
        }
    }
    Ok(Value::Object(known))
}

fn convert(shape: &Shape, value: Value) -> Result<Value, String> {
    match (shape, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Shape::Structure(members), value) => structure(members, value),
        (Shape::List(element), Value::Array(items)) => {
            items.into_iter().map(|item| convert(element, item)).collect::<Result<_, _>>().map(Value::Array)
        }
        (Shape::List(_), value) => Err(format!("{} stands where a list has to be", kind(&value))),
        (Shape::Map(element), Value::Object(found)) => {
            let found = found.into_iter().map(|(name, value)| Ok((name, convert(element, value)?)));
            found.collect::<Result<_, String>>().map(Value::Object)
        }
        (Shape::Map(_), value) => Err(format!("{} stands where an object has to be", kind(&value))),
        (Shape::Integer, value) => integer(value),
        (Shape::Text | Shape::Boolean | Shape::Any, value) => Ok(value),
    }
}

/// Whole numbers may be written as texts, floats and booleans.
fn integer(value: Value) -> Result<Value, String> {
    let whole = match &value {
        Value::Number(number) if !number.is_f64() => Some(number.clone()),
        #[expect(clippy::cast_possible_truncation, reason = "the fraction is cut off, and what is larger is refused")]
        Value::Number(number) => {
            let float = number.as_f64().filter(|float| float.abs() < 9.0e18);
            float.map(|float| Number::from(float as i64))
        }
        Value::Bool(value) => Some(Number::from(u8::from(*value))),
        Value::String(text) => crate::python::int(text).map(Number::from),
        _ => None,
    };
    whole.map(Value::Number).ok_or_else(|| format!("{} stands where a whole number has to be", kind(&value)))
}

/// What a value is, without showing it: it may be a secret.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
