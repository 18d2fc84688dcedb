//! Makes several changes as one.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::{NamedTempFile, TempPath};

use super::{Change, PARTIAL, place};

/// Changes that have been made and can still be undone.
///
/// If it is dropped before [`commit`](Self::commit) or [`undo`](Self::undo), the changes stay.
#[derive(Default)]
pub(crate) struct Transaction {
    done: Vec<Done>,
    /// Folders that were created, outer ones first.
    folders: Vec<PathBuf>,
    /// Called before each change; tests inject failures with it.
    before_each: Option<Box<Hook>>,
}

type Hook = dyn FnMut(&Path) -> io::Result<()>;

/// A change that has been made.
struct Done {
    folder: PathBuf,
    place: PathBuf,
    before: Option<Vec<u8>>,
}

impl Transaction {
    /// Creates a transaction that calls `hook` with the place of a file before it is changed.
    #[cfg(test)]
    pub(crate) fn with_hook(hook: impl FnMut(&Path) -> io::Result<()> + 'static) -> Self {
        Self { before_each: Some(Box::new(hook)), ..Self::default() }
    }

    /// Makes the changes, in their order.
    ///
    /// All temporary files are written first, where most failures happen.
    ///
    /// # Errors
    ///
    /// If a change is not possible. Everything is undone then, earlier changes of this transaction included.
    pub(crate) fn apply(&mut self, changes: &[Change]) -> Result<()> {
        let Err(error) = self.try_apply(changes) else { return Ok(()) };
        Err(match self.undo() {
            Ok(()) => error.context("nothing was changed"),
            Err(second) => error.context(second),
        })
    }

    fn try_apply(&mut self, changes: &[Change]) -> Result<()> {
        let staged: Vec<Option<TempPath>> = changes.iter().map(|change| self.stage(change)).collect::<Result<_>>()?;
        for (change, staged) in changes.iter().zip(staged) {
            let verb = if staged.is_some() { "write" } else { "remove" };
            let place = place(&change.folder, &change.path)?;
            let done = self.replace(change, &place, staged);
            done.with_context(|| format!("cannot {verb} {}", place.display()))?;
        }
        Ok(())
    }

    /// Writes the new text to a temporary file.
    fn stage(&mut self, change: &Change) -> Result<Option<TempPath>> {
        let Some(text) = &change.new else { return Ok(None) };
        let place = place(&change.folder, &change.path)?;
        let staged = self.write_temporary(&place, text);
        staged.map(Some).with_context(|| format!("cannot write {}", place.display()))
    }

    fn write_temporary(&mut self, place: &Path, text: &str) -> io::Result<TempPath> {
        let missing: Vec<&Path> = place.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_path_buf());
        }
        let mut file = temporary(place)?;
        file.write_all(text.as_bytes())?;
        Ok(file.into_temp_path())
    }

    fn replace(&mut self, change: &Change, place: &Path, staged: Option<TempPath>) -> io::Result<()> {
        if let Some(before_each) = &mut self.before_each {
            before_each(place)?;
        }
        let before = match fs::read(place) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            read => Some(read?),
        };
        match (staged, &before) {
            (Some(file), _) => put(file, place)?,
            (None, Some(_)) => fs::remove_file(place)?,
            (None, None) => return Ok(()),
        }
        self.done.push(Done { folder: change.folder.clone(), place: place.to_path_buf(), before });
        Ok(())
    }

    /// Restores all files.
    ///
    /// # Errors
    ///
    /// If files cannot be restored; it names them.
    pub(crate) fn undo(&mut self) -> Result<()> {
        let mut failed = Vec::new();
        for Done { place, before, .. } in self.done.drain(..).rev() {
            let undone = match before {
                Some(bytes) => temporary(&place).and_then(|mut file| {
                    file.write_all(&bytes)?;
                    put(file.into_temp_path(), &place)
                }),
                None => fs::remove_file(&place),
            };
            if let Err(error) = undone {
                failed.push(format!("{}: {error}", place.display()));
            }
        }
        for folder in self.folders.drain(..).rev() {
            // A folder that is no longer empty stays.
            let _ = fs::remove_dir(folder);
        }
        ensure!(failed.is_empty(), "these files could not be restored: {}", failed.join("; "));
        Ok(())
    }

    /// Keeps the changes, and removes folders in which no file is left.
    pub(crate) fn commit(self) {
        for Done { folder, place, .. } in &self.done {
            for parent in place.ancestors().skip(1).take_while(|parent| parent != folder) {
                if fs::remove_dir(parent).is_err() {
                    break;
                }
            }
        }
    }
}

/// Renames a temporary file to its place. Not by `persist`, which replaces no file on Windows that anybody reads, such as an
/// editor.
fn put(file: TempPath, place: &Path) -> io::Result<()> {
    let file = file.keep().map_err(|failed| failed.error)?;
    fs::rename(&file, place).inspect_err(|_| {
        let _ = fs::remove_file(&file);
    })
}

/// Creates a temporary file beside `place`, with the permissions of any new file.
fn temporary(place: &Path) -> io::Result<NamedTempFile> {
    let name = place.file_name().unwrap_or_default();
    let prefix = [name, ".".as_ref()].join("".as_ref());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(PARTIAL);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(place.parent().unwrap_or(place))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// All files and folders with their contents.
    fn all(dir: &Path) -> BTreeMap<PathBuf, Option<String>> {
        let mut found = BTreeMap::new();
        let mut pending = vec![dir.to_path_buf()];
        while let Some(folder) = pending.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    pending.push(path.clone());
                }
                let text = fs::read_to_string(&path).ok();
                found.insert(path, text);
            }
        }
        found
    }

    fn change(dir: &Path, path: &str, new: Option<&str>) -> Change {
        Change { folder: dir.to_path_buf(), path: path.to_owned(), old: None, new: new.map(str::to_owned) }
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a"), "old a").expect("written");
        fs::write(dir.path().join("b"), "old b").expect("written");
        dir
    }

    #[test]
    fn applies_all_changes_and_undoes_them() {
        let dir = folder();
        let before = all(dir.path());
        let mut transaction = Transaction::default();
        let changes = [
            change(dir.path(), "a", Some("new a")),
            change(dir.path(), "b", None),
            change(dir.path(), "c/d/e", Some("new")),
        ];
        transaction.apply(&changes).expect("applied");
        assert_eq!(fs::read_to_string(dir.path().join("a")).expect("there"), "new a");
        assert_eq!(fs::read_to_string(dir.path().join("c/d/e")).expect("there"), "new");
        assert_eq!(all(dir.path()).len(), 4, "no b, and no temporary files");
        transaction.undo().expect("undone");
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn a_change_that_cannot_be_staged_leaves_all_as_it_was() {
        let dir = folder();
        let before = all(dir.path());
        let changes = [
            change(dir.path(), "a", Some("new")),
            change(dir.path(), "x/y", Some("new")),
            change(dir.path(), "b/c", Some("new")),
        ];
        let error = format!("{:#}", Transaction::default().apply(&changes).expect_err("b is a file"));
        let place = dir.path().join("b/c");
        assert!(error.starts_with(&format!("nothing was changed: cannot write {}: ", place.display())), "{error}");
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn a_failure_at_any_change_undoes_those_before() {
        let changes = |dir: &Path| {
            let created = change(dir, "new/file", Some("new"));
            ([change(dir, "b", Some("newer b"))], [change(dir, "a", Some("new")), change(dir, "b", None), created])
        };
        for failing in 1..=4 {
            let dir = folder();
            let before = all(dir.path());
            let mut count = 0;
            let mut transaction = Transaction::with_hook(move |_| {
                count += 1;
                if count == failing { Err(io::Error::other("injected")) } else { Ok(()) }
            });
            let (first, second) = changes(dir.path());
            let outcome = transaction.apply(&first).and_then(|()| transaction.apply(&second));
            let error = format!("{:#}", outcome.expect_err("injected"));
            assert!(error.starts_with("nothing was changed: cannot ") && error.ends_with("injected"), "{error}");
            assert_eq!(all(dir.path()), before, "{failing}");
        }
    }

    #[test]
    fn a_folder_where_a_file_should_be_leaves_all_as_it_was() {
        let dir = folder();
        fs::create_dir_all(dir.path().join("taken/inner")).expect("created");
        let before = all(dir.path());
        let changes = [change(dir.path(), "a", Some("new")), change(dir.path(), "taken", Some("new"))];
        Transaction::default().apply(&changes).expect_err("taken is a folder");
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn a_file_that_cannot_be_put_in_its_place_is_removed() {
        let dir = folder();
        fs::create_dir_all(dir.path().join("taken/inner")).expect("created");
        let before = all(dir.path());
        let place = dir.path().join("taken");
        let file = temporary(&place).expect("created").into_temp_path();
        put(file, &place).expect_err("taken is a folder");
        assert_eq!(all(dir.path()), before);
    }

    #[test]
    fn folders_go_with_their_last_file() {
        let dir = folder();
        fs::create_dir_all(dir.path().join("c/d")).expect("created");
        fs::write(dir.path().join("c/d/e"), "old").expect("written");
        let mut transaction = Transaction::default();
        transaction.apply(&[change(dir.path(), "c/d/e", None)]).expect("applied");
        transaction.commit();
        assert!(!dir.path().join("c").exists());
        assert!(dir.path().join("a").exists());
    }

    #[cfg(unix)]
    #[test]
    fn files_are_readable_by_others_and_links_are_never_written_through() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let dir = folder();
        fs::write(dir.path().join("plain"), "").expect("written");
        let mode = |path: &str| fs::metadata(dir.path().join(path)).expect("there").permissions().mode();
        Transaction::default().apply(&[change(dir.path(), "a", Some("new"))]).expect("applied");
        assert_eq!(mode("a"), mode("plain"));

        let outside = folder();
        let before = all(outside.path());
        symlink(outside.path(), dir.path().join("src")).expect("linked");
        for new in [Some("new"), None] {
            let error = Transaction::default().apply(&[change(dir.path(), "src/a", new)]).expect_err("a link");
            assert!(format!("{error:#}").contains("src is a symbolic link"), "{error:#}");
        }
        assert_eq!(all(outside.path()), before);
    }
}
