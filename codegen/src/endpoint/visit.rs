//! Looking through rules: which names and functions they use.

use proc_macro2::Ident;

use super::ir::{Condition, Expr, Outcome, Rule, TemplatePart};

/// Whether a name is used by later conditions or by the outcome.
pub(super) fn uses(name: &Ident, conditions: &[Condition], outcome: &Outcome) -> bool {
    let mut found = false;
    let mut look = |expr: &Expr| visit(expr, &mut |expr| found |= matches!(expr, Expr::Bound(bound) if bound == name));
    visit_conditions(conditions, &mut look);
    visit_outcome(outcome, &mut look);
    found
}

/// Whether an expression stands anywhere in the rules.
pub(super) fn mentions(rules: &[Rule], wanted: &Expr) -> bool {
    any(rules, |expr| expr == wanted)
}

/// Whether the rules call a function of the runtime.
pub(super) fn calls(rules: &[Rule], wanted: &str) -> bool {
    any(rules, |expr| matches!(expr, Expr::Call { function, .. } if *function == wanted))
}

fn any(rules: &[Rule], is: impl Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    visit_rules(rules, &mut |expr| visit(expr, &mut |expr| found |= is(expr)));
    found
}

fn visit_rules(rules: &[Rule], look: &mut dyn FnMut(&Expr)) {
    for rule in rules {
        visit_conditions(&rule.conditions, look);
        visit_outcome(&rule.outcome, look);
    }
}

fn visit_conditions(conditions: &[Condition], look: &mut dyn FnMut(&Expr)) {
    for condition in conditions {
        let (Condition::Bind(_, expr) | Condition::Let(_, expr) | Condition::Test(expr)) = condition;
        look(expr);
    }
}

fn visit_outcome(outcome: &Outcome, look: &mut dyn FnMut(&Expr)) {
    match outcome {
        Outcome::Rules(rules) => visit_rules(rules, look),
        Outcome::Error(expr) | Outcome::Url(expr) => look(expr),
    }
}

fn visit(expr: &Expr, look: &mut dyn FnMut(&Expr)) {
    look(expr);
    match expr {
        Expr::Param(_) | Expr::Bound(_) | Expr::Text(_) | Expr::Bool(_) => {}
        Expr::Template(parts) => {
            for part in parts {
                if let TemplatePart::Value(expr) = part {
                    visit(expr, look);
                }
            }
        }
        Expr::Attribute(inner, _) | Expr::Not(inner) | Expr::IsSome(inner) | Expr::Call { argument: inner, .. } => {
            visit(inner, look);
        }
        Expr::Equals(left, right) | Expr::EqualsSome(left, right) => {
            visit(left, look);
            visit(right, look);
        }
    }
}
