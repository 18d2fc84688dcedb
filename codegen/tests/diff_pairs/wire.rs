//! The rows about what goes over the wire, the service as a whole, and words.

use serde_json::{Value, json};

use super::rows::{comes, structure};
use super::{Pair, breaking, member, pair, with};

const RULES: &str = "/x#Service/traits/smithy.rules#endpointRuleSet";
const REST_JSON: &str = "/x#Service/traits/aws.protocols#restJson1";
const JSON_1_0: &str = "/x#Service/traits/aws.protocols#awsJson1_0";
const JSON_1_1: &str = "/x#Service/traits/aws.protocols#awsJson1_1";
const TESTS: &str = "/x#Service/traits/smithy.rules#endpointTests";
const CLIENT: &str = "/x#Service/traits/smithy.rules#clientContextParams";

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

fn tests(url: &str) -> Value {
    json!({ "version": "1.0", "testCases": [
        { "documentation": "a", "params": { "Region": "us-east-1" }, "expect": { "endpoint": { "url": url } } },
    ] })
}

pub(super) fn wire() -> Vec<Pair> {
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

pub(super) fn services() -> Vec<Pair> {
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
        pair(
            "protocol",
            "behaviour",
            vec![(REST_JSON, Value::Null), (JSON_1_0, json!({}))],
            vec![(JSON_1_0, Value::Null), (JSON_1_1, json!({}))],
        ),
        pair("protocol", "behaviour", vec![], vec![(REST_JSON, Value::Null), (JSON_1_1, json!({}))]),
        // The first one that is supported counts.
        pair("protocol", "none", vec![], vec![(JSON_1_1, json!({}))]),
        pair(
            "query-compatible",
            "behaviour",
            vec![(REST_JSON, Value::Null), (JSON_1_0, json!({}))],
            vec![("/x#Service/traits/aws.protocols#awsQueryCompatible", json!({}))],
        ),
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

pub(super) fn words() -> Vec<Pair> {
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
