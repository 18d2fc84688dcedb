//! Expressions of the rules engine, typed while they are read.

use std::collections::HashMap;

use proc_macro2::Ident;
use serde_json::Value;

use super::ir::{Expr, TemplatePart};
use super::template::{self, Piece};

/// The type of a value, and whether it may be absent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ty {
    pub(super) base: Base,
    pub(super) optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Base {
    String,
    Boolean,
    Partition,
    Url,
}

impl Base {
    pub(super) fn always(self) -> Ty {
        Ty { base: self, optional: false }
    }

    pub(super) fn maybe(self) -> Ty {
        Ty { base: self, optional: true }
    }
}

/// The names in reach, with the expression that each stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(HashMap<String, (Expr, Ty)>);

impl Scope {
    pub(super) fn bind(&mut self, name: &str, expr: Expr, ty: Ty) {
        self.0.insert(name.to_owned(), (expr, ty));
    }

    /// Whether a name in reach already becomes this in Rust.
    pub(super) fn has_rust_name(&self, name: &Ident) -> bool {
        self.0.values().any(|(expr, _)| matches!(expr, Expr::Param(found) | Expr::Bound(found) if found == name))
    }

    fn get(&self, name: &str) -> Result<(Expr, Ty), String> {
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| format!("refers to {name:?}, which is neither a parameter nor bound by a condition before"))
    }
}

/// The functions that are supported: what they take and give, and their names in the runtime.
const FUNCTIONS: &[(&str, Base, Base, &str)] = &[
    ("aws.partition", Base::String, Base::Partition, "partition"),
    ("parseURL", Base::String, Base::Url, "parse_url"),
];

/// Whether a function has no value where its first argument has none.
pub(super) fn gives_nothing_for_nothing(function: &str) -> bool {
    FUNCTIONS.iter().any(|(name, ..)| *name == function)
}

/// The attributes that `getAttr` can reach, with the fields of the runtime's types.
const ATTRIBUTES: &[(Base, &str, &str, Base)] = &[
    (Base::Partition, "name", "name", Base::String),
    (Base::Partition, "dnsSuffix", "dns_suffix", Base::String),
    (Base::Partition, "dualStackDnsSuffix", "dual_stack_dns_suffix", Base::String),
    (Base::Partition, "implicitGlobalRegion", "implicit_global_region", Base::String),
    (Base::Partition, "supportsFIPS", "supports_fips", Base::Boolean),
    (Base::Partition, "supportsDualStack", "supports_dual_stack", Base::Boolean),
    (Base::Url, "scheme", "scheme", Base::String),
    (Base::Url, "authority", "authority", Base::String),
    (Base::Url, "path", "path", Base::String),
    (Base::Url, "normalizedPath", "normalized_path", Base::String),
    (Base::Url, "isIp", "is_ip", Base::Boolean),
];

/// Reads an expression: a literal, a template, a reference or a function call.
pub(super) fn read(value: &Value, scope: &Scope) -> Result<(Expr, Ty), String> {
    match value {
        Value::Bool(value) => Ok((Expr::Bool(*value), Base::Boolean.always())),
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

/// A reference's name, when the value is nothing else.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value.get("ref")?.as_str()
}

fn read_call(function: &str, arguments: &[Value], scope: &Scope) -> Result<(Expr, Ty), String> {
    if arguments.iter().any(|argument| argument.get("assign").is_some()) {
        return Err(format!("an argument of {function} assigns a name, which only a condition itself may"));
    }
    let one = || match arguments {
        [argument] => read(argument, scope),
        _ => Err(format!("{function} takes one argument, not {}", arguments.len())),
    };
    match function {
        "isSet" => {
            let (argument, ty) = one()?;
            let expr = if ty.optional { Expr::IsSome(Box::new(argument)) } else { Expr::Bool(true) };
            Ok((expr, Base::Boolean.always()))
        }
        "not" => {
            let argument = truth(one()?)?;
            Ok((Expr::Not(Box::new(argument)), Base::Boolean.always()))
        }
        "booleanEquals" | "stringEquals" => read_equals(function, arguments, scope),
        "getAttr" => read_attribute(arguments, scope),
        _ => {
            let Some((_, takes, gives, runtime)) = FUNCTIONS.iter().find(|(name, ..)| *name == function) else {
                return Err(format!("function {function} is not supported yet"));
            };
            let (argument, ty) = one()?;
            if ty.base != *takes {
                return Err(format!("{function} takes a {takes:?}, not a {:?}", ty.base));
            }
            let call = Expr::Call { function: runtime, argument: Box::new(argument), argument_optional: ty.optional };
            Ok((call, gives.maybe()))
        }
    }
}

/// What a condition tests: a boolean as it is, an optional one for being there and true.
pub(super) fn truth((expr, ty): (Expr, Ty)) -> Result<Expr, String> {
    match (ty.base, ty.optional) {
        (Base::Boolean, false) => Ok(expr),
        (Base::Boolean, true) => Ok(Expr::EqualsSome(Box::new(expr), Box::new(Expr::Bool(true)))),
        (_, true) => Ok(Expr::IsSome(Box::new(expr))),
        (base, false) => Err(format!("a {base:?} that is always there is no condition")),
    }
}

fn read_equals(function: &str, arguments: &[Value], scope: &Scope) -> Result<(Expr, Ty), String> {
    let [left, right] = arguments else {
        return Err(format!("{function} takes two arguments, not {}", arguments.len()));
    };
    let base = if function == "booleanEquals" { Base::Boolean } else { Base::String };
    let (mut left, mut right) = (read(left, scope)?, read(right, scope)?);
    for (_, ty) in [&left, &right] {
        if ty.base != base {
            return Err(format!("{function} takes {base:?} values, not a {:?}", ty.base));
        }
    }
    // Literals and what is always there go to the right: `a == Some(b)`.
    if matches!(left.0, Expr::Bool(_) | Expr::Text(_)) || (right.1.optional && !left.1.optional) {
        std::mem::swap(&mut left, &mut right);
    }
    let expr = match (left.1.optional, right.1.optional, right.0) {
        (false, false, Expr::Bool(true)) => left.0,
        (false, false, Expr::Bool(false)) => Expr::Not(Box::new(left.0)),
        (true, false, right) => Expr::EqualsSome(Box::new(left.0), Box::new(right)),
        (_, _, right) => Expr::Equals(Box::new(left.0), Box::new(right)),
    };
    Ok((expr, Base::Boolean.always()))
}

fn read_attribute(arguments: &[Value], scope: &Scope) -> Result<(Expr, Ty), String> {
    let [of, Value::String(path)] = arguments else {
        return Err("getAttr takes a value and a path".to_owned());
    };
    attribute(read(of, scope)?, path)
}

fn attribute((of, ty): (Expr, Ty), path: &str) -> Result<(Expr, Ty), String> {
    if ty.optional {
        return Err(format!("takes {path:?} of a value that may not be set; test it with isSet before"));
    }
    match ATTRIBUTES.iter().find(|(base, name, ..)| *base == ty.base && *name == path) {
        Some((_, _, field, base)) => Ok((Expr::Attribute(Box::new(of), field), base.always())),
        None => Err(format!("a {:?} has no attribute {path:?}", ty.base)),
    }
}

fn read_template(text: &str, scope: &Scope) -> Result<(Expr, Ty), String> {
    let mut parts = Vec::new();
    for piece in template::parse(text)? {
        parts.push(match piece {
            Piece::Text(text) => TemplatePart::Text(text),
            Piece::Reference(name, path) => {
                let mut value = scope.get(&name)?;
                if let Some(path) = path {
                    value = attribute(value, &path)?;
                }
                if value.1 != Base::String.always() {
                    return Err(format!("template {text:?}: {{{name}}} is not a string that is known to be set"));
                }
                TemplatePart::Value(value.0)
            }
        });
    }
    let expr = match parts.as_slice() {
        [] => Expr::Text(String::new()),
        [TemplatePart::Text(text)] => Expr::Text(text.clone()),
        _ => Expr::Template(parts),
    };
    Ok((expr, Base::String.always()))
}

/// A name bound by a condition, as an expression.
pub(super) fn bound(name: &Ident) -> Expr {
    Expr::Bound(name.clone())
}
