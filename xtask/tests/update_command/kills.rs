//! `kill -9` at every system call of an update that changes or prepares a file: the model stays the old one until all
//! else is in place, no file is torn, and the next update completes what was left.
//!
//! `strace` injects the signals, so that no moment is left out; without it the test says that it skips.
#![allow(clippy::print_stdout, reason = "says how often it killed")]

use std::process::{Command, Output, Stdio};

use super::*;

/// Tells the inner run where its workspace is, and where the new model.
const WORKSPACE: &str = "XTASK_TEST_WORKSPACE";
const FILE: &str = "XTASK_TEST_FILE";

/// The system calls by which files are made, filled, put in place and removed.
const CALLS: [&str; 6] =
    ["openat", "write", "rename,renameat,renameat2", "link,linkat", "unlink,unlinkat", "mkdir,rmdir"];

/// No run makes more of one call.
const MOST: usize = 500;

#[test]
#[ignore = "is run by another test, which kills it"]
fn updates() {
    let Some((root, file)) = std::env::var_os(WORKSPACE).zip(std::env::var_os(FILE)) else { return };
    let (outcome, printed) = go(root.as_ref(), &Request { file: file.into(), ..Request::default() });
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
}

/// Runs an update that is killed at the nth of some calls; `None` if it ended before.
fn killed_at(root: &Path, file: &Path, calls: &str, nth: usize) -> Option<Output> {
    let mut command = Command::new("strace");
    let inject = format!("inject={calls}:signal=KILL:when={nth}");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject]);
    command.arg(std::env::current_exe().expect("the test's program"));
    command.args(["kills::updates", "--exact", "--ignored", "--test-threads=1"]);
    let output = command.env(WORKSPACE, root).env(FILE, file).output().expect("a process");
    if output.status.success() {
        return None;
    }
    let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
    assert_eq!(signal, Some(9), "{calls} {nth}: {}", String::from_utf8_lossy(&output.stdout));
    Some(output)
}

fn text_of(value: &Value) -> String {
    format!("{value:#}")
}

#[test]
fn an_update_that_is_killed() {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if !traced.is_ok_and(|status| status.success()) {
        test_support::skipped("strace is not installed or may not trace");
        return;
    }
    let (_folder, path) = file(&newer());
    let new = text_of(&newer());
    // What an update that nobody kills leaves.
    let whole = workspace();
    let request = Request { file: path.clone(), ..Request::default() };
    assert_eq!(go(whole.path(), &request).0, Ok(Outcome::Success));
    let relative = |root: &Path| -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        all(root)
            .into_iter()
            .map(|(path, bytes)| (path.strip_prefix(root).expect("inside").to_owned(), bytes))
            .collect()
    };
    let expected = relative(whole.path());
    let untouched = workspace();
    let old = relative(untouched.path());
    let (mut kills, mut halfway) = (0, 0);
    for calls in CALLS {
        let mut ended = false;
        for nth in 1..MOST {
            let dir = workspace();
            if killed_at(dir.path(), &path, calls, nth).is_none() {
                ended = true;
                break;
            }
            kills += 1;
            let case = format!("killed at {calls} {nth}");
            let left = relative(dir.path());
            for (name, bytes) in &left {
                let known = [old.get(name), expected.get(name)].contains(&Some(bytes));
                let is_temporary = name.extension().is_some_and(|extension| extension == "partial");
                assert!(known || is_temporary, "{case}: {} is torn", name.display());
            }
            let model = common::read(&dir.path().join("model/thing.json"));
            let complete = expected.iter().all(|(name, bytes)| left.get(name) == Some(bytes));
            assert!(model != new || complete, "{case}: the model is new, and the code is not");
            halfway += usize::from(left != old && !complete);
            assert_eq!(go(dir.path(), &request).0, Ok(Outcome::Success), "{case}");
            assert_eq!(relative(dir.path()), expected, "{case}: after the next update");
        }
        assert!(ended, "there are more than {MOST} calls of {calls}");
    }
    println!("killed {kills} times, {halfway} of them halfway");
    assert!(halfway > 10, "{halfway} of {kills}");
}
