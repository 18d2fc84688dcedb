//! Compiles and runs endpoint rules with every function of the rules engine, on present and absent values.

#[path = "common/bench.rs"]
mod bench;

use bench::Bench;
use serde_json::{Value, json};

fn parameters() -> Value {
    json!({
        "Case": { "type": "string", "required": true },
        "A": { "type": "string" },
        "B": { "type": "string" },
        "On": { "type": "boolean" },
        "Off": { "type": "boolean", "required": true, "default": false },
        "List": { "type": "stringArray" },
        "Word": { "type": "string", "required": true, "default": "word" },
        "Words": { "type": "stringArray", "required": true, "default": ["one", "two"] },
    })
}

/// Expands the short form of a call: `[function, arguments...]`, with `"$Name"` for a reference.
fn call(short: &Value) -> Value {
    match short {
        Value::Array(parts) => {
            let (function, arguments) = parts.split_first().expect("a function");
            json!({ "fn": function, "argv": arguments.iter().map(call).collect::<Vec<_>>() })
        }
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => json!({ "ref": name }),
            None => short.clone(),
        },
        other => other.clone(),
    }
}

/// The expected result of a condition: whether it holds, or its string value.
#[derive(Clone, Copy)]
enum Is {
    Holds,
    Not,
    Text(&'static str),
}
use Is::{Holds, Not, Text};

/// Returns conditions, each with parameters and expected results.
fn cases() -> Vec<(Value, Vec<(Value, Is)>)> {
    let text = |condition: Value, rows: &[(&str, Is)]| {
        (condition, rows.iter().map(|(a, is)| (json!({ "A": a }), *is)).collect())
    };
    let arn = |path: &str| json!(["getAttr", ["aws.parseArn", "$A"], path]);
    let url = |path: &str| json!(["getAttr", ["parseURL", "$A"], path]);
    let none = || json!({});
    vec![
        (json!(["stringEquals", "$Word", ""]), vec![(none(), Not), (json!({ "Word": "" }), Holds)]),
        (
            json!(["not", ["stringEquals", "", "$A"]]),
            vec![(json!({ "A": "" }), Not), (json!({ "A": "x" }), Holds), (none(), Not)],
        ),
        (
            json!(["booleanEquals", "$Off", ["stringEquals", "$Word", ""]]),
            vec![(none(), Holds), (json!({ "Word": "" }), Not)],
        ),
        (json!(["isSet", "$A"]), vec![(json!({ "A": "" }), Holds), (none(), Not)]),
        (json!(["isSet", "$Off"]), vec![(none(), Holds), (json!({ "Off": true }), Holds)]),
        (
            json!(["isSet", ["parseURL", "$A"]]),
            vec![(json!({ "A": "http://h" }), Holds), (json!({ "A": "h" }), Not), (none(), Not)],
        ),
        (
            json!(["isSet", ["getAttr", "$List", "[1]"]]),
            vec![(json!({ "List": ["a", "b"] }), Holds), (json!({ "List": ["a"] }), Not), (none(), Not)],
        ),
        (json!(["isSet", ["uriEncode", "$A"]]), vec![(json!({ "A": "é" }), Holds), (none(), Not)]),
        (json!(["not", ["isSet", "$A"]]), vec![(json!({ "A": "" }), Not), (none(), Holds)]),
        (json!(["not", "$On"]), vec![(json!({ "On": false }), Holds), (json!({ "On": true }), Not), (none(), Not)]),
        (json!(["not", "$Off"]), vec![(none(), Holds), (json!({ "Off": true }), Not)]),
        (json!(["not", ["not", "$Off"]]), vec![(none(), Not), (json!({ "Off": true }), Holds)]),
        (
            json!(["not", ["stringEquals", "$A", "x"]]),
            vec![(json!({ "A": "x" }), Not), (json!({ "A": "y" }), Holds), (none(), Not)],
        ),
        (
            json!(["not", ["isValidHostLabel", "$A", false]]),
            vec![(json!({ "A": "a b" }), Holds), (json!({ "A": "a" }), Not), (none(), Not)],
        ),
        (
            json!(["stringEquals", "$A", "x"]),
            vec![(json!({ "A": "x" }), Holds), (json!({ "A": "X" }), Not), (none(), Not)],
        ),
        (json!(["stringEquals", "é", "{A}"]), vec![(json!({ "A": "é" }), Holds), (json!({ "A": "e\u{301}" }), Not)]),
        (
            json!(["stringEquals", "$A", "$B"]),
            vec![(json!({ "A": "x", "B": "x" }), Holds), (json!({ "A": "x" }), Not), (none(), Not)],
        ),
        (
            json!(["stringEquals", "$Word", "{A}rd"]),
            vec![(json!({ "A": "wo" }), Holds), (json!({ "A": "bi" }), Not), (none(), Not)],
        ),
        (
            json!(["stringEquals", "{A}-{B}", "x-y"]),
            vec![
                (json!({ "A": "x", "B": "y" }), Holds),
                (json!({ "A": "x-y" }), Not),
                (json!({ "A": "y", "B": "x" }), Not),
            ],
        ),
        (
            json!(["booleanEquals", "$On", true]),
            vec![(json!({ "On": true }), Holds), (json!({ "On": false }), Not), (none(), Not)],
        ),
        (
            json!(["booleanEquals", false, "$On"]),
            vec![(json!({ "On": true }), Not), (json!({ "On": false }), Holds), (none(), Not)],
        ),
        (
            json!(["booleanEquals", "$On", "$Off"]),
            vec![(json!({ "On": false }), Holds), (json!({ "On": true }), Not), (none(), Not)],
        ),
        (
            json!(["booleanEquals", ["isSet", "$A"], ["isSet", "$B"]]),
            vec![(none(), Holds), (json!({ "A": "", "B": "" }), Holds), (json!({ "A": "" }), Not)],
        ),
        (
            json!(["booleanEquals", ["stringEquals", "$A", "x"], false]),
            vec![(json!({ "A": "x" }), Not), (json!({ "A": "y" }), Holds), (none(), Not)],
        ),
        text(
            json!(["uriEncode", "$A"]),
            &[
                ("a b", Text("a%20b")),
                ("ab", Text("ab")),
                ("", Text("")),
                ("é/", Text("%C3%A9%2F")),
                ("%", Text("%25")),
            ],
        ),
        text(json!(["uriEncode", "<{A}>"]), &[("a", Text("%3Ca%3E")), ("日", Text("%3C%E6%97%A5%3E"))]),
        text(
            json!(["substring", "$A", 0, 2, false]),
            &[("abc", Text("ab")), ("a", Not), ("ab", Text("ab")), ("aé", Not), ("日本語", Not)],
        ),
        text(
            json!(["substring", "$A", 1, 3, true]),
            &[("abcd", Text("bc")), ("abc", Text("ab")), ("ab", Not), ("", Not), ("ééé", Not)],
        ),
        text(
            json!(["substring", ["uriEncode", "x{A}"], 0, 3, true]),
            &[("é", Text("%A9")), ("ab", Text("xab")), ("", Not)],
        ),
        text(
            json!(["parseURL", "$A"]),
            &[("http://h", Holds), ("https://h:1/p", Holds), ("http://h?q", Not), ("", Not), ("http://é é", Not)],
        ),
        text(url("scheme"), &[("HTTP://h", Text("http")), ("https://h", Text("https")), ("h", Not)]),
        text(
            url("authority"),
            &[("http://u@h:80/a", Text("h:80")), ("https://[::1]:8", Text("[::1]:8")), ("http://h", Text("h"))],
        ),
        text(
            url("normalizedPath"),
            &[("http://h", Text("/")), ("http://h/a/b", Text("/a/b/")), ("http://h/a/", Text("/a/"))],
        ),
        text(url("path"), &[("http://h", Text("")), ("http://h/é", Text("/é")), ("http//h", Not)]),
        text(url("isIp"), &[("http://1.2.3.4", Holds), ("http://[::1]", Holds), ("http://h", Not), ("h", Not)]),
        text(json!(["booleanEquals", url("isIp"), false]), &[("http://h", Holds), ("http://1.2.3.4", Not), ("h", Not)]),
        text(json!(["stringEquals", url("scheme"), "https"]), &[("https://h", Holds), ("http://h", Not), ("h", Not)]),
        text(
            json!(["aws.parseArn", "$A"]),
            &[("arn:p:s:::x", Holds), ("arn:p:s::x", Not), ("arn:p::::x", Not), ("", Not)],
        ),
        text(arn("partition"), &[("arn:p:s:r:a:x", Text("p")), ("arn:::::", Not)]),
        text(arn("accountId"), &[("arn:p:s:r:a:x", Text("a")), ("arn:p:s:::x", Text(""))]),
        text(arn("resourceId[0]"), &[("arn:p:s:r:a:x/y:z", Text("x")), ("arn:p:s:r:a::", Text(""))]),
        text(
            arn("resourceId[1]"),
            &[("arn:p:s:r:a:x/y:z", Text("y")), ("arn:p:s:r:a:x", Not), ("arn:p:s:r:a:x:", Text(""))],
        ),
        text(arn("resourceId[-1]"), &[("arn:p:s:r:a:x/y:é", Text("é")), ("arn:p:s:r:a:x", Text("x"))]),
        text(
            json!(["getAttr", ["aws.partition", "$A"], "name"]),
            &[
                ("us-east-1", Text("aws")),
                ("cn-north-1", Text("aws-cn")),
                ("us-gov-x-1", Text("aws-us-gov")),
                ("é", Text("aws")),
                ("", Text("aws")),
            ],
        ),
        (json!(["aws.partition", "$A"]), vec![(none(), Not), (json!({ "A": "x" }), Holds)]),
        text(
            json!(["isValidHostLabel", "$A", false]),
            &[("a-b", Holds), ("a.b", Not), ("", Not), ("-", Not), ("é", Not)],
        ),
        text(
            json!(["isValidHostLabel", "$A", true]),
            &[("a-b", Holds), ("a.b", Holds), ("a..b", Not), (".", Not), ("日.本", Not)],
        ),
        text(
            json!(["aws.isVirtualHostableS3Bucket", "$A", false]),
            &[("bucket", Holds), ("a.bucket", Not), ("Bucket", Not), ("ab", Not), ("bücket", Not)],
        ),
        text(
            json!(["aws.isVirtualHostableS3Bucket", "$A", true]),
            &[("a.bucket", Holds), ("1.2.3.4", Not), ("a.-b", Not), ("", Not)],
        ),
        text(
            json!(["getAttr", ["split", "$A", "--", 0], "[1]"]),
            &[("a--b--c", Text("b")), ("a-b", Not), ("--", Text("")), ("é--日", Text("日")), ("", Not)],
        ),
        text(
            json!(["getAttr", ["split", "$A", "-", 2], "[-1]"]),
            &[("a-b-c", Text("b-c")), ("a", Text("a")), ("", Text(""))],
        ),
        text(json!(["getAttr", ["split", "$A", "-", 1], "[0]"]), &[("a-b-c", Text("a-b-c")), ("-", Text("-"))]),
        text(json!(["getAttr", ["split", "x-{A}", "{A}", 0], "[0]"]), &[("a", Text("x-")), ("", Text("x-"))]),
        (
            json!(["getAttr", "$List", "[0]"]),
            vec![(json!({ "List": ["é"] }), Text("é")), (json!({ "List": [] }), Not), (none(), Not)],
        ),
        (
            json!(["getAttr", "$List", "[-2]"]),
            vec![(json!({ "List": ["a", "b"] }), Text("a")), (json!({ "List": ["a"] }), Not)],
        ),
        (json!(["getAttr", "$Words", "[1]"]), vec![(none(), Text("two")), (json!({ "Words": ["x"] }), Not)]),
        (
            json!(["coalesce", "$A", "$B", "c"]),
            vec![
                (json!({ "A": "a" }), Text("a")),
                (json!({ "B": "b" }), Text("b")),
                (none(), Text("c")),
                (json!({ "A": "" }), Text("")),
            ],
        ),
        (
            json!(["coalesce", "$A", "$B"]),
            vec![(json!({ "A": "a", "B": "b" }), Text("a")), (json!({ "B": "b" }), Text("b")), (none(), Not)],
        ),
        (json!(["coalesce", "$Word", "$A"]), vec![(none(), Text("word")), (json!({ "A": "a" }), Text("word"))]),
        (
            json!(["coalesce", ["getAttr", "$List", "[0]"], ["substring", "$A", 0, 1, false], "{Word}!"]),
            vec![
                (json!({ "List": ["l"] }), Text("l")),
                (json!({ "A": "abc" }), Text("a")),
                (json!({ "A": "é" }), Text("word!")),
            ],
        ),
        (
            json!(["coalesce", "$On", false]),
            vec![(json!({ "On": true }), Holds), (json!({ "On": false }), Not), (none(), Not)],
        ),
        (
            json!(["coalesce", "$On", true]),
            vec![(json!({ "On": true }), Holds), (json!({ "On": false }), Not), (none(), Holds)],
        ),
        (
            json!(["getAttr", ["coalesce", "$List", "$Words"], "[0]"]),
            vec![(json!({ "List": ["l"] }), Text("l")), (none(), Text("one"))],
        ),
        (
            json!(["getAttr", ["coalesce", ["parseURL", "$A"], ["parseURL", "$B"]], "scheme"]),
            vec![
                (json!({ "A": "https://h" }), Text("https")),
                (json!({ "A": "h", "B": "http://h" }), Text("http")),
                (none(), Not),
            ],
        ),
        (json!(["ite", "$Off", "yes", "no"]), vec![(none(), Text("no")), (json!({ "Off": true }), Text("yes"))]),
        (
            json!(["ite", "$On", "yes", "no"]),
            vec![(json!({ "On": true }), Text("yes")), (json!({ "On": false }), Text("no")), (none(), Not)],
        ),
        (json!(["ite", ["isSet", "$A"], "$A", "none"]), vec![(json!({ "A": "a" }), Text("a")), (none(), Text("none"))]),
        (
            json!(["ite", "$Off", "$A", "$B"]),
            vec![(json!({ "B": "b" }), Text("b")), (json!({ "B": "b", "Off": true }), Not)],
        ),
        (json!(["ite", "$Off", "$On", true]), vec![(none(), Holds), (json!({ "On": false, "Off": true }), Not)]),
        (
            json!(["ite", ["stringEquals", "$Word", "word"], true, false]),
            vec![(none(), Holds), (json!({ "Word": "x" }), Not)],
        ),
        (
            json!(["stringEquals", ["ite", "$Off", "-{Word}", "{A}"], "x"]),
            vec![(json!({ "A": "x" }), Holds), (none(), Not), (json!({ "Word": "x", "Off": true }), Not)],
        ),
    ]
}

/// Returns the conditions, and whether each assigns a string.
fn conditions() -> Vec<(Value, bool)> {
    let condition = |(number, (condition, rows)): (usize, (Value, Vec<(Value, Is)>))| {
        let mut condition = call(&condition);
        let gives_text = rows.iter().any(|(_, is)| matches!(is, Text(_)));
        if gives_text {
            condition["assign"] = json!(format!("found{number}"));
        }
        (condition, gives_text)
    };
    cases().into_iter().enumerate().map(condition).collect()
}

fn is_case(number: usize) -> Value {
    json!({ "fn": "stringEquals", "argv": ["{Case}", number.to_string()] })
}

fn error(text: &str) -> Value {
    json!({ "type": "error", "conditions": [], "error": text })
}

/// Returns the rule for a condition that holds: an error with its string value, if it has one.
fn found(number: usize, gives_text: bool) -> Value {
    error(&if gives_text { format!("<{{found{number}}}>") } else { "holds".to_owned() })
}

fn tests() -> Vec<Value> {
    let mut tests = Vec::new();
    for (number, (condition, rows)) in cases().into_iter().enumerate() {
        for (mut params, is) in rows {
            params["Case"] = json!(number.to_string());
            let error = match is {
                Holds => "holds".to_owned(),
                Not => "not".to_owned(),
                Text(text) => format!("<{text}>"),
            };
            tests.push(
                json!({ "documentation": condition.to_string(), "params": params, "expect": { "error": error } }),
            );
        }
    }
    tests
}

/// Compiles rules and runs all cases.
fn run(name: &str, form: &str, rules: Value) {
    let tree = bench::service(json!({
        form: rules,
        "smithy.rules#endpointTests": { "version": "1.0", "testCases": tests() },
    }));
    let mut bench = Bench::new();
    bench.resolver("own", &tree);
    bench.table(&tree, "own");
    bench.run(name, 1);
}

#[test]
fn functions_in_rule_sets() {
    assert!(tests().len() > 180, "{}", tests().len());
    let rules = conditions().into_iter().enumerate().map(|(number, (condition, gives_text))| {
        let mut found = found(number, gives_text);
        found["conditions"] = json!([condition]);
        json!({ "type": "tree", "conditions": [is_case(number)], "rules": [found, error("not")] })
    });
    let rules = json!({ "version": "1.3", "parameters": parameters(), "rules": rules.collect::<Vec<_>>() });
    run("endpoint_functions_rules", "smithy.rules#endpointRuleSet", rules);
}

/// Two nodes per case: whether it is this case, and whether its condition holds. Every other case uses negated references.
#[test]
fn functions_in_decision_diagrams() {
    const RESULTS: i32 = 100_000_000;
    let mut nodes = vec![[-1, 1, -1]];
    let (mut tests, mut results) = (Vec::new(), vec![error("not")]);
    let cases = conditions();
    let negated = |number: usize, reference: i32| if number % 2 == 1 { -reference } else { reference };
    let ways = |number: usize, high: i32, low: i32| if number % 2 == 1 { [low, high] } else { [high, low] };
    for (number, (condition, gives_text)) in cases.iter().enumerate() {
        let (this, last) = (number as i32, number + 1 == cases.len());
        let next = if last { 1 } else { negated(number + 1, 2 * this + 4) };
        let [high, low] = ways(number, negated(number, 2 * this + 3), next);
        nodes.push([2 * this, high, low]);
        let [high, low] = ways(number, RESULTS + 2 + this, RESULTS + 1);
        nodes.push([2 * this + 1, high, low]);
        tests.extend([is_case(number), condition.clone()]);
        results.push(found(number, *gives_text));
    }
    let bytes: Vec<u8> = nodes.iter().flatten().flat_map(|number| number.to_be_bytes()).collect();
    let diagram = json!({
        "version": "1.1", "parameters": parameters(), "conditions": tests, "results": results,
        "root": 2, "nodeCount": nodes.len(), "nodes": base64(&bytes),
    });
    run("endpoint_functions_diagram", "smithy.rules#endpointBdd", diagram);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert!(bytes.len() % 3 == 0, "needs no padding");
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[bits >> shift & 63]))
    });
    digits.collect()
}
