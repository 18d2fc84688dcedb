//! Headers of requests and responses.

use std::fmt;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::base::shortened;
use crate::secret::Redacted;

/// The headers that may carry the request id, the most common one first.
pub(super) const REQUEST_ID_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("x-amzn-requestid"),
    HeaderName::from_static("x-amzn-request-id"),
    HeaderName::from_static("x-amz-request-id"),
    // The portal of IAM Identity Center.
    HeaderName::from_static("requestid"),
];

/// The headers of a request or response. `Debug` redacts sensitive values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(HeaderMap);

/// A header name or value that HTTP does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHeader(());

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or value cannot be that of a header: it has characters that HTTP does not allow there")
    }
}

impl std::error::Error for InvalidHeader {}

impl Headers {
    /// Returns the first value of a header; `None` if there is none, or it is not UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(name)?.as_bytes()).ok()
    }

    /// Returns all values of a header, except those that are not UTF-8.
    pub fn get_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.get_all(name).into_iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Returns whether a header is present.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Iterates over names and values, except values that are not UTF-8.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?)))
    }

    /// Returns the number of values.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no headers.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a header, replacing all of its values. What replaces a sensitive value is sensitive, too.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if HTTP does not allow the name or value; nothing changes then.
    pub fn insert<N, V>(&mut self, name: N, value: V) -> Result<(), InvalidHeader>
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let name = name.try_into().map_err(|_| InvalidHeader(()))?;
        let mut value = value.try_into().map_err(|_| InvalidHeader(()))?;
        if self.0.get(&name).is_some_and(HeaderValue::is_sensitive) {
            value.set_sensitive(true);
        }
        self.0.insert(name, value);
        Ok(())
    }

    pub(crate) fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.insert(name, value);
    }

    /// Sets a header if it is absent.
    pub(crate) fn set_absent(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.entry(name).or_insert(value);
    }

    /// Returns the map of the `http` crate.
    #[doc(hidden)]
    pub fn as_map(&self) -> &HeaderMap {
        &self.0
    }

    /// Sets a header if it is absent and valid.
    pub fn insert_absent(&mut self, name: &'static str, value: &'static str) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.0.entry(name).or_insert(value);
        }
    }

    /// Appends a value to a header.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if HTTP does not allow the name or value; nothing changes then.
    pub fn append<N, V>(&mut self, name: N, value: V) -> Result<(), InvalidHeader>
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let name = name.try_into().map_err(|_| InvalidHeader(()))?;
        let value = value.try_into().map_err(|_| InvalidHeader(()))?;
        self.0.append(name, value);
        Ok(())
    }

    /// Removes all values of a header.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

impl From<HeaderMap> for Headers {
    fn from(map: HeaderMap) -> Self {
        Self(map)
    }
}

impl From<Headers> for HeaderMap {
    fn from(headers: Headers) -> Self {
        headers.0
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `HeaderValue` redacts what is sensitive.
        self.0.fmt(f)
    }
}

/// Headers whose values are printed. Any other may be sensitive by the model, which a response does not know.
const SHOWN_HEADERS: [&str; 15] = [
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-amz-user-agent",
    "x-amzn-errortype",
    "x-amzn-trace-id",
];

#[cfg(feature = "aws-types")]
impl Headers {
    /// Returns the headers whose values `Debug` shows.
    pub(crate) fn well_known(&self) -> Self {
        let known = |name: &HeaderName| SHOWN_HEADERS.contains(&name.as_str()) || REQUEST_ID_HEADERS.contains(name);
        let headers = self.0.iter().filter(|(name, _)| known(name));
        Self(headers.map(|(name, value)| (name.clone(), value.clone())).collect())
    }
}

/// Formats headers for `Debug`, with the values of well-known ones only.
pub fn shown(headers: &HeaderMap) -> impl fmt::Debug {
    Shown(headers)
}

/// The most characters of a value that are shown.
const LONGEST: usize = 1024;

struct Shown<'h>(&'h HeaderMap);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.0 {
            if SHOWN_HEADERS.contains(&name.as_str()) || REQUEST_ID_HEADERS.contains(name) {
                let value = shortened(format!("{value:?}"), LONGEST);
                map.entry(&name.as_str(), &format_args!("{value}"));
            } else {
                map.entry(&name.as_str(), &Redacted);
            }
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let mut headers = Headers::default();
        assert_eq!(headers.insert("X-A", "1"), Ok(()));
        assert!(headers.insert("x a", "1").is_err());
        assert!(headers.insert("x-a", "1\n2").is_err());
        assert_eq!(headers.get("x-A"), Some("1"));
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("x-a", "1")]);
        assert_eq!(headers.append("x-a", "2"), Ok(()));
        assert_eq!((headers.get_all("x-a").collect::<Vec<_>>(), headers.len()), (vec!["1", "2"], 2));
        headers.remove("X-a");
        assert!(!headers.contains_key("x-a"));
    }
}
