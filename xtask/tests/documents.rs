//! What the documents at the root name is there.

mod common;

use std::path::{Path, PathBuf};

/// The files of the project, relative to its root.
fn files(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_built = path.file_name().is_some_and(|name| name == "target" || name == ".git");
        if path.is_dir() && !path.is_symlink() && !is_built {
            files(root, &path, found);
        } else if let (true, Ok(path)) = (path.is_file(), path.strip_prefix(root)) {
            found.push(path.to_owned());
        }
    }
}

/// The documents shorten paths where the rest is clear: `config/env/settings.rs` of the runtime.
#[test]
fn rust_files_that_are_named_exist() {
    let root = xtask::workspace_root();
    let mut there = Vec::new();
    files(&root, &root, &mut there);
    let (mut count, mut missing) = (0, Vec::new());
    for document in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
        let text = common::read(&root.join(document));
        let named = text.split('`').skip(1).step_by(2).filter(|name| name.ends_with(".rs") && !name.contains(' '));
        for name in named {
            count += 1;
            if !there.iter().any(|path| path.ends_with(name)) {
                missing.push(format!("{document}: {name}"));
            }
        }
    }
    assert!(count > 20, "{count}");
    assert!(missing.is_empty(), "{missing:?}");
}
