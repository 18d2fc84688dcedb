//! The base URL of requests: the parsed URL of an endpoint.
//!
//! # Invariants
//!
//! - A URL with user info, a fragment, a zone id or an invalid port is rejected, and not repeated in the error.
//! - The path and query of the URL are kept, with what is not ASCII in percent-encoding.

use std::fmt;

use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use percent_encoding::{AsciiSet, utf8_percent_encode};

use crate::http_bindings::Bound;
use crate::secret::{REDACTED, WipedBuffer};

/// Nothing of ASCII; what is beyond is always encoded.
const NOT_ASCII: &AsciiSet = &AsciiSet::EMPTY;

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
        let odd = |char: char| char.is_whitespace() || char.is_control() || char == '\\';
        if let Some(char) = url.chars().find(|char| odd(*char)) {
            return Err(format!("it contains {char:?}, which no URL may; {FORM}"));
        }
        // `http` would drop it.
        if url.contains('#') {
            return Err(format!("it has a fragment (#…), which cannot be sent; {FORM}"));
        }
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        if !host.is_ascii() {
            return Err("its host is not ASCII; write it in the form that DNS has (xn--…)".to_owned());
        }
        if host.starts_with('[') && host.contains('%') {
            return Err("its address has a zone id (%…), which requests cannot carry".to_owned());
        }
        let encoded;
        let url = if target.is_ascii() || scheme.is_empty() {
            url
        } else {
            // Only what is not ASCII: the rest may be encoded already.
            encoded = format!("{scheme}://{authority}{}", utf8_percent_encode(target, NOT_ASCII));
            &encoded
        };
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
            let text = port.trim_start_matches(':');
            // Anything else may be a password whose `@` was encoded.
            let known = text.len() <= 6 && text.starts_with(|char: char| char.is_ascii_digit());
            return Err(if known {
                format!("{text:?} is no port; {FORM}")
            } else {
                format!("its port is none; {FORM}")
            });
        }
        Ok(Self { scheme, authority, path, query })
    }

    /// Returns whether there is a query, which is sent with every request.
    pub(crate) fn has_query(&self) -> bool {
        self.query.is_some()
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

/// Writes scheme, host, port and path of an absolute `http` or `https` URL. A query, which may be a key, is left out; a URL
/// with an `@` is redacted, since any part before it may be one of a password. So is a malformed one, unless it can be nothing but a
/// host and a path, as that of a URL without its scheme.
#[derive(Clone, Copy)]
pub struct ShownUrl<'a>(
    /// The URL.
    pub &'a str,
);

impl fmt::Display for ShownUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match BaseUrl::parse(self.0) {
            _ if self.0.contains('@') => f.write_str(REDACTED),
            Ok(url) => write!(f, "{url}{}", url.path),
            Err(_) if is_plain(self.0) => f.write_str(self.0),
            Err(_) => f.write_str(REDACTED),
        }
    }
}

/// Returns whether a malformed URL has neither a place for a password nor a query.
fn is_plain(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_of = |text: &str, more: &str| text.chars().all(|char| char.is_ascii_alphanumeric() || more.contains(char));
    is_of(host, ".-") && port.bytes().all(|byte| byte.is_ascii_digit()) && is_of(path, ".-_~/")
}

/// Formats as `Display` does.
impl fmt::Debug for ShownUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_urls_have_no_secret() {
        for (url, expected) in [
            ("https://h:8443/path?key=SECRET", "https://h:8443/path"),
            ("http://[::1]?SECRET", "http://[::1]"),
            ("https://h/é/", "https://h/%C3%A9"),
            ("https://user:SECRET@h", REDACTED),
            // A password with characters that ought to be encoded.
            ("https://user:1/SECRET@h", REDACTED),
            ("https://user:1?SECRET@h", REDACTED),
            ("https://SECRET/SECRET@h", REDACTED),
            ("https://user:SECRET%40h", REDACTED),
            ("https://user:SECRET", REDACTED),
            ("https://h/\u{1b}SECRET", REDACTED),
            ("https://h/#SECRET", REDACTED),
            ("https://1:2:SECRET", REDACTED),
            ("user:SECRET", REDACTED),
            ("user:SECRET@h", REDACTED),
            ("SECRET@h", REDACTED),
            ("//user:SECRET@h", REDACTED),
            ("h?SECRET", REDACTED),
            ("ftp://user:SECRET@h", REDACTED),
            ("h:8080/path", "h:8080/path"),
            ("ftp://h", "ftp://h"),
            ("http://", "http://"),
            ("", ""),
        ] {
            assert_eq!(ShownUrl(url).to_string(), expected);
            assert_eq!(format!("{:?}", ShownUrl(url)), format!("{expected:?}"));
        }
    }

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
            ("https://h/é", "/a", "", "https://h/%C3%A9/a"),
            ("https://h/%C3%A9/日?ü=%41", "/a", "x=1", "https://h/%C3%A9/%E6%97%A5/a?%C3%BC=%41&x=1"),
        ] {
            assert_eq!(join(&BaseUrl::parse(base).expect(base), "", path, query), expected);
        }
        let base = BaseUrl::parse("https://h:1/p").expect("a URL");
        assert_eq!(join(&base, "a.b-", "/q", ""), "https://a.b-h:1/p/q");
        assert_eq!(base.to_string(), "https://h:1");
        assert_eq!(BaseUrl::parse("http://[::1]?q").expect("a URL").to_string(), "http://[::1]");
        const FORM: &str = "it has to have the form https://host[:port][/path]";
        for (bad, expected) in [
            ("https://h/#SECRET", "it has a fragment (#…), which cannot be sent; "),
            ("https://h#SECRET", "it has a fragment (#…), which cannot be sent; "),
            ("https://h/a b", "it contains ' ', which no URL may; "),
            ("https://h/\n", "it contains '\\n', which no URL may; "),
            ("https://h\\x", "it contains '\\\\', which no URL may; "),
            ("\u{a0}https://h", "it contains '\\u{a0}', which no URL may; "),
            ("https://bücher.example", "its host is not ASCII; write it in the form that DNS has (xn--…)"),
            ("https://[fe80::1%25eth0]:8443", "its address has a zone id (%…), which requests cannot carry"),
            ("https://[fe80::1%eth0]", "its address has a zone id (%…), which requests cannot carry"),
            ("//h", "it has no scheme or no host; "),
            ("https:h", "it has no scheme or no host; "),
            ("h:443/é", "invalid format; "),
            ("https://user:SECRET%40h", "invalid authority; "),
            ("https://user:SECRET", "its port is none; "),
            ("https://h:443x/é", "\"443x\" is no port; "),
        ] {
            let expected = if expected.ends_with("; ") { format!("{expected}{FORM}") } else { expected.to_owned() };
            assert_eq!(BaseUrl::parse(bad).map(|_| ()).expect_err(bad), expected, "{bad}");
        }
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
