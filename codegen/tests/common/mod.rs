//! A small model that is accepted, and changes that break it.
#![allow(dead_code, reason = "not every test needs all of it")]

use codegen::{Options, Report};
use serde_json::{Value, json};

/// A small model that is accepted, for single changes to break.
pub(crate) fn sound() -> Value {
    json!({ "smithy": "2.0", "shapes": {
        "x#Service": {
            "type": "service", "version": "1", "operations": [{ "target": "x#List" }],
            "traits": { "aws.protocols#restJson1": {}, "aws.api#service": { "endpointPrefix": "x" } },
        },
        "x#List": {
            "type": "operation", "input": { "target": "x#Input" }, "output": { "target": "x#Output" },
            "errors": [{ "target": "x#Fault" }],
            "traits": {
                "smithy.api#http": { "method": "GET", "uri": "/a/{label}" },
                "smithy.api#paginated": { "inputToken": "token", "outputToken": "token", "items": "list", "pageSize": "size" },
            },
        },
        "x#Input": { "type": "structure", "members": {
            "label": { "target": "smithy.api#String", "traits": { "smithy.api#httpLabel": {}, "smithy.api#required": {} } },
            "token": { "target": "smithy.api#String", "traits": { "smithy.api#httpQuery": "token" } },
            "size": { "target": "smithy.api#Integer", "traits": { "smithy.api#httpHeader": "x-size" } },
        } },
        "x#Output": { "type": "structure", "members": {
            "token": { "target": "smithy.api#String" },
            "list": { "target": "x#Strings" },
        } },
        "x#Strings": { "type": "list", "member": { "target": "smithy.api#String" } },
        "x#Fault": { "type": "structure", "members": {}, "traits": { "smithy.api#error": "client" } },
    } })
}

pub(crate) fn generate(text: &str) -> Result<codegen::FileTree, Report> {
    let partitions = codegen::read_partitions(
        "p.json",
        r#"{ "partitions": [{ "id": "aws", "regionRegex": "^a$", "outputs": {
        "name": "aws", "dnsSuffix": "d", "dualStackDnsSuffix": "d", "supportsFIPS": true, "supportsDualStack": true,
        "implicitGlobalRegion": "a" } }] }"#,
    )?;
    codegen::generate(&codegen::read_model("m.json", text)?, &Options { partitions, ..Default::default() })
}

/// Changes the sound model at a JSON pointer (`null` removes) and returns the report's text.
pub(crate) fn broken(changes: &[(&str, Value)]) -> String {
    let mut model = sound();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let key = key.replace("~1", "/");
        let parent = model.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} leads nowhere"));
        let parent = parent.as_object_mut().expect("an object");
        if value.is_null() {
            assert!(parent.remove(&key).is_some(), "{pointer} was there");
        } else {
            parent.insert(key, value.clone());
        }
    }
    match generate(&model.to_string()) {
        Err(report) => report.to_string(),
        Ok(_) => panic!("{changes:?} is accepted"),
    }
}
