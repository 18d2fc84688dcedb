//! Breaking findings break callers: for each pair of small models with the verdict `breaking`, a caller compiles against
//! the old crate and not against the new one. This takes minutes, so it is run by hand: `cargo test -p xtask --test diff_callers -- --ignored --nocapture`.
#![expect(clippy::print_stderr, reason = "shows the progress of a run by hand")]

mod common;
#[path = "../../codegen/tests/diff_pairs/mod.rs"]
mod diff_pairs;

use std::fs;
use std::path::Path;
use std::process::Command;

use diff_pairs::pairs;
use serde_json::Value;
use xtask::emit;

/// Emits a crate and a caller. Returns whether the caller compiles, and the output of cargo.
fn compiles(dir: &Path, target: &Path, model: &Value, caller: &str) -> (bool, String) {
    let file = dir.join("model.json");
    fs::create_dir_all(dir.join("caller/src")).expect("created");
    fs::write(&file, model.to_string()).expect("written");
    let request = emit::Request {
        model: file,
        out: dir.join("client"),
        name: Some("the-client".to_owned()),
        ..emit::Request::default()
    };
    let root = xtask::workspace_root();
    emit::run(&root, &request).unwrap_or_else(|error| panic!("{error:#}"));
    let manifest = "[package]\nname = \"caller\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nthe-client = { path = \"../client\" }\n\n[workspace]\n";
    fs::write(dir.join("caller/Cargo.toml"), manifest).expect("written");
    fs::write(dir.join("caller/src/lib.rs"), format!("{caller}\n")).expect("written");
    let _ = fs::copy(root.join("Cargo.lock"), dir.join("caller/Cargo.lock"));
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    // Dependencies are compiled once for all of them.
    cargo.args(["check", "--quiet", "--color=never"]).current_dir(dir.join("caller")).env("CARGO_TARGET_DIR", target);
    let output = cargo.output().expect("cargo");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[ignore = "compiles some dozens of crates"]
fn callers_compile_against_the_old_crate_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let target = xtask::workspace_root().join("target/diff-callers");
    let mut failed = Vec::new();
    let breaking: Vec<_> = pairs().into_iter().filter(|pair| !pair.caller.is_empty()).collect();
    assert!(breaking.len() > 20, "{}", breaking.len());
    for (index, pair) in breaking.iter().enumerate() {
        let (old, new) = pair.models();
        let folder = |side: &str| dir.path().join(format!("{index}-{side}"));
        let (old_compiles, message) = compiles(&folder("old"), &target, &old, pair.caller);
        if !old_compiles {
            failed.push(format!("{}: does not compile against the old crate:\n{message}", pair.rule));
        }
        let (new_compiles, message) = compiles(&folder("new"), &target, &new, pair.caller);
        if new_compiles {
            failed.push(format!("{}: compiles against the new crate", pair.rule));
        } else if !message.contains("src/lib.rs") || message.contains("client/src/") && !message.contains("caller") {
            failed.push(format!("{}: it is not the caller that fails:\n{message}", pair.rule));
        }
        let first = message.lines().next().unwrap_or_default();
        eprintln!("{}: {} / {}: {first}", pair.rule, old_compiles, new_compiles);
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
