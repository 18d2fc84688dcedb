//! Overwriting what is no longer needed.

use std::collections::HashMap;
use std::io;
use std::ops::Deref;

use bytes::Bytes;
use http::header::{HeaderValue, InvalidHeaderValue};

/// A value that can overwrite what is secret in it.
pub trait Wipe {
    /// Overwrites it.
    fn wipe(&mut self);
}

impl Wipe for String {
    fn wipe(&mut self) {
        let mut bytes = std::mem::take(self).into_bytes();
        wipe_bytes(&mut bytes);
    }
}

/// Overwrites bytes, as fast as memory is written to. (The crate `zeroize` does so byte by byte, which
/// shows in what a call costs.)
pub(crate) fn wipe_bytes(bytes: &mut [u8]) {
    bytes.fill(0);
    // Otherwise the compiler may find that nobody reads the zeros.
    std::hint::black_box(bytes);
}

/// Bytes that are overwritten in the end.
#[derive(Default)]
pub(crate) struct WipedVec(pub(crate) Vec<u8>);

impl Drop for WipedVec {
    fn drop(&mut self) {
        wipe_bytes(&mut self.0);
    }
}

impl AsRef<[u8]> for WipedVec {
    fn as_ref(&self) -> &[u8] {
        &self.0
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

/// Bytes that are overwritten when the last copy is dropped, whoever has that.
pub(crate) fn secret_bytes(bytes: impl Into<Vec<u8>>) -> Bytes {
    let bytes = bytes.into();
    if bytes.is_empty() { Bytes::new() } else { Bytes::from_owner(WipedVec(bytes)) }
}

/// The value of a header, marked sensitive, and overwritten when the last copy is dropped.
pub(crate) fn secret_header(value: impl Into<Vec<u8>>) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(secret_bytes(value))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Overwrites bytes that nobody else has a part of, and lets go of them.
pub(crate) fn wipe_if_unshared(bytes: &mut Bytes) {
    if let Ok(mut bytes) = std::mem::take(bytes).try_into_mut() {
        wipe_bytes(&mut bytes);
    }
}

/// A text that is overwritten in the end.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretText(String);

impl SecretText {
    #[allow(dead_code, reason = "for an optional part")]
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl Deref for SecretText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Bytes one after the other, of which none is left behind when there is more than fits.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed")]
#[derive(Default)]
pub struct WipedBuffer(WipedVec);

impl WipedBuffer {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(WipedVec(Vec::with_capacity(capacity)))
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let WipedVec(own) = &mut self.0;
        let needed = own.len() + bytes.len();
        if needed > own.capacity() {
            // The vector's own way to grow would free what it had as it was.
            let mut larger = Vec::with_capacity(needed.max(2 * own.capacity()).max(128));
            larger.extend_from_slice(own);
            wipe_bytes(own);
            *own = larger;
        }
        own.extend_from_slice(bytes);
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    /// The bytes, which are still overwritten when the last copy is dropped.
    pub(crate) fn into_bytes(mut self) -> Bytes {
        secret_bytes(std::mem::take(&mut self.0.0))
    }
}

impl Deref for WipedBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_ref()
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
