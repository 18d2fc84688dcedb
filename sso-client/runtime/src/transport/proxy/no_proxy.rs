//! The `NO_PROXY` list.

use std::fmt;
use std::net::IpAddr;

/// A parsed `NO_PROXY` list. The default matches nothing.
#[derive(Default, PartialEq)]
pub(super) struct NoProxy(Vec<Rule>);

#[derive(PartialEq)]
struct Rule {
    target: Target,
    /// The port, if the rule is for one only.
    port: Option<u16>,
}

#[derive(PartialEq)]
enum Target {
    Everything,
    /// A domain and its subdomains, in lower case, without leading and trailing dots.
    Domain(String),
    /// An address and its prefix length.
    Network(IpAddr, u32),
}

impl NoProxy {
    /// Parses a list. Invalid entries are ignored, since such lists are shared by many programs.
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|char: char| char == ',' || char.is_whitespace());
        Self(entries.filter(|entry| !entry.is_empty()).filter_map(Rule::parse).collect())
    }

    /// Returns whether a host is connected to directly. IPv6 addresses have brackets.
    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        let address = address(host);
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        self.0.iter().filter(|rule| rule.port.is_none_or(|only| only == port)).any(|rule| match &rule.target {
            Target::Everything => true,
            Target::Network(network, bits) => address.is_some_and(|address| shares(*network, address, *bits)),
            Target::Domain(domain) => {
                let below = name.strip_suffix(domain.as_str());
                address.is_none() && below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
            }
        })
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        if let Some(target) = Target::network(entry) {
            return Some(Self { target, port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let target = if host == "*" {
            Target::Everything
        } else if let Some(target) = Target::network(host) {
            target
        } else {
            let domain = host.strip_prefix('*').unwrap_or(host);
            let domain = domain.trim_matches('.').to_ascii_lowercase();
            // Not valid in a host; the rest, taken as a suffix, could match too much.
            if domain.is_empty() || domain.contains(['*', '/', ':', '[', ']']) {
                return None;
            }
            Target::Domain(domain)
        };
        Some(Self { target, port })
    }
}

impl Target {
    /// Parses an address, or a network such as `10.0.0.0/8`.
    fn network(text: &str) -> Option<Self> {
        let (front, bits) = match text.split_once('/') {
            Some((front, bits)) => (front, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let network = bare(front).parse::<IpAddr>().ok()?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        match bits {
            None => {
                Some(Self::Network(network.to_canonical(), if network.to_canonical().is_ipv4() { 32 } else { 128 }))
            }
            Some(bits) => (bits <= most).then_some(Self::Network(network, bits)),
        }
    }
}

/// Parses an address. IPv4-mapped IPv6 addresses are converted to IPv4.
fn address(host: &str) -> Option<IpAddr> {
    bare(host).parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Returns whether the first `bits` bits are equal.
fn shares(network: IpAddr, address: IpAddr, bits: u32) -> bool {
    let differing = match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => u128::from(network.to_bits() ^ address.to_bits()) << 96,
        (IpAddr::V6(network), IpAddr::V6(address)) => network.to_bits() ^ address.to_bits(),
        _ => return false,
    };
    differing.leading_zeros() >= bits
}

impl fmt::Debug for NoProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Everything => f.write_str("*")?,
            Target::Domain(domain) => f.write_str(domain)?,
            Target::Network(network, bits) => write!(f, "{network}/{bits}")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}
