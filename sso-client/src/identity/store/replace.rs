//! Files that are replaced as a whole: readers see the old one or the new one, on every system.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

/// How temporary files begin and end. No tool takes one for a document: those end in `.json`.
const TEMPORARY: (&str, &str) = (".sso-client-", ".tmp");

/// After this, nobody is going to rename a temporary file any more.
const STALE: Duration = Duration::from_secs(60);

/// How long to wait before the first further try on Windows. Each wait is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(5);

/// How many further tries there are on Windows: 1.3 s in all, after which nobody is just reading the file.
const MORE_TRIES: u32 = 8;

/// Writes a file of mode 0600 in place of the one that is there, if any, and syncs it if it is to be durable.
///
/// # Errors
///
/// Those of the file system. The file that is there stays as it is.
pub(super) fn write(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    // A file that is a link stays one: what it leads to is replaced.
    let target = fs::canonicalize(path);
    let path = target.as_deref().unwrap_or(path);
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    remove_stale(folder);
    let file = temporary(folder)?;
    file.as_file().write_all(bytes)?;
    if durable {
        file.as_file().sync_all()?;
    }
    // Not by `persist`, which never replaces a file on Windows that anybody reads. Dropped, it is removed.
    let mut file = file.into_temp_path();
    patiently(|| fs::rename(&file, path))?;
    file.disable_cleanup(true);
    if durable && cfg!(unix) {
        // The rename is on the disk with the folder. Not every file system can do that.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Makes a temporary file of mode 0600. Its errors are those of the system, without the name that nobody knows.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let (prefix, suffix) = TEMPORARY;
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut code = None;
    let open = |path: &Path| options.open(path).inspect_err(|error| code = error.raw_os_error());
    let made = tempfile::Builder::new().prefix(prefix).suffix(suffix).make_in(folder, open);
    made.map_err(|error| code.map_or(error, io::Error::from_raw_os_error))
}

/// Makes a folder of mode 0700, and those above it, where they are not there.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what processes left that were killed between writing and renaming.
fn remove_stale(folder: &Path) {
    let Ok(files) = fs::read_dir(folder) else { return };
    let (prefix, suffix) = TEMPORARY;
    for file in files.flatten() {
        let name = file.file_name();
        let Some(name) = name.to_str().filter(|name| name.starts_with(prefix) && name.ends_with(suffix)) else {
            continue;
        };
        let age = file.metadata().and_then(|metadata| metadata.modified()).ok();
        // A file of the future was written before the clock was set back.
        let age =
            age.map(|modified| SystemTime::now().duration_since(modified).unwrap_or_else(|error| error.duration()));
        if age.is_some_and(|age| age > STALE) {
            let _ = fs::remove_file(folder.join(name));
        }
    }
}

/// Renames or removes a file. On Windows, neither works while another program has the file open without allowing it, as
/// virus scanners and indexers do, for a moment: there it is tried again after a wait.
///
/// # Errors
///
/// The last one.
pub(super) fn patiently(work: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    patiently_by(work, cfg!(windows), thread::sleep)
}

fn patiently_by(
    mut work: impl FnMut() -> io::Result<()>,
    is_windows: bool,
    mut sleep: impl FnMut(Duration),
) -> io::Result<()> {
    for number in 0..MORE_TRIES {
        match work() {
            Err(error) if is_windows && is_open_elsewhere(&error) => sleep(FIRST_WAIT * 2u32.pow(number)),
            done => return done,
        }
    }
    work()
}

/// Whether an error of Windows may be due to another program: `ERROR_ACCESS_DENIED` or `ERROR_SHARING_VIOLATION`.
fn is_open_elsewhere(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails by these errors of the system, and then no more. Returns the outcome, the tries and the waits.
    fn tried(errors: &[i32], is_windows: bool) -> (io::Result<()>, usize, Vec<Duration>) {
        let (mut tries, mut waits) = (0, Vec::new());
        let work = || {
            tries += 1;
            errors.get(tries - 1).map_or(Ok(()), |code| Err(io::Error::from_raw_os_error(*code)))
        };
        let outcome = patiently_by(work, is_windows, |wait| waits.push(wait));
        (outcome, tries, waits)
    }

    #[test]
    fn a_file_that_is_open_elsewhere_is_waited_for_on_windows() {
        let code = |outcome: io::Result<()>| outcome.err().and_then(|error| error.raw_os_error());
        let (outcome, tries, waits) = tried(&[5, 32, 32], true);
        assert_eq!((code(outcome), tries), (None, 4));
        assert_eq!(waits, [5, 10, 20].map(Duration::from_millis));

        let (outcome, tries, waits) = tried(&[5; 100], true);
        assert_eq!((code(outcome), tries), (Some(5), 9), "somebody has it open for good, or it is not ours");
        assert_eq!(waits.iter().sum::<Duration>(), Duration::from_millis(1275));

        for (errors, is_windows, expected) in [
            (&[][..], true, None),
            // ERROR_DISK_FULL.
            (&[112, 5], true, Some(112)),
            // Elsewhere the same numbers are others: EIO and EPIPE.
            (&[5], false, Some(5)),
            (&[32], false, Some(32)),
        ] {
            let (outcome, tries, waits) = tried(errors, is_windows);
            assert_eq!((code(outcome), tries, waits.len()), (expected, 1, 0), "{errors:?}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_replaced_leaves_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.json");
        fs::create_dir_all(path.join("inner")).expect("a folder in its place");
        write(&path, b"{}", true).expect_err("it is a folder");
        let left: Vec<_> =
            fs::read_dir(folder.path()).expect("a folder").map(|it| it.expect("an entry").path()).collect();
        assert_eq!(left, [path]);
    }

    #[test]
    fn temporary_files_of_the_past_and_of_the_future_are_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let day = Duration::from_secs(24 * 3600);
        for (name, modified) in [
            (".sso-client-past.tmp", SystemTime::now() - day),
            (".sso-client-future.tmp", SystemTime::now() + day),
            (".sso-client-now.tmp", SystemTime::now()),
            ("other.tmp", SystemTime::now() - day),
        ] {
            let file = File::create(folder.path().join(name)).expect("a file");
            file.set_modified(modified).expect("set");
        }
        remove_stale(folder.path());
        let left = fs::read_dir(folder.path()).expect("a folder").map(|file| file.expect("a file").file_name());
        let mut left: Vec<_> = left.collect();
        left.sort();
        assert_eq!(left, [".sso-client-now.tmp", "other.tmp"]);
    }
}
