//! The public API of a generated crate as a list: every path that programs can name, with its
//! signature, its documentation and the shapes that it comes from.
//!
//! It is read from the tokens that are emitted, so that nothing that an emitter does can be missed.
//! The runtime is the same on both sides and stays out of it, as do the traits by which generated
//! code and runtime talk to each other.

mod items;
mod origins;
mod text;

use std::collections::BTreeMap;

use super::changes::Generated;
use items::Walk;
use origins::Origins;

/// Something that programs can name, by its kind and path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The path of the type, trait, function or module that it belongs to, or is.
    pub(super) owner: String,
    /// What it is of that.
    pub(super) part: Part,
}

/// What something is of the item that it belongs to.
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
    /// That it, or one of its parts, is deprecated.
    Deprecated(String),
}

/// What is known of something that programs can name.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its type or signature.
    pub(super) signature: String,
    /// Its documentation.
    pub(super) docs: String,
    /// The shapes and members that it comes from, the nearest first.
    pub(super) origins: Vec<String>,
    /// Whether one more of its kind breaks programs: it is part of something that is not open.
    pub(super) closed: bool,
}

/// The code that belongs to an item, without documentation.
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

/// Files that hold nothing that programs can name, and that are compared in another way.
const INTERNAL: &[&str] = &["mod.rs", "endpoint.rs", "partitions.rs", "endpoint_tests.rs", "protocol_tests.rs"];

/// Lists the API of what would be generated.
pub(super) fn list(generated: &Generated<'_>) -> Api {
    let origins = Origins::new(generated.service);
    let mut api = Api::default();
    let options = crate::Options { tests: false, ..generated.options.clone() };
    for (path, tokens) in crate::emit::service(generated.service, &options) {
        if INTERNAL.contains(&path.as_str()) {
            continue;
        }
        // The file of the service's error is seen at the root alone.
        let module = path.trim_end_matches(".rs").replace('/', "::");
        let module = if module == "error" { String::new() } else { module };
        if let Ok(file) = syn::parse2::<syn::File>(tokens()) {
            Walk::new(&mut api, &origins, module, &file.items).file(&file);
        }
    }
    let root = crate::package::root_tokens(generated.service);
    if let Ok(file) = syn::parse2::<syn::File>(root) {
        Walk::new(&mut api, &origins, String::new(), &file.items).file(&file);
    }
    api
}
