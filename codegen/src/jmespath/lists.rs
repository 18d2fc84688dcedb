//! Lists: their items, one of them, what projections make of them.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ast::{Expr, Source};
use super::compile::{Compiler, parameter};
use super::value::{Kind, Level, Number, Value};
use crate::ir::Type;
use crate::naming;

impl<'t> Compiler<'t> {
    /// The items of a list, nulls among them.
    pub(super) fn items(&mut self, list: &Value<'t>) -> Result<Value<'t>, String> {
        let tokens = list.at(Level::Postfix);
        match &list.kind {
            Kind::Items(..) => Ok(list.clone()),
            Kind::Node(Type::List(element)) if element.optional => {
                self.settled_items(Kind::Node(&element.ty), quote!(#tokens.iter().map(Option::as_ref)), true)
            }
            Kind::Node(Type::List(element)) => {
                self.settled_items(Kind::Node(&element.ty), quote!(#tokens.iter()), false)
            }
            other => Err(format!("looks for items in {}", other.described())),
        }
    }

    /// An iterator over references, with each made what it refers to where that is simple.
    fn settled_items(&mut self, kind: Kind<'t>, tokens: TokenStream, optional: bool) -> Result<Value<'t>, String> {
        let wish = naming::ident("item");
        let (name, made) =
            self.bound(Some(&wish), kind.clone(), |compiler, item| compiler.settled(Value { optional, ..item }))?;
        let body = &made.tokens;
        let tokens = match &made.kind {
            _ if name == body.to_string() => tokens,
            Kind::Boolean | Kind::Number(_) if !optional && !matches!(kind, Kind::Node(Type::IntEnum(_))) => {
                quote!(#tokens.copied())
            }
            _ => quote!(#tokens.map(|#name| #body)),
        };
        Ok(Value::plain(Kind::Items(Box::new(made.kind), optional), tokens))
    }

    pub(super) fn project(&mut self, left: &Value<'t>, source: &Source, right: &Expr) -> Result<Value<'t>, String> {
        let items = match source {
            Source::Items | Source::Filter(_) => self.items(left)?,
            Source::Slice { start, stop, step } => slice(&self.items(left)?, *start, *stop, *step)?,
            Source::Flatten => self.flattened(left)?,
            Source::Values => self.map_values(left)?,
        };
        let Kind::Items(kind, optional) = items.kind else { return Err("has no items".to_owned()) };
        let (kind, mut tokens) = (*kind, items.tokens);
        // A projection leaves out null.
        if optional {
            tokens = quote!(#tokens.flatten());
        }
        let wish = naming::ident("item");
        let held = |item: Value<'t>| match &item.kind {
            // An item that is a list is a vector, which is gone over anew each time.
            Kind::Items(inner, _) => {
                let (tokens, again) = (&item.tokens, if inner.is_copy() { quote!(copied) } else { quote!(cloned) });
                Value::plain(item.kind.clone(), quote!(#tokens.iter().#again()))
            }
            _ => item,
        };
        if let Source::Filter(condition) = source {
            let (name, made) =
                self.bound(Some(&wish), kind.clone(), |compiler, item| compiler.condition(condition, &held(item)))?;
            let body = &made.tokens;
            // A filter sees a reference to what it keeps.
            let pattern = if kind.is_copy() { quote!(&#name) } else { quote!(#name) };
            let pattern = if super::mentions(body, &name) { pattern } else { quote!(_) };
            tokens = quote!(#tokens.filter(|#pattern| #body));
        }
        if *right == Expr::Current {
            return Ok(Value::plain(Kind::Items(Box::new(kind), false), tokens));
        }
        let (name, made) = self.bound(Some(&wish), kind, |compiler, item| {
            let made = compiler.expression(right, &held(item))?;
            compiler.collected(made)
        })?;
        let body = &made.tokens;
        let pattern = parameter(&name, body);
        let function = if made.optional { quote!(filter_map) } else { quote!(map) };
        Ok(Value::plain(Kind::Items(Box::new(made.kind), false), quote!(#tokens.#function(|#pattern| #body))))
    }

    /// A value as an item of an iterator: a vector, where it is an iterator itself.
    pub(super) fn collected(&mut self, value: Value<'t>) -> Result<Value<'t>, String> {
        match value.kind {
            Kind::Items(..) => self.lift(&value, |_, items| {
                let tokens = &items.tokens;
                Ok(Value::plain(items.kind.clone(), quote!(#tokens.collect::<Vec<_>>())))
            }),
            Kind::Null | Kind::Object(_) => Err(format!("makes a list of what is {} each time", value.described())),
            Kind::Number(Number::Literal(_)) => Err("makes a list of the same number each time".to_owned()),
            _ => Ok(value),
        }
    }

    /// The items of a list, and in place of those that are lists, theirs.
    fn flattened(&mut self, left: &Value<'t>) -> Result<Value<'t>, String> {
        let items = self.items(left)?;
        let Kind::Items(kind, optional) = &items.kind else { return Ok(items) };
        let tokens = &items.tokens;
        let present = if *optional { quote!(#tokens.flatten()) } else { tokens.clone() };
        match &**kind {
            Kind::Items(inner, inner_optional) => {
                Ok(Value::plain(Kind::Items(inner.clone(), *inner_optional), quote!(#present.flatten())))
            }
            Kind::Node(Type::List(_)) => {
                let wish = naming::ident("list");
                let (name, made) = self.bound(Some(&wish), (**kind).clone(), |compiler, list| compiler.items(&list))?;
                let body = &made.tokens;
                Ok(Value::plain(made.kind, quote!(#present.flat_map(|#name| #body))))
            }
            _ => Ok(items),
        }
    }

    /// The values of a map.
    pub(super) fn map_values(&mut self, map: &Value<'t>) -> Result<Value<'t>, String> {
        let tokens = map.at(Level::Postfix);
        match &map.kind {
            Kind::Node(Type::Map(_, element)) => {
                let present = element.optional.then(|| quote! { .flatten() });
                self.settled_items(Kind::Node(&element.ty), quote!(#tokens.values() #present), false)
            }
            other => Err(format!("looks for all values of {}", other.described())),
        }
    }
}

/// The item at an index, which counts from the end where it is negative.
pub(super) fn item<'t>(list: &Value<'t>, index: i64) -> Result<Value<'t>, String> {
    let tokens = list.at(Level::Postfix);
    let position = usize::try_from(index.unsigned_abs()).map_err(|_| format!("{index} is no index"))?;
    let behind = Literal::usize_unsuffixed(position.saturating_sub(1));
    let position = Literal::usize_unsuffixed(position);
    match &list.kind {
        Kind::Node(Type::List(element)) => {
            let found = match index {
                0 => quote!(#tokens.first()),
                -1 => quote!(#tokens.last()),
                1.. => quote!(#tokens.get(#position)),
                _ => quote!(#tokens.iter().nth_back(#behind)),
            };
            let present = element.optional.then(|| quote! { .and_then(Option::as_ref) });
            Ok(Value::optional(Kind::Node(&element.ty), quote!(#found #present)))
        }
        Kind::Items(kind, optional) => {
            let found = match index {
                0 => quote!(#tokens.next()),
                1.. => quote!(#tokens.nth(#position)),
                // Not every iterator can be gone through from its end.
                _ => quote!(#tokens.collect::<Vec<_>>().into_iter().nth_back(#behind)),
            };
            let present = optional.then(|| quote! { .flatten() });
            match &**kind {
                Kind::Items(..) => Err("looks for one of the lists in a list that it made itself".to_owned()),
                kind => Ok(Value::optional(kind.clone(), quote!(#found #present))),
            }
        }
        other => Err(format!("looks for an item by its number in {}", other.described())),
    }
}

fn slice<'t>(items: &Value<'t>, start: Option<i64>, stop: Option<i64>, step: i64) -> Result<Value<'t>, String> {
    let position = |index: i64| {
        usize::try_from(index)
            .map_err(|_| "takes a part of a list counted from its end, which is not supported".to_owned())
    };
    let (start, step) = (position(start.unwrap_or(0))?, position(step)?);
    let mut tokens = items.tokens.clone();
    if start > 0 {
        let start = Literal::usize_unsuffixed(start);
        tokens = quote!(#tokens.skip(#start));
    }
    if let Some(stop) = stop {
        let length = Literal::usize_unsuffixed(position(stop)?.saturating_sub(start));
        tokens = quote!(#tokens.take(#length));
    }
    if step > 1 {
        let step = Literal::usize_unsuffixed(step);
        tokens = quote!(#tokens.step_by(#step));
    }
    Ok(Value::plain(items.kind.clone(), tokens))
}

/// A list of values of one kind.
pub(super) fn list<'t>(values: Vec<Value<'t>>) -> Result<Value<'t>, String> {
    let optional = values.iter().any(|value| value.optional);
    let Some(first) = values.first() else { return Err("makes an empty list".to_owned()) };
    let kind = first.kind.clone();
    if let Some(other) = values.iter().find(|value| !value.kind.is(&kind) || matches!(kind, Kind::Items(..))) {
        return Err(format!("makes a list of {} and {}", first.described(), other.described()));
    }
    let items = values.iter().map(|value| if optional { value.as_option() } else { value.tokens.clone() });
    Ok(Value::plain(Kind::Items(Box::new(kind), optional), quote!([#(#items),*].into_iter())))
}
