//! Errors as text: one line that tells the whole story, and more lines for those who ask.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::time::Duration;

use super::{ErrorMetadata, ErrorWithMetadata, ProvideErrorMetadata, RequestId};
use crate::base::with_causes;

/// Writes a fault itself: `UnauthorizedException: Session token not found or invalid`.
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

/// Writes a fault with the call around it, when there was one:
/// `Logout: UnauthorizedException: Session token not found or invalid (HTTP 401, request id 1-2, 1 attempt)`.
/// With `{:#}`, lines with more follow.
///
/// # Errors
///
/// Those of the formatter.
pub fn write_with_call(f: &mut fmt::Formatter<'_>, fault: &dyn ErrorWithMetadata) -> fmt::Result {
    // Not as `&dyn Display`: Rust 1.85 cannot turn one trait object into another.
    write_call(f, fault.meta(), &format_args!("{fault}"), fault.source())
}

/// Writes any error with the call around it, and with `{:#}` what else is known.
pub(super) fn write_call(
    f: &mut fmt::Formatter<'_>,
    meta: &ErrorMetadata,
    error: &dyn fmt::Display,
    cause: Option<&(dyn Error + 'static)>,
) -> fmt::Result {
    write_line(f, meta, error)?;
    if f.alternate() { write_details(f, meta, cause) } else { Ok(()) }
}

fn write_line(f: &mut fmt::Formatter<'_>, meta: &ErrorMetadata, error: &dyn fmt::Display) -> fmt::Result {
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

/// A line for each thing that is known: what to do, then what to tell others, then why.
fn write_details(
    f: &mut fmt::Formatter<'_>,
    meta: &ErrorMetadata,
    cause: Option<&(dyn Error + 'static)>,
) -> fmt::Result {
    if let Some(hint) = meta.hint() {
        write!(f, "\n  hint: {}", OneLine(hint))?;
    }
    if let Some(call) = meta.call() {
        // Nobody needs nanoseconds.
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
    let mut before = String::new();
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some wrappers say only what they wrap.
        if text != before {
            write!(f, "\n  cause: {}", OneLine(&text))?;
        }
        (before, next) = (text, cause.source());
    }
    Ok(())
}

/// Text that may come from outside, kept on one line and free of what steers terminals: nobody
/// should be able to forge a line of a log.
struct OneLine<T>(T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Tamed(f), "{}", self.0)
    }
}

/// Passes text on with spaces in place of control characters.
struct Tamed<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Tamed<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let steers = |char: char| {
            char.is_control()
                || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        for (index, piece) in text.split(steers).enumerate() {
            if index > 0 {
                self.0.write_char(' ')?;
            }
            self.0.write_str(piece)?;
        }
        Ok(())
    }
}

/// Shows an error with its causes, for programs written for other AWS SDKs. Errors of this
/// crate tell their whole story by themselves, so that this adds causes that say more, if any.
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
                text.push_str(&more);
            }
        }
        f.write_str(&text)
    }
}
