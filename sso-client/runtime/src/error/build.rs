//! Inputs that no request can be made of.

use std::borrow::Cow;
use std::fmt;

use super::BoxError;

/// Why no request can be made of an input.
#[derive(Debug)]
pub struct BuildError {
    message: String,
    source: Option<BoxError>,
    hint: Option<&'static str>,
}

impl BuildError {
    /// Names the members that are missing and says what is wrong with others.
    pub(crate) fn input(missing: &[impl AsRef<str>], invalid: &[String]) -> Self {
        let mut message = String::new();
        if !missing.is_empty() {
            let are = if missing.len() == 1 { "is" } else { "are" };
            message = format!("{} {are} required, but missing or empty", listed(missing));
        }
        for reason in invalid {
            if !message.is_empty() {
                message.push_str("; ");
            }
            message.push_str(reason);
        }
        Self { message, source: None, hint: None }
    }

    /// A required member was not set.
    pub fn missing_field(field: &'static str, details: &'static str) -> Self {
        Self { message: format!("{field} was missing: {details}"), source: None, hint: None }
    }

    /// A member's value cannot be sent. `details` must not hold a secret.
    pub fn invalid_field(field: &'static str, details: impl Into<String>) -> Self {
        Self { message: format!("{field} is invalid: {}", details.into()), source: None, hint: None }
    }

    /// Any other reason.
    pub fn other(source: impl Into<BoxError>) -> Self {
        let source = source.into();
        Self { message: source.to_string(), source: Some(source), hint: None }
    }
}

impl BuildError {
    /// Says what to do about it.
    pub(crate) fn with_hint(mut self, hint: Option<&'static str>) -> Self {
        self.hint = hint;
        self
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<Cow<'static, str>> {
        self.hint.map(Cow::Borrowed)
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message is the source's own; what is left is what lies under it.
        self.source.as_ref().and_then(|source| source.source())
    }
}
