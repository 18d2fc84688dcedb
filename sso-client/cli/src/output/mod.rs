//! Prints results in the three forms of AWS CLI v1, byte for byte.
//!
//! | module | what it does |
//! | --- | --- |
//! | `json` | JSON, indented by four, in the order of the model |
//! | `text` | lines of tab-separated columns |
//! | `table` | boxes |
//!
//! JSON and tables show a result whole; text shows each page when it is there.

mod json;
mod table;
mod text;

use std::io::{self, IsTerminal, Write};

use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::env;
use crate::errors::Failed;
use crate::query::Query;

pub(crate) use json::json;

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
}

impl Printer {
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
        Ok(match self.form {
            Form::Json if result.as_object().is_some_and(serde_json::Map::is_empty) => String::new(),
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

/// Columns, each as wide as its widest cell.
pub(crate) fn columns(columns: &[Vec<&str>]) -> String {
    let rows = columns.first().map_or(0, Vec::len);
    let cell =
        |column: usize, row: usize| crate::errors::printable(columns[column].get(row).copied().unwrap_or_default());
    let widths: Vec<usize> = (0..columns.len())
        .map(|column| (0..rows).map(|row| table::width(&cell(column, row))).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in 0..rows {
        let mut line = String::new();
        for (column, widest) in widths.iter().enumerate() {
            let cell = cell(column, row).replace(['\n', '\t'], " ");
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

/// Writes a line to stderr. There is nobody to tell if that fails.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether to write in colors, by `--color`.
pub(crate) fn in_color(option: Option<&str>) -> bool {
    match option {
        Some("on") => true,
        Some("off") => false,
        _ => {
            env::text("NO_COLOR").is_none()
                && env::text("TERM").as_deref() != Some("dumb")
                && io::stdout().is_terminal()
        }
    }
}
