//! Lowers JMESPath list expressions: projections, slices, flattening, indices and multi-select lists.

use jmespath::ast::Ast;

use super::typing::{Typing, is_variable};
use super::value::{Kind, Number, Value};
use crate::ir::{Each, Expr, Get, Type};
use crate::naming;

impl<'t> Typing<'t> {
    pub(super) fn items(&mut self, list: &Value<'t>) -> Result<Value<'t>, String> {
        match &list.kind {
            Kind::Items(..) => Ok(list.clone()),
            Kind::Node(Type::List(element)) => {
                let items = list.expr.clone().get(Get::Items(element.optional));
                self.settled_items(Kind::Node(&element.ty), items, element.optional)
            }
            other => Err(format!("looks for items in {}", other.described())),
        }
    }

    /// Returns an iterator that dereferences simple values.
    fn settled_items(&mut self, kind: Kind<'t>, items: Expr, optional: bool) -> Result<Value<'t>, String> {
        let wish = naming::ident("item");
        let (name, made) =
            self.bound(Some(&wish), kind.clone(), |typing, item| typing.settled(Value { optional, ..item }))?;
        let items = match &made.kind {
            _ if is_variable(&made.expr, &name) => items,
            Kind::Boolean | Kind::Number(_) if !optional && !matches!(kind, Kind::Node(Type::IntEnum(_))) => {
                items.get(Get::Copied)
            }
            _ => items.each(Each::Map, &name, made.expr),
        };
        Ok(Value::plain(Kind::Items(Box::new(made.kind), optional), items))
    }

    /// Lowers a projection over the left-hand side of its syntax.
    pub(super) fn project(&mut self, left: &Value<'t>, source: &Ast, right: &Ast) -> Result<Value<'t>, String> {
        let items = match source {
            Ast::Slice { start, stop, step, .. } => slice(self.items(left)?, *start, *stop, *step)?,
            Ast::Flatten { .. } => self.flattened(left)?,
            Ast::ObjectValues { .. } => self.map_values(left)?,
            _ => self.items(left)?,
        };
        let (filter, right) = match right {
            Ast::Condition { predicate, then, .. } => (Some(predicate), &**then),
            right => (None, right),
        };
        let Kind::Items(kind, optional) = items.kind else { return Err("has no items".to_owned()) };
        let (kind, mut expr) = (*kind, items.expr);
        // A projection leaves out null.
        if optional {
            expr = expr.get(Get::Flatten);
        }
        let wish = naming::ident("item");
        let held = |item: Value<'t>| match &item.kind {
            // An item that is a list is a vector, which is iterated again each time.
            Kind::Items(inner, _) => Value::plain(item.kind.clone(), item.expr.get(Get::Again(inner.is_copy()))),
            _ => item,
        };
        if let Some(condition) = filter {
            let (name, made) =
                self.bound(Some(&wish), kind.clone(), |typing, item| typing.condition(condition, &held(item)))?;
            expr = expr.each(Each::Filter(kind.is_copy()), &name, made.expr);
        }
        if matches!(right, Ast::Identity { .. }) {
            return Ok(Value::plain(Kind::Items(Box::new(kind), false), expr));
        }
        let (name, made) = self.bound(Some(&wish), kind, |typing, item| {
            let made = typing.expression(right, &held(item))?;
            typing.collected(made)
        })?;
        let each = if made.optional { Each::FilterMap } else { Each::Map };
        Ok(Value::plain(Kind::Items(Box::new(made.kind), false), expr.each(each, &name, made.expr)))
    }

    /// Converts a value to an item of an iterator: an iterator is collected to a vector.
    fn collected(&mut self, value: Value<'t>) -> Result<Value<'t>, String> {
        match value.kind {
            Kind::Items(..) => self.lift(&value, |_, items| Ok(Value::plain(items.kind, items.expr.get(Get::Vector)))),
            Kind::Null | Kind::Object(_) => Err(format!("makes a list of what is {} each time", value.described())),
            Kind::Number(Number::Literal(_)) => Err("makes a list of the same number each time".to_owned()),
            _ => Ok(value),
        }
    }

    /// Flattens a list by one level.
    fn flattened(&mut self, left: &Value<'t>) -> Result<Value<'t>, String> {
        let items = self.items(left)?;
        let Kind::Items(kind, optional) = &items.kind else { return Ok(items) };
        let present = |expr: Expr| if *optional { expr.get(Get::Flatten) } else { expr };
        match &**kind {
            inner @ Kind::Items(..) => Ok(Value::plain(inner.clone(), present(items.expr).get(Get::Flatten))),
            Kind::Node(Type::List(_)) => {
                let wish = naming::ident("list");
                let (name, made) = self.bound(Some(&wish), (**kind).clone(), |typing, list| typing.items(&list))?;
                Ok(Value::plain(made.kind, present(items.expr).each(Each::FlatMap, &name, made.expr)))
            }
            _ => Ok(items),
        }
    }

    pub(super) fn map_values(&mut self, map: &Value<'t>) -> Result<Value<'t>, String> {
        match &map.kind {
            Kind::Node(Type::Map(_, element)) => {
                let values = map.expr.clone().get(Get::Values(element.optional));
                self.settled_items(Kind::Node(&element.ty), values, false)
            }
            other => Err(format!("looks for all values of {}", other.described())),
        }
    }
}

pub(super) fn item<'t>(list: &Value<'t>, index: i64) -> Result<Value<'t>, String> {
    let expr = list.expr.clone();
    match &list.kind {
        Kind::Node(Type::List(element)) => {
            Ok(Value::optional(Kind::Node(&element.ty), expr.get(Get::Item(index, element.optional))))
        }
        Kind::Items(kind, optional) => match &**kind {
            Kind::Items(..) => Err("looks for one of the lists in a list that it made itself".to_owned()),
            kind => Ok(Value::optional(kind.clone(), expr.get(Get::Nth(index, *optional)))),
        },
        other => Err(format!("looks for an item by its number in {}", other.described())),
    }
}

fn slice(items: Value<'_>, start: Option<i32>, stop: Option<i32>, step: i32) -> Result<Value<'_>, String> {
    if step == 0 {
        return Err("takes every item of a list at a distance of 0".to_owned());
    }
    let position = |index: i32| {
        usize::try_from(index)
            .map_err(|_| "takes a part of a list counted from its end, which is not supported".to_owned())
    };
    let (start, step) = (position(start.unwrap_or(0))?, position(step)?);
    let mut expr = items.expr;
    if start > 0 {
        expr = expr.get(Get::Skip(start));
    }
    if let Some(stop) = stop {
        expr = expr.get(Get::Take(position(stop)?.saturating_sub(start)));
    }
    if step > 1 {
        expr = expr.get(Get::StepBy(step));
    }
    Ok(Value::plain(items.kind, expr))
}

pub(super) fn list(values: Vec<Value<'_>>) -> Result<Value<'_>, String> {
    let optional = values.iter().any(|value| value.optional);
    let Some(first) = values.first() else { return Err("makes an empty list".to_owned()) };
    let kind = first.kind.clone();
    if let Some(other) = values.iter().find(|value| !value.kind.is(&kind) || matches!(kind, Kind::Items(..))) {
        return Err(format!("makes a list of {} and {}", first.described(), other.described()));
    }
    let items = values.into_iter().map(|value| if optional { value.into_option() } else { value.expr });
    Ok(Value::plain(Kind::Items(Box::new(kind), optional), Expr::List(items.collect())))
}
