//! Text: a line for each structure, with its scalars in the order of their names, behind the name of
//! the member that it stands in. What lies deeper follows on lines of its own.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::python;

/// The lines of a value.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, None, None, &mut text);
    text
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// `keys` are the columns where the value is one of a list of structures.
fn write(value: &Value, name: Option<&str>, keys: Option<&BTreeSet<&str>>, to: &mut String) {
    match value {
        Value::Object(members) => structure(members, name, keys, to),
        Value::Array(items) => list(items, name, to),
        scalar => row([python::str(scalar)], to),
    }
}

fn row(columns: impl IntoIterator<Item = String>, to: &mut String) {
    let columns: Vec<String> = columns.into_iter().collect();
    to.push_str(&columns.join("\t"));
    to.push('\n');
}

fn list(items: &[Value], name: Option<&str>, to: &mut String) {
    if items.is_empty() {
        return;
    }
    if items.iter().any(Value::is_object) {
        let structures = items.iter().filter_map(Value::as_object);
        let scalars = structures.flatten().filter(|(_, value)| is_scalar(value));
        let keys: BTreeSet<&str> = scalars.map(|(key, _)| key.as_str()).collect();
        for item in items {
            write(item, name, Some(&keys), to);
        }
        return;
    }
    let (scalars, others): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| is_scalar(item));
    match name {
        Some(name) => {
            for scalar in scalars {
                row([name.to_uppercase(), python::str(scalar)], to);
            }
        }
        None if scalars.is_empty() => {}
        None => row(scalars.into_iter().map(python::str), to),
    }
    for other in others {
        write(other, name, None, to);
    }
}

fn structure(members: &Map<String, Value>, name: Option<&str>, keys: Option<&BTreeSet<&str>>, to: &mut String) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let scalars: Vec<String> = match keys {
        Some(keys) => keys.iter().map(|key| members.get(*key).map_or_else(String::new, python::str)).collect(),
        None => sorted.iter().filter(|(_, value)| is_scalar(value)).map(|(_, value)| python::str(value)).collect(),
    };
    if !scalars.is_empty() {
        row(name.map(str::to_uppercase).into_iter().chain(scalars), to);
    }
    for (key, value) in sorted {
        let shown = keys.map_or_else(|| is_scalar(value), |keys| keys.contains(key.as_str()));
        if !shown {
            write(value, Some(key), None, to);
        }
    }
}
