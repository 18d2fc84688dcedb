//! Rust names for Smithy names: case, keywords, collisions. Nothing else calls heck.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Type names that generated files use for something else: the prelude, what they import
/// from the runtime, and the crate's own root.
const TAKEN_TYPES: &[&str] = &[
    "Bind",
    "Binder",
    "Box",
    "Builder",
    "Call",
    "Client",
    "Clone",
    "Config",
    "Copy",
    "Debug",
    "Default",
    "Display",
    "Drop",
    "Endpoint",
    "Eq",
    "Err",
    "Error",
    "ErrorMetadata",
    "Fn",
    "From",
    "Into",
    "Iterator",
    "MapAccess",
    "None",
    "Ok",
    "Operation",
    "OperationError",
    "Option",
    "Params",
    "PartialEq",
    "RequestId",
    "Result",
    "SdkError",
    "Self",
    "Send",
    "Some",
    "String",
    "Structure",
    "Sync",
    "ToString",
    "Unhandled",
    "Vec",
];

/// Words that cannot even be written as `r#word`.
const UNRAWABLE: &[&str] = &["self", "Self", "super", "crate", "_"];

/// Method names that builders and structures have of their own.
const TAKEN_MEMBERS: &[&str] =
    &["build", "builder", "customize", "send", "send_with", "as_input", "into_paginator", "meta", "set_meta", "clone"];

/// The Rust name of a type: `SSOThing` becomes `SsoThing`, names that are taken get `Value` behind.
pub(crate) fn type_name(name: &str) -> Ident {
    let camel = starting_with_letter(name.to_upper_camel_case());
    if TAKEN_TYPES.contains(&camel.as_str()) { ident(&format!("{camel}Value")) } else { ident(&camel) }
}

/// The Rust name of a type made of a shape's name and a suffix: `ListAccounts` + `Input`.
pub(crate) fn type_with_suffix(name: &str, suffix: &str) -> Ident {
    ident(&format!("{}{suffix}", starting_with_letter(name.to_upper_camel_case())))
}

/// The Rust name of a function, method or module.
pub(crate) fn function_name(name: &str) -> Ident {
    ident(&starting_with_letter(name.to_snake_case()))
}

/// The Rust name of a field and of its accessor.
pub(crate) fn member_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    if TAKEN_MEMBERS.contains(&snake.as_str()) { ident(&format!("{snake}_value")) } else { ident(&snake) }
}

/// `set_` or `get_` and a field's name, without its `r#`.
pub(crate) fn prefixed(prefix: &str, member: &Ident) -> Ident {
    ident(&format!("{prefix}{}", plain(member)))
}

/// An identifier's text without `r#`, as it reads in messages.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The Rust names of an enum's variants, in order; what would collide gets a number behind.
pub(crate) fn variant_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Ident> {
    // `Unknown` is the variant for values that the model does not list.
    let mut used = HashSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    names
        .into_iter()
        .map(|name| {
            let camel = starting_with_letter(name.to_upper_camel_case());
            let mut candidate = if camel == "Unknown" { "UnknownValue".to_owned() } else { camel };
            let base = candidate.clone();
            let mut number = 2;
            while !used.insert(candidate.clone()) {
                candidate = format!("{base}{number}");
                number += 1;
            }
            ident(&candidate)
        })
        .collect()
}

/// An identifier for `text`, raw or with `_` behind where it is a keyword.
pub(crate) fn ident(text: &str) -> Ident {
    if UNRAWABLE.contains(&text) {
        Ident::new(&format!("{text}_"), Span::call_site())
    } else if syn::parse_str::<Ident>(text).is_ok() {
        Ident::new(text, Span::call_site())
    } else {
        Ident::new_raw(text, Span::call_site())
    }
}

fn starting_with_letter(text: String) -> String {
    match text.chars().next() {
        None => "_empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{text}"),
        Some(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (smithy, rust) in [
            ("RoleInfo", "RoleInfo"),
            ("SSOThing", "SsoThing"),
            ("lowercase", "Lowercase"),
            ("String", "StringValue"),
            ("Option", "OptionValue"),
            ("Client", "ClientValue"),
            ("Self", "SelfValue"),
            ("2ndThing", "_2ndThing"),
        ] {
            assert_eq!(type_name(smithy).to_string(), rust, "{smithy}");
        }
    }

    #[test]
    fn members() {
        for (smithy, rust) in [
            ("accountId", "account_id"),
            ("emailAddress", "email_address"),
            ("EC2Instance", "ec2_instance"),
            ("type", "r#type"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("build", "build_value"),
            ("0th", "_0th"),
        ] {
            assert_eq!(member_name(smithy).to_string(), rust, "{smithy}");
        }
    }

    #[test]
    fn setters_of_raw_names_are_plain() {
        let member = member_name("type");
        assert_eq!(prefixed("set_", &member).to_string(), "set_type");
        assert_eq!(plain(&member), "type");
    }

    #[test]
    fn variants_never_collide() {
        let names = variant_names(["A_B", "a-b", "AB", "Unknown", "Self", "9", "", "…"]);
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["AB", "AB2", "Ab", "UnknownValue", "Self2", "_9", "_empty", "_empty2"]);
    }
}
