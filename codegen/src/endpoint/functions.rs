//! The rules engine's functions: their types, and their names in the runtime.

/// The type of a value, and whether it may be absent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ty {
    pub(super) base: Base,
    pub(super) optional: bool,
}

/// The type of a value that is present.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Base {
    String,
    Boolean,
    Integer,
    StringList,
    Partition,
    Url,
    Arn,
}

impl Base {
    pub(super) fn always(self) -> Ty {
        Ty { base: self, optional: false }
    }

    pub(super) fn maybe(self) -> Ty {
        Ty { base: self, optional: true }
    }

    /// Returns the Rust type in generated code.
    pub(super) fn rust(self) -> &'static str {
        match self {
            Self::String => "&str",
            Self::Boolean => "bool",
            Self::Integer => "i64",
            Self::StringList => "rules::StringList<'_>",
            Self::Partition => "&rules::Partition",
            Self::Url => "rules::Url<'_>",
            Self::Arn => "rules::Arn<'_>",
        }
    }
}

/// A function of the runtime whose arguments all have to be present.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) runtime: &'static str,
    pub(super) takes: &'static [Base],
    pub(super) gives: Ty,
}

const fn function(name: &'static str, runtime: &'static str, takes: &'static [Base], gives: Ty) -> Function {
    Function { name, runtime, takes, gives }
}

const fn maybe(base: Base) -> Ty {
    Ty { base, optional: true }
}

const fn always(base: Base) -> Ty {
    Ty { base, optional: false }
}

const FUNCTIONS: &[Function] = &[
    function("aws.partition", "partition", &[Base::String], maybe(Base::Partition)),
    function("parseURL", "parse_url", &[Base::String], maybe(Base::Url)),
    function("aws.parseArn", "parse_arn", &[Base::String], maybe(Base::Arn)),
    function(
        "substring",
        "substring",
        &[Base::String, Base::Integer, Base::Integer, Base::Boolean],
        maybe(Base::String),
    ),
    function("uriEncode", "uri_encode", &[Base::String], always(Base::String)),
    function("split", "split", &[Base::String, Base::String, Base::Integer], always(Base::StringList)),
    function("isValidHostLabel", "is_valid_host", &[Base::String, Base::Boolean], always(Base::Boolean)),
    function(
        "aws.isVirtualHostableS3Bucket",
        "is_virtual_hostable_s3_bucket",
        &[Base::String, Base::Boolean],
        always(Base::Boolean),
    ),
];

pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The attributes that `getAttr` can reach, with the fields of the runtime's types.
const ATTRIBUTES: &[(Base, &str, &str, Base)] = &[
    (Base::Partition, "name", "name", Base::String),
    (Base::Partition, "dnsSuffix", "dns_suffix", Base::String),
    (Base::Partition, "dualStackDnsSuffix", "dual_stack_dns_suffix", Base::String),
    (Base::Partition, "implicitGlobalRegion", "implicit_global_region", Base::String),
    (Base::Partition, "supportsFIPS", "supports_fips", Base::Boolean),
    (Base::Partition, "supportsDualStack", "supports_dual_stack", Base::Boolean),
    (Base::Url, "scheme", "scheme", Base::String),
    (Base::Url, "authority", "authority", Base::String),
    (Base::Url, "path", "path", Base::String),
    (Base::Url, "normalizedPath", "normalized_path", Base::String),
    (Base::Url, "isIp", "is_ip", Base::Boolean),
    (Base::Arn, "partition", "partition", Base::String),
    (Base::Arn, "service", "service", Base::String),
    (Base::Arn, "region", "region", Base::String),
    (Base::Arn, "accountId", "account_id", Base::String),
    (Base::Arn, "resourceId", "resource_id", Base::StringList),
];

/// Returns the field of an attribute, and its type.
pub(super) fn attribute(of: Base, name: &str) -> Result<(&'static str, Base), String> {
    ATTRIBUTES
        .iter()
        .find(|(base, found, ..)| *base == of && *found == name)
        .map(|(_, _, field, base)| (*field, *base))
        .ok_or_else(|| format!("a {of:?} has no attribute {name:?}"))
}

/// A step of a path into a value.
#[derive(Debug, PartialEq)]
pub(super) enum Step<'a> {
    Key(&'a str),
    /// An index, from the end if negative.
    Index(i64),
}

/// Parses a path such as `a.b`, `a[0]` or `[-1]` into steps.
pub(super) fn path(path: &str) -> Result<Vec<Step<'_>>, String> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, index) = match part.find('[') {
            Some(bracket) => {
                let (key, index) = part.split_at(bracket);
                let index = index.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                let index = index.and_then(|index| index.parse().ok());
                (key, Some(index.ok_or_else(|| format!("path {path:?} has no whole number in its brackets"))?))
            }
            None => (part, None),
        };
        if key.is_empty() && index.is_none() {
            return Err(format!("path {path:?} has an empty part"));
        }
        if !key.is_empty() {
            steps.push(Step::Key(key));
        }
        steps.extend(index.map(Step::Index));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let (key, index) = (Step::Key, Step::Index);
        for (text, steps) in [
            ("a", vec![key("a")]),
            ("a.b", vec![key("a"), key("b")]),
            ("a[0]", vec![key("a"), index(0)]),
            ("[2]", vec![index(2)]),
            ("a.b[-1]", vec![key("a"), key("b"), index(-1)]),
        ] {
            assert_eq!(path(text), Ok(steps), "{text}");
        }
        for bad in ["", ".", "a.", ".a", "a[", "a[]", "a[x]", "a[0]b", "a[0][1]", "é[é]", "[99999999999999999999]"] {
            assert!(path(bad).is_err(), "{bad}");
        }
    }
}
