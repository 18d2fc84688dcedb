//! Lowers JMESPath conditions: `&&`, `||`, `!`, comparisons and truthiness.

use jmespath::ast::{Ast, Comparator};

use super::typing::Typing;
use super::value::{Kind, Number, Value};
use crate::ir::{Comparison, Expr, Get, Join, Type};

impl<'t> Typing<'t> {
    /// Returns a boolean expression for the truthiness of an expression.
    pub(super) fn condition(&mut self, ast: &Ast, current: &Value<'t>) -> Result<Value<'t>, String> {
        Ok(match ast {
            Ast::And { lhs, rhs, .. } => {
                let (left, right) = (self.condition(lhs, current)?, self.condition(rhs, current)?);
                Value::boolean(left.expr.join(Join::And, right.expr))
            }
            Ast::Or { lhs, rhs, .. } => {
                let (left, right) = (self.condition(lhs, current)?, self.condition(rhs, current)?);
                Value::boolean(left.expr.join(Join::Or, right.expr))
            }
            Ast::Not { node, .. } => self.negated(node, current)?,
            Ast::Comparison { comparator, lhs, rhs, .. } => {
                let (left, right) = (self.expression(lhs, current)?, self.expression(rhs, current)?);
                self.compared(comparator, left, right, true)?
            }
            other => {
                let value = self.expression(other, current)?;
                self.truth(value)?
            }
        })
    }

    /// Returns a boolean expression for the negated truthiness of an expression.
    pub(super) fn negated(&mut self, inner: &Ast, current: &Value<'t>) -> Result<Value<'t>, String> {
        if let Ast::Comparison {
            comparator: comparator @ (Comparator::Equal | Comparator::NotEqual), lhs, rhs, ..
        } = inner
        {
            let (left, right) = (self.expression(lhs, current)?, self.expression(rhs, current)?);
            return self.equal(*comparator == Comparator::NotEqual, left, right);
        }
        Ok(Value::boolean(Expr::Not(Box::new(self.condition(inner, current)?.expr))))
    }

    /// Returns a boolean expression for truthiness: not null, false or empty. A structure that is present counts, even if
    /// none of its members is set.
    pub(super) fn truth(&mut self, value: Value<'t>) -> Result<Value<'t>, String> {
        let content: fn(Expr) -> Expr = match &value.kind {
            Kind::Null => return Ok(Value::boolean(Expr::Boolean(false))),
            Kind::Boolean if value.optional => {
                let yes = Expr::Present(Box::new(Expr::Boolean(true)));
                return Ok(Value::boolean(value.expr.join(Join::Compare(Comparison::Equal), yes)));
            }
            Kind::Boolean => return Ok(value),
            Kind::Text | Kind::Node(Type::List(_) | Type::Map(..)) => {
                |expr| Expr::Not(Box::new(expr.get(Get::IsEmpty)))
            }
            Kind::Items(..) => |expr| expr.get(Get::HasNext),
            Kind::Number(_) | Kind::Node(_) | Kind::Root(_) | Kind::Object(_) => {
                let expr = if value.optional { value.expr.get(Get::IsSome) } else { Expr::Boolean(true) };
                return Ok(Value::boolean(expr));
            }
        };
        if value.optional {
            self.is_some_and(&value, |_, inner| Ok(Value::boolean(content(inner.expr))))
        } else {
            Ok(Value::boolean(content(value.expr)))
        }
    }

    /// Compares two values. Ordering with null is null, or false if `plain`.
    pub(super) fn compared(
        &mut self,
        comparator: &Comparator,
        left: Value<'t>,
        right: Value<'t>,
        plain: bool,
    ) -> Result<Value<'t>, String> {
        match comparator {
            Comparator::Equal => self.equal(true, left, right),
            Comparator::NotEqual => self.equal(false, left, right),
            Comparator::LessThan => self.ordered(Comparison::Less, left, right, plain),
            Comparator::LessThanEqual => self.ordered(Comparison::LessOrEqual, left, right, plain),
            Comparator::GreaterThan => self.ordered(Comparison::Greater, left, right, plain),
            Comparator::GreaterThanEqual => self.ordered(Comparison::GreaterOrEqual, left, right, plain),
        }
    }

    /// Returns the (in)equality of two values. Null equals null.
    pub(super) fn equal(&mut self, equal: bool, left: Value<'t>, right: Value<'t>) -> Result<Value<'t>, String> {
        match (&left.kind, &right.kind) {
            (Kind::Null, Kind::Null) => return Ok(Value::boolean(Expr::Boolean(equal))),
            (Kind::Null, _) => return Ok(is_null(equal, right)),
            (_, Kind::Null) => return Ok(is_null(equal, left)),
            (Kind::Boolean, Kind::Boolean) if !left.optional && !right.optional => {
                for (value, other) in [(&left, &right), (&right, &left)] {
                    if let Expr::Boolean(literal) = value.expr {
                        if literal == equal {
                            return Ok(other.clone());
                        }
                        return Ok(Value::boolean(Expr::Not(Box::new(other.expr.clone()))));
                    }
                }
            }
            _ => {}
        }
        let (left, right) = alike(left, right)?;
        let (left, right) = match left.optional || right.optional {
            true => (left.into_option(), right.into_option()),
            false => (left.expr, right.expr),
        };
        let comparison = if equal { Comparison::Equal } else { Comparison::NotEqual };
        Ok(Value::boolean(left.join(Join::Compare(comparison), right)))
    }

    /// Returns the ordering of two numbers.
    fn ordered(
        &mut self,
        comparison: Comparison,
        left: Value<'t>,
        right: Value<'t>,
        plain: bool,
    ) -> Result<Value<'t>, String> {
        for value in [&left, &right] {
            if !matches!(value.kind, Kind::Number(_)) {
                return Err(format!("asks which of two is greater, and one is {}", value.described()));
            }
        }
        let (left, right) = alike(left, right)?;
        let write = |left: Expr, right: Expr| Value::boolean(left.join(Join::Compare(comparison), right));
        let (absent, swapped) = match (left.optional, right.optional) {
            (false, false) => return Ok(write(left.expr, right.expr)),
            (true, true) => {
                let compared = left.expr.join(Join::CompareOptions(comparison, plain), right.expr);
                return Ok(Value::new(Kind::Boolean, !plain, compared));
            }
            (true, false) => (&left, false),
            (false, true) => (&right, true),
        };
        let body = |_: &mut Self, inner: Value<'t>| {
            Ok(if swapped { write(left.expr.clone(), inner.expr) } else { write(inner.expr, right.expr.clone()) })
        };
        if plain { self.is_some_and(absent, body) } else { self.lift(absent, body) }
    }
}

fn is_null(null: bool, value: Value<'_>) -> Value<'_> {
    Value::boolean(match (value.optional, null) {
        (true, true) => value.expr.get(Get::IsNone),
        (true, false) => value.expr.get(Get::IsSome),
        // The result is never null.
        (false, _) => Expr::Boolean(!null),
    })
}

/// Converts two values to one Rust type, for `==` and `<`.
fn alike<'t>(left: Value<'t>, right: Value<'t>) -> Result<(Value<'t>, Value<'t>), String> {
    match (&left.kind, &right.kind) {
        (Kind::Text, Kind::Text) | (Kind::Boolean, Kind::Boolean) => Ok((left, right)),
        (Kind::Number(a), Kind::Number(b)) => {
            let common = match (a, b) {
                (a, b) if a == b && !matches!(a, Number::Literal(_)) => a.clone(),
                (Number::Literal(literal), other) | (other, Number::Literal(literal)) if fits(literal, other) => {
                    other.clone()
                }
                _ => Number::F64,
            };
            Ok((as_number(left, &common), as_number(right, &common)))
        }
        _ => Err(format!("compares {} with {}", left.described(), right.described())),
    }
}

/// Returns `true` if a number is representable in a type.
fn fits(literal: &serde_json::Number, number: &Number) -> bool {
    let within = |min: i64, max: i64| literal.as_i64().is_some_and(|value| (min..=max).contains(&value));
    match number {
        Number::I8 => within(i8::MIN.into(), i8::MAX.into()),
        Number::I16 => within(i16::MIN.into(), i16::MAX.into()),
        Number::I32 => within(i32::MIN.into(), i32::MAX.into()),
        Number::I64 => within(i64::MIN, i64::MAX),
        Number::Usize => within(0, i32::MAX.into()),
        Number::F32 => literal.as_f64().is_some_and(|value| value.abs() <= f32::MAX.into()),
        Number::F64 => true,
        Number::Literal(_) => false,
    }
}

/// Converts a number to a type that represents all its values, at least approximately.
fn as_number<'t>(value: Value<'t>, number: &Number) -> Value<'t> {
    let Kind::Number(own) = &value.kind else { return value };
    let kind = Kind::Number(number.clone());
    match (own, number) {
        (own, number) if own == number => value,
        (Number::Literal(literal), Number::F32 | Number::F64) => {
            let float = literal.as_f64().filter(|float| float.is_finite()).unwrap_or_default();
            Value::plain(kind, Expr::Float(float))
        }
        (Number::Literal(literal), _) => Value::plain(kind, Expr::Integer(literal.as_i64().unwrap_or_default())),
        (own, _) => {
            let lossless = matches!(own, Number::I8 | Number::I16 | Number::I32 | Number::F32);
            let double = Get::Double { optional: value.optional, lossless };
            Value::new(kind, value.optional, value.expr.get(double))
        }
    }
}
