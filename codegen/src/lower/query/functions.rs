//! The supported functions of JMESPath.
//!
//! Where JMESPath raises an error, as for a function of null, the result is null.

use jmespath::ast::Ast;

use super::typing::Typing;
use super::value::{Kind, Number, Value};
use crate::ir::{Each, Expr, Get, Join, Type};
use crate::naming;

impl<'t> Typing<'t> {
    pub(super) fn call(&mut self, function: &str, arguments: &[Ast], current: &Value<'t>) -> Result<Value<'t>, String> {
        match (function, arguments) {
            ("length", [of]) => {
                let of = self.expression(of, current)?;
                self.lift(&of, |_, of| length(of))
            }
            ("keys", [of]) => {
                let of = self.expression(of, current)?;
                self.lift(&of, |_, of| keys(of))
            }
            ("values", [of]) => {
                let of = self.expression(of, current)?;
                self.lift(&of, |typing, of| typing.map_values(&of))
            }
            ("contains", [subject, search]) => {
                let (subject, search) = (self.expression(subject, current)?, self.expression(search, current)?);
                self.lift(&subject, |typing, subject| typing.contains(subject, search))
            }
            ("starts_with" | "ends_with", [subject, part]) => {
                let (subject, part) = (self.expression(subject, current)?, self.expression(part, current)?);
                let join = if function == "starts_with" { Join::StartsWith } else { Join::EndsWith };
                self.texts(&subject, &part, function, join)
            }
            ("not_null", [_, ..]) => {
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.expression(argument, current)?);
                }
                first_present(values)
            }
            ("length" | "keys" | "values" | "contains" | "starts_with" | "ends_with" | "not_null", _) => {
                Err(format!("gives {function} {} arguments, which is not how many it takes", arguments.len()))
            }
            (other, _) => Err(format!("calls {other}, which is not supported")),
        }
    }

    fn contains(&mut self, subject: Value<'t>, search: Value<'t>) -> Result<Value<'t>, String> {
        if let Kind::Text = subject.kind {
            return self.texts(&subject, &search, "contains", Join::Contains);
        }
        let items = self.items(&subject)?;
        let Kind::Items(kind, optional) = items.kind else { return Err("has no items".to_owned()) };
        let name = self.fresh(Some(&naming::ident("item")));
        let test = self.equal(true, Value::new(*kind, optional, Expr::Variable(name.clone())), search)?;
        Ok(Value::boolean(items.expr.each(Each::Any, &name, test.expr)))
    }

    /// A test of one string with another.
    fn texts(
        &mut self,
        subject: &Value<'t>,
        other: &Value<'t>,
        function: &str,
        join: Join,
    ) -> Result<Value<'t>, String> {
        for value in [subject, other] {
            if !matches!(value.kind, Kind::Text) {
                return Err(format!("calls {function} with {}", value.described()));
            }
        }
        self.lift(subject, |typing, subject| {
            typing.lift(other, |_, other| Ok(Value::boolean(subject.expr.join(join, other.expr))))
        })
    }
}

fn keys(map: Value<'_>) -> Result<Value<'_>, String> {
    match &map.kind {
        Kind::Node(Type::Map(..)) => {
            Ok(Value::plain(Kind::Items(Box::new(Kind::Text), false), map.expr.get(Get::Keys)))
        }
        other => Err(format!("asks for the keys of {}, where only a map's are supported", other.described())),
    }
}

fn length(of: Value<'_>) -> Result<Value<'_>, String> {
    let length = match &of.kind {
        Kind::Text => Get::Chars,
        Kind::Items(..) => Get::Count,
        Kind::Node(Type::List(_) | Type::Map(..)) => Get::Length,
        other => return Err(format!("asks for the length of {}", other.described())),
    };
    Ok(Value::plain(Kind::Number(Number::Usize), of.expr.get(length)))
}

/// Returns the first value that is not null.
fn first_present<'t>(values: Vec<Value<'t>>) -> Result<Value<'t>, String> {
    let mut values = values.into_iter();
    let Some(mut found) = values.next() else { return Err("has no values".to_owned()) };
    for value in values {
        if !found.optional {
            break;
        }
        if !found.kind.is(&value.kind) || matches!(found.kind, Kind::Items(..)) {
            return Err(format!("gives {} or else {}", found.described(), value.described()));
        }
        let join = if value.optional { Join::OrElse } else { Join::UnwrapOr };
        found = Value::new(value.kind, value.optional, found.expr.join(join, value.expr));
    }
    Ok(found)
}
