//! The functions of JMESPath that can be compiled.
//!
//! What JMESPath calls an error, a function of null, is null here.

use quote::quote;

use super::ast::Expr;
use super::compile::Compiler;
use super::value::{Kind, Level, Number, Value};
use crate::ir::Type;
use crate::naming;

impl<'t> Compiler<'t> {
    pub(super) fn call(
        &mut self,
        function: &str,
        arguments: &[Expr],
        current: &Value<'t>,
    ) -> Result<Value<'t>, String> {
        match (function, arguments) {
            ("length", [of]) => {
                let of = self.expression(of, current)?;
                self.lift(&of, |_, of| length(&of))
            }
            ("keys", [of]) => {
                let of = self.expression(of, current)?;
                self.lift(&of, |compiler, of| compiler.keys(&of))
            }
            ("values", [of]) => {
                let of = self.expression(of, current)?;
                self.lift(&of, |compiler, of| compiler.map_values(&of))
            }
            ("contains", [subject, search]) => {
                let (subject, search) = (self.expression(subject, current)?, self.expression(search, current)?);
                self.lift(&subject, |compiler, subject| compiler.contains(&subject, search))
            }
            ("starts_with" | "ends_with", [subject, part]) => {
                let (subject, part) = (self.expression(subject, current)?, self.expression(part, current)?);
                let function = naming::ident(function);
                self.texts(&subject, &part, &function)
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

    fn keys(&mut self, map: &Value<'t>) -> Result<Value<'t>, String> {
        let tokens = map.at(Level::Postfix);
        match &map.kind {
            Kind::Node(Type::Map(..)) => Ok(Value::plain(
                Kind::Items(Box::new(Kind::Text), false),
                quote!(#tokens.keys().map(|key| key.as_str())),
            )),
            other => Err(format!("asks for the keys of {}, where only a map's are supported", other.described())),
        }
    }

    fn contains(&mut self, subject: &Value<'t>, search: Value<'t>) -> Result<Value<'t>, String> {
        if let Kind::Text = subject.kind {
            let function = naming::ident("contains");
            return self.texts(subject, &search, &function);
        }
        let items = self.items(subject)?;
        let Kind::Items(kind, optional) = &items.kind else { return Err("has no items".to_owned()) };
        let name = self.fresh(Some(&naming::ident("item")));
        let item = Value::new((**kind).clone(), *optional, quote!(#name));
        let (tokens, test) = (&items.tokens, self.equal(true, item, search)?.tokens);
        let pattern = if super::mentions(&test, &name) { quote!(#name) } else { quote!(_) };
        Ok(Value::boolean(quote!(#tokens.any(|#pattern| #test)), Level::Postfix))
    }

    /// A method of `str` that takes another one.
    fn texts(
        &mut self,
        subject: &Value<'t>,
        other: &Value<'t>,
        function: &proc_macro2::Ident,
    ) -> Result<Value<'t>, String> {
        for value in [subject, other] {
            if !matches!(value.kind, Kind::Text) {
                return Err(format!("calls {function} with {}", value.described()));
            }
        }
        self.lift(subject, |compiler, subject| {
            compiler.lift(other, |_, other| {
                let (subject, other) = (subject.at(Level::Postfix), &other.tokens);
                Ok(Value::boolean(quote!(#subject.#function(#other)), Level::Postfix))
            })
        })
    }
}

fn length<'t>(of: &Value<'t>) -> Result<Value<'t>, String> {
    let tokens = of.at(Level::Postfix);
    let length = match &of.kind {
        Kind::Text => quote!(#tokens.chars().count()),
        Kind::Items(..) => quote!(#tokens.count()),
        Kind::Node(Type::List(_) | Type::Map(..)) => quote!(#tokens.len()),
        other => return Err(format!("asks for the length of {}", other.described())),
    };
    Ok(Value::plain(Kind::Number(Number::Usize), length))
}

/// The first value that is not null.
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
        let (first, next) = (found.at(Level::Postfix), &value.tokens);
        found = match value.optional {
            true => Value::optional(value.kind, quote!(#first.or(#next))),
            false => Value::plain(value.kind, quote!(#first.unwrap_or(#next))),
        };
    }
    Ok(found)
}
