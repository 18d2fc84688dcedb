//! Every public item of `sso_client::identity` has an example.
//!
//! The rule: a public type, trait or function has an example in its own documentation. A public method, trait methods
//! included, is called or implemented in some example of the module: its own, its type's, or that of the page that
//! tells the whole story. Fields and variants share the example of their type. That examples compile is `cargo test`'s
//! business.

use std::path::{Path, PathBuf};

use syn::{Attribute, ImplItem, Item, Visibility};

mod common;

/// What the module's sources hold.
#[derive(Default)]
struct Found {
    /// Types, traits and functions, with their own examples.
    items: Vec<(String, String)>,
    /// Methods, by the type that has them.
    methods: Vec<(String, String)>,
    /// The text of all examples.
    examples: String,
}

/// The lines of Rust in documentation.
fn examples(documentation: &str) -> String {
    let mut text = String::new();
    // What a fence opened: Rust, or something else.
    let mut fence: Option<bool> = None;
    for line in documentation.lines() {
        match (line.trim().strip_prefix("```"), fence) {
            (Some(language), None) => fence = Some(matches!(language, "" | "no_run")),
            (Some(_), Some(_)) => fence = None,
            (None, Some(true)) => text.extend([line, "\n"]),
            (None, _) => {}
        }
    }
    text
}

fn documentation(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) = &pair.value
        {
            text.extend([&*line.value(), "\n"]);
        }
    }
    text
}

fn is_public(visibility: &Visibility, attributes: &[Attribute]) -> bool {
    let hidden = |attribute: &Attribute| {
        attribute.path().is_ident("doc") && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "hidden")
    };
    matches!(visibility, Visibility::Public(_)) && !attributes.iter().any(hidden)
}

impl Found {
    fn add(&mut self, item: &Item) {
        let (name, attributes, visibility) = match item {
            Item::Struct(item) => (&item.ident, &item.attrs, &item.vis),
            Item::Enum(item) => (&item.ident, &item.attrs, &item.vis),
            Item::Trait(item) => {
                let methods = item.items.iter().filter_map(|method| match method {
                    syn::TraitItem::Fn(method) => Some((item.ident.to_string(), method.sig.ident.to_string())),
                    _ => None,
                });
                self.methods.extend(methods.filter(|_| is_public(&item.vis, &item.attrs)));
                (&item.ident, &item.attrs, &item.vis)
            }
            Item::Fn(item) => (&item.sig.ident, &item.attrs, &item.vis),
            Item::Impl(block) if block.trait_.is_none() => {
                let syn::Type::Path(path) = &*block.self_ty else { return };
                let name = path.path.segments.last().expect("a name").ident.to_string();
                block.items.iter().for_each(|item| self.add_method(&name, item));
                return;
            }
            // The setters that loader and builder share.
            Item::Macro(item) => {
                let text = item.mac.tokens.to_string();
                let body = text.split_once("=> {").map_or("", |(_, body)| body.trim_end().trim_end_matches(';'));
                let body = body.trim_end().strip_suffix('}').unwrap_or(body);
                let shared: syn::ItemImpl = syn::parse_str(&format!("impl Shared {{ {body} }}")).expect("methods");
                return self.add(&Item::Impl(shared));
            }
            _ => return,
        };
        if is_public(visibility, attributes) {
            let own = examples(&documentation(attributes));
            self.examples.push_str(&own);
            self.items.push((name.to_string(), own));
        }
    }

    fn add_method(&mut self, of: &str, item: &ImplItem) {
        if let ImplItem::Fn(method) = item
            && is_public(&method.vis, &method.attrs)
        {
            self.examples.push_str(&examples(&documentation(&method.attrs)));
            self.methods.push((of.to_owned(), method.sig.ident.to_string()));
        }
    }

    /// What has no example.
    fn without(&self) -> Vec<String> {
        let items = self.items.iter().filter(|(_, example)| example.is_empty()).map(|(name, _)| name.clone());
        let is_used = |name: &str| {
            let forms = [format!(".{name}("), format!("::{name}("), format!("fn {name}("), format!("fn {name}<")];
            forms.iter().any(|form| self.examples.contains(form))
        };
        let methods = self.methods.iter().filter(|(_, name)| !is_used(name));
        items.chain(methods.map(|(of, name)| format!("{of}::{name}"))).collect()
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { sources(&path, found) } else { found.push(path) }
    }
}

#[test]
fn every_public_item_has_an_example() {
    let folder = xtask::workspace_root().join("sso-client/src/identity");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let mut found = Found::default();
    for path in files {
        let text = common::read(&path);
        if path.extension().is_some_and(|end| end == "md") {
            found.examples.push_str(&examples(&text));
            continue;
        }
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        file.items.iter().for_each(|item| found.add(item));
    }
    assert!(found.items.len() > 25 && found.methods.len() > 90, "{} {}", found.items.len(), found.methods.len());
    let without = found.without();
    assert!(without.is_empty(), "{} have no example: {}", without.len(), without.join(", "));
}

#[test]
fn what_counts_as_an_example() {
    let mut found = Found::default();
    let text = r#"
        /// ```text
        /// .b(
        /// ```
        pub struct A;
        impl A {
            /// Nothing.
            pub fn b(&self) {}
            #[doc(hidden)]
            pub fn c(&self) {}
            /// ```
            /// A.d();
            /// ```
            pub fn d(&self) {}
        }
        fn private() {}
    "#;
    syn::parse_file(text).expect("Rust").items.iter().for_each(|item| found.add(item));
    assert_eq!(found.without(), ["A", "A::b"]);
}
