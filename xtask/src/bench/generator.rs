//! Measures time and peak memory of the generator: `codegen` without changes, and `emit` of a large model.
//!
//! Each run is a process of this program, which prints its figures at the end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::harness::{Harness, run};
use crate::codegen::Mode;
use crate::emit::{self, Request};
use crate::workspace;

/// The figures of the generator for one model.
#[derive(Clone, Debug)]
pub(super) struct Generation {
    pub(super) what: String,
    /// The size of the model, in bytes.
    pub(super) bytes: f64,
    /// The time, as the median of the runs.
    pub(super) seconds: f64,
    pub(super) peak: f64,
}

/// The output folder that stands for `codegen --check`.
const CODEGEN: &str = "-";

/// Measures `codegen`, and `emit` of the largest model.
pub(super) fn measure(harness: &mut Harness<'_>) -> Result<Vec<Generation>> {
    let own = harness.root.join("model/sso-2019-06-10.json");
    let largest = match &harness.options.model {
        Some(model) => model.clone(),
        None => largest().unwrap_or_else(|| own.clone()),
    };
    let out = harness.target().join("emitted");
    let runs = if harness.options.quick { 1 } else { 5 };
    let mut generations = Vec::new();
    for (what, model, out) in [("codegen", own, Path::new(CODEGEN)), ("emit", largest, &*out)] {
        let bytes = std::fs::metadata(&model).with_context(|| format!("cannot read {}", model.display()))?.len();
        let what = format!("{what} of {}", model.file_name().unwrap_or_default().to_string_lossy());
        (harness.print)(format!("measuring {what}"));
        let mut all = Vec::new();
        for _ in 0..runs {
            let mut command = Command::new(own_program()?);
            command.args(["bench", "--generate"]).args([&*model, out]);
            let output = run(command)?;
            let text = String::from_utf8_lossy(&output.stdout);
            let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
            let [seconds, peak] = numbers[..] else {
                bail!("unexpected output of the generator: {text}");
            };
            all.push((seconds, peak));
        }
        all.sort_by(|left, right| left.0.total_cmp(&right.0));
        let (seconds, peak) = all[all.len() / 2];
        #[allow(clippy::cast_precision_loss, reason = "no model is that large")]
        generations.push(Generation { what, bytes: bytes as f64, seconds, peak });
    }
    Ok(generations)
}

/// Returns the path of this program, on Linux also after it was replaced by a newer build.
fn own_program() -> Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() {
        return Ok(running);
    }
    std::env::current_exe().context("cannot find the running program")
}

/// Generates once, and returns seconds and peak bytes.
pub(super) fn run_once(root: &Path, model: &Path, out: &Path) -> Result<String> {
    let started = Instant::now();
    if out == Path::new(CODEGEN) {
        crate::codegen::run(root, Mode::Check, &mut |_| {})?;
    } else {
        // Some models need unsupported features in a few operations.
        let request = Request {
            model: model.to_path_buf(),
            out: out.to_path_buf(),
            skip_unsupported: true,
            ..Request::default()
        };
        emit::run(root, &request)?;
    }
    Ok(format!("{} {}", started.elapsed().as_secs_f64(), peak()))
}

/// Returns the largest of the published models, if they are available.
fn largest() -> Option<PathBuf> {
    let entries = std::fs::read_dir(workspace::suites_dir()?.join("models/restjson1")).ok()?;
    let models = entries.flatten().map(|entry| entry.path());
    let models = models.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    models.max_by_key(|path| path.metadata().map(|metadata| metadata.len()).unwrap_or_default())
}

/// Returns the peak resident memory of this process in bytes, or 0 if unknown.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
