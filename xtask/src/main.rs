//! `cargo xtask <command>`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use xtask::{Outcome, bench, call_sites, codegen, conformance, diff, emit, emit_all, migration, picture, update};

/// The workspace's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", args_override_self = true, after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Generates the clients of sso-client from model/.
    Codegen(codegen::Options),
    /// Compares two versions of a model, and shows what changes in the crate and which version it needs.
    Diff(Box<diff::Request>),
    /// Replaces a model by a new version: validates, shows the diff, generates, drafts the changelog.
    Update(update::Request),
    /// Generates a crate for a service that speaks restJson1, awsJson 1.0 or awsJson 1.1.
    Emit(emit::Request),
    /// Emits several models, checks the crates, runs their endpoint tests, and prints a table.
    EmitAll(emit_all::Options),
    /// Runs the protocol and endpoint tests of models against the clients generated from them.
    Conformance(conformance::Options),
    /// Compiles programs written against aws_sdk_sso against sso_client.
    CallSites(call_sites::Options),
    /// Compares the public items of AWS's clients with ours, and writes the migration page.
    Migration(migration::Options),
    /// Measures what a call costs, compared with a client written by hand.
    Bench(bench::Options),
    /// Draws the terminal of the README from a real run of the command line.
    Picture(picture::Options),
}

const EXIT_STATUS: &str = "\
Exit status:
  0  Success
  1  --check found differences, --fail-on a finding, a test failed, or a limit is exceeded
  2  Wrong arguments, or the command could not be carried out, such as for an unreadable model";

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::Failure) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Option<Command>) -> anyhow::Result<Outcome> {
    let root = xtask::workspace_root();
    let print = &mut |line: String| write(&format!("{line}\n"));
    match command {
        None => {
            write(&Cli::command().render_help().to_string());
            Ok(Outcome::Success)
        }
        Some(Command::Codegen(options)) => codegen::run(&root, options.mode(), print),
        Some(Command::Diff(request)) => diff::run(&root, &diff::Request { color: color(), ..*request }, &mut write),
        Some(Command::Update(request)) => update::run(&root, &update::Request { color: color(), ..request }, print),
        Some(Command::Emit(request)) => emit::run(&root, &request).map(|package| {
            let ::codegen::Size { operations, types, lines } = package.size;
            let out = request.out.display();
            print(format!("wrote {} to {out}: {operations} operations, {types} types, {lines} lines", package.name));
            package.notes.iter().for_each(|note| print(format!("note {note}")));
            package.left_out.iter().for_each(|line| print(format!("left out {line}")));
            print(format!("Next: `cargo doc --open` in {out}."));
            Outcome::Success
        }),
        Some(Command::EmitAll(options)) => emit_all::run(&root, &options, print),
        Some(Command::Conformance(options)) => conformance::run(&root, &options, print),
        Some(Command::CallSites(options)) => call_sites::run(&root, &options, print),
        Some(Command::Migration(options)) => migration::run(&root, &options, print),
        Some(Command::Bench(options)) => bench::run(&root, &options, print),
        Some(Command::Picture(options)) => picture::run(&root, &options, print),
    }
}

/// Whether standard output is a terminal whose user wants colors.
fn color() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stdout().is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Writes to standard output. A closed pipe is no error.
fn write(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
