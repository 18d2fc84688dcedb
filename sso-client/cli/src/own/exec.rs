//! `exec`: a command with role credentials in its environment, in one account or in several.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::accounts::{self, Credentials};
use super::{ACCOUNT, ALL, Call, ROLE, TOKEN};
use crate::args::{Opt, Takes};
use crate::config::Profile;
use crate::errors::{Failed, printable_line};
use crate::{env, python};

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    ACCOUNT,
    ALL,
    ROLE,
    (Opt::own("parallel", Takes::Integer), "How many commands run at once in several accounts; 4 by default."),
    TOKEN,
];

/// Variables that would contradict the credentials.
const CLEARED: &[&str] = &[
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// The exit status of shells for a command that is not there, and for one that cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    let Some((program, arguments)) = call.command.as_deref().and_then(<[OsString]>::split_first) else {
        return Err(Failed::usage("there is no command to run").hint("sso exec --profile dev -- aws s3 ls"));
    };
    let (session, all) = call.block_on(accounts::all(call, true))?;
    let globals = &call.prepared.globals;
    let profile = Profile::load(globals.profile.as_deref()).unwrap_or_default();
    let region = globals.region.clone().or_else(|| profile.get("region").map(str::to_owned));
    let region = region.or_else(|| env::text("AWS_REGION")).or_else(|| env::text("AWS_DEFAULT_REGION"));
    let region = region.unwrap_or_else(|| session.region().to_owned());
    let command = |credentials: &Credentials| {
        let mut command = Command::new(program);
        command.args(arguments);
        CLEARED.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.envs(credentials.variables().into_iter().map(|(name, value)| (name, OsString::from(value))));
        command.env("AWS_REGION", &region).env("AWS_DEFAULT_REGION", &region);
        command
    };
    match all.as_slice() {
        [credentials] => replace(command(credentials), program),
        several => {
            let most = call.parsed.value("parallel").and_then(python::int).and_then(|most| usize::try_from(most).ok());
            parallel(several, most.unwrap_or(4).max(1), command, program)
        }
    }
}

fn not_run(program: &OsStr, error: &std::io::Error) -> Failed {
    let exit = if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN };
    let failed = Failed::new(exit, format!("{} cannot be run: {error}", program.display()));
    failed.maybe_hint((exit == NOT_FOUND).then_some("is it installed, and in PATH?"))
}

#[cfg(unix)]
fn replace(mut command: Command, program: &OsStr) -> Result<(), Failed> {
    use std::os::unix::process::CommandExt;
    // Only a failure comes back.
    Err(not_run(program, &command.exec()))
}

#[cfg(not(unix))]
fn replace(mut command: Command, program: &OsStr) -> Result<(), Failed> {
    let status = command.status().map_err(|error| not_run(program, &error))?;
    match status.code() {
        Some(0) => Ok(()),
        code => Err(Failed { silent: true, ..Failed::new(u8::try_from(code.unwrap_or(1)).unwrap_or(1), "") }),
    }
}

/// Runs the command in each account, so many at once. Each line of output has the account in front.
fn parallel(
    all: &[Credentials],
    most: usize,
    command: impl Fn(&Credentials) -> Command + Sync,
    program: &OsStr,
) -> Result<(), Failed> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let fail = |text: String| failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text);
    std::thread::scope(|scope| {
        for _ in 0..most.min(all.len()) {
            scope.spawn(|| {
                while let Some(credentials) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // It comes from a server, and may hold what steers a terminal.
                    let account = &printable_line(&credentials.account_id);
                    let mut command = command(credentials);
                    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
                    let mut child = match command.spawn() {
                        Ok(child) => child,
                        Err(error) => {
                            fail(format!("{account} ({})", not_run(program, &error).message));
                            continue;
                        }
                    };
                    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
                    std::thread::scope(|scope| {
                        scope.spawn(|| label(account, stdout, std::io::stdout()));
                        label(account, stderr, std::io::stderr());
                    });
                    match child.wait() {
                        Ok(status) if status.success() => {}
                        Ok(status) => fail(format!("{account} ({status})")),
                        Err(error) => fail(format!("{account} ({error})")),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failed::new(
        1,
        format!("{} failed in {} of {} accounts: {}", program.display(), failed.len(), all.len(), failed.join(", ")),
    ))
}

fn label(account: &str, from: Option<impl Read>, mut to: impl Write) {
    let Some(from) = from else { return };
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        if !line.ends_with(b"\n") {
            line.push(b'\n');
        }
        // One call a line, so that lines of several accounts do not mix.
        if to.write_all(&[account.as_bytes(), b": ", &line].concat()).is_err() {
            return;
        }
        line.clear();
    }
}
