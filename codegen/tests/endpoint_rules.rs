//! Endpoint rule sets: what is refused, and what is generated of the rest.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

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

#[test]
fn rule_sets_of_many_shapes_generate_rust() {
    let region = json!({ "Region": { "type": "string", "builtIn": "AWS::Region" }, "UseFIPS": { "type": "boolean", "builtIn": "AWS::UseFIPS", "required": true, "default": false } });
    let partition = |name: &str| json!({ "fn": "aws.partition", "argv": [{ "ref": "Region" }], "assign": name });
    let fips = |name: &str| json!({ "fn": "getAttr", "argv": [{ "ref": "p" }, "supportsFIPS"], "assign": name });
    let rule = |conditions: Value| json!([{ "type": "endpoint", "conditions": conditions, "endpoint": { "url": "u" } }, { "type": "error", "error": "e" }]);
    let with = |rules: Value| {
        let mut model = sound();
        model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"] =
            json!({ "version": "1.0", "parameters": region, "rules": rules });
        generate(&model.to_string()).map(|files| files["endpoint.rs"].clone()).map_err(|report| report.to_string())
    };
    let text = with(rule(json!([partition("p"), fips("b")]))).expect("accepted");
    assert!(
        text.contains("let b = p.supports_fips;") && text.contains("if b {"),
        "a false value is no condition that holds: {text}"
    );
    let both = json!({ "fn": "booleanEquals", "argv": [{ "ref": "UseFIPS" }, { "fn": "stringEquals", "argv": [{ "ref": "Region" }, "a"] }] });
    let text = with(rule(json!([both]))).expect("accepted");
    assert!(text.contains("params.use_fips == (params.region == Some(\"a\"))"), "{text}");
    let long: Vec<Value> = (0..1000).map(|index| partition(&format!("p{index}"))).collect();
    for (rules, told) in [
        (rule(json!(long)), "rules[0]: more than 64 rules and conditions"),
        (
            rule(json!([partition("region")])),
            "rules[0].conditions[0]: assigns to \"region\", which is no identifier or already taken",
        ),
        (rule(json!([partition("a b")])), "assigns to \"a b\""),
        (rule(json!([{ "fn": "isSet", "argv": [partition("p")] }])), "an argument of isSet assigns a name"),
        (rule(json!([{ "fn": "isSet", "argv": [{ "ref": "Region" }, 1] }])), "isSet takes one argument, not 2"),
        (json!([{ "type": "error", "error": "e", "surprise": 1 }]), "unknown field `surprise`"),
    ] {
        let report = with(rules).expect_err(told);
        assert!(report.contains(told), "{told}: {report}");
    }
}
