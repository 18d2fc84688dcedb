//! The base URL of requests: the parsed URL of an endpoint.
//!
//! # Invariants
//!
//! - A URL with user info or an invalid port is rejected, and not repeated in the error.
//! - The path and query of the URL are kept.

use std::fmt;

use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};

use crate::http_bindings::Bound;
use crate::secret::WipedBuffer;

/// The parsed URL of an endpoint.
#[derive(Debug)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without a trailing slash.
    path: String,
    query: Option<String>,
}

impl BaseUrl {
    /// Parses an absolute `http` or `https` URL. The error does not repeat it, since it may contain a password.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        const FORM: &str = "it has to have the form https://host[:port][/path]";
        let uri: Uri = url.parse().map_err(|error| format!("{error}; {FORM}"))?;
        let (path, query) = (uri.path().trim_end_matches('/').to_owned(), uri.query().map(str::to_owned));
        let Parts { scheme: Some(scheme), authority: Some(authority), .. } = uri.into_parts() else {
            return Err(format!("it has no scheme or no host; {FORM}"));
        };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(format!("its scheme is {scheme}; {FORM}"));
        }
        if authority.as_str().contains('@') {
            return Err("it holds a user name or password, which requests never carry".to_owned());
        }
        // `http` does not validate ports: an invalid one would become that of the scheme, and the request with its token
        // would go to whatever listens there.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !port.is_empty() && authority.port_u16().is_none_or(|number| number == 0 || port != format!(":{number}")) {
            return Err(format!("{:?} is no port; {FORM}", port.trim_start_matches(':')));
        }
        Ok(Self { scheme, authority, path, query })
    }

    /// Joins the base URL with the path, query and host prefix of a request.
    pub(crate) fn join(&self, bound: &mut Bound) -> Result<Uri, http::Error> {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(match &bound.host_prefix[..] {
            "" => self.authority.clone(),
            prefix => format!("{prefix}{}", self.authority).parse()?,
        });
        let text = match &self.query {
            None if self.path.is_empty() => std::mem::take(&mut bound.path_and_query),
            query => {
                let (path, more) = bound.target();
                let queries = [query.as_deref().unwrap_or_default(), more];
                let mut text = WipedBuffer::public();
                if bound.path_and_query.is_sensitive() {
                    text.mark_sensitive();
                }
                text.extend(self.path.as_bytes());
                text.extend(path.as_bytes());
                for (query, separator) in queries.into_iter().filter(|query| !query.is_empty()).zip(*b"?&") {
                    text.push(separator);
                    text.extend(query.as_bytes());
                }
                text
            }
        };
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(text.into_bytes())?);
        Ok(Uri::from_parts(parts)?)
    }
}

/// Formats scheme, host and port.
impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(base: &BaseUrl, prefix: &str, path: &str, query: &str) -> String {
        let (mut path_and_query, mut query_start) = (WipedBuffer::public(), None);
        path_and_query.extend(path.as_bytes());
        if !query.is_empty() {
            query_start = Some(path.len());
            path_and_query.extend(format!("?{query}").as_bytes());
        }
        let mut bound = Bound { host_prefix: prefix.to_owned(), path_and_query, query_start, ..Bound::default() };
        base.join(&mut bound).expect("a URL").to_string()
    }

    #[test]
    fn base_urls() {
        for (base, path, query, expected) in [
            ("https://h", "/a/b", "", "https://h/a/b"),
            ("https://h/", "/a", "x=1", "https://h/a?x=1"),
            ("http://h:8080/base/", "/a", "x=1", "http://h:8080/base/a?x=1"),
            ("http://h/base?y=2", "/a", "x=1", "http://h/base/a?y=2&x=1"),
            ("http://h?y=2", "/a", "", "http://h/a?y=2"),
            ("http://[::1]:8080", "/a", "", "http://[::1]:8080/a"),
        ] {
            assert_eq!(join(&BaseUrl::parse(base).expect(base), "", path, query), expected);
        }
        let base = BaseUrl::parse("https://h:1/p").expect("a URL");
        assert_eq!(join(&base, "a.b-", "/q", ""), "https://a.b-h:1/p/q");
        assert_eq!(base.to_string(), "https://h:1");
        assert_eq!(BaseUrl::parse("http://[::1]?q").expect("a URL").to_string(), "http://[::1]");
        for bad in [
            "",
            "h",
            "/path",
            "ftp://h",
            "http://",
            "https://user:SECRET@h",
            "http://a b",
            "http://h:",
            "http://h:99999",
            "http://h:80a",
            "http://h:+80",
            "http://[::1]:x",
            "http://h:0",
        ] {
            let reason = BaseUrl::parse(bad).map(|_| ()).expect_err(bad);
            assert!(!reason.contains("SECRET"), "{reason}");
        }
    }
}
