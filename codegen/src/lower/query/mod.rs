//! JMESPath expressions of waiters and endpoint parameters, typed against the members of operations.
//!
//! | file | what |
//! | --- | --- |
//! | `value` | a typed expression |
//! | `typing`, `lists`, `compare`, `functions` | from the parsed expression to a value |
//!
//! Null is `None`. Expressions that JMESPath would always evaluate to null or false are refused: an unknown member, a
//! comparison of a string with a number, a function of the wrong type. So is everything unsupported.

mod compare;
mod functions;
mod lists;
mod typing;
mod value;

#[cfg(test)]
mod tests;

use jmespath::ErrorReason;
use jmespath::ast::Ast;
use proc_macro2::Ident;

use super::types::Types;
use crate::ir::{Comparison, Each, Expr, Get, Join, Member, Query, UnionVariant};
use crate::naming;
use typing::Typing;
use value::{Kind, Side, Value};

/// Limits of an expression's length and opening brackets: it is processed recursively, and no model may exhaust the
/// stack.
const MAX_LENGTH: usize = 512;
const MAX_OPEN: usize = 64;

impl Types {
    fn structure(&self, name: &Ident) -> Option<&[Member]> {
        let found = self.structures.iter().chain(&self.errors).find(|structure| structure.name == *name);
        found.map(|structure| structure.members.as_slice())
    }

    fn union(&self, name: &Ident) -> Option<&[UnionVariant]> {
        self.unions.iter().find(|union| union.name == *name).map(|union| union.variants.as_slice())
    }
}

/// The values that an expression is applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// The input.
    Input,
    /// The output.
    Output,
    /// An object with both.
    InputAndOutput,
}

/// Parses an expression and types it against an operation's input and output.
///
/// # Errors
///
/// Returns what is invalid or unsupported, with the expression.
pub(super) fn typed<'t>(
    text: &str,
    root: Root,
    input: &'t [Member],
    output: &'t [Member],
    types: &'t Types,
) -> Result<Typed<'t>, String> {
    let side = |side| match side {
        Side::Input => Value::plain(Kind::Root(side), Expr::Input),
        Side::Output => Value::plain(Kind::Root(side), Expr::Output),
    };
    let current = match root {
        Root::Input => side(Side::Input),
        Root::Output => side(Side::Output),
        Root::InputAndOutput => {
            let both = [("input", Side::Input), ("output", Side::Output)];
            let both = both.map(|(name, of)| (name.to_owned(), side(of)));
            Value::plain(Kind::Object(both.to_vec()), Expr::Null)
        }
    };
    let mut typing = Typing::new(types, input, output);
    let typed = parse(text).and_then(|ast| {
        let value = typing.expression(&ast, &current)?;
        Ok((ast, value))
    });
    match typed {
        Ok((ast, value)) => Ok(Typed { text: text.to_owned(), ast, current, value, typing }),
        Err(message) => Err(compile_error(text, &message)),
    }
}

fn parse(text: &str) -> Result<Ast, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("it has more than {MAX_LENGTH} characters"));
    }
    if text.matches(['(', '[', '{', '!']).count() > MAX_OPEN {
        return Err(format!("it has more than {MAX_OPEN} opening signs"));
    }
    jmespath::parse(text).map_err(|error| {
        let reason = match error.reason {
            // The parser's message for a token that cannot start an expression.
            ErrorReason::Parse(reason) => reason.replace("nud token", "token"),
            reason => reason.to_string(),
        };
        format!("{reason}, at character {}", error.offset + 1)
    })
}

/// Returns the error message for an expression.
fn compile_error(text: &str, message: &str) -> String {
    format!("the expression {text:?} cannot be compiled: {message}")
}

/// A typed expression.
pub(super) struct Typed<'t> {
    text: String,
    ast: Ast,
    current: Value<'t>,
    value: Value<'t>,
    typing: Typing<'t>,
}

impl<'t> Typed<'t> {
    /// Returns the condition that the result is this string.
    pub(super) fn equals_text(self, expected: &str) -> Result<Query, String> {
        self.is("a string", |value| matches!(value.kind, Kind::Text | Kind::Null))?;
        let expected = Value::plain(Kind::Text, Expr::Text(expected.to_owned()));
        self.finish(|typing, value| typing.equal(true, value, expected))
    }

    /// Returns the condition that the result is this boolean.
    pub(super) fn equals_boolean(self, expected: bool) -> Result<Query, String> {
        self.is("a boolean", |value| matches!(value.kind, Kind::Boolean | Kind::Null))?;
        let (ast, current) = (self.ast.clone(), self.current.clone());
        let (is_null, optional) = (matches!(self.value.kind, Kind::Null), self.value.optional);
        self.finish(|typing, value| match (expected, optional) {
            _ if is_null => Ok(Value::boolean(Expr::Boolean(false))),
            // Only the expression itself or its negation.
            (true, _) => typing.condition(&ast, &current),
            (false, false) => typing.negated(&ast, &current),
            (false, true) => typing.equal(true, value, Value::boolean(Expr::Boolean(expected))),
        })
    }

    /// Returns the condition that the result is a list of strings, any of which is this.
    pub(super) fn has_text(mut self, expected: &str) -> Result<Query, String> {
        self.list_of_texts()?;
        self.finish(|typing, value| any_or_all(typing, &value, Each::Any, expected))
    }

    /// Returns the condition that the result is a non-empty list of strings, all of which are this.
    pub(super) fn has_only_text(mut self, expected: &str) -> Result<Query, String> {
        self.list_of_texts()?;
        self.finish(|typing, value| any_or_all(typing, &value, Each::All, expected))
    }

    /// Returns a borrowed string.
    pub(super) fn into_text(self) -> Result<Query, String> {
        self.is("a string", |value| matches!(value.kind, Kind::Text))?;
        self.finish(|_, value| Ok(value))
    }

    /// Returns a boolean.
    pub(super) fn into_boolean(self) -> Result<Query, String> {
        self.is("a boolean", |value| matches!(value.kind, Kind::Boolean))?;
        self.finish(|_, value| Ok(value))
    }

    /// Returns a vector of borrowed strings.
    pub(super) fn into_texts(mut self) -> Result<Query, String> {
        self.list_of_texts()?;
        self.finish(|typing, value| {
            typing.lift(&value, |typing, value| {
                let Value { kind, mut expr, .. } = typing.items(&value)?;
                if matches!(kind, Kind::Items(_, true)) {
                    expr = expr.get(Get::Flatten);
                }
                Ok(Value::plain(Kind::Items(Box::new(Kind::Text), false), expr.get(Get::Vector)))
            })
        })
    }

    fn list_of_texts(&mut self) -> Result<(), String> {
        let value = self.value.clone();
        let items = if matches!(value.kind, Kind::Items(..)) {
            Ok(value)
        } else {
            self.typing.items(&Value { optional: false, ..value })
        };
        match items {
            Ok(Value { kind: Kind::Items(kind, _), .. }) if matches!(*kind, Kind::Text) => Ok(()),
            _ => self.is("a list of strings", |_| false),
        }
    }

    fn is(&self, what: &str, test: impl FnOnce(&Value<'t>) -> bool) -> Result<(), String> {
        if test(&self.value) {
            return Ok(());
        }
        Err(compile_error(&self.text, &format!("it gives {}, and {what} is expected", self.value.described())))
    }

    fn finish(
        mut self,
        make: impl FnOnce(&mut Typing<'t>, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<Query, String> {
        let Value { expr, optional, .. } =
            make(&mut self.typing, self.value).map_err(|message| compile_error(&self.text, &message))?;
        Ok(Query { reads_input: expr.has(&Expr::Input), reads_output: expr.has(&Expr::Output), expr, optional })
    }
}

/// Returns the condition that any or all items of a list are a string.
fn any_or_all<'t>(typing: &mut Typing<'t>, list: &Value<'t>, each: Each, expected: &str) -> Result<Value<'t>, String> {
    let make = |typing: &mut Typing<'t>, list: Value<'t>| {
        let items = typing.items(&list)?;
        let (item, mut expected) = (naming::ident("item"), Expr::Text(expected.to_owned()));
        if matches!(items.kind, Kind::Items(_, true)) {
            expected = Expr::Present(Box::new(expected));
        }
        let test = Expr::Variable(item.clone()).join(Join::Compare(Comparison::Equal), expected);
        Ok(Value::boolean(items.expr.each(each, &item, test)))
    };
    if list.optional { typing.is_some_and(list, make) } else { make(typing, list.clone()) }
}
