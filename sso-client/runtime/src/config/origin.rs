//! Where a setting was found.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::config::profile::Property;

/// An environment variable, or a property in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Variable(String),
    Property { file: Arc<Path>, line: usize, key: String },
}

impl Origin {
    pub(super) fn variable(name: &str) -> Self {
        Self::Variable(name.to_owned())
    }

    pub(super) fn property(key: &str, property: &Property) -> Self {
        Self::Property { file: Arc::clone(property.file()), line: property.line(), key: key.to_owned() }
    }

    pub(super) fn key(&self) -> &str {
        match self {
            Self::Variable(name) => name,
            Self::Property { key, .. } => key,
        }
    }
}

/// `AWS_REGION`, or `/home/me/.aws/config:3: region`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Property { file, line, key } => write!(f, "{}:{line}: {key}", file.display()),
        }
    }
}
