//! Auth schemes that endpoints list: an operation uses one that some endpoint may accept, or is refused.

mod common;

use serde_json::{Value, json};

/// A model whose service has these auth schemes, and whose endpoints list those.
fn model(traits: Value, endpoints: &[Value]) -> Value {
    let mut model = common::sound();
    let service = &mut model["shapes"]["x#Service"]["traits"];
    service.as_object_mut().expect("traits").extend(traits.as_object().expect("traits").clone());
    let rules = endpoints.iter().map(|properties| {
        json!({
            "type": "endpoint", "conditions": [{ "fn": "isSet", "argv": [{ "ref": "Endpoint" }] }],
            "endpoint": { "url": { "ref": "Endpoint" }, "properties": properties },
        })
    });
    let last = json!({ "type": "error", "error": "none", "conditions": [] });
    service["smithy.rules#endpointRuleSet"] = json!({
        "version": "1.0",
        "parameters": { "Endpoint": { "type": "string", "builtIn": "SDK::Endpoint", "documentation": "x" } },
        "rules": rules.chain([last]).collect::<Vec<_>>(),
    });
    model
}

fn listing(names: &[&str]) -> Value {
    json!({ "authSchemes": names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() })
}

#[test]
fn schemes_of_endpoints() {
    let (sigv4, bearer) = (json!({ "aws.auth#sigv4": { "name": "x" } }), json!({ "smithy.api#httpBearerAuth": {} }));
    let both = json!({ "aws.auth#sigv4": { "name": "x" }, "smithy.api#httpBearerAuth": {} });
    for (traits, endpoints, expected) in [
        (&sigv4, &[json!({})][..], Ok("sigv4::sign)")),
        (&sigv4, &[listing(&["sigv4"])], Ok("sigv4::sign)")),
        (&sigv4, &[listing(&["sigv4a", "sigv4"])], Ok("sigv4::sign)")),
        (&sigv4, &[listing(&[])], Ok("sigv4::sign)")),
        // At some endpoint it may be signed; at others it is an error before sending.
        (&sigv4, &[listing(&["sigv4a"]), json!({})], Ok("sigv4::sign)")),
        (&sigv4, &[listing(&["sigv4a"]), listing(&["sigv4"])], Ok("sigv4::sign)")),
        (&sigv4, &[listing(&["{Endpoint}"])], Ok("sigv4::sign)")),
        (&sigv4, &[listing(&["sigv4a"])], Err("sigv4a")),
        (&sigv4, &[listing(&["sigv4a"]), listing(&["sigv4-s3express"])], Err("sigv4-s3express or sigv4a")),
        (&bearer, &[listing(&["bearer"])], Ok("bearer::authorize)")),
        (&bearer, &[listing(&["sigv4"])], Err("sigv4")),
        (&both, &[json!({})], Ok("sigv4::sign)")),
        (&both, &[listing(&["bearer"])], Ok("bearer::authorize)")),
    ] {
        let mut model = model(traits.clone(), endpoints);
        if endpoints.iter().any(|endpoint| endpoint.to_string().contains("{Endpoint}")) {
            model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"]["parameters"]["Endpoint"]["required"] =
                json!(true);
            model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"]["rules"][0]["conditions"] =
                json!([]);
        }
        let generated = common::generate(&model.to_string());
        match (generated, expected) {
            (Ok(files), Ok(function)) => {
                assert!(files["operation/list.rs"].contains(function), "{traits} {endpoints:?}");
            }
            (Err(report), Err(listed)) => {
                let message =
                    format!("x#List: needs to be authorized by {listed} at every endpoint, which is not supported");
                assert!(report.to_string().contains(&message), "{report}");
            }
            (Ok(_), Err(_)) => panic!("{traits} {endpoints:?} is accepted"),
            (Err(report), Ok(_)) => panic!("{traits} {endpoints:?}: {report}"),
        }
    }
}

#[test]
fn operations_that_no_endpoint_accepts_can_be_left_out() {
    let mut model = model(json!({ "aws.auth#sigv4": { "name": "x" } }), &[listing(&["sigv4a"])]);
    model["shapes"]["x#Open"] = json!({
        "type": "operation",
        "traits": { "smithy.api#http": { "method": "GET", "uri": "/open" }, "smithy.api#auth": [] },
    });
    model["shapes"]["x#Service"]["operations"] = json!([{ "target": "x#List" }, { "target": "x#Open" }]);
    let model = codegen::read_model("m.json", &model.to_string()).unwrap_or_else(|report| panic!("{report}"));
    let options = codegen::Options { skip_unsupported: true, ..Default::default() };
    let package = codegen::package(&model, &options, None, codegen::Runtime::Vendored);
    let package = package.unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(
        package.left_out,
        ["x#List: needs to be authorized by sigv4a at every endpoint, which is not supported"]
    );
    assert!(package.files.contains_key("src/generated/operation/open.rs"));
}
