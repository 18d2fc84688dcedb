//! Default values with more digits than 64 bits hold.
//!
//! JSON numbers are parsed to integers and floats of 64 bits. A default of an arbitrary-precision type may have more
//! digits, which [`keep_digits`] saves before the text is parsed: as a string that starts with [`MARK`].

use std::borrow::Cow;

use serde_json::Value;

/// Starts the digits of a number in a string. It is a noncharacter, which Unicode reserves for internal use.
const MARK: char = '\u{fdd0}';

const KEY: &str = "\"smithy.api#default\"";

/// Replaces default values in the text of a model that would be rounded.
pub(super) fn keep_digits(text: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut done = 0;
    // Within a string, the key's quotes would be escaped.
    for (start, _) in text.match_indices(KEY) {
        let rest = text[start + KEY.len()..].trim_start();
        let Some(rest) = rest.strip_prefix(':') else { continue };
        let rest = rest.trim_start();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let number = &rest[..length];
        if is_kept(number) {
            let start = text.len() - rest.len();
            kept.push_str(&text[done..start]);
            kept.extend(['"', MARK]);
            kept.push_str(number);
            kept.push('"');
            done = start + length;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[done..]);
    Cow::Owned(kept)
}

/// Returns `true` if a text is a JSON number whose digits a number of 64 bits does not have.
fn is_kept(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return false;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (number, None),
    };
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    // Other texts are left to the parser, which refuses them.
    let is_number = digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits);
    is_number && number.parse::<f64>().is_ok_and(|float| float.to_string() != number)
}

/// Returns the digits of a number that was kept.
pub(crate) fn digits(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(MARK)
}

/// Formats a value for a message.
pub(crate) fn shown(value: &Value) -> String {
    digits(value).map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the digits of a whole number, in whatever form it is written: `1.5e1` is `15`.
pub(crate) fn whole_digits(number: &str) -> Option<String> {
    /// Longer numbers are mistakes.
    const MOST: usize = 10_000;
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |mantissa| ("-", mantissa));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let zeros = all.len() - all.trim_end_matches('0').len();
    let exponent = exponent.parse::<i64>().ok()?;
    let zeros = exponent.checked_add(zeros as i64)?.checked_sub(fraction.len() as i64)?;
    let zeros = usize::try_from(zeros).ok().filter(|zeros| *zeros <= MOST)?;
    Some(format!("{sign}{digits}{}", "0".repeat(zeros)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_where_they_would_be_lost() {
        for (number, kept) in [
            ("0", false),
            ("-5", false),
            ("18446744073709551615", false),
            ("18446744073709551616", true),
            ("-9223372036854775809", true),
            ("0.5", false),
            ("0.50", true),
            ("5.0", true),
            ("1e3", true),
            ("1E+400", true),
            ("0.12345678901234567890123", true),
            // No numbers of JSON.
            ("01.5", false),
            ("1.", false),
            ("true", false),
            ("NaN", false),
            ("1e", false),
        ] {
            let text = format!("{{\"smithy.api#default\" :\n {number}, \"a\": 1e3}}");
            let expected = text.replace(&format!(" {number},"), &format!(" \"{MARK}{number}\","));
            assert_eq!(keep_digits(&text), if kept { &expected } else { &text }.as_str(), "{number}");
        }
        let text = "{\"a\": \"\\\"smithy.api#default\\\": 1e3\", \"smithy.api#default\": \"1e3\"}";
        assert_eq!(keep_digits(text), text);
    }

    #[test]
    fn whole_numbers() {
        for (number, digits) in [
            ("18446744073709551616", Some("18446744073709551616")),
            ("-1.5e1", Some("-15")),
            ("1500e-2", Some("15")),
            ("10.0", Some("10")),
            ("1E+20", Some("100000000000000000000")),
            ("0.000", Some("0")),
            ("0e5", Some("0")),
            ("1.5", None),
            ("1e-1", None),
            ("1e999999", None),
            ("1e99999999999999999999", None),
        ] {
            assert_eq!(whole_digits(number).as_deref(), digits, "{number}");
        }
    }
}
