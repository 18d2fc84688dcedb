//! The files that AWS tools share: `~/.aws/config` and `~/.aws/credentials`.
//!
//! | module | what it does |
//! | --- | --- |
//! | `parse` | text to sections and properties, with the line of each |
//! | `location` | where the files lie |
//! | here | the sections of both files as one set, of which callers say what is kept |
//!
//! The grammar is the one that AWS's SDKs share, with what AWS's own command line reads as well:
//! names in quotes (`[profile "my p"]`), and comments that are indented.
//!
//! What it does not do: it opens no file and looks at no environment, which come from the caller,
//! and it knows no setting by name.
//!
//! What must stay true: a property that the caller does not keep is never copied out of the text,
//! and no value is in an error or in `Debug`, since either file may hold secrets.

mod location;
mod parse;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use location::{FileKind, Locations, NoHome};
pub use parse::ParseError;
use parse::RawSection;

/// What a section's header says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// `[profile NAME]`, in a credentials file `[NAME]`, in either `[default]`.
    Profile,
    /// `[sso-session NAME]`.
    SsoSession,
    /// `[services NAME]`.
    Services,
}

/// A value, and where it stands.
#[derive(Clone)]
pub struct Property {
    value: String,
    file: Arc<Path>,
    line: usize,
    /// The lines of what follows the first line break in the value.
    continued: Vec<usize>,
}

impl Property {
    /// The value. What stands on indented lines below is in it, after a line break each.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The file that it stands in.
    pub fn file(&self) -> &Arc<Path> {
        &self.file
    }

    /// The line that it begins on, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The properties on indented lines below one without a value of its own.
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

/// Says where it stands: the value may be a secret.
impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Property({}:{})", self.file.display(), self.line)
    }
}

/// The properties of a section, by their names in lower case.
#[derive(Clone, Debug, Default)]
pub struct Section {
    properties: BTreeMap<String, Property>,
}

impl Section {
    /// The property of a name in lower case.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.properties.get(key)
    }

    /// All of them, in the order of their names.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.properties.iter().map(|(key, property)| (key.as_str(), property))
    }
}

/// A section whose header is none that counts, such as `[NAME]` in a config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// What its brackets hold.
    pub header: String,
    /// The file that it stands in.
    pub file: Arc<Path>,
    /// The line of its header.
    pub line: usize,
}

/// The sections of one or more files.
#[derive(Clone, Debug, Default)]
pub struct ProfileSet {
    profiles: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
    ignored: Vec<Ignored>,
}

impl ProfileSet {
    /// Adds what a file says. It counts in place of what a file that was added before says of the
    /// same property, so a config file has to be added before a credentials file.
    ///
    /// Of a section's properties, those are kept that `keep` wants by their names in lower case.
    ///
    /// # Errors
    ///
    /// When the text is not of the form that it has to have. Nothing of it is in the set then.
    pub fn add(
        &mut self,
        kind: FileKind,
        path: &Path,
        text: &str,
        keep: impl Fn(SectionKind, &str) -> bool,
    ) -> Result<(), ParseError> {
        let file: Arc<Path> = Arc::from(path);
        let sections = parse::parse(kind, &file, text)?;
        // `[profile default]` stands for the default profile alone wherever it is there.
        let is_default =
            |section: &RawSection<'_>| section.name == "default" && section.kind == Some(SectionKind::Profile);
        let has_prefixed = sections.iter().any(|section| is_default(section) && section.prefixed);
        for raw in sections {
            let Some(kind) = raw.kind else {
                self.ignored.push(Ignored { header: raw.name.to_owned(), file: Arc::clone(&file), line: raw.line });
                continue;
            };
            if has_prefixed && is_default(&raw) && !raw.prefixed {
                continue;
            }
            let section = self.sections_mut(kind).entry(raw.name.to_owned()).or_default();
            for property in raw.properties {
                let key = property.key.to_ascii_lowercase();
                if keep(kind, &key) {
                    section.properties.insert(key, property.to_property(&file));
                }
            }
        }
        Ok(())
    }

    /// A profile.
    pub fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.get(name)
    }

    /// The names of all profiles, in order.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// An `sso-session` section.
    pub fn sso_session(&self, name: &str) -> Option<&Section> {
        self.sso_sessions.get(name)
    }

    /// The names of all `sso-session` sections, in order.
    pub fn sso_session_names(&self) -> impl Iterator<Item = &str> {
        self.sso_sessions.keys().map(String::as_str)
    }

    /// A `services` section.
    pub fn services(&self, name: &str) -> Option<&Section> {
        self.services.get(name)
    }

    /// The names of all `services` sections, in order.
    pub fn services_names(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// The sections that do not count, as they were found.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    fn sections_mut(&mut self, kind: SectionKind) -> &mut BTreeMap<String, Section> {
        match kind {
            SectionKind::Profile => &mut self.profiles,
            SectionKind::SsoSession => &mut self.sso_sessions,
            SectionKind::Services => &mut self.services,
        }
    }
}

#[cfg(test)]
mod tests;
