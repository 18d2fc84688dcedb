//! JSON as Python's `json.dump` writes it, with an indentation of four and text as it is.

use serde_json::Value;
use sso_client::runtime::base::steers;
use zeroize::Zeroize;

use crate::python;

/// The text of a value, without a line break at its end.
pub(crate) fn json(value: &Value) -> String {
    // It may be secret, and growing would leave copies.
    let mut text = String::with_capacity(room(value, 0));
    write(value, 0, &mut text);
    text
}

/// The text of the same document with what steers a terminal escaped. Between texts there are line breaks and nothing else
/// of that kind.
pub(crate) fn escaped(mut text: String) -> String {
    let is_escaped = |char: char| char != '\n' && steers(char);
    let count = text.matches(is_escaped).count();
    if count == 0 {
        return text;
    }
    // All of them are in the basic plane: one escape is enough.
    let mut escaped = String::with_capacity(text.len() + 6 * count);
    for char in text.chars() {
        match is_escaped(char) {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(char))),
            false => escaped.push(char),
        }
    }
    text.zeroize();
    escaped
}

/// As many bytes as the text of a value takes, if little of it has to be escaped.
fn room(value: &Value, depth: usize) -> usize {
    let within = |value| room(value, depth + 1) + 4 * depth + 8;
    match value {
        Value::String(text) => text.len() + text.len() / 4 + 4,
        Value::Array(items) => items.iter().map(within).sum::<usize>() + 4 * depth + 4,
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| 2 * name.len() + 6 + within(value));
            members.sum::<usize>() + 4 * depth + 4
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 32,
    }
}

fn write(value: &Value, depth: usize, to: &mut String) {
    match value {
        Value::Null => to.push_str("null"),
        Value::Bool(value) => to.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => to.push_str(&python::number(value)),
        Value::String(text) => string(text, to),
        Value::Array(items) if items.is_empty() => to.push_str("[]"),
        Value::Object(members) if members.is_empty() => to.push_str("{}"),
        Value::Array(items) => {
            to.push('[');
            for (index, item) in items.iter().enumerate() {
                line(index, depth + 1, to);
                write(item, depth + 1, to);
            }
            line(0, depth, to);
            to.push(']');
        }
        Value::Object(members) => {
            to.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                line(index, depth + 1, to);
                string(name, to);
                to.push_str(": ");
                write(value, depth + 1, to);
            }
            line(0, depth, to);
            to.push('}');
        }
    }
}

fn line(index: usize, depth: usize, to: &mut String) {
    if index > 0 {
        to.push(',');
    }
    to.push('\n');
    to.extend(std::iter::repeat_n("    ", depth));
}

fn string(text: &str, to: &mut String) {
    to.push('"');
    for char in text.chars() {
        match char {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\u{8}' => to.push_str("\\b"),
            '\u{c}' => to.push_str("\\f"),
            char if u32::from(char) < 0x20 => to.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => to.push(char),
        }
    }
    to.push('"');
}
