//! The differences between two generated crates: public API, behavior on the wire, and other code.

use std::collections::BTreeSet;

use super::api::{self, Api, Item, Key, Part};
use super::{CrateVerdict, wire};
use crate::Options;
use crate::ir::Service;

/// A model, and its IR.
pub(super) struct Generated<'a> {
    pub(super) service: &'a Service,
    pub(super) options: &'a Options,
}

/// A difference between two generated crates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its verdict.
    pub verdict: CrateVerdict,
    /// What it is, such as `field types::RoleInfo.name: Option<String> → String`.
    pub what: String,
    /// The shapes and members that it comes from, nearest first.
    pub(super) origins: Vec<String>,
    /// The only rules that can cause it, if known.
    pub(super) only: &'static [&'static str],
    /// The API entry that it is about.
    pub(super) owner: Option<String>,
}

impl Change {
    pub(super) fn new(verdict: CrateVerdict, what: String, origins: &[String]) -> Self {
        Self { verdict, what: super::shapes::printable(what), origins: origins.to_vec(), only: &[], owner: None }
    }
}

/// Returns all differences.
pub(super) fn between(before: &Generated<'_>, after: &Generated<'_>) -> Vec<Change> {
    let (was, is) = api::list(before, after);
    let mut changes = of_api(&was, &is);
    changes.extend(wire::compare(before.service, after.service));
    let rest = of_code(&was, &is, &changes);
    changes.extend(rest);
    changes
}

fn of_api(was: &Api, is: &Api) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |key: &Key, verdict, what: String, origins: &[String]| {
        changes.push(Change { owner: Some(key.owner.clone()), ..Change::new(verdict, what, origins) });
    };
    for (key, before) in &was.items {
        match is.items.get(key) {
            None => {
                let verdict = match key.part {
                    Part::Deprecated(_) => CrateVerdict::Docs,
                    // A removed file removes its items.
                    Part::Itself("file") => continue,
                    _ => CrateVerdict::Breaking,
                };
                push(key, verdict, format!("removed: {}", shown(key, before)), &before.origins);
            }
            Some(now) => {
                if before.signature != now.signature {
                    let what = format!("{} → {}", shown(key, before), plain(&now.signature));
                    push(key, CrateVerdict::Breaking, what, &both(before, now));
                }
                if before.docs != now.docs {
                    push(key, CrateVerdict::Docs, format!("described differently: {key}"), &both(before, now));
                }
            }
        }
    }
    for (key, now) in is.items.iter().filter(|(key, _)| !was.items.contains_key(*key)) {
        if key.part == Part::Itself("file") {
            continue;
        }
        // Parts of a new item are no breaking additions.
        let old_owner = was.items.keys().any(|other| other.owner == key.owner);
        let verdict = if now.closed && old_owner { CrateVerdict::Breaking } else { CrateVerdict::Additive };
        push(key, verdict, format!("added: {}", shown(key, now)), &now.origins);
    }
    changes
}

fn both(before: &Item, now: &Item) -> Vec<String> {
    let mut origins = now.origins.clone();
    origins.extend(before.origins.iter().filter(|id| !now.origins.contains(id)).cloned());
    origins
}

fn shown(key: &Key, item: &Item) -> String {
    match (&key.part, item.signature.as_str()) {
        (_, "") => key.to_string(),
        (Part::Field(_), ty) => format!("{key}: {ty}"),
        (Part::Method(_) | Part::Itself("fn"), signature) => format!("{}: {signature}", key.owner),
        (_, signature) => format!("{key} {signature}"),
    }
}

fn plain(signature: &str) -> &str {
    if signature.is_empty() { "nothing" } else { signature }
}

/// Returns changes of code whose item has no other changes. Added and removed items are already listed.
fn of_code(was: &Api, is: &Api, changes: &[Change]) -> Vec<Change> {
    let real = || changes.iter().filter(|change| change.verdict > CrateVerdict::Docs);
    let owners: BTreeSet<&str> = real().filter_map(|change| change.owner.as_deref()).collect();
    let shapes: BTreeSet<&str> = real().flat_map(|change| &change.origins).map(|id| shape_of(id)).collect();
    let mut rest = Vec::new();
    for (owner, before) in &was.code {
        let Some(now) = is.code.get(owner) else { continue };
        let reported = owners.contains(owner.as_str()) || now.origins.iter().any(|id| shapes.contains(shape_of(id)));
        if before.hashes != now.hashes && !reported {
            let what = format!("the code of {owner}");
            rest.push(Change {
                owner: Some(owner.clone()),
                ..Change::new(CrateVerdict::Behaviour, what, &now.origins)
            });
        }
    }
    rest
}

/// Returns the shape of an id.
pub(super) fn shape_of(id: &str) -> &str {
    id.split('$').next().unwrap_or(id)
}
