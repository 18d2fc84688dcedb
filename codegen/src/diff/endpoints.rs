//! Compares endpoint rules and their tests by evaluating them.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::Generated;
use super::{Change, CrateVerdict, Finding};
use crate::endpoint::eval::{self, Params, Resolved};
use crate::endpoint::ir::{
    BuiltIn, Decision, EndpointTest, Literal, Outcome, Param, ParamSource, ParamType, Rule, RuleSet,
};

/// The maximum number of differences shown.
const SHOWN: usize = 3;

/// The parameter sets on which both sides were evaluated.
struct Compared {
    compared: usize,
    /// The results before and after, where they differ.
    differences: Vec<(Params, Resolved, Resolved)>,
}

/// Adds the results of the evaluation to findings about rules and tests.
pub(super) fn compare(before: &Generated<'_>, after: &Generated<'_>, findings: &mut Vec<Finding>) -> Vec<Change> {
    let outcome = outcomes(before, after);
    // A rewrite of the rules is one finding, whichever trait holds them.
    let rules: Vec<usize> = positions(findings, "endpoint-rules");
    if let Some(first) = rules.first() {
        let finding = &mut findings[*first];
        finding.was = Some(form(before));
        finding.is = Some(match outcome.differences.len() {
            0 if outcome.compared == 0 => format!("{}; the same ones", form(after)),
            0 => format!("{}; the same for all {} sets of parameters", form(after), outcome.compared),
            count => format!("{}; other endpoints for {count} of {} sets of parameters", form(after), outcome.compared),
        });
        for surplus in rules.iter().skip(1).rev() {
            findings.remove(*surplus);
        }
    }
    for position in positions(findings, "endpoint-tests") {
        let (was, is) = (cases(before), cases(after));
        let gone = was.keys().filter(|case| !is.contains_key(*case)).count();
        let new = is.keys().filter(|case| !was.contains_key(*case)).count();
        let other = was.iter().filter(|(case, expected)| is.get(*case).is_some_and(|now| now != *expected)).count();
        let failing = failing(after);
        let finding = &mut findings[position];
        finding.was = Some(counted(was.len(), "case"));
        finding.is = Some(format!(
            "{}: {new} new, {gone} gone, {other} with another result; {}",
            counted(is.len(), "case"),
            if failing == 0 {
                "the rules pass all".to_owned()
            } else {
                format!("the rules fail {failing} with the partitions of today")
            }
        ));
    }
    changes(outcome, &after.service.id)
}

fn positions(findings: &[Finding], rule: &str) -> Vec<usize> {
    findings.iter().enumerate().filter(|(_, found)| found.rule.id == rule).map(|(position, _)| position).collect()
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Returns the number of rules, nested ones included.
fn count(rules: &[Rule]) -> usize {
    let within = |rule: &Rule| match &rule.outcome {
        Outcome::Rules(rules) => count(rules),
        _ => 0,
    };
    rules.iter().map(|rule| 1 + within(rule)).sum()
}

/// The form of a service's rules.
fn form(side: &Generated<'_>) -> String {
    let rules = &side.service.endpoint;
    match &rules.decision {
        Decision::Rules(rules) => counted(count(rules), "rule"),
        Decision::Diagram(diagram) => format!("a diagram of {}", counted(diagram.nodes.len(), "node")),
    }
}

/// Returns how the rules differ in behavior.
fn changes(outcome: Compared, service: &str) -> Vec<Change> {
    let count = outcome.differences.len();
    let shown = outcome.differences.into_iter().take(SHOWN).map(|(params, was, is)| {
        format!("endpoint for {}: {} → {}", written(&params), result_text(&was), result_text(&is))
    });
    let mut lines: Vec<String> = shown.collect();
    if count > SHOWN {
        lines.push(format!("other endpoints for {} more sets of parameters", count - SHOWN));
    }
    lines
        .into_iter()
        .map(|what| Change {
            only: &["endpoint-rules", "service-trait", "client-context-params", "endpoint-params", "shape-removed"],
            ..Change::new(CrateVerdict::Behaviour, what, &[service.to_owned()])
        })
        .collect()
}

fn result_text(resolved: &Resolved) -> String {
    match resolved {
        Ok(endpoint) => endpoint.to_string(),
        Err(message) => format!("error {message:?}"),
    }
}

fn written(params: &Params) -> String {
    let value = |literal: &Literal| match literal {
        Literal::String(text) => text.clone(),
        Literal::Boolean(value) => value.to_string(),
        Literal::StringArray(texts) => texts.join(" "),
    };
    let pairs: Vec<String> = params.iter().map(|(name, literal)| format!("{name}={}", value(literal))).collect();
    if pairs.is_empty() { "no parameters".to_owned() } else { pairs.join(" ") }
}

fn outcomes(before: &Generated<'_>, after: &Generated<'_>) -> Compared {
    let (was, is) = (&before.service.endpoint, &after.service.endpoint);
    // Equal rules need no evaluation.
    if format!("{was:?}") == format!("{is:?}") {
        return Compared { compared: 0, differences: Vec::new() };
    }
    let mut sets: BTreeMap<String, Params> = BTreeMap::new();
    for side in [before, after] {
        let tests = side.service.endpoint_tests.iter().map(|test| eval::test_params(&side.service.endpoint, test));
        for params in tests.chain(grid(side)) {
            sets.entry(written(&params)).or_insert(params);
        }
    }
    let compared = sets.len();
    let differences = sets.into_values().filter_map(|params| {
        let old = eval::resolve(was, &before.options.partitions, &params);
        let new = eval::resolve(is, &after.options.partitions, &params);
        (!same(&old, &new)).then_some((params, old, new))
    });
    Compared { compared, differences: differences.collect() }
}

/// Errors are equal, whatever their messages.
fn same(was: &Resolved, is: &Resolved) -> bool {
    match (was, is) {
        (Err(_), Err(_)) => true,
        (was, is) => was == is,
    }
}

/// Returns all regions combined with FIPS, dual-stack and a custom endpoint, and some values of each other parameter.
fn grid(side: &Generated<'_>) -> Vec<Params> {
    let rules = &side.service.endpoint;
    let named = |built_in: BuiltIn| {
        rules
            .params
            .iter()
            .find(|param| param.source == ParamSource::BuiltIn(built_in))
            .map(|param| param.wire_name.clone())
    };
    let regions: BTreeSet<String> = side
        .options
        .partitions
        .iter()
        .flat_map(|partition| partition.regions.iter().chain([&partition.implicit_global_region]))
        .cloned()
        .chain(["".to_owned(), "nowhere".to_owned(), "not a region".to_owned(), "eu-new-9".to_owned()])
        .collect();
    let regions = regions.into_iter().map(Some).chain([None]);
    let mut sets = Vec::new();
    let others: Vec<Params> = others(rules, &side.service.endpoint_tests);
    for region in regions {
        for bits in 0..8 {
            let mut params = Params::new();
            let mut set = |name: Option<String>, literal| {
                if let Some(name) = name {
                    params.insert(name, literal);
                }
            };
            if let Some(region) = &region {
                set(named(BuiltIn::Region), Literal::String(region.clone()));
            }
            for (bit, built_in) in [(1, BuiltIn::UseFips), (2, BuiltIn::UseDualStack)] {
                if bits & bit != 0 {
                    set(named(built_in), Literal::Boolean(true));
                }
            }
            if bits & 4 != 0 {
                set(named(BuiltIn::Endpoint), Literal::String("https://example.com/base".to_owned()));
            }
            sets.push(params);
        }
    }
    let plain: Vec<Params> = sets.iter().filter(|params| params.len() == 1).cloned().collect();
    for other in &others {
        sets.extend(plain.iter().map(|params| params.clone().into_iter().chain(other.clone()).collect()));
    }
    sets
}

/// Returns values of the parameters that are not built-in, one at a time: those in tests, and both booleans.
fn others(rules: &RuleSet, tests: &[EndpointTest]) -> Vec<Params> {
    let mut sets: BTreeMap<String, Params> = BTreeMap::new();
    let custom = |param: &&Param| !matches!(param.source, ParamSource::BuiltIn(_));
    for param in rules.params.iter().filter(custom) {
        let mut values: Vec<Literal> = tests
            .iter()
            .flat_map(|test| &test.params)
            .filter(|(name, _)| *name == param.name)
            .map(|(_, value)| value.literal.clone())
            .collect();
        if matches!(param.ty, ParamType::Boolean | ParamType::BooleanOr(_)) {
            values.extend([Literal::Boolean(false), Literal::Boolean(true)]);
        }
        for value in values {
            let params = Params::from([(param.wire_name.clone(), value)]);
            sets.insert(written(&params), params);
        }
    }
    sets.into_values().collect()
}

/// Returns the tests of a model, by parameters, with their expectations.
fn cases(side: &Generated<'_>) -> BTreeMap<String, String> {
    let rules = &side.service.endpoint;
    let case = |test: &EndpointTest| (written(&eval::test_params(rules, test)), result_text(&eval::expected(test)));
    side.service.endpoint_tests.iter().map(case).collect()
}

/// Returns how many of a model's own tests its rules fail.
fn failing(side: &Generated<'_>) -> usize {
    let rules = &side.service.endpoint;
    let fails = |test: &&EndpointTest| {
        let params = eval::test_params(rules, test);
        eval::resolve(rules, &side.options.partitions, &params) != eval::expected(test)
    };
    side.service.endpoint_tests.iter().filter(fails).count()
}
