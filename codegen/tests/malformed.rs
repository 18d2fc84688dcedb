//! Malformed models: reported by file, shape and member, without panics.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

#[test]
fn valid_model_is_accepted() {
    generate(&sound().to_string()).expect("sound");
}

#[test]
fn malformed_files() {
    for (text, expected) in [
        ("", "m.json: 1 problem\n  not valid JSON: EOF while parsing"),
        ("{\n  \"smithy\": \"2.0\",\n  oops", "not valid JSON: key must be a string at line 3 column 3"),
        ("[]", "no \"smithy\" version"),
        (r#"{"smithy":2,"shapes":{}}"#, "no \"smithy\" version"),
        (r#"{"smithy":"2.2","shapes":{}}"#, "Smithy version 2.2 is not known; 1.0, 2.0 and 2.1 are"),
        (r#"{"smithy":"3.0","shapes":{}}"#, "Smithy version 3.0 is not known"),
        (r#"{"smithy":"2.0"}"#, "no \"shapes\" object"),
        (r#"{"smithy":"2.0","shapes":[]}"#, "no \"shapes\" object"),
        (r#"{"smithy":"2.0","shapes":{}}"#, "the model has no service"),
        (r#"{"smithy":"2.0","shapes":{"A":{"type":"string"}}}"#, "A: a shape id needs a namespace"),
        (r#"{"smithy":"2.0","shapes":{"x#A":{}}}"#, "x#A: missing field `type`"),
        (r#"{"smithy":"2.0","shapes":{"x#A":"string"}}"#, "x#A: invalid type: string"),
        (r#"{"smithy":"2.0","shapes":{"x#A":{"type":"thing"}}}"#, "x#A: \"thing\" is not a kind of shape"),
        (r#"{"smithy":"2.0","shapes":{"x#A":{"type":"list"}}}"#, "x#A: a list needs a \"member\""),
        (
            r#"{"smithy":"2.0","shapes":{"x#A":{"type":"structure","members":{"m":{}}}}}"#,
            "x#A$m: missing field `target`",
        ),
        (
            r#"{"smithy":"2.0","shapes":{"x#A":{"type":"service"},"x#B":{"type":"service"}}}"#,
            "the model has 2 services: name one of [\"x#A\", \"x#B\"]",
        ),
    ] {
        let report = generate(text).expect_err(expected).to_string();
        assert!(report.starts_with("m.json: ") && report.contains(expected), "{expected}: {report}");
    }
}

#[test]
fn malformed_shapes_are_reported_by_shape_and_member() {
    for (changes, expected) in [
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
            "x#Input$token: trait smithy.api#httpQuery needs a string, not 5",
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
            vec![("/shapes/x#Output/members/o", json!({ "target": "x#List" }))],
            "x#Output$o: targets x#List, which is no data type",
        ),
    ] {
        let report = broken(&changes);
        assert!(report.starts_with("m.json: ") && report.contains(expected), "{expected}: {report}");
    }
}

#[test]
fn invalid_names_and_values() {
    let string = |traits: Value| json!({ "target": "smithy.api#String", "traits": traits });
    for (changes, expected) in [
        (vec![("/shapes/x#Strings²", json!({ "type": "string" }))], "x#Strings²: is no shape id"),
        (vec![("/shapes/x#Output/members/a²", string(json!({})))], "x#Output$a²: is no member's name"),
        (
            vec![("/shapes/x#Output/members/a", string(json!({ "smithy.api#jsonName": 5 })))],
            "x#Output$a: trait smithy.api#jsonName needs a string, not 5",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#documentation", json!(5))],
            "x#List: trait smithy.api#documentation needs a string",
        ),
        (
            vec![("/shapes/x#Service/traits/aws.api#service", json!({ "sdkId": 5 }))],
            "x#Service: trait aws.api#service is malformed",
        ),
        (vec![("/shapes/x#Strings/member", json!({ "target": 5 }))], "x#Strings$member: invalid type"),
        (
            vec![("/shapes/x#Output/members/a", string(json!({ "smithy.api#jsonName": "token" })))],
            "x#Output$a: travels under the same name as token",
        ),
        (
            vec![("/shapes/x#Input/members/a", string(json!({ "smithy.api#httpHeader": "X-Size" })))],
            "x#Input$a: travels under the same name as size",
        ),
        (
            vec![("/shapes/x#Input/members/a", string(json!({ "smithy.api#httpHeader": "x y" })))],
            "x#Input$a: trait smithy.api#httpHeader: \"x y\" is no name for a header",
        ),
        (
            vec![(
                "/shapes/x#Input/members/a",
                string(json!({ "smithy.api#httpHeader": "x", "smithy.api#httpQuery": "x" })),
            )],
            "x#Input$a: is bound to more than one",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#http/method", json!("G ET"))],
            "x#List: trait smithy.api#http: \"G ET\" is no method",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#http/uri", json!("/a/{label}?token=1"))],
            "x#Input$token: travels under a name that the URI of x#List already has",
        ),
        (
            vec![("/shapes/x#List/traits/smithy.api#http/uri", json!("/a/{Label}"))],
            "the URI has a label {Label}, but x#Input has no member Label",
        ),
        (
            vec![(
                "/shapes/x#Output/members/n",
                json!({ "target": "smithy.api#Byte", "traits": { "smithy.api#default": 300 } }),
            )],
            "x#Output$n: its default 300 does not fit",
        ),
        (
            vec![
                (
                    "/shapes/x#E",
                    json!({ "type": "enum", "members": {
            "A": { "target": "smithy.api#Unit" }, "B": { "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": "A" } } } }),
                ),
                ("/shapes/x#Output/members/e", json!({ "target": "x#E" })),
            ],
            "x#E$B: has the value \"A\", as A has",
        ),
        (
            vec![
                ("/shapes/x#E", json!({ "type": "enum", "members": { "A": { "target": "smithy.api#Unit" } } })),
                ("/shapes/x#Output/members/e", json!({ "target": "x#E", "traits": { "smithy.api#default": "B" } })),
            ],
            "x#Output$e: its default \"B\" does not fit",
        ),
        (
            vec![("/shapes/x#E", json!({ "type": "string", "traits": { "smithy.api#enum": { "a": 1 } } }))],
            "x#E: trait smithy.api#enum is malformed",
        ),
        (
            vec![("/shapes/x#Service/traits/smithy.rules#endpointBdd", json!({}))],
            "x#Service: smithy.rules#endpointBdd: malformed",
        ),
    ] {
        let report = broken(&changes);
        assert!(report.contains(expected), "{expected}: {report}");
    }
}

/// AWS publishes models as its newest version of Smithy serializes them.
#[test]
fn versions_of_smithy() {
    let model = include_str!("../../model/sso-2019-06-10.json");
    let read = |version: &str| {
        let text = model.replacen(r#""smithy": "2.0""#, &format!(r#""smithy": "{version}""#), 1);
        assert_eq!(text != model, version != "2.0");
        codegen::read_model("model.json", &text).expect(version)
    };
    let expected = format!("{:?}", read("2.0"));
    for version in ["2", "2.1"] {
        assert_eq!(format!("{:?}", read(version)), expected, "{version}");
    }
}
