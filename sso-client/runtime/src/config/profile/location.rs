//! Where the files lie.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

/// The two files that AWS tools share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Settings; `~/.aws/config` unless said otherwise.
    Config,
    /// Credentials, and settings as well; `~/.aws/credentials` unless said otherwise.
    Credentials,
}

impl FileKind {
    /// The environment variable that says where it lies.
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

/// A path begins with `~`, and it is not known what that stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHome(());

impl fmt::Display for NoHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path begins with ~, and no home directory is known; set HOME, or write the whole path")
    }
}

impl std::error::Error for NoHome {}

/// Finds the files by an environment.
#[derive(Clone, Debug)]
pub struct Locations {
    home: Option<OsString>,
    windows: bool,
}

impl Locations {
    /// Of an environment on Windows, or on anything else. An empty variable counts as none.
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

    /// Where a file lies: where its variable, of this value, says, or else in the home directory.
    /// `None` when there is neither.
    ///
    /// # Errors
    ///
    /// When the path begins with `~` and there is no home directory.
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

    /// A path with the home directory in place of a `~` at its beginning.
    ///
    /// # Errors
    ///
    /// When it begins so and there is no home directory.
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
