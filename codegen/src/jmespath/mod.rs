//! JMESPath, compiled: expressions of a model become Rust over the types of its operations.
//!
//! | file | what |
//! | --- | --- |
//! | `lexer`, `parser`, `ast` | from text to an expression |
//! | `value` | Rust tokens, and what they give |
//! | `compile`, `lists`, `compare`, `functions` | from an expression to a value |
//!
//! Null is `None`. What an expression asks for must be there to be asked for: a member that no
//! shape has, a comparison of a string with a number, a function of the wrong type would all be
//! null or false in JMESPath, always, and are refused here. So is what is not supported.

mod ast;
mod compare;
mod compile;
mod functions;
mod lexer;
mod lists;
mod parser;
mod value;

#[cfg(test)]
mod tests;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use crate::ir::{Member, Structure, Union, UnionVariant};
use ast::Expr;
use compile::Compiler;
use value::{Kind, Level, Side};

pub(crate) use value::Value;

/// The types that members lead to.
#[derive(Clone, Copy)]
pub(crate) struct Shapes<'t> {
    pub(crate) structures: &'t [Structure],
    pub(crate) errors: &'t [Structure],
    pub(crate) unions: &'t [Union],
}

impl<'t> Shapes<'t> {
    fn structure(&self, name: &Ident) -> Option<&'t [Member]> {
        let found = self.structures.iter().chain(self.errors).find(|structure| structure.name == *name);
        found.map(|structure| structure.members.as_slice())
    }

    fn union(&self, name: &Ident) -> Option<&'t [UnionVariant]> {
        self.unions.iter().find(|union| union.name == *name).map(|union| union.variants.as_slice())
    }
}

/// What an expression is applied to. Generated code has it in variables of these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// `input`
    Input,
    /// `output`
    Output,
    /// An object that holds both.
    InputAndOutput,
}

/// Compiles an expression over an operation's input and output.
///
/// # Errors
///
/// What is wrong with it, or not supported, with the expression.
pub(crate) fn compile<'t>(
    text: &str,
    root: Root,
    input: &'t [Member],
    output: &'t [Member],
    shapes: Shapes<'t>,
) -> Result<Compiled<'t>, String> {
    let side = |side| match side {
        Side::Input => Value::plain(Kind::Root(side), quote!(input)),
        Side::Output => Value::plain(Kind::Root(side), quote!(output)),
    };
    let current = match root {
        Root::Input => side(Side::Input),
        Root::Output => side(Side::Output),
        Root::InputAndOutput => {
            let both = [("input", Side::Input), ("output", Side::Output)];
            let both = both.map(|(name, of)| (name.to_owned(), side(of)));
            Value::plain(Kind::Object(both.to_vec()), TokenStream::new())
        }
    };
    let mut compiler = Compiler::new(shapes, input, output);
    let compiled = parser::parse(text).and_then(|expr| {
        let value = compiler.expression(&expr, &current)?;
        Ok((expr, value))
    });
    match compiled {
        Ok((expr, value)) => Ok(Compiled { text: text.to_owned(), expr, current, value, compiler }),
        Err(message) => Err(told(text, &message)),
    }
}

/// A message about an expression.
fn told(text: &str, message: &str) -> String {
    format!("the expression {text:?} cannot be compiled: {message}")
}

/// An expression that has been compiled.
pub(crate) struct Compiled<'t> {
    text: String,
    expr: Expr,
    current: Value<'t>,
    value: Value<'t>,
    compiler: Compiler<'t>,
}

impl<'t> Compiled<'t> {
    /// The condition that it gives this string.
    pub(crate) fn equals_text(self, expected: &str) -> Result<TokenStream, String> {
        self.is("a string", |value| matches!(value.kind, Kind::Text | Kind::Null))?;
        let expected = Value::plain(Kind::Text, quote!(#expected));
        self.finish(|compiler, value| compiler.equal(true, value, expected))
    }

    /// The condition that it gives this boolean.
    pub(crate) fn equals_boolean(self, expected: bool) -> Result<TokenStream, String> {
        self.is("a boolean", |value| matches!(value.kind, Kind::Boolean | Kind::Null))?;
        let (expr, current) = (self.expr.clone(), self.current.clone());
        let matches_null = matches!(self.value.kind, Kind::Null);
        match (expected, self.value.optional) {
            _ if matches_null => return Ok(quote!(false)),
            // Written as the condition that it is.
            (true, _) => return self.finish(|compiler, _| compiler.condition(&expr, &current)),
            (false, false) => return self.finish(|compiler, _| compiler.negated(&expr, &current)),
            (false, true) => {}
        }
        let expected = Value::plain(Kind::Boolean, quote!(#expected));
        self.finish(|compiler, value| compiler.equal(true, value, expected))
    }

    /// The condition that it gives a list of strings, at least one of which is this.
    pub(crate) fn has_text(mut self, expected: &str) -> Result<TokenStream, String> {
        self.list_of_texts()?;
        self.finish(|compiler, value| {
            any_or_all(compiler, &value, |items, test| quote!(#items.any(|item| #test)), expected)
        })
    }

    /// The condition that it gives a list of strings that is not empty, all of which are this.
    pub(crate) fn has_only_text(mut self, expected: &str) -> Result<TokenStream, String> {
        self.list_of_texts()?;
        let all = |items: &TokenStream, test: &TokenStream| {
            quote!({
                let mut items = #items.peekable();
                items.peek().is_some() && items.all(|item| #test)
            })
        };
        self.finish(|compiler, value| any_or_all(compiler, &value, all, expected))
    }

    /// A string that borrows from what it is applied to, and whether it is an `Option`.
    pub(crate) fn into_text(self) -> Result<(TokenStream, bool), String> {
        self.is("a string", |value| matches!(value.kind, Kind::Text))?;
        Ok((self.value.tokens, self.value.optional))
    }

    /// A boolean, and whether it is an `Option`.
    pub(crate) fn into_boolean(self) -> Result<(TokenStream, bool), String> {
        self.is("a boolean", |value| matches!(value.kind, Kind::Boolean))?;
        Ok((self.value.tokens, self.value.optional))
    }

    /// A vector of strings that are borrowed, and whether it is an `Option`.
    pub(crate) fn into_texts(mut self) -> Result<(TokenStream, bool), String> {
        self.list_of_texts()?;
        let optional = self.value.optional;
        let tokens = self.finish(|compiler, value| {
            compiler.lift(&value, |compiler, value| {
                let items = compiler.items(&value)?;
                let tokens = &items.tokens;
                let present = matches!(items.kind, Kind::Items(_, true)).then(|| quote! { .flatten() });
                let kind = Kind::Items(Box::new(Kind::Text), false);
                Ok(Value::plain(kind, quote!(#tokens #present.collect::<Vec<_>>())))
            })
        })?;
        Ok((tokens, optional))
    }

    fn list_of_texts(&mut self) -> Result<(), String> {
        let value = self.value.clone();
        let items = if matches!(value.kind, Kind::Items(..)) {
            Ok(value)
        } else {
            self.compiler.items(&Value { optional: false, ..value })
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
        Err(told(&self.text, &format!("it gives {}, and {what} is expected", self.value.described())))
    }

    fn finish(
        mut self,
        make: impl FnOnce(&mut Compiler<'t>, Value<'t>) -> Result<Value<'t>, String>,
    ) -> Result<TokenStream, String> {
        match make(&mut self.compiler, self.value) {
            Ok(value) => Ok(value.tokens),
            Err(message) => Err(told(&self.text, &message)),
        }
    }
}

/// The condition that some test holds of the items of a list.
fn any_or_all<'t>(
    compiler: &mut Compiler<'t>,
    list: &Value<'t>,
    write: impl FnOnce(&TokenStream, &TokenStream) -> TokenStream,
    expected: &str,
) -> Result<Value<'t>, String> {
    let make = |compiler: &mut Compiler<'t>, list: Value<'t>| {
        let items = compiler.items(&list)?;
        let test = match items.kind {
            Kind::Items(_, true) => quote!(item == Some(#expected)),
            _ => quote!(item == #expected),
        };
        Ok(Value::boolean(write(&items.tokens, &test), Level::Postfix))
    };
    if list.optional { compiler.is_some_and(list, make) } else { make(compiler, list.clone()) }
}

/// Whether a name stands anywhere in tokens.
fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
