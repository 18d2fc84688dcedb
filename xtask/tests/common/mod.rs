//! Helpers that several tests share.
#![allow(dead_code, reason = "no test needs all of them")]

use std::path::Path;

/// Reads a text file.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
