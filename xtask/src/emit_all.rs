//! `cargo xtask emit-all`: emits, checks and tests several models.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::Outcome;
use crate::emit::{self, Request};

/// The arguments of `emit-all`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Models, or folders of models.
    #[arg(required = true, value_name = "PATH")]
    pub models: Vec<PathBuf>,
    /// The folder of the crates; the default is target/emitted.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Leaves out operations that need unsupported features, instead of refusing the model.
    #[arg(long)]
    pub skip_unsupported: bool,
}

/// Emits each model as a crate, checks it, runs its endpoint tests, and prints a table of the results.
///
/// Each call of `print` gets one or more lines.
///
/// # Errors
///
/// If a folder cannot be read or cargo cannot be started. A model that cannot be emitted fails its row only.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let out = options.out.clone().unwrap_or_else(|| root.join("target/emitted"));
    let mut table = String::from(
        "| model | KB | operations | types | lines | left out | generated in | checked in | warnings | endpoint tests |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let mut passed = true;
    let mut left_out = Vec::new();
    for model in models(&options.models)? {
        let stem = model.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let request = Request {
            out: out.join(&stem),
            model: model.clone(),
            skip_unsupported: options.skip_unsupported,
            ..Request::default()
        };
        // Problems of the model are those of the next step.
        let before_2025 = emit::expects_partitions_before_2025(root, &request).unwrap_or_default();
        let request = Request { before_2025, ..request };
        let started = Instant::now();
        let package = match emit::run(root, &request) {
            Ok(package) => package,
            Err(error) => {
                passed = false;
                print(format!("{stem}: {error:#}"));
                let _ = writeln!(table, "| {stem} | refused |");
                continue;
            }
        };
        let generated = started.elapsed();
        let target = out.join("target");
        let started = Instant::now();
        let check = cargo(&request.out, &target, &["check", "--quiet", "--features", "blocking,serde"])?;
        let checked = started.elapsed();
        let warnings = String::from_utf8_lossy(&check.stderr).matches("warning:").count();
        let tests = cargo(&request.out, &target, &["test", "--quiet", "--lib"])?;
        let rows = package.endpoint_tests;
        let tested = if rows == 0 {
            "none".to_owned()
        } else if tests.status.success() {
            format!("{rows} passed{}", if before_2025 { " ¹" } else { "" })
        } else {
            print(format!("{stem}:\n{}", String::from_utf8_lossy(&tests.stdout).trim()));
            "failed".to_owned()
        };
        if !check.status.success() || warnings > 0 || !tests.status.success() {
            passed = false;
            print(format!("{stem}:\n{}", String::from_utf8_lossy(&check.stderr).trim()));
        }
        let kilobytes = fs::metadata(&model).map(|found| found.len() / 1000).unwrap_or_default();
        let codegen::Size { operations, types, lines } = package.size;
        let _ = writeln!(
            table,
            "| {stem} | {kilobytes} | {operations} | {types} | {lines} | {} | {} | {} | {warnings} | {tested} |",
            package.left_out.len(),
            seconds(generated),
            if check.status.success() { seconds(checked) } else { "failed".to_owned() },
        );
        left_out.extend(package.left_out);
        print(format!("{stem}: {operations} operations, endpoint tests {tested}"));
    }
    print(table);
    print("¹ with the partitions of before 2025, which had no dual-stack endpoints where isolated".to_owned());
    for line in left_out {
        print(format!("left out {line}"));
    }
    Ok(Outcome::success_if(passed))
}

fn models(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_file() {
            found.push(path.clone());
            continue;
        }
        let context = || format!("cannot read {}", path.display());
        let mut below = Vec::new();
        for entry in fs::read_dir(path).with_context(context)? {
            let path = entry.with_context(context)?.path();
            if path.extension() == Some(OsStr::new("json")) {
                below.push(path);
            }
        }
        below.sort();
        found.append(&mut below);
    }
    Ok(found)
}

fn cargo(dir: &Path, target: &Path, arguments: &[&str]) -> Result<Output> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .current_dir(dir)
        .env("CARGO_TARGET_DIR", target)
        .env("RUST_BACKTRACE", "0")
        .args(arguments)
        .output()
        .with_context(|| format!("cannot start cargo in {}", dir.display()))
}

fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
