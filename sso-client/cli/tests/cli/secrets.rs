//! No secret on any command line, in any file but the caches, or in any output but the one that was asked for.

use std::sync::atomic::{AtomicBool, Ordering};

use super::home::*;
use super::server::Server;
use serde_json::json;

/// No output or `--debug` contains token, secret key or session token, but the output that was asked for.
#[test]
fn nothing_secret_shown() {
    let home = signed_in();
    for words in [
        &["list-accounts", "--profile", "dev", "--debug"][..],
        &["get-role-credentials", "--profile", "dev", "--debug", "--query", "`1`"],
        &["roles", "--profile", "dev", "--debug"],
        &["exec", "--profile", "dev", "--debug", "--", "true"],
        &["status", "--debug"],
        &["logout", "--access-token", TOKEN, "--debug", "--region", "eu-west-1"],
    ] {
        let output = home.run(words);
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{words:?}: {shown}");
        for secret in [TOKEN, KEY, SESSION_TOKEN] {
            assert!(!shown.contains(secret), "{words:?}: {shown}");
        }
    }
    let debug = text(&home.run(&["list-accounts", "--access-token", TOKEN, "--region", "eu-west-1", "--debug"]).stderr);
    assert!(debug.contains("x-amz-sso_bearer_token: <redacted>") && debug.contains("GET http://"), "{debug}");
}

/// A command that the watcher has to see.
const WATCHED: &str = "get-role-credentials";

/// What processes with this working folder were started with, while a test runs.
fn watched(folder: &std::path::Path, stop: &AtomicBool, works: &AtomicBool) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    while !stop.load(Ordering::Relaxed) {
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let is_ours = || std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder);
            if !line.is_empty() && is_ours() {
                let line = text(&line).replace('\0', " ");
                works.fetch_or(line.contains(WATCHED), Ordering::Relaxed);
                seen.insert(line);
            }
        }
    }
    seen.into_iter().collect()
}

/// A whole session, from the first sign-in to the last sign-out: no command line, file beside the caches, or output but
/// the one that was asked for holds token, secret key, session token, refresh token, client secret, device code or
/// sign-in token; files of the caches are 0600 in folders of 0700.
#[test]
fn nothing_secret_left_lying_or_shown() {
    let home = Home::new();
    std::fs::remove_dir_all(home.path(".aws")).expect("removed");
    let federation = Server::start(&json!([{ "body": { "SigninToken": "SIGNINSECRET" } }]), None);
    let federation = format!("{}/federation", federation.url());
    let secrets = [&SECRETS[..], &["SIGNINSECRET"]].concat();
    // Commands that are started show what they were started with.
    home.write("show.sh", "tr '\\0' ' ' < /proc/$$/cmdline >> lines; tr '\\0' ' ' < /proc/$PPID/cmdline >> lines\n");
    home.write("browser.sh", "sh show.sh \"$@\"; tr '\\0' ' ' < /proc/$$/cmdline >> lines\n");
    let (stop, works) = (AtomicBool::new(false), AtomicBool::new(false));
    let seen = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watched(home.dir.path(), &stop, &works));
        let run = |words: &[&str], is_asked_for: bool| {
            let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
            let output =
                command.env("BROWSER", "sh browser.sh").arg("--debug").args(words).output().expect("a process");
            let shown = text(&output.stderr)
                + if is_asked_for { "" } else { std::str::from_utf8(&output.stdout).expect("text") };
            for secret in &secrets {
                assert!(!shown.contains(secret), "{words:?} shows {secret}: {shown}");
            }
            output.status.success()
        };
        let url = "https://d-abc.awsapps.com/start";
        let session = ["configure", "--sso-session", "corp", "--start-url", url, "--region", "eu-west-1", "--login"];
        assert!(run(&session, false));
        assert!(run(&["login", "--sso-session", "corp", "--force", "--flow", "device-code"], false));
        for (words, is_asked_for) in [
            (&["status"][..], false),
            (&["roles", "--sso-session", "corp"], false),
            (&["list-accounts", "--profile", "prod.Audit"], false),
            (&["get-role-credentials", "--profile", "prod.Audit", "--query", "`1`"], false),
            (&["get-role-credentials", "--profile", "prod.Audit"], true),
            (&["export", "--profile", "prod.Audit"], true),
            (&["credential-process", "--profile", "prod.Audit"], true),
            (&["exec", "--profile", "prod.Audit", "--", "sh", "show.sh"], false),
            (&["exec", "--sso-session", "corp", "--all-accounts", "--role", "Audit", "--", "sh", "show.sh"], false),
            (&["console", "--profile", "prod.Audit", "--federation-url", &federation], true),
        ] {
            assert!(run(words, is_asked_for), "{words:?}");
        }
        // On a busy machine, the watcher misses processes.
        for _ in 0..200 {
            if works.load(Ordering::Relaxed) || !cfg!(target_os = "linux") {
                break;
            }
            assert!(run(&[WATCHED, "--profile", "prod.Audit"], true));
        }
        let held = holding(home.dir.path(), &secrets);
        assert!(!held.is_empty());
        for path in held {
            let is_cache = [".aws/sso/cache", ".aws/cli/cache"].iter().any(|cache| path.starts_with(home.path(cache)));
            assert!(is_cache, "{} holds a secret", path.display());
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode =
                    |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
                assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700), "{}", path.display());
            }
        }
        assert!(run(&["logout", "--sso-session", "corp"], false));
        stop.store(true, Ordering::Relaxed);
        watcher.join().expect("no panic")
    });
    let lines = home.read("lines");
    assert!(lines.contains("show.sh") && lines.contains("browser.sh"), "{lines}");
    if cfg!(target_os = "linux") {
        assert!(seen.iter().any(|line| line.contains(WATCHED)), "the watcher saw nothing");
    }
    for secret in &secrets {
        assert!(!lines.contains(secret), "{secret} in {lines}");
        assert!(!seen.iter().any(|line| line.contains(secret)), "{secret} in {seen:?}");
    }
    let left = holding(&home.path(".aws"), &[TOKEN, KEY, SESSION_TOKEN, REFRESH_TOKEN]);
    assert!(left.is_empty(), "{left:?}");
}
