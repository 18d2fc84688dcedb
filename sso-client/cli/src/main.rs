//! `sso`: a program of one call. The library beside it says what there is.

use std::process::ExitCode;

fn main() -> ExitCode {
    sso_cli::main(std::env::args_os().skip(1).collect())
}
