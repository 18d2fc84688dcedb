//! What several tests need.
#![expect(clippy::print_stderr, reason = "a test that skips says so")]
#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::{Path, PathBuf};

/// A folder of the published models and suites, or `None` with a message when there is none.
pub(crate) fn suites(what: &str) -> Option<PathBuf> {
    let root = xtask::workspace_root();
    let dir = std::env::var_os("SMITHY_SUITES_DIR").map_or_else(|| root.join("../shared"), PathBuf::from);
    let path = dir.join(what);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {what} is not below {} (set SMITHY_SUITES_DIR to the folder that has it)", dir.display());
    None
}

/// Reads a file, or says which one could not be read.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
