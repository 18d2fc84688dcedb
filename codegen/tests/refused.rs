//! What cannot be generated yet is refused all at once; what can be is.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

#[test]
fn what_is_not_supported_yet_is_refused_all_at_once() {
    let report = broken(&[
        ("/shapes/x#Service/traits/aws.auth#sigv4", json!({ "name": "x" })),
        ("/shapes/x#Service/traits/smithy.rules#clientContextParams", json!({})),
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
    assert!(report.starts_with("m.json: 11 problems"), "{report}");
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
fn what_contains_itself_is_refused_or_generated_but_never_overflows() {
    let list = |of: &str| json!({ "type": "list", "member": { "target": of } });
    let structure = |of: &str| json!({ "type": "structure", "members": { "m": { "target": of } } });
    for (changes, told) in [
        (
            vec![("/shapes/x#Strings", list("x#Strings"))],
            "x#Output$list: its lists are nested more than 16 deep, or within themselves",
        ),
        (vec![("/shapes/x#Strings", list("x#M")), ("/shapes/x#M", list("x#Strings"))], "nested more than 16 deep"),
        (
            vec![("/shapes/x#Output/members/s", json!({ "target": "x#S" })), ("/shapes/x#S", structure("x#S"))],
            "x#S$m: leads back to its structure",
        ),
        (
            vec![
                ("/shapes/x#Output/members/s", json!({ "target": "x#S" })),
                ("/shapes/x#S", structure("x#T")),
                ("/shapes/x#T", structure("x#S")),
            ],
            "x#T$m: leads back",
        ),
    ] {
        let report = broken(&changes);
        assert!(report.contains(told), "{told}: {report}");
    }
    let report = broken(&[
        ("/shapes/x#Output/members/s", json!({ "target": "x#Leads" })),
        ("/shapes/x#Leads", structure("x#S")),
        ("/shapes/x#S", structure("x#S")),
    ]);
    assert!(report.contains("x#S$m: leads back") && !report.contains("x#Leads"), "{report}");
    // Through a list a structure may hold itself, and chains may be as long as they like.
    let mut model = sound();
    let shapes = model["shapes"].as_object_mut().expect("shapes");
    shapes.insert("x#S".to_owned(), structure("x#Ss"));
    shapes.insert("x#Ss".to_owned(), list("x#S"));
    shapes["x#Output"]["members"]["s"] = json!({ "target": "x#S" });
    shapes["x#Output"]["members"]["chain"] = json!({ "target": "x#C0" });
    for index in 0..1000 {
        shapes.insert(format!("x#C{index}"), structure(&format!("x#C{}", index + 1)));
    }
    shapes.insert("x#C1000".to_owned(), json!({ "type": "structure", "members": {} }));
    generate(&model.to_string()).expect("accepted");
}

#[test]
fn a_sensitive_structure_is_so_in_all_its_parts() {
    let mut model = sound();
    model["shapes"]["x#Output"]["members"]["s"] = json!({ "target": "x#S" });
    model["shapes"]["x#S"] = json!({ "type": "structure", "traits": { "smithy.api#sensitive": {} }, "members": { "part": { "target": "smithy.api#String" } } });
    let files = generate(&model.to_string()).expect("accepted");
    assert!(files["types.rs"].contains(".field(\"part\", &redacted(&self.part))"), "{}", files["types.rs"]);
}

#[test]
fn operations_of_resources_and_errors_of_the_service_count() {
    let mut model = sound();
    let shapes = &mut model["shapes"];
    let operation = || json!({ "type": "operation", "traits": { "smithy.api#http": { "method": "GET", "uri": "/" } } });
    shapes["x#Service"]["resources"] = json!([{ "target": "x#Outer" }]);
    shapes["x#Service"]["errors"] = json!([{ "target": "x#Common" }, { "target": "x#Fault" }]);
    shapes["x#Common"] = json!({ "type": "structure", "members": {}, "traits": { "smithy.api#error": "server" } });
    shapes["x#Outer"] =
        json!({ "type": "resource", "read": { "target": "x#Read" }, "resources": [{ "target": "x#Inner" }] });
    shapes["x#Inner"] = json!({ "type": "resource", "collectionOperations": [{ "target": "x#Sweep" }, { "target": "x#Read" }],
        "resources": [{ "target": "x#Outer" }] });
    shapes["x#Read"] = operation();
    shapes["x#Sweep"] = operation();
    let files = generate(&model.to_string()).expect("accepted");
    for module in ["list", "read", "sweep"] {
        let text = &files[&format!("operation/{module}.rs")];
        assert!(text.contains("Common(Common)") && text.matches("    FaultValue(FaultValue)").count() == 1, "{text}");
    }
}
