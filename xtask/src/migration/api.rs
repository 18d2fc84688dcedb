//! The public items of crates, from the JSON of rustdoc.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workspace::read;

/// The documentation of several crates, which re-export each other's items.
#[derive(Default)]
pub(super) struct Crates {
    crates: BTreeMap<String, Documented>,
}

/// The documentation of one crate.
struct Documented {
    json: Value,
    /// The ids of its items by their paths.
    ids: HashMap<String, String>,
}

/// An item, and the crate in whose documentation it stands.
#[derive(Clone, Copy)]
struct Found<'c> {
    owner: &'c Documented,
    item: &'c Value,
}

impl Crates {
    /// Reads the documentation of a crate, in which private items are, too: types are found by where they are defined.
    pub(super) fn add(&mut self, name: &str, file: &Path) -> Result<()> {
        let json: Value =
            serde_json::from_str(&read(file)?).with_context(|| format!("{} is no JSON", file.display()))?;
        let paths = json["paths"].as_object().context("no paths in the JSON of rustdoc")?;
        let own = paths.iter().filter(|(_, found)| found["crate_id"] == 0);
        let ids = own.filter_map(|(id, found)| Some((path(found)?, id.clone()))).collect();
        self.crates.insert(name.to_owned(), Documented { json, ids });
        Ok(())
    }

    /// Returns the paths of the public items below a module of a crate, by its path, members of types included.
    /// The types of crates whose documentation was not read have no members.
    pub(super) fn public_items(&self, module: &[&str]) -> Result<BTreeSet<String>> {
        let missing = || format!("there is no {}", module.join("::"));
        let (name, inner) = module.split_first().with_context(missing)?;
        let owner = self.crates.get(*name).with_context(missing)?;
        let root = id(&owner.json["root"]).with_context(missing)?;
        let mut walk = Walk { crates: self, found: BTreeSet::new() };
        let mut at = Found { owner, item: &owner.json["index"][&root] };
        for step in inner {
            let mut named = walk.children(at).into_iter().filter(|(name, _)| name == step);
            at = named.next().and_then(|(_, child)| child).with_context(missing)?;
        }
        walk.module(at, "", &mut Vec::new());
        Ok(walk.found)
    }
}

/// Returns an id, which rustdoc writes as a number.
fn id(value: &Value) -> Option<String> {
    value.as_u64().map(|number| number.to_string()).or_else(|| value.as_str().map(str::to_owned))
}

fn path(found: &Value) -> Option<String> {
    let steps: Option<Vec<&str>> = found["path"].as_array()?.iter().map(Value::as_str).collect();
    Some(steps?.join("::"))
}

impl<'c> Found<'c> {
    fn kind(self) -> (&'c str, &'c Value) {
        let kind = self.item["inner"].as_object().and_then(|inner| inner.iter().next());
        kind.map_or(("", &Value::Null), |(kind, inner)| (kind, inner))
    }

    fn name(self) -> &'c str {
        self.item["name"].as_str().unwrap_or_default()
    }

    fn is_public(self) -> bool {
        self.item["visibility"] == "public" && !self.is_hidden()
    }

    fn is_hidden(self) -> bool {
        self.item["attrs"].to_string().contains("hidden")
    }
}

struct Walk<'c> {
    crates: &'c Crates,
    found: BTreeSet<String>,
}

impl<'c> Walk<'c> {
    /// Returns an item by its id in the documentation of a crate, which may be that of another one.
    fn item(&self, owner: &'c Documented, id: &Value) -> Option<Found<'c>> {
        let id = self::id(id)?;
        if let Some(item) = owner.json["index"].get(&id) {
            return Some(Found { owner, item });
        }
        let path = path(owner.json["paths"].get(&id)?)?;
        let owner = self.crates.crates.get(path.split("::").next()?)?;
        let item = owner.json["index"].get(owner.ids.get(&path)?)?;
        Some(Found { owner, item })
    }

    fn items(&self, owner: &'c Documented, ids: &'c Value) -> Vec<Found<'c>> {
        ids.as_array().into_iter().flatten().filter_map(|id| self.item(owner, id)).collect()
    }

    /// Returns the public items of a module by their names there; `None` for one whose documentation was not read.
    fn children(&self, module: Found<'c>) -> Vec<(String, Option<Found<'c>>)> {
        let (_, inner) = module.kind();
        let ids = if inner.get("items").is_some() { &inner["items"] } else { &inner["variants"] };
        let mut children = Vec::new();
        for child in self.items(module.owner, ids).into_iter().filter(|child| child.item["visibility"] != "crate") {
            match child.kind() {
                ("use", used) if child.is_public() => {
                    let target = self.item(child.owner, &used["id"]);
                    match target {
                        Some(target) if used["is_glob"] == true => children.extend(self.children(target)),
                        _ if used["is_glob"] == true => {}
                        _ => children.push((used["name"].as_str().unwrap_or_default().to_owned(), target)),
                    }
                }
                ("use", _) => {}
                _ if child.is_public() || module.kind().0 == "enum" => {
                    children.push((child.name().to_owned(), Some(child)));
                }
                _ => {}
            }
        }
        children
    }

    fn module(&mut self, module: Found<'c>, at: &str, above: &mut Vec<*const Value>) {
        // Modules may re-export those above them.
        let address: *const Value = module.item;
        if above.contains(&address) {
            return;
        }
        above.push(address);
        for (name, child) in self.children(module) {
            let path = if at.is_empty() { name } else { format!("{at}::{name}") };
            match child {
                Some(child) if child.is_hidden() => {}
                Some(child) if child.kind().0 == "module" => self.module(child, &path, above),
                Some(child) => self.definition(child, path),
                None => drop(self.found.insert(path)),
            }
        }
        above.pop();
    }

    fn definition(&mut self, item: Found<'c>, path: String) {
        let mut item = item;
        // Those of an alias are the members of what it stands for.
        while let ("type_alias", alias) = item.kind() {
            match self.item(item.owner, &alias["type"]["resolved_path"]["id"]) {
                Some(target) => item = target,
                None => break,
            }
        }
        let (kind, inner) = item.kind();
        let mut members: Vec<String> = Vec::new();
        for implementation in self.items(item.owner, &inner["impls"]) {
            let (_, inner) = implementation.kind();
            if inner["trait"].is_null() && inner["is_synthetic"] != true {
                let methods = self.items(implementation.owner, &inner["items"]);
                members.extend(methods.into_iter().filter(|it| it.is_public()).map(|it| it.name().to_owned()));
            }
        }
        let (all, public) = match kind {
            "enum" => (&inner["variants"], false),
            "trait" => (&inner["items"], false),
            _ => (&inner["kind"]["plain"]["fields"], true),
        };
        let all = self.items(item.owner, all).into_iter().filter(|it| !it.is_hidden() && (!public || it.is_public()));
        members.extend(all.map(|it| it.name().to_owned()));
        self.found.extend(members.into_iter().map(|member| format!("{path}::{member}")));
        self.found.insert(path);
    }
}
