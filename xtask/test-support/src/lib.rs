//! What the tests of several packages of this workspace share.

use std::path::{Path, PathBuf};

/// The environment variable that names the folder of published models and test suites.
const SUITES_DIR: &str = "SMITHY_SUITES_DIR";

/// Returns the root of the workspace.
pub fn workspace_root() -> &'static Path {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.ancestors().nth(2).unwrap_or(manifest_dir)
}

/// Returns the path of a file or folder among the published models and test suites, which are not part of the
/// project: they are looked for in `SMITHY_SUITES_DIR`, by default `../shared` beside the workspace.
///
/// Returns `None` if it is not there, after printing that the calling test is skipped.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
pub fn suite(path: &str) -> Option<PathBuf> {
    let root = workspace_root();
    let dir = std::env::var_os(SUITES_DIR).map_or_else(|| root.join("../shared"), |dir| root.join(dir));
    let found = dir.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: there is no {} (set {SUITES_DIR})", found.display());
    None
}
