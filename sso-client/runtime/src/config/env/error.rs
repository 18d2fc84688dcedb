//! What a configuration cannot be read for.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use super::Origin;
use crate::config::profile::ParseError;
use crate::transport::InvalidProxy;

/// The environment, or a file, says something that cannot be used. Printed, it names the file and
/// the line, or the variable, and says what to do.
///
/// It never holds a secret: of files it repeats names, and only values of settings that are none.
#[derive(Debug)]
pub struct EnvError(Box<Problem>);

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvErrorKind {
    /// A file is not of the form that it has to have.
    Syntax,
    /// A file is there and cannot be read.
    Unreadable,
    /// A setting has a value that it cannot have.
    InvalidValue,
    /// A profile, or its `services` section, was asked for and is not there.
    NotFound,
}

#[derive(Debug)]
enum Problem {
    Syntax(ParseError),
    NotText { file: Box<Path>, line: usize },
    Unreadable { file: Box<Path>, source: io::Error },
    Invalid { origin: Origin, message: String },
    NotFound { origin: Option<Origin>, message: String },
    Proxy(InvalidProxy),
}

impl From<Problem> for EnvError {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl EnvError {
    pub(super) fn syntax(error: ParseError) -> Self {
        Problem::Syntax(error).into()
    }

    pub(super) fn not_text(file: &Path, line: usize) -> Self {
        Problem::NotText { file: file.into(), line }.into()
    }

    pub(super) fn unreadable(file: &Path, source: io::Error) -> Self {
        Problem::Unreadable { file: file.into(), source }.into()
    }

    pub(super) fn invalid(origin: Origin, message: impl fmt::Display) -> Self {
        Problem::Invalid { origin, message: message.to_string() }.into()
    }

    pub(super) fn not_found(origin: Option<Origin>, message: String) -> Self {
        Problem::NotFound { origin, message }.into()
    }

    pub(super) fn proxy(error: InvalidProxy) -> Self {
        Problem::Proxy(error).into()
    }

    /// What kind of thing is wrong.
    pub fn kind(&self) -> EnvErrorKind {
        match &*self.0 {
            Problem::Syntax(_) | Problem::NotText { .. } => EnvErrorKind::Syntax,
            Problem::Unreadable { .. } => EnvErrorKind::Unreadable,
            Problem::Invalid { .. } | Problem::Proxy(_) => EnvErrorKind::InvalidValue,
            Problem::NotFound { .. } => EnvErrorKind::NotFound,
        }
    }

    /// The file that it stands in, if it stands in one.
    pub fn file(&self) -> Option<&Path> {
        match &*self.0 {
            Problem::Syntax(error) => Some(error.file()),
            Problem::NotText { file, .. } | Problem::Unreadable { file, .. } => Some(file),
            Problem::Invalid { .. } | Problem::NotFound { .. } => match self.origin() {
                Some(Origin::Property { file, .. }) => Some(file),
                Some(Origin::Variable(_)) | None => None,
            },
            Problem::Proxy(_) => None,
        }
    }

    /// The line in the file, counted from 1.
    pub fn line(&self) -> Option<usize> {
        match (&*self.0, self.origin()) {
            (Problem::Syntax(error), _) => Some(error.line()),
            (Problem::NotText { line, .. }, _) => Some(*line),
            (_, Some(Origin::Property { line, .. })) => Some(*line),
            _ => None,
        }
    }

    /// The environment variable, or the property in the file.
    pub fn key(&self) -> Option<&str> {
        match &*self.0 {
            Problem::Syntax(error) => error.key(),
            Problem::Proxy(error) => error.variable(),
            _ => self.origin().map(Origin::key),
        }
    }

    fn origin(&self) -> Option<&Origin> {
        match &*self.0 {
            Problem::Invalid { origin, .. } => Some(origin),
            Problem::NotFound { origin, .. } => origin.as_ref(),
            Problem::Syntax(_) | Problem::NotText { .. } | Problem::Unreadable { .. } | Problem::Proxy(_) => None,
        }
    }
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Problem::Syntax(error) => error.fmt(f),
            Problem::NotText { file, line } => {
                write!(f, "{}:{line}: the file is no UTF-8 text; save it as such", file.display())
            }
            Problem::Unreadable { file, source } => {
                write!(f, "{} cannot be read: {source}", file.display())
            }
            Problem::Invalid { origin, message } => write!(f, "{origin}: {message}"),
            Problem::NotFound { origin: Some(origin), message } => write!(f, "{origin}: {message}"),
            Problem::NotFound { origin: None, message } => f.write_str(message),
            Problem::Proxy(error) => error.fmt(f),
        }
    }
}

impl Error for EnvError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &*self.0 {
            Problem::Syntax(error) => Some(error),
            Problem::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}
