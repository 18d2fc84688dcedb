//! The shared AWS configuration files, `~/.aws/config` and `~/.aws/credentials`: their locations, and their sections as
//! one set.
//!
//! The grammar is the one that AWS's SDKs share, extended by what AWS's command line also accepts: names in quotes as in
//! a shell (`[profile 'my team']`), names with any character, indented headers and comments. Sections that other SDKs
//! ignore may be malformed, which matters to those only who look for them.
//!
//! This module opens no file and reads no environment, which come from the caller, and knows no setting by name.
//!
//! # Invariants
//!
//! - A property that the caller does not keep is never copied out of the text.
//! - No error and no `Debug` output contains a value, since either file may contain secrets.
//! - A section that is passed over is named to who looks for it, with file, line and reason.

mod header;
mod load;
mod location;
mod parse;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::Escaped;
use header::{Named, PassedOver};
pub use load::LoadError;
pub use location::{FileKind, Locations, NoHome};
pub use parse::ParseError;
use text::visible;

/// How many names a message lists: people have files with hundreds of profiles.
const MAX_TOLD: usize = 8;

/// The kind of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// `[profile NAME]`, in a credentials file `[NAME]`, in either `[default]`.
    Profile,
    /// `[sso-session NAME]`.
    SsoSession,
    /// `[services NAME]`.
    Services,
}

impl SectionKind {
    const ALL: [Self; 3] = [Self::Profile, Self::SsoSession, Self::Services];

    fn keyword(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SsoSession => "sso-session",
            Self::Services => "services",
        }
    }
}

/// The value of a property, with its file and line.
#[derive(Clone)]
pub struct Property {
    value: String,
    file: Arc<Path>,
    line: usize,
    /// The line numbers of the continuation lines.
    continued: Vec<usize>,
}

impl Property {
    /// Returns the value, with continuation lines separated by `\n`.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the file.
    pub fn file(&self) -> &Arc<Path> {
        &self.file
    }

    /// Returns the first line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the nested properties: the indented lines below a property with an empty value.
    pub fn nested(&self) -> impl Iterator<Item = (String, Property)> {
        let mut lines = self.value.split('\n');
        let is_nested = lines.next() == Some("");
        let lines = lines.zip(&self.continued).filter(move |_| is_nested);
        lines.filter_map(|(text, line)| {
            let (key, value) = parse::nested_property(text)?;
            let file = Arc::clone(&self.file);
            Some((key.to_ascii_lowercase(), Self { value: value.to_owned(), file, line: *line, continued: Vec::new() }))
        })
    }
}

/// Shows the position only: the value may be a secret.
impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Property({}:{})", Escaped(self.file.display()), self.line)
    }
}

/// The properties of a section, by lower-case key.
#[derive(Clone, Debug, Default)]
pub struct Section {
    properties: BTreeMap<String, Property>,
    /// Whether every AWS SDK reads a section of this name.
    shared: bool,
}

impl Section {
    /// Returns the property of a lower-case key.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.properties.get(key)
    }

    /// Returns all properties, sorted by key.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.properties.iter().map(|(key, property)| (key.as_str(), property))
    }
}

/// The sections of one or more files.
#[derive(Clone, Debug, Default)]
pub struct ProfileSet {
    profiles: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
    passed_over: Vec<PassedOver>,
    /// The files that were looked for, there or not.
    files: Vec<PathBuf>,
    /// A file that was not looked for, since no home directory is known.
    not_looked_for: Option<FileKind>,
}

impl ProfileSet {
    /// Adds the sections of a file. Its properties take precedence over those of files added before, so the config file
    /// has to be added before the credentials file.
    ///
    /// Only the properties are copied for which `keep` returns `true`, given the lower-case key. A malformed file leaves
    /// the set unchanged.
    pub fn add(
        &mut self,
        kind: FileKind,
        path: &Path,
        text: &str,
        keep: impl Fn(SectionKind, &str) -> bool,
    ) -> Result<(), ParseError> {
        let file: Arc<Path> = Arc::from(path);
        let sections = parse::parse(kind, &file, text)?;
        // `[profile default]` takes precedence over `[default]`.
        let is_default = |section: &Named| section.name == "default" && section.kind == SectionKind::Profile;
        let mut named = sections.iter().filter_map(|section| section.section.as_ref().ok());
        let has_prefixed = named.any(|section| is_default(section) && section.prefixed);
        for raw in sections {
            let (header, line) = (raw.header, raw.line);
            let named = match raw.section {
                Ok(named) => named,
                Err(section) => {
                    let (header, file) = (header.to_owned(), Arc::clone(&file));
                    self.passed_over.push(PassedOver { header, section, file, file_kind: kind, line });
                    continue;
                }
            };
            if has_prefixed && is_default(&named) && !named.prefixed {
                continue;
            }
            let section = self.sections_mut(named.kind).entry(named.name).or_default();
            section.shared |= named.shared;
            for property in raw.properties {
                let key = property.key.to_ascii_lowercase();
                if keep(named.kind, &key) {
                    section.properties.insert(key, property.to_property(&file));
                }
            }
        }
        Ok(())
    }

    /// Returns a profile.
    pub fn profile(&self, name: &str) -> Option<&Section> {
        self.section(SectionKind::Profile, name)
    }

    /// Returns the names of the profiles that every AWS SDK reads, sorted; [`names`](Self::names) has all.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        shared_names(&self.profiles)
    }

    /// Returns an `sso-session` section.
    pub fn sso_session(&self, name: &str) -> Option<&Section> {
        self.section(SectionKind::SsoSession, name)
    }

    /// Returns the names of the `sso-session` sections that every AWS SDK reads, sorted; [`names`](Self::names) has all.
    pub fn sso_session_names(&self) -> impl Iterator<Item = &str> {
        shared_names(&self.sso_sessions)
    }

    /// Returns a `services` section.
    pub fn services(&self, name: &str) -> Option<&Section> {
        self.section(SectionKind::Services, name)
    }

    /// Returns the names of all sections of a kind, sorted.
    pub fn names(&self, kind: SectionKind) -> impl Iterator<Item = &str> {
        self.sections(kind).keys().map(String::as_str)
    }

    /// Returns the files that were looked for, there or not.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Says which sections of a kind there are, for an error about one that is not there: their names, and whether this
    /// one was passed over, or no file was looked for.
    pub fn told(&self, kind: SectionKind, name: &str) -> String {
        if let (Some(_), []) = (self.not_looked_for, &self.files[..]) {
            return "no file was looked for, since no home directory is known; set HOME".to_owned();
        }
        let count = self.names(kind).count();
        let names: Vec<_> = self.names(kind).take(MAX_TOLD).map(|name| Escaped(name).to_string()).collect();
        let mut text =
            if names.is_empty() { "there are none".to_owned() } else { format!("there are: {}", names.join(", ")) };
        if count > MAX_TOLD {
            text.push_str(&format!(" and {} more", count - MAX_TOLD));
        }
        let name = &*visible(name);
        if let Some(found) = self.passed_over.iter().find(|found| found.is(kind, name)) {
            text.push_str(&format!("; {}", found.told(kind, name)));
        }
        if let Some(file) = self.not_looked_for.filter(|_| kind == SectionKind::Profile) {
            let file = file.name();
            text.push_str(&format!("; the {file} file was not looked for, since no home directory is known"));
        }
        text
    }

    fn section(&self, kind: SectionKind, name: &str) -> Option<&Section> {
        self.sections(kind).get(&*visible(name))
    }

    fn sections(&self, kind: SectionKind) -> &BTreeMap<String, Section> {
        match kind {
            SectionKind::Profile => &self.profiles,
            SectionKind::SsoSession => &self.sso_sessions,
            SectionKind::Services => &self.services,
        }
    }

    fn sections_mut(&mut self, kind: SectionKind) -> &mut BTreeMap<String, Section> {
        match kind {
            SectionKind::Profile => &mut self.profiles,
            SectionKind::SsoSession => &mut self.sso_sessions,
            SectionKind::Services => &mut self.services,
        }
    }
}

fn shared_names(sections: &BTreeMap<String, Section>) -> impl Iterator<Item = &str> {
    sections.iter().filter(|(_, section)| section.shared).map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests;
