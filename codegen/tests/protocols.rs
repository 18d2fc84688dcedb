//! Which protocol counts, and what is said about services and operations that cannot be spoken to.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

/// Returns the report about a service with these traits of protocols.
fn with_protocols(traits: Value) -> Result<codegen::FileTree, String> {
    let mut model = sound();
    let service = model["shapes"]["x#Service"]["traits"].as_object_mut().expect("traits");
    service.retain(|name, _| !name.starts_with("aws.protocols#"));
    service.extend(traits.as_object().expect("an object").clone());
    generate(&model.to_string()).map_err(|report| report.to_string())
}

#[test]
fn the_first_supported_protocol_counts() {
    let (rest, json10, json11) = ("aws.protocols#restJson1", "aws.protocols#awsJson1_0", "aws.protocols#awsJson1_1");
    for (traits, expected) in [
        (json!({ rest: {}, json11: {} }), "json_body();"),
        (json!({ "smithy.protocols#rpcv2Cbor": {}, json10: {}, rest: {} }), "application/x-amz-json-1.0"),
        (json!({ "aws.protocols#awsQuery": {}, json11: {}, json10: {} }), "application/x-amz-json-1.1"),
    ] {
        let files = with_protocols(traits.clone()).unwrap_or_else(|report| panic!("{report}"));
        let text = &files["operation/list.rs"];
        let target = text.contains(r#"constant_header("x-amz-target", "Service.List")"#);
        assert_eq!(target, !expected.starts_with("json_body"), "{traits}: {text}");
        assert!(!target || text.contains(expected), "{traits}: {text}");
    }
}

#[test]
fn a_service_without_a_supported_protocol_is_one_problem() {
    let ours = "supported are aws.protocols#restJson1, aws.protocols#awsJson1_0, aws.protocols#awsJson1_1";
    for (traits, expected) in [
        (json!({}), format!("x#Service: has no trait of a protocol; {ours}")),
        (
            json!({ "aws.protocols#awsQueryCompatible": {}, "aws.protocols#awsQuery": {}, "smithy.protocols#rpcv2Cbor": {} }),
            format!(
                "x#Service: speaks aws.protocols#awsQuery and smithy.protocols#rpcv2Cbor, which is not supported; {ours}"
            ),
        ),
    ] {
        assert_eq!(with_protocols(traits).expect_err("refused"), format!("m.json: 1 problem\n  {expected}"));
    }
}

#[test]
fn operations_without_a_request_line_are_one_problem() {
    let mut model = sound();
    let ids = ["A", "B", "C", "D", "E"].map(|name| format!("x#{name}"));
    for id in &ids {
        model["shapes"][id] = json!({ "type": "operation" });
    }
    let targets: Vec<Value> = ids.iter().map(|id| json!({ "target": id })).collect();
    model["shapes"]["x#Service"]["operations"] = json!(targets);
    let report = generate(&model.to_string()).expect_err("refused").to_string();
    let expected = "m.json: 1 problem\n  x#Service: 5 of its operations have no trait smithy.api#http, which restJson1 \
                    needs: A, B, C, …";
    assert_eq!(report, expected);
}

#[test]
fn what_rpc_does_not_have_is_refused() {
    let report = broken(&[
        ("/shapes/x#Service/traits", json!({ "aws.protocols#awsJson1_1": {}, "aws.api#service": { "sdkId": "x" } })),
        ("/shapes/x#Output/members/stream", json!({ "target": "x#Stream" })),
        ("/shapes/x#Stream", json!({ "type": "blob", "traits": { "smithy.api#streaming": {} } })),
    ]);
    let expected = "x#Output$stream: is a stream of bytes, which aws.protocols#awsJson1_1 does not have";
    assert_eq!(report, format!("m.json: 1 problem\n  {expected}"));
}

/// Each kind of problem leaves out the operations that have it, whatever the shape with the problem, and no other.
#[test]
fn unsupported_operations_can_be_left_out() {
    let http = |uri: &str| json!({ "smithy.api#http": { "method": "POST", "uri": uri } });
    let operation = |name: &str, traits: Value| {
        let mut all = http(&format!("/{name}"));
        all.as_object_mut().expect("traits").extend(traits.as_object().expect("traits").clone());
        json!({ "type": "operation", "input": { "target": format!("x#{name}Input") }, "traits": all })
    };
    let input = |members: Value| json!({ "type": "structure", "members": members });
    let rows = [
        (
            "Checksum",
            json!({ "aws.protocols#httpChecksum": {} }),
            json!({}),
            "trait aws.protocols#httpChecksum is not supported",
        ),
        (
            "Digest",
            json!({ "smithy.api#auth": ["smithy.api#httpDigestAuth"] }),
            json!({}),
            "needs to be authorized by smithy.api#httpDigestAuth, which is not supported",
        ),
        (
            "Deep",
            json!({}),
            json!({ "nested": { "target": "x#Outer" } }),
            "x#Bad$when: trait smithy.api#timestampFormat: \"odd\" is neither date-time, http-date nor epoch-seconds",
        ),
        (
            "Twice",
            json!({ "smithy.api#endpoint": { "hostPrefix": "{none}." } }),
            json!({ "stream": { "target": "x#Stream" } }),
            "x#TwiceInput$stream: is a stream, which has to be the body: trait smithy.api#httpPayload is missing; and 1 more",
        ),
    ];
    let mut model = sound();
    let shapes = model["shapes"].as_object_mut().expect("shapes");
    shapes.insert("x#Outer".to_owned(), input(json!({ "bad": { "target": "x#Bad" } })));
    let when = json!({ "target": "smithy.api#Timestamp", "traits": { "smithy.api#timestampFormat": "odd" } });
    shapes.insert("x#Bad".to_owned(), input(json!({ "when": when })));
    shapes.insert("x#Stream".to_owned(), json!({ "type": "blob", "traits": { "smithy.api#streaming": {} } }));
    shapes.insert("x#Other".to_owned(), json!({ "type": "operation", "traits": http("/") }));
    let mut operations = vec![json!({ "target": "x#Other" }), json!({ "target": "x#List" })];
    for (name, traits, members, _) in &rows {
        shapes.insert(format!("x#{name}"), operation(name, traits.clone()));
        shapes.insert(format!("x#{name}Input"), input(members.clone()));
        operations.push(json!({ "target": format!("x#{name}") }));
    }
    // One without a request line is left out alone, too.
    shapes.insert("x#Nowhere".to_owned(), json!({ "type": "operation" }));
    operations.push(json!({ "target": "x#Nowhere" }));
    model["shapes"]["x#Service"]["operations"] = json!(operations);
    generate(&model.to_string()).expect_err("refused");

    let parsed = codegen::read_model("m.json", &model.to_string()).expect("a model");
    let options = codegen::Options { skip_unsupported: true, ..Default::default() };
    let package = codegen::package(&parsed, &options, None, codegen::Runtime::Vendored).expect("generated");
    let mut expected: Vec<String> = rows.iter().map(|(name, _, _, reason)| format!("x#{name}: {reason}")).collect();
    expected.push("x#Nowhere: has no trait smithy.api#http, which restJson1 needs".to_owned());
    assert_eq!(package.left_out, expected);
    let generated: Vec<&str> =
        package.files.keys().filter_map(|path| path.strip_prefix("src/generated/operation/")).collect();
    assert_eq!(generated, ["list.rs", "other.rs"]);
    for line in &expected {
        assert!(package.files["README.md"].contains(&format!("- {line}\n")), "{line}");
    }
    // What is wrong with the service itself is refused all the same.
    model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"] = json!({ "version": "1.0" });
    let parsed = codegen::read_model("m.json", &model.to_string()).expect("a model");
    let report = codegen::generate(&parsed, &options).expect_err("refused").to_string();
    assert!(report.contains("x#Service: smithy.rules#endpointRuleSet") && !report.contains("x#Checksum"), "{report}");
}

#[test]
fn a_member_that_holds_the_endpoint_has_to_be_there() {
    let customizations = json!({ "Sdk": { "reason": "a test", "endpointMembers": { "List": "where" } } });
    let customizations: codegen::Customizations = serde_json::from_value(customizations).expect("customizations");
    let mut model = sound();
    model["shapes"]["x#Service"]["traits"]["aws.api#service"] = json!({ "sdkId": "Sdk", "endpointPrefix": "x" });
    let options = codegen::Options { customizations, ..Default::default() };
    let generated = |model: &Value| {
        codegen::generate(&codegen::read_model("m.json", &model.to_string()).expect("a model"), &options)
    };
    let report = generated(&model).expect_err("refused").to_string();
    assert!(report.contains("x#List: has no member where that is a string"), "{report}");
    model["shapes"]["x#Input"]["members"]["where"] =
        json!({ "target": "smithy.api#String", "traits": { "smithy.api#httpQuery": "where" } });
    let files = generated(&model).expect("generated");
    let text = &files["operation/list.rs"];
    assert!(text.contains("endpoint_at([url])") && text.contains("input.r#where"), "{text}");
}
