//! Evaluates rule sets without compiling them.
//!
//! The generated code and the runtime are what users get; this evaluates the same IR, so that two rule sets can be
//! compared by their results. Tests check it against the models' own tests.

mod functions;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::ir::{
    Condition, Decision, Diagram, Endpoint, EndpointTest, Expr, Literal, Outcome, ParamType, Partition, Property, Rule,
    RuleSet, TemplatePart,
};
use crate::naming;
use functions::{Arn, Url};

/// The values of parameters, by their names in the model. Others have their defaults.
pub type Params = BTreeMap<String, Literal>;

/// The result of a rule set: an endpoint or an error message.
pub type Resolved = Result<ResolvedEndpoint, String>;

/// An endpoint with its templates resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedEndpoint {
    /// Its URL.
    pub url: String,
    /// Its headers, each with its values. Their order is insignificant.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Its properties. Their order is insignificant.
    pub properties: BTreeMap<String, ResolvedProperty>,
}

/// A property of an endpoint with its templates resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolvedProperty {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Properties in order.
    List(Vec<ResolvedProperty>),
    /// Properties by name.
    Object(BTreeMap<String, ResolvedProperty>),
}

impl fmt::Display for ResolvedEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)?;
        for (name, values) in &self.headers {
            write!(f, ", header {name}: {}", values.join(", "))?;
        }
        for (name, value) in &self.properties {
            write!(f, ", {name} {value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ResolvedProperty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Object(entries) => {
                f.write_str("{")?;
                for (index, (name, value)) in entries.iter().enumerate() {
                    write!(f, "{}{name}: {value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Resolves the endpoint for some parameters.
pub fn resolve(rules: &RuleSet, partitions: &[Partition], params: &Params) -> Resolved {
    let mut machine = Machine { partitions, params: HashMap::new(), bound: HashMap::new() };
    for param in &rules.params {
        let value = params.get(&param.wire_name).map(Val::of).or_else(|| default(&param.ty));
        match value {
            Some(value) => {
                if param.required {
                    machine.bound.insert(naming::plain(&param.name), value.clone());
                }
                machine.params.insert(naming::plain(&param.name), value);
            }
            None if param.required => return Err(format!("Invalid Configuration: Missing {}", param.wire_name)),
            None => {}
        }
    }
    match &rules.decision {
        Decision::Rules(rules) => machine.rules(rules),
        Decision::Diagram(diagram) => machine.diagram(diagram),
    }
}

/// Returns the parameters of an endpoint test.
pub fn test_params(rules: &RuleSet, test: &EndpointTest) -> Params {
    let wire = |name| rules.params.iter().find(|param| &param.name == name).map(|param| param.wire_name.clone());
    test.params.iter().filter_map(|(name, value)| Some((wire(name)?, value.literal.clone()))).collect()
}

/// Returns the expected result of an endpoint test.
pub fn expected(test: &EndpointTest) -> Resolved {
    let machine = Machine { partitions: &[], params: HashMap::new(), bound: HashMap::new() };
    match &test.expect {
        Ok(endpoint) => machine.endpoint(endpoint),
        Err(message) => Err(message.clone()),
    }
}

fn default(ty: &ParamType) -> Option<Val<'static>> {
    match ty {
        ParamType::StringOr(text) => Some(Val::Text(text.clone())),
        ParamType::BooleanOr(value) => Some(Val::Bool(*value)),
        ParamType::StringArrayOr(texts) => Some(Val::List(texts.clone())),
        ParamType::String | ParamType::Boolean | ParamType::StringArray => None,
    }
}

/// Returns a value that is present.
#[derive(Clone, Debug, PartialEq)]
enum Val<'p> {
    Text(String),
    Bool(bool),
    Integer(i64),
    List(Vec<String>),
    Partition(&'p str),
    Url(Url),
    Arn(Arn),
}

impl Val<'_> {
    fn of(literal: &Literal) -> Self {
        match literal {
            Literal::String(text) => Self::Text(text.clone()),
            Literal::Boolean(value) => Self::Bool(*value),
            Literal::StringArray(texts) => Self::List(texts.clone()),
        }
    }
}

/// The state of an evaluation.
struct Machine<'p> {
    partitions: &'p [Partition],
    params: HashMap<String, Val<'p>>,
    bound: HashMap<String, Val<'p>>,
}

/// No rule of a tree matched, which a valid rule set excludes.
fn no_rule_matched() -> Resolved {
    Err("no endpoint rule matches these settings".to_owned())
}

impl<'p> Machine<'p> {
    fn rules(&mut self, rules: &[Rule]) -> Resolved {
        rules.iter().find_map(|rule| self.rule(rule)).unwrap_or_else(no_rule_matched)
    }

    fn rule(&mut self, rule: &Rule) -> Option<Resolved> {
        for condition in &rule.conditions {
            match condition {
                Condition::HttpBindings(name, expr) | Condition::Let(name, expr) => {
                    let value = self.value(expr)?;
                    self.bound.insert(naming::plain(name), value);
                }
                Condition::Test(expr) => {
                    if self.value(expr) != Some(Val::Bool(true)) {
                        return None;
                    }
                }
            }
        }
        Some(match &rule.outcome {
            Outcome::Rules(rules) => self.rules(rules),
            Outcome::Error(expr) => Err(self.text(expr)),
            Outcome::Endpoint(endpoint) => self.endpoint(endpoint),
        })
    }

    fn diagram(&mut self, diagram: &Diagram) -> Resolved {
        let mut at = diagram.root;
        // Lowering the diagram has excluded cycles.
        while let Some((_, test, yes, no)) = diagram.nodes.iter().find(|(node, ..)| *node == at) {
            let test = diagram.tests.iter().find(|(number, _)| number == test).map(|(_, test)| test);
            let holds = test.is_some_and(|test| {
                if let Some((name, value)) = &test.assign {
                    let name = naming::plain(name);
                    match self.value(value) {
                        Some(value) => self.bound.insert(name, value),
                        None => self.bound.remove(&name),
                    };
                }
                self.value(&test.holds) == Some(Val::Bool(true))
            });
            at = if holds { *yes } else { *no };
        }
        match diagram.results.iter().find(|(end, _)| *end == at) {
            Some((_, rule)) => self.rule(rule).unwrap_or_else(no_rule_matched),
            None => no_rule_matched(),
        }
    }

    fn endpoint(&self, endpoint: &Endpoint) -> Resolved {
        Ok(ResolvedEndpoint {
            url: self.text(&endpoint.url),
            headers: endpoint
                .headers
                .iter()
                .map(|(name, values)| (name.clone(), values.iter().map(|value| self.text(value)).collect()))
                .collect(),
            properties: self.properties(&endpoint.properties),
        })
    }

    fn properties(&self, properties: &[(String, Property)]) -> BTreeMap<String, ResolvedProperty> {
        properties.iter().map(|(name, property)| (name.clone(), self.property(property))).collect()
    }

    fn property(&self, property: &Property) -> ResolvedProperty {
        match property {
            Property::Null => ResolvedProperty::Null,
            Property::Boolean(value) => ResolvedProperty::Boolean(*value),
            Property::Integer(value) => ResolvedProperty::Integer(*value),
            Property::Text(expr) => ResolvedProperty::Text(self.text(expr)),
            Property::List(items) => ResolvedProperty::List(items.iter().map(|item| self.property(item)).collect()),
            Property::Object(entries) => ResolvedProperty::Object(self.properties(entries)),
        }
    }

    /// Returns a string that is always present, as lowering has checked.
    fn text(&self, expr: &Expr) -> String {
        match self.value(expr) {
            Some(Val::Text(text)) => text,
            _ => String::new(),
        }
    }

    fn value(&self, expr: &Expr) -> Option<Val<'p>> {
        Some(match expr {
            Expr::Param(name) => self.params.get(&naming::plain(name))?.clone(),
            Expr::Bound(name) => self.bound.get(&naming::plain(name))?.clone(),
            Expr::Text(text) => Val::Text(text.clone()),
            Expr::Template(parts) => Val::Text(self.template(parts)),
            Expr::Bool(value) => Val::Bool(*value),
            Expr::Integer(value) => Val::Integer(*value),
            Expr::Attribute(of, field) => functions::attribute(self.partitions, self.value(of)?, field)?,
            Expr::Item(of, index) => match self.value(of)? {
                Val::List(texts) => Val::Text(functions::item(&texts, *index)?.clone()),
                _ => return None,
            },
            Expr::Equals(left, right) | Expr::EqualsSome(left, right) => {
                Val::Bool(self.value(left).is_some_and(|left| Some(left) == self.value(right)))
            }
            Expr::Not(inner) => Val::Bool(self.value(inner)? != Val::Bool(true)),
            Expr::IsSome(inner) => Val::Bool(self.value(inner).is_some()),
            Expr::Present(inner) => self.value(inner)?,
            Expr::Call(name, arguments) => {
                let arguments = arguments.iter().map(|argument| self.value(argument)).collect::<Option<Vec<_>>>()?;
                functions::call(self.partitions, name, &arguments)?
            }
            Expr::Coalesce(values, last) => {
                let first = values.iter().find_map(|value| self.value(value));
                first.or_else(|| last.as_ref().and_then(|last| self.value(last)))?
            }
            Expr::If(condition, yes, no) => {
                if self.value(condition)? == Val::Bool(true) {
                    self.value(yes)?
                } else {
                    self.value(no)?
                }
            }
            Expr::With { value, name, body, .. } => {
                let value = self.value(value)?;
                let mut bound = self.bound.clone();
                bound.insert(naming::plain(name), value);
                Machine { partitions: self.partitions, params: self.params.clone(), bound }.value(body)?
            }
        })
    }

    fn template(&self, parts: &[TemplatePart]) -> String {
        parts
            .iter()
            .map(|part| match part {
                TemplatePart::Text(text) => text.clone(),
                TemplatePart::Value(expr) => self.text(expr),
            })
            .collect()
    }
}
