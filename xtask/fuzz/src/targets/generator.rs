//! The generator: models, and texts in them.

use std::cell::OnceCell;

use serde_json::{Value, json};

use super::root;

/// The models of the project and the fixtures of the generator.
pub(super) fn models() -> Vec<Vec<u8>> {
    let mut models: Vec<_> = ["model/sso-2019-06-10.json"].iter().map(|file| root().join(file)).collect();
    let fixtures = std::fs::read_dir(root().join("codegen/tests/fixtures")).expect("the fixtures").flatten();
    models.extend(fixtures.map(|fixture| fixture.path().join("model.json")).filter(|model| model.is_file()));
    // A mutation of a large model says no more than one of a small model, and takes a second.
    models.retain(|model| model.metadata().is_ok_and(|metadata| metadata.len() < 100_000));
    models.sort();
    models.into_iter().map(|file| std::fs::read(file).expect("a model")).collect()
}

fn portal() -> Value {
    thread_local!(static MODEL: OnceCell<Value> = const { OnceCell::new() });
    MODEL.with(|model| {
        model
            .get_or_init(|| {
                let text = std::fs::read(root().join("model/sso-2019-06-10.json")).expect("the model");
                serde_json::from_slice(&text).expect("JSON")
            })
            .clone()
    })
}

pub(super) fn rule_sets() -> Vec<Vec<u8>> {
    vec![portal()[0].to_string().into_bytes(), rule_set(&mut portal()).to_string().into_bytes()]
}

const SERVICE: &str = "com.amazonaws.sso#SWBPortalService";

fn rule_set(model: &mut Value) -> &mut Value {
    &mut model["shapes"][SERVICE]["traits"]["smithy.rules#endpointRuleSet"]
}

fn generate(text: &str) {
    let partitions = std::fs::read_to_string(root().join("model/partitions.json")).expect("the partitions");
    let partitions = codegen::read_partitions("partitions.json", &partitions).expect("the partitions");
    for skip_unsupported in [false, true] {
        let options =
            codegen::Options { partitions: partitions.clone(), skip_unsupported, ..codegen::Options::default() };
        let Ok(model) = codegen::read_model("model.json", text) else { return };
        if let Ok(files) = codegen::generate(&model, &options) {
            assert!(
                files.keys().all(|path| !path.contains("..") && !path.starts_with('/')),
                "a file outside of the folder"
            );
        }
    }
}

pub(super) fn model(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        generate(text);
    }
}

pub(super) fn rules(input: &[u8]) {
    if let Ok(rules) = serde_json::from_slice(input) {
        let mut model = portal();
        *rule_set(&mut model) = rules;
        generate(&model.to_string());
    }
}

pub(super) fn documentation(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let model = json!({ "smithy": "2.0", "shapes": {
        "a#S": { "type": "service", "version": "1", "operations": [{ "target": "a#Op" }],
            "traits": { "aws.protocols#restJson1": {}, "smithy.api#documentation": text } },
        "a#Op": { "type": "operation", "input": { "target": "a#In" }, "output": { "target": "smithy.api#Unit" },
            "traits": { "smithy.api#http": { "method": "GET", "uri": "/", "code": 200 }, "smithy.api#documentation": text } },
        "a#In": { "type": "structure", "traits": { "smithy.api#input": {} }, "members": { "a": { "target": "smithy.api#String",
            "traits": { "smithy.api#httpQuery": "a", "smithy.api#documentation": text } } } } } });
    generate(&model.to_string());
}

pub(super) fn jmespath(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let matcher = |path: &str| json!({ "output": { "path": path, "expected": "x", "comparator": "anyStringEquals" } });
    let model = json!({ "smithy": "2.0", "shapes": {
        "a#S": { "type": "service", "version": "1", "operations": [{ "target": "a#Op" }],
            "traits": { "aws.protocols#restJson1": {} } },
        "a#Op": { "type": "operation", "input": { "target": "smithy.api#Unit" }, "output": { "target": "a#Out" },
            "traits": { "smithy.api#http": { "method": "GET", "uri": "/", "code": 200 }, "smithy.waiters#waitable": {
                "Done": { "acceptors": [{ "state": "success", "matcher": matcher(&text) }] } } } },
        "a#Out": { "type": "structure", "traits": { "smithy.api#output": {} }, "members": {
            "name": { "target": "smithy.api#String" }, "count": { "target": "smithy.api#Integer" }, "items": { "target": "a#List" } } },
        "a#List": { "type": "list", "member": { "target": "a#Item" } },
        "a#Item": { "type": "structure", "members": { "state": { "target": "smithy.api#String" }, "tags": { "target": "a#Map" } } },
        "a#Map": { "type": "map", "key": { "target": "smithy.api#String" }, "value": { "target": "smithy.api#String" } } } });
    generate(&model.to_string());
}
