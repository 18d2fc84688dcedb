//! Errors of calls.
//!
//! `Display` of an `SdkError` and of a client's `Error` writes one line, also with `{:#}`: operation, code, message,
//! status, request id and attempts; that of an operation's error writes code and message. [`Details`] adds lines with a
//! hint, the elapsed time, ids and causes. `source()` leads to the operation's error, or to the underlying errors, down
//! to that of the operating system or of rustls; the latter is wrapped in an `io::Error`, whose `get_ref` returns it.
//!
//! # Invariants
//!
//! - No error contains sensitive values.
//! - Text from outside never starts a line of its own, and `Display` and `Debug` show no more than a part of it.

#[cfg(feature = "aws-types")]
#[doc(hidden)]
pub mod aws;
mod foreign;
pub(crate) mod hint;
mod metadata;
mod response;
mod sdk_error;

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::base::{LINE, cut, shortened, steers, with_causes};
use crate::transport::is_unreadable;

pub(crate) use metadata::Ids;
pub use metadata::{CallInfo, ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, RequestId};
pub use response::{
    ErrorEnum, ErrorPlaces, ErrorResponse, ErrorWithMetadata, ModeledError, OperationError, RetryKind, Unhandled,
    classify,
};
pub(crate) use response::{ParsedError, is_error_despite_status};
pub use sdk_error::{
    ConstructionFailure, DispatchFailure, RawResponse, ResponseError, SdkError, ServiceError, TimeoutError,
};

pub use crate::base::BoxError;
pub use crate::time::TimeoutKind;
pub use crate::transport::ConnectorError;

/// An invalid input or configuration, of which no request can be built.
#[derive(Debug)]
pub struct BuildError {
    message: String,
    source: Option<BoxError>,
    hint: Option<&'static str>,
}

impl BuildError {
    /// Names missing members, and why others are invalid.
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

    /// Creates an error for a required member that is not set.
    pub fn missing_field(field: &'static str, details: &'static str) -> Self {
        Self { message: format!("{field} was missing: {details}"), source: None, hint: None }
    }

    /// Creates an error for an invalid member. `details` must not contain sensitive values.
    pub fn invalid_field(field: &'static str, details: impl Into<String>) -> Self {
        Self { message: format!("{field} is invalid: {}", details.into()), source: None, hint: None }
    }

    /// Creates an error for any other reason.
    pub fn other(source: impl Into<BoxError>) -> Self {
        let source = source.into();
        Self { message: source.to_string(), source: Some(source), hint: None }
    }
}

impl BuildError {
    pub(crate) fn with_hint(mut self, hint: Option<&'static str>) -> Self {
        self.hint = hint;
        self
    }

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

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The message is that of the source; the chain continues with its causes.
        self.source.as_ref().and_then(|source| source.source())
    }
}

/// Writes code and message: `UnauthorizedException: Session token not found or invalid`.
///
/// # Errors
///
/// Those of the formatter.
pub fn write_code_and_message(f: &mut fmt::Formatter<'_>, code: &str, message: Option<&str>) -> fmt::Result {
    match message.filter(|message| !message.is_empty()) {
        Some(message) => write!(f, "{}: {}", OneLine(code), OneLine(message)),
        None => write!(f, "{}", OneLine(code)),
    }
}

/// Writes a modeled error and its call, if there was one:
/// `Logout: UnauthorizedException: Session token not found or invalid (HTTP 401, request id 1-2, 1 attempt)`.
///
/// # Errors
///
/// Those of the formatter.
pub fn write_with_call(f: &mut fmt::Formatter<'_>, error: &dyn ErrorWithMetadata) -> fmt::Result {
    // Not as `&dyn Display`: Rust 1.85 cannot turn one trait object into another.
    write_call(f, error.meta(), &format_args!("{error}"))
}

/// Writes a modeled error with its call and all details, for `Debug`: what `main` prints of an error that it returns.
///
/// # Errors
///
/// Those of the formatter.
pub fn write_report(f: &mut fmt::Formatter<'_>, error: &dyn ErrorWithMetadata) -> fmt::Result {
    write_with_call(f, error)?;
    write_details(f, error.meta(), error.source())
}

/// Writes a modeled error for `Debug`, with no more of each member than anybody reads.
///
/// # Errors
///
/// Those of the formatter.
pub fn write_debug(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    members: &[(&str, &dyn fmt::Debug)],
    meta: &ErrorMetadata,
) -> fmt::Result {
    let mut debug = f.debug_struct(name);
    for (name, member) in members {
        debug.field(name, &Truncated(member, MAX_SHOWN_CHARS));
    }
    debug.field("meta", meta).finish()
}

/// Writes an error and its call.
pub(crate) fn write_call(f: &mut fmt::Formatter<'_>, meta: &ErrorMetadata, error: &dyn fmt::Display) -> fmt::Result {
    let Some(call) = meta.call_to_show() else {
        return write!(f, "{}", OneLine(error));
    };
    write!(f, "{}: {} (", call.operation, OneLine(error))?;
    if let Some(status) = call.status {
        write!(f, "HTTP {}, ", status.as_u16())?;
    }
    if let Some(id) = meta.request_id() {
        write!(f, "request id {}, ", OneLine(id))?;
    }
    match call.attempts {
        0 => f.write_str("nothing was sent)"),
        1 => f.write_str("1 attempt)"),
        attempts => write!(f, "{attempts} attempts)"),
    }
}

/// Writes one line for each detail: the hint, facts for support, causes.
fn write_details(
    f: &mut fmt::Formatter<'_>,
    meta: &ErrorMetadata,
    cause: Option<&(dyn Error + 'static)>,
) -> fmt::Result {
    if let Some(hint) = meta.hint() {
        write!(f, "\n  hint: {}", OneLine(hint))?;
    }
    if let Some(call) = meta.call() {
        // Milliseconds are precise enough.
        let elapsed = Duration::from_millis(u64::try_from(call.elapsed.as_millis()).unwrap_or(u64::MAX));
        write!(f, "\n  attempts: {}, {elapsed:?} in all", call.attempts)?;
    }
    if let Some(status) = meta.status() {
        write!(f, "\n  status: {status}")?;
    }
    for (name, id) in [("request id", meta.request_id()), ("extended request id", meta.extended_request_id())] {
        if let Some(id) = id {
            write!(f, "\n  {name}: {}", OneLine(id))?;
        }
    }
    let mut next = cause;
    // The operation's error, as a cause of the `SdkError`, is in the first line.
    let mut before = if meta.code().is_some() { meta.to_string() } else { String::new() };
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some wrappers have the same text as their source.
        if text != before && !is_unreadable(cause) {
            write!(f, "\n  cause: {}", OneLine(shortened(text.clone(), LINE)))?;
        }
        (before, next) = (text, cause.source());
    }
    Ok(())
}

/// An error with a line for each detail: what to do, the attempts and the elapsed time, status, request ids, causes.
/// Returned by [`ProvideErrorMetadata::details`].
#[derive(Debug)]
pub struct Details<'a> {
    error: &'a dyn Error,
    meta: &'a ErrorMetadata,
}

impl fmt::Display for Details<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        write_details(f, self.meta, self.error.source())
    }
}

/// The most characters of a text from outside that an error shows.
pub const MAX_SHOWN_CHARS: usize = 1024;

/// Writes text from outside without control characters, so that it cannot forge a line of a log, truncated to
/// [`MAX_SHOWN_CHARS`].
#[derive(Clone, Copy, Debug)]
pub struct OneLine<T>(
    /// The text.
    pub T,
);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Truncating { to: f, left: Some(MAX_SHOWN_CHARS), one_line: true }, "{}", self.0)
    }
}

/// Truncates text, and replaces control characters by spaces if `one_line`.
struct Truncating<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    /// How many characters may still come; `None` if there were too many.
    left: Option<usize>,
    /// Whether control characters become spaces.
    one_line: bool,
}

impl fmt::Write for Truncating<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let Some(left) = self.left else { return Ok(()) };
        let (text, rest) = cut(text, left);
        for (index, piece) in text.split(|char| self.one_line && steers(char)).enumerate() {
            if index > 0 {
                self.to.write_char(' ')?;
            }
            self.to.write_str(piece)?;
        }
        self.left = rest.is_empty().then(|| left - text.chars().count());
        self.to.write_str(rest)
    }
}

/// Truncates what `Debug` writes of a value from outside. The `Debug` of texts in it escapes control characters.
#[derive(Clone, Copy)]
pub struct Truncated<T>(
    /// The value.
    pub T,
    /// The most characters.
    pub usize,
);

impl<T: fmt::Debug> fmt::Debug for Truncated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let long = f.alternate();
        let mut part = Truncating { to: f, left: Some(self.1), one_line: false };
        if long { write!(part, "{:#?}", self.0) } else { write!(part, "{:?}", self.0) }
    }
}

/// Formats an error with its causes, for compatibility with other AWS SDKs. The `Display` of this crate's errors
/// contains most causes already; only further ones are added.
#[derive(Debug)]
pub struct DisplayErrorContext<E: Error>(
    /// The error.
    pub E,
);

impl<E: Error> fmt::Display for DisplayErrorContext<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        if let Some(cause) = self.0.source() {
            let more = with_causes(cause);
            if !text.contains(&more) {
                text.push_str(": ");
                text.push_str(&OneLine(more).to_string());
            }
        }
        f.write_str(&text)
    }
}
