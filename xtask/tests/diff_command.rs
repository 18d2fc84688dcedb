//! `cargo xtask diff` in a temporary workspace: sides, formats, accepted findings, exit status.

mod common;
#[path = "../../codegen/tests/diff_pairs/mod.rs"]
mod diff_pairs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::diff::CrateVerdict;
use diff_pairs::{base, member};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::Outcome;
use xtask::diff::{Format, Request, run};

/// Creates a workspace with a small model.
fn workspace() -> TempDir {
    let dir = TempDir::new().expect("a folder");
    let own = xtask::workspace_root().join("model");
    let model = dir.path().join("model");
    fs::create_dir(&model).expect("created");
    for name in ["partitions.json", "customizations.json"] {
        fs::copy(own.join(name), model.join(name)).expect("copied");
    }
    let list = json!({ "models": [{ "model": "thing.json", "output": "thing/src/generated" }] });
    fs::write(model.join("models.json"), list.to_string()).expect("written");
    write(&model.join("thing.json"), &base());
    dir
}

fn write(path: &Path, model: &Value) {
    fs::write(path, format!("{model:#}")).expect("written");
}

/// The base model with a member removed, one added, and documentation changed.
fn newer() -> Value {
    let mut model = base();
    model["shapes"]["x#Data"]["members"].as_object_mut().expect("members").shift_remove("b");
    model["shapes"]["x#PutOutput"]["members"]["more"] = member("String");
    model["shapes"]["x#Data"]["traits"]["smithy.api#documentation"] = json!("Facts | of `things`.");
    model
}

fn file(dir: &TempDir, name: &str, model: &Value) -> String {
    let path = dir.path().join(name);
    write(&path, model);
    path.display().to_string()
}

fn go(root: &Path, request: &Request) -> (Result<Outcome, String>, String) {
    let mut printed = String::new();
    let outcome = run(root, request, &mut |text| printed.push_str(text)).map_err(|error| format!("{error:#}"));
    (outcome, printed)
}

fn between(dir: &TempDir, more: Request) -> (Result<Outcome, String>, String) {
    let (old, new) = (file(dir, "old.json", &base()), file(dir, "new.json", &newer()));
    go(dir.path(), &Request { old: Some(old), new: Some(new), ..more })
}

fn git(dir: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .output()
        .expect("git");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn text_shows_findings_by_verdict() {
    let dir = workspace();
    let (outcome, printed) = between(&dir, Request::default());
    assert_eq!(outcome, Ok(Outcome::Success));
    for part in [
        "Shape ids without a namespace are in x#",
        "breaking: some programs no longer compile (1)\n  member-removed Data$b: was smithy.api#Integer ERROR RemovedShape\n",
        "      removed: field types::Data.b: Option<i32>\n",
        "additive: new public API (1)\n  member-added PutOutput$more: smithy.api#String NOTE AddedShape\n",
        "\n1 finding about documentation (--docs shows them)\n",
        "\nverdict: major, because of member-removed Data$b\n",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
    assert!(!printed.contains('\u{1b}'), "no colors unless asked for");
    let (_, printed) = between(&dir, Request { docs: true, color: true, ..Request::default() });
    assert!(
        printed.contains("documentation Data: none → Facts") && printed.contains("\u{1b}[1m\u{1b}[31mbreaking"),
        "{printed:?}"
    );
    let (_, printed) = between(&dir, Request { all: true, ..Request::default() });
    assert!(printed.contains("fn set_b(mut self, input: Option<i32>) -> Self"), "{printed}");
}

#[test]
fn other_formats_show_the_same_findings() {
    let dir = workspace();
    let of = |format| between(&dir, Request { format, docs: true, ..Request::default() }).1;
    let printed = of(Format::Json);
    let value: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(value["verdict"], "major");
    let found = value["findings"].as_array().expect("findings");
    let removed = found.iter().find(|found| found["rule"] == "member-removed").expect("a finding");
    assert_eq!(removed["shape"], "x#Data$b");
    assert_eq!(removed["crate"], "breaking");
    assert_eq!(removed["model"], json!({ "severity": "ERROR", "id": "RemovedShape" }));
    assert_eq!((&removed["was"], &removed["is"]), (&json!("smithy.api#Integer"), &Value::Null));
    assert!(removed["changes"].as_array().expect("changes").len() > 3);

    let printed = of(Format::Markdown);
    for part in [
        "## Model update: major\n",
        "### breaking\n",
        "| member-removed | `x#Data$b` | `smithy.api#Integer` |  | ERROR `RemovedShape` |\n",
        "`` Facts \\| of `things`. ``",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }

    let printed = of(Format::Github);
    let path = dir.path().join("new.json");
    let text = common::read(&path);
    let line = text.lines().position(|line| line.contains("\"x#Data\":")).expect("there") + 1;
    let place = format!(
        "::error file={},line={line},title=breaking%3A member-removed::x#Data$b: was smithy.api#Integer%0A",
        path.display()
    );
    assert!(printed.contains(&place), "{place}\n{printed}");
    assert!(
        printed.contains("title=additive%3A member-added::x#PutOutput$more")
            && printed.ends_with("::notice title=verdict::major\n")
    );
}

#[test]
fn fails_from_the_given_level_on() {
    let dir = workspace();
    let fail_on = |level| between(&dir, Request { fail_on: Some(level), ..Request::default() }).0;
    assert_eq!(fail_on(CrateVerdict::Breaking), Ok(Outcome::Failure));
    assert_eq!(fail_on(CrateVerdict::Docs), Ok(Outcome::Failure));
    let same = file(&dir, "same.json", &base());
    let request =
        Request { old: Some(same.clone()), new: Some(same), fail_on: Some(CrateVerdict::Docs), ..Request::default() };
    let (outcome, printed) = go(dir.path(), &request);
    assert_eq!(outcome, Ok(Outcome::Success));
    assert!(printed.contains("The models are equivalent.") && printed.contains("verdict: none"), "{printed}");
}

#[test]
fn accepted_findings_do_not_count() {
    let dir = workspace();
    let path = dir.path().join("accepted.toml");
    let with = |text: &str| {
        fs::write(&path, text).expect("written");
        between(
            &dir,
            Request { allow: Some(path.clone()), fail_on: Some(CrateVerdict::Breaking), ..Request::default() },
        )
    };
    let entry = |rule: &str, shape: &str, reason: &str| {
        format!("[[allow]]\nrule = {rule:?}\nshape = {shape:?}\nreason = {reason:?}\n")
    };
    let (outcome, printed) = with(&entry("member-removed", "x#Data$b", "nobody used it"));
    assert_eq!(outcome, Ok(Outcome::Success));
    assert!(printed.contains("accepted: nobody used it") && printed.contains("verdict: major"), "{printed}");
    for (text, message) in [
        (
            entry("member-removed", "x#Data$a", "r"),
            "these entries match no finding; remove them: member-removed of x#Data$a",
        ),
        (entry("member-gone", "x#Data$b", "r"), "unknown rule \"member-gone\""),
        (entry("member-removed", "x#Data$b", " "), "member-removed of x#Data$b: the reason is empty"),
        ("[[allow]]\nrule = \"member-removed\"\n".to_owned(), "missing field `shape`"),
        ("[[alow]]\n".to_owned(), "unknown field `alow`"),
        ("[[allow".to_owned(), "accepted.toml"),
    ] {
        let error = with(&text).0.expect_err(message);
        assert!(error.contains(message) && error.contains("accepted.toml"), "{message}: {error}");
    }
}

#[test]
fn sides_come_from_files_and_from_git() {
    let dir = workspace();
    let root = dir.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "one"]);
    write(&root.join("model/thing.json"), &newer());
    // Both sides left out: what is in `model/` against what `HEAD` has.
    let (outcome, printed) = go(root, &Request::default());
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    assert!(printed.starts_with("old: git:HEAD:model/thing.json\nnew: model/thing.json\n"), "{printed}");
    assert!(printed.contains("verdict: major"), "{printed}");
    git(root, &["commit", "-qam", "two"]);
    assert!(go(root, &Request::default()).1.contains("verdict: none"));
    let sides = |old: &str, new: Option<&str>| {
        let new = new.map(str::to_owned);
        go(root, &Request { old: Some(old.to_owned()), new, ..Request::default() })
    };
    assert!(sides("git:HEAD~1", None).1.contains("verdict: major"));
    assert!(sides("git:HEAD~1", Some("git:HEAD")).1.contains("verdict: major"));
    assert!(sides("git:HEAD~1:model/thing.json", Some("git:HEAD~1")).1.contains("verdict: none"));
    // A revision alone means the file of the other side, where that is one of the workspace.
    let other = root.join("model/other.json");
    write(&other, &base());
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "three"]);
    let (_, printed) = sides("git:HEAD", Some(&other.display().to_string()));
    assert!(printed.contains("old: git:HEAD:model/other.json") && printed.contains("verdict: none"), "{printed}");
    for (old, message) in [
        ("git:nowhere", "old side: git:nowhere:model/thing.json: "),
        ("git:HEAD:model/none.json", "old side: git:HEAD:model/none.json: "),
        ("git:", "old side: git:: \"\" is not a revision"),
        ("git:--output=x", "is not a revision"),
    ] {
        let error = sides(old, None).0.expect_err(message);
        assert!(error.contains(message), "{message}: {error}");
    }
    fs::write(root.join("model/models.json"), r#"{ "models": [] }"#).expect("written");
    assert!(go(root, &Request::default()).0.expect_err("no model").contains("lists no model: name both sides"));
}

/// Of several models, the one is compared that differs.
#[test]
fn of_several_models_the_one_that_differs_is_compared() {
    let dir = workspace();
    let root = dir.path();
    let models = ["thing.json", "other.json"].map(|name| json!({ "model": name, "output": name }));
    let list = json!({ "models": models });
    fs::write(root.join("model/models.json"), list.to_string()).expect("written");
    write(&root.join("model/other.json"), &base());
    git(root, &["init", "-q"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "one"]);
    let (_, printed) = go(root, &Request::default());
    assert!(printed.contains("new: model/thing.json") && printed.contains("verdict: none"), "{printed}");
    write(&root.join("model/other.json"), &newer());
    for old in [None, Some("git:HEAD".to_owned())] {
        let (_, printed) = go(root, &Request { old, ..Request::default() });
        let sides = "old: git:HEAD:model/other.json\nnew: model/other.json\n";
        assert!(printed.starts_with(sides) && printed.contains("verdict: major"), "{printed}");
    }
    write(&root.join("model/thing.json"), &newer());
    let error = go(root, &Request::default()).0.expect_err("which?");
    let message =
        "several models in model/ differ from git:HEAD: name one, such as `cargo xtask diff git:HEAD model/thing.json`";
    assert!(error.contains(message), "{error}");
    let new = Some(root.join("model/thing.json").display().to_string());
    let (_, printed) = go(root, &Request { old: Some("git:HEAD".to_owned()), new, ..Request::default() });
    assert!(printed.starts_with("old: git:HEAD:model/thing.json\n"), "{printed}");
}

#[test]
fn errors_in_models_name_side_file_and_position() {
    let dir = workspace();
    let good = file(&dir, "good.json", &base());
    let mut lost = base();
    lost["shapes"]["x#Data"]["members"]["a"]["target"] = json!("x#Nowhere");
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (
            b"{\n  \"smithy\": \"2.0\",,\n}".to_vec(),
            "bad.json: 1 problem\n  not valid JSON: key must be a string at line 2 column",
        ),
        (b"{}".to_vec(), "no \"smithy\" version"),
        (b"{ \"smithy\": \"3.0\", \"shapes\": {} }".to_vec(), "Smithy version 3.0 is not known"),
        (b"".to_vec(), "not valid JSON"),
        (b"{\n\n\"a\": \"\xff\" }".to_vec(), "bad.json: line 3 is not valid UTF-8"),
        (lost.to_string().into_bytes(), "x#Data$a: targets x#Nowhere, which the model does not define"),
    ];
    let bad = dir.path().join("bad.json");
    for (bytes, message) in cases {
        fs::write(&bad, bytes).expect("written");
        let bad = bad.display().to_string();
        for (old, new, side) in [(&bad, &good, "old side: "), (&good, &bad, "new side: ")] {
            let request = Request { old: Some(old.clone()), new: Some(new.clone()), ..Request::default() };
            let error = go(dir.path(), &request).0.expect_err(message);
            assert!(
                error.starts_with(side) && error.contains(message) && error.contains("bad.json"),
                "{message}: {error}"
            );
        }
    }
    let nowhere = dir.path().join("nowhere.json").display().to_string();
    let error =
        go(dir.path(), &Request { old: Some(nowhere), new: Some(good), ..Request::default() }).0.expect_err("gone");
    assert!(error.starts_with("old side: ") && error.contains("nowhere.json: No such file"), "{error}");
}

#[test]
fn models_that_cannot_be_generated_are_compared_without_verdicts() {
    let dir = workspace();
    let mut refused = newer();
    refused["shapes"]["x#Put"]["traits"]["aws.protocols#httpChecksum"] = json!({});
    let (old, new) = (file(&dir, "old.json", &base()), file(&dir, "new.json", &refused));
    let request = Request { old: Some(old), new: Some(new), ..Request::default() };
    let (outcome, printed) = go(dir.path(), &request);
    assert_eq!(outcome, Ok(Outcome::Success));
    for part in [
        "The new side cannot be generated, so that only the models are compared: ",
        "x#Put: trait aws.protocols#httpChecksum is not supported",
        "unknown: one of the crates cannot be generated",
        "member-removed Data$b",
        "verdict: unknown, since the new side cannot be generated",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
    let json = go(dir.path(), &Request { format: Format::Json, ..request.clone() }).1;
    let value: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&value["verdict"], &value["findings"][0]["crate"]), (&Value::Null, &Value::Null));
    let error =
        go(dir.path(), &Request { fail_on: Some(CrateVerdict::Breaking), ..request.clone() }).0.expect_err("unknown");
    assert!(error.contains("the new side cannot be generated") && error.contains("--skip-unsupported"), "{error}");
    let (outcome, printed) =
        go(dir.path(), &Request { skip_unsupported: true, fail_on: Some(CrateVerdict::Breaking), ..request });
    assert_eq!(outcome, Ok(Outcome::Failure), "{printed}");
}

/// Runs the binary in the workspace of this project; returns exit status, standard output and standard error.
fn command(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().expect("started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_exit_status_distinguishes_findings_from_errors() {
    let dir = workspace();
    let (old, new) = (file(&dir, "old.json", &base()), file(&dir, "new.json", &newer()));
    let bad: PathBuf = dir.path().join("bad.json");
    fs::write(&bad, "{").expect("written");
    let bad = bad.display().to_string();
    for (arguments, status) in [
        (vec!["diff", &old, &new], 0),
        (vec!["diff", &old, &new, "--fail-on", "breaking"], 1),
        (vec!["diff", &new, &new, "--fail-on", "docs"], 0),
        (vec!["diff", &old, &bad, "--fail-on", "breaking"], 2),
        (vec!["diff", &old, &new, "--fail-on", "none"], 2),
        (vec!["diff", &old, &new, "--format", "xml"], 2),
        (vec!["diff", &old, &new, "more"], 2),
        (vec!["diff", "--list-rules"], 0),
        (vec!["update"], 2),
        (vec!["update", &bad, "--dry-run"], 2),
    ] {
        let (code, printed, message) = command(&arguments);
        assert_eq!(code, Some(status), "{arguments:?}\n{printed}\n{message}");
        assert!(!printed.contains('\u{1b}'), "a pipe has no colors");
        assert_eq!(status == 2, message.starts_with("error: "), "{message}");
    }
    let (_, rules, _) = command(&["diff", "--list-rules"]);
    for rule in codegen::diff::RULES {
        assert!(rules.lines().any(|line| line.starts_with(rule.id) && line.ends_with(rule.about)), "{}", rule.id);
    }
    let readme = common::read(&xtask::workspace_root().join("README.md"));
    assert!(readme.contains("cargo xtask diff --list-rules"), "the README says where rules are listed");
}
