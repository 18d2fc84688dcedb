//! The shared AWS configuration files, `~/.aws/config` and `~/.aws/credentials`: their locations, and their sections as
//! one set.
//!
//! The grammar is the one that AWS's SDKs share, extended by what AWS's command line also accepts: quoted names
//! (`[profile "my p"]`) and indented comments.
//!
//! This module opens no file and reads no environment, which come from the caller, and knows no setting by name.
//!
//! # Invariants
//!
//! - A property that the caller does not keep is never copied out of the text.
//! - No error and no `Debug` output contains a value, since either file may contain secrets.

mod parse;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use parse::ParseError;
use parse::RawSection;

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
        write!(f, "Property({}:{})", self.file.display(), self.line)
    }
}

/// The properties of a section, by lower-case key.
#[derive(Clone, Debug, Default)]
pub struct Section {
    properties: BTreeMap<String, Property>,
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

/// A section that is ignored because of its header, such as `[NAME]` in a config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The text between the brackets.
    pub header: String,
    /// The file.
    pub file: Arc<Path>,
    /// The line of the header, from 1.
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

    /// Returns a profile.
    pub fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.get(name)
    }

    /// Returns the names of all profiles, sorted.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Returns an `sso-session` section.
    pub fn sso_session(&self, name: &str) -> Option<&Section> {
        self.sso_sessions.get(name)
    }

    /// Returns the names of all `sso-session` sections, sorted.
    pub fn sso_session_names(&self) -> impl Iterator<Item = &str> {
        self.sso_sessions.keys().map(String::as_str)
    }

    /// Returns a `services` section.
    pub fn services(&self, name: &str) -> Option<&Section> {
        self.services.get(name)
    }

    /// Returns the names of all `services` sections, sorted.
    pub fn services_names(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// Returns the ignored sections, in file order.
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

/// The two shared AWS configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The config file, by default `~/.aws/config`.
    Config,
    /// The credentials file, by default `~/.aws/credentials`.
    Credentials,
}

impl FileKind {
    /// Returns the environment variable with the path of the file.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Config => "AWS_CONFIG_FILE",
            Self::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
        }
    }
}

/// The error of a path that starts with `~` if no home directory is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHome(());

impl fmt::Display for NoHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path begins with ~, and no home directory is known; set HOME, or write the whole path")
    }
}

impl std::error::Error for NoHome {}

/// Locates the files by an environment.
#[derive(Clone, Debug)]
pub struct Locations {
    home: Option<OsString>,
    windows: bool,
}

impl Locations {
    /// Reads the home directory from an environment, by the rules of Windows or of other systems. An empty variable
    /// counts as unset.
    pub fn new(variable: impl Fn(&str) -> Option<OsString>, windows: bool) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut home = variable("HOME");
        if windows {
            home = home.or_else(|| variable("USERPROFILE")).or_else(|| {
                let mut home = variable("HOMEDRIVE")?;
                home.push(variable("HOMEPATH")?);
                Some(home)
            });
        }
        Self { home, windows }
    }

    /// Returns the path of a file: the value of its variable, or else a path in the home directory. `None` if there is
    /// neither.
    pub fn of(&self, kind: FileKind, variable: Option<&OsStr>) -> Result<Option<PathBuf>, NoHome> {
        match (variable.filter(|value| !value.is_empty()), &self.home) {
            (Some(path), _) => self.expand(path.as_ref()).map(Some),
            (None, Some(home)) => {
                let separator = if self.windows { "\\" } else { "/" };
                let mut path = home.clone();
                for part in [".aws", kind.name()] {
                    path.push(separator);
                    path.push(part);
                }
                Ok(Some(path.into()))
            }
            (None, None) => Ok(None),
        }
    }

    /// Replaces a leading `~` with the home directory.
    pub fn expand(&self, path: &Path) -> Result<PathBuf, NoHome> {
        match path.strip_prefix("~") {
            Ok(rest) => match &self.home {
                // Joining an empty path would leave a separator at the end.
                Some(home) if rest.as_os_str().is_empty() => Ok(home.into()),
                Some(home) => Ok(Path::new(home).join(rest)),
                None => Err(NoHome(())),
            },
            Err(_) => Ok(path.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
