//! The workspace's own commands. Everything that touches the disk is here; what is written
//! comes from the library `codegen`.

pub mod bench;
pub mod codegen;
pub mod conformance;
pub mod diff;
pub mod emit;
pub mod emit_all;
mod transaction;
pub mod update;

use std::path::{Path, PathBuf};

/// The workspace's root folder.
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}
