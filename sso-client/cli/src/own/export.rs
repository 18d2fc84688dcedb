//! `export` and `credential-process`: credentials in the form that a shell or program takes.
//!
//! What AWS issues is written as `aws configure export-credentials` writes it. Any other value is quoted for the
//! shell, so that `eval` never runs what came from a server; what a form cannot carry is an error.

use serde_json::{Map, Value};
use sso_client::runtime::base::steers;
use zeroize::Zeroizing;

use super::accounts::{self, Credentials};
use super::{ACCOUNT, Call, ROLE, TOKEN};
use crate::args::{Opt, Takes};
use crate::errors::Failed;
use crate::output::{self, Secret};

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
            let objects = Secret(several.iter().map(json).collect());
            Zeroizing::new(output::escaped_json(output::json(&objects.0)) + "\n")
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

/// Role and credentials in one object.
fn json(credentials: &Credentials) -> Value {
    let mut members = Map::new();
    members.insert("AccountId".to_owned(), Value::from(credentials.account_id.as_str()));
    members.insert("RoleName".to_owned(), Value::from(credentials.role_name.as_str()));
    members.extend(credentials.members());
    Value::Object(members)
}

/// Credentials in a form.
fn formatted(format: &str, credentials: &Credentials) -> Result<Zeroizing<String>, Failed> {
    // Growing would leave copies of secrets.
    let length: usize = credentials.variables().iter().map(|(name, value)| room(name, value)).sum();
    let mut text = Zeroizing::new(String::with_capacity(length + 256));
    match format {
        "process" => {
            let mut members = Map::from_iter([("Version".to_owned(), Value::from(1))]);
            members.extend(credentials.members());
            let document = Secret(Value::Object(members));
            let mut bytes = Zeroizing::new(Vec::with_capacity(length + 256));
            // Two blanks, as there.
            let written = serde_json::to_writer_pretty(&mut *bytes, &document.0);
            written.map_err(|error| Failed::failure(error.to_string()))?;
            text.push_str(&String::from_utf8_lossy(&bytes));
            text = Zeroizing::new(output::escaped_json(std::mem::take(&mut *text)));
            text.push('\n');
        }
        "json" => {
            text = Zeroizing::new(output::escaped_json(output::json(&Secret(json(credentials)).0)));
            text.push('\n');
        }
        _ => {
            for (name, value) in credentials.variables() {
                text.push_str(&line(format, name, value)?);
                text.push('\n');
            }
        }
    }
    Ok(text)
}

/// As many bytes as the line of a variable can take.
fn room(name: &str, value: &str) -> usize {
    name.len() + 4 * value.len() + 32
}

/// The line that sets a variable.
fn line(format: &str, name: &str, value: &str) -> Result<Zeroizing<String>, Failed> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_.:@-".contains(&byte));
    let refused = |why: &str| {
        Err(Failed::failure(format!("--format {format} cannot carry the value of {name}: {why}"))
            .hint("--format json can; values of AWS are never like that, so look at the endpoint first"))
    };
    if value.contains(steers) {
        return refused("it holds a control character");
    }
    let (before, quote, after, special): (_, _, _, &[(char, &str)]) = match format {
        "env" | "env-no-export" | "dotenv" => {
            let before = if format == "env" { "export " } else { "" };
            if plain {
                (before, "", "", &[])
            } else if format == "dotenv" && value.contains('\'') {
                return refused("it holds a quote");
            } else {
                (before, "'", "'", &[('\'', r"'\''")])
            }
        }
        "fish" => ("set -gx ", "\"", "\"", &[('\\', r"\\"), ('"', "\\\""), ('$', r"\$")]),
        // There, typographic quotes are quotes.
        "powershell" => {
            let special = &[
                ('`', "``"),
                ('"', "`\""),
                ('$', "`$"),
                ('\u{201c}', "`\u{201c}"),
                ('\u{201d}', "`\u{201d}"),
                ('\u{201e}', "`\u{201e}"),
            ];
            ("$Env:", "\"", "\"", special)
        }
        "windows-cmd" if plain => ("set ", "", "", &[]),
        _ => return refused("it holds more than letters, digits and +/=_.:@-"),
    };
    let mut text = Zeroizing::new(String::with_capacity(room(name, value)));
    let equals = if format == "fish" { " " } else { "=" };
    [before, name, equals, quote].iter().for_each(|part| text.push_str(part));
    for char in value.chars() {
        match special.iter().find(|(found, _)| *found == char) {
            Some((_, escaped)) => text.push_str(escaped),
            None => text.push(char),
        }
    }
    text.push_str(after);
    Ok(text)
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
