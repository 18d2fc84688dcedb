//! Overwriting what is no longer needed.

use std::collections::HashMap;
use std::io;
use std::ops::Deref;

use bytes::Bytes;
use http::header::{HeaderValue, InvalidHeaderValue};
use zeroize::{Zeroize as _, Zeroizing};

/// A value that can overwrite what is secret in it.
pub trait Wipe {
    /// Overwrites it.
    fn wipe(&mut self);
}

impl Wipe for String {
    fn wipe(&mut self) {
        self.zeroize();
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

/// Sets a secret; the one that was there before is overwritten.
pub fn set_secret<T: Wipe>(place: &mut Option<T>, value: Option<T>) {
    place.wipe();
    *place = value;
}

/// Makes bytes that are wiped when the last copy is dropped.
pub(crate) fn secret_bytes(bytes: impl Into<Vec<u8>>) -> Bytes {
    let bytes = bytes.into();
    if bytes.is_empty() { Bytes::new() } else { Bytes::from_owner(Zeroizing::new(bytes)) }
}

/// Makes a header value that is marked sensitive and wiped when the last copy is dropped.
///
/// # Errors
///
/// If it contains bytes that no header may have.
pub(crate) fn secret_header(value: impl Into<Vec<u8>>) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(secret_bytes(value))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Wipes and drops bytes, if nothing else refers to them.
pub(crate) fn wipe_if_unshared(bytes: &mut Bytes) {
    if let Ok(mut bytes) = std::mem::take(bytes).try_into_mut() {
        bytes.as_mut().zeroize();
    }
}

/// A growing buffer that leaves no copy of sensitive bytes behind, neither when it grows nor when it is dropped.
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
    /// An empty buffer for sensitive bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), sensitive: true }
    }

    /// An empty buffer for bytes that are not sensitive until they are marked as such: wiping costs time.
    pub(crate) fn public() -> Self {
        Self { bytes: Vec::new(), sensitive: false }
    }

    /// Marks what follows as sensitive. To be called before it is added.
    pub(crate) fn mark_sensitive(&mut self) {
        self.sensitive = true;
    }

    pub(crate) fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let needed = self.bytes.len() + bytes.len();
        if needed > self.bytes.capacity() {
            // The vector would free its old allocation as it is.
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
            self.bytes.zeroize();
        }
    }

    /// Returns the bytes, which are still wiped when the last copy is dropped.
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
    fn values_of_all_kinds() {
        let text = |text: &str| text.to_owned();
        let mut value = Some(vec![Box::new(HashMap::from([(1, text("SECRET"))]))]);
        value.wipe();
        assert_eq!(value, Some(vec![Box::new(HashMap::from([(1, String::new())]))]));
        let mut place = Some(text("SECRET"));
        set_secret(&mut place, Some(text("OTHER")));
        assert_eq!(place.as_deref(), Some("OTHER"));
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
