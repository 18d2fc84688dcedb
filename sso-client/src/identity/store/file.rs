//! The folders that AWS's tools share.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::replace;
use super::{BoxFuture, Document, Entry, EntryKind, StoreLock, TokenStore, TryLock};
use crate::identity::{IdentityError, IdentityErrorKind as Kind};
use crate::runtime::base::Escaped;

/// No file of the caches comes near this size.
const MAX_SIZE: u64 = 1024 * 1024;

/// Tokens and registrations in `~/.aws/sso/cache`, role credentials in `~/.aws/cli/cache`: names, members and dates
/// as the AWS CLI, botocore and the AWS SDKs write them.
///
/// Files are written to a temporary file of mode 0600 in the same folder, synced, and renamed. A folder that is
/// made has mode 0700. On Windows, which has no modes, both inherit the access control list of the folder above. Locks are those of the kernel (`flock`, `LockFileEx`) on files of their own, which end in
/// `.lock` and are never removed; they are let go of when a process ends, however it ends. On a file system that
/// has no locks, or takes no new files, tasks of one process still exclude each other, and processes do not; a sign-in
/// fails before it begins where there can be no file.
///
/// ```
/// use sso_client::identity::FileTokenStore;
///
/// let store = FileTokenStore::new("/home/me/.aws/sso/cache", "/home/me/.aws/cli/cache");
/// assert_eq!(store.token_folder().to_str(), Some("/home/me/.aws/sso/cache"));
/// assert_eq!(store.role_folder().to_str(), Some("/home/me/.aws/cli/cache"));
/// // The token in one file, whatever the session is called.
/// let store = store.token_file("/run/secrets/token.json");
/// ```
#[derive(Clone, Debug)]
pub struct FileTokenStore {
    tokens: PathBuf,
    roles: PathBuf,
    token_file: Option<PathBuf>,
}

impl FileTokenStore {
    /// A store in two folders: that of tokens and registrations, and that of role credentials.
    pub fn new(tokens: impl Into<PathBuf>, roles: impl Into<PathBuf>) -> Self {
        Self { tokens: tokens.into(), roles: roles.into(), token_file: None }
    }

    /// Reads and writes the token in this file, whatever the session is called.
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token_file = Some(path.into());
        self
    }

    /// The folder of tokens and registrations.
    pub fn token_folder(&self) -> &Path {
        &self.tokens
    }

    /// The folder of role credentials.
    pub fn role_folder(&self) -> &Path {
        &self.roles
    }

    /// Where a document lies.
    pub fn path(&self, entry: &Entry) -> PathBuf {
        let (folder, extension) = self.place(entry.kind);
        match (&self.token_file, entry.kind) {
            (Some(path), EntryKind::Token) => path.clone(),
            (Some(path), EntryKind::RefreshAttempt) => path.with_extension(extension),
            _ => folder.join(format!("{}.{extension}", entry.name)),
        }
    }

    /// Writes a file that is none of the store and lies among its documents, as those are written: with the same mode,
    /// replaced whole, and with what killed processes left there removed.
    #[doc(hidden)]
    pub fn write_beside(path: &Path, bytes: Vec<u8>) -> io::Result<()> {
        replace::write(path, &Zeroizing::new(bytes), false)
    }

    fn lock_path(&self, entry: &Entry) -> PathBuf {
        match entry.kind {
            EntryKind::Login => self.tokens.join(format!("{}.login.lock", entry.name)),
            _ => self.path(entry).with_extension("lock"),
        }
    }

    fn place(&self, kind: EntryKind) -> (&Path, &'static str) {
        match kind {
            EntryKind::Token | EntryKind::Registration => (&self.tokens, "json"),
            EntryKind::RefreshAttempt => (&self.tokens, "attempt"),
            EntryKind::Login => (&self.tokens, "login"),
            EntryKind::RoleCredentials => (&self.roles, "json"),
            EntryKind::RoleOwner => (&self.roles, "owner"),
        }
    }
}

/// Does what blocks on a thread that may be blocked.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IdentityError> + Send + 'static,
) -> Result<T, IdentityError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => Err(IdentityError::new(Kind::CacheFile, format!("the file was not looked at: {failed}"))),
    }
}

impl TokenStore for FileTokenStore {
    fn read<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<Option<Document>, IdentityError>> {
        let path = self.path(entry);
        Box::pin(blocking(move || read(&path)))
    }

    fn write<'a>(&'a self, entry: &'a Entry, document: Document) -> BoxFuture<'a, Result<(), IdentityError>> {
        let path = self.path(entry);
        // What is no secret and may be lost need not be on the disk.
        let durable = entry.kind != EntryKind::RefreshAttempt;
        Box::pin(blocking(move || {
            replace::write(&path, document.as_bytes(), durable).map_err(|error| {
                let message = format!("the file cannot be written: {error}");
                IdentityError::new(Kind::CacheWrite, message).at(path, None, None).with_source(error)
            })
        }))
    }

    fn remove<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<bool, IdentityError>> {
        let path = self.path(entry);
        Box::pin(blocking(move || match replace::patiently(|| fs::remove_file(&path)) {
            Ok(()) => Ok(true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => {
                let message = format!("the file cannot be removed: {error}");
                Err(IdentityError::new(Kind::CacheWrite, message).at(path, None, None).with_source(error))
            }
        }))
    }

    fn list(&self, kind: EntryKind) -> BoxFuture<'_, Result<Vec<Entry>, IdentityError>> {
        let (folder, extension) = self.place(kind);
        let folder = folder.to_owned();
        Box::pin(blocking(move || list(&folder, kind, extension)))
    }

    fn try_lock<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<TryLock, IdentityError>> {
        let path = self.lock_path(entry);
        // A sign-in whose token cannot be stored had better not begin.
        let needs_file = entry.kind == EntryKind::Login;
        Box::pin(blocking(move || {
            try_lock(&path, needs_file).map_err(|error| {
                let message = format!("the lock file cannot be opened: {error}");
                IdentityError::new(Kind::CacheWrite, message).at(path, None, None).with_source(error)
            })
        }))
    }

    fn describe(&self, entry: &Entry) -> String {
        Escaped(self.path(entry).display()).to_string()
    }
}

/// Whether a file is not there; nor is one whose folder is a file.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn read(path: &Path) -> Result<Option<Document>, IdentityError> {
    let unreadable = |error: io::Error| {
        let message = format!("the file cannot be read: {error}");
        IdentityError::new(Kind::CacheFile, message).at(path, None, None).with_source(error)
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    // A buffer that grows would leave copies behind.
    let size = file.metadata().map_or(0, |metadata| metadata.len()).min(MAX_SIZE);
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 64));
    // Reading a folder fails here.
    file.take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(unreadable(io::Error::other("it is larger than 1 MiB")));
    }
    Ok(Some(Document(bytes)))
}

fn list(folder: &Path, kind: EntryKind, extension: &str) -> Result<Vec<Entry>, IdentityError> {
    let unreadable = |error: io::Error| {
        let message = format!("the folder cannot be read: {error}");
        IdentityError::new(Kind::CacheFile, message).at(folder, None, None).with_source(error)
    };
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut entries = Vec::new();
    for file in files {
        let path = file.map_err(unreadable)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            entries.extend(path.file_stem().and_then(|name| name.to_str()).map(|name| Entry::new(kind, name)));
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The locks that this process holds: what excludes its tasks from each other where the file system has no locks.
static HELD: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

fn held() -> MutexGuard<'static, Option<HashSet<PathBuf>>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A lock on a file, let go of when it is dropped.
#[derive(Debug)]
struct FileLock {
    path: PathBuf,
    file: Option<File>,
}

impl StoreLock for FileLock {}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file would not do: a child process has its descriptors too until it runs its own program, and
        // the lock is held for as long. It comes before the path is taken out, so that the next task finds both free.
        if let Some(file) = self.file.take() {
            let _ = file.unlock();
        }
        if let Some(held) = &mut *held() {
            held.remove(&self.path);
        }
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        replace::make_folder(folder)?;
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether the folder takes no new file, be it read-only, full or of somebody else.
fn cannot_be_made(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull)
}

fn try_lock(path: &Path, needs_file: bool) -> io::Result<TryLock> {
    try_lock_by(path, needs_file, File::try_lock)
}

/// `lock_file` is the kernel's, and fails otherwise than by `WouldBlock` where the file system has no locks. Where no
/// file can be made, it is an error only if `needs_file`.
fn try_lock_by(path: &Path, needs_file: bool, lock_file: fn(&File) -> Result<(), TryLockError>) -> io::Result<TryLock> {
    if !held().get_or_insert_default().insert(path.to_owned()) {
        return Ok(TryLock::Busy);
    }
    // From here on, dropping it takes the path out again.
    let mut lock = FileLock { path: path.to_owned(), file: None };
    let file = match open_lock(path) {
        Ok(file) => file,
        Err(error) if !needs_file && cannot_be_made(&error) => {
            crate::runtime::tracing::debug!(path = %path.display(), %error, "there can be no lock file");
            return Ok(TryLock::Locked(Box::new(lock)));
        }
        Err(error) => return Err(error),
    };
    match lock_file(&file) {
        Ok(()) => lock.file = Some(file),
        Err(TryLockError::WouldBlock) => return Ok(TryLock::Busy),
        Err(TryLockError::Error(error)) => {
            crate::runtime::tracing::debug!(path = %path.display(), %error, "the file system has no locks");
        }
    }
    Ok(TryLock::Locked(Box::new(lock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_locks_of_the_file_system_tasks_still_exclude_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.lock");
        let unsupported = |_: &File| Err(TryLockError::Error(io::ErrorKind::Unsupported.into()));
        let lock = try_lock_by(&path, true, unsupported).expect("goes on");
        assert!(matches!(lock, TryLock::Locked(_)));
        assert!(matches!(try_lock_by(&path, true, unsupported), Ok(TryLock::Busy)));
        drop(lock);
        assert!(matches!(try_lock_by(&path, true, unsupported), Ok(TryLock::Locked(_))));
        let busy = |_: &File| Err(TryLockError::WouldBlock);
        assert!(matches!(try_lock_by(&path, true, busy), Ok(TryLock::Busy)), "another process has it");
        assert!(matches!(try_lock(&path, true), Ok(TryLock::Locked(_))), "nothing is left of those that failed");
    }

    #[test]
    fn where_no_lock_file_can_be_made_tasks_still_exclude_each_other() {
        let error = |kind: io::ErrorKind| cannot_be_made(&kind.into());
        assert!(error(io::ErrorKind::ReadOnlyFilesystem) && error(io::ErrorKind::StorageFull));
        assert!(error(io::ErrorKind::PermissionDenied) && !error(io::ErrorKind::NotFound));
        assert!(!cannot_be_made(&io::Error::from_raw_os_error(24)), "descriptors come back");
    }

    /// As a child process has one between its start and its own program.
    #[test]
    fn a_copy_of_the_descriptor_does_not_hold_the_lock() {
        static COPY: Mutex<Option<File>> = Mutex::new(None);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.lock");
        let copied = |file: &File| {
            *COPY.lock().expect("a file") = Some(file.try_clone().expect("a copy"));
            file.try_lock()
        };
        let lock = try_lock_by(&path, true, copied).expect("goes on");
        assert!(matches!(lock, TryLock::Locked(_)));
        drop(lock);
        assert!(matches!(try_lock(&path, true), Ok(TryLock::Locked(_))), "it was let go of");
    }
}
