//! The rows.

use serde_json::{Value, json};

use super::{Pair, breaking, member, pair, targets, with};

/// What a trait's coming does.
fn comes(rule: &'static str, krate: &'static str, pointer: &'static str, value: Value) -> Pair {
    pair(rule, krate, vec![], vec![(pointer, value)])
}

fn structure(members: Value) -> Value {
    json!({ "type": "structure", "traits": {}, "members": members })
}

/// An operation that streams a blob, with its output.
fn streaming() -> Vec<(&'static str, Value)> {
    vec![
        ("/x#Bytes", json!({ "type": "blob", "traits": {} })),
        ("/x#PutOutput/members", json!({ "body": with("x#Bytes", "smithy.api#httpPayload", json!({})) })),
    ]
}

fn events() -> Vec<(&'static str, Value)> {
    vec![
        ("/x#PutOutput/members", json!({ "events": with("x#Events", "smithy.api#httpPayload", json!({})) })),
        (
            "/x#Events",
            json!({ "type": "union", "traits": { "smithy.api#streaming": {} }, "members": { "said": member("x#Said") } }),
        ),
        ("/x#Said", structure(json!({ "by": member("String"), "text": member("String") }))),
    ]
}

fn rules(url: &str) -> Value {
    json!({
        "version": "1.0",
        "parameters": {
            "Region": { "type": "string", "builtIn": "AWS::Region", "required": true, "documentation": "R" },
            "Mode": { "type": "string", "documentation": "M" },
        },
        "rules": [{ "type": "endpoint", "conditions": [], "endpoint": { "url": url } }],
    })
}

/// Rules that come to the same, put in another way.
fn longer_rules(url: &str) -> Value {
    let mut rules = rules(url);
    let is_set = json!({ "fn": "isSet", "argv": [{ "ref": "Mode" }] });
    let again = json!({ "type": "endpoint", "conditions": [is_set], "endpoint": { "url": url } });
    rules["rules"].as_array_mut().expect("rules").insert(0, again);
    rules
}

const RULES: &str = "/x#Service/traits/smithy.rules#endpointRuleSet";
const TESTS: &str = "/x#Service/traits/smithy.rules#endpointTests";
const CLIENT: &str = "/x#Service/traits/smithy.rules#clientContextParams";

fn tests(url: &str) -> Value {
    json!({ "version": "1.0", "testCases": [
        { "documentation": "a", "params": { "Region": "us-east-1" }, "expect": { "endpoint": { "url": url } } },
    ] })
}

/// All pairs.
pub(crate) fn pairs() -> Vec<Pair> {
    let mut pairs = shapes();
    pairs.extend(operations());
    pairs.extend(members());
    pairs.extend(enums());
    pairs.extend(wire());
    pairs.extend(services());
    pairs.extend(words());
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
            "pub fn call(error: &the_client::operation::put::PutError) -> bool { error.is_fault_value() }",
        ),
        pair("operation-error-added", "additive", vec![], vec![("/x#List/errors", targets(&["x#Fault"]))]),
        breaking(
            "service-error-removed",
            vec![("/x#Service/errors", targets(&["x#Fault"]))],
            vec![("/x#Service/errors", json!([]))],
            "pub fn call(error: &the_client::operation::list::ListError) -> bool { error.is_fault_value() }",
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
        // Nothing of an input is forced on the caller by its type.
        pair(
            "required-member-added",
            "additive",
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
        comes("required-added", "behaviour", "/x#PutInput/members/note/traits", required()),
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

fn wire() -> Vec<Pair> {
    let http = |method: &str, uri: &str| json!({ "method": method, "uri": uri });
    let map = || json!({ "type": "map", "traits": {}, "key": member("String"), "value": member("String") });
    vec![
        comes("http-method-changed", "behaviour", "/x#Put/traits/smithy.api#http", http("PUT", "/put/{id}")),
        comes("http-uri-changed", "behaviour", "/x#Put/traits/smithy.api#http", http("POST", "/things/{id}")),
        comes("http-code-changed", "none", "/x#Put/traits/smithy.api#http/code", json!(201)),
        pair(
            "http-label",
            "behaviour",
            vec![("/x#PutInput/members/note/traits", json!({ "smithy.api#required": {} }))],
            vec![
                ("/x#PutInput/members/note/traits/smithy.api#httpLabel", json!({})),
                ("/x#Put/traits/smithy.api#http", http("POST", "/put/{id}/{note}")),
            ],
        ),
        comes("http-query", "behaviour", "/x#ListInput/members/size/traits/smithy.api#httpQuery", json!("max")),
        pair(
            "http-query-params",
            "behaviour",
            vec![("/x#Map", map()), ("/x#PutInput/members/map", member("x#Map"))],
            vec![("/x#PutInput/members/map/traits/smithy.api#httpQueryParams", json!({}))],
        ),
        comes("http-header", "behaviour", "/x#PutInput/members/note/traits/smithy.api#httpHeader", json!("x-note")),
        pair(
            "http-prefix-headers",
            "behaviour",
            vec![("/x#Map", map()), ("/x#PutInput/members/map", member("x#Map"))],
            vec![("/x#PutInput/members/map/traits/smithy.api#httpPrefixHeaders", json!("x-"))],
        ),
        pair(
            "http-payload",
            "behaviour",
            vec![("/x#PutOutput/members", json!({ "data": member("x#Data") }))],
            vec![("/x#PutOutput/members/data/traits/smithy.api#httpPayload", json!({}))],
        ),
        comes(
            "http-response-code",
            "behaviour",
            "/x#PutOutput/members/count/traits/smithy.api#httpResponseCode",
            json!({}),
        ),
        comes("http-error", "none", "/x#Fault/traits/smithy.api#httpError", json!(404)),
        comes("http-checksum-required", "behaviour", "/x#Put/traits/smithy.api#httpChecksumRequired", json!({})),
        comes(
            "request-compression",
            "behaviour",
            "/x#Put/traits/smithy.api#requestCompression",
            json!({ "encodings": ["gzip"] }),
        ),
        comes("host-prefix", "behaviour", "/x#Put/traits/smithy.api#endpoint", json!({ "hostPrefix": "data." })),
        pair(
            "host-label",
            "none",
            vec![("/x#PutInput/members/note/traits", json!({ "smithy.api#required": {} }))],
            vec![("/x#PutInput/members/note/traits/smithy.api#hostLabel", json!({}))],
        ),
        comes("json-name", "behaviour", "/x#Data/members/a/traits/smithy.api#jsonName", json!("A")),
        pair(
            "timestamp-format",
            "behaviour",
            vec![("/x#Data/members/when", member("Timestamp"))],
            vec![("/x#Data/members/when/traits/smithy.api#timestampFormat", json!("date-time"))],
        ),
        breaking(
            "media-type",
            vec![("/x#Text/traits", json!({ "smithy.api#mediaType": "application/json" }))],
            vec![("/x#Text/traits", json!({}))],
            "pub fn call(_: the_client::primitives::Blob) {}",
        ),
        breaking(
            "idempotency-token",
            vec![("/x#PutInput/members/note/traits", json!({ "smithy.api#idempotencyToken": {} }))],
            vec![("/x#PutInput/members/note/traits", json!({}))],
            "pub fn call(_: the_client::config::IdempotencyTokenProvider) {}",
        ),
        pair(
            "requires-length",
            "behaviour",
            vec![
                ("/x#Bytes", json!({ "type": "blob", "traits": { "smithy.api#streaming": {} } })),
                (
                    "/x#PutInput/members",
                    json!({
                        "id": { "target": "smithy.api#String", "traits": { "smithy.api#httpLabel": {}, "smithy.api#required": {} } },
                        "body": with("x#Bytes", "smithy.api#httpPayload", json!({})),
                    }),
                ),
            ],
            vec![("/x#Bytes/traits/smithy.api#requiresLength", json!({}))],
        ),
        pair(
            "event-header",
            "behaviour",
            events(),
            vec![("/x#Said/members/by/traits/smithy.api#eventHeader", json!({}))],
        ),
        pair(
            "event-payload",
            "behaviour",
            [events(), vec![("/x#Said/members/by/traits/smithy.api#eventHeader", json!({}))]].concat(),
            vec![("/x#Said/members/text/traits/smithy.api#eventPayload", json!({}))],
        ),
        comes("retryable", "behaviour", "/x#Fault/traits/smithy.api#retryable", json!({})),
        breaking(
            "pagination",
            vec![],
            vec![("/x#List/traits/smithy.api#paginated", Value::Null)],
            "pub fn call(client: &the_client::Client) { let _ = client.list().into_paginator(); }",
        ),
        breaking(
            "pagination",
            vec![],
            vec![("/x#List/traits/smithy.api#paginated/items", Value::Null)],
            "pub fn call(client: &the_client::Client) { let _ = client.list().into_paginator().items(); }",
        ),
        breaking(
            "waiters",
            vec![("/x#List/traits/smithy.waiters#waitable", waiter("Listed"))],
            vec![("/x#List/traits/smithy.waiters#waitable", Value::Null)],
            "use the_client::client::Waiters as _;\npub fn call(client: &the_client::Client) { let _ = client.wait_until_listed(); }",
        ),
        comes("waiters", "additive", "/x#List/traits/smithy.waiters#waitable", waiter("Listed")),
    ]
}

fn waiter(name: &str) -> Value {
    let done = json!({ "state": "success", "matcher": { "success": true } });
    json!({ name: { "acceptors": [done], "minDelay": 1, "maxDelay": 2 } })
}

fn services() -> Vec<Pair> {
    vec![
        breaking(
            "auth",
            vec![("/x#Service/traits/aws.auth#sigv4", json!({ "name": "thing" }))],
            vec![("/x#Service/traits/aws.auth#sigv4", Value::Null)],
            "pub fn call(_: the_client::config::Credentials) {}",
        ),
        pair(
            "auth",
            "behaviour",
            vec![("/x#Service/traits/aws.auth#sigv4", json!({ "name": "thing" }))],
            vec![("/x#Put/traits/smithy.api#optionalAuth", json!({}))],
        ),
        comes("protocol", "none", "/x#Service/traits/aws.protocols#restJson1", json!({ "http": ["h2"] })),
        comes("service-trait", "behaviour", "/x#Service/traits/aws.api#service/sdkId", json!("Other")),
        pair(
            "endpoint-rules",
            "behaviour",
            vec![(RULES, rules("https://a.example.com"))],
            vec![(RULES, rules("https://b.example.com"))],
        ),
        // Put in another way, and the same for all that can be set.
        pair(
            "endpoint-rules",
            "none",
            vec![(RULES, rules("https://a.example.com"))],
            vec![(RULES, longer_rules("https://a.example.com"))],
        ),
        pair(
            "endpoint-tests",
            "none",
            vec![(RULES, rules("https://a.example.com")), (TESTS, tests("https://a.example.com"))],
            vec![(TESTS, tests("https://b.example.com"))],
        ),
        breaking(
            "client-context-params",
            vec![(RULES, rules("https://a.example.com")), (CLIENT, json!({ "Mode": { "type": "string" } }))],
            vec![(CLIENT, Value::Null)],
            "pub use the_client::config::ClientParams;",
        ),
        pair(
            "endpoint-params",
            "behaviour",
            vec![(RULES, rules("https://a.example.com"))],
            vec![("/x#Put/traits/smithy.rules#staticContextParams", json!({ "Mode": { "value": "fast" } }))],
        ),
    ]
}

fn words() -> Vec<Pair> {
    vec![
        comes("sensitive", "behaviour", "/x#Text/traits/smithy.api#sensitive", json!({})),
        comes(
            "deprecated",
            "additive",
            "/x#Data/members/a/traits/smithy.api#deprecated",
            json!({ "message": "use b" }),
        ),
        comes("length", "none", "/x#Text/traits/smithy.api#length", json!({ "max": 9 })),
        pair(
            "length",
            "none",
            vec![("/x#Text/traits/smithy.api#length", json!({ "min": 1, "max": 9 }))],
            vec![("/x#Text/traits/smithy.api#length", json!({ "min": 2, "max": 9 }))],
        ),
        comes("range", "none", "/x#Data/members/b/traits/smithy.api#range", json!({ "min": 1 })),
        comes("pattern", "none", "/x#Text/traits/smithy.api#pattern", json!("^a$")),
        comes("unique-items", "none", "/x#Names/traits/smithy.api#uniqueItems", json!({})),
        comes("documentation", "docs", "/x#Data/traits/smithy.api#documentation", json!("Facts.")),
        comes("documentation", "none", "/x#Text/traits/smithy.api#documentation", json!("Words.")),
        comes("title", "docs", "/x#Service/traits/smithy.api#title", json!("The Thing")),
        comes("examples", "none", "/x#Put/traits/smithy.api#examples", json!([])),
        comes("model-tests", "none", "/x#Put/traits/smithy.test#smokeTests", json!([])),
        comes("other-trait", "none", "/x#Data/traits/smithy.api#xmlName", json!("D")),
        comes("unknown-trait", "none", "/x#Data/traits/my.own#trait", json!({})),
    ]
}
