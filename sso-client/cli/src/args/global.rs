//! The options of every command, as AWS CLI v1 has them.

use super::{Opt, Parsed, Takes, invalid_choice};
use crate::errors::Failed;

/// In the order in which an ambiguous beginning lists them, and last, what AWS CLI v1 does not have.
pub(crate) const GLOBAL: &[Opt] = &[
    Opt::flag("debug"),
    Opt::text("endpoint-url"),
    Opt::flag("no-verify-ssl"),
    Opt::flag("no-paginate"),
    Opt { name: "output", takes: Takes::ChoiceByCommand(OUTPUTS), required: false, whole: false },
    Opt::text("query"),
    Opt::text("profile"),
    Opt::text("region"),
    Opt::flag("version"),
    Opt::choice("color", &["on", "off", "auto"]),
    Opt::flag("no-sign-request"),
    Opt::text("ca-bundle"),
    Opt::text("cli-read-timeout"),
    Opt::text("cli-connect-timeout"),
    Opt::own("sso-session", Takes::Text),
];

/// The forms of output, of which the last is for lists of our own alone.
pub(crate) const OUTPUTS: &[&str] = &["json", "text", "table", CSV];

/// Comma-separated values.
pub(crate) const CSV: &str = "csv";

/// Fails when a form of output is none of the command's; `csv` says whether it has lists of our own.
pub(crate) fn check_output(parsed: &Parsed, csv: bool) -> Result<(), Failed> {
    let known: Vec<&str> = OUTPUTS.iter().copied().filter(|form| csv || *form != CSV).collect();
    if parsed.values("output").all(|form| known.contains(&form)) {
        return Ok(());
    }
    Err(invalid_choice("output", &known))
}

/// Their values.
#[derive(Debug, Default)]
pub(crate) struct Globals {
    pub(crate) debug: bool,
    pub(crate) endpoint_url: Option<String>,
    pub(crate) no_verify_ssl: bool,
    pub(crate) no_paginate: bool,
    pub(crate) output: Option<String>,
    pub(crate) query: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) color: Option<String>,
    pub(crate) ca_bundle: Option<String>,
    pub(crate) read_timeout: Option<String>,
    pub(crate) connect_timeout: Option<String>,
    pub(crate) sso_session: Option<String>,
}

impl Globals {
    /// What a pass found. That requests are not signed need not be asked for.
    pub(crate) fn of(parsed: &Parsed) -> Self {
        let text = |name| parsed.value(name).map(str::to_owned);
        Self {
            debug: parsed.has("debug"),
            endpoint_url: text("endpoint-url"),
            no_verify_ssl: parsed.has("no-verify-ssl"),
            no_paginate: parsed.has("no-paginate"),
            output: text("output"),
            query: text("query"),
            profile: text("profile").filter(|name| !name.is_empty()),
            region: text("region"),
            color: text("color"),
            ca_bundle: text("ca-bundle"),
            read_timeout: text("cli-read-timeout"),
            connect_timeout: text("cli-connect-timeout"),
            sso_session: text("sso-session"),
        }
    }
}
