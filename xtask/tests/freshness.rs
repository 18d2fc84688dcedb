//! The generated files in the repository are those that `cargo xtask codegen` writes.

use xtask::codegen::{Mode, Outcome, run};

#[test]
fn generated_files_are_up_to_date() {
    let mut said = Vec::new();
    let outcome = run(&xtask::workspace_root(), Mode::Check, &mut |line| said.push(line)).expect("model/ can be read");
    assert_eq!(outcome, Outcome::Done, "{}", said.join("\n"));
}
