//! What is fed with mutated inputs: parts of the program that take text from outside. No API.

use std::ffi::OsString;

use crate::errors::Failed;
use crate::output::{Form, Printer};
use crate::own;
use crate::query::Query;

fn told(failed: Failed) -> String {
    match failed.hint {
        Some(hint) => format!("{}; {hint}", failed.message),
        None => failed.message,
    }
}

/// Runs the program, and returns what it would report.
///
/// # Errors
///
/// If the program fails.
pub fn run(arguments: Vec<OsString>) -> Result<(), String> {
    crate::run(arguments).map_err(told)
}

/// Returns what a query finds in a JSON text, in each form that results are printed in: for programs, then for a terminal.
///
/// # Errors
///
/// If the query is invalid or fails, or if what it finds cannot be printed in one of the forms.
pub fn query(query: &str, json: &str) -> Result<Vec<String>, String> {
    let query = Some(Query::compile(query).map_err(told)?);
    let value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let forms = [false, true].map(|escape| [Form::Json, Form::Text, Form::Table].map(|form| (form, escape)));
    let printers = forms.into_iter().flatten();
    let printers = printers.map(|(form, escape)| Printer { form, query: query.clone(), color: false, escape });
    printers.map(|printer| printer.text("Fuzz", &value).map_err(told)).collect()
}

/// Returns a config file with a profile for each name, for the role `Audit` of the account.
///
/// # Errors
///
/// If the file cannot be changed.
pub fn configure(text: &str, accounts: &[(&str, &str)], prune: bool) -> Result<String, String> {
    own::configured(text, accounts, prune).map_err(told)
}
