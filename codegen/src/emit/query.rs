//! JMESPath expressions as Rust expressions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::ir::{Closure, Comparison, Each, Expr, Get, Join};

/// The precedence of an expression.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Or,
    And,
    Compare,
    Unary,
    Postfix,
}

fn level(expr: &Expr) -> Level {
    match expr {
        Expr::If(..) | Expr::Join(_, Join::Or, _) => Level::Or,
        Expr::Join(_, Join::And, _) => Level::And,
        Expr::Join(_, Join::Compare(_), _) => Level::Compare,
        Expr::Not(_) | Expr::Get(_, Get::Deref) => Level::Unary,
        Expr::Integer(value) if *value < 0 => Level::Unary,
        Expr::Float(value) if *value < 0.0 => Level::Unary,
        _ => Level::Postfix,
    }
}

/// Returns an expression, in parentheses if its precedence is lower than `least`.
fn at(expr: &Expr, least: Level) -> TokenStream {
    let tokens = query(expr);
    if level(expr) < least { quote!((#tokens)) } else { tokens }
}

/// Returns an expression over the variables `input` and `output`.
pub(crate) fn query(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Input => quote!(input),
        Expr::Output => quote!(output),
        Expr::Variable(name) => quote!(#name),
        Expr::Text(text) => quote!(#text),
        Expr::Boolean(value) => quote!(#value),
        Expr::Integer(value) => literal(Literal::i64_unsuffixed(*value)),
        Expr::Float(value) => literal(Literal::f64_unsuffixed(*value)),
        Expr::Null => quote!(None),
        Expr::Present(inner) => {
            let inner = query(inner);
            quote!(Some(#inner))
        }
        Expr::List(items) => {
            let items = items.iter().map(query);
            quote!([#(#items),*].into_iter())
        }
        Expr::Get(of, get) => self::get(of, get),
        Expr::Each(of, each, closure) => self::each(at(of, Level::Postfix), *each, closure),
        Expr::Join(left, join, right) => self::join(left, *join, right),
        Expr::Not(inner) => {
            let inner = at(inner, Level::Unary);
            quote!(!#inner)
        }
        Expr::If(condition, yes, no) => {
            let (condition, yes, no) = (query(condition), query(yes), query(no));
            quote!(if #condition { #yes } else { #no })
        }
    }
}

fn literal(literal: Literal) -> TokenStream {
    quote!(#literal)
}

fn get(of: &Expr, get: &Get) -> TokenStream {
    let number = |number: u64| literal(Literal::u64_unsuffixed(number));
    let size = |size: usize| literal(Literal::usize_unsuffixed(size));
    let behind = |index: i64| number(index.unsigned_abs().saturating_sub(1));
    let value = at(of, Level::Postfix);
    match get {
        Get::Member(name) => quote!(#value.#name()),
        Get::List(name) => quote!(#value.#name.as_ref()),
        Get::Variant(accessor) => quote!(#value.#accessor().ok()),
        Get::Key(key, true) => quote!(#value.get(#key).and_then(Option::as_ref)),
        Get::Key(key, false) => quote!(#value.get(#key)),
        Get::Text => quote!(#value.as_str()),
        Get::Number => quote!(#value.as_i32()),
        Get::Copied => quote!(#value.copied()),
        Get::Deref => quote!(*#value),
        Get::Items(true) => quote!(#value.iter().map(Option::as_ref)),
        Get::Items(false) => quote!(#value.iter()),
        Get::Values(true) => quote!(#value.values().flatten()),
        Get::Values(false) => quote!(#value.values()),
        Get::Keys => quote!(#value.keys().map(|key| key.as_str())),
        Get::Flatten => quote!(#value.flatten()),
        Get::Item(index, nulls) => {
            let (position, behind) = (number(index.unsigned_abs()), behind(*index));
            let item = match index {
                0 => quote!(#value.first()),
                -1 => quote!(#value.last()),
                1.. => quote!(#value.get(#position)),
                _ => quote!(#value.iter().nth_back(#behind)),
            };
            if *nulls { quote!(#item.and_then(Option::as_ref)) } else { item }
        }
        Get::Nth(index, nulls) => {
            let (position, behind) = (number(index.unsigned_abs()), behind(*index));
            let item = match index {
                0 => quote!(#value.next()),
                1.. => quote!(#value.nth(#position)),
                // Not every iterator is double-ended.
                _ => quote!(#value.collect::<Vec<_>>().into_iter().nth_back(#behind)),
            };
            if *nulls { quote!(#item.flatten()) } else { item }
        }
        Get::Skip(count) => {
            let count = size(*count);
            quote!(#value.skip(#count))
        }
        Get::Take(count) => {
            let count = size(*count);
            quote!(#value.take(#count))
        }
        Get::StepBy(step) => {
            let step = size(*step);
            quote!(#value.step_by(#step))
        }
        Get::Vector => quote!(#value.collect::<Vec<_>>()),
        Get::Again(true) => quote!(#value.iter().copied()),
        Get::Again(false) => quote!(#value.iter().cloned()),
        Get::Chars => quote!(#value.chars().count()),
        Get::Length => quote!(#value.len()),
        Get::Count => quote!(#value.count()),
        Get::IsEmpty => quote!(#value.is_empty()),
        Get::HasNext => quote!(#value.next().is_some()),
        Get::IsSome => quote!(#value.is_some()),
        Get::IsNone => quote!(#value.is_none()),
        Get::Double { optional: true, lossless: true } => quote!(#value.map(f64::from)),
        Get::Double { optional: true, lossless: false } => quote!(#value.map(|number| number as f64)),
        Get::Double { optional: false, lossless: true } => {
            let value = query(of);
            quote!(f64::from(#value))
        }
        // In parentheses, since `a as f64 < b` reads as the start of generics.
        Get::Double { optional: false, lossless: false } => quote!((#value as f64)),
    }
}

fn each(of: TokenStream, each: Each, closure: &Closure) -> TokenStream {
    let body = query(&closure.body);
    let parameter = match &closure.parameter {
        // The closure of a filter takes a reference.
        Some(name) if each == Each::Filter(true) => quote!(&#name),
        Some(name) => quote!(#name),
        None => quote!(_),
    };
    let method = match each {
        Each::Map => quote!(map),
        Each::AndThen => quote!(and_then),
        Each::IsSomeAnd => quote!(is_some_and),
        Each::Filter(_) => quote!(filter),
        Each::FilterMap => quote!(filter_map),
        Each::FlatMap => quote!(flat_map),
        Each::Any => quote!(any),
        Each::All => {
            return quote!({
                let mut items = #of.peekable();
                items.peek().is_some() && items.all(|#parameter| #body)
            });
        }
    };
    quote!(#of.#method(|#parameter| #body))
}

fn join(left: &Expr, join: Join, right: &Expr) -> TokenStream {
    let (receiver, argument) = (at(left, Level::Postfix), query(right));
    match join {
        Join::Compare(comparison) => {
            let (left, right) = (at(left, Level::Unary), at(right, Level::Unary));
            let operator = operator(comparison);
            quote!(#left #operator #right)
        }
        Join::CompareOptions(comparison, plain) => {
            let (operator, method) = (operator(comparison), if plain { quote!(is_some_and) } else { quote!(map) });
            quote!(#receiver.zip(#argument).#method(|(left, right)| left #operator right))
        }
        Join::And => {
            let (left, right) = (at(left, Level::And), at(right, Level::Compare));
            quote!(#left && #right)
        }
        Join::Or => {
            let (left, right) = (at(left, Level::Or), at(right, Level::And));
            quote!(#left || #right)
        }
        Join::OrElse => quote!(#receiver.or(#argument)),
        Join::UnwrapOr => quote!(#receiver.unwrap_or(#argument)),
        Join::Contains => quote!(#receiver.contains(#argument)),
        Join::StartsWith => quote!(#receiver.starts_with(#argument)),
        Join::EndsWith => quote!(#receiver.ends_with(#argument)),
    }
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
