//! What is reached without a proxy.

use std::fmt;
use std::net::IpAddr;

/// A list as `NO_PROXY` has it. Empty, it matches nothing.
#[derive(Default)]
pub(super) struct NoProxy(Vec<Rule>);

struct Rule {
    target: Target,
    /// The one port that it is meant for.
    port: Option<u16>,
}

enum Target {
    Everything,
    /// A host and everything below it, in lower case and without dots at its ends.
    Domain(String),
    /// Addresses that begin with the same bits; all of them for a single address.
    Network(IpAddr, u32),
}

impl NoProxy {
    /// What makes no sense is left out, as everywhere: such lists are made for many programs.
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|char: char| char == ',' || char.is_whitespace());
        Self(entries.filter(|entry| !entry.is_empty()).filter_map(Rule::parse).collect())
    }

    /// Whether this host, with brackets when it is an address of IPv6, is reached directly.
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
            // No host has these; as a suffix what is left would match more than was meant.
            if domain.is_empty() || domain.contains(['*', '/', ':', '[', ']']) {
                return None;
            }
            Target::Domain(domain)
        };
        Some(Self { target, port })
    }
}

impl Target {
    /// An address, or a network such as `10.0.0.0/8`.
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

/// An address of IPv4 that is written as one of IPv6 is the same address.
fn address(host: &str) -> Option<IpAddr> {
    bare(host).parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Whether the first `bits` of both are the same.
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
