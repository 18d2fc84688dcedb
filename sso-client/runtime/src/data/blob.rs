//! Blobs and media type strings (feature `blob`), encoded as base64. Streaming blobs are `byte_stream`'s.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::data::json::{At, Deserializer, Read, Slot, Write, mismatch, read_text};
use crate::data::serialize::{Serializer, Shape};
use crate::data::{FromWire, WireValue};
use crate::secret::{Wipe, wipe_vec};
use crate::time::TimestampFormat;

/// Decodes base64 with or without padding, which some services omit.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Binary data. `Debug` shows its length only.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Blob {
    bytes: Vec<u8>,
}

impl Blob {
    /// Creates a blob.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into() }
    }

    /// Returns the bytes.
    pub fn into_inner(self) -> Vec<u8> {
        self.bytes
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes)
    }
}

impl Shape for Blob {
    fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.bytes))
    }
}

impl Wipe for Blob {
    fn wipe(&mut self) {
        wipe_vec(&mut self.bytes);
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.bytes.len())
    }
}

impl Read for Blob {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        let text = read_text(from, at)?;
        let bytes = LENIENT.decode(&*text).map_err(|_| mismatch(at, "base64", "a string that is none"))?;
        Ok(Self { bytes })
    }
}

impl Write for Blob {
    fn write(&self, to: Slot<'_>) {
        to.text(&STANDARD.encode(&self.bytes));
    }
}

impl WireValue for Blob {
    fn to_wire(&self) -> Cow<'_, str> {
        Cow::Owned(STANDARD.encode(&self.bytes))
    }
}

impl FromWire for Blob {
    fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
        LENIENT.decode(text).ok().map(Self::new)
    }
}

/// A string with a media type, which headers carry as base64. `Debug` shows the string.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MediaTyped<'a>(&'a str);

impl<'a> MediaTyped<'a> {
    /// Wraps a member, if it is present.
    pub fn of(text: &'a Option<String>) -> Option<Self> {
        text.as_deref().map(Self)
    }
}

impl fmt::Debug for MediaTyped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl WireValue for MediaTyped<'_> {
    fn to_wire(&self) -> Cow<'_, str> {
        Cow::Owned(STANDARD.encode(self.0))
    }
}

pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::json::{document, read_value};

    #[test]
    fn base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("\u{3ff}\0", "z78A")] {
            let blob = Blob::new(bytes);
            let json = format!("\"{text}\"");
            assert_eq!(document(&blob).json, json.as_bytes());
            assert_eq!(read_value::<Blob>(json.as_bytes()).expect(text), blob);
            assert_eq!(blob.to_wire(), text);
            let unpadded = text.trim_end_matches('=');
            assert_eq!(Blob::from_wire(unpadded, TimestampFormat::HttpDate), Some(blob));
        }
    }

    #[test]
    fn invalid_base64() {
        for (json, found) in [("\"SEC!RET\"", "a string that is none"), ("5", "a number"), ("[]", "an array")] {
            let error = read_value::<Blob>(json.as_bytes()).expect_err(json).to_string();
            assert!(error.contains(found) && !error.contains("SEC"), "{error}");
        }
        assert_eq!(Blob::from_wire("a", TimestampFormat::HttpDate), None);
        assert_eq!(Blob::from_wire("Zm 9v", TimestampFormat::HttpDate), None);
    }

    #[test]
    fn accessors_and_debug() {
        let blob = Blob::new(b"SECRET".to_vec());
        assert_eq!(format!("{blob:?} {:?}", Blob::default()), "Blob(6 bytes) Blob(0 bytes)");
        assert_eq!((blob.as_ref(), blob.clone().into_inner()), (&b"SECRET"[..], b"SECRET".to_vec()));
    }

    #[test]
    fn media_types() {
        let text = Some("{\"a\": \"é\"}".to_owned());
        let typed = MediaTyped::of(&text).expect("a text");
        assert_eq!(typed.to_wire(), "eyJhIjogIsOpIn0=");
        assert_eq!(format!("{typed:?}"), format!("{:?}", text.as_deref().unwrap_or_default()));
        assert_eq!(MediaTyped::of(&None), None);
    }
}
