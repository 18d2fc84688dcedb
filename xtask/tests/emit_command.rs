//! `cargo xtask emit`: what it writes, keeps, and refuses.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::Runtime;
use tempfile::TempDir;
use xtask::emit::{Request, run};

/// A model of one operation, without endpoint rules of its own.
const MODEL: &str = r#"{ "smithy": "2.0", "shapes": {
    "example#Notes": { "type": "service", "version": "1", "operations": [{ "target": "example#PutNote" }],
        "traits": { "aws.protocols#restJson1": {}, "aws.api#service": { "sdkId": "Note Keeper", "endpointPrefix": "notes" } } },
    "example#PutNote": { "type": "operation", "input": { "target": "example#PutNoteInput" },
        "traits": { "smithy.api#http": { "method": "PUT", "uri": "/notes" } } },
    "example#PutNoteInput": { "type": "structure", "members": { "taken": { "target": "smithy.api#Timestamp" } } }
} }"#;

fn request(dir: &TempDir, model: &str) -> Request {
    let path = dir.path().join("notes.json");
    fs::write(&path, model).expect("writable");
    Request { model: path, out: dir.path().join("crate"), ..Request::default() }
}

fn go(request: &Request) -> Result<codegen::Package, String> {
    run(&xtask::workspace_root(), request).map_err(|error| format!("{error:#}"))
}

fn all_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn the_runtime_is_copied_and_its_features_are_listed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    let package = go(&request).expect("emitted");
    assert_eq!((package.name.as_str(), package.size.operations), ("note-keeper-client", 1));
    let there = |path: &str| request.out.join(path).exists();
    for path in ["Cargo.toml", "README.md", "src/lib.rs", "src/generated/operation/put_note.rs", "runtime/src/lib.rs"] {
        assert!(there(path), "{path}");
    }
    let table = |path: &str| common::read(&request.out.join(path)).parse::<toml::Table>().expect("TOML");
    let manifest = table("Cargo.toml");
    let runtime = manifest["dependencies"]["smithy-client-runtime"].as_table().expect("a table");
    assert_eq!(runtime["path"].as_str(), Some("runtime"));
    assert_eq!(runtime["features"].as_array().map(Vec::as_slice), Some(&["timestamp".into()][..]));
    assert_eq!(manifest["package"]["rust-version"].as_str(), Some("1.85"));
    let runtime = table("runtime/Cargo.toml");
    assert_eq!(runtime["dependencies"]["jiff"]["optional"].as_bool(), Some(true));
    assert!(!common::read(&request.out.join("runtime/Cargo.toml")).contains("workspace"), "all is resolved");
    for path in all_files(&request.out) {
        assert!(!path.ends_with("tests.rs"), "{}", path.display());
    }
}

#[test]
fn a_misspelt_trait_is_named() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let target = r#"{ "target": "smithy.api#Timestamp""#;
    let misspelt = format!(r#"{target}, "traits": {{ "smithy.api#requird": {{}} }}"#);
    let request = request(&dir, &MODEL.replace(target, &misspelt));
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["emit", "--model"])
        .arg(&request.model)
        .arg("--out")
        .arg(&request.out)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let note = "\nnote example#PutNoteInput$taken: the trait smithy.api#requird is not known, and ignored; did you mean \
                smithy.api#required?\n";
    assert!(output.status.success() && said.contains(note), "{said}");
}

#[test]
fn a_dependent_crate_contains_no_runtime() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = Request { runtime: Runtime::Dependency, name: Some("notes".to_owned()), ..request(&dir, MODEL) };
    go(&request).expect("emitted");
    assert!(!request.out.join("runtime").exists());
    let manifest = common::read(&request.out.join("Cargo.toml"));
    assert!(manifest.contains("name = \"notes\"") && manifest.contains("features = [\"timestamp\"]"), "{manifest}");
    assert!(common::read(&request.out.join("src/lib.rs")).contains("pub use smithy_client_runtime as runtime;"));
}

#[test]
fn a_second_run_replaces_only_emitted_files() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let first = request(&dir, MODEL);
    go(&first).expect("emitted");
    fs::write(first.out.join("notes.txt"), "mine").expect("writable");
    let renamed =
        request(&dir, &MODEL.replace("PutNote\"", "KeepNote\"").replace("smithy.api#Timestamp", "smithy.api#String"));
    go(&renamed).expect("emitted");
    let there = |path: &str| first.out.join(path).exists();
    assert!(there("src/generated/operation/keep_note.rs") && !there("src/generated/operation/put_note.rs"));
    assert!(common::read(&first.out.join("Cargo.toml")).contains("features = []"), "no longer needed");
    assert!(there("notes.txt"), "not written by the command");
}

#[test]
fn other_folders_are_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    fs::create_dir(&request.out).expect("created");
    fs::write(request.out.join("thesis.txt"), "mine").expect("writable");
    let error = go(&request).expect_err("not ours");
    assert!(error.contains("holds thesis.txt") && error.contains("name another folder"), "{error}");
    assert_eq!(all_files(&request.out).len(), 1);
}

#[test]
fn a_list_of_files_outside_of_the_folder_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    go(&request).expect("emitted");
    let thesis = dir.path().join("thesis.txt");
    fs::write(&thesis, "mine").expect("writable");
    let stamp = request.out.join(".emitted");
    let list = common::read(&stamp);
    for line in ["../thesis.txt", "src/../../thesis.txt", &thesis.display().to_string()] {
        let changed = format!("{list}{line}\n");
        fs::write(&stamp, &changed).expect("writable");
        fs::write(request.out.join("README.md"), "stale").expect("writable");
        let error = go(&request).expect_err(line);
        assert!(error.contains(".emitted: ") && error.contains("is not a relative path inside of"), "{error}");
        assert_eq!((common::read(&thesis), common::read(&stamp)), ("mine".to_owned(), changed));
        assert_eq!(common::read(&request.out.join("README.md")), "stale", "nothing is written");
    }
}

#[cfg(unix)]
#[test]
fn links_below_the_folder_are_refused() {
    use std::os::unix::fs::symlink;

    for (link, dangling) in
        [("src", false), (".emitted", false), ("README.md", false), ("src", true), (".emitted", true)]
    {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let request = request(&dir, MODEL);
        go(&request).expect("emitted");
        let (place, real) = (request.out.join(link), dir.path().join("real"));
        fs::rename(&place, &real).expect("moved");
        let before = if real.is_dir() { all_files(&real) } else { vec![real.clone()] };
        symlink(if dangling { Path::new("nowhere") } else { &real }, &place).expect("linked");
        let error = go(&request).expect_err("a link");
        assert!(error.contains(&format!("{} is a symbolic link", place.display())), "{error}");
        assert_eq!(if real.is_dir() { all_files(&real) } else { vec![real.clone()] }, before);
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    let real = dir.path().join("real");
    fs::create_dir(&real).expect("created");
    symlink(&real, &request.out).expect("linked");
    go(&request).expect("the folder itself may be a link");
    assert!(request.out.is_symlink() && real.join("src/lib.rs").exists());
}

#[test]
fn only_what_differs_is_written() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    go(&request).expect("emitted");
    let times = || -> Vec<_> {
        let modified = |path: PathBuf| (fs::metadata(&path).expect("there").modified().expect("a time"), path);
        all_files(&request.out).into_iter().map(modified).collect()
    };
    let (mut before, stale) = (times(), request.out.join("src/lib.rs"));
    fs::write(&stale, "stale").expect("writable");
    go(&request).expect("emitted");
    let mut after = times();
    assert_ne!(common::read(&stale), "stale");
    for found in [&mut before, &mut after] {
        found.retain(|(_, path)| *path != stale);
        found.sort();
    }
    assert_eq!(before, after);
}

#[test]
fn a_run_that_was_killed_can_be_repeated() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    fs::create_dir(&request.out).expect("created");
    // Before the list was in its place, and after it.
    let partial = request.out.join(".emitted.x1.partial");
    fs::write(&partial, "half").expect("writable");
    go(&request).expect("emitted");
    assert!(!partial.exists());
    let partial = request.out.join("src/lib.rs.x1.partial");
    fs::write(&partial, "half").expect("writable");
    go(&request).expect("emitted");
    assert!(!partial.exists());
}

#[test]
fn a_refused_model_writes_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (model, message) in [
        ("{", "notes.json: 1 problem\n  not valid JSON"),
        (&*MODEL.replace("/notes\"", "/{id}\""), "example#PutNote: the URI has a label {id}"),
    ] {
        let request = request(&dir, model);
        let error = go(&request).expect_err(message);
        assert!(error.contains(message), "{error}");
        assert!(!request.out.exists());
    }
    // The report can be distinguished from other errors by its type.
    let error = run(&xtask::workspace_root(), &request(&dir, "{")).expect_err("no model");
    assert_eq!(error.downcast_ref().map(|report: &codegen::Report| report.problems().len()), Some(1));
    let missing = Request { model: dir.path().join("gone.json"), ..request(&dir, MODEL) };
    assert!(go(&missing).expect_err("no file").contains("gone.json"));
}
