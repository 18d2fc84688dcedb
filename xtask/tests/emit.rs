//! Crates of their own compile without a word, whatever their models call things.

use std::path::Path;
use std::process::Command;

use xtask::emit::{self, Request};

/// A model in which everything has a name, or a text, that is in somebody's way: keywords, the
/// names of the standard library and of generated code, cases that meet, hostile documentation.
#[test]
fn obstacles() {
    let root = xtask::workspace_root();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let out = dir.join("obstacle");
    let model = root.join("codegen/tests/fixtures/obstacle/model.json");
    emit::run(&root, &Request { model, out: out.clone(), ..Request::default() })
        .unwrap_or_else(|error| panic!("{error:#}"));
    // The versions that this workspace is tested with, which are there already.
    std::fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).expect("copied");
    for arguments in [["check", "--quiet"].as_slice(), &["doc", "--quiet", "--no-deps"]] {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .current_dir(&out)
            .env("CARGO_TARGET_DIR", dir.join("emitted"))
            .env("RUSTFLAGS", "-D warnings")
            .env("RUSTDOCFLAGS", "-D warnings")
            .env("CARGO_TERM_COLOR", "never")
            .args(arguments)
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let beginning: String = said.chars().take(10_000).collect();
        assert!(output.status.success() && !said.contains("warning:"), "cargo {arguments:?}:\n{beginning}");
    }
}
