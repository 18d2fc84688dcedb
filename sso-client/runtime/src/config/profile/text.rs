//! Words, quotes and invisible characters in the shared configuration files.

use std::borrow::Cow;

/// Separators of words within values and keys. Other white space is part of them, except at their ends.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// Returns whether a character has neither a width nor a meaning of its own. Editors, web pages and chats leave such
/// characters in copied text. The joiners of emoji and of some scripts are not among them.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(char, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_blank_or_invisible(char: char) -> bool {
    char.is_whitespace() || is_invisible(char)
}

/// Removes white space of any kind and invisible characters from both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank_or_invisible)
}

/// Returns how many blanks a line begins with.
pub(super) fn indentation(line: &str) -> usize {
    let line = line.trim_start_matches(is_invisible);
    line.chars().take_while(|char| BLANKS.contains(char)).count()
}

/// Returns whether a line begins with white space other than blanks, such as the no-break spaces of web pages.
pub(super) fn is_oddly_indented(line: &str) -> bool {
    let line = line.trim_start_matches(|char| is_invisible(char) || BLANKS.contains(&char));
    line.starts_with(char::is_whitespace)
}

/// Removes invisible characters, which nobody can see in a name or type on purpose.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|char| !is_invisible(*char)).collect())
}

/// Removes what cannot be part of a key but looks like nothing: invisible characters and white space beyond ASCII.
pub(super) fn visible_key(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let is_seen = |char: &char| char.is_ascii() || !is_blank_or_invisible(*char);
    Cow::Owned(text.chars().filter(is_seen).collect())
}

/// Returns whether every AWS SDK takes this for the name of a profile or a property, without quotes.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/.%@:+".contains(&byte))
}

/// A quote that is not closed, or a backslash at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclosed;

/// Splits a text into words by the rules of POSIX shells without expansions: `'…'` is literal, and `\` escapes the next
/// character, within `"…"` only `"` and `\`.
pub(super) fn words(text: &str) -> Result<Vec<String>, Unclosed> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(Unclosed)? {
                        '\'' => break,
                        char => word.push(char),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(Unclosed)? {
                        '"' => break,
                        '\\' => match chars.next().ok_or(Unclosed)? {
                            char @ ('"' | '\\') => word.push(char),
                            char => word.extend(['\\', char]),
                        },
                        char => word.push(char),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next().ok_or(Unclosed)?),
            char if char.is_whitespace() => words.extend(word.take()),
            char => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Writes a name as one word.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    if is_name(name) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_shells_split_them() {
        for (text, expected) in [
            ("", Some(&[] as &[&str])),
            (" a\tb ", Some(&["a", "b"])),
            ("'my team'", Some(&["my team"])),
            ("\"my team\"", Some(&["my team"])),
            ("'o'\"'\"'brien'", Some(&["o'brien"])),
            (r#""a\"b\\c\d""#, Some(&[r#"a"b\c\d"#])),
            (r"a\ b \'", Some(&["a b", "'"])),
            ("'' x", Some(&["", "x"])),
            ("a'b c'd", Some(&["ab cd"])),
            ("[x]-y équipe", Some(&["[x]-y", "équipe"])),
            ("profile\u{a0}dev", Some(&["profile", "dev"])),
            ("'a", None),
            ("\"a", None),
            ("\"a\\", None),
            ("a\\", None),
            ("o'brien", None),
        ] {
            let found = words(text);
            let expected: Result<Vec<String>, _> =
                expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect()).ok_or(Unclosed);
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn quotes_can_be_read_back() {
        for (name, expected) in
            [("dev", "dev"), ("my team", "\"my team\""), ("o'b", "\"o'b\""), (r#"a"\"#, r#""a\"\\""#)]
        {
            assert_eq!(quoted(name), expected);
            assert_eq!(words(expected), Ok(vec![name.to_owned()]));
        }
    }

    #[test]
    fn invisible_characters() {
        assert_eq!(trim("\u{feff}\u{a0} a\u{200b}b \u{2003}\u{200b}\r"), "a\u{200b}b");
        assert_eq!(visible("a\u{200b}b\u{a0}c"), "ab\u{a0}c");
        assert_eq!(visible("👩\u{200d}🚀"), "👩\u{200d}🚀", "joiners have a meaning");
        assert_eq!(visible_key("re\u{200b}gi\u{a0}on x"), "region x");
        for (line, blanks, oddly) in [
            ("\u{feff}[a]", 0, false),
            ("\u{feff} \tx", 2, false),
            ("\u{a0} x", 0, true),
            (" \u{a0}x", 1, true),
            ("", 0, false),
        ] {
            assert_eq!((indentation(line), is_oddly_indented(line)), (blanks, oddly), "{line:?}");
        }
    }
}
