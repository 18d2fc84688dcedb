//! Finds the first sentence of a document.

use std::mem;

use super::escape::at_line_start;
use super::inline;
use super::model::{Block, Piece, Span};
use super::write;

/// Abbreviations that end with a period (left out here) without ending a sentence.
const ABBREVIATIONS: &[&str] =
    &["e.g", "eg", "i.e", "ie", "vs", "cf", "approx", "incl", "inc", "ltd", "corp", "dr", "mr", "mrs", "fig", "resp"];

pub(super) fn of(blocks: &[Block]) -> String {
    let Some(spans) = paragraph(blocks).or_else(|| heading(blocks)) else {
        return String::new();
    };
    let spans = &spans[..sentence(spans)];
    let mut words = inline::words(spans, false);
    if let Some(first) = words.first_mut() {
        first.text = at_line_start(mem::take(&mut first.text));
    }
    let line = write::one_line(&words);
    let is_word = spans.iter().all(|span| span.piece != Piece::Space);
    match line.trim_end_matches([':', ';', ',']) {
        _ if is_word || ends_sentence(spans) => line,
        cut => format!("{cut}."),
    }
}

fn paragraph(blocks: &[Block]) -> Option<&[Span]> {
    blocks
        .iter()
        .find_map(|block| match block {
            Block::Paragraph(spans) if !is_title(spans) => Some(spans.as_slice()),
            _ => None,
        })
        .or_else(|| blocks.iter().find_map(nested))
}

/// Returns `true` if a paragraph is a heading in all but markup.
fn is_title(spans: &[Span]) -> bool {
    let strong = |span: &Span| span.style.strong || span.piece == Piece::Space;
    spans.iter().all(strong) && !ends_sentence(spans)
}

fn nested(block: &Block) -> Option<&[Span]> {
    match block {
        Block::Quote(blocks) => paragraph(blocks),
        Block::List { items, .. } => items.iter().find_map(|item| paragraph(item)),
        _ => None,
    }
}

fn heading(blocks: &[Block]) -> Option<&[Span]> {
    blocks.iter().find_map(|block| match block {
        Block::Heading { spans, .. } | Block::Paragraph(spans) => Some(spans.as_slice()),
        _ => None,
    })
}

/// Returns the number of spans of the first sentence.
fn sentence(spans: &[Span]) -> usize {
    let mut depth = 0_i32;
    for (index, span) in spans.iter().enumerate() {
        match &span.piece {
            Piece::Break => return index,
            Piece::Space => {
                if depth <= 0 && index > 0 && is_end(&spans[..index], spans.get(index + 1)) {
                    return index;
                }
            }
            Piece::Text(text) => {
                depth += text.matches('(').count() as i32;
                depth -= text.matches(')').count() as i32;
            }
            Piece::Code(_) => {}
        }
    }
    spans.len()
}

/// Returns `true` if a sentence ends at the space between the spans and the next one.
fn is_end(before: &[Span], next: Option<&Span>) -> bool {
    let lower = |text: &str| text.chars().next().is_some_and(char::is_lowercase);
    if matches!(next, Some(Span { piece: Piece::Text(text), .. }) if lower(text)) {
        return false;
    }
    if !ends_sentence(before) {
        return false;
    }
    let Some(Span { piece: Piece::Text(word), .. }) = before.last() else {
        return false;
    };
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let Some(stem) = word.strip_suffix('.') else {
        return true;
    };
    // The initial of a name, or an abbreviation like "U.S.".
    let last = stem.rsplit('.').next().unwrap_or(stem);
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    !initial && !ABBREVIATIONS.contains(&stem.to_lowercase().as_str())
}

fn ends_sentence(spans: &[Span]) -> bool {
    let Some(Span { piece: Piece::Text(text), .. }) = spans.last() else {
        return false;
    };
    text.trim_end_matches(['"', '\'', '”', '’', ')']).ends_with(['.', '!', '?'])
}
