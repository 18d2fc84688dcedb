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
        (
            r#"{"smithy":"2.0","shapes":{"x#A":{"type":"structure","members":{"m":{}}}}}"#,
            "x#A$m: missing field `target`",
        ),
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
            "x#Output: a_b and aB both become a_b in Rust",
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
fn names_and_values_that_no_model_may_have() {
    let string = |traits: Value| json!({ "target": "smithy.api#String", "traits": traits });
    for (changes, told) in [
        (vec![("/shapes/x#Strings²", json!({ "type": "string" }))], "x#Strings²: is no shape id"),
        (vec![("/shapes/x#Output/members/a²", string(json!({})))], "x#Output$a²: is no member's name"),
        (vec![("/shapes/x#Output/mixins", json!([{ "target": "x#Input" }]))], "x#Output: mixins are not supported yet"),
        (vec![("/shapes/x#Service/rename", json!({ "x#A": "B" }))], "x#Service: renaming shapes"),
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
            vec![("/shapes/x#Output/members/set_token", string(json!({})))],
            "x#Output: token and set_token both become set_token in Rust",
        ),
        (vec![("/shapes/x#Output/members/e", json!({ "target": "x#Fault" }))], "x#Output$e: targets the error x#Fault"),
        (
            vec![
                ("/shapes/x#ListError", json!({ "type": "structure", "members": {} })),
                ("/shapes/x#Output/members/e", json!({ "target": "x#ListError" })),
            ],
            "operation List and x#ListError both become ListError in Rust",
        ),
        (
            vec![
                (
                    "/shapes/x#LIST",
                    json!({ "type": "operation", "traits": { "smithy.api#http": { "method": "GET", "uri": "/" } } }),
                ),
                ("/shapes/x#Service/operations", json!([{ "target": "x#List" }, { "target": "x#LIST" }])),
            ],
            "both become list in Rust",
        ),
        (
            vec![
                ("/shapes/x#Fault/traits/smithy.api#sensitive", json!({})),
                ("/shapes/x#Fault/members/message", string(json!({}))),
            ],
            "x#Fault$message: is sensitive, in a place that errors are printed from",
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
            vec![(
                "/shapes/x#Fault/members/why",
                string(json!({ "smithy.api#sensitive": {}, "smithy.api#jsonName": "errorMessage" })),
            )],
            "x#Fault$why: is sensitive, in a place that errors are printed from",
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
            "x#Service: has its endpoint rules as smithy.rules#endpointBdd alone",
        ),
    ] {
        let report = broken(&changes);
        assert!(report.contains(told), "{told}: {report}");
    }
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
