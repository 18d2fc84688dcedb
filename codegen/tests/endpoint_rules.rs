//! Endpoint rule sets: which are refused, and what is generated from the others.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

const RULE_SET: &str = "/shapes/x#Service/traits/smithy.rules#endpointRuleSet";

fn rules(parameters: Value, rules: Value) -> Value {
    json!({ "version": "1.0", "parameters": parameters, "rules": rules })
}

fn region() -> Value {
    json!({ "Region": { "type": "string", "builtIn": "AWS::Region" } })
}

/// Generates from a rule set: `endpoint.rs`, or what was wrong.
fn endpoint(rule_set: Value) -> Result<String, String> {
    let mut model = sound();
    model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"] = rule_set;
    generate(&model.to_string()).map(|files| files["endpoint.rs"].clone()).map_err(|report| report.to_string())
}

/// Returns a rule set with some conditions.
fn when(conditions: Value) -> Value {
    let parameters = json!({
        "Region": { "type": "string", "builtIn": "AWS::Region" },
        "UseFIPS": { "type": "boolean", "builtIn": "AWS::UseFIPS", "required": true, "default": false },
        "Bucket": { "type": "string" },
        "Keys": { "type": "stringArray" },
    });
    let ends = json!([
        { "type": "endpoint", "conditions": conditions, "endpoint": { "url": "u" } },
        { "type": "error", "error": "e" },
    ]);
    rules(parameters, ends)
}

fn call(function: &str, arguments: Value) -> Value {
    json!({ "fn": function, "argv": arguments })
}

fn assign(name: &str, function: &str, arguments: Value) -> Value {
    json!({ "fn": function, "argv": arguments, "assign": name })
}

fn name(name: &str) -> Value {
    json!({ "ref": name })
}

#[test]
fn broken_rule_sets() {
    let url = |url: &str| json!({ "type": "endpoint", "conditions": [], "endpoint": { "url": url } });
    let more = |part: &str, value: Value| {
        let mut rule = url("u");
        rule["endpoint"][part] = value;
        rules(region(), json!([{ "type": "tree", "rules": [rule] }]))
    };
    let parameter = |parameter: Value| rules(json!({ "X": parameter }), json!([]));
    for (rule_set, expected) in [
        (json!("x"), "malformed"),
        (json!({ "version": "2.0", "parameters": {}, "rules": [] }), "version \"2.0\" is not known"),
        (parameter(json!({ "type": "float" })), "parameters.X: type \"float\" is none of"),
        (parameter(json!({ "type": "string", "default": true })), "parameters.X: its default is no string"),
        (parameter(json!({ "type": "boolean", "default": "true" })), "parameters.X: its default is no boolean"),
        (parameter(json!({ "type": "stringArray", "default": ["a", 1] })), "parameters.X: [\"a\",1] is neither"),
        (parameter(json!({ "type": "string", "builtIn": "AWS::UseFIPS" })), "parameters.X: is a string, which"),
        (
            parameter(json!({ "type": "stringArray", "builtIn": "AWS::Region" })),
            "parameters.X: is a stringArray, which",
        ),
        (rules(json!({ "": { "type": "string" } }), json!([])), "parameters.: is no identifier"),
        (rules(json!({ "a-b": { "type": "string" } }), json!([])), "parameters.a-b: is no identifier"),
        (
            rules(json!({ "Key": { "type": "string" }, "key": { "type": "string" } }), json!([])),
            "parameters.key: differs from Key in case alone",
        ),
        (
            rules(region(), json!([url("https://{Region}")])),
            "rules[0]: template \"https://{Region}\" is not a string that is known to be set",
        ),
        (
            rules(region(), json!([{ "type": "endpoint", "endpoint": { "url": { "ref": "Region" } } }])),
            "rules[0]: {\"ref\":\"Region\"} is not a string that is known to be set",
        ),
        (
            rules(region(), json!([url("https://{Other}")])),
            "rules[0]: refers to \"Other\", which is neither a parameter nor bound",
        ),
        (rules(region(), json!([url("https://{")])), "rules[0]: template \"https://{\" has a { that is not closed"),
        (
            more("headers", json!({ "x": ["{Region}"] })),
            "rules[0].rules[0]: header \"x\": template \"{Region}\" is not",
        ),
        (
            more("properties", json!({ "a": [{ "b": "{Region}" }] })),
            "rules[0].rules[0]: property \"a\": property \"b\": template \"{Region}\" is not a string",
        ),
        (more("properties", json!({ "a": 1.5 })), "rules[0].rules[0]: property \"a\": 1.5 is no whole number"),
        (more("surprise", json!({})), "unknown field `surprise`"),
        (rules(region(), json!([{ "type": "tree" }])), "rules[0]: a rule of type \"tree\" needs the part of that name"),
        (rules(region(), json!([{ "type": "error", "error": "e", "surprise": 1 }])), "unknown field `surprise`"),
    ] {
        let report = broken(&[(RULE_SET, rule_set)]);
        assert!(
            report.contains("x#Service: smithy.rules#endpointRuleSet: ") && report.contains(expected),
            "{expected}: {report}"
        );
    }
}

#[test]
fn broken_conditions() {
    let partition = |name: &str| assign(name, "aws.partition", json!([{ "ref": "Region" }]));
    let attribute = |path: &str| call("getAttr", json!([call("parseURL", json!(["https://h"])), path]));
    let long: Vec<Value> = (0..1000).map(|index| partition(&format!("p{index}"))).collect();
    for (conditions, expected) in [
        (json!(long), "rules[0]: more than 64 rules and conditions"),
        (json!([call("isBig", json!([]))]), "rules[0].conditions[0]: function isBig is not known"),
        (json!([partition("Region")]), "assigns to \"Region\", which is no identifier or already taken"),
        (json!([partition("p"), partition("p")]), "conditions[1]: assigns to \"p\", which is no identifier or"),
        (json!([partition("a b")]), "assigns to \"a b\""),
        (json!([partition("")]), "assigns to \"\""),
        (json!([call("isSet", json!([partition("p")]))]), "an argument of isSet assigns a name"),
        (json!([call("isSet", json!([name("Region"), 1]))]), "isSet takes one argument, not 2"),
        (json!([call("not", json!([]))]), "not takes one argument, not 0"),
        (json!([call("not", json!(["x"]))]), "not takes a Boolean, not a String"),
        (json!([call("stringEquals", json!(["x"]))]), "stringEquals takes two arguments, not 1"),
        (json!([call("stringEquals", json!(["x", true]))]), "stringEquals takes a String, not a Boolean"),
        (json!([call("booleanEquals", json!(["x", true]))]), "booleanEquals takes a Boolean, not a String"),
        (json!([call("parseURL", json!([]))]), "parseURL takes 1 argument, not 0"),
        (json!([call("substring", json!(["x", 0, 1]))]), "substring takes 4 arguments, not 3"),
        (json!([call("substring", json!(["x", 0, 1.5, true]))]), "1.5 is no whole number"),
        (json!([call("split", json!(["x", "", 0]))]), "split needs a delimiter that is not empty"),
        (json!([call("split", json!(["x", "-", -1]))]), "split needs a limit that is not negative"),
        (json!([call("coalesce", json!(["x"]))]), "coalesce takes two or more arguments, not 1"),
        (json!([call("coalesce", json!(["x", true]))]), "takes a String, not a Boolean"),
        (json!([call("ite", json!([true, "x"]))]), "ite takes three arguments, not 2"),
        (json!([call("ite", json!(["x", "x", "x"]))]), "ite takes a Boolean, not a String"),
        (json!([call("ite", json!([true, "x", 1]))]), "takes a String, not a Integer"),
        (json!([attribute("port")]), "a Url has no attribute \"port\""),
        (json!([attribute("scheme.x")]), "a String has no attribute \"x\""),
        (json!([attribute("scheme[0]")]), "a String has no items"),
        (json!([attribute("")]), "path \"\" has an empty part"),
        (json!([call("getAttr", json!([name("Keys"), "[x]"]))]), "path \"[x]\" has no whole number in its brackets"),
        (json!([call("getAttr", json!([name("Keys")]))]), "getAttr takes a value and a path"),
        (json!([call("uriEncode", json!(["{Keys}"]))]), "template \"{Keys}\": {Keys} is not a string"),
        (json!([call("uriEncode", json!([["x"]]))]), "[\"x\"] is not an expression"),
        (json!([call("isSet", json!([{}]))]), "{} is neither a reference nor a function"),
    ] {
        let report = endpoint(when(conditions)).expect_err(expected);
        assert!(report.contains(expected), "{expected}: {report}");
    }
}

#[test]
fn conditions_are_emitted_readably() {
    let partition = |name: &str| assign(name, "aws.partition", json!([{ "ref": "Region" }]));
    let fips = |name: &str| assign(name, "getAttr", json!([{ "ref": "p" }, "supportsFIPS"]));
    let scheme = call("getAttr", json!([call("parseURL", json!([name("Bucket")])), "scheme"]));
    for (conditions, expected) in [
        // A false value is no condition that holds.
        (json!([partition("p"), fips("b")]), "let b = p.supports_fips; if b {"),
        (
            json!([call("booleanEquals", json!([name("UseFIPS"), call("isSet", json!([name("Region")]))]))]),
            "if params.use_fips == params.region.is_some() {",
        ),
        (json!([call("stringEquals", json!(["a", name("Region")]))]), "if params.region == Some(\"a\") {"),
        (
            json!([call("stringEquals", json!([scheme, "https"]))]),
            "if params.bucket.and_then(rules::parse_url).map(|value| value.scheme) == Some(\"https\") {",
        ),
        (json!([call("not", json!([call("isSet", json!([name("Region")]))]))]), "if params.region.is_none() {"),
        (json!([call("not", json!([call("stringEquals", json!(["a", "b"]))]))]), "if \"b\" != \"a\" {"),
        // A name that nothing uses needs no value.
        (
            json!([assign("c", "coalesce", json!([name("Region"), name("Bucket"), "x"]))]),
            "EndpointError> { rules::endpoint_at([\"u\"]) }",
        ),
        (
            json!([call("stringEquals", json!([call("coalesce", json!([name("Region"), "x"])), "y"]))]),
            "if params.region.unwrap_or(\"x\") == \"y\" {",
        ),
        (
            json!([call("stringEquals", json!([call("ite", json!([name("UseFIPS"), "a", "b"])), "b"]))]),
            "if (if params.use_fips { \"a\" } else { \"b\" }) == \"b\" {",
        ),
        (
            json!([call("isValidHostLabel", json!([name("Bucket"), false]))]),
            "if let Some(bucket) = params.bucket { if rules::is_valid_host(bucket, false) {",
        ),
        (
            json!([call("stringEquals", json!([call("getAttr", json!([name("Keys"), "[-1]"])), "a"]))]),
            "if params.keys.and_then(|value| value.get(-1)) == Some(\"a\") {",
        ),
    ] {
        let text = endpoint(when(conditions.clone())).unwrap_or_else(|report| panic!("{conditions}: {report}"));
        // Where lines are broken is the printer's affair.
        let squeeze = |text: &str| text.split_whitespace().collect::<String>().replace(",)", ")");
        assert!(squeeze(&text).contains(&squeeze(expected)), "{expected}\n{text}");
    }
}

#[test]
fn names_do_not_collide() {
    let parameters = json!({
        "type": { "type": "string" }, "Self": { "type": "string" }, "value": { "type": "string" },
        "Texts": { "type": "string" }, "FooBar": { "type": "string" }, "foo_bar": { "type": "string" },
    });
    let conditions: Vec<Value> = [("region2", "type"), ("Type_", "Self"), ("fooBar2", "value"), ("node", "Texts")]
        .into_iter()
        .map(|(to, from)| assign(to, "parseURL", json!([name(from)])))
        .collect();
    let url = "{region2#scheme}{Type_#scheme}{fooBar2#scheme}{node#scheme}";
    let text = endpoint(rules(
        parameters,
        json!([{ "type": "endpoint", "conditions": conditions, "endpoint": { "url": url } }]),
    ))
    .unwrap_or_else(|report| panic!("{report}"));
    for field in ["r#type:", "self_:", "value_value:", "texts2:", "foo_bar:", "foo_bar2:"] {
        assert!(text.contains(&format!("pub(crate) {field} Option<&'a str>,")), "{field} {text}");
    }
    for local in ["region2", "type2", "foo_bar22", "node2"] {
        assert!(text.contains(&format!("if let Some({local}) = ")), "{local} {text}");
    }
}

#[test]
fn settings_are_bound_to_parameters() {
    let parameters = json!({
        "Region": { "type": "String", "builtIn": "AWS::Region", "required": true, "default": "here" },
        "Accelerate": { "type": "Boolean", "builtIn": "AWS::S3::Accelerate" },
        "Names": { "type": "stringArray", "required": true, "default": ["a", "b"] },
        "Account": { "type": "string", "builtIn": "AWS::Auth::AccountId" },
        "Bucket": { "type": "string", "required": true },
        "Keys": { "type": "stringArray" },
        "Kind": { "type": "string", "required": true, "default": "plain" },
    });
    let text = endpoint(rules(parameters, json!([{ "type": "error", "error": "{Bucket}" }])))
        .unwrap_or_else(|report| panic!("{report}"));
    for expected in [
        "impl<'a> Params<'a> {",
        "pub(crate) fn new(settings: &EndpointSettings<'a>) -> Self {",
        "region: settings.region.unwrap_or(\"here\"),",
        "accelerate: None,",
        "rules::StringList::of(&[\"a\", \"b\"])",
        "account: None,",
        "bucket: None,",
        "keys: None,",
        "kind: \"plain\",",
        "resolve(&Params::new(settings))",
        "return Err(EndpointError::missing(\"Bucket\"));",
        "pub(crate) keys: Option<rules::StringList<'a>>,",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let built_in_alone = endpoint(rules(region(), json!([]))).expect("accepted");
    assert!(!built_in_alone.contains("fn new"), "{built_in_alone}");
}

#[test]
fn endpoints_have_headers_and_properties() {
    let endpoint_rule = json!({
        "type": "endpoint",
        "conditions": [call("isSet", json!([name("Region")]))],
        "endpoint": {
            "url": "https://h",
            "headers": { "x-a": ["{Region}", "at {Region}", call("uriEncode", json!([name("Region")]))], "x-none": [] },
            "properties": { "authSchemes": [{ "name": "sigv4", "region": "{Region}", "on": true, "n": 2, "empty": {} }], "nil": null },
        },
    });
    let text = endpoint(rules(region(), json!([endpoint_rule]))).unwrap_or_else(|report| panic!("{report}"));
    for expected in [
        "use crate::runtime::endpoint::{\n    self as rules, Endpoint, EndpointDetails, EndpointError, EndpointSettings,\n};",
        ".with_header(",
        "&format!(\"at {region}\")",
        "rules::uri_encode(region, &texts)",
        ".with_header(\"x-none\", [])",
        "(\"region\", region.into())",
        "(\"on\", true.into())",
        "(\"n\", rules::Property::Integer(2))",
        "(\"empty\", rules::Property::object([]))",
        ".with_property(\"nil\", rules::Property::Null)",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn broken_tests() {
    let report = broken(&[(
        "/shapes/x#Service/traits/smithy.rules#endpointTests",
        json!({ "version": "1.0", "testCases": [
            { "params": { "Gone": true }, "expect": { "error": "e" } },
            { "params": { "UseFIPS": "x" }, "expect": { "error": "e" } },
            { "expect": {} },
            { "params": { "Region": 1 }, "expect": { "error": "e" } },
            { "expect": { "endpoint": { "url": "u", "properties": { "p": 0.5 } } } },
        ] }),
    )]);
    for expected in [
        "testCases[0]: the rule set has no parameter \"Gone\"",
        "testCases[1]: \"x\" does not fit",
        "testCases[2]: \"expect\" needs",
        "testCases[3]: parameter \"Region\": 1 is neither",
        "testCases[4]: property \"p\": 0.5 is no whole number",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
}

#[test]
fn broken_decision_diagrams() {
    let end = "/////wAAAAH/////"; // [-1, 1, -1]
    let diagram = |root: i64, count: u64, nodes: &str| {
        json!({
            "version": "1.1", "parameters": region(),
            "conditions": [call("isSet", json!([name("Region")])), call("stringEquals", json!([name("Region"), "a"]))],
            "results": [{ "type": "error", "conditions": [], "error": "e" }],
            "root": root, "nodeCount": count, "nodes": nodes,
        })
    };
    // One more node, as [condition, high, low].
    let node = |condition: &str, high: &str, low: &str| {
        let reference = |name: &str| match name {
            "0" => [0u8; 4],
            "1" => [0, 0, 0, 1],
            "2" => [0, 0, 0, 2],
            "-1" => [255; 4],
            "-2" => [255, 255, 255, 254],
            "9" => [0, 0, 0, 9],
            "result" => [5, 245, 225, 1],
            "none" => [5, 245, 225, 9],
            other => panic!("{other}"),
        };
        let bytes: Vec<u8> = [condition, high, low].into_iter().flat_map(reference).collect();
        format!("{end}{}", base64(&bytes))
    };
    let mut with_conditions = diagram(2, 2, &node("0", "result", "1"));
    with_conditions["results"][0]["conditions"] = json!([call("isSet", json!([name("Region")]))]);
    let mut mixed = diagram(2, 2, &node("0", "result", "1"));
    mixed["conditions"] = json!([assign("u", "parseURL", json!(["a"])), assign("u", "aws.parseArn", json!(["a"]))]);
    for (bdd, expected) in [
        (json!({}), "malformed"),
        (diagram(2, 2, "!"), "nodes: no base64: Invalid symbol 33, offset 0"),
        (diagram(2, 2, "!!!!"), "nodes: no base64: Invalid symbol 33, offset 0"),
        (diagram(2, 2, "AAAA"), "nodes: 3 bytes are not the 12 that each of 2 nodes takes"),
        (diagram(2, 3, &node("0", "result", "1")), "nodes: 24 bytes are not the 12"),
        (diagram(3, 2, &node("0", "result", "1")), "root: leads to node 3 of 2"),
        (diagram(0, 2, &node("0", "result", "1")), "root: leads to 0, which is nothing"),
        (diagram(-2, 2, &node("0", "result", "1")), "root: -2 is negated"),
        (diagram(1 << 40, 2, &node("0", "result", "1")), "malformed"),
        (diagram(2, 2, &node("9", "result", "1")), "nodes[1]: tests condition 9 of 2"),
        (diagram(2, 2, &node("-1", "result", "1")), "nodes[1]: tests condition -1 of 2"),
        (diagram(2, 2, &node("0", "9", "1")), "nodes[1]: leads to node 9 of 2"),
        (diagram(2, 2, &node("0", "none", "1")), "nodes[1]: leads to result 9 of 1"),
        (diagram(2, 2, &node("0", "0", "1")), "nodes[1]: leads to 0, which is nothing"),
        (diagram(2, 2, &node("0", "2", "1")), "nodes: they lead round in a circle"),
        (diagram(2, 2, &node("0", "-2", "1")), "nodes: they lead round in a circle"),
        (diagram(1, 1, "AAAAAAAAAAAAAAAA"), "nodes[0]: is not the end"),
        (with_conditions, "results[0]: has conditions of its own"),
        (mixed, "conditions[1]: assigns a Arn to \"u\", which is a Url"),
    ] {
        let report = broken(&[("/shapes/x#Service/traits/smithy.rules#endpointBdd", bdd)]);
        assert!(
            report.contains("x#Service: smithy.rules#endpointBdd: ") && report.contains(expected),
            "{expected}: {report}"
        );
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert!(bytes.len() % 3 == 0, "needs no padding");
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[bits >> shift & 63]))
    });
    digits.collect()
}
