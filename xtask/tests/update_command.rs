//! `cargo xtask update` in a temporary workspace: what it writes, and that it changes nothing on errors.

mod common;
#[path = "../../codegen/tests/diff_pairs/mod.rs"]
mod diff_pairs;
#[cfg(target_os = "linux")]
#[path = "update_command/kills.rs"]
mod kills;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use diff_pairs::{base, member, targets};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::Outcome;
use xtask::codegen::Mode;
use xtask::update::{Request, run};

const OUTPUT: &str = "thing/src/generated";

/// Creates a workspace with a small model and the code generated from it.
fn workspace() -> TempDir {
    let dir = TempDir::new().expect("a folder");
    let own = xtask::workspace_root().join("model");
    let model = dir.path().join("model");
    fs::create_dir_all(dir.path().join("thing")).expect("created");
    fs::create_dir(&model).expect("created");
    for name in ["partitions.json", "customizations.json"] {
        fs::copy(own.join(name), model.join(name)).expect("copied");
    }
    let list = json!({ "models": [{ "model": "thing.json", "output": OUTPUT }] });
    fs::write(model.join("models.json"), list.to_string()).expect("written");
    fs::write(model.join("thing.json"), base().to_string()).expect("written");
    fs::write(dir.path().join("thing/Cargo.toml"), "[package]\nname = \"thing\"\nversion.workspace = true\n")
        .expect("written");
    fs::write(dir.path().join("Cargo.toml"), "[workspace.package]\nversion = \"1.2.3\"\n").expect("written");
    xtask::codegen::run(dir.path(), Mode::Write, &mut |_| {}).expect("generated");
    dir
}

/// The base model with an operation removed and another one added.
fn newer() -> Value {
    let mut model = base();
    model["shapes"]["x#Get"] =
        json!({ "type": "operation", "traits": { "smithy.api#http": { "method": "GET", "uri": "/get" } } });
    model["shapes"]["x#Service"]["operations"] = targets(&["x#Put", "x#Get"]);
    model
}

fn file(model: &Value) -> (TempDir, PathBuf) {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("new.json");
    fs::write(&path, format!("{model:#}")).expect("written");
    (dir, path)
}

fn go(root: &Path, request: &Request) -> (Result<Outcome, String>, String) {
    let mut printed = Vec::new();
    let outcome = run(root, request, &mut |line| printed.push(line)).map_err(|error| format!("{error:#}"));
    (outcome, printed.join("\n"))
}

/// Returns all files with their contents, and all folders.
fn all(root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path.clone());
            }
            found.insert(path.clone(), fs::read(&path).ok());
        }
    }
    found
}

#[test]
fn replaces_the_model_and_generates() {
    let dir = workspace();
    let (_folder, path) = file(&newer());
    let (outcome, printed) = go(dir.path(), &Request { file: path.clone(), ..Request::default() });
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    for part in [
        "breaking: some programs no longer compile",
        "operation-removed List",
        "remove thing/src/generated/operation/list.rs",
        "create thing/src/generated/operation/get.rs",
        "update model/thing.json",
        "All generated files are up to date.",
        "## 2.0.0\n\n### Breaking\n\n- `List`: the service has an operation no longer",
        "### Added\n\n- `Get`: the service has a new operation",
        "Suggested version: 2.0.0 (major; it is 1.2.3 now).",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
    assert_eq!(common::read(&dir.path().join("model/thing.json")), common::read(&path), "byte for byte");
    let checked = xtask::codegen::run(dir.path(), Mode::Check, &mut |_| {}).expect("checked");
    assert_eq!(checked, Outcome::Success);
    assert!(!dir.path().join(OUTPUT).join("operation/list.rs").exists());
    let (outcome, printed) = go(dir.path(), &Request { file: path, ..Request::default() });
    assert_eq!((outcome, printed.contains("Nothing to do")), (Ok(Outcome::Success), true), "{printed}");
}

#[test]
fn a_dry_run_writes_nothing() {
    let dir = workspace();
    let (_folder, path) = file(&newer());
    let before = all(dir.path());
    let (outcome, printed) = go(dir.path(), &Request { file: path, dry_run: true, ..Request::default() });
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    for part in [
        "would remove thing/src/generated/operation/list.rs",
        "would update model/thing.json",
        "Suggested version: 2.0.0",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
    assert_eq!(all(dir.path()), before);
}

#[test]
fn invalid_models_are_refused() {
    let mut lost = base();
    lost["shapes"]["x#Data"]["members"]["a"] = member("x#Nowhere");
    let mut unsupported = base();
    unsupported["shapes"]["x#Put"]["traits"]["aws.protocols#httpChecksum"] = json!({});
    for (model, message) in [
        (json!({}), "new side: "),
        (lost, "x#Data$a: targets x#Nowhere"),
        (unsupported, "x#Put: trait aws.protocols#httpChecksum is not supported"),
    ] {
        let dir = workspace();
        let (_folder, path) = file(&model);
        let before = all(dir.path());
        let error = go(dir.path(), &Request { file: path, ..Request::default() }).0.expect_err(message);
        assert!(error.contains(message) && error.contains("new.json"), "{message}: {error}");
        assert_eq!(all(dir.path()), before);
    }
}

#[test]
fn an_error_changes_nothing() {
    let (_folder, path) = file(&newer());
    type Obstacle = (&'static str, fn(&Path), &'static str);
    let obstacles: [Obstacle; 4] = [
        // Where a generated file should be is a folder.
        (
            "output",
            |root| fs::create_dir(root.join(OUTPUT).join("operation/get.rs")).expect("created"),
            "operation/get.rs: Is a directory",
        ),
        // The model is outside of `model/`.
        (
            "outside",
            |root| {
                fs::rename(root.join("model/thing.json"), root.join("thing.json")).expect("moved");
                let list = json!({ "models": [{ "model": "../thing.json", "output": OUTPUT }] });
                fs::write(root.join("model/models.json"), list.to_string()).expect("written");
            },
            "\"../thing.json\" is not a relative path inside of",
        ),
        // A file among the generated ones was not generated.
        ("foreign", |root| fs::write(root.join(OUTPUT).join("mine.rs"), "// mine\n").expect("written"), "mine.rs"),
        (
            "list",
            |root| fs::write(root.join("model/models.json"), "{ \"models\": [] }").expect("written"),
            "name the model to replace",
        ),
    ];
    for (name, obstruct, message) in obstacles {
        let dir = workspace();
        obstruct(dir.path());
        let before = all(dir.path());
        let (outcome, printed) = go(dir.path(), &Request { file: path.clone(), ..Request::default() });
        let error = outcome.expect_err(name);
        assert!(error.contains(message), "{name}: {error}\n{printed}");
        assert_eq!(all(dir.path()), before, "{name}");
        assert!(!printed.contains("Suggested version"), "{name}: {printed}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_nor_replaced() {
    use std::os::unix::fs::symlink;

    let (_folder, path) = file(&newer());
    for link in ["model/thing.json", "thing/src/generated/operation", "thing/src/generated/client.rs"] {
        let dir = workspace();
        let (link, real) = (dir.path().join(link), dir.path().join("real"));
        fs::rename(&link, &real).expect("moved");
        symlink(&real, &link).expect("linked");
        let before = all(dir.path());
        let error = go(dir.path(), &Request { file: path.clone(), ..Request::default() }).0.expect_err("a link");
        assert!(error.contains(&format!("{} is a symbolic link", link.display())), "{error}");
        assert_eq!(all(dir.path()), before);
        assert!(link.is_symlink());
    }
}

#[test]
fn an_identical_model_still_updates_stale_code() {
    let dir = workspace();
    let model = dir.path().join("model/thing.json");
    let client = dir.path().join(OUTPUT).join("client.rs");
    let before = common::read(&client);
    fs::write(&client, format!("{before}// stale\n")).expect("written");
    let request = Request { file: model, dry_run: true, ..Request::default() };
    let (outcome, printed) = go(dir.path(), &request);
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    assert!(printed.contains("is the same already") && !printed.contains("Nothing to do"), "{printed}");
    assert!(printed.contains("would update thing/src/generated/client.rs"), "{printed}");
    let (outcome, printed) = go(dir.path(), &Request { dry_run: false, ..request.clone() });
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    assert!(printed.contains("update thing/src/generated/client.rs") && !printed.contains("version"), "{printed}");
    assert_eq!(common::read(&client), before);
    assert!(go(dir.path(), &request).1.contains("Nothing to do"));
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_changes_nothing() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, path) = file(&newer());
    let dir = workspace();
    let locked = dir.path().join(OUTPUT).join("operation");
    let lock = |mode| fs::set_permissions(&locked, fs::Permissions::from_mode(mode)).expect("changed");
    lock(0o555);
    // Root writes where nobody else may.
    let root = fs::write(locked.join("probe"), "").is_ok();
    let _ = fs::remove_file(locked.join("probe"));
    let before = all(dir.path());
    let (outcome, _) = go(dir.path(), &Request { file: path, ..Request::default() });
    let after = all(dir.path());
    lock(0o755);
    if !root {
        assert!(outcome.expect_err("locked").contains("Permission denied"));
        assert_eq!(after, before);
    }
}

#[test]
fn one_of_several_models_has_to_be_named() {
    let dir = workspace();
    let list = json!({ "models": [
        { "model": "thing.json", "output": OUTPUT },
        { "model": "other.json", "output": "other/src/generated" },
    ] });
    fs::write(dir.path().join("model/models.json"), list.to_string()).expect("written");
    fs::write(dir.path().join("model/other.json"), base().to_string()).expect("written");
    xtask::codegen::run(dir.path(), Mode::Write, &mut |_| {}).expect("generated");
    let (_folder, path) = file(&newer());
    let with =
        |model: Option<&str>| Request { file: path.clone(), model: model.map(str::to_owned), ..Request::default() };
    for model in [None, Some("none.json")] {
        let error = go(dir.path(), &with(model)).0.expect_err("which?");
        assert!(error.contains("by --model thing.json or --model other.json"), "{error}");
    }
    let (outcome, printed) = go(dir.path(), &with(Some("other.json")));
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    assert!(printed.contains("update model/other.json") && printed.contains("Suggested version: major."), "{printed}");
    assert_eq!(common::read(&dir.path().join("model/thing.json")), base().to_string());
}

/// Of several models, the one is replaced whose service the new version has.
#[test]
fn the_service_tells_which_model_is_replaced() {
    let dir = workspace();
    let other = base().to_string().replace("x#Service", "x#OtherService");
    let list = json!({ "models": [
        { "model": "other.json", "output": "other/src/generated", "service": "x#OtherService" },
        { "model": "thing.json", "output": OUTPUT, "service": "x#Service" },
    ] });
    fs::write(dir.path().join("model/models.json"), list.to_string()).expect("written");
    fs::write(dir.path().join("model/other.json"), &other).expect("written");
    xtask::codegen::run(dir.path(), Mode::Write, &mut |_| {}).expect("generated");
    let (_folder, path) = file(&newer());
    let (outcome, printed) = go(dir.path(), &Request { file: path, ..Request::default() });
    assert_eq!(outcome, Ok(Outcome::Success), "{printed}");
    assert!(printed.contains("update model/thing.json"), "{printed}");
    assert_eq!(common::read(&dir.path().join("model/other.json")), other);
}
