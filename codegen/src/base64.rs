//! Base64, for the few places where models hold it.

/// The bytes that a text stands for; `None` when it is no base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if padding > 2 || text.len() % 4 != 0 || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts() {
        for (text, bytes) in [
            ("", Some("")),
            ("Zm9v", Some("foo")),
            ("Zm8=", Some("fo")),
            ("Zg==", Some("f")),
            ("Zg=", None),
            ("Z", None),
            ("Zm9v!", None),
            ("a===", None),
        ] {
            assert_eq!(super::decode(text), bytes.map(|bytes| bytes.as_bytes().to_vec()), "{text}");
        }
        assert_eq!(super::decode("/+8B"), Some(vec![0xff, 0xef, 1]));
    }
}
