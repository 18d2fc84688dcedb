//! Tables of expressions and their Rust, or why they are refused.

use serde_json::json;

use super::{Root, Typed, typed};
use crate::emit::query;
use crate::ir::Query;
use crate::lower::lower;
use crate::lower::types::Types;

#[test]
fn not_parsed() {
    let long = "a.".repeat(300) + "a";
    let deep = |depth: usize| "(".repeat(depth) + "a";
    for (text, expected) in [
        ("", "Unexpected token -- found Eof, at character 1"),
        ("a.", "Expected identifier, '*', '{', '[', '&', or '[?' -- found Eof, at character 3"),
        ("a b", "Did not parse the complete expression -- found Identifier(\"b\"), at character 3"),
        ("a = b", "'=' is not valid. Did you mean '=='?, at character 3"),
        ("a[", "Expected number, ':', or '*' -- found Eof"),
        ("f(a,)", "invalid token after ','"),
        ("\"f\"(a)", "Quoted strings can't be a function name"),
        ("{}", "Expected Field to start key value pair"),
        ("'a", "Unclosed ' delimiter"),
        ("`a`", "Unable to parse literal JSON a"),
        ("99999999999999999999", "Expected valid number"),
        ("é", "Invalid character: é, at character 1"),
        (&long, "more than 512 characters"),
        (&"& ".repeat(256), "found Eof, at character 513"),
        (&deep(64), "found Eof, at character 66"),
        (&deep(65), "more than 64 opening signs"),
    ] {
        let error = super::parse(text).map(drop).expect_err(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

/// Lowers an expression over the output of a small model.
fn compiled(text: &str, finish: impl FnOnce(Typed<'_>) -> Result<Query, String>) -> Result<String, String> {
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
    let types = Types { structures: service.structures, unions: service.unions, ..Types::default() };
    let root = if text.starts_with("input") { Root::InputAndOutput } else { Root::Output };
    let found = typed(text, root, &operation.input, &operation.output, &types).and_then(finish)?;
    Ok(query::query(&found.expr).to_string())
}

/// Checks the Rust of an expression, ignoring spaces, and that it parses.
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
        check(text, compiled(text, |found| found.equals_text("x")), expected);
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
        check(text, compiled(text, |found| found.equals_boolean(expected)), tokens);
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
        check(text, compiled(text, |found| found.has_text("x")), expected);
    }
    let all = compiled("texts", |found| found.has_only_text("x"));
    check(
        "texts",
        all,
        "output.texts.as_ref().is_some_and(|texts| { let mut items = texts.iter().map(|item| item.as_str()).peekable(); items.peek().is_some() && items.all(|item| item == \"x\") })",
    );
}

#[test]
fn refused() {
    for (text, expected) in [
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
        ("'a", "Unclosed ' delimiter: 'a, at character 1"),
        ("texts[0:1:0]", "at a distance of 0"),
        (&("part".to_owned() + &" | not_null(part, part)".repeat(20) + ".on"), "becomes too long"),
        (&("on && ".repeat(60) + "on"), "becomes too long"),
        (&("part.".repeat(100) + "nothing"), "there is no \"nothing\""),
        (&("texts[]".to_owned() + &" | [@[0], @[0]][]".repeat(12)), "becomes too long"),
    ] {
        let error = compiled(text, |found| found.equals_boolean(true));
        let error = error.expect_err(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
    for (text, expected) in
        [("parts", "a list of strings is expected"), ("name", "it gives a string, and a list of strings")]
    {
        let error = compiled(text, |found| found.has_text("x")).expect_err(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}
