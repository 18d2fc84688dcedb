//! The runtime as a crate of its own carries it: the files that it needs, as they are.
//!
//! Which module is optional, and which feature of `sso-client` turns it on, stands in
//! `runtime/mod.rs` and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::read;

/// The folder of the runtime, below the workspace's root.
const RUNTIME: &str = "sso-client/src/runtime";

/// The runtime's files by their paths in the crate.
pub(super) fn files(root: &Path, parts: &BTreeSet<String>) -> Result<BTreeMap<String, String>> {
    let dir = root.join(RUNTIME);
    let (modules, left_out) = modules(&read(&dir.join("mod.rs"))?, parts);
    let mut found = BTreeMap::new();
    collect(&dir, "", &mut found)?;
    found.retain(|path, _| {
        let module = path.split(['/', '.']).next().unwrap_or_default();
        // Tests of the runtime run where it is written.
        !left_out.contains(module) && !path.ends_with("/tests.rs")
    });
    found.insert("mod.rs".to_owned(), modules);
    Ok(found.into_iter().map(|(path, text)| (format!("src/runtime/{path}"), without_tests(&text))).collect())
}

/// `mod.rs` without the modules that are not needed, and their names.
fn modules(text: &str, parts: &BTreeSet<String>) -> (String, BTreeSet<String>) {
    let mut kept = String::new();
    let mut left_out = BTreeSet::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let feature = line.strip_prefix("#[cfg(feature = \"").and_then(|rest| rest.strip_suffix("\")]"));
        let Some(feature) = feature else {
            kept.push_str(line);
            kept.push('\n');
            continue;
        };
        let module = lines.next().unwrap_or_default();
        if super::manifest::FEATURES.contains(&feature) {
            // One that users turn on, in whichever crate.
            kept.push_str(&format!("{line}\n{module}\n"));
        } else if parts.contains(feature) {
            kept.push_str(module);
            kept.push('\n');
        } else {
            let name = module.trim_start_matches("pub mod ").trim_end_matches(';');
            left_out.insert(name.to_owned());
        }
    }
    (kept, left_out)
}

/// A file without the tests at its end, which need what the crate does not have.
fn without_tests(text: &str) -> String {
    match text.find("\n#[cfg(test)]\nmod tests") {
        Some(end) => format!("{}\n", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

fn collect(dir: &Path, prefix: &str, found: &mut BTreeMap<String, String>) -> Result<()> {
    let context = || format!("cannot read {}", dir.display());
    for entry in fs::read_dir(dir).with_context(context)? {
        let entry = entry.with_context(context)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found)?;
        } else if name.ends_with(".rs") {
            found.insert(name, read(&entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_by_their_features() {
        let text = "//! Docs.\n\npub mod a;\n#[cfg(feature = \"_b\")]\npub mod b;\n#[cfg(feature = \"_c\")]\npub mod c;\n#[cfg(feature = \"serde\")]\npub mod e;\nmod d;\n";
        let (kept, left_out) = modules(text, &BTreeSet::from(["_c".to_owned()]));
        assert_eq!(kept, "//! Docs.\n\npub mod a;\npub mod c;\n#[cfg(feature = \"serde\")]\npub mod e;\nmod d;\n");
        assert_eq!(left_out, BTreeSet::from(["b".to_owned()]));
    }
}
