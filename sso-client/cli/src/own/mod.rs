//! The commands that AWS CLI v1 does not have.
//!
//! | module | what it does |
//! | --- | --- |
//! | here | the table of these commands, and what they share |
//! | `session` | which session a command is about |
//! | `login` | `login` and `logout` |
//! | `status` | `status` |
//! | `roles` | `roles` |
//! | `accounts` | accounts by id or name, roles, and the credentials of both |
//! | `browser` | opens pages |
//! | `pick` | chooses one of several on a terminal |
//! | `known` | which roles were listed and used last, for completion and choices |
//! | `export` | the forms in which shells and programs take credentials |
//! | `exec` | `exec` |
//! | `configure` | profiles for accounts and roles, in the config file |
//! | `console` | a URL that signs a browser in |
//! | `completions` | `completions`, and the names that it completes |
//! | `time` | points in time as text |
//!
//! Their options need their whole names.

mod accounts;
mod browser;
mod completions;
mod configure;
mod console;
mod exec;
mod export;
mod known;
mod login;
mod pick;
mod roles;
pub(crate) mod session;
mod status;
mod time;

pub(crate) use configure::configured;
pub(crate) use login::logout;

use std::ffi::OsString;

use crate::args::{self, GLOBAL, Opt, Parsed, Takes};
use crate::call::Prepared;
use crate::errors::Failed;

/// A command.
pub(crate) struct Own {
    pub(crate) name: &'static str,
    /// In one sentence.
    pub(crate) docs: &'static str,
    pub(crate) options: &'static [(Opt, &'static str)],
    /// Whether its list may be printed as comma-separated values.
    pub(crate) csv: bool,
    /// The option whose value may also stand alone.
    pub(crate) positional: Option<&'static str>,
    pub(crate) examples: &'static [&'static str],
    run: fn(&Call<'_>) -> Result<(), Failed>,
}

/// What a command is called with.
pub(crate) struct Call<'c> {
    pub(crate) prepared: &'c Prepared,
    pub(crate) parsed: Parsed,
    /// What stands behind `--`.
    pub(crate) command: Option<Vec<OsString>>,
}

const ACCOUNT: (Opt, &str) =
    (Opt::own("account", Takes::Text), "An account: its id or its name. May be given several times.");
const ROLE: (Opt, &str) = (Opt::own("role", Takes::Text), "The name of the role.");
const ALL: (Opt, &str) = (Opt::own("all-accounts", Takes::Nothing), "Every account in which the user has the role.");
const TOKEN: (Opt, &str) = (Opt::own("login", Takes::Nothing), "Signs in first where that is needed.");

/// All of them, in the order of help.
pub(crate) const OWN: &[Own] = &[
    Own {
        name: "login",
        docs: "Signs in, unless the session is valid.",
        options: login::OPTIONS,
        csv: false,
        positional: None,
        examples: &["sso login --profile dev", "sso login --sso-session corp --flow device-code"],
        run: login::login,
    },
    Own {
        name: "status",
        docs: "Shows sessions; exits with 1 if none is usable.",
        options: &[],
        csv: false,
        positional: None,
        examples: &["sso status", "sso status --sso-session corp --output json"],
        run: status::run,
    },
    Own {
        name: "roles",
        docs: "Lists every account and role.",
        options: roles::OPTIONS,
        csv: true,
        positional: None,
        examples: &["sso roles --profile dev", "sso roles --output csv > roles.csv"],
        run: roles::run,
    },
    Own {
        name: "export",
        docs: "Prints role credentials for a shell or program.",
        options: export::OPTIONS,
        csv: false,
        positional: None,
        examples: &[
            "eval \"$(sso export --profile dev)\"",
            "sso export --account 111122223333 --role Audit --format json",
        ],
        run: export::run,
    },
    Own {
        name: "exec",
        docs: "Runs a command with role credentials.",
        options: exec::OPTIONS,
        csv: false,
        positional: None,
        examples: &["sso exec --profile dev -- aws s3 ls", "sso exec --all-accounts --role Audit -- ./check.sh"],
        run: exec::run,
    },
    Own {
        name: "credential-process",
        docs: "Prints role credentials for credential_process.",
        options: &[ACCOUNT, ROLE, TOKEN],
        csv: false,
        positional: None,
        examples: &[
            "credential_process = sso credential-process --sso-session corp --account 111122223333 --role Audit",
        ],
        run: export::credential_process,
    },
    Own {
        name: "configure",
        docs: "Writes a profile for each account and role.",
        options: configure::OPTIONS,
        csv: false,
        positional: None,
        examples: &["sso configure --sso-session corp --dry-run", "sso configure --sso-session corp --prune"],
        run: configure::run,
    },
    Own {
        name: "console",
        docs: "Prints or opens a URL that signs in to the console.",
        options: console::OPTIONS,
        csv: false,
        positional: None,
        examples: &["sso console --profile dev --open"],
        run: console::run,
    },
    Own {
        name: "completions",
        docs: "Prints a script for completion in a shell.",
        options: completions::OPTIONS,
        csv: false,
        positional: Some("shell"),
        examples: &["source <(sso completions bash)", "sso completions fish | source"],
        run: completions::run,
    },
    Own {
        name: "man",
        docs: "Prints the manual page.",
        options: &[],
        csv: false,
        positional: None,
        examples: &["sso man > ~/.local/share/man/man1/sso.1"],
        run: |_| crate::help::man(),
    },
];

/// The command of a name.
pub(crate) fn by_name(name: &str) -> Option<&'static Own> {
    OWN.iter().find(|own| own.name == name)
}

/// Cuts off what stands behind `--`, where it is a command's command.
pub(crate) fn split_command(words: &mut Vec<OsString>) -> Option<Vec<OsString>> {
    let index = words.iter().position(|word| word == "--")?;
    let is_exec = words[..index].iter().any(|word| word == "exec");
    is_exec.then(|| words.split_off(index).split_off(1))
}

/// Parses the options of a command and runs it.
pub(crate) fn run(
    own: &'static Own,
    prepared: &Prepared,
    rest: Parsed,
    command: Option<Vec<OsString>>,
) -> Result<(), Failed> {
    let help = || Failed::usage(String::new()).hint(format!("sso help {} shows how it is used", own.name));
    if rest.rest.first().is_some_and(|word| word == "help") || rest.rest.iter().any(|word| word == "--help") {
        return crate::help::run(Some(own.name));
    }
    let options: Vec<Opt> = own.options.iter().map(|(option, _)| *option).collect();
    let mut words = rest.rest;
    let mut dashes = rest.before_dashes;
    if let (Some(option), Some(first)) = (own.positional, words.first())
        && !first.starts_with('-')
    {
        words.insert(0, format!("--{option}"));
        dashes += 1;
    }
    let parsed = args::parse(&options, words, Some(dashes))?;
    if let Some(unknown) = parsed.rest.first() {
        let names = options.iter().chain(GLOBAL).map(|option| option.name);
        let near = unknown.strip_prefix("--").and_then(|name| crate::help::nearest(name, names));
        let failed = Failed::usage(format!("unknown option or argument: {unknown}"));
        return Err(match near {
            Some(near) => failed.hint(format!("did you mean --{near}?")),
            None => Failed { hint: help().hint, ..failed },
        });
    }
    (own.run)(&Call { prepared, parsed, command })
}

impl Call<'_> {
    /// Runs a future on this thread.
    fn block_on<T>(&self, future: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
    }
}
