//! Prints results in the three forms of AWS CLI v1, byte for byte.
//!
//! | module | what it does |
//! | --- | --- |
//! | `json` | JSON, indented by four, in the order of the model |
//! | `text` | lines of tab-separated columns |
//! | `table` | boxes |
//!
//! JSON and tables show a result whole; text shows each page when it is there.
//!
//! # Invariants
//!
//! - Texts of others steer no terminal. Results of the operations of AWS CLI v1 go byte for byte into pipes and files, for
//!   programs that were written for it; on a terminal they are escaped. Those of other commands are escaped wherever they
//!   go. JSON stays the same document.

mod json;
mod table;
mod text;

use std::io::{self, IsTerminal, Write};

use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::args::Globals;
use crate::env;
use crate::errors::{Failed, printable, printable_line};
use crate::query::Query;

pub(crate) use json::{escaped as escaped_json, json};

/// A form of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Text,
    Table,
}

impl Form {
    /// The form of a name.
    pub(crate) fn named(name: &str) -> Result<Self, Failed> {
        match name {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            "table" => Ok(Self::Table),
            _ => Err(Failed::failure(format!("Unknown output type: {name}")).hint("known are json, text and table")),
        }
    }
}

/// How results are printed.
#[derive(Debug)]
pub(crate) struct Printer {
    pub(crate) form: Form,
    pub(crate) query: Option<Query>,
    pub(crate) color: bool,
    /// Whether characters that steer a terminal are escaped.
    pub(crate) escape: bool,
}

impl Printer {
    /// Prints in a form as the options say, what is escaped on a terminal alone.
    pub(crate) fn new(form: Form, query: Option<Query>, globals: &Globals) -> Self {
        Self { form, query, color: in_color(globals.color.as_deref()), escape: on_terminal() }
    }

    /// The same for a command that AWS CLI v1 does not have, so that nothing expects certain bytes.
    pub(crate) fn escaping(self) -> Self {
        Self { escape: true, ..self }
    }

    /// Prints a result, or a page of one. `title` is what a table is called.
    pub(crate) fn print(&self, title: &str, result: &Value) -> Result<(), Failed> {
        write(&Zeroizing::new(self.text(title, result)?))
    }

    /// The text that is printed.
    pub(crate) fn text(&self, title: &str, result: &Value) -> Result<String, Failed> {
        let found;
        let result = match &self.query {
            Some(query) => {
                found = Secret(query.search(result)?);
                &found.0
            }
            None => result,
        };
        let cells;
        let result = if self.escape && self.form != Form::Json {
            cells = Secret(printable_cells(result));
            &cells.0
        } else {
            result
        };
        Ok(match self.form {
            Form::Json if result.as_object().is_some_and(serde_json::Map::is_empty) => String::new(),
            Form::Json if self.escape => escaped_json(json(result)) + "\n",
            Form::Json => json(result) + "\n",
            Form::Text => text::text(result),
            Form::Table => table::table(title, result, self.color)?,
        })
    }
}

/// A result that holds secrets: its texts are overwritten when it is dropped.
#[derive(Debug)]
pub(crate) struct Secret(pub(crate) Value);

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites the texts of a value.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A value whose texts and names are each one cell, which steers no terminal.
fn printable_cells(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable_line(text)),
        Value::Array(items) => items.iter().map(printable_cells).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (printable_line(name), printable_cells(value)));
            Value::Object(members.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Columns, each as wide as its widest cell.
pub(crate) fn columns(columns: &[Vec<&str>]) -> String {
    let rows = columns.first().map_or(0, Vec::len);
    let cell = |column: usize, row: usize| printable_line(columns[column].get(row).copied().unwrap_or_default());
    let widths: Vec<usize> = (0..columns.len())
        .map(|column| (0..rows).map(|row| table::width(&cell(column, row))).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in 0..rows {
        let mut line = String::new();
        for (column, widest) in widths.iter().enumerate() {
            let cell = cell(column, row);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', widest + 2 - table::width(&cell).min(*widest)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Writes to stdout.
pub(crate) fn write(text: &str) -> Result<(), Failed> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Writes a text of others to stdout, lines and all.
pub(crate) fn write_foreign(text: &str) -> Result<(), Failed> {
    if on_terminal() { write(&printable(text)) } else { write(text) }
}

/// Writes a line to stderr. There is nobody to tell if that fails.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether somebody reads what is on stdout.
fn on_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether to write in colors, by `--color`.
fn in_color(option: Option<&str>) -> bool {
    match option {
        Some("on") => true,
        Some("off") => false,
        _ => env::text("NO_COLOR").is_none() && env::text("TERM").as_deref() != Some("dumb") && on_terminal(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn results_are_escaped_where_somebody_reads_them() {
        let name = "x\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{2028}\ty\nzé";
        let result = json!({ "accountList": [{ "a\u{9b}": name, "b": { "c": [name, [name]] } }] });
        for form in [Form::Json, Form::Text, Form::Table] {
            let printed = |escape: bool| {
                let printer = Printer { form, query: None, color: false, escape };
                printer.text("Title", &result).expect("printed")
            };
            let (escaped, bytes) = (printed(true), printed(false));
            assert!(bytes.contains("\u{7f}\u{9b}31m\u{202e}\u{2028}"), "{bytes:?}");
            let is_ours = |char: char| char == '\n' || char == '\t' && form == Form::Text;
            let steers = |char: char| sso_client::runtime::base::steers(char) && !is_ours(char);
            assert!(!escaped.contains(steers) && escaped.contains("zé"), "{escaped:?}");
            if form == Form::Json {
                let parsed: [Value; 2] = [&escaped, &bytes].map(|text| serde_json::from_str(text).expect("JSON"));
                assert_eq!(parsed, [result.clone(), result.clone()]);
                assert!(escaped.contains(r"x\u001b[2J\u007f\u009b31m\u202e\u2028\ty\nzé"), "{escaped}");
            } else {
                assert!(escaped.contains(r"x\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{2028} y zé"), "{escaped}");
            }
        }
        // Where there is nothing to escape, both are the same.
        let plain = json!({ "accountList": [{ "accountId": "1", "accountName": "a \\ \"b\"" }] });
        for form in [Form::Json, Form::Text, Form::Table] {
            let printed =
                |escape| Printer { form, query: None, color: true, escape }.text("T", &plain).expect("printed");
            assert_eq!(printed(true), printed(false));
        }
    }
}
