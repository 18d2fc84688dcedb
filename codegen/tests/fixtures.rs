//! Small models beside their expected output. To add a case, add a folder and run with
//! `UPDATE_FIXTURES=1`, which writes the expected output; then review the diff. A fixture may list the files that
//! it is about in `expected/.partial`, a path a line. Each kind of file has one golden somewhere; a fixture without
//! a folder `expected` has none. `cargo xtask conformance` compiles them all and runs the tests that they hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use codegen::{FileTree, Options};

fn fixtures() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found: Vec<PathBuf> =
        fs::read_dir(dir).expect("fixtures").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

fn generate(fixture: &Path) -> FileTree {
    generate_with(fixture, Options::default())
}

fn generate_with(fixture: &Path, options: Options) -> FileTree {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let partitions = r#"{ "partitions": [{
        "id": "aws", "regionRegex": "^(us|eu)-\\w+-\\d+$", "regions": { "us-east-1": {} },
        "outputs": { "name": "aws", "dnsSuffix": "example.com", "dualStackDnsSuffix": "example.net",
            "supportsFIPS": true, "supportsDualStack": false, "implicitGlobalRegion": "us-east-1" }
    }] }"#;
    let customizations = include_str!("../../model/customizations.json");
    let options = Options {
        customizations: serde_json::from_str(customizations).expect("customizations"),
        partitions: codegen::read_partitions("partitions.json", partitions).expect("partitions"),
        ..options
    };
    let model = codegen::read_model("model.json", &read(&fixture.join("model.json")))
        .unwrap_or_else(|report| panic!("{report}"));
    codegen::generate(&model, &options).unwrap_or_else(|report| panic!("{report}"))
}

fn on_disk(dir: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            on_disk(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

#[test]
fn generated_files_match_expected_ones() {
    let fixtures = fixtures();
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        let dir = fixture.join("expected");
        // Without it, what counts is that it compiles, or what it does.
        if !dir.is_dir() {
            continue;
        }
        let mut generated = generate(&fixture);
        // Of a fixture that is about some files alone, these are compared.
        let list = dir.join(".partial");
        let partial = fs::read_to_string(&list).ok();
        if let Some(partial) = &partial {
            generated.retain(|path, _| partial.lines().any(|line| line == path));
            assert_eq!(generated.len(), partial.lines().count(), "{} names files that are not there", list.display());
        }
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            let _ = fs::remove_dir_all(&dir);
            if let Some(partial) = &partial {
                fs::create_dir_all(&dir).expect("created");
                fs::write(&list, partial).expect("written");
            }
            for (path, text) in &generated {
                let path = dir.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("created");
                fs::write(path, text).expect("written");
            }
        }
        let mut expected = FileTree::new();
        on_disk(&dir, "", &mut expected);
        expected.remove(".partial");
        let names = |tree: &FileTree| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&generated), names(&expected), "{}", fixture.display());
        for (path, text) in &generated {
            assert_eq!(text, &expected[path], "{}: {path} (UPDATE_FIXTURES=1 writes it)", fixture.display());
        }
    }
}

/// Services live side by side in one crate, each in a folder of its own: from the root of a crate
/// there is but the runtime to be named.
#[test]
fn generated_text_does_not_depend_on_its_path() {
    for fixture in fixtures() {
        for (path, text) in generate(&fixture) {
            let named = text.match_indices("crate::").map(|(at, _)| &text[at..]);
            // The documentation of `obstacle` has a path of its own.
            let ours = |text: &&str| !text.starts_with("crate::runtime::") && !text.starts_with("crate::Nope");
            let mut others = named.filter(ours);
            assert_eq!(others.next().map(|text| text.lines().next()), None, "{}: {path}", fixture.display());
        }
    }
}

#[test]
fn generation_is_deterministic() {
    for fixture in fixtures() {
        assert_eq!(generate(&fixture), generate(&fixture), "{}", fixture.display());
    }
}

/// The client with the errors of other AWS crates can be generated for every service.
#[test]
fn the_module_aws_sdk_can_be_generated() {
    let mut maps = 0;
    for fixture in fixtures() {
        let tree = generate_with(&fixture, Options { aws_sdk: true, ..Options::default() });
        let operations = tree.iter().filter(|(path, _)| path.starts_with("aws_sdk/operation/"));
        maps += operations.clone().filter(|(_, text)| text.contains("use std::collections::HashMap;")).count();
        let all = tree.keys().filter(|path| path.starts_with("operation/")).count();
        assert_eq!(operations.count(), all, "{}", fixture.display());
    }
    assert!(maps > 0, "no operation takes a map");
}
