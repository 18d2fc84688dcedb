//! Compares verdicts with `cargo-semver-checks`: both versions of real updates are emitted and documented, and the tool
//! compares them in both directions. This takes minutes and needs `cargo install cargo-semver-checks --locked`, so it is
//! run by hand:
//! `cargo test -p xtask --test diff_semver -- --ignored --nocapture`.
#![expect(clippy::print_stderr, reason = "shows the table of a run by hand")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::diff::Bump;
use xtask::emit;

/// Known differences, with the reason why our verdict is right: service, old and new version.
const DISAGREE: &[(&str, &str, &str, &str)] = &[(
    "sso",
    "2022-12-01",
    "2021-06-25",
    "paginators lose `items()`, which stands behind a bound on the operation; the tool does not look at implementations \
     of traits that are not documented (a caller of `diff_callers` shows it)",
)];

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
}

/// Emits a crate and documents it as JSON, the input of the tool.
fn document(dir: &Path, model: &Path) -> PathBuf {
    let name = model.file_stem().expect("a name").to_string_lossy().into_owned();
    let root = xtask::workspace_root();
    let request = emit::Request {
        model: model.to_path_buf(),
        out: dir.join(&name),
        name: Some("the-client".to_owned()),
        ..emit::Request::default()
    };
    emit::run(&root, &request).unwrap_or_else(|error| panic!("{error:#}"));
    let _ = fs::copy(root.join("Cargo.lock"), dir.join(&name).join("Cargo.lock"));
    let target = root.join("target/diff-semver");
    let status = cargo()
        .args(["doc", "--quiet", "--no-deps"])
        .current_dir(dir.join(&name))
        .env("CARGO_TARGET_DIR", &target)
        // JSON output is unstable; the tool itself uses it in the same way.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow")
        .status();
    assert!(status.expect("cargo").success(), "{}", model.display());
    let json = dir.join(format!("{name}.json"));
    fs::copy(target.join("doc/the_client.json"), &json).expect("documented");
    json
}

/// Returns whether the tool requires a major version, and the names of the failed checks.
fn needs_major(old: &Path, new: &Path) -> (bool, Vec<String>) {
    let output = cargo()
        .args(["semver-checks", "--release-type", "patch", "--color", "never", "--baseline-rustdoc"])
        .arg(old)
        .arg("--current-rustdoc")
        .arg(new)
        .output()
        .expect("cargo");
    let message = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        message.contains("Summary"),
        "cargo-semver-checks printed no summary; `cargo install cargo-semver-checks --locked` installs it:\n{message}"
    );
    let checks =
        message.lines().filter_map(|line| line.strip_prefix("--- failure ")?.split(':').next().map(str::to_owned));
    let mut checks: Vec<String> = checks.collect();
    checks.dedup();
    (message.contains("requires new major version"), checks)
}

#[test]
#[ignore = "needs cargo-semver-checks, and documents some dozens of crates"]
fn the_verdict_is_that_of_cargo_semver_checks() {
    let Some(history) = test_support::suite("models/history") else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let root = xtask::workspace_root();
    let partitions =
        codegen::read_partitions("p", &common::read(&root.join("model/partitions.json"))).expect("partitions");
    let customizations =
        serde_json::from_str(&common::read(&root.join("model/customizations.json"))).expect("customizations");
    let options = codegen::Options { partitions, customizations, ..Default::default() };
    let (mut agreed, mut wrong, mut explained) = (0, Vec::new(), Vec::new());
    for service in ["sso", "sso-oidc", "polly", "lambda"] {
        let entries = fs::read_dir(history.join(service)).expect("a folder");
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        let documented: Vec<PathBuf> = files.iter().map(|file| document(&dir.path().join(service), file)).collect();
        let read = |index: usize| {
            codegen::read_model("model", &common::read(&files[index])).unwrap_or_else(|report| panic!("{report}"))
        };
        for newer in 1..files.len() {
            for (old, new) in [(newer - 1, newer), (newer, newer - 1)] {
                let ours = codegen::diff::diff(&read(old), &read(new), &options).bump.expect("both are generated");
                let (major, checks) = needs_major(&documented[old], &documented[new]);
                let date = |index: usize| files[index].file_name().expect("a name").to_string_lossy()[..10].to_owned();
                let agrees = (ours == Bump::Major) == major;
                let line = format!("{service} {} → {}: {ours}, {checks:?}", date(old), date(new));
                eprintln!("{line}{}", if agrees { "" } else { " DIFFERS" });
                let known =
                    DISAGREE.iter().find(|(of, was, is, _)| *of == service && *was == date(old) && *is == date(new));
                match (agrees, known) {
                    (true, None) => agreed += 1,
                    (false, Some((.., reason))) => explained.push(format!("{line}: {reason}")),
                    (true, Some(_)) => wrong.push(format!("{line}: no longer differs; take it out of the list")),
                    (false, None) => wrong.push(line),
                }
            }
        }
    }
    eprintln!("{agreed} agree; {} differ, as explained:\n{}", explained.len(), explained.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
