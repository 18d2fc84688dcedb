//! From the trait `smithy.rules#endpointRuleSet` to [`RuleSet`].

use serde::Deserialize;
use serde_json::{Value, json};

use super::expr::{self, Base, Scope, Ty};
use super::ir::{BuiltIn, Condition, Expr, Outcome, Param, ParamType, Rule, RuleSet};
use super::visit::uses;
use crate::model::is_identifier;
use crate::naming;

/// How many conditions may stand above each other: each that binds a name nests the generated
/// code by one level.
const MAX_DEPTH: usize = 64;

#[derive(Deserialize)]
struct RawRuleSet {
    version: String,
    parameters: indexmap::IndexMap<String, RawParam>,
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawParam {
    #[serde(rename = "type")]
    ty: String,
    built_in: Option<String>,
    #[serde(default)]
    required: bool,
    default: Option<Value>,
    #[serde(default)]
    documentation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    /// What the rule is for; not generated.
    #[serde(rename = "documentation")]
    _documentation: Option<String>,
    #[serde(default)]
    conditions: Vec<Value>,
    #[serde(rename = "type")]
    ty: String,
    rules: Option<Vec<RawRule>>,
    error: Option<Value>,
    endpoint: Option<RawEndpoint>,
}

#[derive(Deserialize)]
struct RawEndpoint {
    url: Value,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    #[serde(default)]
    properties: serde_json::Map<String, Value>,
}

/// Reads a rule set. Problems go to `complain`, each with its place inside the rule set.
pub(crate) fn read_rule_set(value: &Value, complain: &mut dyn FnMut(String)) -> RuleSet {
    let raw = match RawRuleSet::deserialize(value) {
        Ok(raw) => raw,
        Err(error) => {
            complain(format!("malformed: {error}"));
            return RuleSet::default();
        }
    };
    if !matches!(raw.version.as_str(), "1.0" | "1.1") {
        complain(format!("version {:?} is not known; 1.0 and 1.1 are", raw.version));
    }
    let mut scope = Scope::default();
    let mut params: Vec<Param> = Vec::new();
    for (wire_name, raw) in raw.parameters {
        match read_param(&wire_name, raw) {
            Ok(param) if params.iter().any(|other| other.name == param.name) => {
                complain(format!("parameters.{wire_name}: another parameter becomes {} in Rust too", param.name));
            }
            Ok(param) => {
                let (base, optional) = match param.ty {
                    ParamType::String => (Base::String, !param.required),
                    ParamType::Boolean => (Base::Boolean, !param.required),
                    ParamType::BooleanOr(_) => (Base::Boolean, false),
                };
                // A required one is bound to a name of its own before the first rule.
                let expr = if param.required { expr::bound(&param.name) } else { Expr::Param(param.name.clone()) };
                scope.bind(&wire_name, expr, Ty { base, optional });
                params.push(param);
            }
            Err(message) => complain(format!("parameters.{wire_name}: {message}")),
        }
    }
    let rules = read_rules(&raw.rules, "rules", &scope, 0, complain);
    RuleSet { params, rules }
}

fn read_param(wire_name: &str, raw: RawParam) -> Result<Param, String> {
    if !is_identifier(wire_name) {
        return Err("is no identifier".to_owned());
    }
    let built_in = match raw.built_in.as_deref() {
        Some("AWS::Region") => BuiltIn::Region,
        Some("AWS::UseFIPS") => BuiltIn::UseFips,
        Some("AWS::UseDualStack") => BuiltIn::UseDualStack,
        Some("SDK::Endpoint") => BuiltIn::Endpoint,
        Some(other) => return Err(format!("built-in {other} is not supported yet")),
        None => return Err("parameters that are not built-in are not supported yet".to_owned()),
    };
    let ty = match (raw.ty.to_ascii_lowercase().as_str(), &raw.default) {
        ("string", None) => ParamType::String,
        ("boolean", None) => ParamType::Boolean,
        ("boolean", Some(Value::Bool(default))) => ParamType::BooleanOr(*default),
        ("string", Some(_)) => return Err("a string parameter with a default is not supported yet".to_owned()),
        (other, _) => return Err(format!("type {other:?} is not supported yet, or its default is of another type")),
    };
    Ok(Param {
        wire_name: wire_name.to_owned(),
        name: naming::variable_name(wire_name),
        docs: crate::docs::to_markdown(&raw.documentation),
        required: raw.required && !matches!(ty, ParamType::BooleanOr(_)),
        ty,
        built_in,
    })
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
            // Nothing behind it can ever be reached.
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
    let outcome = match (raw.ty.as_str(), &raw.rules, &raw.error, &raw.endpoint) {
        ("tree", Some(rules), ..) => {
            Ok(Outcome::Rules(read_rules(rules, &format!("{place}.rules"), &scope, depth, complain)))
        }
        ("error", _, Some(error), _) => text(error, &scope).map(Outcome::Error),
        ("endpoint", _, _, Some(endpoint)) => {
            if !endpoint.headers.is_empty() || !endpoint.properties.is_empty() {
                Err("headers and properties of an endpoint are not supported yet".to_owned())
            } else {
                text(&endpoint.url, &scope).map(Outcome::Url)
            }
        }
        (ty, ..) => Err(format!("a rule of type {ty:?} needs the part of that name")),
    };
    match outcome {
        Ok(outcome) => {
            // A name that nothing uses needs no value.
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

fn text(value: &Value, scope: &Scope) -> Result<Expr, String> {
    let (expr, ty) = expr::read(value, scope)?;
    if ty == Base::String.always() { Ok(expr) } else { Err(format!("{value} is not a string that is known to be set")) }
}

/// The steps of a condition: none when it always holds.
fn read_condition(value: &Value, scope: &mut Scope) -> Result<Vec<Condition>, String> {
    let function = value.get("fn").and_then(Value::as_str).unwrap_or_default();
    let arguments = value.get("argv").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut steps = Vec::new();
    if let Some(name) = arguments.first().filter(|_| arguments.len() == 1).and_then(expr::reference) {
        // `isSet` of a name makes the name known to be set in what follows, and so does a
        // function of it that gave a value.
        if function == "isSet" || expr::gives_nothing_for_nothing(function) {
            steps.extend(bind_if_optional(name, scope)?);
        }
        if function == "isSet" {
            return Ok(steps);
        }
    }
    let (expr, ty) = expr::read(value, scope)?;
    if let Some(name) = value.get("assign").and_then(Value::as_str) {
        let ident = Some(name).filter(|name| is_identifier(name)).map(naming::variable_name);
        let Some(ident) = ident.filter(|ident| !scope.has_rust_name(ident)) else {
            return Err(format!("assigns to {name:?}, which is no identifier or already taken"));
        };
        scope.bind(name, expr::bound(&ident), ty.base.always());
        steps.push(if ty.optional {
            Condition::Bind(ident.clone(), expr)
        } else {
            Condition::Let(ident.clone(), expr)
        });
        if ty.base == Base::Boolean {
            // A condition does not hold when its value is false, whatever it assigns.
            steps.push(Condition::Test(expr::bound(&ident)));
        }
        return Ok(steps);
    }
    match expr::truth((expr, ty))? {
        Expr::Bool(true) => {}
        test => steps.push(Condition::Test(test)),
    }
    Ok(steps)
}

/// Binds a name that may not be set to its value, which the name then stands for.
fn bind_if_optional(name: &str, scope: &mut Scope) -> Result<Option<Condition>, String> {
    let (expr, ty) = expr::read(&json!({ "ref": name }), scope)?;
    if !ty.optional {
        return Ok(None);
    }
    let ident = naming::variable_name(name);
    scope.bind(name, expr::bound(&ident), ty.base.always());
    Ok(Some(Condition::Bind(ident, expr)))
}

/// The rules that every regional service followed before models carried rule sets.
pub(crate) fn regional_rule_set(prefix: &str) -> Value {
    let on = |name: &str| json!({ "fn": "booleanEquals", "argv": [{ "ref": name }, true] });
    let supports = |what: &str| json!({ "fn": "booleanEquals", "argv": [{ "fn": "getAttr", "argv": [{ "ref": "partition" }, what] }, true] });
    let url = |host: &str, suffix: &str| {
        json!({
            "type": "endpoint",
            "endpoint": { "url": format!("https://{prefix}{host}.{{Region}}.{{partition#{suffix}}}") },
        })
    };
    let error = |text: &str| json!({ "type": "error", "error": text });
    let when = |condition: Value, mut rule: Value| {
        rule["conditions"] = json!([condition]);
        rule
    };
    let tree = |conditions: Value, rules: Value| json!({ "type": "tree", "conditions": conditions, "rules": rules });
    json!({
        "version": "1.0",
        "parameters": {
            "Region": { "type": "string", "builtIn": "AWS::Region", "documentation": "The region." },
            "UseDualStack": { "type": "boolean", "builtIn": "AWS::UseDualStack", "required": true, "default": false,
                "documentation": "Use the host that answers over IPv6 as well as IPv4." },
            "UseFIPS": { "type": "boolean", "builtIn": "AWS::UseFIPS", "required": true, "default": false,
                "documentation": "Use the host whose cryptography is FIPS 140 validated." },
            "Endpoint": { "type": "string", "builtIn": "SDK::Endpoint",
                "documentation": "A base URL to send requests to, in place of the one derived from the region." },
        },
        "rules": [
            tree(json!([{ "fn": "isSet", "argv": [{ "ref": "Endpoint" }] }]), json!([
                when(on("UseFIPS"), error("Invalid Configuration: FIPS and custom endpoint are not supported")),
                when(on("UseDualStack"), error("Invalid Configuration: Dualstack and custom endpoint are not supported")),
                { "type": "endpoint", "endpoint": { "url": { "ref": "Endpoint" } } },
            ])),
            tree(
                json!([
                    { "fn": "isSet", "argv": [{ "ref": "Region" }] },
                    { "fn": "aws.partition", "argv": [{ "ref": "Region" }], "assign": "partition" },
                ]),
                json!([
                    tree(json!([on("UseFIPS"), on("UseDualStack")]), json!([
                        tree(json!([supports("supportsFIPS"), supports("supportsDualStack")]),
                            json!([url("-fips", "dualStackDnsSuffix")])),
                        error("FIPS and DualStack are enabled, but this partition does not support one or both"),
                    ])),
                    tree(json!([on("UseFIPS")]), json!([
                        when(supports("supportsFIPS"), url("-fips", "dnsSuffix")),
                        error("FIPS is enabled but this partition does not support FIPS"),
                    ])),
                    tree(json!([on("UseDualStack")]), json!([
                        when(supports("supportsDualStack"), url("", "dualStackDnsSuffix")),
                        error("DualStack is enabled but this partition does not support DualStack"),
                    ])),
                    url("", "dnsSuffix"),
                ]),
            ),
            error("Invalid Configuration: Missing Region"),
        ],
    })
}
