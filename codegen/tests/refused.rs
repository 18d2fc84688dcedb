//! Unsupported features are reported all at once; supported ones are generated.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

#[test]
fn unsupported_features_are_reported_at_once() {
    let string = |traits: Value| json!({ "target": "smithy.api#String", "traits": traits });
    let report = broken(&[
        ("/shapes/x#Service/traits/smithy.api#httpDigestAuth", json!({})),
        ("/shapes/x#List/traits/aws.protocols#httpChecksum", json!({})),
        (
            "/shapes/x#Input/members/when",
            json!({ "target": "smithy.api#Timestamp", "traits": { "smithy.api#timestampFormat": "odd" } }),
        ),
        ("/shapes/x#Input/members/list", json!({ "target": "x#Lists", "traits": { "smithy.api#httpQuery": "l" } })),
        ("/shapes/x#Lists", json!({ "type": "list", "member": { "target": "x#Strings" } })),
        ("/shapes/x#Input/members/params", string(json!({ "smithy.api#httpQueryParams": {} }))),
        ("/shapes/x#Input/members/prefix", string(json!({ "smithy.api#httpPrefixHeaders": "x-" }))),
        ("/shapes/x#Output/members/code", string(json!({ "smithy.api#httpResponseCode": {} }))),
        ("/shapes/x#Output/members/stream", json!({ "target": "x#Stream" })),
        ("/shapes/x#Stream", json!({ "type": "blob", "traits": { "smithy.api#streaming": {} } })),
        ("/shapes/x#Output/members/map", json!({ "target": "x#Map" })),
        (
            "/shapes/x#Map",
            json!({ "type": "map", "key": { "target": "smithy.api#Integer" }, "value": { "target": "smithy.api#String" } }),
        ),
    ]);
    for expected in [
        "x#List: needs to be authorized by smithy.api#httpDigestAuth, which is not supported",
        "x#List: trait aws.protocols#httpChecksum is not supported",
        "x#Input$when: trait smithy.api#timestampFormat: \"odd\" is neither",
        "x#Input$list: is of a type that cannot travel in the place",
        "x#Input$params: is of a type that cannot travel in the place",
        "x#Input$prefix: is of a type that cannot travel in the place",
        "x#Output$code: is of a type that cannot travel in the place",
        "x#Output$stream: is a stream, which has to be the body",
        "x#Map: its keys are no strings",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
    assert!(report.starts_with("m.json: 9 problems"), "{report}");
}

#[test]
fn unknown_traits_are_ignored() {
    let mut model = sound();
    for pointer in ["/shapes/x#Service", "/shapes/x#List", "/shapes/x#Strings"] {
        let shape = model.pointer_mut(pointer).and_then(Value::as_object_mut).expect("a shape");
        shape.entry("traits").or_insert_with(|| json!({}))["example#unheardOf"] = json!({ "any": ["thing"] });
    }
    generate(&model.to_string()).expect("unknown traits are ignored");
}

#[test]
fn recursive_types_are_boxed() {
    let list = |of: &str| json!({ "type": "list", "member": { "target": of } });
    let structure = |of: &str| json!({ "type": "structure", "members": { "m": { "target": of } } });
    for changes in [
        vec![("/shapes/x#Strings", list("x#Strings"))],
        vec![("/shapes/x#Strings", list("x#M")), ("/shapes/x#M", list("x#Strings"))],
    ] {
        let report = broken(&changes);
        let expected = "x#Output$list: its lists and maps are nested more than 16 deep, or within themselves";
        assert!(report.contains(expected), "{expected}: {report}");
    }
    let types = |shapes: &[(&str, Value)]| {
        let mut model = sound();
        model["shapes"]["x#Output"]["members"]["s"] = json!({ "target": "x#S" });
        for (id, shape) in shapes {
            model["shapes"][*id] = shape.clone();
        }
        generate(&model.to_string()).expect("accepted")["types.rs"].clone()
    };
    let text = types(&[("x#S", structure("x#S"))]);
    assert!(text.contains("pub m: Option<Box<S>>"), "{text}");
    // Once on the way around is enough.
    let text = types(&[("x#S", structure("x#T")), ("x#T", structure("x#S"))]);
    assert!(text.contains("pub m: Option<T>") && text.contains("pub m: Option<Box<S>>"), "{text}");
    let union = json!({ "type": "union", "members": { "s": { "target": "x#S" }, "u": { "target": "x#U" } } });
    let text = types(&[("x#S", structure("x#U")), ("x#U", union)]);
    assert!(text.contains("S(Box<S>)") && text.contains("U(Box<U>)") && text.contains("pub m: Option<U>"), "{text}");
    // Through a list nothing has to, and chains may be as long as they like.
    let mut shapes = vec![("x#S".to_owned(), structure("x#Ss")), ("x#Ss".to_owned(), list("x#S"))];
    shapes.extend((0..1000).map(|index| (format!("x#C{index}"), structure(&format!("x#C{}", index + 1)))));
    shapes.push(("x#C1000".to_owned(), json!({ "type": "structure", "members": {} })));
    shapes[0].1["members"]["chain"] = json!({ "target": "x#C0" });
    let shapes: Vec<(&str, Value)> = shapes.iter().map(|(id, shape)| (id.as_str(), shape.clone())).collect();
    let text = types(&shapes);
    assert!(text.contains("pub m: Option<Vec<S>>") && !text.contains("Box<"), "no box");
}

#[test]
fn members_of_sensitive_structures_are_sensitive() {
    let mut model = sound();
    model["shapes"]["x#Output"]["members"]["s"] = json!({ "target": "x#S" });
    model["shapes"]["x#S"] = json!({ "type": "structure", "traits": { "smithy.api#sensitive": {} }, "members": { "part": { "target": "smithy.api#String" } } });
    let files = generate(&model.to_string()).expect("accepted");
    assert!(files["types.rs"].contains(".field(\"part\", &redacted(&self.part))"), "{}", files["types.rs"]);
}

/// A type that goes by another name in an operation's file, beside a type of the operation.
#[test]
fn secrets_of_types_with_aliases_are_known() {
    let mut model = sound();
    model["shapes"]["x#List"]["traits"]["smithy.api#http"]["method"] = json!("POST");
    for (side, name) in [("x#Input", "x#ListInput"), ("x#Output", "x#ListOutput")] {
        let secret = json!({ "target": "smithy.api#String", "traits": { "smithy.api#sensitive": {} } });
        model["shapes"][name] = json!({ "type": "structure", "members": { "key": secret } });
        model["shapes"][side]["members"]["inner"] = json!({ "target": name });
    }
    let files = generate(&model.to_string()).expect("accepted");
    let text = &files["operation/list.rs"];
    for expected in ["ListOutput as ListOutputType", ".sensitive_output()", "self.inner.wipe();"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn resource_operations_and_service_errors_are_generated() {
    let mut model = sound();
    let shapes = &mut model["shapes"];
    let operation = || json!({ "type": "operation", "traits": { "smithy.api#http": { "method": "GET", "uri": "/" } } });
    shapes["x#Service"]["resources"] = json!([{ "target": "x#Outer" }]);
    shapes["x#Service"]["errors"] = json!([{ "target": "x#Common" }, { "target": "x#ErrorEnum" }]);
    shapes["x#ErrorEnum"] = json!({ "type": "structure", "members": {}, "traits": { "smithy.api#error": "client" } });
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
        assert!(
            text.contains("Common(Common)") && text.matches("    ErrorEnumValue(ErrorEnumValue)").count() == 1,
            "{text}"
        );
    }
}

/// The sound model with more shapes, and more members of its output and error.
fn with(shapes: Value, output: Value, fault: Value) -> String {
    let mut model = sound();
    let mut add = |at: &str, more: Value| {
        let place = model.pointer_mut(at).and_then(Value::as_object_mut).expect("an object");
        place.extend(more.as_object().expect("an object").clone());
    };
    add("/shapes", shapes);
    add("/shapes/x#Output/members", output);
    add("/shapes/x#Fault/members", fault);
    model.to_string()
}

#[test]
fn streams_and_events_are_refused_in_invalid_places() {
    let streaming = json!({ "smithy.api#streaming": {} });
    let member = |target: &str, traits: Value| json!({ "target": target, "traits": traits });
    let shapes = json!({
        "x#Bytes": { "type": "blob", "traits": streaming },
        "x#Inner": { "type": "structure", "members": { "bytes": { "target": "x#Bytes" } } },
        "x#Other": { "type": "operation", "output": { "target": "x#Events" }, "traits": { "smithy.api#http": { "method": "GET", "uri": "/" } } },
        "x#Events": { "type": "structure", "members": { "events": member("x#Stream", json!({ "smithy.api#httpPayload": {} })) } },
        "x#Stream": { "type": "union", "traits": streaming, "members": {
            "nothing": { "target": "smithy.api#Unit" }, "event": { "target": "x#Event" } } },
        "x#Event": { "type": "structure", "members": { "number": member("smithy.api#Float", json!({ "smithy.api#eventHeader": {} })) } },
    });
    let fault = json!({ "body": member("x#Bytes", json!({ "smithy.api#httpPayload": {} })) });
    let mut model: Value =
        serde_json::from_str(&with(shapes, json!({ "inner": { "target": "x#Inner" } }), fault)).expect("JSON");
    model["shapes"]["x#Service"]["operations"] = json!([{ "target": "x#List" }, { "target": "x#Other" }]);
    let report = generate(&model.to_string()).map(drop).expect_err("refused").to_string();
    for expected in [
        "x#Inner$bytes: is a stream, which only",
        "x#Fault$body: is a stream, which only",
        "x#Stream$nothing: is an event, which has to be a structure of its own",
        "x#Event$number: is of a type that cannot travel in the place",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
    assert!(report.starts_with("m.json: 4 problems"), "{report}");
}

#[test]
fn members_beside_a_payload_are_not_in_the_body() {
    let string = |traits: Value| json!({ "target": "smithy.api#String", "traits": traits });
    let payload = || string(json!({ "smithy.api#httpPayload": {} }));
    let mut model = sound();
    model["shapes"]["x#List"]["traits"].as_object_mut().expect("traits").remove("smithy.api#paginated");
    // As a structure that is both input and output has it.
    model["shapes"]["x#Output"]["members"] = json!({
        "body": payload(),
        "query": string(json!({ "smithy.api#httpQuery": "q" })),
    });
    model["shapes"]["x#Input"]["members"]["body"] = payload();
    model["shapes"]["x#Input"]["members"]["status"] =
        json!({ "target": "smithy.api#Integer", "traits": { "smithy.api#httpResponseCode": {} } });
    let files = generate(&model.to_string()).expect("accepted");
    let text = &files["operation/list.rs"];
    assert!(text.contains("response.text_payload(") && !text.contains("json::read_body"), "{text}");
    assert!(text.contains("visitor.text_payload(") && !text.contains("visitor.json"), "{text}");

    model["shapes"]["x#Output"]["members"]["lost"] = string(json!({}));
    let report = generate(&model.to_string()).map(drop).expect_err("refused").to_string();
    assert!(report.contains("x#Output$lost: travels in the body, which another member is as a whole"), "{report}");
}

#[test]
fn an_error_reads_its_payload() {
    let fault = json!({ "body": { "target": "x#Strings", "traits": { "smithy.api#httpPayload": {} } } });
    let files = generate(&with(json!({}), json!({}), fault)).expect("accepted");
    let text = &files["types/error.rs"];
    assert!(text.contains("fn read_head") && text.contains("response.json_payload(&mut self.body)?;"), "{text}");
}

#[test]
fn a_secret_message_within_a_payload_is_not_kept() {
    let error = json!({ "body": { "target": "x#Body", "traits": { "smithy.api#httpPayload": {} } } });
    for (traits, hidden) in [(json!({}), false), (json!({ "smithy.api#sensitive": {} }), true)] {
        let body = json!({ "type": "structure", "members": {
            "message": { "target": "x#Text" }, "other": { "target": "x#Secret" } } });
        let shapes = json!({
            "x#Body": body,
            "x#Text": { "type": "string", "traits": traits },
            "x#Secret": { "type": "string", "traits": { "smithy.api#sensitive": {} } },
        });
        let files = generate(&with(shapes, json!({}), error.clone())).expect("accepted");
        assert_eq!(files["types/error.rs"].contains(".without_message()"), hidden, "{}", files["types/error.rs"]);
    }
}

#[test]
fn labels_of_hosts_are_required_strings() {
    let mut model = sound();
    model["shapes"]["x#List"]["traits"]["smithy.api#endpoint"] = json!({ "hostPrefix": "{account}." });
    for (member, accepted) in [
        (json!({ "target": "smithy.api#String", "traits": { "smithy.api#required": {} } }), true),
        (json!({ "target": "smithy.api#String" }), false),
        (json!({ "target": "smithy.api#Integer", "traits": { "smithy.api#required": {} } }), false),
    ] {
        let mut member = member;
        member["traits"]["smithy.api#hostLabel"] = json!({});
        member["traits"]["smithy.api#httpQuery"] = json!("account");
        model["shapes"]["x#Input"]["members"]["account"] = member;
        let result = generate(&model.to_string()).map(drop).map_err(|report| report.to_string());
        let expected = "x#List: trait smithy.api#endpoint: label account needs a member account of the input";
        assert!(
            result.as_ref().map_or_else(|report| !accepted && report.contains(expected), |()| accepted),
            "{result:?}"
        );
    }
}

#[test]
fn whatever_is_deprecated_is_allowed_for() {
    let union = json!({ "type": "union", "members": {
        "old": { "target": "smithy.api#String", "traits": { "smithy.api#deprecated": {} } } } });
    let files = generate(&with(json!({ "x#U": union }), json!({ "u": { "target": "x#U" } }), json!({})));
    let files = files.expect("accepted");
    assert!(files["mod.rs"].contains("#![allow(deprecated)]"), "{}", files["mod.rs"]);
}

#[test]
fn enums_of_integers_travel_in_headers_of_events() {
    let event = json!({ "type": "structure", "members": {
        "number": { "target": "x#Number", "traits": { "smithy.api#eventHeader": {} } } } });
    let number = json!({ "type": "intEnum", "members": {
        "ONE": { "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": 1 } } } });
    let shapes = json!({ "x#Event": event, "x#Number": number });
    // What is in no stream is no event: its members travel in JSON.
    let files = generate(&with(shapes.clone(), json!({ "e": { "target": "x#Event" } }), json!({})));
    let text = &files.expect("accepted")["types.rs"];
    assert!(!text.contains("event_stream") && text.contains("\"number\" => from.read(&mut self.number)"), "{text}");

    let mut model: Value = serde_json::from_str(&with(shapes, json!({}), json!({}))).expect("JSON");
    model["shapes"]["x#List"]["traits"].as_object_mut().expect("traits").remove("smithy.api#paginated");
    model["shapes"]["x#Stream"] = json!({ "type": "union", "members": { "event": { "target": "x#Event" } }, "traits": { "smithy.api#streaming": {} } });
    model["shapes"]["x#Output"]["members"] =
        json!({ "events": { "target": "x#Stream", "traits": { "smithy.api#httpPayload": {} } } });
    let text = &generate(&model.to_string()).expect("accepted")["types.rs"];
    assert!(text.contains("impl event_stream::EventHeaderValue for Number"), "{text}");
}

#[test]
fn defaults_may_be_no_numbers_or_the_largest() {
    let member =
        |target: &str, default: Value| json!({ "target": target, "traits": { "smithy.api#default": default } });
    let structure = json!({ "type": "structure", "members": {
        "a": member("smithy.api#Float", json!("NaN")),
        "b": member("smithy.api#Double", json!("-Infinity")),
        "c": member("smithy.api#Float", json!(3.402_823_5e38)),
    } });
    let files = generate(&with(json!({ "x#S": structure }), json!({ "s": { "target": "x#S" } }), json!({})));
    let text = &files.expect("accepted")["types.rs"];
    for expected in ["f32::NAN", "f64::NEG_INFINITY", "340282350000000000000000000000000000000.0"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let structure = json!({ "type": "structure", "members": { "a": member("smithy.api#Float", json!(3.5e38)) } });
    let report = generate(&with(json!({ "x#S": structure }), json!({ "s": { "target": "x#S" } }), json!({})));
    let report = report.map(drop).expect_err("too large").to_string();
    assert!(report.contains("x#S$a: its default 3.5e+38 does not fit its type"), "{report}");
}
