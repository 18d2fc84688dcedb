//! Converts the `smithy.api#documentation` of a model to Markdown for rustdoc.
//!
//! The trait is CommonMark: published models write only HTML in it, our own plain Markdown. Both are parsed
//! into one small tree of blocks, and one writer prints that tree as Markdown:
//! ```text
//! HTML ────────► html ──┐
//!                       ├─► builder ─► model ─► write (blocks) ─► inline (words)
//! CommonMark ─► commonmark
//! ```
//!
//! # Invariants
//!
//! Whatever the input:
//!
//! - rustdoc has no warning about the output;
//! - no code block in it is a doc test, and no bracket becomes an intra-doc link;
//! - it holds no control characters;
//! - text is never lost, except for comments and the contents of `<script>` and `<style>`.

mod builder;
mod commonmark;
mod escape;
mod frames;
mod html;
mod inline;
mod marks;
mod model;
mod paragraph;
mod summary;
#[cfg(test)]
mod tests;
mod tidy;
mod write;

use builder::Builder;
use commonmark::Trust;

/// Converts a documentation trait to Markdown for rustdoc.
///
/// Each paragraph is one line; pass the result to [`wrap`] to get lines for `///`. The result has
/// no trailing newline and is empty when the documentation has no text.
pub fn to_markdown(documentation: &str) -> String {
    let mut builder = Builder::default();
    if is_html(documentation) {
        html::read(documentation, &mut builder);
    } else {
        commonmark::read(&dedent(documentation), Trust::Model, &mut builder);
    }
    write::lines(&builder.finish(), usize::MAX).join("\n")
}

/// Converts a name, such as a title, to Markdown of one line, for the middle of a sentence.
pub(crate) fn name(text: &str) -> String {
    to_markdown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes what cannot stand in a comment of one line: line breaks and other control characters.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c != ' ' && (c.is_whitespace() || model::is_removed(c)) {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
    }
    line
}

/// Wraps Markdown into lines for `///`, at most `width` characters each where that is possible.
///
/// The Markdown is trusted: unlike [`to_markdown`], this keeps intra-doc links and the info
/// strings of code blocks, so it serves for sentences of the generator's own as well. It knows
/// the Markdown that [`to_markdown`] writes; footnotes and strikethrough come out as plain text.
/// Code spans, link targets, headings, table rows, and code blocks are never broken, however long.
pub fn wrap(markdown: &str, width: usize) -> Vec<String> {
    write::lines(&trusted(markdown), width)
}

/// Replaces the links in one line of Markdown by their texts.
pub(crate) fn without_links(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    // Where the texts of open links start in `plain`.
    let mut open = Vec::new();
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                plain.push(char);
                plain.extend(chars.next());
            }
            '[' => {
                open.push(plain.len());
                plain.push(char);
            }
            ']' if chars.as_str().starts_with('(') && !open.is_empty() => {
                if let Some(start) = open.pop() {
                    plain.remove(start);
                }
                // The target: its parentheses are balanced or escaped.
                let mut depth = 0;
                for char in chars.by_ref() {
                    depth += i32::from(char == '(') - i32::from(char == ')');
                    if depth == 0 {
                        break;
                    }
                }
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Returns the first sentence of the first paragraph of some Markdown, as one line.
///
/// It ends with a period (or with the mark that the sentence itself ends with), unless it is a
/// single word. It is empty when there is no paragraph and no heading.
pub(crate) fn summary(markdown: &str) -> String {
    summary::of(&trusted(markdown))
}

fn trusted(markdown: &str) -> Vec<model::Block> {
    let mut builder = Builder::default();
    commonmark::read(markdown, Trust::Generator, &mut builder);
    builder.finish()
}

/// Returns `true` if documentation is to be parsed as HTML alone, without the CommonMark stage.
///
/// Published models indent nested HTML and put blank lines in between, which CommonMark would
/// take for indented code blocks.
fn is_html(documentation: &str) -> bool {
    if html::opens_with_block(documentation.trim_start()) {
        return true;
    }
    // A backtick means that the author wrote Markdown; the closing tag may be inside of a code span.
    !documentation.contains('`') && html::closes_block(documentation)
}

/// Removes the indentation that all lines share, which is an accident of the model's layout.
fn dedent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let margin = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    text.lines().map(|line| line.get(margin..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}
