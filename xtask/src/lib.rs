//! The workspace's own commands. All file access is here; the library `codegen` only turns text into text.

pub mod bench;
pub mod call_sites;
pub mod codegen;
pub mod conformance;
pub mod diff;
pub mod emit;
pub mod emit_all;
mod files;
pub mod migration;
pub mod picture;
pub mod update;
mod workspace;

pub use workspace::{suites_dir, workspace_root};

/// The result of a command that ran to its end; it decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit status 0.
    Success,
    /// Exit status 1: files differ, a finding is at or above `--fail-on`, a test failed, or a limit is exceeded.
    Failure,
}

impl Outcome {
    fn success_if(condition: bool) -> Self {
        if condition { Self::Success } else { Self::Failure }
    }
}
