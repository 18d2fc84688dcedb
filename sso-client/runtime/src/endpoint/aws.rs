//! The functions of the rules engine that are specific to AWS.

use super::text::StringList;
use super::url::{is_ipv4, is_valid_host};

/// A partition: regions that share a name pattern and DNS suffixes.
#[derive(Debug)]
pub struct Partition {
    /// The name, such as `aws-us-gov`.
    pub name: &'static str,
    /// The DNS suffix of endpoints.
    pub dns_suffix: &'static str,
    /// The DNS suffix of dual-stack endpoints.
    pub dual_stack_dns_suffix: &'static str,
    /// Whether the partition has FIPS endpoints.
    pub supports_fips: bool,
    /// Whether the partition has dual-stack endpoints.
    pub supports_dual_stack: bool,
    /// The region that global services sign for.
    pub implicit_global_region: &'static str,
    /// The pattern of region names, split at hyphens.
    pub pattern: &'static [Segment],
    /// The regions known by name.
    pub regions: &'static [&'static str],
}

/// A segment of a region name pattern.
#[derive(Debug)]
pub enum Segment {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One or more ASCII letters, digits or underscores.
    Word,
    /// One or more digits.
    Digits,
}

impl Segment {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::OneOf(words) => words.contains(&text),
            Self::Word => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
            Self::Digits => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        }
    }
}

/// `aws.partition`: by name, else by pattern, else the partition `aws`.
pub fn partition(partitions: &'static [Partition], region: &str) -> Option<&'static Partition> {
    partitions
        .iter()
        .find(|partition| partition.regions.contains(&region))
        .or_else(|| partitions.iter().find(|partition| matches(partition.pattern, region)))
        .or_else(|| partitions.iter().find(|partition| partition.name == "aws"))
}

fn matches(pattern: &[Segment], region: &str) -> bool {
    region.split('-').count() == pattern.len()
        && pattern.iter().zip(region.split('-')).all(|(segment, text)| segment.matches(text))
}

/// The parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition, such as `aws`.
    pub partition: &'a str,
    /// The service, such as `s3`.
    pub service: &'a str,
    /// The region; may be empty.
    pub region: &'a str,
    /// The account id; may be empty.
    pub account_id: &'a str,
    /// The resource, split at colons and slashes.
    pub resource_id: StringList<'a>,
}

/// `aws.parseArn`.
pub fn parse_arn(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next();
    let (scheme, partition, service, region, account_id, resource) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    if scheme != "arn" || partition.is_empty() || service.is_empty() || resource.is_empty() {
        return None;
    }
    Some(Arn { partition, service, region, account_id, resource_id: StringList::of_resource(resource) })
}

/// `aws.isVirtualHostableS3Bucket`.
pub fn is_virtual_hostable_s3_bucket(bucket: &str, allow_subdomains: bool) -> bool {
    (3..=63).contains(&bucket.len())
        && is_valid_host(bucket, allow_subdomains)
        && !bucket.bytes().any(|byte| byte.is_ascii_uppercase())
        && !is_ipv4(bucket)
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
            ("x-é-1", "aws"),
            ("x-a-1-2", "aws"),
            ("", "aws"),
        ] {
            assert_eq!(partition(PARTITIONS, region).map(|found| found.name), Some(name), "{region}");
        }
    }

    #[test]
    fn arns() {
        for (text, expected) in [
            ("arn:aws:sso:eu-west-1:1234:app/one", Some(("aws", "sso", "eu-west-1", "1234", &["app", "one"][..]))),
            ("arn:aws:s3:::bucket", Some(("aws", "s3", "", "", &["bucket"]))),
            ("arn:p:s:r:a:x:y/z", Some(("p", "s", "r", "a", &["x", "y", "z"]))),
            ("arn:p:s:r:a:x::", Some(("p", "s", "r", "a", &["x", "", ""]))),
            ("arn:p:s:r:a:/é", Some(("p", "s", "r", "a", &["", "é"]))),
            ("arn:p:s:r:a:", None),
            ("arn:p:s:r:a", None),
            ("arn::s:r:a:x", None),
            ("arn:p::r:a:x", None),
            ("ARN:p:s:r:a:x", None),
            ("xarn:p:s:r:a:x", None),
            ("", None),
        ] {
            let expected = expected.map(|(partition, service, region, account_id, resource)| Arn {
                partition,
                service,
                region,
                account_id,
                resource_id: StringList::of(resource),
            });
            assert_eq!(parse_arn(text), expected, "{text}");
        }
    }

    #[test]
    fn buckets() {
        for (bucket, alone, with_subdomains) in [
            ("bucket", true, true),
            ("my-bucket-1", true, true),
            ("a.b", false, true),
            ("my.bucket", false, true),
            ("my..bucket", false, false),
            ("my.-bucket", false, false),
            ("my-.bucket", false, false),
            ("ab", false, false),
            ("Bucket", false, false),
            ("my_bucket", false, false),
            ("-bucket", false, false),
            ("bucket-", false, false),
            ("192.168.5.4", false, false),
            ("192.168.5", false, true),
            ("bücket", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_virtual_hostable_s3_bucket(bucket, false), alone, "{bucket}");
            assert_eq!(is_virtual_hostable_s3_bucket(bucket, true), with_subdomains, "{bucket}");
        }
        assert!(is_virtual_hostable_s3_bucket(&"a".repeat(63), false));
        assert!(!is_virtual_hostable_s3_bucket(&"a".repeat(64), true));
    }
}
