//! `aws.partition`.

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
    /// Letters, digits and underscores of ASCII, at least one.
    Word,
    /// Digits, at least one.
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
}
