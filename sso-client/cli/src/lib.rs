//! `sso`: the commands of `aws sso`, driven by a table that is generated from the service's model.
//!
//! | module | what it does |
//! | --- | --- |
//! | `args` | parses arguments, with the habits of AWS CLI v1 |
//! | `table` | the table of operations |
//! | `call` | runs an operation |
//! | `own` | commands that AWS CLI v1 does not have |
//! | `config` | settings from options, environment and files |
//! | `files` | files that only their owner can read |
//! | `query` | `--query` |
//! | `output` | JSON, text and tables |
//! | `urls` | what is shown of URLs |
//! | `help` | what the program says of itself |
//!
//! # Invariants
//!
//! - No operation is named by hand outside of `table::session`, which is data.
//! - Results go to stdout, everything else to stderr.
//! - No secret is in what is shown but the one that was asked for.
//!
//! The program is what is published; this library is what it consists of, and no API.

mod args;
mod call;
mod config;
mod env;
mod errors;
mod files;
#[doc(hidden)]
pub mod fuzzing;
#[rustfmt::skip]
mod generated {
    pub(crate) mod commands;
}
mod help;
mod output;
mod own;
mod python;
mod query;
mod table;
mod urls;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{GLOBAL, Globals};
use errors::Failed;
use table::Command;

/// What `--version` prints.
const VERSION: &str = concat!("sso/", env!("CARGO_PKG_VERSION"));

/// Runs the program with these arguments, its name left out.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            failed.report();
            ExitCode::from(failed.exit)
        }
    }
}

fn run(mut words: Vec<OsString>) -> Result<(), Failed> {
    // What a command is run with may be anything; what this program is run with has to be text.
    let command = own::split_command(&mut words);
    let words = words.into_iter().map(|word| {
        let word = word.into_string();
        word.map_err(|word| Failed::usage(format!("the argument {:?} is no UTF-8", word.to_string_lossy())))
    });
    let words: Vec<String> = words.collect::<Result<_, _>>()?;
    let mut parsed = args::parse(GLOBAL, words, None)?;
    let name = parsed.take_positional();
    let own = name.as_deref().and_then(own::by_name);
    args::check_output(&parsed, own.is_some_and(|own| own.csv))?;
    if parsed.has("version") {
        return output::write(&format!("{VERSION}\n"));
    }
    let prepared = call::Prepared::new(Globals::of(&parsed))?;
    let Some(name) = name else {
        return Err(
            Failed::usage("the following arguments are required: operation").hint("sso help lists the commands")
        );
    };
    if name == "help" {
        return help::run(parsed.take_positional().as_deref());
    }
    if let Some(own) = own {
        return own::run(own, &prepared, parsed, command);
    }
    match Command::by_name(&name) {
        Some(_) if parsed.rest.first().is_some_and(|word| word == "help") => help::run(Some(&name)),
        Some(command) => call::run(command, prepared, parsed),
        None => Err(help::unknown(&name)),
    }
}
