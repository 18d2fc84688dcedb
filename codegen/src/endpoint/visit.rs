//! Analyzes rules: which names and functions they use.

use std::collections::HashSet;

use proc_macro2::Ident;

use super::ir::{Condition, Decision, Expr, Outcome, Param, Property, Rule, RuleSet, TemplatePart};

impl RuleSet {
    /// Returns a rule set, with the analysis that emitters need.
    pub(super) fn new(params: Vec<Param>, mut decision: Decision) -> Self {
        if let Decision::Rules(rules) = &mut decision {
            prune(rules);
        }
        let has_details = match &decision {
            Decision::Rules(rules) => any_details(rules),
            Decision::Diagram(diagram) => {
                diagram.results.iter().any(|(_, rule)| any_details(std::slice::from_ref(rule)))
            }
        };
        let mut names = HashSet::new();
        let mut found = Self { params, has_details, ..Self::default() };
        visit_all(&decision, &mut |expr| match expr {
            Expr::Param(name) => {
                found.reads_params = true;
                names.insert(name.clone());
            }
            Expr::Bound(name) => drop(names.insert(name.clone())),
            Expr::Call("partition", _) => found.looks_up_regions = true,
            Expr::Template(_) | Expr::Call("uri_encode", _) | Expr::Attribute(_, "normalized_path") => {
                found.composes_texts = true;
            }
            _ => {}
        });
        for param in &mut found.params {
            param.read = names.contains(&param.name);
        }
        Self { decision, ..found }
    }
}

fn prune(rules: &mut Vec<Rule>) {
    if let Some(last) = rules.iter().position(Rule::is_unconditional) {
        rules.truncate(last + 1);
    }
    for rule in rules {
        if let Outcome::Rules(rules) = &mut rule.outcome {
            prune(rules);
        }
    }
}

fn any_details(rules: &[Rule]) -> bool {
    rules.iter().any(|rule| match &rule.outcome {
        Outcome::Rules(rules) => any_details(rules),
        Outcome::Error(_) => false,
        Outcome::Endpoint(endpoint) => endpoint.has_details(),
    })
}

/// Returns `true` if later conditions or the outcome use a name.
pub(super) fn uses(name: &Ident, conditions: &[Condition], outcome: &Outcome) -> bool {
    let mut found = false;
    let mut look = |expr: &Expr| found = found || mentions(expr, name);
    visit_conditions(conditions, &mut look);
    visit_outcome(outcome, &mut look);
    found
}

/// Returns `true` if an expression uses a bound name.
pub(super) fn mentions(expr: &Expr, name: &Ident) -> bool {
    let mut found = false;
    visit(expr, &mut |expr| found |= matches!(expr, Expr::Bound(bound) if bound == name));
    found
}

/// Visits every expression of a decision, nested ones too.
fn visit_all(decision: &Decision, look: &mut dyn FnMut(&Expr)) {
    let mut deep = |expr: &Expr| visit(expr, look);
    match decision {
        Decision::Rules(rules) => visit_rules(rules, &mut deep),
        Decision::Diagram(diagram) => {
            for (_, test) in &diagram.tests {
                deep(&test.holds);
                if let Some((_, value)) = &test.assign {
                    deep(value);
                }
            }
            for (_, rule) in &diagram.results {
                visit_rules(std::slice::from_ref(rule), &mut deep);
            }
        }
    }
}

pub(super) fn visit_rules(rules: &[Rule], look: &mut dyn FnMut(&Expr)) {
    for rule in rules {
        visit_conditions(&rule.conditions, look);
        visit_outcome(&rule.outcome, look);
    }
}

fn visit_conditions(conditions: &[Condition], look: &mut dyn FnMut(&Expr)) {
    for condition in conditions {
        let (Condition::HttpBindings(_, expr) | Condition::Let(_, expr) | Condition::Test(expr)) = condition;
        look(expr);
    }
}

/// Visits the expressions of an outcome. Its templates are emitted in place, and so visited by their parts.
fn visit_outcome(outcome: &Outcome, look: &mut dyn FnMut(&Expr)) {
    let look: &mut dyn FnMut(&Expr) = &mut |expr| match expr {
        Expr::Template(parts) => parts.iter().for_each(|part| {
            if let TemplatePart::Value(value) = part {
                look(value);
            }
        }),
        expr => look(expr),
    };
    match outcome {
        Outcome::Rules(rules) => visit_rules(rules, look),
        Outcome::Error(expr) => look(expr),
        Outcome::Endpoint(endpoint) => {
            look(&endpoint.url);
            endpoint.headers.iter().flat_map(|(_, values)| values).for_each(&mut *look);
            endpoint.properties.iter().for_each(|(_, property)| visit_property(property, look));
        }
    }
}

fn visit_property(property: &Property, look: &mut dyn FnMut(&Expr)) {
    match property {
        Property::Null | Property::Boolean(_) | Property::Integer(_) => {}
        Property::Text(expr) => look(expr),
        Property::List(items) => items.iter().for_each(|item| visit_property(item, look)),
        Property::Object(entries) => entries.iter().for_each(|(_, value)| visit_property(value, look)),
    }
}

pub(super) fn visit(expr: &Expr, look: &mut dyn FnMut(&Expr)) {
    look(expr);
    match expr {
        Expr::Param(_) | Expr::Bound(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Integer(_) => {}
        Expr::Template(parts) => {
            for part in parts {
                if let TemplatePart::Value(expr) = part {
                    visit(expr, look);
                }
            }
        }
        Expr::Attribute(inner, _)
        | Expr::Item(inner, _)
        | Expr::Not(inner)
        | Expr::IsSome(inner)
        | Expr::Present(inner) => visit(inner, look),
        Expr::Equals(left, right) | Expr::EqualsSome(left, right) => {
            visit(left, look);
            visit(right, look);
        }
        Expr::Call(_, arguments) => arguments.iter().for_each(|argument| visit(argument, look)),
        Expr::Coalesce(optional, last) => {
            optional.iter().chain(last.as_deref()).for_each(|argument| visit(argument, look));
        }
        Expr::If(condition, yes, no) => [condition, yes, no].into_iter().for_each(|expr| visit(expr, look)),
        Expr::With { value, body, .. } => {
            visit(value, look);
            visit(body, look);
        }
    }
}
