//! Prints the spans of a paragraph as words of Markdown.

use std::borrow::Cow;

use super::escape::{self, escape};
use super::marks::{Mark, Token, tokens};
use super::model::{Link, Span};

/// A piece of text that no line break may split.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) break_after: bool,
}

/// Returns the words of a paragraph, which may be a cell of a table.
pub(super) fn words(spans: &[Span], in_table: bool) -> Vec<Word> {
    let tokens = tokens(spans);
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        let after = tokens.get(index + 1);
        match token {
            Token::Text(text) => escape(text, before, after, in_table, &mut word),
            Token::Code(code) => {
                // Backticks of two code spans would run together.
                if word.ends_with('`') {
                    end_word(&mut word, &mut words);
                }
                word.push_str(&code_span(code, in_table));
            }
            Token::Open(mark) => word.push_str(&open(mark)),
            Token::Close(mark) => word.push_str(&close(mark)),
            Token::Space => end_word(&mut word, &mut words),
            Token::Break => {
                end_word(&mut word, &mut words);
                if let Some(last) = words.last_mut() {
                    last.break_after = true;
                }
            }
        }
    }
    end_word(&mut word, &mut words);
    words
}

fn end_word(word: &mut String, words: &mut Vec<Word>) {
    if !word.is_empty() {
        words.push(Word { text: std::mem::take(word), break_after: false });
    }
}

fn open(mark: &Mark) -> Cow<'static, str> {
    match mark {
        Mark::Strong => "**".into(),
        Mark::Emphasis => "_".into(),
        Mark::Within => "*".into(),
        Mark::Link(_) => "[".into(),
        Mark::Autolink => "<".into(),
    }
}

fn close(mark: &Mark) -> Cow<'static, str> {
    match mark {
        Mark::Link(link) => match &**link {
            Link::Target(target) => format!("]({})", escape::entities(target)).into(),
            Link::Shortcut => "]".into(),
        },
        Mark::Autolink => ">".into(),
        other => open(other),
    }
}

fn code_span(code: &str, in_table: bool) -> String {
    let fence = "`".repeat(escape::longest_run(code, '`') + 1);
    let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    let code = if in_table { code.replace('|', "\\|").into() } else { Cow::Borrowed(code) };
    format!("{fence}{pad}{code}{pad}{fence}")
}
