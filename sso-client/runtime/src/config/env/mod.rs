//! Settings from the environment and from the files that AWS tools share.
//!
//! | setting | environment variable | property of the profile |
//! | --- | --- | --- |
//! | region | `AWS_REGION`, then `AWS_DEFAULT_REGION` | `region` |
//! | endpoint | `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL` | `endpoint_url` of the service in the `services` section, then `endpoint_url` |
//! | none of these endpoints | `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` | `ignore_configured_endpoint_urls` |
//! | FIPS, dual stack | `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` | `use_fips_endpoint`, `use_dualstack_endpoint` |
//! | attempts | `AWS_MAX_ATTEMPTS` | `max_attempts` |
//! | way of retrying | `AWS_RETRY_MODE` | `retry_mode` |
//! | application | `AWS_SDK_UA_APP_ID` | `sdk_ua_app_id` |
//! | trusted roots | `AWS_CA_BUNDLE` | `ca_bundle` |
//! | proxies | `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in lower case too | |
//!
//! A variable counts before a property, and what stands further left in a cell before the rest of
//! it. What is empty counts as not there. The profile is the one that was asked for, or that of
//! `AWS_PROFILE`, or else `default`; it may stand in the config file (`AWS_CONFIG_FILE`,
//! `~/.aws/config`) and in the credentials file (`AWS_SHARED_CREDENTIALS_FILE`,
//! `~/.aws/credentials`), and what the credentials file says counts first, as in other SDKs.
//!
//! What it does not do: it looks for no credentials, although a profile may hold some, and asks no
//! instance metadata. It does not read `AWS_DEFAULT_PROFILE`, which only AWS's command line knows,
//! nor `defaults_mode`, nor `sso_region`: the region is what `region` says. There are no time
//! limits among the settings, since AWS defines none that SDKs share (`cli_read_timeout` and
//! `cli_connect_timeout` are its command line's own). Of the ways of retrying there is the standard
//! one, which `legacy` and `adaptive` stand for as well: the files are shared with tools that know
//! these, and refusing them would make users change what those tools do.
//!
//! What must stay true: all of it is read when it is loaded, and nothing after that; a value that
//! another one overrides is not looked at; no secret is kept, printed or put into an error: of the
//! files only the properties in the table are copied, and their text is overwritten.

mod error;
mod settings;
mod variables;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Config;
use super::origin::Origin;
use crate::config::profile::{FileKind, Locations, ProfileSet, Section};
use crate::secret::Zeroizing;
use settings::{Sources, is_setting};
use variables::Variables;

pub use error::{EnvError, EnvErrorKind};

impl Config {
    /// Settings from the environment and from the files that AWS tools share. Set explicitly what
    /// shall be different:
    ///
    /// ```no_run
    #[doc = concat!("use ", env!("CARGO_CRATE_NAME"), "::config::{Config, EnvError, Region};\n")]
    /// # fn configure() -> Result<(), EnvError> {
    /// let config = Config::from_env()?.to_builder().region(Region::new("eu-west-1")).build();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is not `async`: it reads two small files and waits for nothing else. The crate's README
    /// has a table of the settings; credentials are not among them. An endpoint of
    /// `AWS_ENDPOINT_URL_<SERVICE>` or of a `services` section is picked by the client that is made
    /// of the configuration, and [`Config::endpoint_url`] of that client's configuration has it.
    ///
    /// # Errors
    ///
    /// When a file is there and cannot be read or understood, a setting has a value that it cannot
    /// have, or the profile of `AWS_PROFILE` is not there. A file that is not there is no error.
    pub fn from_env() -> Result<Self, EnvError> {
        EnvLoader::new().load()
    }

    /// The same for another profile, another environment or other files.
    pub fn env_loader() -> EnvLoader {
        EnvLoader::new()
    }
}

/// Reads a file whole.
type ReadFile = dyn Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync;

/// Loads a [`Config`] from the environment and from the files that AWS tools share.
///
/// Both can be replaced, for tests and for programs that have their own:
///
/// ```
#[doc = concat!("use ", env!("CARGO_CRATE_NAME"), "::config::{Config, EnvError};\n")]
/// # fn load() -> Result<(), EnvError> {
/// let loader = Config::env_loader()
///     .profile_name("dev")
///     .env([("AWS_CONFIG_FILE", "/my/config"), ("AWS_MAX_ATTEMPTS", "5")])
///     .fs(|path| match path.to_str() {
///         Some("/my/config") => Ok(b"[profile dev]\nregion = eu-west-1".to_vec()),
///         _ => Err(std::io::ErrorKind::NotFound.into()),
///     });
/// let config = loader.load()?;
/// assert_eq!(config.region().map(AsRef::as_ref), Some("eu-west-1"));
/// # Ok(())
/// # }
/// # load().expect("settings");
/// ```
#[derive(Clone, Default)]
#[must_use = "a loader does nothing until it loads"]
pub struct EnvLoader {
    profile_name: Option<String>,
    variables: Option<Variables>,
    fs: Option<Arc<ReadFile>>,
}

impl EnvLoader {
    /// Of the process's environment and the system's files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes this profile, whatever `AWS_PROFILE` says. It has to be there.
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.profile_name = Some(name.into());
        self
    }

    /// Takes these variables in place of the process's environment. `HOME` should be among them,
    /// and on Windows may be `USERPROFILE`: the files lie below it unless variables say where.
    pub fn env<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.variables = Some(Variables::new(variables, cfg!(windows)));
        self
    }

    /// Reads files with this function in place of the system's. One that is not there is to end
    /// with [`io::ErrorKind::NotFound`].
    pub fn fs(mut self, read: impl Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync + 'static) -> Self {
        self.fs = Some(Arc::new(read));
        self
    }

    /// Reads everything, as [`Config::from_env`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Config::from_env`], and when the profile that was asked for is not there.
    pub fn load(self) -> Result<Config, EnvError> {
        let variables = self.variables.clone();
        let variables = variables.unwrap_or_else(|| Variables::new(std::env::vars_os(), cfg!(windows)));
        let locations = Locations::new(|name| variables.get(name).map(Into::into), variables.windows());
        let mut profiles = ProfileSet::default();
        let mut files = Vec::new();
        for kind in [FileKind::Config, FileKind::Credentials] {
            let variable = kind.variable();
            let path = locations.of(kind, variables.get(variable));
            let path = path.map_err(|error| EnvError::invalid(Origin::variable(variable), error))?;
            if let Some(path) = path {
                if let Some(text) = self.read(&path)? {
                    profiles.add(kind, &path, text.as_str(&path)?, is_setting).map_err(EnvError::syntax)?;
                }
                files.push(path);
            }
        }
        let profile = self.profile(&variables, &profiles, &files)?;
        Sources { variables: &variables, profiles: &profiles, profile, locations: &locations }.config()
    }

    /// `None` for a file that is not there.
    fn read(&self, path: &Path) -> Result<Option<FileText>, EnvError> {
        let read = match &self.fs {
            Some(read) => read(path),
            None => std::fs::read(path),
        };
        match read {
            Ok(bytes) => Ok(Some(FileText(Zeroizing::new(bytes)))),
            // The latter when what would be its folder is a file, as with HOME=/dev/null.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(EnvError::unreadable(path, error)),
        }
    }

    /// The profile that counts, which need not be there if nobody asked for it.
    fn profile<'p>(
        &self,
        variables: &Variables,
        profiles: &'p ProfileSet,
        files: &[PathBuf],
    ) -> Result<Option<&'p Section>, EnvError> {
        let (name, origin) = match (&self.profile_name, variables.text("AWS_PROFILE")?) {
            (Some(name), _) => (name.as_str(), None),
            (None, Some(name)) => (name, Some(Origin::variable("AWS_PROFILE"))),
            (None, None) => return Ok(profiles.profile("default")),
        };
        let found = profiles.profile(name);
        if found.is_some() {
            return Ok(found);
        }
        let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        let places =
            if files.is_empty() { "no file, since there is no home directory".to_owned() } else { files.join(" or ") };
        let mut message = format!("there is no profile {name:?} in {places}; {}", names(profiles.profile_names()));
        // The mistake that everybody makes once.
        if let Some(ignored) = profiles.ignored().iter().find(|ignored| ignored.header == name) {
            let place = format!("{}:{}", ignored.file.display(), ignored.line);
            message.push_str(&format!("; {place} says [{name}], which has to be [profile {name}]"));
        }
        Err(EnvError::not_found(origin, message))
    }
}

impl fmt::Debug for EnvLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvLoader")
            .field("profile_name", &self.profile_name)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

/// What there is in place of something that is not there.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { "there are none".to_owned() } else { format!("there are: {}", names.join(", ")) }
}

/// What a file holds. It is overwritten in the end, since it may hold secrets.
struct FileText(Zeroizing<Vec<u8>>);

impl FileText {
    fn as_str(&self, path: &Path) -> Result<&str, EnvError> {
        std::str::from_utf8(&self.0).map_err(|error| {
            let valid = self.0.iter().take(error.valid_up_to());
            EnvError::not_text(path, 1 + valid.filter(|byte| **byte == b'\n').count())
        })
    }
}

#[cfg(test)]
mod tests;
