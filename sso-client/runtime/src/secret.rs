//! Redaction and zeroization of sensitive values.
//!
//! Values that the model marks sensitive are redacted in every `Debug`, and wiped when the runtime drops them:
//!
//! - inputs that were passed to `send`, a paginator or a waiter, or are dropped with their builder, and values that
//!   setters replace;
//! - sensitive headers, bodies, paths and queries of requests, when the last copy is dropped;
//! - bodies of responses that may contain sensitive members, unless they are still shared;
//! - bearer tokens and the credentials of proxies.
//!
//! Not wiped: values that the caller owns, such as the source of a `&str`, or an input taken out of its builder;
//! outputs, whose fields are plain so that they can be moved out; buffers of hyper, h2, rustls and the kernel;
//! strings that `serde_json` unescapes; host prefixes, map keys and documents; memory that was swapped out, or
//! copied before it was passed in.
//!
//! # Invariants
//!
//! - No `Debug` or `Display` depends on a sensitive value, not even on its length.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::ops::Deref;

use bytes::Bytes;
use http::header::{HeaderValue, InvalidHeaderValue};
use zeroize::zeroize_bytes;

pub(crate) use zeroize::Zeroizing;

/// The text printed in place of a sensitive value.
pub const REDACTED: &str = "*** Sensitive Data Redacted ***";

/// Prints as [`REDACTED`].
#[derive(Clone, Copy)]
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Returns a placeholder for a sensitive value in `Debug` output.
pub fn redacted<T: ?Sized>(_value: &T) -> Redacted {
    Redacted
}

/// A value whose sensitive parts can be wiped.
pub trait Wipe {
    /// Overwrites the sensitive parts.
    fn wipe(&mut self);
}

impl Wipe for String {
    fn wipe(&mut self) {
        wipe_vec(&mut std::mem::take(self).into_bytes());
    }
}

impl<T: Wipe> Wipe for Option<T> {
    fn wipe(&mut self) {
        if let Some(value) = self {
            value.wipe();
        }
    }
}

impl<T: Wipe> Wipe for Box<T> {
    fn wipe(&mut self) {
        (**self).wipe();
    }
}

impl<T: Wipe> Wipe for Vec<T> {
    fn wipe(&mut self) {
        self.iter_mut().for_each(Wipe::wipe);
    }
}

impl<K, T: Wipe> Wipe for HashMap<K, T> {
    fn wipe(&mut self) {
        self.values_mut().for_each(Wipe::wipe);
    }
}

/// Replaces a sensitive value and wipes the previous one.
pub fn set_secret<T: Wipe>(place: &mut Option<T>, value: Option<T>) {
    place.wipe();
    *place = value;
}

/// Bytes that are wiped when they are dropped.
struct WipedBytes(Vec<u8>);

impl AsRef<[u8]> for WipedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for WipedBytes {
    fn drop(&mut self) {
        wipe_vec(&mut self.0);
    }
}

/// Wipes and drops bytes, with the spare capacity.
pub(crate) fn wipe_vec(bytes: &mut Vec<u8>) {
    let mut bytes = std::mem::take(bytes);
    bytes.resize(bytes.capacity(), 0);
    zeroize_bytes(&mut bytes);
}

/// Creates bytes that are wiped when the last copy is dropped.
pub(crate) fn secret_bytes(bytes: impl Into<Vec<u8>>) -> Bytes {
    let bytes = bytes.into();
    if bytes.is_empty() { Bytes::new() } else { Bytes::from_owner(WipedBytes(bytes)) }
}

/// Creates a header value that is marked sensitive and wiped when the last copy is dropped.
///
/// # Errors
///
/// If it contains bytes that HTTP does not allow.
pub(crate) fn secret_header(value: impl Into<Vec<u8>>) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(secret_bytes(value))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Wipes and drops bytes, unless they are shared.
pub(crate) fn wipe_if_unshared(bytes: &mut Bytes) {
    if let Ok(mut bytes) = std::mem::take(bytes).try_into_mut() {
        zeroize_bytes(&mut bytes);
    }
}

/// A growable buffer that leaves no copy of sensitive bytes behind when it grows or is dropped.
#[expect(missing_debug_implementations, reason = "it contains what must not be printed")]
pub struct WipedBuffer {
    bytes: Vec<u8>,
    sensitive: bool,
}

impl Default for WipedBuffer {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl WipedBuffer {
    /// Creates a buffer for sensitive bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), sensitive: true }
    }

    /// Creates a buffer for bytes that are not sensitive, at first: wiping costs time.
    pub(crate) fn public() -> Self {
        Self { bytes: Vec::new(), sensitive: false }
    }

    /// Marks the bytes that follow as sensitive.
    pub(crate) fn mark_sensitive(&mut self) {
        self.sensitive = true;
    }

    pub(crate) fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let needed = self.bytes.len() + bytes.len();
        if needed > self.bytes.capacity() {
            // `Vec` would free its old allocation without wiping it.
            let mut larger = Vec::with_capacity(needed.max(2 * self.bytes.capacity()).max(128));
            larger.extend_from_slice(&self.bytes);
            self.wipe();
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    fn wipe(&mut self) {
        if self.sensitive {
            wipe_vec(&mut self.bytes);
        }
    }

    /// Returns the bytes. Sensitive ones are wiped when the last copy is dropped.
    pub(crate) fn into_bytes(mut self) -> Bytes {
        let bytes = std::mem::take(&mut self.bytes);
        if self.sensitive { secret_bytes(bytes) } else { bytes.into() }
    }
}

impl Drop for WipedBuffer {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Deref for WipedBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl io::Write for WipedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiping_values() {
        let text = |text: &str| text.to_owned();
        let mut value = Some(vec![Box::new(HashMap::from([(1, text("SECRET"))]))]);
        value.wipe();
        assert_eq!(value, Some(vec![Box::new(HashMap::from([(1, String::new())]))]));
        let mut place = Some(text("SECRET"));
        set_secret(&mut place, Some(text("OTHER")));
        assert_eq!(place.as_deref(), Some("OTHER"));
    }

    #[test]
    fn overwriting() {
        let mut bytes = *b"SECRET";
        zeroize_bytes(&mut bytes);
        assert_eq!(bytes, [0; 6]);
    }

    #[test]
    fn bytes_and_headers() {
        assert!(secret_header("a\n").is_err());
        let header = secret_header("abc").expect("a header");
        assert_eq!((header.as_bytes(), header.is_sensitive()), (&b"abc"[..], true));
        let mut bytes = Bytes::from(b"abc".to_vec());
        let other = bytes.clone();
        wipe_if_unshared(&mut bytes);
        assert_eq!((&bytes[..], &other[..]), (&b""[..], &b"abc"[..]));
        let mut buffer = WipedBuffer::with_capacity(1);
        buffer.push(b'a');
        buffer.extend(&[b'b'; 1000]);
        assert_eq!((buffer.len(), &buffer.into_bytes()[..3]), (1001, &b"abb"[..]));
    }
}
