//! Tables: a box for each structure or list of structures, those that lie deeper within bars. A table
//! that is wider than the terminal has its single rows turned on their sides.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthChar;

use crate::errors::Failed;
use crate::python;

/// The width of what is no terminal.
const WIDTH: usize = 80;
/// What a column has besides its longest cell.
const PADDING: usize = 4;

/// The table of a value; empty where there is nothing to show.
pub(super) fn table(title: &str, value: &Value, color: bool) -> Result<String, Failed> {
    let mut sections = Vec::new();
    if !build(Some(title), value, 0, &mut sections)? {
        return Ok(String::new());
    }
    let mut width = total_width(&sections);
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).map_or(WIDTH, |(width, _)| width.0.into());
    if width > terminal {
        sections.iter_mut().for_each(Section::turn);
        width = total_width(&sections);
    }
    let mut to = Canvas { text: String::new(), color, indent: 0 };
    to.write(&format!("{}\n", "-".repeat(width)));
    for section in &sections {
        to.indent = section.indent;
        section.render(width - 2 * section.indent, &mut to);
    }
    Ok(to.text)
}

/// The columns that a text takes. Where East Asian writing decides, it decides for two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(char: char) -> usize {
    // A character that takes no column of its own counts as one all the same.
    char.width_cjk().unwrap_or(1).max(1)
}

/// A box.
#[derive(Default)]
struct Section {
    title: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    indent: usize,
    widths: Vec<usize>,
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// Adds the boxes of a value, and says whether there is anything to show.
fn build(title: Option<&str>, value: &Value, indent: usize, sections: &mut Vec<Section>) -> Result<bool, Failed> {
    if is_nothing(value) {
        return Ok(false);
    }
    if let Some(title) = title {
        sections.push(Section { title: title.to_owned(), indent, ..Section::default() });
    }
    match value {
        Value::Array(items) if items.first().is_some_and(Value::is_object) => {
            structures(items, title.unwrap_or_default(), indent, sections)?;
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Array(cells) if cells.iter().all(is_scalar) => {
                        last(sections).add(cells.iter().map(python::str).collect())?;
                    }
                    Value::Array(_) | Value::Object(_) => {
                        build(None, item, 0, sections)?;
                    }
                    scalar => last(sections).add(vec![python::str(scalar)])?,
                }
            }
        }
        Value::Object(members) => structure(members, indent, sections)?,
        _ => {}
    }
    Ok(true)
}

fn last(sections: &mut Vec<Section>) -> &mut Section {
    if sections.is_empty() {
        sections.push(Section::default());
    }
    let index = sections.len() - 1;
    &mut sections[index]
}

/// The names of scalars and of others, each in order.
fn keys<'v>(structures: impl Iterator<Item = &'v Map<String, Value>>) -> (BTreeSet<&'v str>, BTreeSet<&'v str>) {
    let mut keys = (BTreeSet::new(), BTreeSet::new());
    for (key, value) in structures.flatten() {
        if is_scalar(value) {
            keys.0.insert(key.as_str())
        } else {
            keys.1.insert(key.as_str())
        };
    }
    keys
}

fn structure(members: &Map<String, Value>, indent: usize, sections: &mut Vec<Section>) -> Result<(), Failed> {
    let (scalars, others) = keys(std::iter::once(members));
    let cell = |key: &&str| members.get(*key).map_or_else(String::new, python::str);
    let cells: Vec<String> = scalars.iter().map(cell).collect();
    let headers: Vec<String> = scalars.iter().map(|key| (*key).to_owned()).collect();
    match cells.len() {
        0 => {}
        1 => last(sections).add([headers, cells].concat())?,
        _ => {
            last(sections).head(headers);
            last(sections).add(cells)?;
        }
    }
    for key in others {
        build(Some(key), &members[key], indent + 1, sections)?;
    }
    Ok(())
}

fn structures(items: &[Value], title: &str, indent: usize, sections: &mut Vec<Section>) -> Result<(), Failed> {
    let (scalars, others) = keys(items.iter().filter_map(Value::as_object));
    let headers: Vec<String> = scalars.iter().map(|key| (*key).to_owned()).collect();
    last(sections).head(headers.clone());
    for (index, item) in items.iter().enumerate() {
        if index > 0 && !others.is_empty() {
            sections.push(Section { title: title.to_owned(), indent, ..Section::default() });
            last(sections).head(headers.clone());
        }
        let cell = |key: &&str| item.get(*key).map_or_else(String::new, python::str);
        last(sections).add(scalars.iter().map(cell).collect())?;
        for key in &others {
            if let Some(value) = item.get(*key) {
                build(Some(key), value, indent + 1, sections)?;
            }
        }
    }
    Ok(())
}

fn total_width(sections: &[Section]) -> usize {
    sections.iter().map(Section::total_width).max().unwrap_or_default()
}

impl Section {
    fn head(&mut self, headers: Vec<String>) {
        self.widen(&headers);
        self.headers = headers;
    }

    fn add(&mut self, row: Vec<String>) -> Result<(), Failed> {
        let expected =
            self.rows.first().map_or(if self.headers.is_empty() { row.len() } else { self.headers.len() }, Vec::len);
        if row.len() != expected {
            let message = format!("Row should have {expected} elements, instead it has {}", row.len());
            return Err(Failed::failure(message).hint("--output json can show a list whose items differ"));
        }
        self.widen(&row);
        self.rows.push(row);
        Ok(())
    }

    fn widen(&mut self, row: &[String]) {
        self.widths.resize(self.widths.len().max(row.len()), 0);
        for (widest, cell) in self.widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }

    fn total_width(&self) -> usize {
        let cells: usize = self.widths.iter().map(|width| width + PADDING).sum();
        (cells + 2).max(width(&self.title) + 2) + 2 * self.indent
    }

    /// Turns a single row on its side.
    fn turn(&mut self) {
        if self.rows.len() != 1 || self.headers.is_empty() {
            return;
        }
        let headers = std::mem::take(&mut self.headers);
        let rows = std::mem::take(&mut self.rows).into_iter().flatten();
        self.rows = headers.into_iter().zip(rows).map(|(header, cell)| vec![header, cell]).collect();
        self.widths.clear();
        for row in self.rows.clone() {
            self.widen(&row);
        }
    }

    /// The widths of columns that together are as wide as the table.
    fn scaled(&self, total: usize) -> Vec<usize> {
        let widths: Vec<usize> = self.widths.iter().map(|width| width + PADDING).collect();
        let sum: usize = widths.iter().sum();
        if sum == 0 {
            return widths;
        }
        #[expect(clippy::cast_precision_loss, reason = "no table is that wide")]
        let scale = total as f64 / sum as f64;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "no table is that wide, and no width negative"
        )]
        let mut scaled: Vec<usize> =
            widths.iter().map(|width| (scale * *width as f64).round_ties_even() as usize).collect();
        loop {
            let sum: usize = scaled.iter().sum();
            let count = scaled.len();
            match sum.cmp(&total) {
                std::cmp::Ordering::Equal => return scaled,
                std::cmp::Ordering::Greater => {
                    scaled.iter_mut().take(sum - total).for_each(|width| *width = width.saturating_sub(1));
                }
                std::cmp::Ordering::Less => {
                    let short = (total - sum).min(count);
                    scaled[count - short..].iter_mut().for_each(|width| *width += 1);
                }
            }
        }
    }

    fn render(&self, total: usize, to: &mut Canvas) {
        if !self.title.is_empty() {
            to.line(&centered(&self.title, total, "|"));
            if self.headers.is_empty() && self.rows.is_empty() {
                to.line(&format!("+{}+", "-".repeat(total - 2)));
            }
        }
        let widths = self.scaled(total);
        let rule: String = std::iter::once('+').collect::<String>()
            + &widths
                .iter()
                .enumerate()
                .map(|(index, width)| format!("{}+", "-".repeat(width.saturating_sub(if index == 0 { 2 } else { 1 }))))
                .collect::<String>();
        let edge = |index: usize| if index == 0 { "|" } else { "" };
        if !self.headers.is_empty() {
            to.line(&rule);
            let cells = self.headers.iter().zip(&widths).enumerate();
            to.line(&cells.map(|(index, (cell, width))| centered(cell, *width, edge(index))).collect::<String>());
        }
        if self.rows.is_empty() || widths.is_empty() {
            return;
        }
        to.line(&rule);
        for row in &self.rows {
            let cells = row.iter().zip(&widths).enumerate();
            to.line(
                &cells.map(|(index, (cell, width))| aligned(cell, *width, edge(index), to.color)).collect::<String>(),
            );
        }
        to.line(&rule);
    }
}

fn centered(text: &str, length: usize, left: &str) -> String {
    let taken = width(text);
    let before = (length / 2).saturating_sub(taken / 2 + 1);
    let after = length.saturating_sub(1 + left.len() + before + taken);
    format!("{left}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn aligned(text: &str, length: usize, left: &str, color: bool) -> String {
    let taken = width(text);
    let padding = if length > taken + 2 + left.len() { 2 } else { 0 };
    let after = length.saturating_sub(left.len() + padding + taken + 1);
    let styled = if color { format!("\x1b[1m\x1b[34m{text}\x1b[0m") } else { text.to_owned() };
    format!("{left}{}{styled}{}|", " ".repeat(padding), " ".repeat(after))
}

/// What is drawn on, with the bars around what lies deeper.
struct Canvas {
    text: String,
    color: bool,
    indent: usize,
}

impl Canvas {
    /// Colours end with each piece that is written, as there.
    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        if self.color {
            self.text.push_str("\x1b[0m");
        }
    }

    fn line(&mut self, text: &str) {
        let bar = if self.color { "\x1b[2m\x1b[33m|\x1b[0m" } else { "|" };
        let bars = bar.repeat(self.indent);
        for part in [&bars, text, &bars, "\n"] {
            self.write(part);
        }
    }
}
