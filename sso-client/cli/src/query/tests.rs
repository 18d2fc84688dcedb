//! The compliance suite of JMESPath, through what `--query` uses.

use super::*;

#[test]
fn compliance() {
    let Some(folder) = test_support::suite("suites/jmespath") else { return };
    let (mut passed, mut failed) = (0, Vec::new());
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|found| found == "json")) {
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        let groups: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
        for group in groups.as_array().expect("groups") {
            for case in group["cases"].as_array().expect("cases") {
                let text = case["expression"].as_str().expect("an expression");
                let found = Query::compile(text).and_then(|query| query.search(&group["given"]));
                let holds = match (case.get("result"), case.get("error"), &found) {
                    (Some(expected), _, Ok(found)) => same(expected, found),
                    (None, Some(_), Err(_)) => true,
                    (None, Some(_), Ok(_)) => text.is_empty(),
                    (None, None, found) => found.is_ok(),
                    _ => false,
                };
                if holds {
                    passed += 1;
                } else {
                    failed.push(format!("{file}: {text}: {found:?}"));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{passed} passed; {}", failed.join("\n"));
}

/// Numbers are the same whether whole or not, and the order of members does not count.
fn same(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

#[test]
fn what_is_mended() {
    for (text, expected) in [
        ("sum(`[]`)", "0"),
        ("sum(`[1, 2]`)", "3"),
        ("sum(`[1.5, 1]`)", "2.5"),
        ("to_number('000123')", "123"),
        ("to_number('x')", "null"),
        ("`abc`", "\"abc\""),
        ("[`a'b`, 'c`d', \"e\"]", "[\"a'b\",\"c`d\",null]"),
        ("`\"a\\`b\"`", "\"a`b\""),
    ] {
        let found = Query::compile(text).and_then(|query| query.search(&serde_json::json!({})));
        assert_eq!(found.expect("a result").to_string(), expected, "{text}");
    }
}
