//! A disk that is really full, and a home that is really read-only, by mounts of a namespace of its own: credentials
//! that were had are printed, messages name the file, and files stay whole. Where mounts are not allowed, the tests
//! say that they skip.

use super::home::*;
use serde_json::{Value, json};
use std::process::Output;

/// Where the commands find their folder.
#[derive(Clone, Copy, Debug)]
enum Disk {
    /// A file system with so many pages left.
    Full(u32),
    /// A file system that can hold no more files, but more bytes.
    NoInodes,
    ReadOnly,
}

/// Puts `~/.aws` on that disk, runs the command, and moves what is there then to `~/after`.
const SCRIPT: &str = r#"
cp -a .aws before || exit 99
case $1 in
ro) mount --bind .aws .aws && mount -o remount,bind,ro .aws || exit 99;;
*) mount -t tmpfs -o "mode=0700,size=256k,nr_inodes=64" tmpfs .aws && cp -a before/. .aws/ || exit 99;;
esac
case $1 in
full) cat /dev/zero > .aws/fill 2>/dev/null; truncate -s "-$(($2 * 4096))" .aws/fill;;
inodes) n=0; while true > ".aws/fill$n"; do n=$((n + 1)); done 2>/dev/null;;
esac
shift 2
"$@"
code=$?
rm -f .aws/fill*
cp -a .aws after
exit $code
"#;

fn on(disk: Disk, home: &Home, words: &[&str]) -> Option<Output> {
    let (kind, pages) = match disk {
        Disk::Full(pages) => ("full", pages),
        Disk::NoInodes => ("inodes", 0),
        Disk::ReadOnly => ("ro", 0),
    };
    let mut command = home.command("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh", kind, &pages.to_string()]);
    let output = command.arg(env!("CARGO_BIN_EXE_sso")).args(words).output().ok()?;
    if output.status.code() == Some(99) || !home.path("before").exists() {
        test_support::skipped("this machine allows no mounts in a namespace");
        return None;
    }
    let said = text(&output.stderr);
    assert!(!said.contains("panicked") && output.status.code().is_some(), "{disk:?} {words:?}: {output:?}");
    Some(output)
}

const DISKS: [Disk; 8] = [
    Disk::Full(0),
    Disk::Full(1),
    Disk::Full(2),
    Disk::Full(3),
    Disk::Full(4),
    Disk::Full(6),
    Disk::NoInodes,
    Disk::ReadOnly,
];

fn expired() -> Home {
    let home = Home::new();
    home.put_token(
        "corp",
        "OLD",
        "2020-01-01T00:00:00Z",
        json!({ "refreshToken": "OLDREFRESH", "clientId": "id", "clientSecret": CLIENT_SECRET,
            "registrationExpiresAt": "2099-01-01T00:00:00Z" }),
    );
    home
}

/// Where the token of the session lies afterwards.
fn stored(home: &Home) -> std::path::PathBuf {
    let file = home.token_file("corp");
    home.path("after/sso/cache").join(file.file_name().expect("a name"))
}

/// Every document is whole, and nothing temporary is left.
fn are_whole(home: &Home, case: &str) {
    for folder in ["after", "after/sso/cache", "after/cli/cache"] {
        for entry in std::fs::read_dir(home.path(folder)).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            let extension = path.extension().unwrap_or_default();
            assert!(extension != "tmp" && extension != "sso-new", "{case}: {} is left", path.display());
            if extension == "json" {
                let content = std::fs::read(&path).expect("read");
                assert!(serde_json::from_slice::<Value>(&content).is_ok(), "{case}: {} is torn", path.display());
            }
        }
    }
}

/// A refresh and credentials, of which nothing can be kept.
#[test]
fn credentials_are_printed() {
    for disk in DISKS {
        let home = expired();
        let Some(output) = on(disk, &home, &["credential-process", "--profile", "dev"]) else { return };
        let said = text(&output.stderr);
        assert!(output.status.success() && text(&output.stdout).contains("ASIAEXAMPLE"), "{disk:?}: {output:?}");
        assert_eq!(home.asked("/token"), 1, "{disk:?}");
        // What was stored is told from what was not.
        let is_stored = text(&std::fs::read(stored(&home)).expect("a file")).contains(REFRESH_TOKEN);
        assert_eq!(said.contains("warning: the refreshed token is lost"), !is_stored, "{disk:?}: {said}");
        assert!(is_stored || said.contains(".aws/sso/cache"), "{disk:?}: {said}");
        assert!(!holding(&home.path("after"), &["OLDREFRESH", REFRESH_TOKEN]).is_empty(), "{disk:?}");
        are_whole(&home, &format!("{disk:?}"));
    }
}

/// A sign-in whose token cannot be stored says where.
#[test]
fn a_sign_in_says_what_cannot_be_written() {
    for disk in DISKS {
        let home = Home::new();
        let words = ["login", "--sso-session", "corp", "--flow", "device-code", "--no-browser"];
        let Some(output) = on(disk, &home, &words) else { return };
        let said = text(&output.stderr);
        assert!(output.status.success() || said.contains(".aws/sso"), "{disk:?}: {said}");
        assert!(said.matches("os error").count() <= 1 && !said.contains(".tmp\""), "{disk:?}: said twice: {said}");
        are_whole(&home, &format!("{disk:?}"));
    }
}

/// `configure` leaves the config file as it was, and names it.
#[test]
fn a_config_file_stays_whole() {
    for disk in DISKS {
        let home = signed_in();
        let before = home.read(".aws/config");
        let Some(output) = on(disk, &home, &["configure", "--sso-session", "corp"]) else { return };
        let said = text(&output.stderr);
        if !output.status.success() {
            assert_eq!(home.read("after/config"), before, "{disk:?}");
            assert!(said.contains(".aws/config"), "{disk:?}: {said}");
        }
        are_whole(&home, &format!("{disk:?}"));
    }
}
