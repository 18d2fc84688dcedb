//! The process that runs the inputs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fuzz::targets::Target;

use crate::last_input::LastInputs;
use crate::{Options, save};

/// What no input may take.
const LIMIT: Duration = Duration::from_secs(1);
/// How many inputs are written at once before they are run: one by one, that is a seventh of the time of the fastest target.
const BATCH: u64 = 16;
/// How many inputs may fail before a target is given up.
const ENOUGH: u32 = 10;

/// The status of a child that has told of inputs that failed.
pub(crate) const FAILED: u8 = 1;
/// The status of a child whose input does not end.
pub(crate) const HUNG: u8 = 3;

/// How many inputs were begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);
/// Panics, those in tasks and in other threads included.
static PANICS: AtomicU64 = AtomicU64::new(0);

pub(crate) fn run(options: Options) -> ExitCode {
    let show = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        show(panic);
    }));
    let patience = options.patience;
    std::thread::spawn(move || watch(patience));
    // With the stack that threads have unless they ask for more: 2 MiB.
    let failures = std::thread::spawn(move || fuzz(&options)).join();
    if matches!(failures, Ok(0)) { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

/// Ends the program at an input that does not end.
fn watch(patience: u64) {
    let (mut last, mut seconds) = (0, 0);
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let begun = BEGUN.load(Ordering::Relaxed);
        seconds = if begun == last { seconds + 1 } else { 0 };
        last = begun;
        if begun > 0 && seconds >= patience {
            std::process::exit(HUNG.into());
        }
    }
}

/// Runs a target until time or runs are used up. Returns how many inputs failed.
fn fuzz(options: &Options) -> u32 {
    let target = options.targets.first().expect("a target");
    let (runs, seconds) = if options.input.is_some() { (1, u64::MAX / 2) } else { (options.runs, options.seconds) };
    let mut random = fastrand::Rng::with_seed(options.seed);
    let corpus = match &options.input {
        Some(file) => vec![std::fs::read(file).expect("the input can be read")],
        None => target.corpus(),
    };
    assert!(!corpus.is_empty(), "{} has no corpus", target.name);
    let file: &Path = options.child.as_deref().expect("the parent names a file");
    let mut last = LastInputs::create(file).expect("the file of the last inputs");
    let start = Instant::now();
    let (mut run, mut failures, mut slowest) = (0_u64, 0, Duration::ZERO);
    while run < runs && start.elapsed() < Duration::from_secs(seconds) && failures < ENOUGH {
        let mut input = |run: u64| match usize::try_from(run).ok().and_then(|run| corpus.get(run)) {
            Some(input) => input.clone(),
            None => (target.mutate)(&mut random, &corpus),
        };
        let batch: Vec<_> = (run..runs.min(run + BATCH)).map(&mut input).collect();
        last.write(&batch).expect("the last inputs are written");
        for input in &batch {
            run += 1;
            let (held, mut took) = timed(target, input);
            if took > LIMIT / 10 {
                // Or was the machine busy with something else?
                took = took.min(timed(target, input).1);
            }
            slowest = slowest.max(took);
            if !held || took > LIMIT {
                failures += 1;
                let kept = save(&format!("{}-{}-{run}", target.name, options.seed), input);
                eprintln!("{}: an input fails after {took:.1?}: {kept}", target.name);
            }
        }
    }
    eprintln!(
        "{:<14} {run:>9} runs in {:>6.1?}, seed {}, slowest {slowest:.1?}, {failures} failures",
        target.name,
        start.elapsed(),
        options.seed
    );
    failures
}

/// Runs an input; returns whether it held what it must, and how long it took.
fn timed(target: &Target, input: &[u8]) -> (bool, Duration) {
    BEGUN.fetch_add(1, Ordering::Relaxed);
    let (since, panics) = (Instant::now(), PANICS.load(Ordering::Relaxed));
    let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok();
    (ended && PANICS.load(Ordering::Relaxed) == panics, since.elapsed())
}
