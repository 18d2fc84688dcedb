//! The command line.

use std::process::{Command, Stdio};

use super::root;

/// An argument a line; the program must neither panic nor be killed.
pub(super) fn command_line(input: &[u8]) {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::process::ExitStatusExt;
    let program = root().join("target/debug/sso");
    assert!(program.is_file(), "build it first: cargo build --package sso-cli");
    thread_local!(static HOME: tempfile::TempDir = tempfile::tempdir().expect("a folder"));
    HOME.with(|home| {
        let arguments = input
            .split(|byte| *byte == b'\n')
            .filter(|argument| !argument.contains(&0))
            .map(std::ffi::OsStr::from_bytes);
        let mut command = Command::new(&program);
        command.env_clear().env("HOME", home.path()).env("AWS_MAX_ATTEMPTS", "1").env("AWS_REGION", "eu-west-1");
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("PATH", "").current_dir(home.path());
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("a process");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked") && output.status.signal().is_none(), "{}: {said}", output.status);
    });
}
