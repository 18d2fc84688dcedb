//! What cannot be generated yet is refused all at once; what can be is.

mod common;

use common::{broken, generate, sound};
use serde_json::{Value, json};

#[test]
fn what_is_not_supported_is_refused_all_at_once() {
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
    for told in [
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
        assert!(report.contains(told), "{told}: {report}");
    }
    assert!(report.starts_with("m.json: 9 problems"), "{report}");
}

#[test]
fn operations_that_need_what_is_not_supported_can_be_left_out() {
    let mut model = sound();
    model["shapes"]["x#Service"]["operations"] = json!([{ "target": "x#List" }, { "target": "x#Other" }]);
    model["shapes"]["x#List"]["traits"]["aws.protocols#httpChecksum"] = json!({});
    model["shapes"]["x#Other"] =
        json!({ "type": "operation", "traits": { "smithy.api#http": { "method": "GET", "uri": "/" } } });
    generate(&model.to_string()).expect_err("refused");
    let model = codegen::read_model("m.json", &model.to_string()).expect("a model");
    let options = codegen::Options { skip_unsupported: true, ..Default::default() };
    let package = codegen::package(&model, &options, None, codegen::Runtime::Vendored).expect("generated");
    assert_eq!(package.left_out, ["x#List: trait aws.protocols#httpChecksum is not supported"]);
    assert!(package.files.contains_key("src/generated/operation/other.rs"));
    assert!(!package.files.contains_key("src/generated/operation/list.rs"));
    assert!(package.files["README.md"].contains("- x#List: trait aws.protocols#httpChecksum"));
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
fn what_contains_itself_lies_on_the_heap() {
    let list = |of: &str| json!({ "type": "list", "member": { "target": of } });
    let structure = |of: &str| json!({ "type": "structure", "members": { "m": { "target": of } } });
    for changes in [
        vec![("/shapes/x#Strings", list("x#Strings"))],
        vec![("/shapes/x#Strings", list("x#M")), ("/shapes/x#M", list("x#Strings"))],
    ] {
        let report = broken(&changes);
        let told = "x#Output$list: its lists and maps are nested more than 16 deep, or within themselves";
        assert!(report.contains(told), "{told}: {report}");
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
