//! Loads a configuration from the environment and the shared AWS configuration files.
//!
//! | setting | environment variable | property of the profile |
//! | --- | --- | --- |
//! | region | `AWS_REGION`, then `AWS_DEFAULT_REGION` | `region` |
//! | endpoint | `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL` | `endpoint_url` of the service in the `services` section, then `endpoint_url` |
//! | ignore these endpoints | `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` | `ignore_configured_endpoint_urls` |
//! | FIPS, dual stack | `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` | `use_fips_endpoint`, `use_dualstack_endpoint` |
//! | maximum attempts | `AWS_MAX_ATTEMPTS` | `max_attempts` |
//! | retry mode | `AWS_RETRY_MODE` | `retry_mode` |
//! | application name | `AWS_SDK_UA_APP_ID` | `sdk_ua_app_id` |
//! | root certificates | `AWS_CA_BUNDLE` | `ca_bundle` |
//! | proxies | `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in lower case too | |
//!
//! A variable takes precedence over a property, and within a cell the first one that is set. Empty values count as
//! unset. The profile is the one selected by the program, or by `AWS_DEFAULT_PROFILE` or else `AWS_PROFILE` (the order
//! of AWS's command line and boto3), or `default`. It may be in the config file
//! (`AWS_CONFIG_FILE`, `~/.aws/config`) and the credentials file (`AWS_SHARED_CREDENTIALS_FILE`, `~/.aws/credentials`);
//! as in other SDKs, the credentials file takes precedence.
//!
//! Not loaded: credentials, instance metadata, `defaults_mode`, and what only AWS's command line reads:
//! `cli_read_timeout` and `cli_connect_timeout`. `sso_region` is not the region. The retry modes
//! `legacy` and `adaptive` select the standard one: the files are shared with tools that support them, and refusing
//! them would make users reconfigure those tools.
//!
//! # Invariants
//!
//! - Everything is read while loading, and nothing later.
//! - A value that another one overrides is not validated. Where that depends on the service or the URL of a request, as
//!   with `services` and `ALL_PROXY`, an invalid value fails the calls that need it.
//! - No secret is kept, printed or part of an error: only the properties in the table are copied from the files, whose
//!   text is zeroized.

mod settings;

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Config;
use super::endpoint_url::Origin;
use crate::base::{BoxError, Escaped};
use crate::config::profile::{LoadError, Locations, ProfileSet, Section, SectionKind};
use crate::transport::InvalidProxy;
use settings::{Sources, Variables, is_setting};

impl Config {
    /// Loads a configuration from the environment and the shared AWS configuration files: region, endpoint URL, FIPS
    /// and dual-stack endpoints, retries, application name, root certificates and proxies. Credentials are not loaded.
    /// Settings of the program take precedence:
    ///
    /// ```no_run
    /// # use smithy_client_runtime::config::{Config, EnvError, Region};
    /// # fn configure() -> Result<(), EnvError> {
    /// let config = Config::from_env()?.to_builder().region(Region::new("eu-west-1")).build();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is synchronous: it reads two small files. The README has a table of the variables and properties. A client
    /// selects the endpoint URL of its service, as from `AWS_ENDPOINT_URL_<SERVICE>`, when it is created; its
    /// configuration returns it from [`Config::endpoint_url`].
    ///
    /// # Errors
    ///
    /// [`EnvError`] if a file cannot be read or is malformed, a setting has an invalid value, or the profile that
    /// `AWS_DEFAULT_PROFILE` or `AWS_PROFILE` names does not exist. A missing file is not an error.
    pub fn from_env() -> Result<Self, EnvError> {
        EnvLoader::new().load()
    }

    /// Returns a loader, for another profile, environment or file system than those of [`from_env`](Self::from_env).
    pub fn env_loader() -> EnvLoader {
        EnvLoader::new()
    }
}

type ReadFile = dyn Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync;

/// Loads a [`Config`] from the environment and the shared AWS configuration files.
///
/// Both can be replaced, for tests and for programs with their own:
///
/// ```
/// # use smithy_client_runtime::config::{Config, EnvError};
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
    /// Returns a loader of the process's environment and the file system.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects a profile, in place of the one that the environment names. It has to exist.
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.profile_name = Some(name.into());
        self
    }

    /// Sets the variables, in place of the process's environment. They should include `HOME` (on Windows, or
    /// `USERPROFILE`), which contains the files by default.
    pub fn env<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.variables = Some(Variables::new(variables, cfg!(windows)));
        self
    }

    /// Sets the function that reads files, in place of [`std::fs::read`]. For a missing file it has to return
    /// [`io::ErrorKind::NotFound`].
    pub fn fs(mut self, read: impl Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync + 'static) -> Self {
        self.fs = Some(Arc::new(read));
        self
    }

    /// Loads the configuration.
    ///
    /// # Errors
    ///
    /// Those of [`Config::from_env`], and if the profile of [`profile_name`](Self::profile_name) does not exist.
    pub fn load(self) -> Result<Config, EnvError> {
        let variables = self.variables.clone();
        let variables = variables.unwrap_or_else(|| Variables::new(std::env::vars_os(), cfg!(windows)));
        let locations = Locations::new(|name| variables.get(name).map(Into::into), variables.windows());
        let read = |path: &Path| match &self.fs {
            Some(read) => read(path),
            None => std::fs::read(path),
        };
        let variable = |name: &str| variables.get(name).map(Into::into);
        let profiles = ProfileSet::load(&locations, variable, read, is_setting)?;
        let profile = self.profile(&variables, &profiles)?;
        Sources { variables: &variables, profiles: &profiles, profile, locations: &locations }.config()
    }

    /// Returns the selected profile. Only the default one may be missing.
    fn profile<'p>(&self, variables: &Variables, profiles: &'p ProfileSet) -> Result<Option<&'p Section>, EnvError> {
        let mut named = self.profile_name.as_deref().map(|name| (name, None));
        for variable in PROFILE {
            if named.is_none() {
                named = variables.text(variable)?.map(|name| (name, Some(Origin::variable(variable))));
            }
        }
        let Some((name, origin)) = named else { return Ok(profiles.profile("default")) };
        let found = profiles.profile(name);
        if found.is_some() {
            return Ok(found);
        }
        let files: Vec<_> = profiles.files().iter().map(|file| Escaped(file.display()).to_string()).collect();
        let places = if files.is_empty() { String::new() } else { format!(" in {}", files.join(" or ")) };
        let told = profiles.told(SectionKind::Profile, name);
        let message = format!("there is no profile {name:?}{places}; {told}");
        Err(match origin {
            Some(origin) => EnvError::new(EnvErrorKind::NotFound, format!("{origin}: {message}")).with_origin(origin),
            None => EnvError::new(EnvErrorKind::NotFound, message),
        })
    }
}

/// The variables that name the profile, in order.
const PROFILE: [&str; 2] = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];

impl fmt::Debug for EnvLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvLoader")
            .field("profile_name", &self.profile_name)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

/// The error of an environment or a configuration file that cannot be used. Its message names the variable, or the
/// file and line, and says what to do.
///
/// It contains no secret: names, and values of settings that are not sensitive.
#[derive(Debug)]
pub struct EnvError(Box<Details>);

/// The kind of an [`EnvError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvErrorKind {
    /// A file is malformed.
    Syntax,
    /// A file exists but cannot be read.
    Unreadable,
    /// A setting has an invalid value.
    InvalidValue,
    /// A profile that was selected, or its `services` section, does not exist.
    NotFound,
}

#[derive(Debug)]
struct Details {
    kind: EnvErrorKind,
    file: Option<PathBuf>,
    line: Option<usize>,
    key: Option<String>,
    message: String,
    source: Option<BoxError>,
}

impl EnvError {
    fn new(kind: EnvErrorKind, message: String) -> Self {
        Self(Box::new(Details { kind, file: None, line: None, key: None, message, source: None }))
    }

    fn invalid(origin: Origin, message: impl fmt::Display) -> Self {
        Self::new(EnvErrorKind::InvalidValue, format!("{origin}: {message}")).with_origin(origin)
    }

    fn with_origin(mut self, origin: Origin) -> Self {
        self.0.key = Some(origin.key().to_owned());
        match origin {
            Origin::Property { file, line, .. } => self.in_file(&file, Some(line)),
            Origin::Variable(_) => self,
        }
    }

    fn in_file(mut self, file: &Path, line: Option<usize>) -> Self {
        (self.0.file, self.0.line) = (Some(file.to_owned()), line);
        self
    }

    /// Returns the kind of error.
    pub fn kind(&self) -> EnvErrorKind {
        self.0.kind
    }

    /// Returns the file that contains the error, if any.
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// Returns the line in the file, from 1.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// Returns the environment variable, or the property in the file.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }
}

impl From<LoadError> for EnvError {
    fn from(error: LoadError) -> Self {
        let kind = match &error {
            LoadError::NoHome(..) => EnvErrorKind::InvalidValue,
            LoadError::Unreadable(..) => EnvErrorKind::Unreadable,
            LoadError::NotUtf8(..) | LoadError::Syntax(_) => EnvErrorKind::Syntax,
        };
        let mut new = Self::new(kind, error.to_string());
        new.0.file = error.file().map(Path::to_owned);
        new.0.line = error.line();
        new.0.key = error.key().map(str::to_owned);
        new.0.source = match error {
            LoadError::Unreadable(_, error) => Some(error.into()),
            LoadError::Syntax(error) => Some(error.into()),
            LoadError::NoHome(..) | LoadError::NotUtf8(..) => None,
        };
        new
    }
}

impl From<InvalidProxy> for EnvError {
    fn from(error: InvalidProxy) -> Self {
        let mut new = Self::new(EnvErrorKind::InvalidValue, error.to_string());
        new.0.key = error.variable().map(str::to_owned);
        new
    }
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl Error for EnvError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests;
