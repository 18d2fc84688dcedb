//! The rules engine's functions, with the behavior of the runtime.

use std::net::Ipv6Addr;

use super::Val;
use crate::endpoint::ir::{Partition, Segment};

/// The parts of an absolute HTTP URL.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Url {
    scheme: String,
    authority: String,
    path: String,
    is_ip: bool,
}

/// The parts of an ARN.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Arn {
    partition: String,
    service: String,
    region: String,
    account_id: String,
    resource_id: Vec<String>,
}

/// Calls a function by its name in the runtime; `None` if it has no value.
pub(super) fn call<'p>(partitions: &'p [Partition], name: &str, arguments: &[Val<'p>]) -> Option<Val<'p>> {
    Some(match (name, arguments) {
        ("partition", [Val::Text(region)]) => Val::Partition(&partition(partitions, region)?.name),
        ("parse_url", [Val::Text(url)]) => Val::Url(parse_url(url)?),
        ("parse_arn", [Val::Text(arn)]) => Val::Arn(parse_arn(arn)?),
        ("substring", [Val::Text(text), Val::Integer(start), Val::Integer(stop), Val::Bool(reverse)]) => {
            Val::Text(substring(text, *start, *stop, *reverse)?.to_owned())
        }
        ("uri_encode", [Val::Text(text)]) => Val::Text(uri_encode(text)),
        ("split", [Val::Text(text), Val::Text(delimiter), Val::Integer(limit)]) => {
            Val::List(split(text, delimiter, *limit))
        }
        ("is_valid_host", [Val::Text(text), Val::Bool(subdomains)]) => Val::Bool(is_valid_host(text, *subdomains)),
        ("is_virtual_hostable_s3_bucket", [Val::Text(text), Val::Bool(subdomains)]) => {
            Val::Bool(is_virtual_hostable(text, *subdomains))
        }
        _ => return None,
    })
}

/// Returns an attribute of a partition, URL or ARN, by its field in the runtime.
pub(super) fn attribute<'p>(partitions: &[Partition], of: Val<'p>, field: &str) -> Option<Val<'p>> {
    Some(match (of, field) {
        (Val::Partition(name), _) => {
            let found = partitions.iter().find(|partition| partition.name == name)?;
            match field {
                "name" => Val::Text(found.name.clone()),
                "dns_suffix" => Val::Text(found.dns_suffix.clone()),
                "dual_stack_dns_suffix" => Val::Text(found.dual_stack_dns_suffix.clone()),
                "implicit_global_region" => Val::Text(found.implicit_global_region.clone()),
                "supports_fips" => Val::Bool(found.supports_fips),
                "supports_dual_stack" => Val::Bool(found.supports_dual_stack),
                _ => return None,
            }
        }
        (Val::Url(url), "scheme") => Val::Text(url.scheme),
        (Val::Url(url), "authority") => Val::Text(url.authority),
        (Val::Url(url), "path") => Val::Text(url.path),
        (Val::Url(url), "normalized_path") => Val::Text(match url.path.as_str() {
            "" => "/".to_owned(),
            path if path.ends_with('/') => path.to_owned(),
            path => format!("{path}/"),
        }),
        (Val::Url(url), "is_ip") => Val::Bool(url.is_ip),
        (Val::Arn(arn), "partition") => Val::Text(arn.partition),
        (Val::Arn(arn), "service") => Val::Text(arn.service),
        (Val::Arn(arn), "region") => Val::Text(arn.region),
        (Val::Arn(arn), "account_id") => Val::Text(arn.account_id),
        (Val::Arn(arn), "resource_id") => Val::List(arn.resource_id),
        _ => return None,
    })
}

/// Returns an item of a list by its index, from the end if negative.
pub(super) fn item(texts: &[String], index: i64) -> Option<&String> {
    match usize::try_from(index) {
        Ok(index) => texts.get(index),
        Err(_) => texts.get(texts.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?),
    }
}

/// Finds the partition of a region: by name, by pattern, or else `aws`.
fn partition<'p>(partitions: &'p [Partition], region: &str) -> Option<&'p Partition> {
    let by_name = partitions.iter().find(|partition| partition.regions.iter().any(|known| known == region));
    by_name
        .or_else(|| partitions.iter().find(|partition| has_form(&partition.pattern, region)))
        .or_else(|| partitions.iter().find(|partition| partition.name == "aws"))
}

fn has_form(pattern: &[Segment], region: &str) -> bool {
    let matches = |(segment, text): (&Segment, &str)| match segment {
        Segment::OneOf(words) => words.iter().any(|word| word == text),
        Segment::Word => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        Segment::Digits => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
    };
    region.split('-').count() == pattern.len() && pattern.iter().zip(region.split('-')).all(matches)
}

fn parse_url(url: &str) -> Option<Url> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    if rest.chars().any(|c| matches!(c, '?' | '#' | '\\') || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, port) = v6.split_once(']')?;
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
    Some(Url {
        scheme: scheme.to_owned(),
        authority: authority.strip_suffix(':').unwrap_or(authority).to_owned(),
        path: path.to_owned(),
        is_ip: authority.starts_with('[') || is_ipv4(host),
    })
}

fn parse_arn(text: &str) -> Option<Arn> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account_id, resource] = parts.as_slice() else { return None };
    if partition.is_empty() || service.is_empty() || resource.is_empty() {
        return None;
    }
    Some(Arn {
        partition: (*partition).to_owned(),
        service: (*service).to_owned(),
        region: (*region).to_owned(),
        account_id: (*account_id).to_owned(),
        resource_id: resource.split([':', '/']).map(str::to_owned).collect(),
    })
}

fn substring(text: &str, start: i64, stop: i64, reverse: bool) -> Option<&str> {
    let (start, stop) = (usize::try_from(start).ok()?, usize::try_from(stop).ok()?);
    if !text.is_ascii() || start >= stop || stop > text.len() {
        return None;
    }
    if reverse { text.get(text.len() - stop..text.len() - start) } else { text.get(start..stop) }
}

fn split(text: &str, delimiter: &str, limit: i64) -> Vec<String> {
    let limit = match usize::try_from(limit) {
        _ if delimiter.is_empty() => 1,
        Ok(0) => usize::MAX,
        Ok(limit) => limit,
        Err(_) => 1,
    };
    text.splitn(limit, delimiter).map(str::to_owned).collect()
}

fn uri_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn is_valid_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_valid_host(text: &str, subdomains: bool) -> bool {
    if subdomains { text.split('.').all(is_valid_label) } else { is_valid_label(text) }
}

fn is_virtual_hostable(bucket: &str, subdomains: bool) -> bool {
    (3..=63).contains(&bucket.len())
        && is_valid_host(bucket, subdomains)
        && !bucket.bytes().any(|byte| byte.is_ascii_uppercase())
        && !is_ipv4(bucket)
}

fn is_ipv4(text: &str) -> bool {
    let is_octet = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u8>().is_ok()
    };
    text.split('.').count() == 4 && text.split('.').all(is_octet)
}
