//! `parseURL` and `uriEncode`.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

use super::host::is_ipv4;
use super::text::Texts;

/// `parseURL`'s result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// Host and, where it is given, port.
    pub authority: &'a str,
    /// The path as it stands, possibly empty.
    pub path: &'a str,
    /// Whether the host is an IP address.
    pub is_ip: bool,
}

impl<'a> Url<'a> {
    /// The path with a slash on both ends.
    pub fn normalized_path(&self, texts: &'a Texts) -> &'a str {
        match self.path {
            "" => "/",
            path if path.ends_with('/') => path,
            path => texts.keep(format!("{path}/")),
        }
    }
}

/// `parseURL`: the parts of an absolute HTTP URL without a query.
pub fn parse_url(url: &str) -> Option<Url<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    if rest.chars().any(|c| matches!(c, '?' | '#' | '\\') || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // Who to be is none of the authority's business here.
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, port) = v6.split_once(']')?;
            // A zone says which interface of this machine leads there.
            host.split('%').next()?.parse::<Ipv6Addr>().ok()?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if host.is_empty() || port.is_some_and(|port| !port.is_empty() && !is_port(port)) {
        return None;
    }
    let is_ip = authority.starts_with('[') || is_ipv4(host);
    // A colon with no port behind it says nothing.
    let authority = authority.strip_suffix(':').unwrap_or(authority);
    Some(Url { scheme, authority, path, is_ip })
}

/// `uriEncode`: everything but unreserved characters as `%XX`.
pub fn uri_encode<'a>(text: &'a str, texts: &'a Texts) -> &'a str {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if text.bytes().all(is_unreserved) {
        return text;
    }
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if is_unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    texts.keep(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let url = |scheme, authority, path, normalized, is_ip| Some((scheme, authority, path, normalized, is_ip));
        for (text, expected) in [
            ("https://h", url("https", "h", "", "/", false)),
            ("https://h/", url("https", "h", "/", "/", false)),
            ("HTTPS://H", url("https", "H", "", "/", false)),
            ("http://h:80/a/b", url("http", "h:80", "/a/b", "/a/b/", false)),
            ("http://h:/a", url("http", "h", "/a", "/a/", false)),
            ("https://127.0.0.1:8/x/", url("https", "127.0.0.1:8", "/x/", "/x/", true)),
            ("https://[::1]:8", url("https", "[::1]:8", "", "/", true)),
            ("https://[fe80::1%25en0]", url("https", "[fe80::1%25en0]", "", "/", true)),
            ("https://u:p@h:1/a@b", url("https", "h:1", "/a@b", "/a@b/", false)),
            ("https://h//a//", url("https", "h", "//a//", "//a//", false)),
            ("https://256.1.1.1", url("https", "256.1.1.1", "", "/", false)),
            ("https://bücher.example/é", url("https", "bücher.example", "/é", "/é/", false)),
            ("ftp://h", None),
            ("https:/h", None),
            ("https://h?x", None),
            ("https://h/a?", None),
            ("https://h#x", None),
            ("https://", None),
            ("https://:8", None),
            ("https:///a", None),
            ("https://h:x", None),
            ("https://h:+8", None),
            ("https://h:65536", None),
            ("https://h:1:2", None),
            ("https://[::1", None),
            ("https://[::1]x", None),
            ("https://[h]", None),
            ("https://::1", None),
            ("https://a b", None),
            ("h", None),
            ("", None),
        ] {
            let texts = Texts::default();
            let parsed = parse_url(text)
                .map(|url| (url.scheme, url.authority, url.path, url.normalized_path(&texts), url.is_ip));
            assert_eq!(parsed, expected, "{text}");
        }
    }

    #[test]
    fn encoding() {
        for (text, encoded) in [
            ("", ""),
            ("abc-XYZ_0.9~", "abc-XYZ_0.9~"),
            ("a b", "a%20b"),
            ("a/b:c", "a%2Fb%3Ac"),
            ("100%", "100%25"),
            ("é", "%C3%A9"),
            ("日", "%E6%97%A5"),
            ("\0\u{7f}+", "%00%7F%2B"),
        ] {
            assert_eq!(uri_encode(text, &Texts::default()), encoded, "{text}");
        }
    }
}
