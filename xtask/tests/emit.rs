//! Emitted crates compile without warnings, whatever names their models use.

use std::path::Path;
use std::process::Command;

use xtask::emit::{self, Request};

/// Names and texts that conflict: keywords, names of the standard library and of generated code, names that differ in
/// case only, hostile documentation.
#[test]
fn obstacles() {
    let root = xtask::workspace_root();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let out = dir.join("obstacle");
    let model = root.join("codegen/tests/fixtures/obstacle/model.json");
    emit::run(&root, &Request { model, out: out.clone(), ..Request::default() })
        .unwrap_or_else(|error| panic!("{error:#}"));
    // Use the dependency versions of this workspace, which are downloaded already.
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
        let printed = String::from_utf8_lossy(&output.stderr);
        let beginning: String = printed.chars().take(10_000).collect();
        assert!(output.status.success() && !printed.contains("warning:"), "cargo {arguments:?}:\n{beginning}");
    }
}
