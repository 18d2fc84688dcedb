//! Feeds programs with mutated inputs, and stops at a panic, an input that takes over a second, or more than 1 GiB.
//!
//! ```text
//! cargo run --release --manifest-path xtask/fuzz/Cargo.toml -- [TARGET…] [--seconds N | --runs N] [--seed S]
//! cargo run --release --manifest-path xtask/fuzz/Cargo.toml -- TARGET --input FILE
//! ```
//!
//! The first inputs are those of `corpus/TARGET/`; the others are mutations of them, determined by the seed. An input that
//! fails is written to `target/fuzz/`, and `--input` runs it again. After an abort, for which there is no time to write it,
//! the same seed leads to it.

mod mutate;
mod targets;

use std::alloc::System;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use targets::{TARGETS, Target};

/// Allocations beyond the limit fail, which aborts the program.
#[global_allocator]
static ALLOCATOR: cap::Cap<System> = cap::Cap::new(System, 1 << 30);

/// What no input may take.
const LIMIT: Duration = Duration::from_secs(1);

/// After which time an input that still runs is taken for one that never ends.
const HUNG: Duration = Duration::from_secs(30);

/// An input that is being run.
struct Running {
    since: Instant,
    file: PathBuf,
    input: Vec<u8>,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

fn running() -> MutexGuard<'static, Option<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the program at an input that does not end.
fn watch() {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        if let Some(found) = running().as_ref().filter(|found| found.since.elapsed() > HUNG) {
            println!("an input does not end: {}", save(&found.file, &found.input));
            std::process::exit(1);
        }
    }
}

fn save(file: &Path, input: &[u8]) -> String {
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("created");
    std::fs::write(file, input).expect("written");
    file.display().to_string()
}

struct Options {
    targets: Vec<&'static Target>,
    seconds: u64,
    runs: u64,
    seed: u64,
    input: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { targets: Vec::new(), seconds: 10, runs: u64::MAX, seed: 1, input: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number =
            || arguments.next().and_then(|value| value.parse().ok()).ok_or(format!("{argument} needs a number"));
        match argument.as_str() {
            "--seconds" => options.seconds = number()?,
            "--runs" => (options.runs, options.seconds) = (number()?, u64::MAX / 2),
            "--seed" => options.seed = number()?,
            "--input" => options.input = arguments.next().map(PathBuf::from),
            name => match TARGETS.iter().find(|target| target.name == name) {
                Some(target) => options.targets.push(target),
                None => {
                    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
                    return Err(format!("there is no target {name}; there are {}", names.join(", ")));
                }
            },
        }
    }
    if options.targets.is_empty() {
        options.targets.extend(TARGETS);
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
    std::thread::spawn(watch);
    let mut failures = 0;
    for target in &options.targets {
        if let Some(file) = &options.input {
            let input = std::fs::read(file).expect("the input can be read");
            failures += usize::from(!run(target, &input, file).0);
        } else {
            failures += fuzz(target, &options);
        }
    }
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a target until time or runs are used up. Returns how many inputs failed; a tenth ends it.
fn fuzz(target: &Target, options: &Options) -> usize {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut corpus = mutate::read(&folder);
    corpus.extend((target.seeds)());
    assert!(!corpus.is_empty(), "{} has no corpus", target.name);
    let (start, mut runs, mut failures) = (Instant::now(), 0_u64, 0);
    let mut slowest = Duration::ZERO;
    while runs < options.runs && start.elapsed() < Duration::from_secs(options.seconds) && failures < 10 {
        let input = match corpus.get(usize::try_from(runs).unwrap_or(usize::MAX)) {
            Some(input) => input.clone(),
            None => (target.mutate)(&mut random, &corpus),
        };
        runs += 1;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/fuzz/{}-{runs}", target.name));
        let (held, took) = run(target, &input, &file);
        slowest = slowest.max(took);
        if !held {
            failures += 1;
            println!("{}: an input failed after {took:?}: {}", target.name, save(&file, &input));
        }
    }
    println!(
        "{:<14} {runs:>9} runs in {:>6.1?}, seed {}, slowest {slowest:.1?}, {failures} failures",
        target.name,
        start.elapsed(),
        options.seed
    );
    failures
}

/// Runs an input; returns whether it held what it must, and how long it took.
fn run(target: &Target, input: &[u8], file: &Path) -> (bool, Duration) {
    let since = Instant::now();
    *running() = Some(Running { since, file: file.to_owned(), input: input.to_owned() });
    let held = catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok();
    *running() = None;
    let took = since.elapsed();
    (held && took <= LIMIT, took)
}
