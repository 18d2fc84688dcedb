//! Resolves mixins and `apply` statements of the JSON AST.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::report::Report;

const MAX_DEPTH: usize = 64;

/// The list-valued parts of a shape, which a mixin extends.
const LISTS: &[&str] = &["operations", "resources", "errors", "collectionOperations"];
/// The object-valued parts of a shape, which a mixin extends.
const OBJECTS: &[&str] = &["identifiers", "properties", "rename"];

/// Returns the shapes with mixins and `apply` statements resolved; `None` if there are none.
pub(super) fn flatten(shapes: &Map<String, Value>, report: &mut Report) -> Option<Map<String, Value>> {
    let is_apply = |shape: &Value| shape["type"] == "apply";
    if !shapes.values().any(|shape| is_apply(shape) || shape.get("mixins").is_some()) {
        return None;
    }
    let mut flat = Map::new();
    let mut done = HashMap::new();
    for (id, shape) in shapes.iter().filter(|(_, shape)| !is_apply(shape)) {
        flat.insert(id.clone(), resolve(id, shape, shapes, &mut done, report, 0));
    }
    for (id, statement) in shapes.iter().filter(|(_, shape)| is_apply(shape)) {
        apply(id, statement, &mut flat, report);
    }
    Some(flat)
}

fn resolve<'a>(
    id: &'a str,
    shape: &'a Value,
    shapes: &'a Map<String, Value>,
    done: &mut HashMap<&'a str, Value>,
    report: &mut Report,
    depth: usize,
) -> Value {
    let Some(mixins) = shape.get("mixins").and_then(Value::as_array) else { return shape.clone() };
    if let Some(found) = done.get(id) {
        return found.clone();
    }
    if depth > MAX_DEPTH {
        report.shape(id, format!("its mixins build on each other more than {MAX_DEPTH} deep, or in a circle"));
        return shape.clone();
    }
    let mut result = Map::new();
    let mut traits = Map::new();
    let mut members = Map::new();
    for mixin in mixins.iter().filter_map(|mixin| mixin["target"].as_str()) {
        let Some(found) = shapes.get(mixin) else {
            report.shape(id, format!("has the mixin {mixin}, which the model does not define"));
            continue;
        };
        let found = resolve(mixin, found, shapes, done, report, depth + 1);
        let local: Vec<&str> = found
            .pointer("/traits/smithy.api#mixin/localTraits")
            .and_then(Value::as_array)
            .map(|local| local.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (name, value) in object(&found, "traits") {
            if name != "smithy.api#mixin" && !local.contains(&name.as_str()) {
                traits.insert(name.clone(), value.clone());
            }
        }
        for (name, member) in object(&found, "members") {
            merge_member(&mut members, name, member);
        }
        for (part, value) in found.as_object().into_iter().flatten() {
            merge_part(&mut result, part, value);
        }
    }
    for (part, value) in shape.as_object().into_iter().flatten() {
        merge_part(&mut result, part, value);
    }
    traits.extend(object(shape, "traits").map(|(name, value)| (name.clone(), value.clone())));
    for (name, member) in object(shape, "members") {
        merge_member(&mut members, name, member);
    }
    result.insert("traits".to_owned(), traits.into());
    if !members.is_empty() {
        result.insert("members".to_owned(), members.into());
    }
    let result = Value::Object(result);
    done.insert(id, result.clone());
    result
}

fn object<'v>(shape: &'v Value, part: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    shape.get(part).and_then(Value::as_object).into_iter().flatten()
}

/// Adds a part other than traits and members.
fn merge_part(into: &mut Map<String, Value>, part: &str, value: &Value) {
    match (into.get_mut(part), value) {
        (_, _) if matches!(part, "mixins" | "traits" | "members") => {}
        (Some(Value::Array(there)), Value::Array(more)) if LISTS.contains(&part) => {
            there.extend(more.iter().filter(|more| !there.contains(more)).cloned().collect::<Vec<_>>());
        }
        (Some(Value::Object(there)), Value::Object(more)) if OBJECTS.contains(&part) => {
            there.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        _ => {
            into.insert(part.to_owned(), value.clone());
        }
    }
}

/// Adds a member. An existing one keeps its place, and its traits unless they are overridden.
fn merge_member(members: &mut Map<String, Value>, name: &str, member: &Value) {
    let Some(there) = members.get_mut(name) else {
        members.insert(name.to_owned(), member.clone());
        return;
    };
    if let Some(target) = member.get("target") {
        there["target"] = target.clone();
    }
    add_traits(there, member);
}

fn add_traits(to: &mut Value, from: &Value) {
    let Some(to) = to.as_object_mut() else { return };
    let traits = to.entry("traits").or_insert_with(|| Value::Object(Map::new()));
    if let Some(traits) = traits.as_object_mut() {
        traits.extend(object(from, "traits").map(|(name, value)| (name.clone(), value.clone())));
    }
}

/// Adds the traits of an `apply` statement to the shape or, after `$`, the member.
fn apply(id: &str, statement: &Value, shapes: &mut Map<String, Value>, report: &mut Report) {
    let (shape, member) = match id.split_once('$') {
        Some((shape, member)) => (shape, Some(member)),
        None => (id, None),
    };
    let found = shapes.get_mut(shape).and_then(|found| match member {
        None => Some(found),
        // The members of lists and maps are not in "members".
        Some(name @ ("member" | "key" | "value")) if found.get(name).is_some() => found.get_mut(name),
        Some(name) => found.get_mut("members")?.get_mut(name),
    });
    match found {
        Some(found) => add_traits(found, statement),
        None => report.shape(id, "traits are applied to it, but the model does not define it"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flat(shapes: &Value) -> (Value, String) {
        let mut report = Report::new("m.json");
        let flat = flatten(shapes.as_object().expect("shapes"), &mut report).expect("something to do");
        (flat.into(), report.to_string())
    }

    #[test]
    fn mixins_give_members_and_traits() {
        let (flat, report) = flat(&json!({
            "x#Base": { "type": "structure", "members": { "a": { "target": "x#A", "traits": { "t#one": 1 } } },
                "traits": { "smithy.api#mixin": { "localTraits": ["t#local"] }, "t#local": {}, "t#shared": {} } },
            "x#More": { "type": "structure", "mixins": [{ "target": "x#Base" }], "members": { "b": { "target": "x#B" } },
                "traits": { "smithy.api#mixin": {} } },
            "x#It": { "type": "structure", "mixins": [{ "target": "x#More" }], "members": { "c": { "target": "x#C" } } },
            "x#It$a": { "type": "apply", "traits": { "t#two": 2 } },
            "x#It": { "type": "structure", "mixins": [{ "target": "x#More" }], "members": { "c": { "target": "x#C" } },
                "traits": { "t#own": {} } },
        }));
        let expected = json!({
            "type": "structure",
            "traits": { "t#shared": {}, "t#own": {} },
            "members": {
                "a": { "target": "x#A", "traits": { "t#one": 1, "t#two": 2 } },
                "b": { "target": "x#B" },
                "c": { "target": "x#C" },
            },
        });
        assert_eq!(flat["x#It"], expected);
        assert!(report.contains("0 problems"), "{report}");
    }

    #[test]
    fn mixins_of_services_and_operations_add_up() {
        let (flat, _) = flat(&json!({
            "x#Common": { "type": "service", "version": "1", "operations": [{ "target": "x#A" }], "errors": [{ "target": "x#E" }] },
            "x#S": { "type": "service", "mixins": [{ "target": "x#Common" }], "operations": [{ "target": "x#B" }], "version": "2" },
            "x#L": { "type": "list", "member": { "target": "x#A" } },
            "x#L$member": { "type": "apply", "traits": { "t#t": {} } },
        }));
        assert_eq!(flat["x#S"]["operations"], json!([{ "target": "x#A" }, { "target": "x#B" }]));
        assert_eq!((&flat["x#S"]["errors"][0]["target"], &flat["x#S"]["version"]), (&json!("x#E"), &json!("2")));
        assert_eq!(flat["x#L"]["member"]["traits"], json!({ "t#t": {} }));
    }

    #[test]
    fn what_leads_nowhere_or_in_a_circle_is_told() {
        let (_, report) = flat(&json!({
            "x#A": { "type": "structure", "mixins": [{ "target": "x#B" }] },
            "x#B": { "type": "structure", "mixins": [{ "target": "x#A" }, { "target": "x#Gone" }] },
            "x#Gone$m": { "type": "apply", "traits": {} },
        }));
        for expected in ["in a circle", "x#Gone, which the model does not define", "x#Gone$m: traits are applied"] {
            assert!(report.contains(expected), "{expected}: {report}");
        }
    }
}
