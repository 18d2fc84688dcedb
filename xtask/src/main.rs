//! `cargo xtask <command>`.

use std::io::Write;
use std::process::ExitCode;

use lexopt::Arg;
use xtask::codegen::{Mode, Outcome};

const HELP: &str = "\
The workspace's own commands.

Usage: cargo xtask <command> [options]

Commands:
  codegen              Reads model/ and writes the generated part of sso-client
      --check          Writes nothing; shows a diff and fails when files are not up to date
      --dry-run        Writes nothing; says what would be written
  help                 Shows this text

Exit status: 0 when all is well, 1 when --check found differences, 2 when something could not be done.
";

enum Command {
    Help,
    Codegen(Mode),
}

fn main() -> ExitCode {
    let command = match parse(lexopt::Parser::from_env()) {
        Ok(command) => command,
        Err(error) => return fail(&format!("{error}\n\n{HELP}")),
    };
    match command {
        Command::Help => {
            say(HELP);
            ExitCode::SUCCESS
        }
        Command::Codegen(mode) => {
            match xtask::codegen::run(&xtask::workspace_root(), mode, &mut |line| say(&format!("{line}\n"))) {
                Ok(Outcome::Done) => ExitCode::SUCCESS,
                Ok(Outcome::Differs) => ExitCode::from(1),
                Err(error) => fail(&format!("{error}\n")),
            }
        }
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let command = match parser.next()? {
        None => return Ok(Command::Help),
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Command::Help),
        Some(Arg::Value(value)) => value,
        Some(other) => return Err(other.unexpected()),
    };
    match command.to_str() {
        Some("help") => Ok(Command::Help),
        Some("codegen") => {
            let mut mode = Mode::Write;
            while let Some(argument) = parser.next()? {
                let chosen = match argument {
                    Arg::Long("check") => Mode::Check,
                    Arg::Long("dry-run") => Mode::DryRun,
                    Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
                    other => return Err(other.unexpected()),
                };
                if mode != Mode::Write && mode != chosen {
                    return Err("--check and --dry-run exclude each other".into());
                }
                mode = chosen;
            }
            Ok(Command::Codegen(mode))
        }
        _ => Err(format!("there is no command {command:?}").into()),
    }
}

/// Prints to standard output. A reader that went away is no reason to panic.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn fail(text: &str) -> ExitCode {
    let _ = std::io::stderr().write_all(format!("error: {text}").as_bytes());
    ExitCode::from(2)
}
