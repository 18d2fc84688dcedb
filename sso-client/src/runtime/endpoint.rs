//! The functions of the endpoint rules engine, for rule sets that were compiled to Rust.
//!
//! Depends on nothing but the standard library, so that compiled rule sets can be tested alone.

use std::fmt;

/// The settings of a client that rules can ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointSettings<'a> {
    /// The region.
    pub region: Option<&'a str>,
    /// Whether FIPS endpoints are wanted.
    pub use_fips: Option<bool>,
    /// Whether dual-stack endpoints are wanted.
    pub use_dual_stack: Option<bool>,
    /// A base URL in place of the one that rules would find.
    pub endpoint_url: Option<&'a str>,
}

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
}

impl Endpoint {
    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Why there is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointError {
    message: String,
}

impl EndpointError {
    /// There is none, for a reason.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// A parameter that the rules cannot do without is not set.
    pub fn missing(parameter: &str) -> Self {
        Self::new(format!("Invalid Configuration: Missing {parameter}"))
    }

    /// The reason, in the words of the rules.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EndpointError {}

/// The end of a rule: the endpoint, its URL in pieces.
///
/// # Errors
///
/// None; the type is that of [`no_endpoint`].
pub fn endpoint_at<const N: usize>(pieces: [&str; N]) -> Result<Endpoint, EndpointError> {
    Ok(Endpoint { url: pieces.concat() })
}

/// The end of a rule: there is no endpoint, and why.
///
/// # Errors
///
/// Always.
pub fn no_endpoint(message: impl Into<String>) -> Result<Endpoint, EndpointError> {
    Err(EndpointError::new(message))
}

/// No rule of a tree matched, which a sound rule set does not let happen.
///
/// # Errors
///
/// Always.
pub fn no_rule_matched() -> Result<Endpoint, EndpointError> {
    no_endpoint("no endpoint rule matches these settings")
}

/// A partition: regions that share the form of their names and their DNS suffixes.
#[derive(Debug)]
pub struct Partition {
    /// Such as `aws-us-gov`.
    pub name: &'static str,
    /// The suffix of ordinary endpoints.
    pub dns_suffix: &'static str,
    /// The suffix of dual-stack endpoints.
    pub dual_stack_dns_suffix: &'static str,
    /// Whether FIPS endpoints exist.
    pub supports_fips: bool,
    /// Whether dual-stack endpoints exist.
    pub supports_dual_stack: bool,
    /// The region that stands for the whole partition.
    pub implicit_global_region: &'static str,
    /// The form of its regions' names: what stands between their hyphens.
    pub pattern: &'static [Segment],
    /// Regions known by name.
    pub regions: &'static [&'static str],
}

/// What may stand between two hyphens of a region's name.
#[derive(Debug)]
pub enum Segment {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Letters, digits and underscores, at least one.
    Word,
    /// Digits, at least one.
    Digits,
}

impl Segment {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::OneOf(words) => words.contains(&text),
            Self::Word => !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_'),
            Self::Digits => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        }
    }
}

/// `aws.partition`: by name, else by form, else the partition `aws`.
pub fn partition(partitions: &'static [Partition], region: &str) -> Option<&'static Partition> {
    partitions
        .iter()
        .find(|partition| partition.regions.contains(&region))
        .or_else(|| partitions.iter().find(|partition| has_form(partition.pattern, region)))
        .or_else(|| partitions.iter().find(|partition| partition.name == "aws"))
}

fn has_form(pattern: &[Segment], region: &str) -> bool {
    region.split('-').count() == pattern.len()
        && pattern.iter().zip(region.split('-')).all(|(segment, text)| segment.matches(text))
}

/// `parseURL`'s result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// Host and, where it is given, port.
    pub authority: &'a str,
    /// The path as it stands, possibly empty.
    pub path: &'a str,
    /// The path with a slash on both ends.
    pub normalized_path: String,
    /// Whether the host is an IP address.
    pub is_ip: bool,
}

/// `parseURL`: the parts of an absolute HTTP URL without a query.
pub fn parse_url(url: &str) -> Option<Url<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") || rest.contains(['?', '#']) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    if host.is_empty() {
        return None;
    }
    let trimmed = path.trim_matches('/');
    let normalized_path = if trimmed.is_empty() { "/".to_owned() } else { format!("/{trimmed}/") };
    Some(Url { scheme, authority, path, normalized_path, is_ip: host.parse::<std::net::IpAddr>().is_ok() })
}

/// Whether a text can be a label of a host name, as `isValidHostLabel` has it for a single label.
pub fn is_valid_host_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    static PARTITIONS: &[Partition] = &[
        partition_of("aws-x", &[Segment::OneOf(&["x", "y"]), Segment::Word, Segment::Digits], &["x-global"]),
        partition_of("aws", &[Segment::OneOf(&["us"]), Segment::Word, Segment::Digits], &["us-here-1"]),
    ];

    const fn partition_of(
        name: &'static str,
        pattern: &'static [Segment],
        regions: &'static [&'static str],
    ) -> Partition {
        Partition {
            name,
            dns_suffix: "d",
            dual_stack_dns_suffix: "dd",
            supports_fips: true,
            supports_dual_stack: true,
            implicit_global_region: "g",
            pattern,
            regions,
        }
    }

    #[test]
    fn partitions() {
        for (region, name) in [
            ("x-global", "aws-x"),
            ("x-a_b-12", "aws-x"),
            ("y-c-3", "aws-x"),
            ("us-here-1", "aws"),
            ("us-there-1", "aws"),
            ("z-a-1", "aws"),
            ("x-a-b", "aws"),
            ("x--1", "aws"),
            ("x-a-1-2", "aws"),
            ("", "aws"),
        ] {
            assert_eq!(partition(PARTITIONS, region).map(|found| found.name), Some(name), "{region}");
        }
    }

    #[test]
    fn urls() {
        let url = |scheme, authority, path, normalized: &str, is_ip| {
            Some(Url { scheme, authority, path, normalized_path: normalized.to_owned(), is_ip })
        };
        for (text, expected) in [
            ("https://h", url("https", "h", "", "/", false)),
            ("http://h:80/a/b", url("http", "h:80", "/a/b", "/a/b/", false)),
            ("https://127.0.0.1:8/x/", url("https", "127.0.0.1:8", "/x/", "/x/", true)),
            ("https://[::1]:8", url("https", "[::1]:8", "", "/", true)),
            ("ftp://h", None),
            ("https://h?x", None),
            ("https://", None),
            ("h", None),
        ] {
            assert_eq!(parse_url(text), expected, "{text}");
        }
    }

    #[test]
    fn host_labels() {
        for (label, valid) in [
            ("a", true),
            ("us-east-1", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("a.b", false),
            ("a_b", false),
            ("é", false),
        ] {
            assert_eq!(is_valid_host_label(label), valid, "{label}");
        }
        assert!(is_valid_host_label(&"a".repeat(63)) && !is_valid_host_label(&"a".repeat(64)));
    }
}
