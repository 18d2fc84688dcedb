//! `cargo xtask conformance`: runs the tests of models against the clients generated from them.
//!
//! Each model becomes a crate in `target/conformance` that depends on the runtime for its runtime. The tests of the
//! model become Rust tests of that crate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use codegen::Runtime;

use crate::Outcome;
use crate::emit::{self, Request};

/// Known failures: kind, name and reason of a test case per line. A listed case that passes is an error.
const KNOWN_FAILURES: &str = include_str!("conformance/known_failures.txt");

/// The modules of the generated tests.
const KINDS: &[&str] = &["request", "response", "event", "endpoint"];

/// The arguments of `conformance`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Models with protocol or endpoint tests.
    #[arg(required = true, value_name = "FILE")]
    pub models: Vec<PathBuf>,
    /// For models of before 2025, whose tests expect no dual-stack endpoints in isolated partitions.
    #[arg(long)]
    pub before_2025: bool,
}

/// The results of one kind of tests.
#[derive(Clone, Debug, Default)]
struct Tally {
    passed: usize,
    /// Names, and whether the failure is known.
    failed: Vec<(String, bool)>,
    skipped: Vec<String>,
    /// Known failures that passed.
    fixed: Vec<String>,
}

/// Runs the tests of each model. Each call of `print` gets one or more lines.
///
/// # Errors
///
/// If a crate cannot be generated, compiled or run.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let mut passed = true;
    for model in &options.models {
        passed &= test(root, model, options.before_2025, print)?;
    }
    Ok(Outcome::success_if(passed))
}

fn test(root: &Path, model: &Path, before_2025: bool, print: &mut dyn FnMut(String)) -> Result<bool> {
    let stem = name(model);
    let dir = root.join("target/conformance");
    let out = dir.join(&stem);
    let request = Request {
        model: model.to_path_buf(),
        out: out.clone(),
        runtime: Runtime::Dependency,
        tests: true,
        before_2025,
        ..Request::default()
    };
    let package = emit::run(root, &request)?;
    // Use the dependency versions of this workspace.
    let lock = root.join("Cargo.lock");
    std::fs::copy(&lock, out.join("Cargo.lock")).with_context(|| format!("cannot copy {}", lock.display()))?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(&out)
        .env("CARGO_TARGET_DIR", dir.join("target"))
        .env("RUST_BACKTRACE", "0")
        .args(["test", "--quiet", "--lib", "--", "--format", "pretty"])
        .output()
        .with_context(|| format!("cannot start cargo in {}", out.display()))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let tallies = tally(&stdout, KNOWN_FAILURES);
    if !stdout.contains("test result:") {
        bail!("cannot run the tests of {}:\n{}", package.name, String::from_utf8_lossy(&output.stderr));
    }
    print(format!("{stem} ({} operations)", package.size.operations));
    let mut passed = true;
    for kind in KINDS {
        let Some(tally) = tallies.get(*kind) else { continue };
        print(format!(
            "  {kind:<8} {:>4} passed, {} failed, {} skipped",
            tally.passed,
            tally.failed.len(),
            tally.skipped.len()
        ));
        for (name, known) in &tally.failed {
            print(format!("    failed  {name}{}", if *known { " (known)" } else { "" }));
            passed &= known;
        }
        for name in &tally.skipped {
            print(format!("    skipped {name}"));
        }
        for name in &tally.fixed {
            print(format!("    passes, but is listed as a known failure: {name}"));
            passed = false;
        }
    }
    for line in &package.left_out {
        print(format!("  left out {line}"));
    }
    if !passed {
        print(failures(&stdout));
    }
    Ok(passed)
}

/// Returns the name of a model: that of its file, or of its folder if the file is called `model.json`.
fn name(model: &Path) -> String {
    let folder = model.parent().and_then(Path::file_name).filter(|_| model.ends_with("model.json"));
    folder.or(model.file_stem()).unwrap_or_default().to_string_lossy().into_owned()
}

/// Counts the results in the output of the test harness, by kind.
fn tally(stdout: &str, known: &str) -> BTreeMap<String, Tally> {
    let known: Vec<(&str, &str)> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in stdout.lines() {
        let Some((path, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) else {
            continue;
        };
        let mut parts = path.trim().rsplit("::");
        let (Some(name), Some(kind)) = (parts.next(), parts.next()) else { continue };
        let tally = tallies.entry(kind.to_owned()).or_default();
        let listed = known.contains(&(kind, name));
        match outcome.trim() {
            "ok" => {
                tally.passed += 1;
                if listed {
                    tally.fixed.push(name.to_owned());
                }
            }
            "FAILED" => tally.failed.push((name.to_owned(), listed)),
            _ => tally.skipped.push(name.to_owned()),
        }
    }
    tallies
}

/// Returns the part of the output of the test harness that describes failures.
fn failures(stdout: &str) -> String {
    let start = stdout.find("\nfailures:\n").unwrap_or_default();
    let text = &stdout[start..];
    let end = text.rfind("\nfailures:\n").filter(|end| *end > 0).unwrap_or(text.len());
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            options: Options,
        }
        let parse = |arguments: &[&str]| <Cli as clap::Parser>::try_parse_from(arguments).map(|cli| cli.options);
        assert!(parse(&["conformance", "a.json"]).is_ok_and(|options| !options.before_2025));
        assert!(parse(&["conformance", "--before-2025", "a.json"]).is_ok_and(|options| options.before_2025));
        assert!(parse(&["conformance"]).is_err());
    }

    #[test]
    fn parses_the_output_of_the_test_harness() {
        let stdout = "\nrunning 4 tests\ntest generated::protocol_tests::request::A ... ok\ntest generated::protocol_tests::request::B ... FAILED\n\
            test generated::protocol_tests::response::A ... ok\ntest generated::protocol_tests::request::C ... ignored\n\nfailures:\n\n\
            ---- generated::protocol_tests::request::B stdout ----\nwhy\n\n\nfailures:\n    B\n\ntest result: FAILED.\n";
        let tallies = tally(stdout, "# kind name reason\nresponse A because\n");
        let requests = &tallies["request"];
        assert_eq!((requests.passed, requests.failed.as_slice()), (1, [("B".to_owned(), false)].as_slice()));
        assert_eq!(requests.skipped, ["C"]);
        assert_eq!(tallies["response"].fixed, ["A"]);
        assert!(failures(stdout).ends_with("why"), "{}", failures(stdout));
        assert!(tally(stdout, "request B it is known\n")["request"].failed[0].1);
    }
}
