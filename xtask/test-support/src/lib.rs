//! Test helpers: the workspace root, published test suites, networks of their own for tests, what was written, and
//! (feature `servers`) test servers.

pub mod namespace;
#[cfg(feature = "servers")]
pub mod servers;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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

/// Keeps what is written to it and to its clones, such as the traces of a subscriber.
#[derive(Clone, Debug, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// Returns what was written.
    ///
    /// # Panics
    ///
    /// If it is not UTF-8.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("text")
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
