//! Documentation of the client's methods: inputs, output, errors and an example.

use super::structure::described;
use crate::docs;
use crate::ir::{Element, Member, Operation, Type};
use crate::naming::plain;

/// Returns the Markdown of an operation's method. `root` is the public path of the module with `Client`, `Error`,
/// `types` and `primitives`, which only the example names.
pub(super) fn method(operation: &Operation, root: &str) -> String {
    let sections = [
        described(&operation.docs, &operation.wire_name),
        pagination(operation),
        inputs(operation),
        output(operation),
        errors(operation),
        example(operation, root),
    ];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn pagination(operation: &Operation) -> String {
    match operation.pagination {
        Some(_) => {
            let builder = &operation.types.fluent_builder;
            format!("The output is paginated: [`into_paginator`]({builder}::into_paginator()) fetches page after page.")
        }
        None => String::new(),
    }
}

fn inputs(operation: &Operation) -> String {
    let builder = &operation.types.fluent_builder;
    let rows = operation.input.iter().map(|member| {
        let name = plain(&member.name);
        let required = match (member.required, is_filled_in(operation, member)) {
            (true, false) => ", required",
            (_, true) => ", filled in if not set",
            (false, false) => "",
        };
        let ty = type_text(&member.ty, None);
        row(&format!("[`{name}`]({builder}::{name}()) (`{ty}`{required})"), &member.docs)
    });
    section("# Inputs", rows)
}

fn output(operation: &Operation) -> String {
    let (module, output) = (plain(&operation.method), &operation.types.output);
    let path = format!("super::operation::{module}::{output}");
    let rows = operation.output.iter().map(|member| {
        let (name, ty) = (plain(&member.name), type_text(&member.ty, None));
        let ty = if member.is_optional() { format!("Option<{ty}>") } else { ty };
        row(&format!("[`{name}`]({path}::{name}()) (`{ty}`)"), &member.docs)
    });
    let end = if operation.output.is_empty() { ", which is empty." } else { ":" };
    section(&format!("# Output\n\n[`{output}`]({path}){end}"), rows)
}

fn errors(operation: &Operation) -> String {
    let (module, error) = (plain(&operation.method), &operation.types.error);
    let path = format!("super::operation::{module}::{error}");
    let rows = operation.errors.iter().map(|error| {
        let name = &error.name;
        row(&format!("[`{name}`](super::types::error::{name})"), &error.docs)
    });
    let end = if operation.errors.is_empty() { ", which has no modeled variants." } else { ":" };
    let heading =
        format!("# Errors\n\n`send` returns an [`SdkError`], which for error responses holds [`{error}`]({path}){end}");
    section(&heading, rows)
}

/// Formats a heading with a list. Without items it is empty, unless the heading has text of its own.
fn section(heading: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<String> = rows.collect();
    match (rows.is_empty(), heading.contains('\n')) {
        (true, false) => String::new(),
        (true, true) => heading.to_owned(),
        (false, _) => format!("{heading}\n\n{}", rows.join("\n")),
    }
}

/// Formats an item of a list, with the first sentence of its documentation.
fn row(item: &str, documentation: &str) -> String {
    match docs::summary(documentation) {
        summary if summary.is_empty() => format!("- {item}"),
        summary => format!("- {item}: {summary}"),
    }
}

/// Returns `true` if the client fills in a member that the caller does not set.
fn is_filled_in(operation: &Operation, member: &Member) -> bool {
    member.idempotency_token || operation.input_defaults.iter().any(|(name, _)| *name == member.name)
}

/// Formats a call that sets all required members. Their values are parameters of a hidden function, since a model
/// has no meaningful values.
fn example(operation: &Operation, root: &str) -> String {
    let required = operation.input.iter().filter(|member| member.required && !is_filled_in(operation, member));
    let (mut parameters, mut setters) = (String::new(), Vec::new());
    for Member { name, setter, ty, .. } in required {
        let value = if name == "client" { "client_value".to_owned() } else { name.to_string() };
        let text = if *ty == Type::String { "&str".to_owned() } else { type_text(ty, Some(root)) };
        parameters.push_str(&format!(", {value}: {text}"));
        setters.push(match ty {
            Type::List(_) | Type::Map(..) => format!(".{setter}(Some({value}))"),
            _ => format!(".{name}({value})"),
        });
    }
    let mut calls = vec![format!(".{}()", operation.method)];
    calls.extend(setters);
    let (binding, end, rest) = if operation.pagination.is_some() {
        calls.extend([".into_paginator()".to_owned(), ".send()".to_owned()]);
        ("let mut pages = ", "", "\nwhile let Some(page) = pages.try_next().await? {\n    println!(\"{page:?}\");\n}")
    } else {
        calls.push(".send()".to_owned());
        match operation.output.is_empty() {
            true => ("", ".await?", ""),
            false => ("let output = ", ".await?", "\nprintln!(\"{output:?}\");"),
        }
    };
    let line = format!("client{}{end}", calls.concat());
    // The layout of rustfmt.
    let call = if line.len() <= 60 {
        line
    } else {
        calls.extend((!end.is_empty()).then(|| end.to_owned()));
        format!("client\n    {}", calls.join("\n    "))
    };
    format!(
        "# Examples\n\n```no_run\n# async fn example(client: &{root}::Client{parameters}) -> Result<(), {root}::Error> {{\n\
         {binding}{call};{rest}\n# Ok(())\n# }}\n```"
    )
}

/// Formats a type by its name alone, or by its path from `root`.
fn type_text(ty: &Type, root: Option<&str>) -> String {
    let path = |module: &str, name: &str| match root {
        Some(root) => format!("{root}::{module}::{name}"),
        None => name.to_owned(),
    };
    let primitive = |name: &str| path("primitives", name);
    let element = |element: &Element| match (type_text(&element.ty, root), element.optional) {
        (text, true) => format!("Option<{text}>"),
        (text, false) => text,
    };
    match ty {
        Type::String => "String".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Byte => "i8".to_owned(),
        Type::Short => "i16".to_owned(),
        Type::Integer => "i32".to_owned(),
        Type::Long => "i64".to_owned(),
        Type::Float => "f32".to_owned(),
        Type::Double => "f64".to_owned(),
        Type::Unit => "()".to_owned(),
        Type::BigInteger => primitive("BigInteger"),
        Type::BigDecimal => primitive("BigDecimal"),
        Type::Blob => primitive("Blob"),
        Type::Timestamp => primitive("DateTime"),
        Type::Document => primitive("Document"),
        Type::ByteStream => primitive("ByteStream"),
        Type::EventStream(name) => format!("{}<{}>", primitive("EventReceiver"), path("types", &name.to_string())),
        Type::EventSender(name) => format!("{}<{}>", primitive("EventStreamSender"), path("types", &name.to_string())),
        Type::List(of) => format!("Vec<{}>", element(of)),
        Type::Map(key, value) => {
            let map = if root.is_some() { "std::collections::HashMap" } else { "HashMap" };
            format!("{map}<{}, {}>", type_text(key, root), element(value))
        }
        Type::Error(name) => path("types::error", &name.to_string()),
        Type::Structure(name) | Type::Union(name) | Type::Enum(name) | Type::IntEnum(name) => {
            path("types", &name.to_string())
        }
    }
}
