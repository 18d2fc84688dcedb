//! Accepted findings.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use codegen::diff::{Finding, rule};
use serde::Deserialize;

use crate::workspace;

/// A file of accepted findings.
#[derive(Debug)]
pub struct Allowed {
    path: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allow: Vec<Entry>,
}

/// An accepted finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The id of the rule.
    rule: String,
    /// The id of the shape or member.
    shape: String,
    /// Why the finding is accepted.
    reason: String,
}

impl Allowed {
    /// Reads a TOML file with tables `[[allow]]` of `rule`, `shape` and `reason`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or parsed, a rule does not exist, or a reason is empty.
    pub fn read(path: &Path) -> Result<Self> {
        let place = || path.display().to_string();
        let file: File = toml::from_str(&workspace::read(path)?).with_context(place)?;
        for Entry { rule: id, shape, reason } in &file.allow {
            ensure!(
                rule(id).is_some(),
                "{}: unknown rule {id:?}; `cargo xtask diff --list-rules` lists the rules",
                place()
            );
            ensure!(!reason.trim().is_empty(), "{}: {id} of {shape}: the reason is empty", place());
        }
        Ok(Self { path: path.to_path_buf(), entries: file.allow })
    }

    /// Returns for each finding the reason why it is accepted, if it is.
    ///
    /// # Errors
    ///
    /// If an entry matches no finding.
    pub fn accept(&self, findings: &[Finding]) -> Result<Vec<Option<String>>> {
        let matches = |entry: &Entry, finding: &Finding| finding.rule.id == entry.rule && finding.shape == entry.shape;
        let unused: Vec<String> = self
            .entries
            .iter()
            .filter(|entry| !findings.iter().any(|finding| matches(entry, finding)))
            .map(|entry| format!("{} of {}", entry.rule, entry.shape))
            .collect();
        ensure!(
            unused.is_empty(),
            "{}: these entries match no finding; remove them: {}",
            self.path.display(),
            unused.join(", ")
        );
        let reason = |finding: &Finding| {
            self.entries.iter().find(|entry| matches(entry, finding)).map(|entry| entry.reason.clone())
        };
        Ok(findings.iter().map(reason).collect())
    }
}
