//! Replaces a file whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::errors::Failed;
use crate::files::private;

/// A file as it was read, and the lock that holds others off.
pub(super) struct File {
    /// Where symbolic links lead.
    path: PathBuf,
    /// What it holds; nothing where it is not there.
    pub(super) text: String,
    _lock: fs::File,
}

impl File {
    pub(super) fn open(path: &Path) -> Result<Self, Failed> {
        let failed = |error: io::Error| Failed::failure(format!("{}: {error}", path.display()));
        let path = match fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            found => found.map_err(failed)?,
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = sibling(&path, ".sso-lock");
        let lock = private().create(true).truncate(false).write(true).open(lock).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let text = read(&path).map_err(failed)?;
        Ok(Self { path, text, _lock: lock })
    }

    /// Puts another text in its place, unless it has changed since.
    pub(super) fn replace(&self, text: &str) -> Result<(), Failed> {
        let failed = |error: io::Error| Failed::failure(format!("{}: {error}", self.path.display()));
        // Under the lock nobody else writes it: what stands there was left by a process that was killed.
        let new = sibling(&self.path, ".sso-new");
        let _ = fs::remove_file(&new);
        let written = self.write(&new, text);
        if written.is_err() {
            // What is half written is of no use to anybody.
            let _ = fs::remove_file(&new);
        }
        let unchanged = written.map_err(failed)?;
        if unchanged {
            Ok(())
        } else {
            Err(Failed::failure(format!("{} has changed meanwhile; run this again", self.path.display())))
        }
    }

    fn write(&self, new: &Path, text: &str) -> io::Result<bool> {
        let mut file = private().create_new(true).write(true).open(new)?;
        file.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(&self.path) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()?;
        if read(&self.path)? != self.text {
            fs::remove_file(new)?;
            return Ok(false);
        }
        fs::rename(new, &self.path)?;
        Ok(true)
    }
}

fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
