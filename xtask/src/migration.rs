//! `cargo xtask migration`: the page that says what to write in place of each public item of AWS's clients that this
//! crate does not have.

mod api;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::Outcome;

/// The page.
const PAGE: &str = "sso-client/src/migration.md";

/// What to write instead, a line each: a pattern for paths, in which `*` stands for any text, and a text. The first
/// pattern that matches counts.
const NOTES: &str = include_str!("migration/notes.txt");

/// A workspace that depends on AWS's clients and on this one.
const WORKSPACE: &str = "xtask/bench/with-aws-sdk/Cargo.toml";

/// The crates whose documentation is read: the clients, and those whose types they re-export.
const CRATES: [&str; 10] = [
    "aws-sdk-sso",
    "aws-sdk-ssooidc",
    "aws-smithy-runtime-api",
    "aws-smithy-types",
    "aws-smithy-async",
    "aws-smithy-runtime",
    "aws-credential-types",
    "aws-types",
    "smithy-client-runtime",
    "sso-client",
];

/// Which module of this crate replaces which crate.
const REPLACED: [(&str, &[&str]); 4] = [
    ("aws_sdk_sso", &["sso_client"]),
    ("aws_sdk_ssooidc", &["sso_client", "oidc"]),
    ("aws_sdk_sso", &["sso_client", "aws_sdk"]),
    ("aws_sdk_ssooidc", &["sso_client", "aws_sdk", "oidc"]),
];

/// The arguments of `migration`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Writes nothing; fails if the page is not what a comparison gives.
    #[arg(long)]
    pub check: bool,
}

/// Compares the public items of AWS's clients with those of this crate, and writes the page or compares it.
///
/// # Errors
///
/// If the crates cannot be documented, if an item has no note, or if a note is for no item.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let crates = documented(root)?;
    let mut lacking = Vec::new();
    for (theirs, ours) in REPLACED {
        let all = crates.public_items(&[theirs])?;
        let missing: BTreeSet<String> = all.difference(&crates.public_items(ours)?).cloned().collect();
        let (all, missed) = (all.len(), missing.len());
        print(format!("{theirs}: {all} public items, {missed} without a counterpart in {}", ours.join("::")));
        lacking.extend(outermost(&missing).into_iter().map(|item| (theirs, item)));
    }
    let page = page(&lacking)?;
    let path = root.join(PAGE);
    if options.check {
        let same = fs::read_to_string(&path).is_ok_and(|found| found == page);
        if !same {
            print(format!("{PAGE} is not what a comparison gives: cargo xtask migration writes it"));
        }
        return Ok(Outcome::success_if(same));
    }
    fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
    print(format!("wrote {PAGE}"));
    Ok(Outcome::Success)
}

/// Documents the crates as JSON, which Rust's stable compiler does only when it is told to allow what is unstable.
fn documented(root: &Path) -> Result<api::Crates> {
    let target = root.join("target/migration");
    let mut crates = api::Crates::default();
    for package in CRATES {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["rustdoc", "--quiet", "--locked", "--lib", "--package", package, "--manifest-path"])
            .arg(root.join(WORKSPACE))
            .args(["--", "-Z", "unstable-options", "--output-format", "json", "--document-private-items"])
            .args(["--cap-lints", "allow"])
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTC_BOOTSTRAP", "1")
            .output()
            .context("cannot start cargo")?;
        if !output.status.success() {
            bail!("{package} cannot be documented:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let name = package.replace('-', "_");
        let file: PathBuf = target.join(format!("doc/{name}.json"));
        crates.add(&name, &file)?;
    }
    Ok(crates)
}

/// Returns the items without the members of others, and without second paths of what `config` has.
fn outermost(missing: &BTreeSet<String>) -> Vec<String> {
    let is_member = |item: &str| item.rsplit_once("::").is_some_and(|(owner, _)| missing.contains(owner));
    let is_repeated = |item: &str| missing.contains(&format!("config::{item}"));
    missing.iter().filter(|item| !is_member(item) && !is_repeated(item)).cloned().collect()
}

/// Returns the page, which has a row for each text of the notes.
fn page(lacking: &[(&str, String)]) -> Result<String> {
    let notes: Vec<(&str, &str)> = NOTES.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut rows: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    let (mut without, mut unused) = (Vec::new(), BTreeSet::from_iter(notes.iter().map(|(pattern, _)| *pattern)));
    for (_, note) in &notes {
        if !rows.iter().any(|(known, _)| known == note) {
            rows.push((note, BTreeSet::new()));
        }
    }
    for (of, item) in lacking {
        let Some((pattern, note)) = notes.iter().find(|(pattern, _)| matches(pattern, item)) else {
            without.push(format!("  {of}::{item}"));
            continue;
        };
        unused.remove(pattern);
        for (_, row) in rows.iter_mut().filter(|(known, _)| known == note) {
            row.insert(item);
        }
    }
    let notes_file = "xtask/src/migration/notes.txt";
    ensure!(without.is_empty(), "{notes_file} does not say what to write in place of\n{}", without.join("\n"));
    ensure!(unused.is_empty(), "{notes_file} has lines that are for nothing: {unused:?}");
    let mut page = "<!-- Generated by `cargo xtask migration`. Do not edit by hand. -->\n\n\
        Public items of `aws_sdk_sso` and `aws_sdk_ssooidc` that this crate does not have, with its features for AWS's \
        crates, and what to write instead. All other items have the same path here. Names are compared, not \
        signatures or implemented traits; the README's section on migration tells what behaves in another way.\n\n\
        | item of the AWS SDK | in this crate |\n| --- | --- |\n"
        .to_owned();
    for (note, row) in rows {
        let _ = writeln!(page, "| {} | {note} |", listed(row));
    }
    Ok(page)
}

/// Returns whether a path matches a pattern, in which `*` stands for any text.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == path };
    let Some(path) = path.strip_prefix(start) else { return false };
    (0..=path.len()).filter(|at| path.is_char_boundary(*at)).any(|at| matches(rest, &path[at..]))
}

/// Lists items, those of one type together.
fn listed(items: BTreeSet<&str>) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for item in items {
        let (owner, name) = item.rsplit_once("::").unwrap_or(("", item));
        match groups.last_mut() {
            Some((last, names)) if *last == owner => names.push(name),
            _ => groups.push((owner, vec![name])),
        }
    }
    let shown = groups.iter().map(|(owner, names)| match (owner.is_empty(), names.as_slice()) {
        (true, names) => format!("`{}`", names.join("`, `")),
        (false, [name]) => format!("`{owner}::{name}`"),
        (false, names) => format!("`{owner}::{{{}}}`", names.join(", ")),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("config::Layer", "config::Layer", true),
            ("config::Layer", "config::Layers", false),
            ("config::*::new", "config::endpoint::Params::new", true),
            ("config::*::new", "config::new", false),
            ("*", "", true),
            ("*::send_with", "operation::logout::builders::LogoutInputBuilder::send_with", true),
            ("*::send_with", "operation::send_with_all", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn members_and_second_paths_are_left_out() {
        let missing = ["Config::a", "config::Config::a", "config::Layer", "config::Layer::new", "primitives::Blob"];
        let missing = missing.map(str::to_owned).into_iter().collect();
        let found = outermost(&missing);
        assert_eq!(found, ["config::Config::a", "config::Layer", "primitives::Blob"]);
        let listed = listed(BTreeSet::from(["a", "b::c", "b::d", "e::f"]));
        assert_eq!(listed, "`a`, `b::{c, d}`, `e::f`");
    }
}
