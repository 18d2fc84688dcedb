//! Foundations: boxed errors and futures, cause chains, the `Sync` wrapper, UUIDs.

mod outcome;
#[cfg(any(feature = "aws-types", feature = "bearer", feature = "http2", feature = "sigv4"))]
mod shared_task;

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

pub(crate) use outcome::Outcome;
#[cfg(any(feature = "aws-types", feature = "bearer", feature = "http2", feature = "sigv4"))]
pub(crate) use shared_task::{Ended, Running, SharedTask};

/// A boxed error of any type.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Returns the first error of type `T` in a cause chain, the error itself included.
pub(crate) fn find_cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // `source` of an I/O error is the source of the error that it wraps.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find_cause::<T>(inner)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Formats an error and its causes, without causes whose text is contained already. The text is neither bounded nor one
/// line, and errors that tell their causes themselves are told twice: it is for errors of other crates.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

/// Returns whether a character steers a terminal or reorders a line.
pub fn steers(char: char) -> bool {
    let is_separator = matches!(char, '\u{2028}' | '\u{2029}');
    // Those with Unicode's property `Bidi_Control`.
    let reorders =
        matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    char.is_control() || is_separator || reorders
}

/// Writes text from outside with control characters escaped, such as the path of a file.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<T>(
    /// The text.
    pub T,
);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Escape<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl fmt::Write for Escape<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                if !text.contains(steers) {
                    return self.0.write_str(text);
                }
                text.chars().try_for_each(|char| match steers(char) {
                    true => write!(self.0, "{}", char.escape_debug()),
                    false => self.0.write_char(char),
                })
            }
        }
        write!(Escape(f), "{}", self.0)
    }
}

/// Writes text from a server for a field of a trace: escaped, and no more of it than a field can bear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a>(pub(crate) &'a str);

impl Field<'_> {
    /// The most characters. Codes and request ids of AWS have fewer than 80.
    const MOST: usize = 200;

    /// Returns the text.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        let clean = self.0.len() <= Self::MOST && !self.0.contains(steers);
        if clean { self.0.into() } else { self.to_string().into() }
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, rest) = cut(self.0, Self::MOST);
        write!(f, "{}{rest}", Escaped(text))
    }
}

/// Removes a byte order mark, which some editors and gateways put before text.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// The length in characters beyond which a text from outside is cut off.
pub(crate) const LINE: usize = 180;

/// Returns the first `limit` characters of a text, and what stands for the rest.
pub(crate) fn cut(text: &str, limit: usize) -> (&str, &'static str) {
    match text.char_indices().nth(limit) {
        Some((end, _)) => (&text[..end], "…"),
        None => (text, ""),
    }
}

/// Cuts a text from outside off where it gets longer than anybody reads.
pub(crate) fn shortened(mut text: String, limit: usize) -> String {
    let (start, rest) = cut(&text, limit);
    text.truncate(start.len());
    text.push_str(rest);
    text
}

/// Returns the kind of the first I/O error in a cause chain.
pub(crate) fn io_error_kind(error: &(dyn Error + 'static)) -> Option<std::io::ErrorKind> {
    find_cause::<std::io::Error>(error).map(std::io::Error::kind)
}

/// Returns whether the process, or the system, has no file descriptor left.
pub(crate) fn out_of_descriptors(error: &std::io::Error) -> bool {
    // EMFILE and ENFILE, WSAEMFILE; the standard library has no kind for them.
    let codes: &[i32] = if cfg!(windows) { &[10024] } else { &[24, 23] };
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Makes a `Send` value `Sync` by allowing only `&mut` access without a lock.
///
/// By this, futures of calls are `Sync` whatever transports and bodies they contain.
pub(crate) struct SyncWrapper<T>(Mutex<T>);

impl<T> SyncWrapper<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Returns the value, without locking.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a function with the value, locked.
    pub(crate) fn ask<A>(&self, f: impl FnOnce(&T) -> A) -> A {
        f(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<F: Future + Unpin> Future for SyncWrapper<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(SyncWrapper::get_mut(&mut self)).poll(cx)
    }
}

/// Random UUIDs.
pub(crate) mod uuid {
    /// Returns a random UUID (version 4, RFC 9562) in ASCII. It is not cryptographically secure.
    pub(crate) fn random() -> [u8; 36] {
        format(fastrand::u128(..))
    }

    pub(super) fn format(random: u128) -> [u8; 36] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let mut text = [b'-'; 36];
        let mut at = 0;
        for byte in bits.to_be_bytes() {
            if matches!(at, 8 | 13 | 18 | 23) {
                at += 1;
            }
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 0xf)];
            at += 2;
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::uuid::{format, random};
    use super::{Escaped, Field};

    #[test]
    fn control_characters_are_escaped() {
        let text = "/a\nb\u{1b}[1m\u{202e}é\u{7f}";
        assert_eq!(Escaped(text).to_string(), "/a\\nb\\u{1b}[1m\\u{202e}é\\u{7f}");
        assert_eq!(format!("{}", Escaped(std::path::Path::new("/a b").display())), "/a b");
    }

    #[test]
    fn fields_are_escaped_and_short() {
        assert_eq!(Field("a\nINFO forged\u{1b}[2J").to_string(), "a\\nINFO forged\\u{1b}[2J");
        assert_eq!(Field(&"é".repeat(1 << 20)).to_string(), format!("{}…", "é".repeat(200)));
        assert_eq!(Field(&"é".repeat(200)).to_string(), "é".repeat(200));
    }

    #[test]
    fn version_and_variant_are_set() {
        assert_eq!(&format(0), b"00000000-0000-4000-8000-000000000000");
        assert_eq!(&format(u128::MAX), b"ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(&format(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef), b"01234567-89ab-4def-8123-456789abcdef");
        assert_ne!(random(), random());
    }
}
