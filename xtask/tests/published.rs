//! Compares our model with the published ones: API and endpoints.

#[path = "common/bench.rs"]
mod bench;
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use bench::Bench;
use codegen::{FileTree, Options};
use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_file_mut};
use xtask::emit::partitions_before_2025;

/// Generates from a model. `then` converts current partitions into those of the time of the model.
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

fn ours() -> FileTree {
    generate(&xtask::workspace_root().join("model/sso-2019-06-10.json"), as_today)
}

/// Returns the published models of the service, oldest first.
fn history() -> Option<Vec<PathBuf>> {
    let dir = test_support::suite("models/history/sso")?;
    let mut files: Vec<PathBuf> =
        fs::read_dir(dir).expect("readable").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    Some(files)
}

/// Returns the tokens of a file without documentation.
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
    let Some(theirs) = test_support::suite("suites/partitions.json") else { return };
    let ours = common::read(&xtask::workspace_root().join("model/partitions.json"));
    let read = |text: &str| codegen::read_partitions("partitions.json", text).expect("partitions");
    assert_eq!(format!("{:#?}", read(&ours)), format!("{:#?}", read(&common::read(&theirs))));
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
            if name.as_str() < "2025" { generate(path, partitions_before_2025) } else { generate(path, as_today) };
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
