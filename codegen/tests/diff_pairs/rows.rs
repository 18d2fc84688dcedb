//! Model pairs for the diff rules on shapes, operations, members and enums.

use serde_json::{Value, json};

use super::{Pair, breaking, member, pair, targets, wire, with};

/// A pair whose second model has this value at this JSON pointer.
pub(super) fn comes(rule: &'static str, krate: &'static str, pointer: &'static str, value: Value) -> Pair {
    pair(rule, krate, vec![], vec![(pointer, value)])
}

pub(super) fn structure(members: Value) -> Value {
    json!({ "type": "structure", "traits": {}, "members": members })
}

/// An operation that streams a blob, with its output.
fn streaming() -> Vec<(&'static str, Value)> {
    vec![
        ("/x#Bytes", json!({ "type": "blob", "traits": {} })),
        ("/x#PutOutput/members", json!({ "body": with("x#Bytes", "smithy.api#httpPayload", json!({})) })),
    ]
}

/// All pairs.
pub(crate) fn pairs() -> Vec<Pair> {
    let mut pairs = shapes();
    pairs.extend(operations());
    pairs.extend(members());
    pairs.extend(enums());
    pairs.extend(wire::wire());
    pairs.extend(wire::services());
    pairs.extend(wire::words());
    pairs
}

fn shapes() -> Vec<Pair> {
    vec![
        breaking(
            "shape-removed",
            vec![],
            vec![
                ("/x#Data", Value::Null),
                ("/x#PutInput/members/data", Value::Null),
                ("/x#PutOutput/members/data", Value::Null),
            ],
            "pub fn call(_: &the_client::types::Data) {}",
        ),
        // What the service does not reach does nothing to the crate.
        pair("shape-removed", "none", vec![("/x#Idle", structure(json!({})))], vec![("/x#Idle", Value::Null)]),
        pair("shape-removed", "none", vec![("/x#Idle", json!({ "type": "string" }))], vec![("/x#Idle", Value::Null)]),
        pair("shape-added", "none", vec![], vec![("/x#Idle", structure(json!({})))]),
        pair(
            "shape-added",
            "additive",
            vec![],
            vec![("/x#More", structure(json!({}))), ("/x#PutOutput/members/more", member("x#More"))],
        ),
        // The new one takes the name.
        breaking(
            "generated-code",
            vec![],
            vec![("/a#Data", structure(json!({}))), ("/x#PutOutput/members/more", member("a#Data"))],
            "pub fn call(data: &the_client::types::Data) -> Option<&str> { data.a() }",
        ),
        breaking(
            "shape-renamed",
            vec![],
            vec![
                ("/x#Data", Value::Null),
                ("/x#Facts", structure(json!({ "a": member("String"), "b": member("Integer") }))),
                ("/x#PutInput/members/data/target", json!("x#Facts")),
                ("/x#PutOutput/members/data/target", json!("x#Facts")),
            ],
            "pub fn call(_: &the_client::types::Data) {}",
        ),
        breaking(
            "shape-type-changed",
            vec![],
            vec![("/x#Text/type", json!("blob"))],
            "pub fn call(input: the_client::operation::put::PutInput) -> Option<String> { input.text }",
        ),
        breaking(
            "generated-code",
            vec![("/x#Data/members", json!({ "fooBar": member("String"), "foo_bar": member("Integer") }))],
            vec![("/x#Data/members", json!({ "foo_bar": member("Integer"), "fooBar": member("String") }))],
            "pub fn call(data: the_client::types::Data) -> Option<String> { data.foo_bar }",
        ),
    ]
}

fn operations() -> Vec<Pair> {
    let get = json!({ "type": "operation", "traits": { "smithy.api#http": { "method": "GET", "uri": "/get" } } });
    let all = targets(&["x#List", "x#Put", "x#Get"]);
    vec![
        pair(
            "operation-added",
            "additive",
            vec![],
            vec![("/x#Get", get.clone()), ("/x#Service/operations", all.clone())],
        ),
        breaking(
            "operation-removed",
            vec![("/x#Get", get.clone()), ("/x#Service/operations", all)],
            vec![("/x#Service/operations", targets(&["x#List", "x#Put"]))],
            "pub fn call(client: &the_client::Client) { let _ = client.get(); }",
        ),
        // Its shapes stay, and are reached by nothing any more.
        breaking(
            "operation-removed",
            vec![],
            vec![("/x#Service/operations", targets(&["x#Put"]))],
            "pub fn call(client: &the_client::Client) { let _ = client.list(); }",
        ),
        breaking(
            "operation-input-changed",
            vec![("/x#Other", structure(json!({ "token": with("String", "smithy.api#httpQuery", json!("token")) })))],
            vec![
                ("/x#List/input", json!({ "target": "x#Other" })),
                ("/x#List/traits/smithy.api#paginated", Value::Null),
            ],
            "pub fn call(client: &the_client::Client) { let _ = client.list().size(1); }",
        ),
        breaking(
            "operation-output-changed",
            vec![("/x#Other", structure(json!({ "note": member("String") })))],
            vec![("/x#Put/output", json!({ "target": "x#Other" }))],
            "pub fn call(output: the_client::operation::put::PutOutput) -> Option<i32> { output.count }",
        ),
        pair(
            "operation-output-changed",
            "none",
            vec![("/x#Put/output", json!({ "target": "x#Other" })), ("/x#Other", structure(json!({})))],
            vec![("/x#Put/output", Value::Null)],
        ),
        breaking(
            "operation-error-removed",
            vec![],
            vec![("/x#Put/errors", json!([]))],
            "pub fn call(error: &the_client::operation::put::PutError) -> bool { error.is_fault() }",
        ),
        pair("operation-error-added", "additive", vec![], vec![("/x#List/errors", targets(&["x#Fault"]))]),
        breaking(
            "service-error-removed",
            vec![("/x#Service/errors", targets(&["x#Fault"]))],
            vec![("/x#Service/errors", json!([]))],
            "pub fn call(error: &the_client::operation::list::ListError) -> bool { error.is_fault() }",
        ),
        pair("service-error-added", "additive", vec![], vec![("/x#Service/errors", targets(&["x#Fault"]))]),
        breaking(
            "service-rename-changed",
            vec![],
            vec![("/x#Service/rename", json!({ "x#Data": "Facts" }))],
            "pub fn call(_: &the_client::types::Data) {}",
        ),
        comes("service-version-changed", "behaviour", "/x#Service/version", json!("2")),
    ]
}

fn members() -> Vec<Pair> {
    let required = || json!({ "smithy.api#required": {} });
    vec![
        breaking(
            "member-removed",
            vec![],
            vec![("/x#Data/members/a", Value::Null)],
            "pub fn call(data: &the_client::types::Data) -> Option<&str> { data.a() }",
        ),
        comes("member-added", "additive", "/x#Data/members/c", member("String")),
        // It leads back to where it is, so that what was plain has to lie on the heap.
        breaking(
            "member-added",
            vec![
                ("/x#Outer", structure(json!({ "data": member("x#Data") }))),
                ("/x#PutOutput/members/outer", member("x#Outer")),
            ],
            vec![("/x#Data/members/outer", member("x#Outer"))],
            "pub fn call(outer: the_client::types::Outer) -> Option<the_client::types::Data> { outer.data }",
        ),
        breaking(
            "required-member-added",
            vec![],
            vec![("/x#Data/members/c", json!({ "target": "smithy.api#String", "traits": required() }))],
            "pub fn call() -> the_client::types::Data { the_client::types::Data::builder().build() }",
        ),
        // Calls without it compile, and fail before they are sent.
        pair(
            "required-member-added",
            "breaking",
            vec![],
            vec![("/x#PutInput/members/c", json!({ "target": "smithy.api#String", "traits": required() }))],
        ),
        breaking(
            "member-retargeted",
            vec![],
            vec![("/x#Data/members/b/target", json!("smithy.api#Long"))],
            "pub fn call(data: the_client::types::Data) -> Option<i32> { data.b }",
        ),
        comes("member-retargeted", "none", "/x#PutInput/members/note/target", json!("x#Text")),
        pair(
            "members-reordered",
            "behaviour",
            vec![],
            vec![("/x#Data/members", json!({ "b": member("Integer"), "a": member("String") }))],
        ),
        breaking(
            "required-added",
            vec![],
            vec![("/x#PutOutput/members/count/traits", required())],
            "pub fn call(output: the_client::operation::put::PutOutput) -> Option<i32> { output.count }",
        ),
        comes("required-added", "breaking", "/x#PutInput/members/note/traits", required()),
        // That building cannot fail any more is not due to a member that was added at the same time.
        pair(
            "member-added",
            "additive",
            vec![("/x#Data/members/a/traits", required())],
            vec![
                ("/x#Data/members/a/traits", json!({})),
                ("/x#Data/members/c", json!({ "target": "smithy.api#String" })),
            ],
        ),
        breaking(
            "required-removed",
            vec![("/x#PutOutput/members/count/traits", required())],
            vec![("/x#PutOutput/members/count/traits", json!({}))],
            "pub fn call(output: the_client::operation::put::PutOutput) -> i32 { output.count }",
        ),
        // A structure is an `Option` all the same.
        pair(
            "required-removed",
            "behaviour",
            vec![("/x#PutOutput/members/data/traits", required())],
            vec![("/x#PutOutput/members/data/traits", json!({}))],
        ),
        breaking(
            "default-added",
            vec![],
            vec![("/x#Data/members/b/traits", json!({ "smithy.api#default": 1 }))],
            "pub fn call(data: the_client::types::Data) -> Option<i32> { data.b }",
        ),
        breaking(
            "default-removed",
            vec![("/x#Data/members/b/traits", json!({ "smithy.api#default": 1 }))],
            vec![("/x#Data/members/b/traits", json!({}))],
            "pub fn call(data: the_client::types::Data) -> i32 { data.b }",
        ),
        pair(
            "default-changed",
            "behaviour",
            vec![("/x#Data/members/b/traits", json!({ "smithy.api#default": 1 }))],
            vec![("/x#Data/members/b/traits", json!({ "smithy.api#default": 2 }))],
        ),
        breaking(
            "client-optional",
            vec![("/x#Data/members/b/traits", required())],
            vec![("/x#Data/members/b/traits/smithy.api#clientOptional", json!({}))],
            "pub fn call(data: the_client::types::Data) -> i32 { data.b }",
        ),
        comes("nullability-changed", "none", "/x#PutInput/traits/smithy.api#input", json!({})),
        comes("input-output", "none", "/x#PutOutput/traits/smithy.api#output", json!({})),
        breaking(
            "sparse",
            vec![],
            vec![("/x#Names/traits/smithy.api#sparse", json!({}))],
            "pub fn call(output: the_client::operation::put::PutOutput) -> Option<Vec<String>> { output.names }",
        ),
        breaking(
            "streaming",
            streaming(),
            vec![("/x#Bytes/traits/smithy.api#streaming", json!({}))],
            "pub fn call(output: the_client::operation::put::PutOutput) -> Option<the_client::primitives::Blob> { output.body }",
        ),
        breaking(
            "error",
            vec![("/x#PutOutput/members/fault", member("x#Data"))],
            vec![("/x#Data/traits/smithy.api#error", json!("server"))],
            "pub fn call(_: &the_client::types::Data) {}",
        ),
        pair("error", "none", vec![], vec![("/x#Fault/traits/smithy.api#error", json!("server"))]),
    ]
}

fn enums() -> Vec<Pair> {
    let value = |text: &str| with("Unit", "smithy.api#enumValue", json!(text));
    let all = |names: &[(&str, &str)]| -> Value {
        Value::Object(names.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect())
    };
    vec![
        breaking(
            "enum-value-removed",
            vec![],
            vec![("/x#Colour/members/BLUE", Value::Null)],
            "pub fn call() -> the_client::types::Colour { the_client::types::Colour::Blue }",
        ),
        comes("enum-value-added", "additive", "/x#Colour/members/GREEN", value("green")),
        // In between.
        comes(
            "enum-value-added",
            "additive",
            "/x#Colour/members",
            all(&[("RED", "red"), ("GREEN", "green"), ("BLUE", "blue")]),
        ),
        breaking(
            "enum-value-renamed",
            vec![],
            vec![("/x#Colour/members", all(&[("RED", "red"), ("NAVY", "blue")]))],
            "pub fn call() -> the_client::types::Colour { the_client::types::Colour::Blue }",
        ),
        comes("enum-value-changed", "behaviour", "/x#Colour/members/BLUE/traits/smithy.api#enumValue", json!("navy")),
        comes("enum-values-reordered", "behaviour", "/x#Colour/members", all(&[("BLUE", "blue"), ("RED", "red")])),
    ]
}
