//! Emits expressions and outcomes.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::endpoint::ir::{Endpoint, Expr, Property, TemplatePart};
use crate::naming;

/// Returns an expression as a value.
pub(super) fn emit_expr(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Param(name) => quote!(params.#name),
        Expr::Bound(name) => quote!(#name),
        Expr::Text(text) => quote!(#text),
        Expr::Bool(value) => quote!(#value),
        Expr::Integer(value) => {
            let value = Literal::i64_unsuffixed(*value);
            quote!(#value)
        }
        Expr::Attribute(of, field) => {
            let (of, name) = (emit_operand(of), naming::ident(field));
            // The only attribute that has to be composed.
            if *field == "normalized_path" { quote!(#of.#name(&texts)) } else { quote!(#of.#name) }
        }
        Expr::Item(of, index) => {
            let (of, index) = (emit_operand(of), Literal::i64_unsuffixed(*index));
            quote!(#of.get(#index))
        }
        Expr::Equals(left, right) => {
            let left = emit_operand(left);
            if is_empty_text(right) {
                return quote!(#left.is_empty());
            }
            let right = emit_operand(right);
            quote!(#left == #right)
        }
        Expr::EqualsSome(left, right) => {
            let (left, right) = (emit_operand(left), emit_expr(right));
            quote!(#left == Some(#right))
        }
        Expr::Not(inner) => match inner.as_ref() {
            Expr::Equals(left, right) if !is_empty_text(right) => {
                let (left, right) = (emit_operand(left), emit_operand(right));
                quote!(#left != #right)
            }
            Expr::IsSome(inner) => {
                let inner = emit_operand(inner);
                quote!(#inner.is_none())
            }
            inner => {
                let inner = emit_operand(inner);
                quote!(!#inner)
            }
        },
        Expr::IsSome(inner) => {
            let inner = emit_operand(inner);
            quote!(#inner.is_some())
        }
        Expr::Present(inner) => {
            let inner = emit_expr(inner);
            quote!(Some(#inner))
        }
        Expr::Call(function, arguments) => {
            let name = naming::ident(function);
            let before = (*function == "partition").then(|| quote!(PARTITIONS));
            let after = (*function == "uri_encode").then(|| quote!(&texts));
            let arguments = before.into_iter().chain(arguments.iter().map(emit_expr)).chain(after);
            quote!(rules::#name(#(#arguments),*))
        }
        Expr::Coalesce(optional, last) => {
            let mut chain = TokenStream::new();
            for (index, expr) in optional.iter().enumerate() {
                let value = emit_expr(expr);
                chain = match index {
                    0 => emit_operand(expr),
                    _ if is_cheap(expr) => quote!(#chain.or(#value)),
                    _ => quote!(#chain.or_else(|| #value)),
                };
            }
            match last.as_deref() {
                None => chain,
                Some(Expr::Bool(false)) => quote!(#chain.unwrap_or_default()),
                Some(last) => {
                    let value = emit_expr(last);
                    if is_cheap(last) {
                        quote!(#chain.unwrap_or(#value))
                    } else {
                        quote!(#chain.unwrap_or_else(|| #value))
                    }
                }
            }
        }
        Expr::If(condition, yes, no) => {
            let (condition, yes, no) = (emit_expr(condition), emit_expr(yes), emit_expr(no));
            quote!(if #condition { #yes } else { #no })
        }
        Expr::With { value, name, body, body_optional } => {
            let value = emit_operand(value);
            let body = match function_of(body, name) {
                Some(function) => quote!(rules::#function),
                None => {
                    let body = emit_expr(body);
                    quote!(|#name| #body)
                }
            };
            if *body_optional { quote!(#value.and_then(#body)) } else { quote!(#value.map(#body)) }
        }
        Expr::Template(parts) => {
            let text = emit_template(parts);
            quote!(texts.keep(#text))
        }
    }
}

fn is_empty_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Text(text) if text.is_empty())
}

/// Returns the runtime function that an expression applies to this name alone.
fn function_of(expr: &Expr, name: &Ident) -> Option<Ident> {
    match expr {
        Expr::Call("partition" | "uri_encode", _) => None,
        Expr::Call(function, arguments) => match arguments.as_slice() {
            [Expr::Bound(argument)] if argument == name => Some(naming::ident(function)),
            _ => None,
        },
        _ => None,
    }
}

/// Returns `true` if evaluating an unused value is free.
fn is_cheap(expr: &Expr) -> bool {
    match expr {
        Expr::Param(_) | Expr::Bound(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Integer(_) => true,
        Expr::Attribute(inner, field) => *field != "normalized_path" && is_cheap(inner),
        Expr::Present(inner) => is_cheap(inner),
        _ => false,
    }
}

/// Returns an operand: comparisons and choices in parentheses.
pub(super) fn emit_operand(expr: &Expr) -> TokenStream {
    let tokens = emit_expr(expr);
    match expr {
        Expr::Equals(_, right) if is_empty_text(right) => tokens,
        Expr::Equals(..) | Expr::EqualsSome(..) | Expr::If(..) => quote!((#tokens)),
        Expr::Not(inner) if !matches!(inner.as_ref(), Expr::IsSome(_)) => quote!((#tokens)),
        Expr::Integer(value) if *value < 0 => quote!((#tokens)),
        _ => tokens,
    }
}

/// Returns an operand of `&&`.
pub(super) fn emit_conjunct(expr: &Expr) -> TokenStream {
    if matches!(expr, Expr::If(..)) { emit_operand(expr) } else { emit_expr(expr) }
}

/// Returns the end of a rule without an endpoint.
pub(super) fn emit_error(expr: &Expr) -> TokenStream {
    let text = match expr {
        Expr::Template(parts) => emit_template(parts),
        expr => emit_expr(expr),
    };
    quote! { rules::no_endpoint(#text) }
}

/// Returns the end of a rule with an endpoint.
pub(super) fn emit_endpoint(endpoint: &Endpoint) -> TokenStream {
    let pieces = match &endpoint.url {
        Expr::Template(parts) => parts.iter().map(emit_part).collect(),
        other => vec![emit_expr(other)],
    };
    let headers = endpoint.headers.iter().map(|(name, values)| {
        let values = values.iter().map(|value| match value {
            Expr::Template(parts) => {
                let text = emit_template(parts);
                quote!(&#text)
            }
            value => emit_expr(value),
        });
        quote! { .with_header(#name, [#(#values),*]) }
    });
    let properties = endpoint.properties.iter().map(|(name, property)| {
        let property = emit_property(property);
        quote! { .with_property(#name, #property) }
    });
    quote! { rules::endpoint_at([#(#pieces),*]) #(#headers)* #(#properties)* }
}

fn emit_property(property: &Property) -> TokenStream {
    match property {
        Property::Null => quote!(rules::Property::Null),
        Property::Boolean(value) => quote!(#value.into()),
        Property::Integer(value) => {
            let value = Literal::i64_unsuffixed(*value);
            quote!(rules::Property::Integer(#value))
        }
        Property::Text(expr) => {
            let text = match expr {
                Expr::Template(parts) => emit_template(parts),
                expr => emit_operand(expr),
            };
            quote!(#text.into())
        }
        Property::List(items) => {
            let items = items.iter().map(emit_property);
            quote!(rules::Property::list([#(#items),*]))
        }
        Property::Object(entries) => {
            let entries = entries.iter().map(|(name, value)| {
                let value = emit_property(value);
                quote!((#name, #value))
            });
            quote!(rules::Property::object([#(#entries),*]))
        }
    }
}

fn emit_part(part: &TemplatePart) -> TokenStream {
    match part {
        TemplatePart::Text(text) => quote!(#text),
        TemplatePart::Value(expr) => emit_expr(expr),
    }
}

/// Returns `format!`, with values that are names inlined.
fn emit_template(parts: &[TemplatePart]) -> TokenStream {
    let mut text = String::new();
    let mut arguments = Vec::new();
    for part in parts {
        match part {
            TemplatePart::Text(piece) => text.push_str(&piece.replace('{', "{{").replace('}', "}}")),
            TemplatePart::Value(Expr::Bound(name)) => text.push_str(&format!("{{{}}}", naming::plain(name))),
            TemplatePart::Value(expr) => {
                text.push_str("{}");
                arguments.push(emit_expr(expr));
            }
        }
    }
    quote! { format!(#text #(, #arguments)*) }
}
