//! Where the shared configuration files lie.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

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

    pub(super) fn name(self) -> &'static str {
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
