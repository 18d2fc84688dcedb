//! Types parsed expressions: members, lists, projections.
//!
//! Nullable values are `Option`s, projections are iterators. A value is repeated wherever it is used: everything
//! borrows from input and output, so that no intermediate results are stored.

use jmespath::ast::Ast;
use proc_macro2::Ident;

use super::lists::{item, list};
use super::value::{Kind, Made, Number, Side, Value};
use crate::ir::{Each, Expr, Get, Join, Member, Type};
use crate::lower::types::Types;
use crate::naming;

/// The maximum number of parts of an expression: repeated values may be long.
const MAX_PARTS: usize = 500;

/// Types the expressions of one operation.
pub(super) struct Typing<'t> {
    types: &'t Types,
    input: &'t [Member],
    output: &'t [Member],
    /// Variables in scope.
    scope: Vec<String>,
}

impl<'t> Typing<'t> {
    pub(super) fn new(types: &'t Types, input: &'t [Member], output: &'t [Member]) -> Self {
        // Names that the generated function uses itself.
        let scope = ["input", "output", "error", "client", "settings"].map(str::to_owned).to_vec();
        Self { types, input, output, scope }
    }

    /// Lowers an expression, applied to a current node.
    pub(super) fn expression(&mut self, ast: &Ast, current: &Value<'t>) -> Result<Value<'t>, String> {
        Ok(match ast {
            Ast::Identity { .. } => current.clone(),
            Ast::Field { name, .. } => self.field(current, name)?,
            // If the left-hand side is null, so is what follows a dot.
            Ast::Subexpr { lhs, rhs, .. } => {
                let left = self.expression(lhs, current)?;
                self.expression(rhs, short(&left)?)?
            }
            Ast::Index { idx, .. } => {
                let found = self.lift(current, |_, list| item(&list, i64::from(*idx)))?;
                self.settled(found)?
            }
            Ast::Projection { lhs, rhs, .. } => {
                let left = match &**lhs {
                    Ast::Flatten { node, .. } | Ast::ObjectValues { node, .. } => self.expression(node, current)?,
                    Ast::Slice { .. } => current.clone(),
                    other => self.expression(other, current)?,
                };
                self.lift(&left, |typing, left| typing.project(&left, lhs, rhs))?
            }
            Ast::Or { lhs, rhs, .. } => self.either(lhs, rhs, current)?,
            Ast::And { lhs, rhs, .. } => self.both(lhs, rhs, current)?,
            Ast::Not { node, .. } => self.negated(node, current)?,
            Ast::Comparison { comparator, lhs, rhs, .. } => {
                let (left, right) = (self.expression(lhs, current)?, self.expression(rhs, current)?);
                self.compared(comparator, left, right, false)?
            }
            Ast::Literal { value, .. } => literal(
                &serde_json::to_value(value).map_err(|error| format!("has a literal that is no JSON: {error}"))?,
            )?,
            Ast::MultiList { elements, .. } => self.lift(current, |typing, current| {
                let items = elements.iter().map(|item| typing.expression(item, &current));
                list(items.collect::<Result<_, _>>()?)
            })?,
            Ast::MultiHash { elements, .. } => {
                let entries =
                    elements.iter().map(|pair| Ok((pair.key.clone(), self.expression(&pair.value, current)?)));
                Value::plain(Kind::Object(entries.collect::<Result<_, String>>()?), Expr::Null)
            }
            Ast::Function { name, args, .. } => self.call(name, args, current)?,
            Ast::Expref { .. } => return Err("hands an expression on with &, which is not supported".to_owned()),
            // The parser has these only within projections.
            Ast::Condition { .. } | Ast::Flatten { .. } | Ast::ObjectValues { .. } | Ast::Slice { .. } => {
                return Err("has half a projection, which is not supported".to_owned());
            }
        })
    }

    /// Lowers `left || right`: the left value if it is truthy.
    fn either(&mut self, left: &Ast, right: &Ast, current: &Value<'t>) -> Result<Value<'t>, String> {
        let (a, b) = (self.expression(left, current)?, self.expression(right, current)?);
        let plain_booleans = matches!((&a.kind, &b.kind), (Kind::Boolean, Kind::Boolean)) && !a.optional && !b.optional;
        if plain_booleans {
            return Ok(Value::boolean(a.expr.join(Join::Or, b.expr)));
        }
        if !a.kind.is(&b.kind) || matches!(a.kind, Kind::Items(..)) {
            return Err(format!("gives {} or else {}", a.described(), b.described()));
        }
        let name = self.fresh(a.name.as_ref());
        let condition = self.truth(Value::plain(a.kind.clone(), Expr::Variable(name.clone())))?.expr;
        let kept = a.into_option().each(Each::Filter(true), &name, condition);
        let join = if b.optional { Join::OrElse } else { Join::UnwrapOr };
        Ok(Value::new(b.kind, b.optional, kept.join(join, b.expr)))
    }

    /// Lowers `left && right`: the left value unless it is truthy.
    fn both(&mut self, left: &Ast, right: &Ast, current: &Value<'t>) -> Result<Value<'t>, String> {
        let (a, b) = (self.expression(left, current)?, self.expression(right, current)?);
        if !matches!((&a.kind, &b.kind), (Kind::Boolean, Kind::Boolean)) {
            return Err(format!("gives {} or else {}", b.described(), a.described()));
        }
        if !a.optional && !b.optional {
            return Ok(Value::boolean(a.expr.join(Join::And, b.expr)));
        }
        short(&a)?;
        let parts = [self.truth(a.clone())?.expr, b.into_option(), a.into_option()];
        let [condition, yes, no] = parts.map(Box::new);
        Ok(Value::optional(Kind::Boolean, Expr::If(condition, yes, no)))
    }

    /// Lowers a member of a structure or union, or a key of a map.
    fn field(&mut self, holder: &Value<'t>, name: &str) -> Result<Value<'t>, String> {
        if let Kind::Object(entries) = &holder.kind {
            let found = entries.iter().find(|(entry, _)| entry == name);
            return found
                .map(|(_, value)| value.clone())
                .ok_or_else(|| format!("has no {name:?} where it looks for it"));
        }
        let found = self.lift(holder, |typing, holder| typing.unsettled_field(holder, name))?;
        self.settled(found)
    }

    fn unsettled_field(&mut self, holder: Value<'t>, name: &str) -> Result<Value<'t>, String> {
        let types = self.types;
        let members = match &holder.kind {
            Kind::Root(Side::Input) => self.input,
            Kind::Root(Side::Output) => self.output,
            Kind::Node(Type::Structure(structure) | Type::Error(structure)) => {
                types.structure(structure).ok_or_else(|| format!("{structure} is no structure"))?
            }
            Kind::Node(Type::Union(union)) => {
                let variants = types.union(union).ok_or_else(|| format!("{union} is no union"))?;
                let variant = variants.iter().find(|variant| variant.member.wire_name == name);
                let variant = variant.ok_or_else(|| format!("there is no {name:?} in {union}"))?;
                if variant.member.ty == Type::Unit {
                    return Err(format!("{name:?} of {union} holds nothing that could be looked at"));
                }
                let value = holder.expr.get(Get::Variant(variant.accessors.1.clone()));
                return Ok(Value::optional(Kind::Node(&variant.member.ty), value).named(&variant.member.name));
            }
            Kind::Node(Type::Map(key, element)) if **key == Type::String => {
                let value = holder.expr.get(Get::Key(name.to_owned(), element.optional));
                return Ok(Value::optional(Kind::Node(&element.ty), value));
            }
            _ => return Err(format!("looks for {name:?} in {}", holder.described())),
        };
        let member = members.iter().find(|member| member.wire_name == name);
        if member.is_none() && name == "null" {
            // A likely mistake: members are case-sensitive, and an unknown member is null.
            return Ok(Value::optional(Kind::Null, Expr::Null));
        }
        let member = member.ok_or_else(|| format!("there is no {name:?} where it looks for it"))?;
        let (optional, field) = (member.is_optional(), member.name.clone());
        let (kind, get) = match &member.ty {
            Type::String => (Kind::Text, Get::Member(field)),
            Type::Boolean => (Kind::Boolean, Get::Member(field)),
            // The accessor of a list does not distinguish none from an empty one.
            Type::List(_) if optional => (Kind::Node(&member.ty), Get::List(field)),
            ty => match number(ty).filter(|_| !matches!(ty, Type::IntEnum(_))) {
                Some(number) => (Kind::Number(number), Get::Member(field)),
                None => (Kind::Node(ty), Get::Member(field)),
            },
        };
        Ok(Value::new(kind, optional, holder.expr.get(get)).named(&member.name))
    }

    /// Dereferences a string, number or boolean.
    pub(super) fn settled(&mut self, value: Value<'t>) -> Result<Value<'t>, String> {
        let Kind::Node(ty) = value.kind else { return Ok(value) };
        let name = value.name.clone();
        let settled = match ty {
            Type::String | Type::Enum(_) => {
                self.lift(&value, |_, value| Ok(Value::plain(Kind::Text, value.expr.get(Get::Text))))?
            }
            Type::IntEnum(_) => {
                self.lift(&value, |_, value| Ok(Value::plain(Kind::Number(Number::I32), value.expr.get(Get::Number))))?
            }
            ty => {
                let kind = match (ty, number(ty)) {
                    (Type::Boolean, _) => Kind::Boolean,
                    (_, Some(number)) => Kind::Number(number),
                    _ => return Ok(value),
                };
                let get = if value.optional { Get::Copied } else { Get::Deref };
                Value::new(kind, value.optional, value.expr.get(get))
            }
        };
        Ok(Value { name, ..settled })
    }

    /// Maps a value that is present; null otherwise.
    pub(super) fn lift(
        &mut self,
        value: &Value<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<Value<'t>, String> {
        if matches!(value.kind, Kind::Null) {
            return Ok(value.clone());
        }
        if !value.optional || matches!(value.kind, Kind::Object(_)) {
            return make(self, value.clone());
        }
        let (from, name, made) = self.within(value, make)?;
        if matches!(made.kind, Kind::Null | Kind::Object(_)) {
            return Ok(made);
        }
        if is_variable(&made.expr, &name) {
            return Ok(Value { expr: from, optional: true, ..made });
        }
        let each = if made.optional { Each::AndThen } else { Each::Map };
        let lifted = from.clone().each(each, &name, made.expr.clone());
        let going_on = !made.optional && matches!(made.kind, Kind::Items(..));
        let going_on = going_on.then(|| Box::new(Made { from, name, body: made.expr }));
        Ok(Value { name: made.name, made: going_on, ..Value::optional(made.kind, lifted) })
    }

    pub(super) fn is_some_and(
        &mut self,
        value: &Value<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<Value<'t>, String> {
        let (from, name, made) = self.within(value, make)?;
        Ok(Value::boolean(from.each(Each::IsSomeAnd, &name, made.expr)))
    }

    /// Maps a nullable value in a closure: returns the receiver, the parameter and the body.
    fn within(
        &mut self,
        value: &Value<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<(Expr, Ident, Value<'t>), String> {
        let Some(going_on) = &value.made else {
            let (name, made) = self.bound(value.name.as_ref(), value.kind.clone(), make)?;
            return Ok((value.expr.clone(), name, made));
        };
        let Made { from, name, body } = &**going_on;
        self.scope.push(naming::plain(name));
        let made = make(self, Value::plain(value.kind.clone(), body.clone()));
        self.scope.pop();
        Ok((from.clone(), name.clone(), made?))
    }

    /// Lowers the body of a closure with its parameter in scope.
    pub(super) fn bound(
        &mut self,
        name: Option<&Ident>,
        kind: Kind<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<(Ident, Value<'t>), String> {
        let name = self.fresh(name);
        self.scope.push(naming::plain(&name));
        let made = make(self, Value::plain(kind, Expr::Variable(name.clone())).named(&name));
        self.scope.pop();
        Ok((name, made?))
    }

    /// Returns a name for a variable that shadows no other, similar to the wish.
    pub(super) fn fresh(&self, wish: Option<&Ident>) -> Ident {
        let wish = wish.map_or_else(|| "value".to_owned(), naming::plain);
        naming::ident(&naming::unique(&wish, |name| !self.scope.iter().any(|taken| taken == name)))
    }
}

/// Returns a value that may be repeated, if it is short enough.
fn short<'v, 't>(value: &'v Value<'t>) -> Result<&'v Value<'t>, String> {
    let mut parts = 0;
    value.expr.visit(&mut |_| parts += 1);
    if parts > MAX_PARTS { Err("becomes too long".to_owned()) } else { Ok(value) }
}

/// Returns `true` if an expression is only a variable.
pub(super) fn is_variable(expr: &Expr, name: &Ident) -> bool {
    matches!(expr, Expr::Variable(variable) if variable == name)
}

fn literal<'t>(value: &serde_json::Value) -> Result<Value<'t>, String> {
    use serde_json::Value as Json;
    Ok(match value {
        Json::Null => Value::optional(Kind::Null, Expr::Null),
        Json::Bool(value) => Value::boolean(Expr::Boolean(*value)),
        Json::String(text) => Value::plain(Kind::Text, Expr::Text(text.clone())),
        Json::Number(number) => {
            let float = number.as_f64().filter(|float| float.is_finite()).unwrap_or(0.0);
            Value::plain(Kind::Number(Number::Literal(number.clone())), Expr::Float(float))
        }
        Json::Array(items) => list(items.iter().map(literal).collect::<Result<_, _>>()?)?,
        Json::Object(_) => return Err("has an object as a literal, which is not supported".to_owned()),
    })
}

fn number(ty: &Type) -> Option<Number> {
    Some(match ty {
        Type::Byte => Number::I8,
        Type::Short => Number::I16,
        Type::Integer | Type::IntEnum(_) => Number::I32,
        Type::Long => Number::I64,
        Type::Float => Number::F32,
        Type::Double => Number::F64,
        _ => return None,
    })
}
