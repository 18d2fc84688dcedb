//! The public API of a generated crate as a list: every path that programs can name, with its signature, its
//! documentation and the shapes that it comes from.
//!
//! It is built from the emitted tokens, so that it covers whatever emitters do. The runtime is the same on both sides
//! and left out, as are the traits between generated code and runtime.

mod items;
mod origins;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;

use super::changes::Generated;
use crate::emit;
use crate::ir::Operation;
use items::Walk;
use origins::Origins;

/// An entry of the API, by kind and path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The path of its type, trait, function or module.
    pub(super) owner: String,
    /// Its kind and name there.
    pub(super) part: Part,
}

/// The kind of an entry within its item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The item itself: `struct`, `enum`, `mod` …
    Itself(&'static str),
    /// A field.
    Field(String),
    /// A variant.
    Variant(String),
    /// A method, or a function of a type or trait.
    Method(String),
    /// An implementation of a trait.
    Trait(String),
    /// The deprecation of the item or one of its parts.
    Deprecated(String),
}

/// The properties of an API entry.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its type or signature.
    pub(super) signature: String,
    /// Its documentation.
    pub(super) docs: String,
    /// The shapes and members that it comes from, nearest first.
    pub(super) origins: Vec<String>,
    /// Whether adding another entry of its kind is a breaking change.
    pub(super) closed: bool,
}

/// The code of an item, without documentation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Code {
    /// A hash of each of its parts.
    pub(super) hashes: Vec<u64>,
    /// The shapes that it comes from.
    pub(super) origins: Vec<String>,
}

/// A generated crate.
#[derive(Debug, Default)]
pub(super) struct Api {
    pub(super) items: BTreeMap<Key, Item>,
    pub(super) code: BTreeMap<String, Code>,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let owner = &self.owner;
        match &self.part {
            Part::Itself(kind) => write!(f, "{kind} {owner}"),
            Part::Field(name) => write!(f, "field {owner}.{name}"),
            Part::Variant(name) => write!(f, "variant {owner}::{name}"),
            Part::Method(name) => write!(f, "{owner}::{name}()"),
            Part::Trait(name) => write!(f, "impl {name} for {owner}"),
            Part::Deprecated(name) if name.is_empty() => write!(f, "#[deprecated] of {owner}"),
            Part::Deprecated(name) => write!(f, "#[deprecated] of {owner}::{name}"),
        }
    }
}

/// Files without public items, which are compared in another way.
const INTERNAL: &[&str] = &["mod.rs", "endpoint.rs", "partitions.rs", "endpoint_tests.rs", "protocol_tests.rs"];

/// Lists the APIs of two crates, without the files that are equal in both.
pub(super) fn list(before: &Generated<'_>, after: &Generated<'_>) -> (Api, Api) {
    let (mut was, mut is) = (Api::default(), Api::default());
    let (mut old_files, mut new_files) = (files(before), files(after));
    let paths: BTreeSet<String> = old_files.keys().chain(new_files.keys()).cloned().collect();
    let same = same_operations(before, after);
    let (old_origins, new_origins) = (Origins::new(before.service), Origins::new(after.service));
    for path in paths.into_iter().filter(|path| !same.contains(path)) {
        let tokens = |files: &mut BTreeMap<String, Tokens<'_>>| files.remove(&path).map(|tokens| tokens());
        let (old, new) = (tokens(&mut old_files), tokens(&mut new_files));
        let hash = |tokens: &Option<TokenStream>| tokens.clone().map(text::hash_all);
        if hash(&old) == hash(&new) {
            continue;
        }
        if let Some(tokens) = old {
            file(&path, tokens, &old_origins, &mut was);
        }
        if let Some(tokens) = new {
            file(&path, tokens, &new_origins, &mut is);
        }
    }
    (was, is)
}

/// Returns the files of operations whose IR is the same: these depend on nothing else.
fn same_operations(before: &Generated<'_>, after: &Generated<'_>) -> BTreeSet<String> {
    let old: BTreeMap<&str, &Operation> =
        before.service.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let operations = after.service.operations.iter();
    let same = operations.filter(|operation| old.get(operation.id.as_str()).is_some_and(|was| was == operation));
    same.map(emit::operation_path).collect()
}

/// A function that returns the tokens of a file.
type Tokens<'s> = Box<dyn FnOnce() -> TokenStream + 's>;

/// Returns the files of a crate with public items.
fn files<'s>(side: &'s Generated<'_>) -> BTreeMap<String, Tokens<'s>> {
    let mut files: BTreeMap<String, Tokens<'s>> = emit::service(side.service, side.options, None)
        .into_iter()
        .filter(|(path, _)| !INTERNAL.contains(&path.as_str()))
        .collect();
    files.insert("lib.rs".to_owned(), Box::new(|| crate::package::root_tokens(side.service)));
    files
}

fn file(path: &str, tokens: TokenStream, origins: &Origins, api: &mut Api) {
    // Items of the root, and the file of the service's error, which only the root exports.
    let module = match path.trim_end_matches(".rs") {
        "lib" | "error" => String::new(),
        path => path.replace('/', "::"),
    };
    // Tokens that do not parse, which generating refuses, have no items.
    if let Ok(file) = syn::parse2::<syn::File>(tokens) {
        Walk::new(api, origins, module, &file.items).file(&file);
    }
}
