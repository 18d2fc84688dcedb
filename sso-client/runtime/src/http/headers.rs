//! Headers of requests and responses.

use std::fmt;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::secret::Redacted;

/// The headers that carry a request id, the one AWS services use today first.
pub(super) const REQUEST_ID_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("x-amzn-requestid"),
    HeaderName::from_static("x-amzn-request-id"),
    HeaderName::from_static("x-amz-request-id"),
    // The portal of IAM Identity Center.
    HeaderName::from_static("requestid"),
];

/// The headers of a request or response. `Debug` leaves out those that are marked sensitive.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(HeaderMap);

/// A name or value that cannot be that of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHeader(());

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or value cannot be that of a header: it has characters that HTTP does not allow there")
    }
}

impl std::error::Error for InvalidHeader {}

impl Headers {
    /// The first value under a name, in any case; `None` also when it is not UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(name)?.as_bytes()).ok()
    }

    /// All values under a name that are UTF-8.
    pub fn get_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.get_all(name).into_iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Whether there is a value under a name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Names and values, those that are not UTF-8 left out.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?)))
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a header in place of all values that its name had. What takes the place of a
    /// sensitive value is sensitive too.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] when HTTP does not allow the name or value; nothing changes then.
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

    /// Sets a header of the runtime's own.
    pub(crate) fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.insert(name, value);
    }

    /// Sets a header of the runtime's own, unless the caller has set it.
    pub(crate) fn set_absent(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.entry(name).or_insert(value);
    }

    /// The headers as the `http` crate has them.
    #[doc(hidden)]
    pub fn as_map(&self) -> &HeaderMap {
        &self.0
    }

    /// Sets a header unless it is there already; names and values that HTTP does not allow are not set.
    pub fn insert_absent(&mut self, name: &'static str, value: &'static str) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.0.entry(name).or_insert(value);
        }
    }

    /// Adds a value to those that a name has.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] when HTTP does not allow the name or value; nothing changes then.
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

    /// Removes all values under a name.
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
        // A value that is marked sensitive prints as such.
        self.0.fmt(f)
    }
}

/// The headers whose values are shown: what every client and every service says. Any other may hold
/// what the model marks sensitive, which a response does not know.
const SHOWN_HEADERS: [&str; 14] = [
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
    "x-amzn-errortype",
    "x-amzn-trace-id",
];

/// Headers as they may be printed, whoever put secrets into them: with the values of well-known names only.
pub fn shown(headers: &HeaderMap) -> impl fmt::Debug {
    Shown(headers)
}

struct Shown<'h>(&'h HeaderMap);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.0 {
            if SHOWN_HEADERS.contains(&name.as_str()) || REQUEST_ID_HEADERS.contains(name) {
                map.entry(&name.as_str(), value);
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
