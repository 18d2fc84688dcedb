//! `kill -9` at every system call that changes or prepares a file: what stood there stays, or what was to be written
//! stands there, never half of it; and the next run works as if nothing had happened.
//!
//! The same with errors in place of signals: a disk that is full or read-only, no descriptors left.
//!
//! `strace` injects both, so that no moment is left out; without it the tests say that they skip.

#![expect(clippy::print_stderr, reason = "says how often it killed")]

use super::home::*;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

/// The system calls by which files are made, filled, locked, put on the disk and put in place.
const CALLS: [&str; 9] =
    ["openat", "write", "flock", "fsync", "fchmod", "rename,renameat,renameat2", "link,linkat", "unlink", "mkdir"];

/// No run makes more of one call.
const MOST: usize = 200;

/// Whether a process can be traced here.
fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let possible = traced.is_ok_and(|status| status.success());
    if !possible {
        test_support::skipped("strace is not installed or may not trace");
    }
    possible
}

/// Runs the command and kills it at the nth of some calls; `None` if it ended before.
fn killed_at(home: &Home, calls: &str, nth: usize, words: &[&str]) -> Option<Output> {
    let mut command = home.command("strace");
    let inject = format!("inject={calls}:signal=KILL:when={nth}");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject]);
    let output = command.arg(env!("CARGO_BIN_EXE_sso")).args(words).output().expect("a process");
    if output.status.success() {
        return None;
    }
    // strace ends by the signal of what it traced.
    let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
    assert_eq!(signal, Some(9), "{words:?} at {calls} {nth}: {}", text(&output.stderr));
    Some(output)
}

/// Kills at each call in turn, and checks what is left. Returns how often.
fn kill_everywhere(words: &[&str], prepare: impl Fn() -> Home, check: impl Fn(&Home, &str)) -> usize {
    let mut kills = 0;
    for calls in CALLS {
        for nth in 1..MOST {
            let home = prepare();
            if killed_at(&home, calls, nth, words).is_none() {
                break;
            }
            kills += 1;
            check(&home, &format!("{words:?} killed at {calls} {nth}"));
        }
    }
    eprintln!("{words:?}: killed {kills} times");
    kills
}

/// Runs the command with an error of the nth of some calls; `None` if it made fewer.
fn failed_at(home: &Home, calls: &str, error: &str, nth: usize, words: &[&str]) -> Option<Output> {
    let log = home.path("strace.log");
    let mut command = home.command("strace");
    let inject = format!("inject={calls}:error={error}:when={nth}");
    command.args(["-f", "-qq", "-e", &format!("trace={calls}"), "-e", &inject]).arg("-o").arg(&log);
    let output = command.arg(env!("CARGO_BIN_EXE_sso")).args(words).output().expect("a process");
    let log = std::fs::read(&log).expect("a log");
    text(&log).contains("(INJECTED)").then_some(output)
}

/// Every file of the caches is whole, and temporary files go away with the first write after a minute.
fn are_whole(folder: &Path, case: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().expect("a file").permissions());
        assert_eq!(mode & 0o077, 0, "{case}: {} is open to others", path.display());
        if path.extension().is_some_and(|extension| extension == "json") {
            let content = std::fs::read(&path).expect("read");
            assert!(serde_json::from_slice::<Value>(&content).is_ok(), "{case}: {} is torn", path.display());
        }
    }
}

fn temporary_files(home: &Home) -> Vec<std::path::PathBuf> {
    let folders = [".aws", ".aws/sso/cache", ".aws/cli/cache"];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(home.path(folder)).ok()).flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    // Whatever a command keeps by a name of its own is there to stay.
    let kept = ["json", "lock", "sso-lock", "attempt", "owner", "tsv"];
    let is_kept = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        path.is_dir() || path.ends_with("config") || extension.is_some_and(|found| kept.contains(&found))
    };
    paths.filter(|path| !is_kept(path)).collect()
}

/// Makes temporary files older than what a process that still runs may have.
fn age_temporary_files(home: &Home) {
    for path in temporary_files(home) {
        let file = std::fs::File::options().append(true).open(path).expect("opened");
        file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("set");
    }
}

fn are_gone(home: &Home, case: &str) {
    assert_eq!(temporary_files(home), Vec::<std::path::PathBuf>::new(), "{case}");
}

/// A home whose token has expired and can be refreshed.
fn expired() -> Home {
    let home = Home::new();
    put_expired(&home, "OLD");
    home
}

fn put_expired(home: &Home, token: &str) {
    home.put_token(
        "corp",
        token,
        "2020-01-01T00:00:00Z",
        json!({ "refreshToken": "OLDREFRESH", "clientId": "id", "clientSecret": CLIENT_SECRET,
            "registrationExpiresAt": "2099-01-01T00:00:00Z", "ours": "kept" }),
    );
    let token = home.token_file("corp");
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
}

/// The old pair of tokens or the new one, and whole files.
fn refreshed_or_not(home: &Home, case: &str) {
    are_whole(&home.path(".aws/sso/cache"), case);
    are_whole(&home.path(".aws/cli/cache"), case);
    let token = std::fs::read(home.token_file("corp")).expect("a file");
    let token: Value = serde_json::from_slice(&token).expect("JSON");
    assert_eq!(token["ours"], "kept", "{case}");
    let pair = (token["accessToken"].as_str(), token["refreshToken"].as_str());
    let (old, new) = ((Some("OLD"), Some("OLDREFRESH")), (Some(TOKEN), Some(REFRESH_TOKEN)));
    assert!(pair == old || pair == new, "{case}: {pair:?}");
}

/// A refresh: the old token or the new one, and credentials in the next run.
#[test]
fn a_refresh_that_is_killed() {
    if !can_trace() {
        return;
    }
    let words = ["credential-process", "--profile", "dev"];
    let kills = kill_everywhere(&words, expired, |home, case| {
        are_whole(&home.path(".aws/sso/cache"), case);
        are_whole(&home.path(".aws/cli/cache"), case);
        age_temporary_files(home);
        assert!(home.prints(&words).contains("ASIAEXAMPLE"), "{case}");
        // The next write into a folder takes away what was left there.
        put_expired(home, "OTHER");
        std::fs::remove_dir_all(home.path(".aws/cli")).expect("removed");
        home.prints(&words);
        are_gone(home, case);
    });
    assert!(kills > 20, "only {kills} kills");
}

/// A refresh on a disk that is full or read-only, or without descriptors: no panic, and credentials or a message.
#[test]
fn a_refresh_that_cannot_write() {
    if !can_trace() {
        return;
    }
    let words = ["credential-process", "--profile", "dev"];
    let failures = [
        ("fsync", "ENOSPC"),
        ("fsync", "EIO"),
        ("openat", "EMFILE"),
        ("openat", "EROFS"),
        ("openat", "EACCES"),
        ("socket", "EMFILE"),
        ("rename,renameat,renameat2", "EROFS"),
        ("flock", "ENOLCK"),
        ("flock", "EIO"),
        ("mkdir", "EROFS"),
        ("fchmod", "EPERM"),
    ];
    let mut failed = 0;
    for (calls, error) in failures {
        for nth in 1..MOST {
            let home = expired();
            let Some(output) = failed_at(&home, calls, error, nth, &words) else { break };
            failed += 1;
            let case = format!("{calls} {nth}: {error}");
            let (said, printed) = (text(&output.stderr), text(&output.stdout));
            assert!(!said.contains("panicked"), "{case}: {said}");
            // 127: the program loader itself finds no descriptors.
            let code = output.status.code();
            match code {
                Some(0) => assert!(printed.contains("ASIAEXAMPLE"), "{case}: {printed}"),
                _ => assert!(code.is_some() && !said.trim().is_empty(), "{case}: {:?} without a word", output.status),
            }
            refreshed_or_not(&home, &case);
        }
    }
    eprintln!("{words:?}: failed {failed} times");
    assert!(failed > 30, "only {failed} failures");
}

/// `configure`: the config file is the old one or the new one, and the next run ends at the new one.
#[test]
fn a_configure_that_is_killed() {
    if !can_trace() {
        return;
    }
    let words = ["configure", "--sso-session", "corp"];
    let done = signed_in();
    let before = done.read(".aws/config");
    done.prints(&words);
    let after = done.read(".aws/config");
    assert_ne!(before, after);
    let kills = kill_everywhere(&words, signed_in, |home, case| {
        let now = home.read(".aws/config");
        assert!(now == before || now == after, "{case}: {now}");
        age_temporary_files(home);
        home.prints(&words);
        assert_eq!(home.read(".aws/config"), after, "{case}");
        are_gone(home, case);
        // A second change writes again, in whatever state the first one was.
        home.prints(&["configure", "--sso-session", "corp", "--name", "{account_id}-{role}"]);
        are_gone(home, case);
    });
    assert!(kills > 20, "only {kills} kills");
}

/// What is known of roles: nothing or all of it, and the next listing removes what was left.
#[test]
fn a_listing_that_is_killed() {
    if !can_trace() {
        return;
    }
    let words = ["roles", "--sso-session", "corp"];
    let known = ".aws/cli/cache/sso-roles.corp.tsv";
    let done = signed_in();
    done.prints(&words);
    let whole = done.read(known);
    let kills = kill_everywhere(&words, signed_in, |home, case| {
        are_whole(&home.path(".aws/cli/cache"), case);
        let now = std::fs::read_to_string(home.path(known)).unwrap_or_default();
        assert!(now.is_empty() || now == whole, "{case}: {now}");
        age_temporary_files(home);
        assert!(home.prints(&words).contains("prod"), "{case}");
        assert_eq!(home.read(known), whole, "{case}");
        are_gone(home, case);
    });
    assert!(kills > 5, "only {kills} kills");
}

/// A sign-in: no token, or the whole one, and the next sign-in works.
#[test]
#[ignore = "takes a second for each of some hundred system calls"]
fn a_login_that_is_killed() {
    if !can_trace() {
        return;
    }
    let words = ["login", "--sso-session", "corp", "--flow", "device-code", "--no-browser"];
    let kills = kill_everywhere(&words, Home::new, |home, case| {
        are_whole(&home.path(".aws/sso/cache"), case);
        if let Ok(token) = std::fs::read(home.token_file("corp")) {
            let token: Value = serde_json::from_slice(&token).expect("JSON");
            assert_eq!(
                (token["accessToken"].as_str(), token["refreshToken"].as_str()),
                (Some(TOKEN), Some(REFRESH_TOKEN))
            );
        }
        age_temporary_files(home);
        home.run(&words);
        assert!(home.prints(&["credential-process", "--profile", "dev"]).contains("ASIAEXAMPLE"), "{case}");
    });
    assert!(kills > 20, "only {kills} kills");
}
