//! Our model against the published ones: the same API, the same endpoints.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::{FileTree, Options};
use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_file_mut};

/// Generates from a model. `then` turns today's partitions into those of the model's time.
fn generate(path: &Path, then: impl Fn(&str) -> String) -> FileTree {
    let partitions = common::read(&xtask::workspace_root().join("model/partitions.json"));
    let partitions = codegen::read_partitions("partitions.json", &then(&partitions)).expect("partitions");
    let name = path.file_name().expect("a name").to_string_lossy();
    let model = codegen::read_model(&name, &common::read(path)).unwrap_or_else(|report| panic!("{report}"));
    let options = Options { partitions, ..Default::default() };
    codegen::generate(&model, &options).unwrap_or_else(|report| panic!("{report}"))
}

fn as_today(partitions: &str) -> String {
    partitions.to_owned()
}

/// Until 2025 the isolated partitions had no dual-stack endpoints, and tests said so.
fn without_isolated_dual_stack(partitions: &str) -> String {
    let mut file: serde_json::Value = serde_json::from_str(partitions).expect("JSON");
    for partition in file["partitions"].as_array_mut().expect("a list") {
        if partition["id"].as_str().is_some_and(|id| id.starts_with("aws-iso")) {
            partition["outputs"]["supportsDualStack"] = false.into();
        }
    }
    file.to_string()
}

fn ours() -> FileTree {
    generate(&xtask::workspace_root().join("model/sso-2019-06-10.json"), as_today)
}

/// The published models of the service, oldest first.
fn history() -> Option<Vec<PathBuf>> {
    let dir = common::suites("models/history/sso")?;
    let mut files: Vec<PathBuf> =
        fs::read_dir(dir).expect("readable").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    Some(files)
}

/// Items without their documentation, as tokens.
fn without_docs(text: &str) -> String {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        }
    }
    let mut file = syn::parse_file(text).expect("Rust");
    visit_file_mut(&mut Strip, &mut file);
    file.to_token_stream().to_string()
}

#[test]
fn the_newest_published_model_gives_the_same_api() {
    let Some(newest) = history().and_then(|files| files.last().cloned()) else { return };
    let (ours, theirs) = (ours(), generate(&newest, as_today));
    let names = |tree: &FileTree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs));
    for (path, text) in &ours {
        // The rule set and its tests are written differently and hold the same facts: see below.
        if !path.starts_with("endpoint") {
            assert_eq!(without_docs(text), without_docs(&theirs[path]), "{path}");
        }
    }
}

#[test]
fn stripping_documentation_strips_nothing_else() {
    let text = "//! A.\n/// B.\n#[derive(Clone)]\nstruct C {\n    /// D.\n    e: u8,\n}\n";
    assert_eq!(without_docs(text), without_docs("#[derive(Clone)] struct C { e: u8, }"));
    assert_ne!(without_docs(text), without_docs("#[derive(Debug)] struct C { e: u8, }"));
    assert_ne!(without_docs(text), without_docs("#[derive(Clone)] struct C { f: u8, }"));
}

#[test]
fn every_published_model_generates() {
    for path in history().unwrap_or_default() {
        let tree = generate(&path, as_today);
        assert!(tree.contains_key("operation/get_role_credentials.rs"), "{}", path.display());
        // In Smithy 1.0 a `long` that is not boxed has the default 0 without a trait that says so.
        assert!(tree["types.rs"].contains("pub expiration: i64,"), "{}", path.display());
    }
}

#[test]
fn partitions_are_those_published() {
    let Some(theirs) = common::suites("suites/partitions.json") else { return };
    let ours = common::read(&xtask::workspace_root().join("model/partitions.json"));
    let read = |text: &str| codegen::read_partitions("partitions.json", text).expect("partitions");
    assert_eq!(format!("{:#?}", read(&ours)), format!("{:#?}", read(&common::read(&theirs))));
}

/// A crate of endpoint resolvers and test tables, for `rustc` alone: both need nothing but the
/// runtime's `endpoint` module, which needs nothing but the standard library.
struct Bench {
    source: String,
    tables: usize,
}

impl Bench {
    fn new() -> Self {
        let runtime = xtask::workspace_root().join("sso-client/src/runtime/endpoint/mod.rs");
        let source = format!(
            "#![allow(dead_code)]\nmod runtime {{ #[path = {:?}] pub mod endpoint; }}\n",
            runtime.canonicalize().expect("the runtime")
        );
        Self { source, tables: 0 }
    }

    /// Adds the resolver of a generated tree as a module.
    fn resolver(&mut self, name: &str, tree: &FileTree) {
        for file in ["endpoint", "partitions"] {
            let text = retarget(&tree[&format!("{file}.rs")], name);
            writeln!(self.source, "mod {name}_{file} {{ {text} }}").expect("a string");
        }
    }

    /// Adds the test table of a tree, to be run against a resolver.
    fn table(&mut self, tree: &FileTree, resolver: &str) {
        let text = retarget(&tree["endpoint_tests.rs"], resolver);
        writeln!(self.source, "mod table_{} {{ {text} }}", self.tables).expect("a string");
        self.tables += 1;
    }

    /// Compiles and runs it.
    fn run(&self, name: &str, tests: usize) {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let (source, binary) = (dir.join(format!("{name}.rs")), dir.join(name));
        fs::write(&source, &self.source).expect("writable");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let compiled = Command::new(rustc)
            .args(["--edition", "2024", "--test", "-D", "warnings", "-o"])
            .args([&binary, &source])
            .output()
            .expect("rustc runs");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let ran = Command::new(&binary).arg("--skip").arg("runtime::").output().expect("the tests run");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{said}");
        assert!(said.contains(&format!("{tests} passed")), "all tables are there: {said}");
    }
}

fn retarget(text: &str, name: &str) -> String {
    // Inner documentation cannot stand after other items.
    let text = text.replace("//!", "//");
    format!(
        "\n{}\n",
        text.replace("crate::endpoint", &format!("crate::{name}_endpoint"))
            .replace("crate::partitions", &format!("crate::{name}_partitions"))
    )
}

#[test]
fn our_endpoint_tests_pass() {
    let mut bench = Bench::new();
    let tree = ours();
    bench.resolver("ours", &tree);
    bench.table(&tree, "ours");
    bench.run("endpoints_ours", 1);
}

#[test]
fn endpoint_tests_of_all_published_models_pass() {
    let Some(files) = history() else { return };
    let mut bench = Bench::new();
    for (index, path) in files.iter().enumerate() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let tree =
            if name.as_str() < "2025" { generate(path, without_isolated_dual_stack) } else { generate(path, as_today) };
        // The oldest model has neither rules nor tests; it gets the rules of regional services.
        bench.resolver(&format!("model{index}"), &tree);
        if tree.contains_key("endpoint_tests.rs") {
            bench.table(&tree, &format!("model{index}"));
        }
    }
    assert!(bench.tables > 0, "no published model has endpoint tests");
    bench.run("endpoints_history", bench.tables);
}

#[test]
fn our_rules_and_the_newest_published_ones_agree() {
    let Some(newest) = history().and_then(|files| files.last().cloned()) else { return };
    let (ours, theirs) = (ours(), generate(&newest, as_today));
    let mut bench = Bench::new();
    bench.resolver("ours", &ours);
    bench.resolver("theirs", &theirs);
    for resolver in ["ours", "theirs"] {
        bench.table(&ours, resolver);
        bench.table(&theirs, resolver);
    }
    bench.source.push_str(
        r#"
        #[test]
        fn everywhere_the_same() {
            let mut regions: Vec<Option<&str>> = vec![None, Some(""), Some("nowhere"), Some("eu-new-9"), Some("us-gov-new-9")];
            regions.extend(ours_partitions::PARTITIONS.iter().flat_map(|partition| partition.regions).copied().map(Some));
            let mut compared = 0;
            for region in regions {
                for bits in 0..8 {
                    let (use_fips, use_dual_stack) = (bits & 1 != 0, bits & 2 != 0);
                    let endpoint = (bits & 4 != 0).then_some("https://example.com/base");
                    let ours = ours_endpoint::resolve(&ours_endpoint::Params { region, use_fips, use_dual_stack, endpoint });
                    let theirs = theirs_endpoint::resolve(&theirs_endpoint::Params { region, use_fips, use_dual_stack, endpoint });
                    assert_eq!(ours, theirs, "{region:?} {use_fips} {use_dual_stack} {endpoint:?}");
                    compared += 1;
                }
            }
            assert!(compared > 400, "{compared}");
        }
        "#,
    );
    bench.run("endpoints_both", 5);
}
