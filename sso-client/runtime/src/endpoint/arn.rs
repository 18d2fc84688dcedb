//! `aws.parseArn`.

use super::text::StringList;

/// `aws.parseArn`'s result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition, such as `aws`.
    pub partition: &'a str,
    /// The service, such as `s3`.
    pub service: &'a str,
    /// The region; empty for resources that are in none.
    pub region: &'a str,
    /// The account; empty for resources that belong to none.
    pub account_id: &'a str,
    /// The resource, cut at its colons and slashes.
    pub resource_id: StringList<'a>,
}

/// `aws.parseArn`: the six parts of an ARN.
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
