//! Several files written as one: either all of them are as they should be, or all as they were.
//!
//! Everything is written beside its place first, where most things that can fail do fail; then all
//! is moved, which a file system does at once or not at all. What fails after that is taken back.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// What a file that is being written has behind its name. `codegen` clears such files away.
const PARTIAL: &str = ".partial";

/// A file that is to be written, or removed.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it should hold; `None` for nothing at all.
    pub(crate) text: Option<String>,
}

/// Files that have been moved to their places and can still be taken back.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    /// What was there before, in the order in which it was replaced.
    done: Vec<(PathBuf, Option<Vec<u8>>)>,
    /// Files beside their places.
    staged: Vec<PathBuf>,
    /// Folders that were not there before, outer ones first.
    folders: Vec<PathBuf>,
}

impl Transaction {
    /// Writes everything, or nothing.
    pub(crate) fn write(writes: &[Write]) -> std::result::Result<Self, (PathBuf, Error)> {
        let mut transaction = Self::default();
        for step in [Self::stage, Self::replace] {
            for write in writes {
                if let Err(error) = step(&mut transaction, write) {
                    let path = write.path.clone();
                    return Err((path, transaction.undo_after(error)));
                }
            }
        }
        Ok(transaction)
    }

    fn stage(&mut self, write: &Write) -> Result<()> {
        let Some(text) = &write.text else { return Ok(()) };
        let parent = write.path.parent().unwrap_or(Path::new(""));
        let missing: Vec<&Path> = parent.ancestors().take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_path_buf());
        }
        let partial = partial(&write.path);
        // What cannot be written in full is to be removed all the same, but not what was there before.
        if partial.is_dir() {
            return Err(Error::new(ErrorKind::AlreadyExists, format!("{} is a folder", partial.display())));
        }
        self.staged.push(partial.clone());
        fs::write(partial, text)
    }

    fn replace(&mut self, write: &Write) -> Result<()> {
        let before = match fs::read(&write.path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match (&write.text, &before) {
            (Some(_), _) => fs::rename(partial(&write.path), &write.path)?,
            (None, Some(_)) => fs::remove_file(&write.path)?,
            (None, None) => return Ok(()),
        }
        self.done.push((write.path.clone(), before));
        Ok(())
    }

    /// Puts everything back. What cannot be is in the error.
    pub(crate) fn undo(self) -> Result<()> {
        let mut failed = Vec::new();
        for (path, before) in self.done.into_iter().rev() {
            let undone = match before {
                Some(bytes) => fs::write(partial(&path), bytes).and_then(|()| fs::rename(partial(&path), &path)),
                None => fs::remove_file(&path),
            };
            if let Err(error) = undone {
                failed.push(format!("{}: {error}", path.display()));
            }
        }
        // Most have been moved by now, or never came to be.
        for path in self.staged.into_iter().filter(|path| path.symlink_metadata().is_ok()) {
            if let Err(error) = fs::remove_file(&path) {
                failed.push(format!("{}: {error}", path.display()));
            }
        }
        for folder in self.folders.into_iter().rev() {
            // A folder that somebody else has put something into stays.
            let _ = fs::remove_dir(folder);
        }
        if failed.is_empty() { Ok(()) } else { Err(Error::other(failed.join("; "))) }
    }

    fn undo_after(self, error: Error) -> Error {
        match self.undo() {
            Ok(()) => error,
            Err(second) => Error::new(error.kind(), format!("{error}; and could not be put back: {second}")),
        }
    }

    /// Keeps what was written. Folders below `root` that removing files has emptied go.
    pub(crate) fn keep(self, root: &Path) {
        for (path, _) in &self.done {
            for folder in path.ancestors().skip(1).take_while(|folder| *folder != root && folder.starts_with(root)) {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
    }
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(dir: &Path) -> Vec<(PathBuf, Option<String>)> {
        let mut found = Vec::new();
        let mut pending = vec![dir.to_path_buf()];
        while let Some(folder) = pending.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    pending.push(path.clone());
                }
                let text = fs::read_to_string(&path).ok();
                found.push((path, text));
            }
        }
        found.sort();
        found
    }

    fn write(dir: &Path, path: &str, text: Option<&str>) -> Write {
        Write { path: dir.join(path), text: text.map(str::to_owned) }
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a"), "old a").expect("written");
        fs::write(dir.path().join("b"), "old b").expect("written");
        dir
    }

    #[test]
    fn writes_all_and_takes_it_back() {
        let dir = folder();
        let before = all(dir.path());
        let writes = [
            write(dir.path(), "a", Some("new a")),
            write(dir.path(), "b", None),
            write(dir.path(), "c/d/e", Some("new")),
        ];
        let transaction = Transaction::write(&writes).expect("written");
        assert_eq!(fs::read_to_string(dir.path().join("a")).expect("there"), "new a");
        assert_eq!(fs::read_to_string(dir.path().join("c/d/e")).expect("there"), "new");
        assert!(!dir.path().join("b").exists());
        assert!(all(dir.path()).iter().all(|(path, _)| !path.to_string_lossy().ends_with(PARTIAL)));
        transaction.undo().expect("undone");
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn what_cannot_be_staged_leaves_all_as_it_was() {
        let dir = folder();
        // Where a folder should be is a file.
        let before = all(dir.path());
        let writes = [
            write(dir.path(), "a", Some("new")),
            write(dir.path(), "x/y", Some("new")),
            write(dir.path(), "b/c", Some("new")),
        ];
        let (path, error) = Transaction::write(&writes).expect_err("b is a file");
        assert_eq!(path, dir.path().join("b/c"));
        assert!(!error.to_string().contains("put back"), "{error}");
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn what_cannot_be_moved_leaves_all_as_it_was() {
        let dir = folder();
        fs::create_dir_all(dir.path().join("taken/inner")).expect("created");
        let before = all(dir.path());
        let writes = [
            write(dir.path(), "a", Some("new")),
            write(dir.path(), "b", None),
            write(dir.path(), "new/file", Some("new")),
            write(dir.path(), "taken", Some("new")),
        ];
        let (path, _) = Transaction::write(&writes).expect_err("taken is a folder");
        assert_eq!(path, dir.path().join("taken"));
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn folders_go_with_their_last_file() {
        let dir = folder();
        fs::create_dir_all(dir.path().join("c/d")).expect("created");
        fs::write(dir.path().join("c/d/e"), "old").expect("written");
        Transaction::write(&[write(dir.path(), "c/d/e", None)]).expect("written").keep(dir.path());
        assert!(!dir.path().join("c").exists());
        assert!(dir.path().join("a").exists());
    }
}
