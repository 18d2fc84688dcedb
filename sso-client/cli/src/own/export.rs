//! `export` and `credential-process`: credentials in the form that a shell or program takes.
//!
//! What AWS issues is written as `aws configure export-credentials` writes it. Any other value is quoted for the
//! shell, so that `eval` never runs what came from a server; what a form cannot carry is an error.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::accounts::{self, Credentials};
use super::{ACCOUNT, Call, ROLE, TOKEN};
use crate::args::{Opt, Takes};
use crate::errors::Failed;
use crate::output;

const FORMATS: &[&str] = &["env", "env-no-export", "fish", "powershell", "windows-cmd", "process", "json", "dotenv"];

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    ACCOUNT,
    ROLE,
    (Opt::own("format", Takes::Choice(FORMATS)), "The form; env by default."),
    (Opt::own("unset", Takes::Nothing), "Prints what clears the variables, and fetches nothing."),
    TOKEN,
];

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    let format = call.parsed.value("format").unwrap_or("env");
    if call.parsed.has("unset") {
        return output::write(&unset(format)?);
    }
    let (_, all) = call.block_on(accounts::all(call, true))?;
    let text = match (format, all.as_slice()) {
        ("json", several) if several.len() > 1 => {
            let objects = several.iter().map(|credentials| Value::Object(json(credentials)));
            output::json(&objects.collect()) + "\n"
        }
        (_, [credentials]) => formatted(format, credentials)?,
        _ => return Err(Failed::usage(format!("--format {format} takes one account; --format json takes several"))),
    };
    output::write(&text)
}

/// Prints the document that AWS's tools read from a `credential_process`.
pub(super) fn credential_process(call: &Call<'_>) -> Result<(), Failed> {
    let (_, all) = call.block_on(accounts::all(call, false)).map_err(Failed::in_one_line)?;
    match all.as_slice() {
        [credentials] => output::write(&formatted("process", credentials)?),
        _ => Err(Failed::usage("credential-process takes one account")),
    }
}

fn json(credentials: &Credentials) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("AccountId".to_owned(), Value::from(credentials.account_id.as_str()));
    members.insert("RoleName".to_owned(), Value::from(credentials.role_name.as_str()));
    members.extend(credentials.members());
    members
}

/// Credentials in a form.
fn formatted(format: &str, credentials: &Credentials) -> Result<String, Failed> {
    let mut text = String::new();
    match format {
        "process" => {
            let mut members = Map::from_iter([("Version".to_owned(), Value::from(1))]);
            members.extend(credentials.members());
            // Two blanks, as there.
            let written = serde_json::to_string_pretty(&members);
            text = written.map_err(|error| Failed::failure(error.to_string()))? + "\n";
        }
        "json" => text = output::json(&Value::Object(json(credentials))) + "\n",
        _ => {
            for (name, value) in credentials.variables() {
                let _ = writeln!(text, "{}", line(format, name, value)?);
            }
        }
    }
    Ok(text)
}

/// The line that sets a variable.
fn line(format: &str, name: &str, value: &str) -> Result<String, Failed> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_.:@-".contains(&byte));
    let refused = |why: &str| {
        Err(Failed::failure(format!("--format {format} cannot carry the value of {name}: {why}"))
            .hint("--format json can; values of AWS are never like that, so look at the endpoint first"))
    };
    if value.contains(char::is_control) {
        return refused("it holds a control character");
    }
    let single = || format!("'{}'", value.replace('\'', r"'\''"));
    Ok(match format {
        "env" | "env-no-export" => {
            let value = if plain { value.to_owned() } else { single() };
            format!("{}{name}={value}", if format == "env" { "export " } else { "" })
        }
        "dotenv" if plain => format!("{name}={value}"),
        "dotenv" if value.contains('\'') => return refused("it holds a quote"),
        "dotenv" => format!("{name}='{value}'"),
        "fish" => format!("set -gx {name} \"{}\"", escaped(value, '\\', &['\\', '"', '$'])),
        // There, typographic quotes are quotes.
        "powershell" => {
            let special = ['`', '"', '$', '\u{201c}', '\u{201d}', '\u{201e}'];
            format!("$Env:{name}=\"{}\"", escaped(value, '`', &special))
        }
        "windows-cmd" if plain => format!("set {name}={value}"),
        _ => return refused("it holds more than letters, digits and +/=_.:@-"),
    })
}

fn escaped(value: &str, escape: char, special: &[char]) -> String {
    let chars = value.chars().flat_map(|char| special.contains(&char).then_some(escape).into_iter().chain([char]));
    chars.collect()
}

/// What clears the variables.
fn unset(format: &str) -> Result<String, Failed> {
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];
    let lines = names.map(|name| match format {
        "env" | "env-no-export" => Some(format!("unset {name}\n")),
        "fish" => Some(format!("set -e {name}\n")),
        "powershell" => Some(format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue\n")),
        "windows-cmd" => Some(format!("set {name}=\n")),
        _ => None,
    });
    let text = lines.into_iter().collect::<Option<String>>();
    text.ok_or_else(|| Failed::usage(format!("--format {format} sets no variables that --unset could clear")))
}

#[cfg(test)]
mod tests;
