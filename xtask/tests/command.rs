//! `cargo xtask codegen` on a workspace of its own: what it writes, says and leaves alone.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use xtask::Outcome;
use xtask::codegen::{Mode, run};

const OUTPUT: &str = "sso-client/src/generated";

/// A folder with nothing but a copy of `model/`.
fn workspace() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(dir.path().join("model")).expect("created");
    for entry in fs::read_dir(xtask::workspace_root().join("model")).expect("model/") {
        let from = entry.expect("an entry").path();
        let name = from.file_name().expect("a name");
        fs::copy(&from, dir.path().join("model").join(name)).expect("copied");
    }
    dir
}

/// Runs and returns how it ended and what it said.
fn go(root: &Path, mode: Mode) -> (Result<Outcome, String>, String) {
    let mut said = Vec::new();
    let outcome = run(root, mode, &mut |line| said.push(line)).map_err(|error| format!("{error:#}"));
    (outcome, said.join("\n"))
}

/// All files below the output folder with their contents.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(dir: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                collect(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read(entry.path()).expect("readable"));
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(&root.join(OUTPUT), "", &mut found);
    found
}

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let text = common::read(path);
    let changed = change(text.clone());
    assert_ne!(text, changed, "the edit changes something");
    fs::write(path, changed).expect("writable");
}

#[test]
fn writes_everything_then_nothing() {
    let dir = workspace();
    let (outcome, said) = go(dir.path(), Mode::Write);
    assert_eq!(outcome, Ok(Outcome::Success));
    assert!(said.contains("created sso-client/src/generated/client.rs"), "{said}");
    let written = files(dir.path());
    let repository = files(&xtask::workspace_root());
    assert_eq!(written, repository, "the same bytes as in the repository");

    let (outcome, said) = go(dir.path(), Mode::Write);
    assert_eq!(outcome, Ok(Outcome::Success));
    assert!(said.contains("unchanged sso-client/src/generated") && said.contains("Nothing to do"), "{said}");
    assert_eq!(go(dir.path(), Mode::Check).0, Ok(Outcome::Success));
}

#[test]
fn restores_what_was_deleted() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    let before = files(dir.path());
    fs::remove_dir_all(dir.path().join(OUTPUT)).expect("removed");
    assert_eq!(go(dir.path(), Mode::Check).0, Ok(Outcome::Failure));
    go(dir.path(), Mode::Write).0.expect("written");
    assert_eq!(files(dir.path()), before);
}

#[test]
fn check_shows_a_diff_and_writes_nothing() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    let client = dir.path().join(OUTPUT).join("client.rs");
    edit(&client, |text| text.replace("pub struct Client", "pub struct Customer"));
    let before = files(dir.path());
    let (outcome, said) = go(dir.path(), Mode::Check);
    assert_eq!(outcome, Ok(Outcome::Failure));
    for part in [
        "client.rs is out of date",
        "-pub struct Customer<H = Handle> {",
        "+pub struct Client<H = Handle> {",
        "cargo xtask codegen",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(files(dir.path()), before);
}

#[test]
fn check_notices_an_edit_of_the_model() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    edit(&dir.path().join("model/sso-2019-06-10.json"), |text| text.replace("\"max_result\"", "\"max_results\""));
    let (outcome, said) = go(dir.path(), Mode::Check);
    assert_eq!(outcome, Ok(Outcome::Failure));
    assert!(said.contains("+        visitor.query(\"max_results\""), "{said}");
    edit(&dir.path().join("model/partitions.json"), |text| text.replace("amazonaws.eu", "amazonaws.example"));
    assert!(go(dir.path(), Mode::Check).1.contains("partitions.rs is out of date"));
}

#[test]
fn dry_run_names_files_and_writes_nothing() {
    let dir = workspace();
    let (outcome, said) = go(dir.path(), Mode::DryRun);
    assert_eq!(outcome, Ok(Outcome::Success));
    assert!(said.contains("would create sso-client/src/generated/types.rs"), "{said}");
    assert!(!dir.path().join(OUTPUT).exists());
}

#[test]
fn orphans_fail_the_check_and_are_removed() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    let before = files(dir.path());
    let orphan = dir.path().join(OUTPUT).join("operation/gone/old.rs");
    fs::create_dir_all(orphan.parent().expect("a folder")).expect("created");
    fs::write(&orphan, "// @generated by an earlier version\n").expect("written");
    let (outcome, said) = go(dir.path(), Mode::Check);
    assert_eq!(outcome, Ok(Outcome::Failure));
    assert!(said.contains("operation/gone/old.rs is no longer generated"), "{said}");
    let (outcome, said) = go(dir.path(), Mode::Write);
    assert_eq!(outcome, Ok(Outcome::Success));
    assert!(said.contains("removed sso-client/src/generated/operation/gone/old.rs"), "{said}");
    assert_eq!(files(dir.path()), before);
    assert!(!orphan.parent().expect("a folder").exists(), "its folder goes with it");
}

#[test]
fn what_nobody_generated_is_never_removed() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    let own = dir.path().join(OUTPUT).join("mine.rs");
    fs::write(&own, [b'/', b'/', 0xff]).expect("written");
    edit(&dir.path().join(OUTPUT).join("client.rs"), |text| text + "\n");
    let before = files(dir.path());
    let error = go(dir.path(), Mode::Write).0.expect_err("refused");
    assert!(error.contains("sso-client/src/generated/mine.rs") && error.contains("move them away"), "{error}");
    assert!(go(dir.path(), Mode::Check).1.contains("mine.rs is not generated; move it away"));
    assert!(
        go(dir.path(), Mode::DryRun).1.contains("would refuse to go on because of sso-client/src/generated/mine.rs")
    );
    assert_eq!(files(dir.path()), before, "nothing at all is written");
}

#[test]
fn what_a_run_left_half_written_is_cleared_away() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    let before = files(dir.path());
    fs::write(dir.path().join(OUTPUT).join("client.rs.partial"), "half").expect("written");
    edit(&dir.path().join(OUTPUT).join("client.rs"), |text| text + "\n");
    assert_eq!(go(dir.path(), Mode::Write).0, Ok(Outcome::Success));
    assert_eq!(files(dir.path()), before);
}

#[cfg(unix)]
#[test]
fn links_among_generated_files_are_refused() {
    let dir = workspace();
    go(dir.path(), Mode::Write).0.expect("written");
    let outside = dir.path().join("outside.rs");
    for (link, target) in [("operation", dir.path()), ("client.rs", &*outside), ("mine.rs", Path::new("nowhere"))] {
        let link = dir.path().join(OUTPUT).join(link);
        let _ = fs::rename(&link, dir.path().join("kept"));
        fs::write(&outside, "// mine\n").expect("written");
        std::os::unix::fs::symlink(target, &link).expect("linked");
        for mode in [Mode::Write, Mode::Check, Mode::DryRun] {
            let error = go(dir.path(), mode).0.expect_err("a link");
            assert!(error.contains(&format!("{} is a symbolic link", link.display())), "{error}");
        }
        assert_eq!(common::read(&outside), "// mine\n");
        fs::remove_file(&link).expect("removed");
        let _ = fs::rename(dir.path().join("kept"), &link);
    }
    assert_eq!(go(dir.path(), Mode::Check).0, Ok(Outcome::Success));
    // The output folder itself may be one.
    let output = dir.path().join(OUTPUT);
    fs::rename(&output, dir.path().join("elsewhere")).expect("moved");
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), &output).expect("linked");
    edit(&output.join("client.rs"), |text| text + "\n");
    assert_eq!(go(dir.path(), Mode::Write).0, Ok(Outcome::Success));
    assert_eq!(go(dir.path(), Mode::Check).0, Ok(Outcome::Success));
    assert!(output.is_symlink());
}

#[test]
fn broken_input_is_told_by_file_and_leaves_the_output_alone() {
    for (file, from, to, told) in [
        ("sso-2019-06-10.json", "\"smithy\": \"2.0\"", "\"smithy\": \"2.0\",,", "line 2 column"),
        (
            "sso-2019-06-10.json",
            "\"com.amazonaws.sso#RoleInfo\": {",
            "\"com.amazonaws.sso#Other\": {",
            "com.amazonaws.sso#RoleListType$member: targets com.amazonaws.sso#RoleInfo",
        ),
        (
            "sso-2019-06-10.json",
            "\"inputToken\": \"nextToken\"",
            "\"inputToken\": \"nextTokn\"",
            "paginated.inputToken names \"nextTokn\"",
        ),
        ("partitions.json", "\"regionRegex\": \"^cn", "\"regionRegex\": \"cn", "aws-cn: regionRegex"),
        ("models.json", "\"models\"", "\"modules\"", "unknown field `modules`"),
        (
            "models.json",
            "SWBPortalService",
            "Portal",
            "is no service of this model; it has [\"com.amazonaws.sso#SWBPortalService\"]",
        ),
        ("models.json", "sso-2019-06-10.json", "sso.json", "sso.json"),
        ("models.json", "\"service\"", "\"servcie\"", "unknown field `servcie`"),
        ("models.json", "sso-client/src/generated", "..", "the output \"..\" has to be a folder inside of a package"),
        ("models.json", "sso-client/src/generated", "sso-client", "has to be a folder inside of a package"),
        (
            "models.json",
            "\"models\": [",
            "\"models\": [{ \"model\": \"x\", \"output\": \"sso-client/src\" },",
            "lies within that of another model",
        ),
    ] {
        let dir = workspace();
        go(dir.path(), Mode::Write).0.expect("written");
        let before = files(dir.path());
        edit(&dir.path().join("model").join(file), |text| text.replacen(from, to, 1));
        let error = go(dir.path(), Mode::Write).0.expect_err(told);
        assert!(error.contains(told), "{told}: {error}");
        assert!(error.contains("model/") || error.contains("models.json"), "{error}");
        assert_eq!(files(dir.path()), before);
    }
}

#[test]
fn usage_goes_to_stdout_when_asked_for_and_errors_exit_with_2() {
    let go = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().expect("started");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (status, usage, _) = go(&[]);
    assert_eq!(status, Some(0));
    assert_eq!((usage.as_str(), go(&["help"]).1.as_str()), (go(&["--help"]).1.as_str(), usage.as_str()));
    for command in ["codegen", "diff", "update", "emit", "emit-all", "conformance", "bench"] {
        assert!(usage.contains(&format!("\n  {command} ")), "{command}: {usage}");
        let (status, help, _) = go(&[command, "--help"]);
        assert_eq!((status, help.contains(&format!("Usage: cargo xtask {command}"))), (Some(0), true), "{help}");
        assert_eq!(go(&["help", command]).1, help);
        assert_eq!(go(&[command, "--nope"]).0, Some(2));
    }
    for (arguments, message) in [
        (["codegen", "--check", "--dry-run"].as_slice(), "'--check' cannot be used with '--dry-run'"),
        (&["nope"], "unrecognized subcommand 'nope'"),
        (&["emit", "--out", "x"], "--model <FILE>"),
        (&["emit", "--model", "x", "--out", "y", "--runtime", "z"], "expected vendored or dependency"),
        (&["emit-all"], "<PATH>..."),
        (&["conformance"], "<FILE>..."),
        (&["update"], "<FILE>"),
        // Lists add up, options are overridden.
        (&["bench", "--only", "crates,nope", "--only", "size"], "unknown id \"nope\""),
        (&["update", "none.json", "--model", "a", "--model", "b"], "cannot read none.json"),
    ] {
        let (status, stdout, stderr) = go(arguments);
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.starts_with("error: ") && stderr.contains(message), "{arguments:?}: {stderr}");
    }
}
