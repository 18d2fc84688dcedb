//! Tables: what expressions are parsed as, what they are compiled to, and why some are refused.

use serde_json::json;

use super::ast::{Comparison, Expr, Source};
use super::{Root, compile, parser};
use crate::lower::lower;

/// An expression with all its parentheses, and words for what symbols are.
fn shown(expr: &Expr) -> String {
    let all = |exprs: &[Expr]| exprs.iter().map(shown).collect::<Vec<_>>().join(", ");
    match expr {
        Expr::Current => "@".to_owned(),
        Expr::Field(name) => name.clone(),
        Expr::Sub(left, right) => format!("({}.{})", shown(left), shown(right)),
        Expr::Index(left, index) => format!("({} at {index})", shown(left)),
        Expr::Project { left, source, right } => {
            let source = match source {
                Source::Items => "items".to_owned(),
                Source::Values => "values".to_owned(),
                Source::Flatten => "flat".to_owned(),
                Source::Filter(condition) => format!("if {}", shown(condition)),
                Source::Slice { start, stop, step } => format!("slice {start:?} {stop:?} {step}"),
            };
            format!("({} {source} => {})", shown(left), shown(right))
        }
        Expr::Pipe(left, right) => format!("({} | {})", shown(left), shown(right)),
        Expr::Or(left, right) => format!("({} or {})", shown(left), shown(right)),
        Expr::And(left, right) => format!("({} and {})", shown(left), shown(right)),
        Expr::Not(inner) => format!("(not {})", shown(inner)),
        Expr::Compare(comparison, left, right) => {
            let sign = match comparison {
                Comparison::Equal => "==",
                Comparison::NotEqual => "!=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            format!("({} {sign} {})", shown(left), shown(right))
        }
        Expr::Literal(value) => value.to_string(),
        Expr::List(items) => format!("[{}]", all(items)),
        Expr::Hash(entries) => {
            let entries = entries.iter().map(|(name, value)| format!("{name}: {}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Expr::Call(name, arguments) => format!("{name}({})", all(arguments)),
        Expr::Reference(inner) => format!("&{}", shown(inner)),
    }
}

#[test]
fn parsed() {
    for (text, expected) in [
        ("a", "a"),
        (" a . b.c ", "((a.b).c)"),
        ("\"a b\".\"\\u00e9\"", "(a b.é)"),
        ("@", "@"),
        ("a[0].b[-1]", "(((a at 0).b) at -1)"),
        ("[0]", "(@ at 0)"),
        ("a[*].b", "(a items => b)"),
        ("a.b[*].c", "((a.b) items => c)"),
        ("a.b[?c].d", "((a.b) if c => d)"),
        ("a[*].b[*].c", "(a items => (b items => c))"),
        ("a[*].b[0]", "(a items => (b at 0))"),
        ("a[*][0]", "(a items => (@ at 0))"),
        ("[*].a", "(@ items => a)"),
        ("a[].b", "(a flat => b)"),
        ("a[].b[]", "((a flat => b) flat => @)"),
        ("a[][]", "((a flat => @) flat => @)"),
        ("[]", "(@ flat => @)"),
        ("a.*", "(a values => @)"),
        ("a.*.b", "(a values => b)"),
        ("*.a", "(@ values => a)"),
        ("*[0]", "(@ values => (@ at 0))"),
        ("a[1:3]", "(a slice Some(1) Some(3) 1 => @)"),
        ("a[:].b", "(a slice None None 1 => b)"),
        ("a[::-2]", "(a slice None None -2 => @)"),
        ("a[?b]", "(a if b => @)"),
        ("a[?b == 'c'].d", "(a if (b == \"c\") => d)"),
        ("a[?b][?c]", "(a if b => (@ if c => @))"),
        ("a[?b] | [0]", "((a if b => @) | (@ at 0))"),
        ("(a[].b)[0]", "((a flat => b) at 0)"),
        ("a || b && c", "(a or (b and c))"),
        ("a && b || c", "((a and b) or c)"),
        ("a || b | c", "((a or b) | c)"),
        ("!a && b", "((not a) and b)"),
        ("!a == b", "((not a) == b)"),
        ("!(a == b)", "(not (a == b))"),
        ("!a[0]", "(not (a at 0))"),
        ("a == b && c != d", "((a == b) and (c != d))"),
        ("a<b||c<=d||e>f||g>=h", "((((a < b) or (c <= d)) or (e > f)) or (g >= h))"),
        ("a.b == 'x'", "((a.b) == \"x\")"),
        (r"'it\'s \\ \n'", r#""it's \\ \\n""#),
        (r#"`{"a": [1, "\`"]}`"#, r#"{"a":[1,"`"]}"#),
        ("`1.5`", "1.5"),
        ("[a, b.c]", "[a, (b.c)]"),
        ("a.[b, c][]", "((a.[b, c]) flat => @)"),
        ("a[*].[b]", "(a items => [b])"),
        ("[*, a]", "[(@ values => @), a]"),
        ("{a: b, \"c d\": e.f}", "{a: b, c d: (e.f)}"),
        ("a.{b: c}.b", "((a.{b: c}).b)"),
        ("length(a.b)", "length((a.b))"),
        ("contains(a[].b, 'c')", "contains((a flat => b), \"c\")"),
        ("f()", "f()"),
        ("sort_by(a, &b.c)", "sort_by(a, &(b.c))"),
        ("length(a[?b > `0`]) == `1`", "(length((a if (b > 0) => @)) == 1)"),
    ] {
        let parsed = parser::parse(text).map(|expr| shown(&expr));
        assert_eq!(parsed.as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn not_parsed() {
    let long = "a.".repeat(300) + "a";
    let deep = "(".repeat(250) + "a";
    for (text, told) in [
        ("", "ends too early"),
        ("a.", "follows a dot"),
        ("a.'b'", "follows a dot"),
        ("a b", "stands where it cannot"),
        ("a ==", "ends too early"),
        ("a = b", "'=' does not belong"),
        ("a[", "ends too early"),
        ("a[b]", "stands where it cannot"),
        ("a[]b", "stands where it cannot"),
        ("a[1 2]", "stands where it cannot"),
        ("a[1:2:0]", "stands in brackets"),
        ("a[:::]", "stands where it cannot"),
        ("[]]", "stands where it cannot"),
        ("f(a", "ends too early"),
        ("f(a,)", "stands where it cannot"),
        ("\"f\"(a)", "stands where it cannot"),
        ("[a", "ends too early"),
        ("{a}", "has to"),
        ("{}", "needs an entry"),
        ("{'a': b}", "stands where it cannot"),
        ("'a", "is missing at the end"),
        ("`a`", "is no JSON"),
        ("\"\\q\"", "is no JSON string"),
        ("99999999999999999999", "no whole number"),
        ("a[1-2]", "no whole number"),
        ("é", "does not belong"),
        ("a[?b", "ends too early"),
        (&long, "more than 256 words"),
        (&deep, "ends too early"),
    ] {
        let error = parser::parse(text).expect_err(text);
        assert!(error.contains(told), "{text}: {error}");
    }
}

/// What becomes of an expression over the output of a small model.
fn compiled(text: &str, finish: impl FnOnce(super::Compiled<'_>) -> Result<String, String>) -> Result<String, String> {
    let required = json!({ "smithy.api#required": {} });
    let string = "smithy.api#String";
    let members = json!({
        "text": { "target": string },
        "name": { "target": string, "traits": required },
        "state": { "target": "x#State" },
        "on": { "target": "smithy.api#Boolean" },
        "type": { "target": "smithy.api#Boolean", "traits": required },
        "count": { "target": "smithy.api#Integer" },
        "size": { "target": "smithy.api#Long", "traits": required },
        "part": { "target": "x#Part" },
        "choice": { "target": "x#Choice" },
        "parts": { "target": "x#Parts" },
        "texts": { "target": "x#Texts" },
        "gaps": { "target": "x#Gaps" },
        "map": { "target": "x#Map" },
        "when": { "target": "smithy.api#Timestamp" },
    });
    let model = json!({ "smithy": "2.0", "shapes": {
        "x#Service": {
            "type": "service", "version": "1", "operations": [{ "target": "x#Get" }],
            "traits": { "aws.protocols#restJson1": {}, "aws.api#service": { "sdkId": "x" } },
        },
        "x#Get": {
            "type": "operation", "input": { "target": "x#In" }, "output": { "target": "x#Out" },
            "traits": { "smithy.api#http": { "method": "POST", "uri": "/" } },
        },
        "x#In": { "type": "structure", "members": members },
        "x#Out": { "type": "structure", "members": members },
        "x#Part": { "type": "structure", "members": members },
        "x#Choice": { "type": "union", "members": { "text": { "target": string }, "part": { "target": "x#Part" } } },
        "x#State": { "type": "enum", "members": { "ON": { "target": "smithy.api#Unit" } } },
        "x#Parts": { "type": "list", "member": { "target": "x#Part" } },
        "x#Texts": { "type": "list", "member": { "target": string } },
        "x#Gaps": { "type": "list", "member": { "target": string }, "traits": { "smithy.api#sparse": {} } },
        "x#Map": { "type": "map", "key": { "target": string }, "value": { "target": "x#Part" } },
    } });
    let model = crate::read_model("model.json", &model.to_string()).expect("a model");
    let service = lower(&model, &crate::Options::default()).expect("a service");
    let operation = &service.operations[0];
    let shapes = super::Shapes { structures: &service.structures, errors: &service.errors, unions: &service.unions };
    let root = if text.starts_with("input") { Root::InputAndOutput } else { Root::Output };
    compile(text, root, &operation.input, &operation.output, shapes).and_then(finish)
}

/// Asserts what an expression becomes, spaces aside, and that it is Rust.
fn check(text: &str, compiled: Result<String, String>, expected: &str) {
    let compiled = compiled.unwrap_or_else(|error| panic!("{text}: {error}"));
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(plain(&compiled), plain(expected), "{text}");
    syn::parse_str::<syn::Expr>(&compiled).unwrap_or_else(|error| panic!("{text}: {compiled}: {error}"));
}

#[test]
fn strings() {
    for (text, expected) in [
        ("text", "output.text() == Some(\"x\")"),
        ("name", "output.name() == \"x\""),
        ("state", "output.state().map(|state| state.as_str()) == Some(\"x\")"),
        ("part.name", "output.part().map(|part| part.name()) == Some(\"x\")"),
        (
            "part.part.state",
            "output.part().and_then(|part| part.part()).and_then(|part| part.state()).map(|state| state.as_str()) == Some(\"x\")",
        ),
        (
            "choice.text",
            "output.choice().and_then(|choice| choice.as_text().ok()).map(|text| text.as_str()) == Some(\"x\")",
        ),
        ("map.\"a b\".name", "output.map().and_then(|map| map.get(\"a b\")).map(|value| value.name()) == Some(\"x\")"),
        (
            "parts[0].name",
            "output.parts.as_ref().and_then(|parts| parts.first()).map(|value| value.name()) == Some(\"x\")",
        ),
        (
            "gaps[-1]",
            "output.gaps.as_ref().and_then(|gaps| gaps.last().and_then(Option::as_ref)).map(|value| value.as_str()) == Some(\"x\")",
        ),
        ("text || name", "output.text().filter(|&text| !text.is_empty()).unwrap_or(output.name()) == \"x\""),
        ("not_null(text, name)", "output.text().unwrap_or(output.name()) == \"x\""),
        ("{a: text} | a", "output.text() == Some(\"x\")"),
        ("input.name", "input.name() == Some(\"x\")"),
        ("`null`", "false"),
    ] {
        check(text, compiled(text, |found| found.equals_text("x").map(|tokens| tokens.to_string())), expected);
    }
}

#[test]
fn booleans() {
    for (text, expected, tokens) in [
        ("on", true, "output.on() == Some(true)"),
        ("on", false, "output.on() == Some(false)"),
        ("type", true, "output.r#type()"),
        ("type", false, "!output.r#type()"),
        ("name == 'a'", true, "output.name() == \"a\""),
        ("name == 'a'", false, "output.name() != \"a\""),
        ("!(text == 'a')", true, "output.text() != Some(\"a\")"),
        (
            "text == 'a' && !type || on == `true`",
            true,
            "output.text() == Some(\"a\") && !output.r#type() || output.on() == Some(true)",
        ),
        ("(type || type) && type", true, "(output.r#type() || output.r#type()) && output.r#type()"),
        ("type == `false`", true, "!output.r#type()"),
        ("part == `null`", true, "output.part().is_none()"),
        ("part != null", true, "output.part().is_some()"),
        ("name == `null`", true, "false"),
        ("count > `-1`", true, "output.count().is_some_and(|count| count > -1)"),
        ("count > `1`", false, "output.count().map(|count| count > 1) == Some(false)"),
        ("size >= count", true, "output.count().map(f64::from).is_some_and(|value| (output.size() as f64) >= value)"),
        ("size < `1.5`", true, "(output.size() as f64) < 1.5"),
        ("length(parts) == `2`", true, "output.parts.as_ref().map(|parts| parts.len()) == Some(2)"),
        (
            "length(parts[?type]) > `0`",
            true,
            "output.parts.as_ref().map(|parts| parts.iter().filter(|&item| item.r#type()).count()).is_some_and(|value| value > 0)",
        ),
        ("!parts", true, "!output.parts.as_ref().is_some_and(|parts| !parts.is_empty())"),
        (
            "contains(texts, 'a')",
            true,
            "output.texts.as_ref().map(|texts| texts.iter().map(|item| item.as_str()).any(|item| item == \"a\")) == Some(true)",
        ),
        ("contains(name, 'a')", true, "output.name().contains(\"a\")"),
        ("starts_with(name, 'a')", false, "!output.name().starts_with(\"a\")"),
        (
            "contains(gaps, text)",
            true,
            "output.gaps.as_ref().map(|gaps| gaps.iter().map(Option::as_ref).map(|item| item.map(|item2| item2.as_str())).any(|item| item == output.text())) == Some(true)",
        ),
        ("input.name == output.name", true, "input.name() == Some(output.name())"),
    ] {
        check(text, compiled(text, |found| found.equals_boolean(expected).map(|tokens| tokens.to_string())), tokens);
    }
}

#[test]
fn lists_of_strings() {
    for (text, expected) in [
        (
            "texts",
            "output.texts.as_ref().is_some_and(|texts| texts.iter().map(|item| item.as_str()).any(|item| item == \"x\"))",
        ),
        (
            "parts[].name",
            "output.parts.as_ref().is_some_and(|parts| parts.iter().map(|item| item.name()).any(|item| item == \"x\"))",
        ),
        (
            "parts[*].part.text",
            "output.parts.as_ref().is_some_and(|parts| parts.iter().filter_map(|item| item.part().and_then(|part| part.text())).any(|item| item == \"x\"))",
        ),
        (
            "parts[].texts[]",
            "output.parts.as_ref().is_some_and(|parts| parts.iter().filter_map(|item| item.texts.as_ref()).flat_map(|list| list.iter().map(|item| item.as_str())).any(|item| item == \"x\"))",
        ),
        (
            "map.*.name",
            "output.map().is_some_and(|map| map.values().map(|item| item.name()).any(|item| item == \"x\"))",
        ),
        ("keys(map)", "output.map().is_some_and(|map| map.keys().map(|key| key.as_str()).any(|item| item == \"x\"))"),
        ("[text, name]", "[output.text(), Some(output.name())].into_iter().any(|item| item == Some(\"x\"))"),
        ("[text, name][]", "[output.text(), Some(output.name())].into_iter().flatten().any(|item| item == \"x\")"),
        (
            "parts[1:3].name",
            "output.parts.as_ref().is_some_and(|parts| parts.iter().skip(1).take(2).map(|item| item.name()).any(|item| item == \"x\"))",
        ),
    ] {
        check(text, compiled(text, |found| found.has_text("x").map(|tokens| tokens.to_string())), expected);
    }
    let all = compiled("texts", |found| found.has_only_text("x").map(|tokens| tokens.to_string()));
    check(
        "texts",
        all,
        "output.texts.as_ref().is_some_and(|texts| { let mut items = texts.iter().map(|item| item.as_str()).peekable(); items.peek().is_some() && items.all(|item| item == \"x\") })",
    );
}

#[test]
fn refused() {
    for (text, told) in [
        ("nothing", "the expression \"nothing\" cannot be compiled: there is no \"nothing\""),
        ("part.nothing", "there is no \"nothing\""),
        ("name.text", "looks for \"text\" in a string"),
        ("parts.name", "looks for \"name\" in a list"),
        ("!part.type", "looks for \"type\" in a boolean"),
        ("when.text", "looks for \"text\" in a timestamp"),
        ("choice.nothing", "there is no \"nothing\" in Choice"),
        ("name == `1`", "compares a string with a number"),
        ("part == 'x'", "compares a structure with a string"),
        ("name > 'x'", "asks which of two is greater, and one is a string"),
        ("name[0]", "by its number in a string"),
        ("name[]", "looks for items in a string"),
        ("part.*", "looks for all values of a structure"),
        ("keys(part)", "the keys of a structure"),
        ("length(part)", "the length of a structure"),
        ("length(texts, texts)", "gives length 2 arguments"),
        ("sort(texts)", "calls sort, which is not supported"),
        ("map(&name, parts)", "is not supported"),
        ("contains(name, `1`)", "calls contains with a number"),
        ("texts[-2:]", "counted from its end"),
        ("[name, count]", "makes a list of a string and a number"),
        ("name || count", "gives a string or else a number"),
        ("`{}`", "an object as a literal"),
        ("part", "it gives a structure, and a boolean is expected"),
        ("text", "it gives a string, and a boolean is expected"),
        ("'a", "is missing at the end"),
        (&("part".to_owned() + &" | not_null(part, part)".repeat(20) + ".on"), "becomes too long"),
        (&("on && ".repeat(60) + "on"), "becomes too long"),
        (&("texts[]".to_owned() + &" | [@[0], @[0]][]".repeat(12)), "becomes too long"),
    ] {
        let error = compiled(text, |found| found.equals_boolean(true).map(|tokens| tokens.to_string()));
        let error = error.expect_err(text);
        assert!(error.contains(told), "{text}: {error}");
    }
    for (text, told) in
        [("parts", "a list of strings is expected"), ("name", "it gives a string, and a list of strings")]
    {
        let error = compiled(text, |found| found.has_text("x").map(|tokens| tokens.to_string())).expect_err(text);
        assert!(error.contains(told), "{text}: {error}");
    }
}
