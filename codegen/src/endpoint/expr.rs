//! Lowers the rules engine's expressions, with their types.
//!
//! A function with an absent argument is absent, and a condition with an absent value does not hold. Only `isSet`,
//! `coalesce` and one operand of `ite` accept absent values.

use std::collections::HashMap;

use proc_macro2::Ident;
use serde_json::Value;

use super::functions::{self, Base, Step, Ty};
use super::ir::{Expr, TemplatePart};
use super::template::{self, Piece};
use super::visit;
use crate::naming;

pub(super) type Typed = (Expr, Ty);

/// Names that the generated function uses itself.
const RESERVED: &[&str] = &["condition", "holds", "no", "node", "params", "rules", "settings", "texts", "value", "yes"];

/// The names in scope, each with its expression.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(HashMap<String, Typed>);

impl Scope {
    pub(super) fn bind(&mut self, name: &str, expr: Expr, ty: Ty) {
        self.0.insert(name.to_owned(), (expr, ty));
    }

    /// Returns `true` if rules can refer to this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns a Rust name that is free in scope: the wanted one, or that with a number.
    pub(super) fn unused(&self, wanted: Ident) -> Ident {
        let is_taken = |name: &Ident| {
            let has = |expr: &Expr| matches!(expr, Expr::Param(found) | Expr::Bound(found) if found == name);
            RESERVED.contains(&naming::plain(name).as_str()) || self.0.values().any(|(expr, _)| has(expr))
        };
        let plain = naming::plain(&wanted);
        let mut name = wanted;
        let mut number = 2;
        while is_taken(&name) {
            name = naming::ident(&format!("{plain}{number}"));
            number += 1;
        }
        name
    }

    pub(super) fn get(&self, name: &str) -> Result<Typed, String> {
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| format!("refers to {name:?}, which is neither a parameter nor bound by a condition before"))
    }
}

pub(super) fn read(value: &Value, scope: &Scope) -> Result<Typed, String> {
    match value {
        Value::Bool(value) => Ok((Expr::Bool(*value), Base::Boolean.always())),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Ok((Expr::Integer(number), Base::Integer.always())),
            None => Err(format!("{number} is no whole number, or too large")),
        },
        Value::String(text) => read_template(text, scope),
        Value::Object(object) => {
            if let Some(name) = object.get("ref").and_then(Value::as_str) {
                return scope.get(name);
            }
            match object.get("fn").and_then(Value::as_str) {
                Some(function) => {
                    let no_arguments = Vec::new();
                    let arguments = object.get("argv").and_then(Value::as_array).unwrap_or(&no_arguments);
                    read_call(function, arguments, scope)
                }
                None => Err(format!("{value} is neither a reference nor a function")),
            }
        }
        other => Err(format!("{other} is not an expression")),
    }
}

/// Returns the name of an expression that is only a reference: `{ "ref": "a" }` or `"{a}"`.
pub(super) fn reference(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return match template::parse(text).ok()?.as_slice() {
            [Piece::Reference(name, None)] => Some(name.clone()),
            _ => None,
        };
    }
    value.get("ref")?.as_str().map(str::to_owned)
}

fn read_call(function: &str, arguments: &[Value], scope: &Scope) -> Result<Typed, String> {
    if arguments.iter().any(|argument| argument.get("assign").is_some()) {
        return Err(format!("an argument of {function} assigns a name, which only a condition itself may"));
    }
    if function == "getAttr" {
        let [of, Value::String(path)] = arguments else {
            return Err("getAttr takes a value and a path".to_owned());
        };
        return attribute(read(of, scope)?, path);
    }
    let arguments = arguments.iter().map(|argument| read(argument, scope)).collect::<Result<Vec<_>, _>>()?;
    match function {
        "isSet" => {
            let [(argument, ty)] = exactly(function, arguments)?;
            Ok((if ty.optional { is_set(argument) } else { Expr::Bool(true) }, Base::Boolean.always()))
        }
        "not" => {
            let [argument] = exactly(function, arguments)?;
            check(function, &argument, Base::Boolean)?;
            Ok(strict([argument], Base::Boolean.always(), |[argument]| not(argument)))
        }
        "booleanEquals" => equals(function, Base::Boolean, exactly(function, arguments)?),
        "stringEquals" => equals(function, Base::String, exactly(function, arguments)?),
        "coalesce" => coalesce(arguments),
        "ite" => choose(exactly(function, arguments)?),
        _ => call(function, arguments),
    }
}

fn exactly<const N: usize>(function: &str, arguments: Vec<Typed>) -> Result<[Typed; N], String> {
    let count = match N {
        1 => "one argument",
        2 => "two arguments",
        _ => "three arguments",
    };
    arguments.try_into().map_err(|given: Vec<Typed>| format!("{function} takes {count}, not {}", given.len()))
}

fn check(function: &str, (_, ty): &Typed, base: Base) -> Result<(), String> {
    if ty.base == base { Ok(()) } else { Err(format!("{function} takes a {base:?}, not a {:?}", ty.base)) }
}

fn call(name: &str, arguments: Vec<Typed>) -> Result<Typed, String> {
    let function = functions::find(name).ok_or_else(|| format!("function {name} is not known"))?;
    if function.takes.len() != arguments.len() {
        let plural = if function.takes.len() == 1 { "" } else { "s" };
        return Err(format!("{name} takes {} argument{plural}, not {}", function.takes.len(), arguments.len()));
    }
    for (argument, base) in arguments.iter().zip(function.takes) {
        check(name, argument, *base)?;
    }
    if name == "split" {
        if matches!(&arguments[1].0, Expr::Text(delimiter) if delimiter.is_empty()) {
            return Err("split needs a delimiter that is not empty".to_owned());
        }
        if matches!(arguments[2].0, Expr::Integer(..0)) {
            return Err("split needs a limit that is not negative".to_owned());
        }
    }
    Ok(strict_all(arguments, function.gives, |arguments| Expr::Call(function.runtime, arguments)))
}

/// Applies a function that needs all its arguments: with an absent one, the result is absent.
fn strict<const N: usize>(arguments: [Typed; N], gives: Ty, build: impl FnOnce([Expr; N]) -> Expr) -> Typed {
    let mut held = Vec::new();
    let plain = arguments.map(|argument| hold(argument, &mut held));
    unwrap(build(plain), gives, held)
}

fn strict_all(arguments: Vec<Typed>, gives: Ty, build: impl FnOnce(Vec<Expr>) -> Expr) -> Typed {
    let mut held = Vec::new();
    let plain = arguments.into_iter().map(|argument| hold(argument, &mut held)).collect();
    unwrap(build(plain), gives, held)
}

/// Returns a name for a value that may be absent. It differs from all names of rules.
fn hold((expr, ty): Typed, held: &mut Vec<(Ident, Expr)>) -> Expr {
    if !ty.optional {
        return expr;
    }
    let name = match held.len() {
        0 => "value".to_owned(),
        more => format!("value{}_", more + 1),
    };
    let name = naming::ident(&name);
    held.push((name.clone(), expr));
    Expr::Bound(name)
}

fn unwrap(body: Expr, gives: Ty, held: Vec<(Ident, Expr)>) -> Typed {
    held.into_iter().rev().fold((body, gives), |(body, ty), (name, value)| {
        let with = Expr::With { value: value.into(), name, body: body.into(), body_optional: ty.optional };
        (with, ty.base.maybe())
    })
}

/// Returns the test of a condition: booleans must be true, other values present.
pub(super) fn truth((expr, ty): Typed) -> Expr {
    match (ty.base, ty.optional) {
        (Base::Boolean, false) => expr,
        (Base::Boolean, true) => is_true(expr),
        (_, true) => is_set(expr),
        (_, false) => Expr::Bool(true),
    }
}

/// Returns the test that an optional boolean is present and true; `a == Some(b)` for comparisons.
fn is_true(expr: Expr) -> Expr {
    if let Expr::With { value, name, body, body_optional: false } = &expr {
        let held = bound(name);
        let wanted = match body.as_ref() {
            Expr::Equals(left, right) if **left == held && !visit::mentions(right, name) => {
                Some(right.as_ref().clone())
            }
            Expr::Not(inner) if **inner == held => Some(Expr::Bool(false)),
            same if *same == held => Some(Expr::Bool(true)),
            _ => None,
        };
        if let Some(wanted) = wanted {
            return Expr::EqualsSome(value.clone(), wanted.into());
        }
    }
    Expr::EqualsSome(expr.into(), Expr::Bool(true).into())
}

fn is_set(expr: Expr) -> Expr {
    match expr {
        Expr::With { value, body_optional: false, .. } => is_set(*value),
        expr => Expr::IsSome(expr.into()),
    }
}

fn not(expr: Expr) -> Expr {
    match expr {
        Expr::Bool(value) => Expr::Bool(!value),
        Expr::Not(inner) => *inner,
        expr => Expr::Not(expr.into()),
    }
}

fn equals(function: &str, base: Base, [mut left, mut right]: [Typed; 2]) -> Result<Typed, String> {
    check(function, &left, base)?;
    check(function, &right, base)?;
    // Literals and values that are always present go to the right: `a == Some(b)`.
    if matches!(left.0, Expr::Bool(_) | Expr::Text(_)) || (right.1.optional && !left.1.optional) {
        std::mem::swap(&mut left, &mut right);
    }
    Ok(strict([left, right], Base::Boolean.always(), |[left, right]| match right {
        Expr::Bool(true) => left,
        Expr::Bool(false) => not(left),
        right => Expr::Equals(left.into(), right.into()),
    }))
}

fn coalesce(arguments: Vec<Typed>) -> Result<Typed, String> {
    let Some(base) = arguments.first().map(|(_, ty)| ty.base).filter(|_| arguments.len() > 1) else {
        return Err(format!("coalesce takes two or more arguments, not {}", arguments.len()));
    };
    for argument in &arguments {
        check("coalesce with such a first argument", argument, base)?;
    }
    let mut optional = Vec::new();
    for (expr, ty) in arguments {
        if ty.optional {
            optional.push(expr);
        } else if optional.is_empty() {
            return Ok((expr, ty));
        } else {
            return Ok((Expr::Coalesce(optional, Some(expr.into())), ty));
        }
    }
    Ok((Expr::Coalesce(optional, None), base.maybe()))
}

fn choose([condition, yes, no]: [Typed; 3]) -> Result<Typed, String> {
    check("ite", &condition, Base::Boolean)?;
    check("ite with such a second argument", &no, yes.1.base)?;
    let optional = yes.1.optional || no.1.optional;
    let branch = |(expr, ty): Typed| if optional && !ty.optional { Expr::Present(expr.into()) } else { expr };
    let gives = Ty { base: yes.1.base, optional };
    let (yes, no) = (branch(yes), branch(no));
    Ok(strict([condition], gives, |[condition]| match (yes, no) {
        (Expr::Bool(true), Expr::Bool(false)) => condition,
        (Expr::Bool(false), Expr::Bool(true)) => not(condition),
        (yes, no) => Expr::If(condition.into(), yes.into(), no.into()),
    }))
}

fn attribute(of: Typed, path: &str) -> Result<Typed, String> {
    functions::path(path)?.into_iter().try_fold(of, |of, step| match step {
        Step::Key(name) => {
            let (field, base) = functions::attribute(of.1.base, name)?;
            Ok(strict([of], base.always(), |[of]| Expr::Attribute(of.into(), field)))
        }
        Step::Index(index) if of.1.base == Base::StringList => {
            Ok(strict([of], Base::String.maybe(), |[of]| Expr::Item(of.into(), index)))
        }
        Step::Index(index) => Err(format!("a {:?} has no items, so no {index}th", of.1.base)),
    })
}

fn read_template(text: &str, scope: &Scope) -> Result<Typed, String> {
    let mut texts = Vec::new();
    let mut values = Vec::new();
    for piece in template::parse(text)? {
        match piece {
            Piece::Text(text) => texts.push(Some(text)),
            Piece::Reference(name, path) => {
                let mut value = scope.get(&name)?;
                if let Some(path) = path {
                    value = attribute(value, &path)?;
                }
                if value.1.base != Base::String {
                    return Err(format!("template {text:?}: {{{name}}} is not a string"));
                }
                texts.push(None);
                values.push(value);
            }
        }
    }
    if texts.len() == 1 && values.len() == 1 {
        return Ok(values.remove(0));
    }
    Ok(strict_all(values, Base::String.always(), |values| {
        let mut values = values.into_iter();
        let part = |text: Option<String>| match text {
            Some(text) => Some(TemplatePart::Text(text)),
            None => values.next().map(TemplatePart::Value),
        };
        let parts: Vec<_> = texts.into_iter().filter_map(part).collect();
        match parts.as_slice() {
            [] => Expr::Text(String::new()),
            [TemplatePart::Text(text)] => Expr::Text(text.clone()),
            _ => Expr::Template(parts),
        }
    }))
}

/// Returns a name bound by a condition as an expression.
pub(super) fn bound(name: &Ident) -> Expr {
    Expr::Bound(name.clone())
}
