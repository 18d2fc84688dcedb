//! Evaluates endpoint rules without compiling them, against the models' tests.

mod common;

use std::path::{Path, PathBuf};

use codegen::endpoint::eval::{Params, Resolved, expected, resolve, test_params};
use codegen::endpoint::ir::{Literal, Partition};
use codegen::{Options, lower::lower, read_model};
use common::sound;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The partitions of today, or those of before 2025, when the isolated ones had no dual-stack.
fn partitions(before_2025: bool) -> Vec<Partition> {
    let text = std::fs::read_to_string(root().join("model/partitions.json")).expect("readable");
    let mut partitions = codegen::read_partitions("partitions.json", &text).expect("partitions");
    for partition in partitions.iter_mut().filter(|found| before_2025 && found.name.starts_with("aws-iso")) {
        partition.supports_dual_stack = false;
        partition.dual_stack_dns_suffix.clone_from(&partition.dns_suffix);
    }
    partitions
}

/// Runs a model's own tests and counts them.
fn run(name: &str, text: &str, before_2025: bool) -> usize {
    let model = read_model(name, text).unwrap_or_else(|report| panic!("{report}"));
    let options = Options { partitions: partitions(before_2025), skip_unsupported: true, ..Default::default() };
    let service = lower(&model, &options).unwrap_or_else(|report| panic!("{report}"));
    for test in &service.endpoint_tests {
        let params = test_params(&service.endpoint, test);
        let resolved = resolve(&service.endpoint, &options.partitions, &params);
        assert_eq!(resolved, expected(test), "{name}: {}", test.name);
    }
    service.endpoint_tests.len()
}

#[test]
fn our_model_passes_its_tests() {
    let name = "sso-2019-06-10.json";
    let text = std::fs::read_to_string(root().join("model").join(name)).expect("readable");
    assert!(run(name, &text, false) > 20);
}

#[test]
fn published_models_pass_their_tests() {
    let Some(dir) = test_support::suite("models/history") else { return };
    let mut count = 0;
    for service in ["sso", "sso-oidc", "polly", "lambda"] {
        for entry in std::fs::read_dir(dir.join(service)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            count += run(&name, &std::fs::read_to_string(&path).expect("readable"), name.as_str() < "2025");
        }
    }
    assert!(count > 2000, "{count}");
}

/// Returns the service of a model, with only what endpoint rules need.
fn service_alone(text: &str) -> String {
    let model: Value = serde_json::from_str(text).expect("JSON");
    let shapes = model["shapes"].as_object().expect("shapes");
    let (id, service) = shapes.iter().find(|(_, shape)| shape["type"] == "service").expect("a service");
    let mut service = service.clone();
    for part in ["operations", "resources", "errors"] {
        service.as_object_mut().expect("an object").remove(part);
    }
    service["traits"]["aws.protocols#restJson1"] = json!({});
    json!({ "smithy": "2.0", "shapes": { id: service } }).to_string()
}

#[test]
fn suites_of_the_rules_engine_pass() {
    let Some(dir) = test_support::suite("suites/endpoint-rules") else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        count += run(&name, &service_alone(&std::fs::read_to_string(&path).expect("readable")), true);
    }
    assert!(count > 50, "{count}");
}

/// Rules whose one condition is a call of a function, or that give a value of it.
fn ask(conditions: Value, url: &str, params: &[(&str, Literal)]) -> Resolved {
    let mut model = sound();
    model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"] = json!({
        "version": "1.0",
        "parameters": { "Text": { "type": "string", "documentation": "T" }, "Flag": { "type": "boolean", "documentation": "F" } },
        "rules": [
            { "type": "endpoint", "conditions": conditions, "endpoint": { "url": url } },
            { "type": "error", "conditions": [], "error": "no" },
        ],
    });
    let model = read_model("m.json", &model.to_string()).unwrap_or_else(|report| panic!("{report}"));
    let options = Options { partitions: partitions(false), ..Default::default() };
    let service = lower(&model, &options).unwrap_or_else(|report| panic!("{report}"));
    let params: Params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    resolve(&service.endpoint, &options.partitions, &params)
}

fn call(function: &str, arguments: Value) -> Value {
    json!({ "fn": function, "argv": arguments })
}

#[test]
fn functions() {
    let text = json!({ "ref": "Text" });
    let assign = |mut call: Value| {
        call["assign"] = json!("found");
        json!([call])
    };
    for (conditions, url, input, answer) in [
        (assign(call("aws.partition", json!([text]))), "{found#name}", "cn-north-1", Some("aws-cn")),
        (assign(call("aws.partition", json!([text]))), "{found#dnsSuffix}", "us-new-7", Some("amazonaws.com")),
        (assign(call("aws.partition", json!([text]))), "{found#name}", "nowhere", Some("aws")),
        (
            assign(call("parseURL", json!([text]))),
            "{found#scheme}|{found#authority}|{found#normalizedPath}",
            "https://h:1/a",
            Some("https|h:1|/a/"),
        ),
        (assign(call("parseURL", json!([text]))), "u", "https://h?q", None),
        (assign(call("aws.parseArn", json!([text]))), "{found#service}", "arn:aws:s3:r:a:b/c", Some("s3")),
        (assign(call("aws.parseArn", json!([text]))), "u", "arn:aws:s3", None),
        (assign(call("substring", json!([text, 0, 2, true]))), "{found}", "abcd", Some("cd")),
        (assign(call("substring", json!([text, 0, 9, false]))), "{found}", "abcd", None),
        (assign(call("uriEncode", json!([text]))), "{found}", "a b/é", Some("a%20b%2F%C3%A9")),
        (
            assign(call("getAttr", json!([call("split", json!([text, "--", 0])), "[-1]"]))),
            "{found}",
            "a--b--c",
            Some("c"),
        ),
        (
            assign(call("getAttr", json!([call("aws.parseArn", json!([text])), "resourceId[1]"]))),
            "{found}",
            "arn:aws:s3:r:a:b/c",
            Some("c"),
        ),
        (json!([call("isValidHostLabel", json!([text, false]))]), "yes", "a.b", None),
        (json!([call("isValidHostLabel", json!([text, true]))]), "yes", "a.b", Some("yes")),
        (json!([call("aws.isVirtualHostableS3Bucket", json!([text, false]))]), "yes", "bucket-1", Some("yes")),
        (json!([call("aws.isVirtualHostableS3Bucket", json!([text, true]))]), "yes", "1.2.3.4", None),
        (json!([call("not", json!([call("isSet", json!([text]))]))]), "yes", "there", None),
        (json!([call("stringEquals", json!([text, "a"]))]), "yes", "a", Some("yes")),
    ] {
        let resolved = ask(conditions.clone(), url, &[("Text", Literal::String(input.to_owned()))]);
        assert_eq!(resolved.ok().map(|endpoint| endpoint.url).as_deref(), answer, "{conditions} of {input:?}");
    }
    let flag = json!([call("booleanEquals", json!([{ "ref": "Flag" }, true]))]);
    for (params, holds) in [
        (vec![], false),
        (vec![("Flag", Literal::Boolean(false))], false),
        (vec![("Flag", Literal::Boolean(true))], true),
    ] {
        assert_eq!(ask(flag.clone(), "yes", &params).is_ok(), holds, "{params:?}");
    }
    let chosen = |condition: Value| assign(call("coalesce", json!([call("ite", json!([condition, "a", "b"])), "c"])));
    assert_eq!(ask(chosen(json!(true)), "{found}", &[]).map(|endpoint| endpoint.url).as_deref(), Ok("a"));
}
