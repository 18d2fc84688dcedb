//! Test helpers: the workspace root, published test suites, networks of their own for tests, and (feature `servers`)
//! test servers.

pub mod namespace;
#[cfg(feature = "servers")]
pub mod servers;

use std::path::{Path, PathBuf};

/// Returns the root of the workspace.
pub fn workspace_root() -> &'static Path {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.ancestors().nth(2).unwrap_or(manifest_dir)
}

/// Returns the folder of the published models and test suites, which are not part of the project, if it exists.
///
/// `SMITHY_SUITES_DIR` names it, relative to the root of the workspace; the default is `../shared`.
pub fn suites_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("SMITHY_SUITES_DIR").unwrap_or_else(|| "../shared".into());
    Some(workspace_root().join(dir)).filter(|dir| dir.is_dir())
}

/// Returns the path of a file or folder below [`suites_dir`].
///
/// Returns `None` if it does not exist, after printing that the calling test is skipped.
pub fn suite(path: &str) -> Option<PathBuf> {
    let found = suites_dir().map(|dir| dir.join(path)).filter(|path| path.exists());
    if found.is_none() {
        skipped(&format!("there is no {path} among the test suites (set SMITHY_SUITES_DIR)"));
    }
    found
}

/// Prints that the calling test is skipped, and why.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
