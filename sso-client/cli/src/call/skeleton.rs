//! `--generate-cli-skeleton`: what an input or an output looks like.

use serde_json::{Map, Value};

use crate::table::{Command, Member, Shape};

/// An input to fill in.
pub(super) fn input(command: &Command) -> Value {
    members(command.input, |_| String::new())
}

/// An output whose texts are the names of their members.
pub(super) fn output(command: &Command) -> Value {
    members(command.output, str::to_owned)
}

fn members(members: &[Member], text: fn(&str) -> String) -> Value {
    let members = members.iter().map(|member| (member.name.to_owned(), value(member.name, &member.shape, text)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn value(name: &str, shape: &Shape, text: fn(&str) -> String) -> Value {
    match shape {
        Shape::Text => Value::String(text(name)),
        Shape::Integer => Value::from(0),
        Shape::Boolean => Value::Bool(true),
        Shape::Structure(found) => members(found, text),
        Shape::List(element) => Value::Array(vec![value(name, element, text)]),
        Shape::Map(element) => {
            Value::Object([("KeyName".to_owned(), value(name, element, text))].into_iter().collect())
        }
        Shape::Any => Value::Object(Map::new()),
    }
}
