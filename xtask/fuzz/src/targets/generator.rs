//! The generator: models, and texts in them.

use std::cell::OnceCell;
use std::sync::LazyLock;

use codegen::Options;
use serde_json::{Value, json};

use super::{is_line, root};

/// The fixtures of the generator. A mutation of a large model says no more than one of a small model, and takes longer.
pub(super) fn models() -> Vec<Vec<u8>> {
    let fixtures = std::fs::read_dir(root().join("codegen/tests/fixtures")).expect("the fixtures").flatten();
    let models = fixtures.map(|fixture| fixture.path().join("model.json"));
    let mut models: Vec<_> =
        models.filter(|model| model.metadata().is_ok_and(|metadata| metadata.len() < 16_000)).collect();
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

static OPTIONS: LazyLock<[Options; 2]> = LazyLock::new(|| {
    let partitions = std::fs::read_to_string(root().join("model/partitions.json")).expect("the partitions");
    let partitions = codegen::read_partitions("partitions.json", &partitions).expect("the partitions");
    [false, true].map(|skip_unsupported| Options {
        partitions: partitions.clone(),
        skip_unsupported,
        tests: true,
        ..Options::default()
    })
});

/// Reads and lowers a model, with one set of options. Some are written as Rust, too, which takes as long as hundreds of
/// these.
fn generate(text: &str) {
    let Ok(model) = codegen::read_model("model.json", text) else { return };
    model.notes().iter().for_each(|note| is_line(&note.to_string()));
    let sum = text.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let options = &OPTIONS[usize::from(sum & 1 == 1)];
    if (sum >> 1) % 256 == 0 {
        write(&model, options);
    } else {
        drop(codegen::lower::lower(&model, options));
    }
}

fn write(model: &codegen::model::Model, options: &Options) {
    if let Ok(files) = codegen::generate(model, options) {
        let is_inside = |path: &String| !path.contains("..") && !path.starts_with('/');
        assert!(files.keys().all(is_inside), "a file outside of the folder");
    }
}

pub(super) fn model(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        generate(text);
    }
}

/// In a service of one operation, that binds what is left for operations to bind.
pub(super) fn rules(input: &[u8]) {
    if let Ok(rules) = serde_json::from_slice::<Value>(input) {
        let model = json!({ "smithy": "2.0", "shapes": {
            "a#S": { "type": "service", "version": "1", "operations": [{ "target": "a#Op" }],
                "traits": { "aws.protocols#restJson1": {}, "smithy.rules#endpointRuleSet": rules } },
            "a#Op": { "type": "operation", "input": { "target": "smithy.api#Unit" }, "output": { "target": "smithy.api#Unit" },
                "traits": { "smithy.api#http": { "method": "GET", "uri": "/", "code": 200 } } } } });
        generate(&model.to_string());
    }
}

pub(super) fn documentation(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let markdown = codegen::fuzzing::to_markdown(&text);
    assert!(!markdown.chars().any(|char| char.is_control() && char != '\n'), "a control character in {markdown:?}");
    let lines = codegen::fuzzing::wrap(&markdown, 100);
    assert!(lines.iter().all(|line| !line.contains(['\n', '\r'])), "a line break in {lines:?}");
    if !input.len().is_multiple_of(256) {
        return;
    }
    let model = json!({ "smithy": "2.0", "shapes": {
        "a#S": { "type": "service", "version": "1", "operations": [{ "target": "a#Op" }],
            "traits": { "aws.protocols#restJson1": {}, "smithy.api#documentation": text } },
        "a#Op": { "type": "operation", "input": { "target": "a#In" }, "output": { "target": "smithy.api#Unit" },
            "traits": { "smithy.api#http": { "method": "GET", "uri": "/", "code": 200 }, "smithy.api#documentation": text } },
        "a#In": { "type": "structure", "traits": { "smithy.api#input": {} }, "members": { "a": { "target": "smithy.api#String",
            "traits": { "smithy.api#httpQuery": "a", "smithy.api#documentation": text } } } } } });
    write(&codegen::read_model("model.json", &model.to_string()).expect("a model"), &OPTIONS[0]);
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
