//! The manual page and the completions that the package contains are those that the program prints.
//! `UPDATE_FIXTURES=1` writes them.

use std::path::Path;
use std::process::Command;

const FILES: [(&str, &[&str]); 5] = [
    ("man/sso.1", &["man"]),
    ("completions/sso.bash", &["completions", "bash"]),
    ("completions/_sso", &["completions", "zsh"]),
    ("completions/sso.fish", &["completions", "fish"]),
    ("completions/sso.ps1", &["completions", "powershell"]),
];

#[test]
fn files_of_the_package_are_fresh() {
    for (file, words) in FILES {
        let output = Command::new(env!("CARGO_BIN_EXE_sso")).args(words).output().expect("a process");
        assert!(output.status.success(), "{words:?}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            std::fs::write(&path, &output.stdout).expect("written");
        }
        let packaged = std::fs::read(&path).unwrap_or_default();
        assert!(packaged == output.stdout, "{file} is stale: run UPDATE_FIXTURES=1 cargo test -p sso-cli packaged");
    }
}
