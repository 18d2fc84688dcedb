//! Arbitrary-precision numbers (feature `number`), kept and written digit for digit. They have no arithmetic, but are
//! compared as numbers.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::Deserialize as _;
use serde_json::value::RawValue;

use crate::data::json::{At, Deserializer, Read, Slot, Write, mismatch};
use crate::data::serialize::{Serializer, Shape};
use crate::data::{FromWire, WireValue};
use crate::time::TimestampFormat;

/// A text that is not a number of the requested kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BigNumberError {
    expected: &'static str,
}

impl fmt::Display for BigNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not {}", self.expected)
    }
}

impl std::error::Error for BigNumberError {}

/// Normalizes a number to JSON's grammar: no plus sign, no leading zeros. `None` if it is invalid.
fn canonical(text: &str, fraction: bool) -> Option<String> {
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, tail) = rest.split_at(digits(rest));
    if whole.is_empty() || (!tail.is_empty() && !fraction) {
        return None;
    }
    let mut after = tail;
    if let Some(rest) = after.strip_prefix('.') {
        let count = digits(rest);
        after = (count > 0).then(|| &rest[count..])?;
    }
    if let Some(rest) = after.strip_prefix(['e', 'E']) {
        let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let count = digits(rest);
        after = (count > 0).then(|| &rest[count..])?;
    }
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    after.is_empty().then(|| format!("{sign}{whole}{tail}"))
}

/// The value of a number, which its texts, such as `1.50` and `15e-1`, have in common.
#[derive(PartialEq, Eq, Hash)]
struct Value {
    negative: bool,
    /// The power of ten that the digits, as a fraction below 1, are multiplied by.
    exponent: i64,
    /// The digits without zeros at either end; empty for zero.
    digits: String,
}

impl Value {
    /// Returns the value of a text in JSON's grammar.
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
        let whole = digits.find('.').unwrap_or(digits.len());
        let digits: String = digits.chars().filter(|c| *c != '.').collect();
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Self { negative: false, exponent: i64::MIN, digits: String::new() };
        }
        // No number that large has digits to tell it from another.
        let limit = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let shift = whole as i64 - (digits.len() - significant.len()) as i64;
        Self {
            negative: mantissa.starts_with('-'),
            exponent: exponent.parse().unwrap_or(limit).saturating_add(shift),
            digits: significant.trim_end_matches('0').to_owned(),
        }
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        match (self.negative, other.negative) {
            (false, false) => size(),
            (true, true) => size().reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Returns `true` if two texts in JSON's grammar are the same number.
#[cfg(feature = "protocol-tests")]
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    Value::of(left) == Value::of(right)
}

/// Reads the digits of a number, or of a string that contains one.
fn read_digits<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(from)?;
    let text = raw.get().trim();
    Ok(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).to_owned())
}

/// Describes the JSON value found in place of a number.
fn what(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'-' | b'0'..=b'9') => "a number of another kind",
        _ => "something else",
    }
}

macro_rules! big_numbers {
    ($($(#[$doc:meta])* $name:ident, $fraction:literal, $expected:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Value::of(&self.0) == Value::of(&other.0)
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                Value::of(&self.0).cmp(&Value::of(&other.0))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                Value::of(&self.0).hash(state);
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self("0".to_owned())
            }
        }

        impl FromStr for $name {
            type Err = BigNumberError;

            fn from_str(text: &str) -> Result<Self, BigNumberError> {
                canonical(text, $fraction).map(Self).ok_or(BigNumberError { expected: $expected })
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Read for $name {
            fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
                let text = read_digits(from)?;
                text.parse().map_err(|_| mismatch(at, $expected, what(&text)))
            }
        }

        impl Shape for $name {
            fn serialize_shape<S: Serializer>(&self, _secrets: bool, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl Write for $name {
            fn write(&self, to: Slot<'_>) {
                to.token(&self.0);
            }
        }

        impl WireValue for $name {
            fn to_wire(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.0)
            }
        }

        impl FromWire for $name {
            fn from_wire(text: &str, _format: TimestampFormat) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

big_numbers! {
    /// An arbitrary-precision integer, created with `parse`. Its text has no plus sign and no leading zeros.
    BigInteger, false, "a whole number";
    /// An arbitrary-precision decimal, created with `parse`. Its text keeps fraction and exponent as given;
    /// `1.50` and `15e-1` are equal.
    BigDecimal, true, "a number";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::json::{document, read_value};

    const LONG: &str = "-123456789012345678901234567890123456789012345678901234567890";

    #[test]
    fn parsing() {
        for (text, integer, decimal) in [
            ("0", Some("0"), Some("0")),
            ("-0", Some("-0"), Some("-0")),
            ("+007", Some("7"), Some("7")),
            (LONG, Some(LONG), Some(LONG)),
            ("1.50", None, Some("1.50")),
            ("00.1e-7", None, Some("0.1e-7")),
            ("1E+400", None, Some("1E+400")),
            ("", None, None),
            ("-", None, None),
            (".5", None, None),
            ("5.", None, None),
            ("1e", None, None),
            ("1e+", None, None),
            ("1.2.3", None, None),
            ("1 ", None, None),
            ("é", None, None),
            ("NaN", None, None),
        ] {
            let parsed = text.parse::<BigInteger>().ok();
            assert_eq!(parsed.as_ref().map(AsRef::as_ref), integer, "{text}");
            let parsed = text.parse::<BigDecimal>().ok();
            assert_eq!(parsed.as_ref().map(AsRef::as_ref), decimal, "{text}");
        }
        assert_eq!(BigInteger::default(), "0".parse().expect("a number"));
        let error = "x".parse::<BigInteger>().expect_err("no number").to_string();
        assert_eq!(error, "the text is not a whole number");
    }

    #[test]
    fn json_round_trip() {
        for json in [LONG.to_owned(), format!("[{LONG},0]"), format!("[ {LONG} ,\n 0]"), format!("[\"{LONG}\",\"0\"]")]
        {
            if json.starts_with('[') {
                let list: Vec<BigInteger> = read_value(json.as_bytes()).expect(&json);
                assert_eq!(document(&list).json, format!("[{LONG},0]").as_bytes());
            } else {
                assert_eq!(read_value::<BigInteger>(json.as_bytes()).expect(&json).as_ref(), LONG);
            }
        }
        let decimal: BigDecimal = read_value(b"0.10000000000000000000000000000000000001e-999").expect("a number");
        assert_eq!(document(&decimal).json, "0.10000000000000000000000000000000000001e-999");
        let sparse: Vec<Option<BigDecimal>> = read_value(b"[1.0,null]").expect("a list");
        assert_eq!(document(&sparse).json, "[1.0,null]");
    }

    #[test]
    fn mismatches() {
        for (json, found) in [
            ("\"SECRET\"", "something else"),
            ("{\"SECRET\":1}", "an object"),
            ("[]", "an array"),
            ("1.5", "a number of another kind"),
            ("true", "something else"),
        ] {
            let error = read_value::<BigInteger>(json.as_bytes()).expect_err(json).to_string();
            assert!(error.contains(found) && !error.contains("SECRET"), "{error}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value() {
        use std::hash::BuildHasher;

        let hasher = std::hash::RandomState::new();
        let number = |text: &str| text.parse::<BigDecimal>().expect(text);
        for texts in [
            &["0", "-0", "0.000", "0e99999999999999999999"][..],
            &["1", "1.0", "1e0", "10E-1", "0.1e1", "100e-2"],
            &["1.5", "1.50", "15e-1", "0.0015E+3"],
            &["-120", "-1.2e2", "-120.0"],
            &["1e99999999999999999999", "1e+99999999999999999999"],
        ] {
            for text in texts {
                let (left, right) = (number(texts[0]), number(text));
                assert_eq!(left, right);
                assert_eq!(hasher.hash_one(&left), hasher.hash_one(&right), "{text}");
                assert_eq!(right.as_ref(), text.trim_start_matches('+'), "the text stays");
            }
        }
        let ascending = ["-1e3", "-120", "-12.1", "-12", "-0.5", "0", "1e-400", "0.12", "0.123", "9", "10", "1e400"];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        assert!(LONG.parse::<BigInteger>().is_ok_and(|long| long < BigInteger::default()));
    }

    #[test]
    fn wire_text() {
        let number = BigDecimal::from_wire("1.10", TimestampFormat::HttpDate).expect("a number");
        assert_eq!((number.to_wire().as_ref(), number.to_string().as_str()), ("1.10", "1.10"));
        assert_eq!(BigInteger::from_wire("1.10", TimestampFormat::HttpDate), None);
        assert_eq!(format!("{number:?}"), "BigDecimal(1.10)");
    }
}
