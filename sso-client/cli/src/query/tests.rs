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

/// With frames that are not optimized, on less than half of the stack of a main thread.
#[test]
fn nothing_is_nested_without_end() {
    let value = serde_json::json!({ "a": [[1, { "a": 2 }]] });
    let check = move || {
        let last = [("(", "a"), ("[", "a"), ("!", "a"), ("{a:", "a"), ("a.", "a"), ("a|", "a"), ("a||", "a")];
        let more =
            [("&", "a"), ("a[?", "a"), ("a==", "a"), ("a && ", "a"), ("*.", "*"), ("length(", "a"), ("[].", "a")];
        for (part, last) in last.into_iter().chain(more).chain([("", "a")]) {
            let signs = depth::of(&part.repeat(100)).div_ceil(100).max(1);
            let most = part.repeat(depth::MAX / signs) + last;
            let closed = part.chars().rev().filter_map(|sign| match sign {
                '(' => Some(')'),
                '[' if !part.contains(']') => Some(']'),
                '{' => Some('}'),
                _ => None,
            });
            let closed = closed.collect::<String>().repeat(depth::MAX / signs);
            for text in [most.clone(), format!("{most}{closed}")] {
                let found = Query::compile(&text).and_then(|query| query.search(&value));
                assert!(!found.is_err_and(|failed| failed.message.contains("nested")), "{part}");
            }
            if !part.is_empty() {
                let failed = Query::compile(&part.repeat(100_000)).expect_err(part);
                assert!(failed.message.ends_with("nested more than 256 levels deep"), "{}", failed.message);
            }
        }
        for chain in [".a", "[0]", "[]", "[*]", "[?a]", ".*", "|a", ".{a: a}", ".[a]"] {
            let found = Query::compile(&format!("a{}", chain.repeat(85))).and_then(|query| query.search(&value));
            assert!(found.is_ok(), "{chain}: {found:?}");
            let failed = Query::compile(&format!("a{}", chain.repeat(100_000))).expect_err(chain);
            assert!(failed.message.ends_with("nested more than 256 levels deep"), "{}", failed.message);
        }
    };
    let thread = std::thread::Builder::new().stack_size(3 << 20).spawn(check).expect("a thread");
    thread.join().expect("it holds");
}

#[test]
fn depth_is_not_length() {
    let members = (0..5_000).map(|number| format!("\"m{number}\": a.b[0]")).collect::<Vec<_>>().join(", ");
    assert_eq!(depth::of(&format!("{{{members}}}")), 3);
    assert_eq!(depth::of("'((((' || `[[[[` && \"!!!!\""), 2);
    assert_eq!(depth::of("))))]"), 0);
    let filter = (0..200).map(|number| format!("a.b[0] == '{number}'")).collect::<Vec<_>>().join(" || ");
    assert_eq!(depth::of(&format!("[?{filter}]")), 1 + 199 + 3);
    // What is closed is nested by what follows it.
    assert_eq!(depth::of(&format!("{}a{}", "(".repeat(100), ".a.a)".repeat(100))), 300);
}
