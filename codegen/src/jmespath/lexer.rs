//! The words of an expression.

use serde_json::Value;

use super::ast::Comparison;

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    /// A name in double quotes, which is never a function's.
    QuotedName(String),
    Literal(Value),
    Number(i64),
    Compare(Comparison),
    Dot,
    Star,
    /// `[]`
    Flatten,
    /// `[?`
    Filter,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    Comma,
    Colon,
    Pipe,
    Or,
    And,
    Not,
    Current,
    Ampersand,
}

/// Cuts an expression into words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, length) = next(rest)?;
        found.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(found)
}

/// Words of symbols alone, longer ones before what they start with.
const SYMBOLS: &[(&str, Token)] = &[
    ("==", Token::Compare(Comparison::Equal)),
    ("!=", Token::Compare(Comparison::NotEqual)),
    ("<=", Token::Compare(Comparison::LessOrEqual)),
    (">=", Token::Compare(Comparison::GreaterOrEqual)),
    ("<", Token::Compare(Comparison::Less)),
    (">", Token::Compare(Comparison::Greater)),
    ("[]", Token::Flatten),
    ("[?", Token::Filter),
    ("[", Token::LeftBracket),
    ("]", Token::RightBracket),
    ("{", Token::LeftBrace),
    ("}", Token::RightBrace),
    ("(", Token::LeftParen),
    (")", Token::RightParen),
    ("||", Token::Or),
    ("|", Token::Pipe),
    ("&&", Token::And),
    ("&", Token::Ampersand),
    ("!", Token::Not),
    (".", Token::Dot),
    ("*", Token::Star),
    (",", Token::Comma),
    (":", Token::Colon),
    ("@", Token::Current),
];

/// The first word of a text that is not empty, and how many bytes it takes.
fn next(rest: &str) -> Result<(Token, usize), String> {
    if let Some((symbol, token)) = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
        return Ok((token.clone(), symbol.len()));
    }
    let run = |allowed: fn(char) -> bool| rest.find(|c| !allowed(c)).unwrap_or(rest.len());
    match rest.chars().next().unwrap_or_default() {
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            Ok((Token::Name(rest[..length].to_owned()), length))
        }
        '0'..='9' | '-' => {
            let length = run(|c| c.is_ascii_digit() || c == '-');
            let number = &rest[..length];
            let parsed = number.parse().map_err(|_| format!("{number:?} is no whole number of 64 bits"))?;
            Ok((Token::Number(parsed), length))
        }
        '"' => {
            let (inside, length) = quoted(rest, '"')?;
            let name = serde_json::from_str(&format!("\"{inside}\""))
                .map_err(|error| format!("the name \"{inside}\" is no JSON string: {error}"))?;
            Ok((Token::QuotedName(name), length))
        }
        '\'' => {
            let (inside, length) = quoted(rest, '\'')?;
            Ok((Token::Literal(Value::String(unescape(inside))), length))
        }
        '`' => {
            let (inside, length) = quoted(rest, '`')?;
            let value = serde_json::from_str(&inside.replace("\\`", "`"))
                .map_err(|error| format!("the literal `{inside}` is no JSON: {error}"))?;
            Ok((Token::Literal(value), length))
        }
        other => Err(format!("{other:?} does not belong in an expression")),
    }
}

/// What stands between the quote that a text begins with and the next that no backslash precedes,
/// and how many bytes it takes with both.
fn quoted(rest: &str, quote: char) -> Result<(&str, usize), String> {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Ok((&rest[1..index], index + 1)),
            _ => {}
        }
    }
    Err(format!("a {quote} is missing at the end of {rest}"))
}

/// In a raw string a backslash escapes itself and the quote; any other is a backslash.
fn unescape(raw: &str) -> String {
    let mut text = String::new();
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(&next @ ('\'' | '\\'))) => {
                text.push(next);
                chars.next();
            }
            (c, _) => text.push(c),
        }
    }
    text
}
