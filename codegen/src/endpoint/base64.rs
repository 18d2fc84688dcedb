//! Base64, as far as models use it: the standard alphabet, padded.

/// Decodes a text.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, String> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if padding > 2 || text.len() % 4 != 0 {
        return Err("is not padded as Base64 is".to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for char in digits.chars() {
        let value = match char {
            'A'..='Z' => char as u32 - 'A' as u32,
            'a'..='z' => char as u32 - 'a' as u32 + 26,
            '0'..='9' => char as u32 - '0' as u32 + 52,
            '+' => 62,
            '/' => 63,
            _ => return Err(format!("has {char:?}, which is no character of Base64")),
        };
        bits = (bits << 6 | value) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("YQ==", b"a"),
            ("YWI=", b"ab"),
            ("YWJj", b"abc"),
            ("/////w==", b"\xff\xff\xff\xff"),
            ("AAECAwQF+/8=", b"\0\x01\x02\x03\x04\x05\xfb\xff"),
        ] {
            assert_eq!(decode(text).as_deref(), Ok(bytes), "{text}");
        }
        for bad in ["Y", "YQ", "YQ=", "Y===", "====", "YQ=a", "Y-Jj", "é===", "éé"] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }
}
