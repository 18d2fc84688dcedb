//! Pairs of tiny models, at least one for each rule: a base, what is changed in it to have the old
//! version, and what is changed in that to have the new one. Where the crate breaks, a caller that
//! compiles against the old crate and not against the new one.
#![allow(dead_code, reason = "not every test needs all of it")]

mod rows;
mod wire;

use serde_json::{Value, json};

#[allow(unused_imports, reason = "some tests need the base alone")]
pub(crate) use rows::pairs;

/// A pair of models that one rule is about.
pub(crate) struct Pair {
    /// The rule.
    pub(crate) rule: &'static str,
    /// The crate's verdict.
    pub(crate) krate: &'static str,
    /// Changes of the base, each at a JSON pointer; `null` removes.
    pub(crate) old: Vec<(&'static str, Value)>,
    /// Changes of the old version.
    pub(crate) new: Vec<(&'static str, Value)>,
    /// What compiles against the old crate and not against the new one.
    pub(crate) caller: &'static str,
}

impl Pair {
    pub(crate) fn models(&self) -> (Value, Value) {
        let old = changed(base(), &self.old);
        let new = changed(old.clone(), &self.new);
        (old, new)
    }
}

fn pair(
    rule: &'static str,
    krate: &'static str,
    old: Vec<(&'static str, Value)>,
    new: Vec<(&'static str, Value)>,
) -> Pair {
    Pair { rule, krate, old, new, caller: "" }
}

fn breaking(
    rule: &'static str,
    old: Vec<(&'static str, Value)>,
    new: Vec<(&'static str, Value)>,
    caller: &'static str,
) -> Pair {
    Pair { rule, krate: "breaking", old, new, caller }
}

/// Changes a model at JSON pointers below its shapes; `null` removes.
fn changed(mut model: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let (parent, key) = (format!("/shapes{parent}"), key.replace("~1", "/"));
        let found = model.pointer_mut(&parent).unwrap_or_else(|| panic!("{pointer} leads nowhere"));
        let entries = found.as_object_mut().unwrap_or_else(|| panic!("{parent} is no object"));
        if value.is_null() {
            assert!(entries.shift_remove(&key).is_some(), "{pointer} was there");
        } else {
            entries.insert(key, value.clone());
        }
    }
    model
}

/// A member that targets a shape and has no traits.
pub(crate) fn member(target: &str) -> Value {
    let target = if target.contains('#') { target.to_owned() } else { format!("smithy.api#{target}") };
    json!({ "target": target, "traits": {} })
}

/// A member with one trait.
pub(crate) fn with(target: &str, name: &str, value: Value) -> Value {
    let mut member = member(target);
    member["traits"][name] = value;
    member
}

pub(crate) fn targets(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "target": id })).collect()
}

/// A small model of everything that rules are about.
pub(crate) fn base() -> Value {
    let label = json!({ "smithy.api#httpLabel": {}, "smithy.api#required": {} });
    json!({ "smithy": "2.0", "shapes": {
        "x#Service": {
            "type": "service", "version": "1", "operations": targets(&["x#List", "x#Put"]), "errors": [],
            "traits": { "aws.protocols#restJson1": {}, "aws.api#service": { "sdkId": "Thing", "endpointPrefix": "thing" } },
        },
        "x#List": {
            "type": "operation", "input": { "target": "x#ListInput" }, "output": { "target": "x#ListOutput" }, "errors": [],
            "traits": {
                "smithy.api#http": { "method": "GET", "uri": "/list" },
                "smithy.api#paginated": { "inputToken": "token", "outputToken": "token", "items": "names", "pageSize": "size" },
            },
        },
        "x#ListInput": { "type": "structure", "traits": {}, "members": {
            "token": with("String", "smithy.api#httpQuery", json!("token")),
            "size": with("Integer", "smithy.api#httpQuery", json!("size")),
        } },
        "x#ListOutput": { "type": "structure", "traits": {}, "members": { "token": member("String"), "names": member("x#Names") } },
        "x#Put": {
            "type": "operation", "input": { "target": "x#PutInput" }, "output": { "target": "x#PutOutput" },
            "errors": targets(&["x#Fault"]),
            "traits": { "smithy.api#http": { "method": "POST", "uri": "/put/{id}" } },
        },
        "x#PutInput": { "type": "structure", "traits": {}, "members": {
            "id": { "target": "smithy.api#String", "traits": label },
            "note": member("String"),
            "colour": member("x#Colour"),
            "data": member("x#Data"),
            "text": member("x#Text"),
        } },
        "x#PutOutput": { "type": "structure", "traits": {}, "members": {
            "note": member("String"),
            "count": member("Integer"),
            "data": member("x#Data"),
            "names": member("x#Names"),
            "choice": member("x#Choice"),
        } },
        "x#Data": { "type": "structure", "traits": {}, "members": { "a": member("String"), "b": member("Integer") } },
        "x#Choice": { "type": "union", "traits": {}, "members": { "one": member("String"), "two": member("Integer") } },
        "x#Colour": { "type": "enum", "traits": {}, "members": {
            "RED": with("Unit", "smithy.api#enumValue", json!("red")),
            "BLUE": with("Unit", "smithy.api#enumValue", json!("blue")),
        } },
        "x#Names": { "type": "list", "traits": {}, "member": member("String") },
        "x#Text": { "type": "string", "traits": {} },
        "x#Fault": {
            "type": "structure", "members": { "message": member("String") }, "traits": { "smithy.api#error": "client" },
        },
    } })
}
