//! Prints tokens with every name resolved, so that different imports make no difference.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, UseTree};

/// The names in scope of a file or inline module.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    names: BTreeMap<String, String>,
}

impl Scope {
    /// Returns the names that the items of a module define and import, over those of `outer`.
    pub(super) fn new(module: &str, items: &[Item], outer: Option<&Self>) -> Self {
        let mut scope = outer.cloned().unwrap_or_default();
        for item in items {
            let name = match item {
                Item::Use(found) => {
                    scope.import(&found.tree, String::new(), module);
                    continue;
                }
                Item::Struct(found) => &found.ident,
                Item::Enum(found) => &found.ident,
                Item::Trait(found) => &found.ident,
                Item::Type(found) => &found.ident,
                Item::Mod(found) => &found.ident,
                _ => continue,
            };
            scope.names.insert(name.to_string(), join(module, &name.to_string()));
        }
        scope
    }

    /// Adds the names that a `use` item of a module gives; `prefix` is the path up to `tree`.
    fn import(&mut self, tree: &UseTree, prefix: String, module: &str) {
        let public = |path: &str| public(path, module);
        match tree {
            UseTree::Path(path) => {
                let prefix = join(&prefix, &path.ident.to_string());
                self.import(&path.tree, prefix, module);
            }
            UseTree::Name(name) if name.ident == "self" => {
                let last = prefix.rsplit("::").next().unwrap_or(&prefix).to_owned();
                self.names.insert(last, public(&prefix));
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.names.insert(name.clone(), public(&join(&prefix, &name)));
            }
            UseTree::Rename(rename) => {
                let path = if rename.ident == "self" { prefix } else { join(&prefix, &rename.ident.to_string()) };
                self.names.insert(rename.rename.to_string(), public(&path));
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, prefix.clone(), module)),
            UseTree::Glob(_) => {}
        }
    }

    /// Returns the full path of a name, or the name itself if it is not in scope.
    pub(super) fn resolve(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}

/// Visits every name that a `use` item of a module imports, with its path.
pub(super) fn exports(tree: &UseTree, module: &str) -> Vec<(String, String)> {
    let mut scope = Scope::default();
    scope.import(tree, String::new(), module);
    scope.names.into_iter().collect()
}

/// The modules of the runtime whose types the root exports as `primitives`.
const PRIMITIVES: &[&str] = &["blob", "byte_stream", "document", "event_stream", "number", "timestamp"];

/// Returns the parent of a module; the root is its own.
fn outer(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(outer, _)| outer)
}

/// Returns a path of a module from the root, without private modules.
fn public(mut path: &str, mut module: &str) -> String {
    if let Some(path) = path.strip_prefix("self::") {
        return join(module, path);
    }
    if path.starts_with("super::") {
        while let Some(rest) = path.strip_prefix("super::") {
            (path, module) = (rest, outer(module));
        }
        return join(module, path);
    }
    let path = path.strip_prefix("crate::").unwrap_or(path);
    if path.strip_prefix("runtime::primitives::").is_some_and(|path| PRIMITIVES.contains(&path)) {
        return "primitives".to_owned();
    }
    if let Some(path) = exported(path) {
        return path.to_owned();
    }
    path.strip_prefix("generated::").unwrap_or(path).to_owned()
}

/// Returns the definition of a name that the root re-exports and generated code uses.
fn exported(name: &str) -> Option<&'static str> {
    match name {
        "Client" => Some("client::Client"),
        "Config" => Some("runtime::config::Config"),
        _ => None,
    }
}

pub(super) fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// A piece of a text.
enum Piece<'a> {
    Word(&'a str),
    Sign(char),
    Open(&'static str),
    Close(&'static str),
}

/// Walks through tokens, with names resolved and documentation left out.
fn walk(tokens: TokenStream, scope: &Scope, module: &str, each: &mut dyn FnMut(Piece<'_>)) {
    let mut before: [Option<char>; 2] = [None, None];
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let mut now = None;
        match token {
            TokenTree::Ident(ident) => {
                let text = ident.to_string();
                let inside = before == [Some(':'), Some(':')] || matches!(before[1], Some('.' | '\''));
                if inside {
                    each(Piece::Word(&text));
                } else if text == "crate" {
                    // `crate::a::B` equals `a::B` elsewhere.
                    let _ = (tokens.next(), tokens.next());
                    now = before[1];
                    if let Some(path) = tokens.peek().and_then(|next| exported(&next.to_string())) {
                        tokens.next();
                        each(Piece::Word(path));
                    }
                } else if text == "super" {
                    let mut module = outer(module);
                    // `super::super::a` is resolved from the outer modules.
                    let goes_on = |ahead: &mut dyn Iterator<Item = TokenTree>| {
                        ahead.nth(2).is_some_and(|token| token.to_string() == "super")
                    };
                    while goes_on(&mut tokens.clone()) {
                        (module, _) = (outer(module), tokens.nth(2));
                    }
                    if module.is_empty() {
                        // Items of the root have no path.
                        let _ = (tokens.next(), tokens.next());
                        now = before[1];
                    } else {
                        each(Piece::Word(module));
                    }
                } else {
                    each(Piece::Word(&scope.resolve(&text)));
                }
            }
            TokenTree::Literal(literal) => each(Piece::Word(&literal.to_string())),
            TokenTree::Punct(punct) => {
                if punct.as_char() == '#' {
                    let is_doc = |tree: &TokenTree| match tree {
                        TokenTree::Group(group) => {
                            matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
                        }
                        _ => false,
                    };
                    if tokens.peek().is_some_and(is_doc) {
                        tokens.next();
                        continue;
                    }
                }
                now = Some(punct.as_char());
                each(Piece::Sign(punct.as_char()));
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                each(Piece::Open(open));
                walk(group.stream(), scope, module, each);
                each(Piece::Close(close));
            }
        }
        before = [before[1], now];
    }
}

/// Prints tokens with the usual spacing.
pub(super) fn pretty(tokens: TokenStream, scope: &Scope, module: &str) -> String {
    let mut text = String::new();
    walk(tokens, scope, module, &mut |piece| match piece {
        Piece::Word(word) => {
            let tight = text.is_empty() || text.ends_with([' ', '(', '[', '{', '<', '&', ':', '\'', '.', '#', '!']);
            if !tight || text.ends_with(": ") && !text.ends_with(' ') {
                text.push(' ');
            }
            text.push_str(word);
        }
        Piece::Sign(sign) => match sign {
            ',' | ';' => {
                text.push(sign);
                text.push(' ');
            }
            ':' if text.ends_with(':') => text.push(':'),
            ':' | '<' | '\'' | '.' | '!' | '#' => text.push(sign),
            '>' if text.ends_with('-') || text.ends_with('=') => text.push_str("> "),
            '>' => {
                text.truncate(text.trim_end().len());
                text.push('>');
            }
            '&' => text.push_str(if text.is_empty() || text.ends_with(['(', '<', ' ', '&', '[']) { "&" } else { " &" }),
            other => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
                text.push(other);
                if !matches!(other, '-' | '=') {
                    text.push(' ');
                }
            }
        },
        Piece::Open(open) => text.push_str(open),
        Piece::Close(close) => {
            text.truncate(text.trim_end_matches([' ', ',']).len());
            text.push_str(close);
        }
    });
    // A single colon stands before a type, a double one within a path.
    let mut spaced = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (index, char) in text.char_indices() {
        spaced.push(char);
        let at = |index: Option<usize>| index.and_then(|index| bytes.get(index)).copied();
        if char == ':' && at(index.checked_sub(1)) != Some(b':') && at(Some(index + 1)) != Some(b':') {
            spaced.push(' ');
        }
    }
    spaced.trim_end().to_owned()
}

/// Returns a hash of tokens without documentation, which is stable between runs.
pub(super) fn hash(tokens: TokenStream, scope: &Scope, module: &str) -> u64 {
    // Its keys are fixed, unlike those of a `HashMap`.
    let mut hasher = std::hash::DefaultHasher::new();
    walk(tokens, scope, module, &mut |piece| match piece {
        Piece::Word(word) => {
            hasher.write(word.as_bytes());
            hasher.write_u8(0xff);
        }
        Piece::Sign(sign) => hasher.write_u32(sign.into()),
        Piece::Open(text) | Piece::Close(text) => hasher.write(text.as_bytes()),
    });
    hasher.finish()
}

/// Returns a hash of tokens.
pub(super) fn hash_all(tokens: TokenStream) -> u64 {
    fn feed(tokens: TokenStream, hasher: &mut std::hash::DefaultHasher) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    hasher.write_u8(group.delimiter() as u8);
                    feed(group.stream(), hasher);
                    hasher.write_u8(0xfe);
                }
                TokenTree::Punct(punct) => hasher.write_u32(punct.as_char().into()),
                other => {
                    hasher.write(other.to_string().as_bytes());
                    hasher.write_u8(0xff);
                }
            }
        }
    }
    let mut hasher = std::hash::DefaultHasher::new();
    feed(tokens, &mut hasher);
    hasher.finish()
}

/// Returns the documentation in some attributes.
pub(super) fn docs(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
        let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
        Some(text.value())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the names in a list of derives.
pub(super) fn derives(attributes: &[syn::Attribute]) -> BTreeSet<String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let tokens = lists.filter_map(|attribute| match &attribute.meta {
        syn::Meta::List(list) => Some(list.tokens.clone()),
        _ => None,
    });
    tokens
        .flatten()
        .filter_map(|token| match token {
            TokenTree::Ident(name) => Some(name.to_string()),
            _ => None,
        })
        .collect()
}

/// Returns `true` for `#[doc(hidden)]`, which is not part of the API.
pub(super) fn is_hidden(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    })
}
