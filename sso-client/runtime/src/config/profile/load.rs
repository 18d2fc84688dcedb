//! Reading both files.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::{FileKind, Locations, NoHome, ParseError, ProfileSet, SectionKind};
use crate::base::Escaped;
use crate::secret::Zeroizing;

/// The error of the shared configuration files: one cannot be located, read or parsed.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The variable with the path of a file needs a home directory, and none is known.
    NoHome(&'static str, NoHome),
    /// A file exists but cannot be read.
    Unreadable(PathBuf, io::Error),
    /// A file is not UTF-8, from this line on.
    NotUtf8(PathBuf, usize),
    /// A file is malformed.
    Syntax(ParseError),
}

impl LoadError {
    /// Returns the file, unless none is known.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::NoHome(..) => None,
            Self::Unreadable(file, _) | Self::NotUtf8(file, _) => Some(file),
            Self::Syntax(error) => Some(error.file()),
        }
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::NoHome(..) | Self::Unreadable(..) => None,
            Self::NotUtf8(_, line) => Some(*line),
            Self::Syntax(error) => Some(error.line()),
        }
    }

    /// Returns what is wrong, without file and line.
    pub fn message(&self) -> String {
        match self {
            Self::NoHome(_, error) => error.to_string(),
            Self::Unreadable(_, error) => format!("the file cannot be read: {error}"),
            Self::NotUtf8(..) => "the file is no UTF-8 text; save it as such".to_owned(),
            Self::Syntax(error) => error.message(),
        }
    }

    /// Returns the environment variable, or the property.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::NoHome(variable, _) => Some(variable),
            Self::Unreadable(..) | Self::NotUtf8(..) => None,
            Self::Syntax(error) => error.key(),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHome(variable, error) => write!(f, "{variable}: {error}"),
            Self::Unreadable(file, error) => write!(f, "{} cannot be read: {error}", Escaped(file.display())),
            Self::NotUtf8(file, line) => write!(f, "{}:{line}: {}", Escaped(file.display()), self.message()),
            Self::Syntax(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            Self::Syntax(error) => Some(error),
            Self::NoHome(_, error) => Some(error),
            Self::NotUtf8(..) => None,
        }
    }
}

impl ProfileSet {
    /// Reads both files, where `variable` returns the value of an environment variable, and `read` the content of a file.
    /// A missing file is not an error.
    ///
    /// # Errors
    ///
    /// If a file cannot be located, read or parsed.
    pub fn load(
        locations: &Locations,
        variable: impl Fn(&str) -> Option<OsString>,
        read: impl Fn(&Path) -> io::Result<Vec<u8>>,
        keep: impl Fn(SectionKind, &str) -> bool,
    ) -> Result<Self, LoadError> {
        let mut set = Self::default();
        for kind in [FileKind::Config, FileKind::Credentials] {
            let name = kind.variable();
            let path = locations.of(kind, variable(name).as_deref()).map_err(|error| LoadError::NoHome(name, error))?;
            let Some(path) = path else {
                set.not_looked_for = Some(kind);
                continue;
            };
            match read(&path) {
                Ok(bytes) => {
                    // It may contain secrets.
                    let bytes = Zeroizing::new(bytes);
                    set.add(kind, &path, text(&path, &bytes)?, &keep).map_err(LoadError::Syntax)?;
                }
                // The latter if its directory is a file, as with HOME=/dev/null.
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(error) => return Err(LoadError::Unreadable(path, error)),
            }
            set.files.push(path);
        }
        Ok(set)
    }
}

fn text<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, LoadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.iter().take(error.valid_up_to());
        LoadError::NotUtf8(path.to_owned(), 1 + valid.filter(|byte| **byte == b'\n').count())
    })
}
