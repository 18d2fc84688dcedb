//! Findings that somebody has looked at and accepted, with the reason.

use std::path::{Path, PathBuf};

use codegen::diff::{Finding, rule};
use serde::Deserialize;

use super::Error;

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
    /// Its rule.
    rule: String,
    /// The id of its shape or member.
    shape: String,
    /// Why it is accepted.
    reason: String,
}

impl Allowed {
    /// Reads a file in TOML: tables `[[allow]]` with `rule`, `shape` and `reason`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or names a rule that does not exist, or gives no reason.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |message: String| Error::File(path.to_path_buf(), message);
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        for Entry { rule: id, shape, reason } in &file.allow {
            if rule(id).is_none() {
                return Err(wrong(format!("there is no rule {id:?}; `cargo xtask diff --list-rules` lists them")));
            }
            if reason.trim().is_empty() {
                return Err(wrong(format!("{id} of {shape}: needs a reason")));
            }
        }
        Ok(Self { path: path.to_path_buf(), entries: file.allow })
    }

    /// For each finding the reason why it is accepted, if it is.
    ///
    /// # Errors
    ///
    /// When an entry matches no finding: it says of something what is no longer so.
    pub fn accept(&self, findings: &[Finding]) -> Result<Vec<Option<String>>, Error> {
        let matches = |entry: &Entry, finding: &Finding| finding.rule.id == entry.rule && finding.shape == entry.shape;
        let idle: Vec<String> = self
            .entries
            .iter()
            .filter(|entry| !findings.iter().any(|finding| matches(entry, finding)))
            .map(|entry| format!("{} of {}", entry.rule, entry.shape))
            .collect();
        if !idle.is_empty() {
            let message = format!("nothing was found that these entries accept; take them out: {}", idle.join(", "));
            return Err(Error::File(self.path.clone(), message));
        }
        let reason = |finding: &Finding| {
            self.entries.iter().find(|entry| matches(entry, finding)).map(|entry| entry.reason.clone())
        };
        Ok(findings.iter().map(reason).collect())
    }
}
