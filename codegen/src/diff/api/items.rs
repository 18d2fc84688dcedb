//! Lists the API of a file's items.

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item as Syntax, TraitItem, Visibility};

use super::origins::Origins;
use super::text::{self, Scope, join};
use super::{Api, Item, Key, Part};

/// Traits between generated code and runtime, which programs do not call.
const PLUMBING: &[&str] = &[
    "HttpBindings",
    "EventStructure",
    "ErrorEnum",
    "FromWire",
    "Output",
    "OperationError",
    "Read",
    "ReadUnion",
    "Sealed",
    "SendUnion",
    "ModeledError",
    "Shape",
    "Structure",
    "WireEnum",
    "WireValue",
    "Wipe",
    "Write",
    "WriteStructure",
];

/// A walk through the items of one file.
pub(super) struct Walk<'a> {
    api: &'a mut Api,
    origins: &'a Origins,
    module: String,
    scope: Scope,
}

impl<'a> Walk<'a> {
    pub(super) fn new(api: &'a mut Api, origins: &'a Origins, module: String, items: &[Syntax]) -> Self {
        let scope = Scope::new(&module, items, None);
        Self { api, origins, module, scope }
    }

    pub(super) fn file(&mut self, file: &syn::File) {
        let docs = text::docs(&file.attrs);
        let owner = if self.module.is_empty() { "crate".to_owned() } else { self.module.clone() };
        // Impl blocks add to types of other files.
        let seen = !matches!(owner.as_str(), "aws" | "blocking" | "serialize");
        if seen {
            self.add(owner, Part::Itself("file"), "", docs, "");
        }
        for item in &file.items {
            self.item(item);
        }
    }

    fn pretty(&self, tokens: impl ToTokens) -> String {
        text::pretty(tokens.into_token_stream(), &self.scope, &self.module)
    }

    fn add(&mut self, owner: String, part: Part, signature: &str, docs: String, member: &str) {
        let origins = self.origins.of(&owner, member);
        let item = Item { signature: signature.to_owned(), docs, origins, closed: false };
        self.api.items.insert(Key { owner, part }, item);
    }

    /// Notes an addition to something that is not open to additions.
    fn add_closed(&mut self, owner: String, part: Part, signature: &str, docs: String, member: &str) {
        self.add(owner.clone(), part.clone(), signature, docs, member);
        if let Some(item) = self.api.items.get_mut(&Key { owner, part }) {
            item.closed = true;
        }
    }

    fn deprecated(&mut self, owner: &str, part: &str, attributes: &[Attribute]) {
        if attributes.iter().any(|attribute| attribute.path().is_ident("deprecated")) {
            self.add(owner.to_owned(), Part::Deprecated(part.to_owned()), "", String::new(), part);
        }
    }

    fn code(&mut self, owner: &str, tokens: impl ToTokens) {
        let hash = text::hash(tokens.into_token_stream(), &self.scope, &self.module);
        let origins = self.origins.of(owner, "");
        let code = self.api.code.entry(owner.to_owned()).or_default();
        code.hashes.push(hash);
        code.origins = origins;
    }

    fn item(&mut self, item: &Syntax) {
        match item {
            Syntax::Struct(found) => self.structure(found),
            Syntax::Enum(found) => self.enumeration(found),
            Syntax::Impl(found) => self.implementation(found),
            Syntax::Trait(found) => self.definition(found),
            Syntax::Mod(found) => self.module(found),
            Syntax::Use(found) if is_public(&found.vis) => {
                for (name, path) in text::exports(&found.tree, &self.module) {
                    let owner = join(&self.module, &name);
                    self.add(owner, Part::Itself("use"), &path, text::docs(&found.attrs), "");
                }
            }
            Syntax::Type(found) => {
                let owner = join(&self.module, &found.ident.to_string());
                if is_public(&found.vis) {
                    let ty = self.pretty(&found.ty);
                    self.add(owner, Part::Itself("type"), &ty, text::docs(&found.attrs), "");
                }
            }
            Syntax::Static(found) => {
                let owner = join(&self.module, &found.ident.to_string());
                self.code(&owner, &found.expr);
                if is_public(&found.vis) {
                    let ty = self.pretty(&found.ty);
                    self.add(owner, Part::Itself("static"), &ty, text::docs(&found.attrs), "");
                }
            }
            Syntax::Fn(found) => {
                let owner = join(&self.module, &found.sig.ident.to_string());
                self.code(&owner, found);
                if is_public(&found.vis) {
                    let signature = self.pretty(&found.sig);
                    self.add(owner, Part::Itself("fn"), &signature, text::docs(&found.attrs), "");
                }
            }
            _ => {}
        }
    }

    fn module(&mut self, found: &syn::ItemMod) {
        let hidden = !is_public(&found.vis) || text::is_hidden(&found.attrs);
        if hidden {
            return;
        }
        let owner = join(&self.module, &found.ident.to_string());
        self.add(owner.clone(), Part::Itself("mod"), "", text::docs(&found.attrs), "");
        if let Some((_, items)) = &found.content {
            let scope = Scope::new(&owner, items, Some(&self.scope));
            let mut inner = Walk { api: &mut *self.api, origins: self.origins, module: owner, scope };
            for item in items {
                inner.item(item);
            }
        }
    }

    fn structure(&mut self, found: &syn::ItemStruct) {
        let owner = join(&self.module, &found.ident.to_string());
        self.code(&owner, &found.fields);
        if !is_public(&found.vis) {
            return;
        }
        let open = is_open(&found.attrs) || found.fields.iter().any(|field| !is_public(&field.vis));
        let signature = format!("{}{}", if open { "" } else { "constructible " }, self.pretty(&found.generics));
        self.add(owner.clone(), Part::Itself("struct"), signature.trim(), text::docs(&found.attrs), "");
        self.deprecated(&owner, "", &found.attrs);
        self.derived(&owner, &found.attrs);
        for field in found.fields.iter().filter(|field| is_public(&field.vis)) {
            let Some(name) = &field.ident else { continue };
            let (name, ty) = (crate::naming::plain(name), self.pretty(&field.ty));
            self.deprecated(&owner, &name, &field.attrs);
            let part = Part::Field(name.clone());
            if open {
                self.add(owner.clone(), part, &ty, text::docs(&field.attrs), &name);
            } else {
                self.add_closed(owner.clone(), part, &ty, text::docs(&field.attrs), &name);
            }
        }
    }

    fn enumeration(&mut self, found: &syn::ItemEnum) {
        let owner = join(&self.module, &found.ident.to_string());
        self.code(&owner, &found.variants);
        if !is_public(&found.vis) {
            return;
        }
        let open = is_open(&found.attrs);
        let signature = if open { "" } else { "exhaustive" };
        self.add(owner.clone(), Part::Itself("enum"), signature, text::docs(&found.attrs), "");
        self.deprecated(&owner, "", &found.attrs);
        self.derived(&owner, &found.attrs);
        for variant in &found.variants {
            let name = variant.ident.to_string();
            let fields = match &variant.fields {
                Fields::Unit => String::new(),
                fields => self.pretty(fields),
            };
            self.deprecated(&owner, &name, &variant.attrs);
            let part = Part::Variant(name.clone());
            if open {
                self.add(owner.clone(), part, &fields, text::docs(&variant.attrs), &name);
            } else {
                self.add_closed(owner.clone(), part, &fields, text::docs(&variant.attrs), &name);
            }
        }
    }

    fn derived(&mut self, owner: &str, attributes: &[Attribute]) {
        for name in text::derives(attributes) {
            self.add(owner.to_owned(), Part::Trait(name), "", String::new(), "");
        }
    }

    fn implementation(&mut self, found: &syn::ItemImpl) {
        let ty = self.owner_of(found);
        let Some((path, _)) = &found.trait_ else {
            self.code(&ty, found);
            self.methods(&ty, &found.items);
            return;
        };
        let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let types: Vec<String> = found
            .items
            .iter()
            .filter_map(|item| match item {
                ImplItem::Type(ty) => Some(format!("{} = {}", ty.ident, self.pretty(&ty.ty))),
                _ => None,
            })
            .collect();
        // The client's conversions come one per operation.
        let shown = self.pretty(path);
        let origin = shown.strip_prefix("From<").map(|from| from.trim_end_matches('>').to_owned());
        self.code(&ty, found);
        if PLUMBING.contains(&name.as_str()) && types.is_empty() {
            return;
        }
        // Derived and handwritten implementations are equal.
        let of_trait = self.origins.known(&shown);
        let shown = if shown.starts_with("fmt::") || shown.ends_with("::Error") { name } else { shown };
        self.add(ty.clone(), Part::Trait(shown.clone()), &types.join(", "), String::new(), "");
        let origins = origin.map(|from| self.origins.of_conversion(&from)).or(of_trait);
        if let Some(origins) = origins {
            if let Some(item) = self.api.items.get_mut(&Key { owner: ty, part: Part::Trait(shown) }) {
                item.origins.splice(0..0, origins);
            }
        }
    }

    /// Returns the type that a trait is implemented for: by its path alone if all its arguments implement it.
    fn owner_of(&self, found: &syn::ItemImpl) -> String {
        let ty = self.pretty(&found.self_ty);
        let params: Vec<String> = found.generics.type_params().map(|param| param.ident.to_string()).collect();
        match ty.strip_suffix('>').and_then(|ty| ty.split_once('<')) {
            Some((path, arguments)) if arguments.split(", ").all(|name| params.iter().any(|param| param == name)) => {
                path.to_owned()
            }
            _ => ty,
        }
    }

    fn methods(&mut self, owner: &str, items: &[ImplItem]) {
        for item in items {
            let ImplItem::Fn(method) = item else { continue };
            if !is_public(&method.vis) {
                continue;
            }
            let name = crate::naming::plain(&method.sig.ident);
            let signature = self.pretty(&method.sig);
            self.deprecated(owner, &name, &method.attrs);
            self.add(owner.to_owned(), Part::Method(name.clone()), &signature, text::docs(&method.attrs), &name);
        }
    }

    fn definition(&mut self, found: &syn::ItemTrait) {
        let owner = join(&self.module, &found.ident.to_string());
        if !is_public(&found.vis) {
            return;
        }
        let bounds = self.pretty(&found.supertraits);
        let sealed = bounds.contains("Sealed");
        self.add(owner.clone(), Part::Itself("trait"), &bounds, text::docs(&found.attrs), "");
        for item in &found.items {
            let TraitItem::Fn(method) = item else { continue };
            let name = crate::naming::plain(&method.sig.ident);
            let signature = self.pretty(&method.sig);
            self.deprecated(&owner, &name, &method.attrs);
            let (part, docs) = (Part::Method(name.clone()), text::docs(&method.attrs));
            if sealed || method.default.is_some() {
                self.add(owner.clone(), part, &signature, docs, &name);
            } else {
                self.add_closed(owner.clone(), part, &signature, docs, &name);
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_open(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}
