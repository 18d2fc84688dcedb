//! Feeds programs with mutated inputs, and stops at a panic, an input that takes over a second, or more than 1 GiB.
//!
//! ```text
//! cargo run --release --manifest-path xtask/fuzz/Cargo.toml -- [TARGET…] [--seconds N | --runs N] [--seed S]
//! cargo run --release --manifest-path xtask/fuzz/Cargo.toml -- TARGET --input FILE
//! ```
//!
//! The first inputs are those of `corpus/TARGET/`; the others are mutations of them, determined by the seed.
//!
//! Each target runs in a process of its own, the child, which writes its inputs to a file before it runs them, a few at a
//! time. What ends the child (an abort, a stack overflow, an allocation beyond the limit, an input that does not end) leaves
//! them there, and the parent runs them one by one to tell which it was. An input that fails is kept in `target/fuzz/`, and
//! `--input` runs it again.

mod child;
mod last_input;

use std::alloc::System;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use fuzz::targets::{self, Target};

/// Allocations beyond the limit fail, which aborts the program.
#[global_allocator]
static ALLOCATOR: cap::Cap<System> = cap::Cap::new(System, 1 << 30);

struct Options {
    targets: Vec<&'static Target>,
    seconds: u64,
    runs: u64,
    seed: u64,
    /// After how many seconds an input that still runs is taken for one that never ends.
    patience: u64,
    /// One input instead of mutations.
    input: Option<PathBuf>,
    /// Where a child writes its inputs.
    child: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options =
        Options { targets: Vec::new(), seconds: 10, runs: u64::MAX, seed: 1, patience: 30, input: None, child: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{argument} needs a number"));
        match argument.as_str() {
            "--seconds" => options.seconds = number(value()?)?,
            "--runs" => (options.runs, options.seconds) = (number(value()?)?, u64::MAX / 2),
            "--seed" => options.seed = number(value()?)?,
            "--patience" => options.patience = number(value()?)?,
            "--input" => options.input = Some(value()?.into()),
            "--child" => options.child = Some(value()?.into()),
            name => match targets::named(name) {
                Some(target) => options.targets.push(target),
                None => {
                    let names: Vec<_> = targets::ALL.iter().map(|target| target.name).collect();
                    return Err(format!("there is no target {name}; there are {}", names.join(", ")));
                }
            },
        }
    }
    if options.targets.is_empty() {
        options.targets.extend(targets::ALL);
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    if options.child.is_some() {
        return child::run(options);
    }
    let failed = options.targets.iter().filter(|target| !in_child(target)).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The folder of inputs that failed.
fn failures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz")
}

/// Keeps an input; returns where.
fn save(name: &str, input: &[u8]) -> String {
    let file = failures().join(name);
    std::fs::create_dir_all(failures()).expect("created");
    std::fs::write(&file, input).expect("written");
    file.display().to_string()
}

/// Runs a target in a process of its own. Returns whether no input failed.
fn in_child(target: &Target) -> bool {
    let home = home();
    let last = home.path().join("last-inputs");
    // The options come last: each of them counts for every target.
    let options: Vec<_> = std::env::args().skip(1).filter(|argument| targets::named(argument).is_none()).collect();
    let options = options.into_iter();
    let status = child(target, options.clone(), &last);
    let inputs = last_input::read(&last);
    if !has_told(status) {
        // Of several, the first that ends a process again; all of them if it takes more than one input.
        let fails = |input: &Vec<u8>| {
            let file = save(&format!("{}-again", target.name), input);
            !has_told(child(target, options.clone().chain(["--input".to_owned(), file]), &last))
        };
        let found = if inputs.len() > 1 { inputs.iter().position(fails) } else { None };
        let found = found.map_or(&inputs[..], |found| &inputs[found..=found]);
        let what = if status.code() == Some(child::HUNG.into()) { "does not end" } else { "ends the process" };
        for (number, input) in found.iter().enumerate() {
            let name = format!("{}-{}-{number}", target.name, std::process::id());
            println!("{}: an input {what} ({status}): {}", target.name, save(&name, input));
        }
        if found.is_empty() {
            println!("{}: {status} before the first input", target.name);
        }
    }
    status.success()
}

/// What a child takes for the folder of its user: in memory, where there is a file system that is.
fn home() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

/// The command line is a part of it: it sees an environment of its own, with an endpoint where nothing listens, and what it
/// prints is lost.
fn child(target: &Target, options: impl Iterator<Item = String>, last: &Path) -> ExitStatus {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    let home = last.parent().expect("the folder that it is in");
    child.env_clear().env("HOME", home).env("TMPDIR", home).env("PATH", "");
    child.env("AWS_REGION", "eu-west-1").env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
    child.stdin(Stdio::null()).stdout(Stdio::null());
    child.arg(target.name).args(options).arg("--child").arg(last).status().expect("a process")
}

/// Whether a child has told of every input that failed.
fn has_told(status: ExitStatus) -> bool {
    status.success() || status.code() == Some(child::FAILED.into())
}
