//! Each way to fail is found, named, and its input kept.

use std::process::{Command, Output};

fn fuzz(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fuzz")).args(arguments).output().expect("a process");
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    (output, said)
}

/// Runs a target that fails by one of its inputs; that one is kept, and fails again.
fn fails(target: &str, input: &str, says: &str) {
    let (output, said) = fuzz(&[target, "--runs", "3", "--patience", "2"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let line = said.lines().find(|line| line.contains(says)).unwrap_or_else(|| panic!("{says:?} is not in {said:?}"));
    let (_, file) = line.rsplit_once(": ").expect("it names a file");
    assert_eq!(std::fs::read_to_string(file).expect("the file is there"), input);
    let (output, said) = fuzz(&[target, "--input", file, "--patience", "2"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    std::fs::remove_file(file).expect("removed");
}

#[test]
fn panics() {
    fails("self-panic", "panic", "an input fails");
    fails("self-panic-elsewhere", "panic elsewhere", "an input fails");
}

#[test]
fn time() {
    fails("self-slow", "slow", "an input fails after ");
    fails("self-hang", "hang", "an input does not end");
}

#[test]
fn what_ends_the_process() {
    fails("self-abort", "abort", "an input ends the process (signal: 6");
    fails("self-memory", "memory", "an input ends the process (signal: 6");
    fails("self-stack", "stack", "an input ends the process (signal: 6");
}

#[test]
fn what_holds_and_what_is_not_there() {
    let (output, said) = fuzz(&["self-fine", "--runs", "100"]);
    assert!(output.status.success() && said.contains("100 runs") && said.contains(" 0 failures"), "{said}");
    let (output, said) = fuzz(&["nothing"]);
    assert!(output.status.code() == Some(2) && said.contains("there is no target"), "{said}");
}
