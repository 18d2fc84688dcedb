//! Lowers the trait `smithy.rules#endpointRuleSet` to [`RuleSet`].

use serde::Deserialize;
use serde_json::Value;

use super::expr::{self, Scope};
use super::functions::{self, Base};
use super::ir::{Condition, Decision, Expr, Outcome, Rule, RuleSet};
use super::outcome::{self, RawEndpoint};
use super::params::{self, ClientParams, RawParam};
use super::visit::uses;
use crate::model::is_identifier;
use crate::naming;

/// The maximum number of nested conditions: each that binds a name nests the generated code by one level.
const MAX_DEPTH: usize = 64;

const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3"];

#[derive(Deserialize)]
struct RawRuleSet {
    version: String,
    parameters: indexmap::IndexMap<String, RawParam>,
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    /// Documentation; not generated.
    #[serde(rename = "documentation")]
    _documentation: Option<String>,
    #[serde(default)]
    pub(super) conditions: Vec<Value>,
    #[serde(rename = "type")]
    ty: String,
    rules: Option<Vec<RawRule>>,
    error: Option<Value>,
    endpoint: Option<RawEndpoint>,
}

/// Lowers a rule set. `client` has the client context parameters. Problems go to `complain`, each with its place in
/// the rule set.
pub(crate) fn read_rule_set(value: &Value, client: &ClientParams, complain: &mut dyn FnMut(String)) -> RuleSet {
    let raw = match RawRuleSet::deserialize(value) {
        Ok(raw) => raw,
        Err(error) => {
            complain(format!("malformed: {error}"));
            return RuleSet::default();
        }
    };
    check_version(&raw.version, complain);
    let (params, scope) = params::read(raw.parameters, client, complain);
    let rules = read_rules(&raw.rules, "rules", &scope, 0, complain);
    RuleSet::new(params, Decision::Rules(rules))
}

pub(super) fn check_version(version: &str, complain: &mut dyn FnMut(String)) {
    if !VERSIONS.contains(&version) {
        complain(format!("version {version:?} is not known; {VERSIONS:?} are"));
    }
}

fn read_rules(
    raw: &[RawRule],
    place: &str,
    scope: &Scope,
    depth: usize,
    complain: &mut dyn FnMut(String),
) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let Some(rule) = read_rule(raw, &place, scope.clone(), depth, complain) else { continue };
        let decides = rule.is_unconditional();
        rules.push(rule);
        if decides {
            // Later rules are unreachable.
            break;
        }
    }
    rules
}

fn read_rule(
    raw: &RawRule,
    place: &str,
    mut scope: Scope,
    depth: usize,
    complain: &mut dyn FnMut(String),
) -> Option<Rule> {
    let depth = depth + 1 + raw.conditions.len();
    if depth > MAX_DEPTH {
        complain(format!("{place}: more than {MAX_DEPTH} rules and conditions stand above each other"));
        return None;
    }
    let mut conditions = Vec::new();
    for (index, condition) in raw.conditions.iter().enumerate() {
        match read_condition(condition, &mut scope) {
            Ok(condition) => conditions.extend(condition),
            Err(message) => {
                complain(format!("{place}.conditions[{index}]: {message}"));
                return None;
            }
        }
    }
    let outcome = match (raw.ty.as_str(), &raw.rules) {
        ("tree", Some(rules)) => {
            Ok(Outcome::Rules(read_rules(rules, &format!("{place}.rules"), &scope, depth, complain)))
        }
        _ => read_end(raw, &scope),
    };
    match outcome {
        Ok(outcome) => {
            // A name that is never used needs no value.
            for index in (0..conditions.len()).rev() {
                if matches!(&conditions[index], Condition::Let(name, _) if !uses(name, &conditions[index + 1..], &outcome))
                {
                    conditions.remove(index);
                }
            }
            Some(Rule { conditions, outcome })
        }
        Err(message) => {
            complain(format!("{place}: {message}"));
            None
        }
    }
}

/// Lowers the outcome of a rule without further rules.
pub(super) fn read_end(raw: &RawRule, scope: &Scope) -> Result<Outcome, String> {
    match (raw.ty.as_str(), &raw.error, &raw.endpoint) {
        ("error", Some(error), _) => outcome::text(error, scope).map(Outcome::Error),
        ("endpoint", _, Some(endpoint)) => outcome::endpoint(endpoint, scope).map(Outcome::Endpoint),
        (ty, ..) => Err(format!("a rule of type {ty:?} needs the part of that name")),
    }
}

/// Lowers a condition to steps: none if it always holds.
fn read_condition(value: &Value, scope: &mut Scope) -> Result<Vec<Condition>, String> {
    let function = value.get("fn").and_then(Value::as_str).unwrap_or_default();
    let arguments = value.get("argv").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let assign = value.get("assign").and_then(Value::as_str);
    let mut steps = Vec::new();
    // `isSet` of a name makes the name known to be present afterwards, and so does a function of it that returned a
    // value.
    let is_set = function == "isSet" && arguments.len() == 1;
    if is_set || function == "getAttr" || functions::find(function).is_some() {
        for name in arguments.iter().filter_map(expr::reference) {
            steps.extend(bind_if_optional(&name, scope)?);
        }
    }
    let (expr, ty) = expr::read(value, scope)?;
    let Some(name) = assign else {
        match expr::truth((expr, ty)) {
            Expr::Bool(true) => {}
            test => steps.push(Condition::Test(test)),
        }
        return Ok(steps);
    };
    let ident = assigned_name(name, scope)?;
    scope.bind(name, expr::bound(&ident), ty.base.always());
    steps.push(if ty.optional {
        Condition::HttpBindings(ident.clone(), expr)
    } else {
        Condition::Let(ident.clone(), expr)
    });
    if ty.base == Base::Boolean {
        // A condition with the value false does not hold, whatever it assigns.
        steps.push(Condition::Test(expr::bound(&ident)));
    }
    Ok(steps)
}

/// Returns the Rust name of a name that a condition assigns.
pub(super) fn assigned_name(name: &str, scope: &Scope) -> Result<proc_macro2::Ident, String> {
    if !is_identifier(name) || scope.has(name) {
        return Err(format!("assigns to {name:?}, which is no identifier or already taken"));
    }
    Ok(scope.unused(naming::variable_name(name)))
}

/// Binds a name that may be absent to its value, which the name then stands for.
pub(super) fn bind_if_optional(name: &str, scope: &mut Scope) -> Result<Option<Condition>, String> {
    let (expr, ty) = scope.get(name)?;
    if !ty.optional {
        return Ok(None);
    }
    let ident = match &expr {
        Expr::Param(name) | Expr::Bound(name) => name.clone(),
        _ => scope.unused(naming::variable_name(name)),
    };
    scope.bind(name, expr::bound(&ident), ty.base.always());
    Ok(Some(Condition::HttpBindings(ident, expr)))
}
