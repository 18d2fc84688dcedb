//! Texts of models stay where they belong: whatever they hold, generated files have neither control characters nor
//! characters that change the direction of text, and the documentation of every item is there.

mod common;

use serde_json::{Value, json};

/// A next-line character, a line separator, an escape sequence, and marks of direction, within blocks of every kind.
const HOSTILE: &str =
    "One\u{85}two\u{2028}three\u{2029}four\u{b}five\u{c}six\rseven\u{1b}[31m\u{9b}1m\u{202e}\u{feff}\0.";

fn forms() -> Vec<String> {
    [
        "X",
        "<p>X</p>",
        "<pre>X</pre>",
        "<code>X</code>",
        "```\nX\n```",
        "```X\ncode\n```",
        "# X",
        "- X\n- X",
        "| a | X |\n|---|---|\n| X | b |",
        "<a href=\"https://example.com/X\">X</a>",
        "[X](https://example.com \"X\")",
        "![X](X)",
        "<X>",
        "<!-- X -->",
        "`X`",
        "    X",
    ]
    .map(|form| form.replace('X', HOSTILE))
    .into()
}

/// Puts a text wherever a model has one.
fn hostile(text: &str) -> Value {
    let docs =
        || json!({ "smithy.api#documentation": text, "smithy.api#deprecated": { "message": text, "since": text } });
    let mut model = common::sound();
    let shapes = &mut model["shapes"];
    let add = |traits: &mut Value| {
        if traits.is_null() {
            *traits = json!({});
        }
        let more = docs();
        traits.as_object_mut().expect("traits").extend(more.as_object().expect("traits").clone());
    };
    for id in ["x#Service", "x#List", "x#Output", "x#Fault"] {
        add(&mut shapes[id]["traits"]);
    }
    for (shape, member) in [("x#Input", "label"), ("x#Input", "token"), ("x#Output", "token"), ("x#Output", "list")] {
        add(&mut shapes[shape]["members"][member]["traits"]);
    }
    shapes["x#Service"]["version"] = json!(text);
    let service = &mut shapes["x#Service"]["traits"];
    service["smithy.api#title"] = json!(text);
    service["aws.api#service"]["sdkId"] = json!(text);
    service["smithy.rules#clientContextParams"] = json!({ "P": { "type": "string", "documentation": text } });
    service["smithy.rules#endpointRuleSet"] = json!({
        "version": "1.0",
        "parameters": { "P": { "type": "string", "documentation": text, "deprecated": { "message": text } } },
        "rules": [{ "type": "error", "documentation": text, "error": text, "conditions": [] }],
    });
    service["smithy.rules#endpointTests"] =
        json!({ "version": "1.0", "testCases": [{ "documentation": text, "expect": { "error": text } }] });
    shapes["x#Kind"] = json!({
        "type": "enum", "traits": docs(),
        "members": {
            "A": { "target": "smithy.api#Unit", "traits": docs() },
            "B": { "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": text } },
        },
    });
    shapes["x#Either"] = json!({
        "type": "union", "traits": docs(), "members": { "a": { "target": "x#Kind", "traits": docs() } },
    });
    shapes["x#Data"] = json!({
        "type": "structure", "traits": docs(),
        "members": {
            "either": { "target": "x#Either", "traits": docs() },
            "text": { "target": "smithy.api#String", "traits": { "smithy.api#default": text, "smithy.api#jsonName": text } },
        },
    });
    shapes["x#Input"]["members"]["data"] = json!({ "target": "x#Data" });
    shapes["x#Output"]["members"]["data"] = json!({ "target": "x#Data" });
    model
}

#[test]
fn generated_files_have_no_control_characters() {
    for form in forms() {
        let text = hostile(&form).to_string();
        let model = codegen::read_model("m.json", &text).unwrap_or_else(|report| panic!("{form:?}: {report}"));
        let options = codegen::Options::default();
        let package = codegen::package(&model, &options, None, codegen::Runtime::Vendored);
        let package = package.unwrap_or_else(|report| panic!("{form:?}: {report}"));
        for (path, text) in package.files {
            let place = |at: usize| text[..at].rfind('\n').map_or("", |start| &text[start..at]);
            let odd = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(
                        c,
                        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                    )
            };
            let found = text.char_indices().find(|(_, c)| odd(*c));
            assert_eq!(found.map(|(at, c)| (c, place(at))), None, "{path} of {form:?}");
        }
        assert!(!package.description.contains(|c: char| c.is_control()), "{:?}", package.description);
    }
}

/// Documentation may have no sentence for an accessor to repeat.
#[test]
fn every_accessor_is_documented() {
    for docs in [
        "<pre><code>let x = 1;</code></pre>",
        "```\ncode\n```\nThen text.",
        "<table><tr><td>a</td></tr></table>",
        "***",
    ] {
        let mut model = common::sound();
        let member = json!({ "target": "smithy.api#String", "traits": { "smithy.api#documentation": docs } });
        for shape in ["x#Input", "x#Output", "x#Fault"] {
            model["shapes"][shape]["members"]["member"] = member.clone();
        }
        let files = common::generate(&model.to_string()).unwrap_or_else(|report| panic!("{report}"));
        for path in ["operation/list.rs", "types/error.rs"] {
            let text = &files[path];
            let mut before = "";
            for line in text.lines().map(str::trim) {
                let public = line.starts_with("pub fn ") || line.starts_with("pub async fn ");
                assert!(!public || before.starts_with("///") || before.starts_with("#["), "{docs:?}: {path}: {line}");
                before = line;
            }
            assert!(text.contains("pub fn member(&self)"), "{path}");
        }
    }
}

/// A version is a date that new services do not have.
#[test]
fn a_model_may_have_no_version() {
    let mut model = common::sound();
    model["shapes"]["x#Service"].as_object_mut().expect("a shape").remove("version");
    let model = codegen::read_model("m.json", &model.to_string()).unwrap_or_else(|report| panic!("{report}"));
    let package = codegen::package(&model, &codegen::Options::default(), None, codegen::Runtime::Vendored);
    let package = package.unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(package.description, "Client for Service, generated from its Smithy model");
    assert!(package.files["README.md"].contains("A Rust client for Service (1 operation), generated"));
    assert!(package.files["src/lib.rs"].contains("//! Client for Service.\n"));
    assert!(package.files["src/generated/client.rs"].contains("Service::new(\"Service\", \"\","));
}
