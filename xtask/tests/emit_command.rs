//! `cargo xtask emit`: what it writes, what it leaves alone, and what it refuses.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

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
fn a_crate_of_its_own_takes_what_it_needs() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    let package = go(&request).expect("emitted");
    assert_eq!((package.name.as_str(), package.size.operations), ("note-keeper-client", 1));
    let there = |path: &str| request.out.join(path).exists();
    for path in ["Cargo.toml", "README.md", "src/lib.rs", "src/generated/operation/put_note.rs", "src/runtime/mod.rs"] {
        assert!(there(path), "{path}");
    }
    assert!(there("src/runtime/timestamp.rs") && !there("src/runtime/blob.rs") && !there("src/runtime/sigv4.rs"));
    let manifest = common::read(&request.out.join("Cargo.toml"));
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let dependencies = manifest["dependencies"].as_table().expect("a table");
    assert!(dependencies.contains_key("jiff") && !dependencies.contains_key("flate2"), "{dependencies:?}");
    assert_eq!(manifest["package"]["rust-version"].as_str(), Some("1.85"));
    let runtime = common::read(&request.out.join("src/runtime/mod.rs"));
    assert!(runtime.contains("\npub mod timestamp;\n") && !runtime.contains("cfg(feature = \"_"), "{runtime}");
    for path in all_files(&request.out) {
        assert!(!common::read(&path).contains("\nmod tests;"), "{}", path.display());
    }
}

#[test]
fn on_sso_client_it_has_no_runtime_of_its_own() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = Request { runtime: Runtime::Dependency, name: Some("notes".to_owned()), ..request(&dir, MODEL) };
    go(&request).expect("emitted");
    assert!(!request.out.join("src/runtime").exists());
    let manifest = common::read(&request.out.join("Cargo.toml"));
    assert!(manifest.contains("name = \"notes\"") && manifest.contains("features = [\"_timestamp\"]"), "{manifest}");
    assert!(common::read(&request.out.join("src/lib.rs")).contains("pub use sso_client::runtime;"));
}

#[test]
fn again_it_replaces_what_it_wrote_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let first = request(&dir, MODEL);
    go(&first).expect("emitted");
    fs::write(first.out.join("notes.txt"), "mine").expect("writable");
    let renamed =
        request(&dir, &MODEL.replace("PutNote\"", "KeepNote\"").replace("smithy.api#Timestamp", "smithy.api#String"));
    go(&renamed).expect("emitted");
    let there = |path: &str| first.out.join(path).exists();
    assert!(there("src/generated/operation/keep_note.rs") && !there("src/generated/operation/put_note.rs"));
    assert!(!there("src/runtime/timestamp.rs"), "no longer needed");
    assert!(there("notes.txt"), "not written by the command");
}

#[test]
fn folders_of_others_are_left_alone() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let request = request(&dir, MODEL);
    fs::create_dir(&request.out).expect("created");
    fs::write(request.out.join("thesis.txt"), "mine").expect("writable");
    let error = go(&request).expect_err("not ours");
    assert!(error.contains("holds thesis.txt") && error.contains("name another folder"), "{error}");
    assert_eq!(all_files(&request.out).len(), 1);
}

#[test]
fn nothing_is_written_of_a_model_that_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (model, told) in [
        ("{", "notes.json: 1 problem\n  not valid JSON"),
        (&*MODEL.replace("/notes\"", "/{id}\""), "example#PutNote: the URI has a label {id}"),
    ] {
        let request = request(&dir, model);
        let error = go(&request).expect_err(told);
        assert!(error.contains(told), "{error}");
        assert!(!request.out.exists());
    }
    let missing = Request { model: dir.path().join("gone.json"), ..request(&dir, MODEL) };
    assert!(go(&missing).expect_err("no file").contains("gone.json"));
}
