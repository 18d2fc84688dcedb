//! URLs and host names.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

use super::text::Texts;

/// The parts of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The host, and the port if there is one.
    pub authority: &'a str,
    /// The path, which may be empty.
    pub path: &'a str,
    /// Whether the host is an IP address.
    pub is_ip: bool,
}

impl<'a> Url<'a> {
    /// Returns the path with a leading and a trailing slash.
    pub fn normalized_path(&self, texts: &'a Texts) -> &'a str {
        match self.path {
            "" => "/",
            path if path.ends_with('/') => path,
            path => texts.keep(format!("{path}/")),
        }
    }
}

/// `parseURL`: splits an absolute HTTP URL without a query.
pub fn parse_url(url: &str) -> Option<Url<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    if rest.chars().any(|c| matches!(c, '?' | '#' | '\\') || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // The user info is not part of the authority here.
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, port) = v6.split_once(']')?;
            // A zone identifies a local interface.
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
    // A colon without a port is dropped.
    let authority = authority.strip_suffix(':').unwrap_or(authority);
    Some(Url { scheme, authority, path, is_ip })
}

/// `uriEncode`: percent-encodes everything but unreserved characters.
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

/// Returns whether a text is a valid label of a host name.
pub fn is_valid_host_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// `isValidHostLabel`.
pub fn is_valid_host(text: &str, allow_subdomains: bool) -> bool {
    if allow_subdomains { text.split('.').all(is_valid_host_label) } else { is_valid_host_label(text) }
}

/// Returns whether a text is a dotted-decimal IPv4 address.
pub(super) fn is_ipv4(text: &str) -> bool {
    let is_octet = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u8>().is_ok()
    };
    text.split('.').count() == 4 && text.split('.').all(is_octet)
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

    #[test]
    fn host_labels() {
        for (label, valid) in [
            ("a", true),
            ("us-east-1", true),
            ("9", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("a.b", false),
            ("a_b", false),
            ("é", false),
        ] {
            assert_eq!(is_valid_host_label(label), valid, "{label}");
            assert_eq!(is_valid_host(label, false), valid, "{label}");
        }
        assert!(is_valid_host_label(&"a".repeat(63)) && !is_valid_host_label(&"a".repeat(64)));
    }

    #[test]
    fn hosts_with_subdomains() {
        for (host, valid) in [
            ("a", true),
            ("a.b-c.9", true),
            ("", false),
            (".", false),
            ("a.", false),
            (".a", false),
            ("a..b", false),
            ("a.-b", false),
            ("a b.c", false),
            ("a.é", false),
        ] {
            assert_eq!(is_valid_host(host, true), valid, "{host}");
        }
        let label = "a".repeat(63);
        assert!(is_valid_host(&format!("{label}.{label}"), true));
        assert!(!is_valid_host(&format!("{label}a.b"), true));
    }

    #[test]
    fn ipv4() {
        for (text, is) in [
            ("127.0.0.1", true),
            ("255.255.255.255", true),
            ("256.0.0.1", false),
            ("1.2.3", false),
            ("1.2.3.4.5", false),
            ("1.2.3.", false),
            ("+1.2.3.4", false),
            ("a.b.c.d", false),
        ] {
            assert_eq!(is_ipv4(text), is, "{text}");
        }
    }
}
