//! Lowers the trait `smithy.rules#endpointBdd`, a binary decision diagram, to [`RuleSet`].
//!
//! A reference leads to a node (2 is the second, the first is none), to a result (from 100,000,000 on; that one and
//! the references 1 and -1 mean that nothing matches), or, if negative, to a node with its branches swapped. The
//! generated code is linear in the number of nodes, conditions and results, not of paths through them.

use std::collections::{BTreeMap, HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proc_macro2::Ident;
use serde::Deserialize;
use serde_json::Value;

use super::expr::{self, Scope, Typed};
use super::functions::Base;
use super::ir::{Decision, Diagram, DiagramTest, Expr, Rule, RuleSet};
use super::outcome;
use super::params::{self, ClientParams, RawParam};
use super::rules::{self, RawRule};
use super::visit;

/// The first reference to a result.
const RESULTS: i32 = 100_000_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawBdd {
    version: String,
    parameters: indexmap::IndexMap<String, RawParam>,
    conditions: Vec<Value>,
    results: Vec<Value>,
    root: i32,
    node_count: u64,
    nodes: String,
}

/// A node: the index of its condition, and the references if that holds and if not.
#[derive(Clone, Copy, Debug)]
struct Node {
    condition: i32,
    high: i32,
    low: i32,
}

/// Lowers a decision diagram. `client` has the client context parameters. Problems go to `complain`, each with its
/// place in the diagram.
pub(crate) fn read_bdd(value: &Value, client: &ClientParams, complain: &mut dyn FnMut(String)) -> RuleSet {
    let raw = match RawBdd::deserialize(value) {
        Ok(raw) => raw,
        Err(error) => {
            complain(format!("malformed: {error}"));
            return RuleSet::default();
        }
    };
    rules::check_version(&raw.version, complain);
    let nodes = match decode(&raw.nodes, raw.node_count) {
        Ok(nodes) => nodes,
        Err(message) => {
            complain(format!("nodes: {message}"));
            return RuleSet::default();
        }
    };
    let mut sound = true;
    let mut refuse = |message: String| {
        sound = false;
        complain(message);
    };
    check_nodes(&nodes, &raw, &mut refuse);
    let (params, mut scope) = params::read(raw.parameters, client, complain);
    if !sound {
        return RuleSet::new(params, Decision::default());
    }
    let Some(reached) = walk(&nodes, raw.root) else {
        complain("nodes: they lead round in a circle".to_owned());
        return RuleSet::new(params, Decision::default());
    };
    let (tests, variables) = read_conditions(&raw.conditions, &mut scope, complain);
    let results = read_results(&raw.results, &mut scope, complain);
    let diagram = assemble(raw.root, &reached, &tests, variables, results);
    RuleSet::new(params, Decision::Diagram(diagram))
}

fn decode(nodes: &str, count: u64) -> Result<Vec<Node>, String> {
    let bytes = STANDARD.decode(nodes).map_err(|error| format!("no base64: {error}"))?;
    let integers: Vec<i32> =
        bytes.chunks_exact(4).filter_map(|chunk| chunk.try_into().ok()).map(i32::from_be_bytes).collect();
    let nodes: Vec<Node> =
        integers.chunks_exact(3).map(|triple| Node { condition: triple[0], high: triple[1], low: triple[2] }).collect();
    if bytes.len() % 12 != 0 || nodes.len() as u64 != count {
        return Err(format!("{} bytes are not the 12 that each of {count} nodes takes", bytes.len()));
    }
    Ok(nodes)
}

/// Returns the index of the node that a reference leads to.
fn node_index(reference: i32) -> Option<usize> {
    let position = usize::try_from(reference.unsigned_abs()).ok()?;
    if position > 1 && reference < RESULTS { Some(position - 1) } else { None }
}

fn check_nodes(nodes: &[Node], raw: &RawBdd, complain: &mut dyn FnMut(String)) {
    let problem = |reference: i32| match node_index(reference) {
        Some(index) if index >= nodes.len() => Some(format!("node {reference} of {}", nodes.len())),
        None if reference == 0 => Some("0, which is nothing".to_owned()),
        None if reference > RESULTS && (reference - RESULTS) as usize > raw.results.len() => {
            Some(format!("result {} of {}", reference - RESULTS, raw.results.len()))
        }
        _ => None,
    };
    if let Some(what) = problem(raw.root) {
        complain(format!("root: leads to {what}"));
    } else if raw.root < -1 {
        complain(format!("root: {} is negated", raw.root));
    }
    if nodes.first().is_some_and(|first| (first.condition, first.high, first.low) != (-1, 1, -1)) {
        complain("nodes[0]: is not the end that it has to be".to_owned());
    }
    for (index, node) in nodes.iter().enumerate().skip(1) {
        if usize::try_from(node.condition).map_or(true, |condition| condition >= raw.conditions.len()) {
            complain(format!("nodes[{index}]: tests condition {} of {}", node.condition, raw.conditions.len()));
        }
        for what in [node.high, node.low].into_iter().filter_map(problem) {
            complain(format!("nodes[{index}]: leads to {what}"));
        }
    }
}

/// Returns the nodes that the root reaches, by reference, with the branches of negated references swapped; `None` if
/// the diagram has a cycle.
fn walk(nodes: &[Node], root: i32) -> Option<BTreeMap<(u32, bool), Node>> {
    let key = |reference: i32| (reference.unsigned_abs(), reference < 0);
    let mut reached = BTreeMap::new();
    let mut open = HashSet::new();
    // Each reference is visited twice: to enter it, and to leave it when all behind it is done.
    let mut pending = vec![(root, false)];
    while let Some((reference, done)) = pending.pop() {
        if done {
            open.remove(&reference);
            continue;
        }
        let Some(node) = node_index(reference).and_then(|index| nodes.get(index)) else { continue };
        if open.contains(&reference) {
            return None;
        }
        if reached.contains_key(&key(reference)) {
            continue;
        }
        let node = if reference < 0 { Node { high: node.low, low: node.high, ..*node } } else { *node };
        reached.insert(key(reference), node);
        open.insert(reference);
        pending.extend([(reference, true), (node.low, false), (node.high, false)]);
    }
    Some(reached)
}

/// The value of a condition, and the name that it is assigned to.
struct Test {
    assign: Option<Ident>,
    value: Typed,
}

/// Lowers conditions in order. Later conditions and results can refer to assigned names; whether such a name is set
/// depends on the path taken.
fn read_conditions(
    raw: &[Value],
    scope: &mut Scope,
    complain: &mut dyn FnMut(String),
) -> (Vec<Test>, HashMap<String, (Ident, Base)>) {
    let mut variables: HashMap<String, (Ident, Base)> = HashMap::new();
    let mut tests = Vec::new();
    for (index, condition) in raw.iter().enumerate() {
        let mut read = || -> Result<Test, String> {
            let value = expr::read(condition, scope)?;
            let base = value.1.base;
            let Some(name) = condition.get("assign").and_then(Value::as_str) else {
                return Ok(Test { assign: None, value });
            };
            let ident = match variables.get(name) {
                Some((ident, known)) if *known == base => ident.clone(),
                Some((_, known)) => return Err(format!("assigns a {base:?} to {name:?}, which is a {known:?}")),
                None => rules::assigned_name(name, scope)?,
            };
            scope.bind(name, expr::bound(&ident), base.maybe());
            variables.insert(name.to_owned(), (ident.clone(), base));
            Ok(Test { assign: Some(ident), value })
        };
        match read() {
            Ok(test) => tests.push(test),
            Err(message) => {
                complain(format!("conditions[{index}]: {message}"));
                tests.push(Test { assign: None, value: (Expr::Bool(true), Base::Boolean.always()) });
            }
        }
    }
    (tests, variables)
}

/// Lowers results. Each gets its references and what may be absent; without those, nothing matches.
fn read_results(raw: &[Value], scope: &mut Scope, complain: &mut dyn FnMut(String)) -> Vec<Option<Rule>> {
    let mut results = Vec::new();
    for (index, value) in raw.iter().enumerate() {
        let mut bound = Vec::new();
        let result = read_result(value, scope, &mut bound);
        // The next result begins with what this one did.
        for (name, (expr, ty)) in bound {
            scope.bind(&name, expr, ty);
        }
        if let Err(message) = &result {
            complain(format!("results[{index}]: {message}"));
        }
        results.push(result.ok());
    }
    results
}

/// Lowers a result. Names that it binds in the scope are saved in `bound`.
fn read_result(value: &Value, scope: &mut Scope, bound: &mut Vec<(String, Typed)>) -> Result<Rule, String> {
    let raw = RawRule::deserialize(value).map_err(|error| format!("malformed: {error}"))?;
    if !raw.conditions.is_empty() {
        return Err("has conditions of its own".to_owned());
    }
    let mut names = Vec::new();
    outcome::references(value, &mut names);
    let mut conditions = Vec::new();
    for name in names {
        let before = scope.get(&name)?;
        if let Some(condition) = rules::bind_if_optional(&name, scope)? {
            conditions.push(condition);
            bound.push((name, before));
        }
    }
    Ok(Rule { conditions, outcome: rules::read_end(&raw, scope)? })
}

/// Keeps what is reachable.
fn assemble(
    root: i32,
    reached: &BTreeMap<(u32, bool), Node>,
    tests: &[Test],
    variables: HashMap<String, (Ident, Base)>,
    results: Vec<Option<Rule>>,
) -> Diagram {
    let ends: HashSet<i32> =
        reached.values().flat_map(|node| [node.high, node.low]).chain([root]).filter(|end| *end > RESULTS).collect();
    let results: Vec<(i32, Rule)> = (RESULTS + 1..)
        .zip(results)
        .filter(|(end, _)| ends.contains(end))
        .filter_map(|(end, rule)| Some((end, rule?)))
        .collect();

    let tested: HashSet<usize> = reached.values().filter_map(|node| usize::try_from(node.condition).ok()).collect();
    let tested = || tests.iter().enumerate().filter(|(index, _)| tested.contains(index));
    let mut used = HashSet::new();
    let mut look = |expr: &Expr| {
        visit::visit(expr, &mut |expr| {
            if let Expr::Bound(name) = expr {
                used.insert(name.clone());
            }
        });
    };
    tested().for_each(|(_, test)| look(&test.value.0));
    results.iter().for_each(|(_, rule)| visit::visit_rules(std::slice::from_ref(rule), &mut look));

    let finish = |test: &Test| {
        let (expr, ty) = test.value.clone();
        match test.assign.clone().filter(|name| used.contains(name)) {
            // A name that is never used needs no value.
            None => DiagramTest { assign: None, holds: expr::truth((expr, ty)) },
            Some(name) => {
                let holds = expr::truth((expr::bound(&name), ty.base.maybe()));
                let value = if ty.optional { expr } else { Expr::Present(expr.into()) };
                DiagramTest { assign: Some((name, value)), holds }
            }
        }
    };
    let mut variables: Vec<(Ident, &'static str)> = variables
        .into_values()
        .filter(|(name, _)| used.contains(name))
        .map(|(name, base)| (name, base.rust()))
        .collect();
    variables.sort();
    let number = |(position, negated): (u32, bool)| {
        let position = i32::try_from(position).unwrap_or(i32::MAX);
        if negated { -position } else { position }
    };
    Diagram {
        variables,
        tests: tested().map(|(index, test)| (index as u32, finish(test))).collect(),
        nodes: reached
            .iter()
            .map(|(key, node)| (number(*key), node.condition.unsigned_abs(), node.high, node.low))
            .collect(),
        root,
        results,
    }
}
