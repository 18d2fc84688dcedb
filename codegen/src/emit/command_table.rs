//! `commands.rs`: the table of operations that a command line is driven by.
//!
//! A row has what is needed to parse an operation's options, to check and complete its input, to call it
//! and to print its output in the order of the model. The types of the table are the command line's own.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Pending, docs};
use crate::docs::without_links;
use crate::ir::{Binding, Member, Operation, PathStep, Service, Type};
use crate::naming;

/// The files of the table, by their paths below the output folder.
pub(crate) fn files(service: &Service) -> Vec<Pending<'_>> {
    vec![("commands.rs".to_owned(), Box::new(|| table(service)))]
}

/// What a table cannot say: the shape, its member and why.
pub(crate) fn unsupported(service: &Service) -> Vec<(&str, &str, &'static str)> {
    let mut found = Vec::new();
    for operation in &service.operations {
        for member in &operation.input {
            if setter(&member.ty).is_none() {
                let why = "a command line can write text and numbers of 32 bits only";
                found.push((operation.input_id.as_str(), member.wire_name.as_str(), why));
            }
        }
        if operation.output_stream().is_some() {
            found.push((operation.output_id.as_str(), "", "a command line cannot print a stream"));
        }
        if operation.pagination.as_ref().is_some_and(|pages| pages.output_token.len() > 1) {
            found.push((operation.output_id.as_str(), "", "the token of the next page lies within a structure"));
        }
    }
    found
}

fn table(service: &Service) -> TokenStream {
    let doc = docs::inner(&format!("The operations of {} as commands.", service.title));
    let rows = service.operations.iter().map(row);
    let calls = service.operations.iter().map(call);
    let structures = structures(service);
    let structures = service.structures.iter().filter(|found| structures.contains(&found.name.to_string()));
    let structures = structures.map(|found| {
        let name = constant(&found.name);
        let members = found.members.iter().map(member);
        quote! { static #name: &[Member] = &[#(#members),*]; }
    });
    quote! {
        #doc
        use crate::table::{Change, Client, Command, Failure, Input, Member, Pages, Pending, Shape};

        /// All of them, in order of their names.
        pub(crate) static COMMANDS: &[Command] = &[#(#rows),*];
        #(#structures)*
        #(#calls)*
    }
}

fn row(operation: &Operation) -> TokenStream {
    let name = naming::command_name(&operation.wire_name);
    let wire_name = &operation.wire_name;
    let docs = text(&operation.docs);
    let input = operation.input.iter().map(member);
    let output = operation.output.iter().map(member);
    let pages = match &operation.pagination {
        None => quote!(None),
        Some(pages) => {
            let token = wire(&operation.input, &pages.input_token);
            let next = first(&pages.output_token).map_or("", |name| wire(&operation.output, name));
            let items =
                pages.items.as_ref().and_then(|(path, _)| first(path)).map(|name| wire(&operation.output, name));
            let size = pages.page_size.as_ref().map(|(name, _)| wire(&operation.input, name));
            let (items, size) = (option(items), option(size));
            quote! { Some(Pages { token: #token, next: #next, items: #items, size: #size }) }
        }
    };
    let call = &operation.method;
    quote! {
        Command {
            name: #name,
            operation: #wire_name,
            docs: #docs,
            input: &[#(#input),*],
            output: &[#(#output),*],
            pages: #pages,
            call: #call,
        }
    }
}

fn first(path: &[PathStep]) -> Option<&Ident> {
    match path {
        [step] => Some(&step.name),
        _ => None,
    }
}

fn option(value: Option<&str>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

/// The name in the model of the member that has this field.
fn wire<'m>(members: &'m [Member], field: &Ident) -> &'m str {
    members.iter().find(|member| member.name == *field).map_or("", |member| &member.wire_name)
}

fn member(member: &Member) -> TokenStream {
    let name = &member.wire_name;
    let option_name = naming::command_name(name);
    let query = option(match &member.binding {
        Binding::Query(name) => Some(name),
        _ => None,
    });
    let docs = text(&member.docs);
    let (required, sensitive) = (member.required, member.sensitive);
    let shape = shape(&member.ty);
    let (min, max) = (limit(member.range.0), limit(member.range.1));
    quote! {
        Member {
            name: #name,
            option: #option_name,
            query: #query,
            docs: #docs,
            shape: #shape,
            required: #required,
            sensitive: #sensitive,
            min: #min,
            max: #max,
        }
    }
}

fn limit(value: Option<i64>) -> TokenStream {
    match value {
        Some(value) => {
            let value = Literal::i64_unsuffixed(value);
            quote!(Some(#value))
        }
        None => quote!(None),
    }
}

fn shape(ty: &Type) -> TokenStream {
    match ty {
        Type::String | Type::Enum(_) => quote!(Shape::Text),
        Type::Boolean => quote!(Shape::Boolean),
        Type::Byte | Type::Short | Type::Integer | Type::Long | Type::IntEnum(_) => quote!(Shape::Integer),
        Type::Structure(name) => {
            let name = constant(name);
            quote!(Shape::Structure(#name))
        }
        Type::List(element) => {
            let element = shape(&element.ty);
            quote!(Shape::List(&#element))
        }
        Type::Map(_, element) => {
            let element = shape(&element.ty);
            quote!(Shape::Map(&#element))
        }
        _ => quote!(Shape::Any),
    }
}

/// The names of all structures that outputs hold.
fn structures(service: &Service) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending: Vec<&Type> =
        service.operations.iter().flat_map(|operation| &operation.output).map(|member| &member.ty).collect();
    while let Some(ty) = pending.pop() {
        match ty {
            Type::List(element) | Type::Map(_, element) => pending.push(&element.ty),
            Type::Structure(name) if found.insert(name.to_string()) => {
                let members = service.structures.iter().filter(|found| found.name == *name);
                pending.extend(members.flat_map(|found| &found.members).map(|member| &member.ty));
            }
            _ => {}
        }
    }
    found
}

fn constant(structure: &Ident) -> Ident {
    naming::ident(&naming::command_name(&naming::plain(structure)).replace('-', "_").to_uppercase())
}

/// How the input gives a member of this type.
fn setter(ty: &Type) -> Option<TokenStream> {
    Some(match ty {
        Type::String => quote!(text),
        Type::Integer => quote!(integer),
        _ => return None,
    })
}

fn call(operation: &Operation) -> TokenStream {
    let method = &operation.method;
    let setters = operation.input.iter().filter_map(|member| {
        let (set, name, read) = (&member.setter, &member.wire_name, setter(&member.ty)?);
        Some(quote! { .#set(input.#read(#name)) })
    });
    quote! {
        fn #method(client: &Client, input: &Input, change: Change) -> Pending {
            let call = client.#method()#(#setters)*;
            let call = call.customize().mutate_request(change);
            Box::pin(async move { call.send().await.map(drop).map_err(Failure::of) })
        }
    }
}

/// Documentation for a terminal: without links, a line for each paragraph.
fn text(markdown: &str) -> String {
    let paragraphs = markdown.split("\n\n").map(|paragraph| without_links(&paragraph.replace('\n', " ")));
    paragraphs.collect::<Vec<_>>().join("\n")
}
