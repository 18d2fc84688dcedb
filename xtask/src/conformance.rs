//! `cargo xtask conformance`: the tests that models hold, run against the clients generated of them.
//!
//! Each model becomes a crate below `target/conformance`, which depends on `sso-client` for its
//! runtime, and whose tests are those of the model. They are Rust tests like any other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use codegen::Runtime;

use crate::Outcome;
use crate::emit::{self, Request};

/// Cases that are known to fail: kind, name and reason on a line each. It is empty; a case that is
/// listed and passes is an error, so that it stays true.
const KNOWN_FAILURES: &str = include_str!("conformance/known_failures.txt");

/// The kinds of tests, as modules of the generated tests.
const KINDS: &[&str] = &["request", "response", "event", "endpoint"];

/// The arguments of `conformance`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Models with protocol or endpoint tests.
    #[arg(required = true, value_name = "FILE")]
    pub models: Vec<PathBuf>,
}

/// How the cases of one kind ended.
#[derive(Clone, Debug, Default)]
struct Tally {
    passed: usize,
    /// Names, with whether the failure is known.
    failed: Vec<(String, bool)>,
    skipped: Vec<String>,
    /// Cases that are listed as failing, and pass.
    mended: Vec<String>,
}

/// Tests the models one after the other. What there is to say goes to `say`, line by line.
/// Whether all is as it should be.
///
/// # Errors
///
/// When a crate cannot be written, compiled or run.
pub fn run(root: &Path, options: &Options, say: &mut dyn FnMut(String)) -> Result<Outcome> {
    let mut well = true;
    for model in &options.models {
        well &= test(root, model, say)?;
    }
    Ok(Outcome::success_if(well))
}

fn test(root: &Path, model: &Path, say: &mut dyn FnMut(String)) -> Result<bool> {
    let stem = name(model);
    let dir = root.join("target/conformance");
    let out = dir.join(&stem);
    let request = Request {
        model: model.to_path_buf(),
        out: out.clone(),
        runtime: Runtime::Dependency,
        tests: true,
        ..Request::default()
    };
    let package = emit::run(root, &request)?;
    // The versions that this workspace is tested with.
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
    let said = String::from_utf8_lossy(&output.stdout);
    let tallies = tally(&said, KNOWN_FAILURES);
    if !said.contains("test result:") {
        bail!("cannot run the tests of {}:\n{}", package.name, String::from_utf8_lossy(&output.stderr));
    }
    say(format!("{stem} ({} operations)", package.size.operations));
    let mut well = true;
    for kind in KINDS {
        let Some(tally) = tallies.get(*kind) else { continue };
        say(format!(
            "  {kind:<8} {:>4} passed, {} failed, {} skipped",
            tally.passed,
            tally.failed.len(),
            tally.skipped.len()
        ));
        for (name, known) in &tally.failed {
            say(format!("    failed  {name}{}", if *known { " (known)" } else { "" }));
            well &= known;
        }
        for name in &tally.skipped {
            say(format!("    skipped {name}"));
        }
        for name in &tally.mended {
            say(format!("    passes, though it is listed as failing: {name}"));
            well = false;
        }
    }
    for line in &package.left_out {
        say(format!("  left out {line}"));
    }
    if !well {
        say(failures(&said));
    }
    Ok(well)
}

/// What a model goes by: its file, or where every file is called the same, its folder.
fn name(model: &Path) -> String {
    let folder = model.parent().and_then(Path::file_name).filter(|_| model.ends_with("model.json"));
    folder.or(model.file_stem()).unwrap_or_default().to_string_lossy().into_owned()
}

/// Counts the lines that the test harness prints, by kind.
fn tally(said: &str, known: &str) -> BTreeMap<String, Tally> {
    let known: Vec<(&str, &str)> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in said.lines() {
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
                    tally.mended.push(name.to_owned());
                }
            }
            "FAILED" => tally.failed.push((name.to_owned(), listed)),
            _ => tally.skipped.push(name.to_owned()),
        }
    }
    tallies
}

/// What the harness says of failures.
fn failures(said: &str) -> String {
    let start = said.find("\nfailures:\n").unwrap_or_default();
    let text = &said[start..];
    let end = text.rfind("\nfailures:\n").filter(|end| *end > 0).unwrap_or(text.len());
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_harness() {
        let said = "\nrunning 4 tests\ntest generated::protocol_tests::request::A ... ok\ntest generated::protocol_tests::request::B ... FAILED\n\
            test generated::protocol_tests::response::A ... ok\ntest generated::protocol_tests::request::C ... ignored\n\nfailures:\n\n\
            ---- generated::protocol_tests::request::B stdout ----\nwhy\n\n\nfailures:\n    B\n\ntest result: FAILED.\n";
        let tallies = tally(said, "# kind name reason\nresponse A because\n");
        let requests = &tallies["request"];
        assert_eq!((requests.passed, requests.failed.as_slice()), (1, [("B".to_owned(), false)].as_slice()));
        assert_eq!(requests.skipped, ["C"]);
        assert_eq!(tallies["response"].mended, ["A"]);
        assert!(failures(said).ends_with("why"), "{}", failures(said));
        assert!(tally(said, "request B it is known\n")["request"].failed[0].1);
    }
}
