//! The environment and the files that sessions are read from: the process's, or others in tests.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{IdentityError, IdentityErrorKind as Kind};
use crate::runtime::config::profile::{FileKind, Locations, ProfileSet, SectionKind};
use crate::runtime::config::{Config, EnvLoader};

type ReadFile = dyn Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync;

/// The environment, and how files are read.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    variables: Option<Arc<BTreeMap<OsString, OsString>>>,
    fs: Option<Arc<ReadFile>>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("own", &self.variables.is_some()).finish_non_exhaustive()
    }
}

/// Whether a property is one of SSO, or tells what kind of profile another is. Nothing else is copied.
fn is_kept(kind: SectionKind, key: &str) -> bool {
    match kind {
        SectionKind::Profile => SSO_KEYS.contains(&key) || OTHER_KINDS.iter().any(|(other, _)| *other == key),
        SectionKind::SsoSession => true,
        SectionKind::Services => false,
    }
}

/// The keys that make a profile one of SSO.
pub(crate) const SSO_KEYS: &[&str] = &["sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"];

/// Keys of profiles of other kinds, and what those are. Their values are never looked at.
pub(crate) const OTHER_KINDS: &[(&str, &str)] = &[
    ("login_session", "a session of `aws login`"),
    ("credential_process", "a credential process"),
    ("web_identity_token_file", "a web identity"),
    ("credential_source", "a role assumed with credentials of the environment"),
    ("role_arn", "an assumed role"),
    ("aws_access_key_id", "an access key"),
    ("granted_sso_start_url", "a profile of granted"),
];

impl Environment {
    pub(crate) fn set_variables(&mut self, variables: BTreeMap<OsString, OsString>) {
        self.variables = Some(Arc::new(variables));
    }

    pub(crate) fn set_fs(&mut self, read: Arc<ReadFile>) {
        self.fs = Some(read);
    }

    /// The value of a variable that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<OsString> {
        let value = match &self.variables {
            Some(variables) => variables.get(OsStr::new(name)).cloned(),
            None => std::env::var_os(name),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The same as text, without the blanks around it.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        Some(value.to_string_lossy().trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(crate) fn locations(&self) -> Locations {
        Locations::new(|name| self.get(name), cfg!(windows))
    }

    /// A folder below the home directory, by its names from there on: the path has the separators of the system.
    pub(crate) fn below_home(&self, names: &[&str]) -> Result<PathBuf, IdentityError> {
        let below: PathBuf = ["~"].iter().chain(names).collect();
        self.locations().expand(&below).map_err(|_| {
            let path = names.join("/");
            let message = format!("no home directory is known, below which {path} lies; set HOME");
            IdentityError::new(Kind::Configuration, message).with_key("HOME")
        })
    }

    /// Reads the config file and the credentials file.
    pub(crate) fn profiles(&self) -> Result<Profiles, IdentityError> {
        let locations = self.locations();
        let set =
            ProfileSet::load(&locations, |name| self.get(name), |path| self.read(path), is_kept).map_err(|error| {
                let mut failed = IdentityError::new(Kind::Configuration, error.message());
                if let Some(file) = error.file() {
                    failed = failed.at(file, error.line(), None);
                }
                if let Some(key) = error.key() {
                    failed = failed.with_key(key);
                }
                failed.with_source(error)
            })?;
        let config = FileKind::Config;
        let config_file = locations.of(config, self.get(config.variable()).as_deref()).ok().flatten();
        Ok(Profiles { set, config_file })
    }

    /// What stands in a file that is there and can be read.
    pub(crate) fn content_of(&self, path: &Path) -> Option<Vec<u8>> {
        self.read(path).ok()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match &self.fs {
            Some(read) => read(path),
            None => std::fs::read(path),
        }
    }

    /// Settings of the clients: those of `Config::from_env`, with this profile.
    pub(crate) fn config(&self, profile: Option<&str>) -> Result<Config, IdentityError> {
        let mut loader = EnvLoader::new();
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(variables) = &self.variables {
            let variables = variables.iter();
            loader = loader.env(variables.map(|(name, value)| (name.clone(), value.clone())));
        }
        if let Some(read) = &self.fs {
            let read = Arc::clone(read);
            loader = loader.fs(move |path| read(path));
        }
        loader.load().map_err(|error| {
            let kind = Kind::Configuration;
            IdentityError::new(kind, error.to_string()).with_source(error)
        })
    }
}

/// What both files say.
pub(crate) struct Profiles {
    pub(crate) set: ProfileSet,
    /// Where the config file lies, be it there or not.
    pub(crate) config_file: Option<PathBuf>,
}
