//! Every rule, by pairs of small models and their expected findings. `UPDATE_FIXTURES=1` writes what is
//! expected; then read the diff.

mod diff_pairs;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use codegen::diff::{CrateVerdict, Diff, Finding, RULES, diff};
use codegen::{Options, read_model};
use diff_pairs::{Pair, pairs};

fn options() -> Options {
    let partitions = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/partitions.json"));
    let partitions = codegen::read_partitions("partitions.json", &partitions.expect("readable")).expect("partitions");
    Options { partitions, ..Default::default() }
}

fn compared(pair: &Pair) -> Diff {
    let (old, new) = pair.models();
    let read = |file: &str, model: &serde_json::Value| {
        read_model(file, &model.to_string()).unwrap_or_else(|report| panic!("{}: {report}", pair.rule))
    };
    let found = diff(&read("old.json", &old), &read("new.json", &new), &options());
    if let Some((side, report)) = found.refused.first() {
        panic!("{}: the {side} side is refused: {report}", pair.rule);
    }
    found
}

/// All pairs, compared once for all tests.
static COMPARED: LazyLock<Vec<(Pair, Diff)>> = LazyLock::new(|| {
    let compared = |pair: Pair| {
        let diff = compared(&pair);
        (pair, diff)
    };
    pairs().into_iter().map(compared).collect()
});

/// Formats the findings of a pair, one per line, with the differences that caused their verdicts.
fn description(pair: &Pair, found: &Diff) -> String {
    let mut text = format!("{} {}\n", pair.rule, found.bump.expect("both are generated"));
    for finding in &found.findings {
        let model =
            finding.model.as_ref().map_or("nothing".to_owned(), |model| format!("{} {}", model.severity, model.id));
        let value = |value: &Option<String>| value.clone().unwrap_or("…".to_owned());
        text.push_str(&format!(
            "  {} {}: {} → {} | {model} | {}\n",
            finding.rule.id,
            finding.shape,
            value(&finding.was),
            value(&finding.is),
            finding.krate.expect("both are generated")
        ));
        let worst = finding.changes.iter().filter(|change| Some(change.verdict) == finding.krate);
        for change in worst.take(2) {
            text.push_str(&format!("      {}\n", change.what));
        }
    }
    text
}

#[test]
fn findings_match_expectations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff_pairs/expected.txt");
    let actual: Vec<String> = COMPARED.iter().map(|(pair, found)| description(pair, found)).collect();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, actual.join("\n")).expect("written");
    }
    let expected = std::fs::read_to_string(&path).expect("expected.txt");
    let expected: Vec<&str> = expected.split("\n\n").collect();
    assert_eq!(actual.len(), expected.len(), "UPDATE_FIXTURES=1 writes what is expected");
    for (actual, expected) in actual.iter().zip(expected) {
        assert_eq!(actual.trim_end(), expected.trim_end(), "UPDATE_FIXTURES=1 writes what is expected");
    }
}

#[test]
fn every_rule_has_a_pair_within_its_maximum_effect() {
    for rule in RULES {
        let own: Vec<&Pair> = COMPARED.iter().map(|(pair, _)| pair).filter(|pair| pair.rule == rule.id).collect();
        assert!(!own.is_empty(), "{} has no pair", rule.id);
        let reached = own.iter().any(|pair| pair.krate == rule.most.to_string());
        assert!(reached, "{}: no pair is {}", rule.id, rule.most);
        if rule.most == CrateVerdict::Breaking {
            assert!(own.iter().any(|pair| !pair.caller.is_empty()), "{} has no caller that it breaks", rule.id);
        }
    }
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(names.len(), RULES.len(), "names differ");
    for (pair, found) in COMPARED.iter() {
        let own = found.findings.iter().filter(|finding| finding.rule.id == pair.rule);
        let verdict =
            own.filter_map(|finding| finding.krate).max().unwrap_or_else(|| panic!("{} finds nothing", pair.rule));
        assert_eq!(verdict.to_string(), pair.krate, "{}\n{}", pair.rule, description(pair, found));
        // What fails before it is sent compiles.
        let fails = |finding: &Finding| {
            finding.rule.id == pair.rule
                && finding.changes.iter().any(|it| it.what.ends_with("fail before they are sent"))
        };
        let compiles = pair.krate != "breaking" || found.findings.iter().any(fails);
        assert_eq!(compiles, pair.caller.is_empty(), "{}: a caller for what breaks", pair.rule);
        for finding in &found.findings {
            assert!(finding.krate <= Some(finding.rule.most), "{} goes further than it can", finding.rule.id);
            assert!(
                finding.rule.id != "generated-code" || pair.rule == "generated-code",
                "nothing explains {finding:#?}"
            );
        }
    }
}

#[test]
fn unchanged_models_have_no_findings() {
    for pair in pairs() {
        let (old, _) = pair.models();
        let model = read_model("old.json", &old.to_string()).expect("a model");
        let found = diff(&model, &model, &options());
        assert!(found.findings.is_empty(), "{:#?}", found.findings);
        assert_eq!(found.bump.map(|bump| bump.to_string()).as_deref(), Some("none"));
    }
}

#[test]
fn smithy_versions_are_leveled_before_comparing() {
    let shapes = |text: &str, count: &str, colour: &str| {
        format!(
            r#"{text}, "shapes": {{
                "x#Service": {{ "type": "service", "version": "1", "operations": [{{ "target": "x#Get" }}],
                    "traits": {{ "aws.protocols#restJson1": {{}}, "aws.api#service": {{ "endpointPrefix": "x" }} }} }},
                "x#Get": {{ "type": "operation", "output": {{ "target": "x#Output" }},
                    "traits": {{ "smithy.api#http": {{ "method": "GET", "uri": "/" }} }} }},
                "x#Output": {{ "type": "structure", "members": {{
                    "count": {count}, "maybe": {{ "target": "smithy.api#Integer" }}, "colour": {{ "target": "x#Colour" }} }} }},
                "x#Colour": {colour}
            }} }}"#
        )
    };
    let old = shapes(
        r#"{ "smithy": "1.0""#,
        r#"{ "target": "smithy.api#PrimitiveInteger" }"#,
        r#"{ "type": "string", "traits": { "smithy.api#enum": [{ "value": "red", "name": "RED" }] } }"#,
    );
    let new = shapes(
        r#"{ "smithy": "2.0""#,
        r#"{ "target": "smithy.api#PrimitiveInteger", "traits": { "smithy.api#default": 0 } }"#,
        r#"{ "type": "enum", "members": { "RED": { "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": "red" } } } }"#,
    );
    let read = |text: &str| read_model("m.json", text).unwrap_or_else(|report| panic!("{report}"));
    for (was, is) in [(&old, &new), (&new, &old)] {
        let found = diff(&read(was), &read(is), &options());
        assert!(found.findings.is_empty() && found.refused.is_empty(), "{found:#?}");
    }
}
