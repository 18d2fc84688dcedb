//! Escapes text where Markdown would interpret it, and only there.

use super::marks::{Mark, Token};
use super::model::Link;

/// Appends text to a word, between two other tokens.
pub(super) fn escape(
    text: &str,
    before: Option<&Token<'_>>,
    after: Option<&Token<'_>>,
    in_table: bool,
    out: &mut String,
) {
    let first = Edge::before(before);
    let last = Edge::after(after);
    let verbatim = matches!(before, Some(Token::Open(Mark::Autolink)));
    if verbatim {
        out.push_str(text);
        return;
    }
    let chars: Vec<char> = text.chars().collect();
    let mut start = 0;
    while start < chars.len() {
        let c = chars[start];
        let mut end = start + 1;
        while end < chars.len() && chars[end] == c {
            end += 1;
        }
        let left = start.checked_sub(1).map_or(first, |i| Edge::of(chars[i]));
        let right = chars.get(end).map_or(last, |c| Edge::of(*c));
        let run = end - start;
        let rest = &chars[end..];
        let escaped = match c {
            '[' | ']' | '`' => true,
            '|' => in_table,
            '*' => left != Edge::Space || right != Edge::Space,
            '_' => {
                let within = left == Edge::Word && right == Edge::Word;
                let apart = left == Edge::Space && right == Edge::Space;
                !within && !apart
            }
            // One that follows a space cannot end a strikethrough, so nothing begins one.
            '~' => run > 1 || left != Edge::Space,
            '<' => match rest.first() {
                Some(next) => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
                None => right != Edge::Space,
            },
            '&' => is_entity(rest),
            // At the end of a line, it would be a line break.
            '\\' => {
                let next = rest.first().is_some_and(char::is_ascii_punctuation);
                run > 1 || next || (rest.is_empty() && right != Edge::Word)
            }
            // A link behind it would become an image.
            '!' => rest.is_empty() && is_link(after),
            // Rustdoc makes a dash of these, which is wrong for an option of a command.
            '-' => run == 2 && left == Edge::Space && right == Edge::Word,
            _ => false,
        };
        for index in 0..run {
            // Of the two dashes, one is enough.
            if escaped && !(c == '-' && index > 0) {
                out.push('\\');
            }
            out.push(c);
        }
        start = end;
    }
}

fn is_link(token: Option<&Token<'_>>) -> bool {
    matches!(token, Some(Token::Open(Mark::Link(link)))
        if matches!(**link, Link::Target(_) | Link::Shortcut))
}

/// The kind of a neighboring character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Space,
    Word,
    /// Punctuation, or something that is not text.
    Mark,
}

impl Edge {
    fn of(c: char) -> Edge {
        if c.is_alphanumeric() { Edge::Word } else { Edge::Mark }
    }

    fn before(token: Option<&Token<'_>>) -> Edge {
        match token {
            None | Some(Token::Space | Token::Break) => Edge::Space,
            Some(Token::Text(text)) => text.chars().next_back().map_or(Edge::Mark, Edge::of),
            Some(_) => Edge::Mark,
        }
    }

    fn after(token: Option<&Token<'_>>) -> Edge {
        match token {
            None | Some(Token::Space) => Edge::Space,
            Some(Token::Text(text)) => text.chars().next().map_or(Edge::Mark, Edge::of),
            // A line break is written as a backslash.
            Some(_) => Edge::Mark,
        }
    }
}

/// Returns `true` if what follows an ampersand makes it an entity.
fn is_entity(rest: &[char]) -> bool {
    // The longest name of an entity has 31 letters.
    let rest = &rest[..rest.len().min(40)];
    let name = rest.iter().position(|c| !c.is_ascii_alphanumeric() && *c != '#').unwrap_or(rest.len());
    name > 0 && rest.get(name) == Some(&';')
}

/// Keeps the ampersands of a link's target from becoming entities.
pub(super) fn entities(target: &str) -> String {
    if !target.contains(';') {
        return target.to_owned();
    }
    let chars: Vec<char> = target.chars().collect();
    let mut out = String::with_capacity(target.len());
    for (index, c) in chars.iter().enumerate() {
        out.push(*c);
        if *c == '&' && is_entity(&chars[index + 1..]) {
            out.push_str("amp;");
        }
    }
    out
}

/// Escapes a word that would begin a block at the start of a line.
pub(super) fn at_line_start(mut word: String) -> String {
    let only = |set: &str| word.chars().all(|c| set.contains(c));
    if word.len() > 1 && (only("_") || only("*")) {
        // Each of them: what follows an escaped one could begin emphasis.
        return word.chars().flat_map(|c| ['\\', c]).collect();
    }
    let first = word.chars().next();
    let live = match first {
        Some('>') => true,
        Some('#') => only("#") && word.len() <= 6,
        Some('+' | '-' | '*') if word.len() == 1 => true,
        // Rules, the underlines of headings, and the delimiters of tables.
        Some('-' | '=' | '|' | ':') => only("-") || only("=") || (only("|:-") && word.len() > 1),
        _ => false,
    };
    if live {
        word.insert(0, '\\');
        return word;
    }
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    if (1..=9).contains(&digits) && matches!(&word[digits..], "." | ")") {
        word.insert(digits, '\\');
    }
    word
}

/// The length of the longest run of a character.
pub(super) fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
