//! Waiters and endpoint parameters that cannot be generated, and names that would collide.

mod common;

use codegen::Options;
use codegen::ir::{EndpointArgument, Service};
use codegen::lower::lower;
use common::sound;
use serde_json::{Value, json};

/// The small model with a trait of its operation.
fn service(id: &str, value: Value) -> Result<Service, String> {
    let mut model = sound();
    model["shapes"]["x#List"]["traits"][id] = value;
    model["shapes"]["x#Input"]["members"]["label"]["traits"]["smithy.rules#contextParam"] = json!({ "name": "Label" });
    model["shapes"]["x#Service"]["traits"]["smithy.rules#endpointRuleSet"] = json!({
        "version": "1.0",
        "parameters": {
            "Endpoint": { "type": "string", "builtIn": "SDK::Endpoint" },
            "Label": { "type": "string" },
            "Flag": { "type": "boolean", "required": true, "default": false },
            "Names": { "type": "stringArray" },
        },
        "rules": [{ "type": "error", "conditions": [], "error": "no" }],
    });
    let model = codegen::read_model("m.json", &model.to_string()).map_err(|report| report.to_string())?;
    lower(&model, &Options::default()).map_err(|report| report.to_string())
}

fn waitable(waiters: Value) -> Service {
    service("smithy.waiters#waitable", waiters).unwrap_or_else(|report| panic!("{report}"))
}

/// A waiter whose one acceptor looks for a text in the output.
fn finding(path: &str) -> Value {
    let output = json!({ "path": path, "expected": "a", "comparator": "stringEquals" });
    json!({ "acceptors": [{ "state": "success", "matcher": { "output": output } }] })
}

#[test]
fn what_cannot_be_waited_for_is_left_out() {
    let success = json!([{ "state": "success", "matcher": { "success": true } }]);
    for (waiter, expected) in [
        (finding("nothing"), "x#List: its waiter Done, since the expression \"nothing\" cannot be compiled"),
        (finding("list"), "it gives a list, and a string is expected"),
        (json!({}), "its trait is malformed: missing field `acceptors`"),
        (json!({ "acceptors": [] }), "nothing that could happen is a success"),
        (json!({ "acceptors": success, "minDelay": 9, "maxDelay": 3 }), "delays of 9 and 3 seconds"),
        (json!({ "acceptors": success, "minDelay": 0 }), "delays of 0 and 120 seconds"),
        (json!({ "acceptors": [{ "state": "maybe", "matcher": { "success": true } }] }), "unknown variant `maybe`"),
        (json!({ "acceptors": [{ "state": "success", "matcher": { "moon": true } }] }), "unknown variant `moon`"),
    ] {
        let service = waitable(json!({ "Done": waiter, "Other": { "acceptors": success } }));
        assert_eq!(service.operations[0].waiters.len(), 1, "{expected}");
        let [left_out] = service.left_out.as_slice() else { panic!("{expected}: {:?}", service.left_out) };
        assert!(left_out.contains(expected), "{expected}: {left_out}");
    }
}

#[test]
fn names_of_waiters_never_collide() {
    let waiter = finding("token");
    let service = waitable(json!({ "Match": waiter, "Done": waiter, "DONE": waiter, "Mod": waiter, "../x": waiter }));
    let names: Vec<_> = service.operations[0]
        .waiters
        .iter()
        .map(|waiter| format!("{} {} {}", waiter.module, waiter.method, waiter.fluent_builder))
        .collect();
    assert_eq!(
        names,
        [
            "r#match wait_until_match MatchFluentBuilder",
            "done wait_until_done DoneFluentBuilder",
            "done2 wait_until_done2 Done2FluentBuilder",
            "mod_operation wait_until_mod_operation ModFluentBuilder",
            "x wait_until_x XFluentBuilder",
        ]
    );
}

#[test]
fn what_is_fixed_wins_over_members_and_those_over_expressions() {
    let params = |id: &str, value: Value| {
        let service = service(id, value).unwrap_or_else(|report| panic!("{report}"));
        service.operations[0].endpoint_params.clone()
    };
    let found =
        params("smithy.rules#staticContextParams", json!({ "Label": { "value": "a" }, "Else": { "value": 1 } }));
    assert!(matches!(found.as_slice(), [one] if one.argument == EndpointArgument::Text("a".into())), "{found:?}");
    let found = params("smithy.rules#operationContextParams", json!({ "Label": { "path": "token" } }));
    let [param] = found.as_slice() else { panic!("{found:?}") };
    assert!(matches!(&param.argument, EndpointArgument::Value(query) if format!("{query:?}").contains("label")));
}

#[test]
fn endpoint_parameters_that_cannot_be_found_are_refused() {
    let (fixed, found) = ("smithy.rules#staticContextParams", "smithy.rules#operationContextParams");
    for (id, value, expected) in [
        (fixed, json!({ "Flag": { "value": "yes" } }), "x#List: smithy.rules#staticContextParams Flag: \"yes\" is not"),
        (fixed, json!({ "Names": { "value": [1] } }), "[1] is no list of strings"),
        (fixed, json!({ "Flag": {} }), "is malformed"),
        (found, json!({ "Flag": { "path": "token" } }), "it gives a string, and a boolean is expected"),
        (found, json!({ "Names": { "path": "token" } }), "it gives a string, and a list of strings is expected"),
        (found, json!({ "Names": { "path": "tokens" } }), "smithy.rules#operationContextParams Names: the expression"),
    ] {
        let report = service(id, value).expect_err(expected);
        assert!(report.contains(expected), "{expected}: {report}");
    }
}
