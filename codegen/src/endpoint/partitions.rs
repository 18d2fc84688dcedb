//! Parses `partitions.json`, the data of the function `aws.partition`.

use indexmap::IndexMap;
use serde::Deserialize;

use super::ir::{Partition, Segment};
use crate::report::Report;

#[derive(Deserialize)]
struct File {
    partitions: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    id: String,
    region_regex: String,
    #[serde(default)]
    regions: IndexMap<String, serde::de::IgnoredAny>,
    outputs: Outputs,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outputs {
    name: String,
    dns_suffix: String,
    dual_stack_dns_suffix: String,
    #[serde(rename = "supportsFIPS")]
    supports_fips: bool,
    supports_dual_stack: bool,
    implicit_global_region: String,
}

/// Parses partitions in the format in which AWS publishes them. `file` names the text in messages.
///
/// # Errors
///
/// Returns a report if the text has another format, has no partition `aws` (the fallback for unknown regions), or has
/// a region pattern that is not segments between hyphens.
pub fn read_partitions(file: &str, text: &str) -> Result<Vec<Partition>, Report> {
    let mut report = Report::new(file);
    let raw: File = match serde_json::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            report.file(format!("not a list of partitions: {error}"));
            return Err(report);
        }
    };
    if !raw.partitions.iter().any(|partition| partition.id == "aws") {
        report.file("there is no partition \"aws\", which unknown regions fall back to");
    }
    let mut partitions = Vec::new();
    for raw in raw.partitions {
        match read_pattern(&raw.region_regex) {
            Ok(pattern) => partitions.push(Partition {
                name: raw.outputs.name,
                dns_suffix: raw.outputs.dns_suffix,
                dual_stack_dns_suffix: raw.outputs.dual_stack_dns_suffix,
                supports_fips: raw.outputs.supports_fips,
                supports_dual_stack: raw.outputs.supports_dual_stack,
                implicit_global_region: raw.outputs.implicit_global_region,
                pattern,
                regions: raw.regions.into_keys().collect(),
            }),
            Err(message) => report.shape(&raw.id, format!("regionRegex {:?}: {message}", raw.region_regex)),
        }
    }
    report.into_result(partitions)
}

/// Splits a pattern at its hyphens, which neither `\w` nor `\d` match, so that clients need no regular expressions.
fn read_pattern(regex: &str) -> Result<Vec<Segment>, String> {
    let inner = regex
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'))
        .ok_or("it is not anchored with ^ and $")?
        .replace("\\-", "-");
    inner.split('-').map(read_segment).collect()
}

fn read_segment(text: &str) -> Result<Segment, String> {
    match text {
        "\\w+" => return Ok(Segment::Word),
        "\\d+" => return Ok(Segment::Digits),
        _ => {}
    }
    let words = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    let words: Vec<String> = words.split('|').map(str::to_owned).collect();
    let plain = |word: &String| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    if words.iter().all(plain) {
        Ok(Segment::OneOf(words))
    } else {
        Err(format!("{text:?} is neither a word, (a|b), \\w+ nor \\d+"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let words = |words: &[&str]| Segment::OneOf(words.iter().map(ToString::to_string).collect());
        assert_eq!(read_pattern(r"^cn\-\w+\-\d+$"), Ok(vec![words(&["cn"]), Segment::Word, Segment::Digits]));
        assert_eq!(read_pattern(r"^(us|eu)-iso-\w+$"), Ok(vec![words(&["us", "eu"]), words(&["iso"]), Segment::Word]));
        for bad in ["us-east", "^us-.*$", "^$", r"^us\-[a-z]+$", "^(us|)-x$"] {
            assert!(read_pattern(bad).is_err(), "{bad}");
        }
    }
}
