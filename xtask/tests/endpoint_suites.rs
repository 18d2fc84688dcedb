//! Endpoint rules of Smithy's suites and of published models pass their own tests, and rule sets agree with decision
//! diagrams.

#[path = "common/bench.rs"]
mod bench;
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use bench::Bench;
use codegen::{FileTree, Options};
use serde_json::{Value, json};
use xtask::emit::partitions_before_2025;

/// Returns the JSON files of a folder, sorted.
fn files(what: &str) -> Option<Vec<PathBuf>> {
    let dir = test_support::suite(what)?;
    let paths = fs::read_dir(dir).expect("readable").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|found| found == "json")).collect();
    files.sort();
    Some(files)
}

/// Returns a model with nothing but the service shape, which endpoint rules need.
fn service_alone(path: &Path) -> Value {
    let model: Value = serde_json::from_str(&common::read(path)).expect("JSON");
    let shapes = model["shapes"].as_object().expect("shapes");
    let (id, service) = shapes.iter().find(|(_, shape)| shape["type"] == "service").expect("a service");
    let mut service = service.clone();
    for part in ["operations", "resources", "errors"] {
        service.as_object_mut().expect("an object").remove(part);
    }
    json!({ "smithy": "2.0", "shapes": { id: service } })
}

/// Removes a trait of the service.
fn without(mut model: Value, name: &str) -> Value {
    for shape in model["shapes"].as_object_mut().expect("shapes").values_mut() {
        assert!(shape["traits"].as_object_mut().expect("traits").remove(name).is_some(), "{name} was there");
    }
    model
}

/// Generates from a model. `then` converts current partitions into those of the time of the model.
fn generate(path: &Path, model: &Value, then: fn(&str) -> String) -> FileTree {
    let partitions = common::read(&xtask::workspace_root().join("model/partitions.json"));
    let partitions = codegen::read_partitions("partitions.json", &then(&partitions)).expect("partitions");
    let name = path.file_name().expect("a name").to_string_lossy();
    let model = codegen::read_model(&name, &model.to_string()).unwrap_or_else(|report| panic!("{report}"));
    let options = Options { partitions, ..Default::default() };
    codegen::generate(&model, &options).unwrap_or_else(|report| panic!("{report}"))
}

/// Compiles the rules of models and runs their tests.
fn check(name: &str, files: &[PathBuf], partitions: fn(&str) -> String) {
    let mut bench = Bench::new();
    for (index, path) in files.iter().enumerate() {
        let tree = generate(path, &service_alone(path), partitions);
        bench.resolver(&format!("model{index}"), &tree);
        assert!(tree.contains_key("endpoint_tests.rs"), "{} has tests", path.display());
        bench.table(&tree, &format!("model{index}"));
    }
    assert!(bench.tables > 0, "there are models");
    bench.run(name, bench.tables);
}

#[test]
fn suites_pass() {
    let Some(files) = files("suites/endpoint-rules") else { return };
    check("endpoint_suites", &files, str::to_owned);
}

#[test]
fn published_models_pass() {
    let Some(files) = files("models/restjson1") else { return };
    check("endpoint_models", &files, partitions_before_2025);
}

#[test]
fn rule_sets_and_decision_diagrams_agree() {
    let mut bench = Bench::new();
    for (service, name) in [("sso", "sso"), ("sso-oidc", "sso_oidc"), ("polly", "polly")] {
        let Some(files) = files(&format!("models/history/{service}")) else { return };
        let newest = files.last().expect("a model");
        let model = service_alone(newest);
        for (form, other) in [("rules", "endpointBdd"), ("diagram", "endpointRuleSet")] {
            let tree = generate(newest, &without(model.clone(), &format!("smithy.rules#{other}")), str::to_owned);
            let is_diagram = tree["endpoint.rs"].contains("loop {");
            assert_eq!(is_diagram, form == "diagram", "{service} is compiled from its {form}");
            bench.resolver(&format!("{name}_{form}"), &tree);
            bench.table(&tree, &format!("{name}_{form}"));
        }
        bench.source.push_str(&AGREE.replace("NAME", name));
    }
    bench.run("endpoint_diagrams", bench.tables + 3);
}

/// Compares both forms for 10,000 pseudo-random parameters with a fixed seed.
const AGREE: &str = r#"
    #[test]
    fn NAME_agrees() {
        let regions: Vec<&str> = ["", "nowhere", "eu-new-9", "us-gov-new-9", "aws-global", "é"]
            .into_iter()
            .chain(NAME_rules_partitions::PARTITIONS.iter().flat_map(|partition| partition.regions).copied())
            .collect();
        let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize % below
        };
        let mut endpoints = 0;
        for _ in 0..10_000 {
            let region = (random(8) > 0).then(|| regions[random(regions.len())]);
            let (use_fips, use_dual_stack) = (random(2) == 0, random(2) == 0);
            let endpoint = (random(4) == 0).then_some("https://example.com/base");
            let rules = NAME_rules_endpoint::resolve(
                &NAME_rules_endpoint::Params { region, use_fips, use_dual_stack, endpoint });
            let diagram = NAME_diagram_endpoint::resolve(
                &NAME_diagram_endpoint::Params { region, use_fips, use_dual_stack, endpoint });
            assert_eq!(rules, diagram, "{region:?} {use_fips} {use_dual_stack} {endpoint:?}");
            endpoints += usize::from(rules.is_ok());
        }
        assert!((1_000..9_000).contains(&endpoints), "{endpoints}: endpoints and errors, many of each");
    }
"#;

/// Parameters of every type and source, with names that are keywords, and headers and properties of endpoints.
#[test]
fn parameters_and_details() {
    let is_set = |name: &str| json!({ "fn": "isSet", "argv": [{ "ref": name }] });
    let first = |name: &str, to: &str| json!({ "fn": "getAttr", "argv": [{ "ref": name }, "[0]"], "assign": to });
    let rules = json!([
        {
            "type": "endpoint", "conditions": [is_set("type"), is_set("Region"), first("Keys", "endpoint"), first("gen", "self")],
            "endpoint": {
                "url": "https://{type}.{Region}/{self}",
                "headers": { "x-key": [{ "ref": "endpoint" }, "at {type}", "{self}{endpoint}"], "x-empty": [] },
                "properties": {
                    "authSchemes": [{ "name": "sigv4", "signingRegion": "{Region}", "scope": ["{type}-{self}", true, 7, null, {}] }],
                    "plain": "a{{b}}",
                },
            },
        },
        { "type": "error", "conditions": [is_set("type")], "error": "no keys for {type}, {self2} and {{}}" },
        { "type": "endpoint", "conditions": [{ "fn": "booleanEquals", "argv": [{ "ref": "match" }, true] }], "endpoint": { "url": "https://match" } },
        { "type": "error", "conditions": [], "error": "nothing" },
    ]);
    let parameters = json!({
        "Region": { "type": "string", "builtIn": "AWS::Region" },
        "type": { "type": "string" },
        "self2": { "type": "string", "required": true, "default": "it\"s" },
        "Keys": { "type": "stringArray" },
        "gen": { "type": "stringArray", "required": true, "default": ["g", "é"] },
        "match": { "type": "boolean" },
        "unread": { "type": "boolean", "required": true, "default": true },
    });
    let endpoint = |own: &str| {
        json!({
            "url": format!("https://t.r/{own}"),
            "headers": { "x-empty": [], "x-key": ["k", "at t", format!("{own}k")] },
            "properties": {
                "plain": "a{b}",
                "authSchemes": [{ "signingRegion": "r", "name": "sigv4", "scope": [format!("t-{own}"), true, 7, null, {}] }],
            },
        })
    };
    let tests = json!([
        { "params": { "Region": "r", "type": "t", "Keys": ["k", "l"] }, "expect": { "endpoint": endpoint("g") } },
        { "params": { "Region": "r", "type": "t", "Keys": ["k"], "gen": ["own"] }, "expect": { "endpoint": endpoint("own") } },
        { "params": { "Region": "r", "type": "t", "Keys": [] }, "expect": { "error": "no keys for t, it\"s and {}" } },
        { "params": { "type": "t", "Keys": ["k"], "self2": "x" }, "expect": { "error": "no keys for t, x and {}" } },
        { "params": { "match": true, "unread": false }, "expect": { "endpoint": { "url": "https://match" } } },
        { "params": { "match": false }, "expect": { "error": "nothing" } },
        { "expect": { "error": "nothing" } },
    ]);
    let tree = bench::service(json!({
        "smithy.rules#endpointRuleSet": { "version": "1.2", "parameters": parameters, "rules": rules },
        "smithy.rules#endpointTests": { "version": "1.0", "testCases": tests },
    }));
    let mut bench = Bench::new();
    bench.resolver("own", &tree);
    bench.table(&tree, "own");
    bench.source.push_str(OPERATION);
    bench.run("endpoint_details", 2);
}

/// Code as in generated operations.
const OPERATION: &str = r#"
    #[test]
    fn operations_set_their_parameters() {
        use crate::own_endpoint::{Params, resolve, resolve_endpoint};
        use crate::runtime::endpoint::{EndpointSettings, Property};
        let (bucket, keys) = (Some("t".to_owned()), Some(vec!["k".to_owned()]));
        let settings = EndpointSettings { region: Some("r"), ..Default::default() };
        let found = resolve(&Params {
            r#type: bucket.as_deref(),
            keys: keys.as_deref().map(Into::into),
            ..Params::new(&settings)
        }).expect("an endpoint");
        assert_eq!(found.url(), "https://t.r/g");
        assert_eq!(found.headers()[0], ("x-key".to_owned(), ["k", "at t", "gk"].map(str::to_owned).to_vec()));
        let schemes = found.property("authSchemes").expect("there");
        let Property::List(schemes) = schemes else { panic!("{schemes:?}") };
        assert_eq!(schemes[0].get("name").and_then(Property::as_text), Some("sigv4"));
        assert_eq!(resolve_endpoint(&settings).expect_err("no operation").message(), "nothing");
    }
"#;
