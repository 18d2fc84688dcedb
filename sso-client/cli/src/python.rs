//! How Python reads and writes values, where that shows in the output of AWS CLI v1.

use serde_json::{Number, Value};

/// What `int()` makes of a text, if it is a whole number.
pub(crate) fn int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let separated = digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let number: i64 = Some(digits.replace('_', "")).filter(|_| separated)?.parse().ok()?;
    Some(if negative { -number } else { number })
}

/// What `str()` makes of a value.
pub(crate) fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => repr(value),
    }
}

/// What `repr()` makes of a value.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(value) => number(value),
        Value::String(text) => repr_text(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", repr_text(name), repr(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// What `repr()` makes of a text.
pub(crate) fn repr_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for char in text.chars() {
        match char {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            char if char == quote => quoted.extend(['\\', char]),
            char if char.is_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push(quote);
    quoted
}

/// The name of a value's type.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(value) if value.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// A number as JSON and `str()` have it: floats keep a fraction and have an exponent where they are long.
pub(crate) fn number(value: &Number) -> String {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(float) => self::float(float),
        None => value.to_string(),
    }
}

fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("1.50", "1.5"),
            ("-1.50e2", "-150.0"),
            ("1e16", "1e+16"),
            ("1e15", "1000000000000000.0"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("12", "12"),
        ] {
            let value: Number = serde_json::from_str(text).expect("a number");
            assert_eq!(number(&value), expected);
        }
        for (text, expected) in [(" 2 ", Some(2)), ("+2", Some(2)), ("1_0", Some(10)), ("1.0", None), ("", None)] {
            assert_eq!(int(text), expected, "{text:?}");
        }
    }

    #[test]
    fn texts() {
        assert_eq!(repr_text("it's"), "\"it's\"");
        assert_eq!(repr_text("a\n\"b'"), "'a\\n\"b\\''");
        assert_eq!(repr(&serde_json::json!({"a": [1.5, true, null]})), "{'a': [1.5, True, None]}");
    }
}
