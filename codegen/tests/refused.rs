//! What cannot be generated: every case is told by file, shape and member, and nothing panics.

use codegen::{Options, Report};
use serde_json::{Value, json};

/// A small model that is accepted, for single changes to break.
fn sound() -> Value {
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

fn generate(text: &str) -> Result<codegen::FileTree, Report> {
    let partitions = codegen::read_partitions(
        "p.json",
        r#"{ "partitions": [{ "id": "aws", "regionRegex": "^a$", "outputs": {
        "name": "aws", "dnsSuffix": "d", "dualStackDnsSuffix": "d", "supportsFIPS": true, "supportsDualStack": true,
        "implicitGlobalRegion": "a" } }] }"#,
    )?;
    codegen::generate(&codegen::read_model("m.json", text)?, &Options { partitions, ..Default::default() })
}

/// Changes the sound model at a JSON pointer (`null` removes) and returns the report's text.
fn broken(changes: &[(&str, Value)]) -> String {
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

#[test]
fn the_sound_model_is_accepted() {
    generate(&sound().to_string()).expect("sound");
}

#[test]
fn malformed_files() {
    for (text, told) in [
        ("", "m.json: 1 problem\n  not valid JSON: EOF while parsing"),
        ("{\n  \"smithy\": \"2.0\",\n  oops", "not valid JSON: key must be a string at line 3 column 3"),
        ("[]", "no \"smithy\" version"),
        (r#"{"smithy":2,"shapes":{}}"#, "no \"smithy\" version"),
        (r#"{"smithy":"3.0","shapes":{}}"#, "Smithy version 3.0 is not known"),
        (r#"{"smithy":"2.0"}"#, "no \"shapes\" object"),
        (r#"{"smithy":"2.0","shapes":[]}"#, "no \"shapes\" object"),
        (r#"{"smithy":"2.0","shapes":{}}"#, "the model has no service"),
        (r#"{"smithy":"2.0","shapes":{"A":{"type":"string"}}}"#, "A: a shape id needs a namespace"),
        (r#"{"smithy":"2.0","shapes":{"x#A":{}}}"#, "x#A: missing field `type`"),
        (r#"{"smithy":"2.0","shapes":{"x#A":"string"}}"#, "x#A: invalid type: string"),
        (r#"{"smithy":"2.0","shapes":{"x#A":{"type":"thing"}}}"#, "x#A: \"thing\" is not a kind of shape"),
        (r#"{"smithy":"2.0","shapes":{"x#A":{"type":"list"}}}"#, "x#A: a list needs a \"member\""),
        (r#"{"smithy":"2.0","shapes":{"x#A":{"type":"structure","members":{"m":{}}}}}"#, "x#A: missing field `target`"),
        (
            r#"{"smithy":"2.0","shapes":{"x#A":{"type":"service"},"x#B":{"type":"service"}}}"#,
            "the model has 2 services: name one of [\"x#A\", \"x#B\"]",
        ),
    ] {
        let report = generate(text).expect_err(told).to_string();
        assert!(report.starts_with("m.json: ") && report.contains(told), "{told}: {report}");
    }
}

#[test]
fn malformed_shapes_are_told_by_shape_and_member() {
    let string = || json!({ "target": "smithy.api#String" });
    for (changes, told) in [
        (vec![("/shapes/x#Strings", Value::Null)], "x#Output$list: targets x#Strings, which the model does not define"),
        (vec![("/shapes/x#Fault", Value::Null)], "x#List: targets x#Fault, which the model does not define"),
        (vec![("/shapes/x#Service/operations", json!([{ "target": "x#Gone" }]))], "x#Service: targets x#Gone"),
        (
            vec![("/shapes/x#Service/operations", json!([{ "target": "x#Input" }]))],
            "x#Input: is listed as an operation and is none",
        ),
        (
            vec![("/shapes/x#Input/members/label", Value::Null)],
            "x#List: the URI has a label {label}, but x#Input has no member label with smithy.api#httpLabel",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#http/uri", json!("/a"))],
            "x#Input$label: has smithy.api#httpLabel, but the URI of x#List has no label",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#http/uri", json!("/a/{label"))],
            "x#List: trait smithy.api#http: the URI \"/a/{label\" has a { that is not closed",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#http", json!({ "uri": "/" }))],
            "x#List: trait smithy.api#http is malformed: missing field `method`",
        ),
        (vec![("/shapes/x#List/traits/smithy.api#http", Value::Null)], "x#List: has no trait smithy.api#http"),
        (
            vec![("/shapes/x#Input/members/label/traits/smithy.api#required", Value::Null)],
            "x#Input$label: is bound to the path by httpLabel, so it has to be required",
        ),
        (
            vec![("/shapes/x#Input/members/token/traits/smithy.api#httpQuery", json!(5))],
            "x#Input$token: trait smithy.api#httpQuery needs a name, not 5",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#paginated/inputToken", json!("gone"))],
            "x#List: paginated.inputToken names \"gone\", which is no member of the input",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#paginated/items", json!("gone"))],
            "x#List: paginated.items names \"gone\", which is no member of the output",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#paginated/items", json!("token"))],
            "x#List: paginated items token is no list",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#paginated", json!({ "items": "list" }))],
            "x#List: paginated needs both an inputToken and an outputToken",
        ),
        (
            vec![("/shapes/x#List/output/target", json!("x#Strings"))],
            "x#List: its input or output x#Strings is no structure",
        ),
        (
            vec![("/shapes/x#Fault/traits", json!({}))],
            "x#Fault: is an error of x#List, but has no trait smithy.api#error",
        ),
        (
            vec![(
                "/shapes/x#Output/members/n",
                json!({ "target": "smithy.api#Integer", "traits": { "smithy.api#default": "x" } }),
            )],
            "x#Output$n: its default \"x\" does not fit its type",
        ),
        (
            vec![("/shapes/x#Output/members/a_b", string()), ("/shapes/x#Output/members/aB", string())],
            "x#Output: two of its names both become a_b in Rust",
        ),
        (
            vec![("/shapes/x#Output/members/o", json!({ "target": "x#List" }))],
            "x#Output$o: targets x#List, which is no data type",
        ),
        (
            vec![("/shapes/x#Service/traits/aws.api#service", json!({}))],
            "x#Service: has neither smithy.rules#endpointRuleSet nor an endpointPrefix",
        ),
    ] {
        let report = broken(&changes);
        assert!(report.starts_with("m.json: ") && report.contains(told), "{told}: {report}");
    }
}

#[test]
fn what_is_not_supported_yet_is_refused_all_at_once() {
    let report = broken(&[
        ("/shapes/x#Service/traits/aws.auth#sigv4", json!({ "name": "x" })),
        ("/shapes/x#Service/traits/smithy.rules#clientContextParams", json!({})),
        ("/shapes/x#Service/resources", json!([{ "target": "x#Resource" }])),
        ("/shapes/x#Resource", json!({ "type": "resource" })),
        ("/shapes/x#List/traits/smithy.waiters#waitable", json!({})),
        ("/shapes/x#Input/members/body", json!({ "target": "smithy.api#String" })),
        ("/shapes/x#Input/members/list", json!({ "target": "x#Strings", "traits": { "smithy.api#httpQuery": "l" } })),
        (
            "/shapes/x#Output/members/blob",
            json!({ "target": "smithy.api#Blob", "traits": { "smithy.api#httpPayload": {} } }),
        ),
        (
            "/shapes/x#Output/members/header",
            json!({ "target": "smithy.api#String", "traits": { "smithy.api#httpHeader": "x-h" } }),
        ),
        ("/shapes/x#Output/members/when", json!({ "target": "smithy.api#Timestamp" })),
        ("/shapes/x#Output/members/map", json!({ "target": "x#Map" })),
        (
            "/shapes/x#Map",
            json!({ "type": "map", "key": { "target": "smithy.api#String" }, "value": { "target": "smithy.api#String" } }),
        ),
        ("/shapes/x#Strings/traits", json!({ "smithy.api#sparse": {} })),
    ]);
    for told in [
        "x#Service: trait smithy.rules#clientContextParams is not supported yet",
        "x#Resource: resources are not supported yet",
        "x#List: needs authentication, which is not supported yet",
        "x#List: trait smithy.waiters#waitable is not supported yet",
        "x#Input$body: travels in the request's body, which is not supported yet",
        "x#Input$list: is no single value",
        "x#Output$blob: targets smithy.api#Blob, a blob, which is not supported yet",
        "x#Output$blob: trait smithy.api#httpPayload is not supported yet",
        "x#Output$header: trait smithy.api#httpHeader on a response is not supported yet",
        "x#Output$when: targets smithy.api#Timestamp, a timestamp",
        "x#Output$map: targets x#Map, a map",
        "x#Strings: trait smithy.api#sparse is not supported yet",
    ] {
        assert!(report.contains(told), "{told}: {report}");
    }
    assert!(report.starts_with("m.json: 12 problems"), "{report}");
}

#[test]
fn another_protocol_is_refused_and_unknown_traits_are_not() {
    let report = broken(&[(
        "/shapes/x#Service/traits",
        json!({ "aws.protocols#awsJson1_1": {}, "aws.api#service": { "endpointPrefix": "x" } }),
    )]);
    assert!(report.contains("does not speak aws.protocols#restJson1") && report.contains("awsJson1_1"), "{report}");
    let mut model = sound();
    for pointer in ["/shapes/x#Service", "/shapes/x#List", "/shapes/x#Strings"] {
        let shape = model.pointer_mut(pointer).and_then(Value::as_object_mut).expect("a shape");
        shape.entry("traits").or_insert_with(|| json!({}))["example#unheardOf"] = json!({ "any": ["thing"] });
    }
    generate(&model.to_string()).expect("unknown traits are ignored");
}

#[test]
fn endpoint_rules() {
    let rules = |parameters: Value, rules: Value| json!({ "version": "1.0", "parameters": parameters, "rules": rules });
    let region = || json!({ "Region": { "type": "string", "builtIn": "AWS::Region" } });
    let url = |url: &str| json!({ "type": "endpoint", "conditions": [], "endpoint": { "url": url } });
    for (rule_set, told) in [
        (json!("x"), "malformed"),
        (
            rules(json!({ "X": { "type": "string" } }), json!([])),
            "parameters.X: parameters that are not built-in are not supported yet",
        ),
        (
            rules(json!({ "X": { "type": "string", "builtIn": "AWS::S3::Accelerate" } }), json!([])),
            "built-in AWS::S3::Accelerate is not supported yet",
        ),
        (
            rules(region(), json!([url("https://{Region}")])),
            "rules[0]: template \"https://{Region}\": {Region} is not a string that is known to be set",
        ),
        (
            rules(region(), json!([url("https://{Other}")])),
            "rules[0]: refers to \"Other\", which is neither a parameter nor bound",
        ),
        (rules(region(), json!([url("https://{")])), "rules[0]: template \"https://{\" has a { that is not closed"),
        (
            rules(region(), json!([{ "type": "error", "conditions": [{ "fn": "isBig", "argv": [] }], "error": "e" }])),
            "rules[0].conditions[0]: function isBig is not supported yet",
        ),
        (
            rules(
                region(),
                json!([{ "type": "tree", "rules": [{ "type": "endpoint", "endpoint": { "url": "u", "properties": { "p": 1 } } }] }]),
            ),
            "rules[0].rules[0]: headers and properties of an endpoint are not supported yet",
        ),
        (rules(region(), json!([{ "type": "tree" }])), "rules[0]: a rule of type \"tree\" needs the part of that name"),
    ] {
        let report = broken(&[("/shapes/x#Service/traits/smithy.rules#endpointRuleSet", rule_set)]);
        assert!(
            report.contains("x#Service: smithy.rules#endpointRuleSet: ") && report.contains(told),
            "{told}: {report}"
        );
    }
    let report = broken(&[(
        "/shapes/x#Service/traits/smithy.rules#endpointTests",
        json!({ "testCases": [
        { "params": { "Gone": 1 }, "expect": { "error": "e" } },
        { "params": { "UseFIPS": "x" }, "expect": { "error": "e" } },
        { "expect": {} },
    ] }),
    )]);
    for told in [
        "testCases[0]: the rule set has no parameter \"Gone\"",
        "testCases[1]: \"x\" does not fit",
        "testCases[2]: \"expect\" needs",
    ] {
        assert!(report.contains(told), "{told}: {report}");
    }
}
