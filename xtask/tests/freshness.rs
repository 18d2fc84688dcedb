//! The generated files in the repository are those that `cargo xtask codegen` writes.

use xtask::Outcome;
use xtask::codegen::{Mode, run};

#[test]
fn generated_files_are_up_to_date() {
    let mut said = Vec::new();
    let outcome = run(&xtask::workspace_root(), Mode::Check, &mut |line| said.push(line)).expect("model/ can be read");
    assert_eq!(outcome, Outcome::Success, "{}", said.join("\n"));
}
