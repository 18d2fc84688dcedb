//! What can stand in a host name.

/// Whether a text can be a label of a host name, as `isValidHostLabel` has it for a single label.
pub fn is_valid_host_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// `isValidHostLabel`: a label, or labels with dots between them where subdomains are allowed.
pub fn is_valid_host(text: &str, allow_subdomains: bool) -> bool {
    if allow_subdomains { text.split('.').all(is_valid_host_label) } else { is_valid_host_label(text) }
}

/// `aws.isVirtualHostableS3Bucket`: whether a bucket's name can stand in a host name, in front of S3's.
pub fn is_virtual_hostable_s3_bucket(bucket: &str, allow_subdomains: bool) -> bool {
    (3..=63).contains(&bucket.len())
        && is_valid_host(bucket, allow_subdomains)
        && !bucket.bytes().any(|byte| byte.is_ascii_uppercase())
        && !is_ipv4(bucket)
}

/// Whether a text has the form of an IPv4 address.
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
