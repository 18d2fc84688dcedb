//! Conditions: comparisons, and what counts as true.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ast::{Comparison, Expr};
use super::compile::Compiler;
use super::value::{Kind, Level, Number, Value};
use crate::ir::Type;

impl<'t> Compiler<'t> {
    /// Whether what an expression gives counts as true: a plain boolean.
    pub(super) fn condition(&mut self, expr: &Expr, current: &Value<'t>) -> Result<Value<'t>, String> {
        Ok(match expr {
            Expr::And(left, right) => {
                let (left, right) = (self.condition(left, current)?, self.condition(right, current)?);
                and(&left, &right)
            }
            Expr::Or(left, right) => {
                let (left, right) = (self.condition(left, current)?, self.condition(right, current)?);
                or(&left, &right)
            }
            Expr::Not(inner) => self.negated(inner, current)?,
            Expr::Compare(comparison, left, right) if comparison.is_order() => {
                let (left, right) = (self.expression(left, current)?, self.expression(right, current)?);
                self.ordered(*comparison, left, right, true)?
            }
            other => {
                let value = self.expression(other, current)?;
                self.truth(value)?
            }
        })
    }

    /// Whether what an expression gives counts as false.
    pub(super) fn negated(&mut self, inner: &Expr, current: &Value<'t>) -> Result<Value<'t>, String> {
        let opposite = match inner {
            Expr::Compare(Comparison::Equal, left, right) => Some((Comparison::NotEqual, left, right)),
            Expr::Compare(Comparison::NotEqual, left, right) => Some((Comparison::Equal, left, right)),
            _ => None,
        };
        if let Some((comparison, left, right)) = opposite {
            let (left, right) = (self.expression(left, current)?, self.expression(right, current)?);
            return self.equal(comparison == Comparison::Equal, left, right);
        }
        let inner = self.condition(inner, current)?.at(Level::Unary);
        Ok(Value::boolean(quote!(!#inner), Level::Unary))
    }

    /// Whether a value counts as true: it is not null, false or empty. A structure that is there
    /// counts, even if nothing in it is set: what it would look like as JSON nobody asks for.
    pub(super) fn truth(&mut self, value: Value<'t>) -> Result<Value<'t>, String> {
        let tokens = &value.tokens;
        let content: Option<fn(TokenStream) -> TokenStream> = match &value.kind {
            Kind::Null => return Ok(Value::boolean(quote!(false), Level::Postfix)),
            Kind::Boolean if value.optional => {
                let tokens = value.at(Level::Unary);
                return Ok(Value::boolean(quote!(#tokens == Some(true)), Level::Compare));
            }
            Kind::Boolean => return Ok(value),
            Kind::Text | Kind::Node(Type::List(_) | Type::Map(..)) => Some(|tokens| quote!(!#tokens.is_empty())),
            Kind::Items(..) => Some(|tokens| quote!(#tokens.next().is_some())),
            Kind::Number(_) | Kind::Node(_) | Kind::Root(_) | Kind::Object(_) => None,
        };
        Ok(match (value.optional, content) {
            (true, None) => Value::boolean(quote!(#tokens.is_some()), Level::Postfix),
            (false, None) => Value::boolean(quote!(true), Level::Postfix),
            (false, Some(content)) => Value::boolean(content(value.at(Level::Postfix)), Level::Unary),
            (true, Some(content)) => {
                self.is_some_and(&value, |_, inner| Ok(Value::boolean(content(inner.tokens), Level::Unary)))?
            }
        })
    }

    /// Whether two values are the same, or are not. Null is the same as null.
    pub(super) fn equal(&mut self, equal: bool, left: Value<'t>, right: Value<'t>) -> Result<Value<'t>, String> {
        let operator = if equal { quote!(==) } else { quote!(!=) };
        match (&left.kind, &right.kind) {
            (Kind::Null, Kind::Null) => return Ok(Value::boolean(quote!(#equal), Level::Postfix)),
            (Kind::Null, _) => return Ok(is_null(equal, &right)),
            (_, Kind::Null) => return Ok(is_null(equal, &left)),
            (Kind::Boolean, Kind::Boolean) if !left.optional && !right.optional => {
                for (value, other) in [(&left, &right), (&right, &left)] {
                    if let Some(literal) = literal_boolean(value) {
                        if literal == equal {
                            return Ok(other.clone());
                        }
                        let other = other.at(Level::Unary);
                        return Ok(Value::boolean(quote!(!#other), Level::Unary));
                    }
                }
            }
            _ => {}
        }
        let (left, right) = alike(left, right)?;
        let (a, b) = match left.optional || right.optional {
            true => (left.as_option(), right.as_option()),
            false => (left.at(Level::Unary), right.at(Level::Unary)),
        };
        Ok(Value::boolean(quote!(#a #operator #b), Level::Compare))
    }

    /// Which of two numbers is greater; null where one is null, which is false where `plain` is asked for.
    pub(super) fn ordered(
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
        let write = |left: &Value<'_>, right: &Value<'_>| {
            let (a, b) = (left.at(Level::Unary), right.at(Level::Unary));
            let operator = operator(comparison);
            Value::boolean(quote!(#a #operator #b), Level::Compare)
        };
        if !left.optional && !right.optional {
            return Ok(write(&left, &right));
        }
        if left.optional && right.optional {
            let (a, b) = (&left.tokens, &right.tokens);
            let operator = operator(comparison);
            let pair = quote!(#a.zip(#b));
            return Ok(if plain {
                Value::boolean(quote!(#pair.is_some_and(|(left, right)| left #operator right)), Level::Postfix)
            } else {
                Value::optional(Kind::Boolean, quote!(#pair.map(|(left, right)| left #operator right)))
            });
        }
        let (absent, swapped) = if left.optional { (&left, false) } else { (&right, true) };
        let body = |inner: Value<'t>| if swapped { write(&left, &inner) } else { write(&inner, &right) };
        if plain {
            self.is_some_and(absent, |_, inner| Ok(body(inner)))
        } else {
            self.lift(absent, |_, inner| Ok(body(inner)))
        }
    }
}

/// `left && right` of plain booleans.
pub(super) fn and<'t>(left: &Value<'t>, right: &Value<'t>) -> Value<'t> {
    let (left, right) = (left.at(Level::And), right.at(Level::Compare));
    Value::boolean(quote!(#left && #right), Level::And)
}

/// `left || right` of plain booleans.
pub(super) fn or<'t>(left: &Value<'t>, right: &Value<'t>) -> Value<'t> {
    let (left, right) = (left.at(Level::Or), right.at(Level::And));
    Value::boolean(quote!(#left || #right), Level::Or)
}

fn operator(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Equal => quote!(==),
        Comparison::NotEqual => quote!(!=),
        Comparison::Less => quote!(<),
        Comparison::LessOrEqual => quote!(<=),
        Comparison::Greater => quote!(>),
        Comparison::GreaterOrEqual => quote!(>=),
    }
}

fn is_null<'t>(null: bool, value: &Value<'t>) -> Value<'t> {
    let tokens = &value.tokens;
    let tokens = match (value.optional, null) {
        (true, true) => quote!(#tokens.is_none()),
        (true, false) => quote!(#tokens.is_some()),
        // It is never null.
        (false, _) => {
            let always = !null;
            quote!(#always)
        }
    };
    Value::boolean(tokens, Level::Postfix)
}

fn literal_boolean(value: &Value<'_>) -> Option<bool> {
    match value.tokens.to_string().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Two values as ones of the same Rust type, that `==` and `<` can stand between.
pub(super) fn alike<'t>(left: Value<'t>, right: Value<'t>) -> Result<(Value<'t>, Value<'t>), String> {
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

/// Whether a number can be written as one of a type.
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

/// A number as one of a type that all its values have a place in, or are near to one.
fn as_number<'t>(value: Value<'t>, number: &Number) -> Value<'t> {
    let Kind::Number(own) = &value.kind else { return value };
    let kind = Kind::Number(number.clone());
    let level = |negative: bool| if negative { Level::Unary } else { Level::Postfix };
    match (own, number) {
        (own, number) if own == number => value,
        (Number::Literal(literal), Number::F32 | Number::F64) => {
            let float = literal.as_f64().filter(|float| float.is_finite()).unwrap_or_default();
            let tokens = Literal::f64_unsuffixed(float);
            Value { level: level(float < 0.0), ..Value::plain(kind, quote!(#tokens)) }
        }
        (Number::Literal(literal), _) => {
            let integer = literal.as_i64().unwrap_or_default();
            let tokens = Literal::i64_unsuffixed(integer);
            Value { level: level(integer < 0), ..Value::plain(kind, quote!(#tokens)) }
        }
        (own, _) => {
            let lossless = matches!(own, Number::I8 | Number::I16 | Number::I32 | Number::F32);
            let tokens = match (value.optional, lossless) {
                (true, true) => {
                    let tokens = &value.tokens;
                    quote!(#tokens.map(f64::from))
                }
                (true, false) => {
                    let tokens = &value.tokens;
                    quote!(#tokens.map(|number| number as f64))
                }
                (false, true) => {
                    let tokens = &value.tokens;
                    quote!(f64::from(#tokens))
                }
                (false, false) => {
                    let tokens = value.at(Level::Unary);
                    // In parentheses, since `a as f64 < b` reads as the start of generics.
                    quote!((#tokens as f64))
                }
            };
            Value::new(kind, value.optional, tokens)
        }
    }
}
