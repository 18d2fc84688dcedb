//! The generated files in the repository are up to date.

use xtask::Outcome;
use xtask::codegen::{Mode, run};

#[test]
fn generated_files_are_up_to_date() {
    let mut printed = Vec::new();
    let outcome =
        run(&xtask::workspace_root(), Mode::Check, &mut |line| printed.push(line)).expect("model/ can be read");
    assert_eq!(outcome, Outcome::Success, "{}", printed.join("\n"));
}
