//! From expressions to values: members, lists, projections.
//!
//! What may be null is an `Option`, what a projection gives is an iterator. A value is written
//! down again wherever it is used: all there is borrows from input and output, so that nothing
//! has to be stored on the way.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Shapes;
use super::ast::{Comparison, Expr};
use super::lists::{item, list};
use super::value::{Kind, Level, Made, Number, Side, Value};
use crate::ir::{Member, Type};
use crate::naming;

/// How many characters an expression may become: what is written down again may be long.
const MAX_LENGTH: usize = 4_000;

/// Compiles the expressions of one operation.
pub(super) struct Compiler<'t> {
    pub(super) shapes: Shapes<'t>,
    pub(super) input: &'t [Member],
    pub(super) output: &'t [Member],
    /// Variables in scope.
    scope: Vec<String>,
}

impl<'t> Compiler<'t> {
    pub(super) fn new(shapes: Shapes<'t>, input: &'t [Member], output: &'t [Member]) -> Self {
        // Names that stand around what is generated.
        let scope = ["input", "output", "error", "client", "settings"].map(str::to_owned).to_vec();
        Self { shapes, input, output, scope }
    }

    /// What an expression gives, applied to a current node.
    pub(super) fn expression(&mut self, expr: &Expr, current: &Value<'t>) -> Result<Value<'t>, String> {
        Ok(match expr {
            Expr::Current => current.clone(),
            Expr::Field(name) => self.field(current, name)?,
            // Where the left is null, so is all that may stand on the right behind a dot.
            Expr::Sub(left, right) | Expr::Pipe(left, right) => {
                let left = self.expression(left, current)?;
                self.expression(right, short(&left)?)?
            }
            Expr::Index(left, index) => {
                let left = self.expression(left, current)?;
                let found = self.lift(&left, |_, left| item(&left, *index))?;
                self.settled(found)?
            }
            Expr::Project { left, source, right } => {
                let left = self.expression(left, current)?;
                self.lift(&left, |compiler, left| compiler.project(&left, source, right))?
            }
            Expr::Or(left, right) => self.either(left, right, current)?,
            Expr::And(left, right) => self.both(left, right, current)?,
            Expr::Not(inner) => self.negated(inner, current)?,
            Expr::Compare(comparison, left, right) => {
                let (left, right) = (self.expression(left, current)?, self.expression(right, current)?);
                match comparison {
                    Comparison::Equal => self.equal(true, left, right)?,
                    Comparison::NotEqual => self.equal(false, left, right)?,
                    order => self.ordered(*order, left, right, false)?,
                }
            }
            Expr::Literal(value) => literal(value)?,
            Expr::List(items) => self.lift(current, |compiler, current| {
                let items = items.iter().map(|item| compiler.expression(item, &current));
                list(items.collect::<Result<_, _>>()?)
            })?,
            Expr::Hash(entries) => {
                let entry = |(name, value): &(String, Expr)| Ok((name.clone(), self.expression(value, current)?));
                let entries = entries.iter().map(entry).collect::<Result<_, String>>()?;
                Value::plain(Kind::Object(entries), TokenStream::new())
            }
            Expr::Call(function, arguments) => self.call(function, arguments, current)?,
            Expr::Reference(_) => return Err("hands an expression on with &, which is not supported".to_owned()),
        })
    }

    /// `left || right`: the left if it counts as true.
    fn either(&mut self, left: &Expr, right: &Expr, current: &Value<'t>) -> Result<Value<'t>, String> {
        let (a, b) = (self.expression(left, current)?, self.expression(right, current)?);
        let plain_booleans = matches!((&a.kind, &b.kind), (Kind::Boolean, Kind::Boolean)) && !a.optional && !b.optional;
        if plain_booleans {
            return Ok(super::compare::or(&a, &b));
        }
        if !a.kind.is(&b.kind) || matches!(a.kind, Kind::Items(..)) {
            return Err(format!("gives {} or else {}", a.described(), b.described()));
        }
        let kind = b.kind.clone();
        let (a, b) = (Value { tokens: a.as_option(), optional: true, ..a }, b);
        let name = self.fresh(a.name.as_ref());
        let held = Value::plain(a.kind.clone(), quote!(#name));
        let condition = self.truth(held)?.tokens;
        let a = &a.tokens;
        // A filter sees a reference to what it keeps.
        let pattern = if super::mentions(&condition, &name) { quote!(&#name) } else { quote!(_) };
        let kept = quote!(#a.filter(|#pattern| #condition));
        let b_tokens = &b.tokens;
        Ok(match b.optional {
            true => Value::optional(kind, quote!(#kept.or(#b_tokens))),
            false => Value::plain(kind, quote!(#kept.unwrap_or(#b_tokens))),
        })
    }

    /// `left && right`: the left unless it counts as true.
    fn both(&mut self, left: &Expr, right: &Expr, current: &Value<'t>) -> Result<Value<'t>, String> {
        let (a, b) = (self.expression(left, current)?, self.expression(right, current)?);
        if !matches!((&a.kind, &b.kind), (Kind::Boolean, Kind::Boolean)) {
            return Err(format!("gives {} or else {}", b.described(), a.described()));
        }
        if !a.optional && !b.optional {
            return Ok(super::compare::and(&a, &b));
        }
        short(&a)?;
        let (condition, a, b) = (self.truth(a.clone())?.tokens, a.as_option(), b.as_option());
        Ok(Value::optional(Kind::Boolean, quote!(if #condition { #b } else { #a })))
            .map(|value| Value { level: Level::Or, ..value })
    }

    /// A member of a structure or union, or the value of a key.
    fn field(&mut self, holder: &Value<'t>, name: &str) -> Result<Value<'t>, String> {
        if let Kind::Object(entries) = &holder.kind {
            let found = entries.iter().find(|(entry, _)| entry == name);
            return found
                .map(|(_, value)| value.clone())
                .ok_or_else(|| format!("has no {name:?} where it looks for it"));
        }
        let found = self.lift(holder, |compiler, holder| compiler.unsettled_field(&holder, name))?;
        self.settled(found)
    }

    fn unsettled_field(&mut self, holder: &Value<'t>, name: &str) -> Result<Value<'t>, String> {
        let tokens = holder.at(Level::Postfix);
        let members = match &holder.kind {
            Kind::Root(Side::Input) => self.input,
            Kind::Root(Side::Output) => self.output,
            Kind::Node(Type::Structure(structure) | Type::Error(structure)) => {
                self.shapes.structure(structure).ok_or_else(|| format!("{structure} is no structure"))?
            }
            Kind::Node(Type::Union(union)) => {
                let variants = self.shapes.union(union).ok_or_else(|| format!("{union} is no union"))?;
                let variant = variants.iter().find(|variant| variant.member.wire_name == name);
                let variant = variant.ok_or_else(|| format!("there is no {name:?} in {union}"))?;
                if variant.member.ty == Type::Unit {
                    return Err(format!("{name:?} of {union} holds nothing that could be looked at"));
                }
                let accessor = &variant.accessors.1;
                let value = Value::optional(Kind::Node(&variant.member.ty), quote!(#tokens.#accessor().ok()));
                return Ok(value.named(&variant.member.name));
            }
            Kind::Node(Type::Map(key, element)) if **key == Type::String => {
                let flatten = element.optional.then(|| quote! { .and_then(Option::as_ref) });
                return Ok(Value::optional(Kind::Node(&element.ty), quote!(#tokens.get(#name) #flatten)));
            }
            _ => return Err(format!("looks for {name:?} in {}", holder.described())),
        };
        let member = members.iter().find(|member| member.wire_name == name);
        if member.is_none() && name == "null" {
            // As in other languages, people think; and a member that is not there is null.
            return Ok(Value::optional(Kind::Null, TokenStream::new()));
        }
        let member = member.ok_or_else(|| format!("there is no {name:?} where it looks for it"))?;
        let field = &member.name;
        let (optional, read) = (member.is_optional(), quote!(#tokens.#field()));
        let value = match &member.ty {
            Type::String => Value::new(Kind::Text, optional, read),
            Type::Boolean => Value::new(Kind::Boolean, optional, read),
            // What the method gives for a list does not tell none from an empty one.
            Type::List(_) if optional => Value::optional(Kind::Node(&member.ty), quote!(#tokens.#field.as_ref())),
            ty => match number(ty).filter(|_| !matches!(ty, Type::IntEnum(_))) {
                Some(number) => Value::new(Kind::Number(number), optional, read),
                None => Value::new(Kind::Node(ty), optional, read),
            },
        };
        Ok(value.named(field))
    }

    /// A value with the reference to a string, number or boolean made one of it itself.
    pub(super) fn settled(&mut self, value: Value<'t>) -> Result<Value<'t>, String> {
        let Kind::Node(ty) = value.kind else { return Ok(value) };
        let tokens = &value.tokens;
        let name = value.name.clone();
        let settled = match ty {
            Type::String | Type::Enum(_) => self.lift(&value, |_, value| {
                let tokens = value.at(Level::Postfix);
                Ok(Value::plain(Kind::Text, quote!(#tokens.as_str())))
            })?,
            Type::IntEnum(_) => self.lift(&value, |_, value| {
                let tokens = value.at(Level::Postfix);
                Ok(Value::plain(Kind::Number(Number::I32), quote!(#tokens.as_i32())))
            })?,
            ty => {
                let kind = match (ty, number(ty)) {
                    (Type::Boolean, _) => Kind::Boolean,
                    (_, Some(number)) => Kind::Number(number),
                    _ => return Ok(value),
                };
                match value.optional {
                    true => Value::optional(kind, quote!(#tokens.copied())),
                    false => Value { level: Level::Unary, ..Value::plain(kind, quote!(*#tokens)) },
                }
            }
        };
        Ok(Value { name, ..settled })
    }

    /// What is made of a value that is there; null where it is not.
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
        let body = &made.tokens;
        if matches!(made.kind, Kind::Null | Kind::Object(_)) {
            return Ok(made);
        }
        if name == body.to_string() {
            return Ok(Value { tokens: from, optional: true, ..made });
        }
        let parameter = parameter(&name, body);
        let function = if made.optional { quote!(and_then) } else { quote!(map) };
        let lifted = Value::optional(made.kind.clone(), quote!(#from.#function(|#parameter| #body)));
        let going_on = !made.optional && matches!(made.kind, Kind::Items(..));
        let going_on = going_on.then(|| Box::new(Made { from, name, body: made.tokens }));
        Ok(Value { name: made.name, made: going_on, ..lifted })
    }

    /// Whether something holds of a value that may be null: it does not where there is none.
    pub(super) fn is_some_and(
        &mut self,
        value: &Value<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<Value<'t>, String> {
        let (from, name, made) = self.within(value, make)?;
        let body = &made.tokens;
        let parameter = parameter(&name, body);
        Ok(Value::boolean(quote!(#from.is_some_and(|#parameter| #body)), Level::Postfix))
    }

    /// What is made of a value that may be null, in a closure: what that is called on, its
    /// parameter, its body.
    fn within(
        &mut self,
        value: &Value<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<(TokenStream, Ident, Value<'t>), String> {
        let Some(going_on) = &value.made else {
            let (name, made) = self.bound(value.name.as_ref(), value.kind.clone(), make)?;
            return Ok((value.at(Level::Postfix), name, made));
        };
        let Made { from, name, body } = &**going_on;
        self.scope.push(naming::plain(name));
        let made = make(self, Value::plain(value.kind.clone(), body.clone()));
        self.scope.pop();
        Ok((from.clone(), name.clone(), made?))
    }

    /// Makes something of the parameter of a closure.
    pub(super) fn bound(
        &mut self,
        name: Option<&Ident>,
        kind: Kind<'t>,
        make: impl FnOnce(&mut Self, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<(Ident, Value<'t>), String> {
        let name = self.fresh(name);
        self.scope.push(naming::plain(&name));
        let made = make(self, Value::plain(kind, quote!(#name)).named(&name));
        self.scope.pop();
        Ok((name, made?))
    }

    /// A name for a variable, near to one wished for, that hides no other.
    pub(super) fn fresh(&self, wish: Option<&Ident>) -> Ident {
        let wish = wish.map_or_else(|| "value".to_owned(), naming::plain);
        naming::ident(&naming::unique(&wish, |name| !self.scope.iter().any(|taken| taken == name)))
    }
}

/// A value that may be written down more than once.
fn short<'v, 't>(value: &'v Value<'t>) -> Result<&'v Value<'t>, String> {
    if value.tokens.to_string().len() > MAX_LENGTH { Err("becomes too long".to_owned()) } else { Ok(value) }
}

/// A value that stands in the expression.
fn literal<'t>(value: &serde_json::Value) -> Result<Value<'t>, String> {
    use serde_json::Value as Json;
    Ok(match value {
        Json::Null => Value::optional(Kind::Null, TokenStream::new()),
        Json::Bool(value) => Value::plain(Kind::Boolean, quote!(#value)),
        Json::String(text) => Value::plain(Kind::Text, quote!(#text)),
        Json::Number(number) => Value::plain(Kind::Number(Number::Literal(number.clone())), {
            let float = Literal::f64_unsuffixed(number.as_f64().filter(|it| it.is_finite()).unwrap_or(0.0));
            quote!(#float)
        }),
        Json::Array(items) => list(items.iter().map(literal).collect::<Result<_, _>>()?)?,
        Json::Object(_) => return Err("has an object as a literal, which is not supported".to_owned()),
    })
}

/// The Rust type of a number of the model.
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

/// The parameter of a closure, `_` where the body has no use for it.
pub(super) fn parameter(name: &Ident, body: &TokenStream) -> TokenStream {
    if super::mentions(body, name) { quote!(#name) } else { quote!(_) }
}
