//! Prints blocks as lines of Markdown.

use super::escape::{at_line_start, longest_run};
use super::inline::{self, Word};
use super::model::{Block, Span};

/// The minimum width of text, however deep its block is nested.
const MIN_WIDTH: usize = 24;

/// Returns the lines of a document; `""` separates blocks.
pub(super) fn lines(blocks: &[Block], width: usize) -> Vec<String> {
    let mut out = Vec::new();
    for block in blocks {
        if !out.is_empty() {
            out.push(String::new());
        }
        match block {
            Block::Paragraph(spans) => out.extend(fill(inline::words(spans, false), width)),
            Block::Heading { level, spans } => out.push(heading(*level, spans)),
            Block::Code { info, text } => {
                let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
                out.push(format!("{fence}{info}"));
                out.extend(text.lines().map(str::to_owned));
                out.push(fence);
            }
            Block::Quote(blocks) => {
                let inner = lines(blocks, narrower(width, 2));
                out.extend(inner.into_iter().map(|line| prefix("> ", &line)));
            }
            Block::List { start, items } => list(*start, items, width, &mut out),
            Block::Table(rows) => table(rows, &mut out),
            // Dashes would turn a whole list item into a rule.
            Block::Rule => out.push("***".to_owned()),
        }
    }
    out
}

fn narrower(width: usize, by: usize) -> usize {
    width.saturating_sub(by).max(MIN_WIDTH)
}

fn prefix(prefix: &str, line: &str) -> String {
    if line.is_empty() { prefix.trim_end().to_owned() } else { format!("{prefix}{line}") }
}

fn heading(level: u8, spans: &[Span]) -> String {
    let mut words = inline::words(spans, false);
    if let Some(last) = words.last_mut() {
        // Otherwise it would be the closing sequence of the heading.
        if last.text.chars().all(|c| c == '#') {
            last.text.insert(0, '\\');
        }
    }
    let marks = "#".repeat(usize::from(level));
    format!("{marks} {}", one_line(&words))
}

/// Joins words to one line, whatever breaks are between them.
pub(super) fn one_line(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

fn list(start: Option<u64>, items: &[Vec<Block>], width: usize, out: &mut Vec<String>) {
    let tight = is_tight(items);
    for (index, item) in items.iter().enumerate() {
        let marker = match start {
            // Markdown limits numbers to nine digits.
            Some(start) => format!("{}. ", start.saturating_add(index as u64).min(999_999_999)),
            None => "- ".to_owned(),
        };
        let indent = " ".repeat(marker.len());
        if index > 0 && !tight {
            out.push(String::new());
        }
        let mut first = true;
        for line in lines(item, narrower(width, marker.len())) {
            if first {
                out.push(prefix(&marker, &line));
            } else if !(tight && line.is_empty()) {
                out.push(prefix(&indent, &line));
            }
            first = false;
        }
    }
}

/// Returns `true` if a list needs no blank lines between and within its items.
fn is_tight(items: &[Vec<Block>]) -> bool {
    items.iter().all(|item| match item.as_slice() {
        [Block::Paragraph(_)] => true,
        [Block::Paragraph(_), Block::List { start, items }] => {
            // Only a list that begins at one can interrupt a paragraph.
            matches!(start, None | Some(1)) && is_tight(items)
        }
        _ => false,
    })
}

/// The number of cells above which a table has at most [`MIN_COLUMNS`] columns, with the rest of a row in the last.
/// Otherwise a table of many rows, of which one is long, would have quadratic size, since all are filled up to the
/// longest.
const MAX_CELLS: usize = 100_000;

const MIN_COLUMNS: usize = 20;

fn table(rows: &[Vec<Vec<Span>>], out: &mut Vec<String>) {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let columns = longest.min((MAX_CELLS / rows.len().max(1)).max(MIN_COLUMNS));
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::from("|");
        for column in 0..columns {
            let end = if column + 1 == columns { row.len() } else { column + 1 };
            let cells = row.get(column..end).unwrap_or_default();
            let words: Vec<Word> = cells.iter().flat_map(|cell| inline::words(cell, true)).collect();
            line.push(' ');
            line.push_str(&one_line(&words));
            line.push_str(" |");
        }
        out.push(line);
        if index == 0 {
            out.push(format!("|{}", " --- |".repeat(columns)));
        }
    }
}

/// Fills lines with words.
fn fill(words: Vec<Word>, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words {
        let length = word.text.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used == 0 {
            line = at_line_start(word.text);
            used = line.chars().count();
        } else {
            line.push(' ');
            line.push_str(&word.text);
            used += 1 + length;
        }
        if word.break_after {
            line.push('\\');
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
    }
    if used > 0 {
        lines.push(line);
    }
    lines
}
