//! Helpers that several tests share.
#![expect(clippy::print_stderr, reason = "a skipped test prints why")]
#![allow(dead_code, reason = "no test needs all of them")]

use std::path::{Path, PathBuf};

/// Returns the folder of the published models and test suites, or prints that the test is skipped.
pub(crate) fn suites_dir() -> Option<PathBuf> {
    let dir = xtask::suites_dir();
    if dir.is_none() {
        eprintln!("skipped: no ../shared, and SMITHY_SUITES_DIR names no folder");
    }
    dir
}

/// Returns a file or folder below [`suites_dir`], or prints that the test is skipped.
pub(crate) fn suites(what: &str) -> Option<PathBuf> {
    let path = suites_dir()?.join(what);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} does not exist (SMITHY_SUITES_DIR names the folder of {what})", path.display());
    None
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
