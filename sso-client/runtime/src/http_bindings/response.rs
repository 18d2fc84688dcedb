//! Reads headers, payloads and the status of responses into fields.
//!
//! # Invariants
//!
//! - No error contains a value that was read: it may be a secret.
//! - A missing header leaves its field unchanged.

use std::collections::HashMap;
use std::fmt;

use crate::data::FromWire;
#[cfg(feature = "blob")]
use crate::data::blob::decode_base64;
use crate::data::json::{BodyError, Field, MapKey};
use crate::http::HttpResponse;
use crate::time::TimestampFormat;

/// The error of a header that is required and missing, or does not have the type of its member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderError {
    name: &'static str,
}

impl HeaderError {
    /// Creates the error of a header.
    pub fn new(name: &'static str) -> Self {
        Self { name }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of the header {} does not fit the model", self.name)
    }
}

impl std::error::Error for HeaderError {}

/// Readers of bindings, for generated code. They return an error if a value does not have the type of its field.
impl HttpResponse {
    /// Reads a header into a field.
    pub fn header<F: Field<Value: FromWire>>(&self, name: &'static str, into: &mut F) -> Result<(), HeaderError> {
        self.header_as(name, TimestampFormat::HttpDate, into)
    }

    /// As [`header`](Self::header), with a timestamp format.
    pub fn header_as<F: Field<Value: FromWire>>(
        &self,
        name: &'static str,
        format: TimestampFormat,
        into: &mut F,
    ) -> Result<(), HeaderError> {
        let Some(text) = self.headers().get(name) else { return Ok(()) };
        let value = F::Value::from_wire(text.trim(), format).ok_or(HeaderError::new(name))?;
        into.set(Some(value));
        Ok(())
    }

    /// Returns an error if a header is missing.
    pub fn require_header(&self, name: &'static str) -> Result<(), HeaderError> {
        if self.headers().contains_key(name) { Ok(()) } else { Err(HeaderError::new(name)) }
    }

    /// Reads a list from one or more headers of a name.
    pub fn header_list<T: FromWire, F: Field<Value = Vec<T>>>(
        &self,
        name: &'static str,
        into: &mut F,
    ) -> Result<(), HeaderError> {
        self.header_list_as(name, TimestampFormat::HttpDate, into)
    }

    /// As [`header_list`](Self::header_list), with a timestamp format.
    pub fn header_list_as<T: FromWire, F: Field<Value = Vec<T>>>(
        &self,
        name: &'static str,
        format: TimestampFormat,
        into: &mut F,
    ) -> Result<(), HeaderError> {
        let mut list = Vec::new();
        // An empty header is an empty list, not one of an empty element.
        for text in self.headers().get_all(name).filter(|text| !text.trim().is_empty()) {
            // An HTTP date contains a comma.
            let commas = if T::HAS_COMMA && format == TimestampFormat::HttpDate { 2 } else { 1 };
            for element in elements(text, commas) {
                list.push(T::from_wire(&element, format).ok_or(HeaderError::new(name))?);
            }
        }
        if self.headers().contains_key(name) {
            into.set(Some(list));
        }
        Ok(())
    }

    /// Reads the headers with a name prefix, by the rest of their names.
    pub fn header_map<K: MapKey, V, F>(&self, prefix: &str, into: &mut F)
    where
        V: for<'t> From<&'t str>,
        F: Field<Value = HashMap<K, V>>,
    {
        let prefix = prefix.to_ascii_lowercase();
        let found: HashMap<K, V> = self
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((K::from(name.strip_prefix(&prefix)?), V::from(value))))
            .collect();
        if !found.is_empty() {
            into.set(Some(found));
        }
    }

    /// Reads a text payload; an empty one leaves the field unchanged.
    pub fn text_payload<F: Field<Value: FromWire>>(&self, into: &mut F) -> Result<(), BodyError> {
        if self.body().is_empty() {
            return Ok(());
        }
        let text = std::str::from_utf8(self.body()).map_err(|_| BodyError::NotUtf8)?;
        into.set(F::Value::from_wire(text, TimestampFormat::DateTime));
        Ok(())
    }

    /// Reads a payload of bytes; an empty one leaves the field unchanged.
    pub fn bytes_payload<F: Field<Value: From<Vec<u8>>>>(&self, into: &mut F) {
        if !self.body().is_empty() {
            into.set(Some(self.body().to_vec().into()));
        }
    }

    /// Reads a JSON payload; an empty one, or `null`, leaves the field unchanged.
    pub fn json_payload<F: Field>(&self, into: &mut F) -> Result<(), BodyError> {
        let body = self.body().trim_ascii();
        if !body.is_empty() && body != b"null" {
            into.set(Some(crate::data::json::read_value(body)?));
        }
        Ok(())
    }

    /// Reads the status code.
    pub fn status_code<F: Field<Value: From<i32>>>(&self, into: &mut F) {
        into.set(Some(i32::from(self.status().as_u16()).into()));
    }
}

/// Reads a header with the `mediaType` trait, which is base64 of UTF-8, into a field.
#[cfg(feature = "blob")]
pub fn read_media_type_header(
    response: &HttpResponse,
    name: &'static str,
    into: &mut impl Field<Value = String>,
) -> Result<(), HeaderError> {
    let Some(text) = response.headers().get(name) else { return Ok(()) };
    let bytes = decode_base64(text.trim()).ok_or(HeaderError::new(name))?;
    into.set(Some(String::from_utf8(bytes).map_err(|_| HeaderError::new(name))?));
    Ok(())
}

/// Splits a list at every unquoted comma, or every second one.
fn elements(text: &str, commas: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut element = String::new();
    let (mut quoted, mut was_quoted, mut seen) = (false, false, 0);
    let mut chars = text.chars();
    let mut end = |element: &mut String, was_quoted: &mut bool| {
        let whole = std::mem::take(element);
        found.push(if std::mem::take(was_quoted) { whole } else { whole.trim().to_owned() });
    };
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted => quoted = false,
            '"' if element.trim().is_empty() => {
                element.clear();
                (quoted, was_quoted) = (true, true);
            }
            '\\' if quoted => element.extend(chars.next()),
            ',' if !quoted => {
                seen += 1;
                if seen == commas {
                    seen = 0;
                    end(&mut element, &mut was_quoted);
                } else {
                    element.push(',');
                }
            }
            // Blanks between the quotes and the comma.
            char if was_quoted && !quoted && char.is_whitespace() => {}
            char => element.push(char),
        }
    }
    end(&mut element, &mut was_quoted);
    found
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    fn response(headers: &[(&'static str, &'static str)]) -> HttpResponse {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        HttpResponse::new(StatusCode::IM_A_TEAPOT, map, "")
    }

    #[test]
    fn lists() {
        for (text, expected) in [
            ("a, b ,c", vec!["a", "b", "c"]),
            ("a", vec!["a"]),
            (r#""b,c", "\"def\"", a"#, vec!["b,c", r#""def""#, "a"]),
            (r#"" x " , y"#, vec![" x ", "y"]),
            ("a,,b", vec!["a", "", "b"]),
            (r#""open"#, vec!["open"]),
        ] {
            assert_eq!(elements(text, 1), expected, "{text}");
        }
        assert_eq!(elements("Mon, 1, Tue, 2", 2), ["Mon, 1", "Tue, 2"]);
        let response = response(&[("x-n", "1, 2"), ("x-n", "3"), ("x-bad", "1, x"), ("x-empty", " ")]);
        let mut list: Option<Vec<i32>> = None;
        response.header_list("X-N", &mut list).expect("numbers");
        assert_eq!(list, Some(vec![1, 2, 3]));
        response.header_list("x-none", &mut list).expect("nothing");
        assert_eq!(list, Some(vec![1, 2, 3]), "stays as it is");
        response.header_list("x-empty", &mut list).expect("an empty list");
        assert_eq!(list, Some(vec![]));
        let error = response.header_list("x-bad", &mut list).expect_err("no number");
        assert_eq!(error.to_string(), "the value of the header x-bad does not fit the model");
    }

    #[test]
    fn single_values_maps_and_the_status() {
        let response = response(&[("x-text", " a b "), ("x-flag", "true"), ("x-p-A", "1"), ("x-p-b", "2")]);
        let (mut text, mut flag, mut number) = (None::<String>, false, None::<i8>);
        response.header("x-text", &mut text).expect("text");
        response.header("x-flag", &mut flag).expect("a boolean");
        assert_eq!((text.as_deref(), flag), (Some("a b"), true));
        response.header("x-flag", &mut number).expect_err("no number");
        let (mut map, mut none, mut status) = (None, None::<HashMap<String, String>>, 0);
        response.header_map("X-P-", &mut map);
        response.header_map("x-q-", &mut none);
        response.status_code(&mut status);
        let text = |text: &str| text.to_owned();
        assert_eq!(map, Some(HashMap::from([(text("a"), text("1")), (text("b"), text("2"))])));
        assert_eq!((none, status), (None, 418));
    }

    #[cfg(feature = "blob")]
    #[test]
    fn media_types() {
        let text = Some("{\"a\": \"é\"}".to_owned());
        let response = response(&[("x-good", " eyJhIjogIsOpIn0= "), ("x-bad", "{"), ("x-binary", "/w==")]);
        let mut found = None;
        read_media_type_header(&response, "x-good", &mut found).expect("base64");
        assert_eq!(found, text);
        read_media_type_header(&response, "x-none", &mut found).expect("nothing");
        assert_eq!(found, text, "stays as it is");
        for name in ["x-bad", "x-binary"] {
            read_media_type_header(&response, name, &mut found).expect_err(name);
        }
    }
}
