//! Compiles and runs generated endpoint rules and their tests, with `rustc` alone.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use codegen::FileTree;
use serde_json::json;

/// A crate of endpoint resolvers and test tables, for `rustc` alone: both need nothing but the
/// runtime's `endpoint` module, which needs nothing but the standard library.
pub(crate) struct Bench {
    pub(crate) source: String,
    pub(crate) tables: usize,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let runtime = xtask::workspace_root().join("sso-client/runtime/src/endpoint/mod.rs");
        let source = format!(
            "#![allow(dead_code)]\npub mod runtime {{ #[path = {:?}] pub mod endpoint; }}\n",
            runtime.canonicalize().expect("the runtime")
        );
        Self { source, tables: 0 }
    }

    /// Adds the resolver of a generated tree as a module.
    pub(crate) fn resolver(&mut self, name: &str, tree: &FileTree) {
        for file in ["endpoint", "partitions"] {
            // Rules that look no regions up have no partitions.
            let Some(text) = tree.get(&format!("{file}.rs")) else { continue };
            let text = retarget(text, name);
            writeln!(self.source, "mod {name}_{file} {{ {text} }}").expect("a string");
        }
    }

    /// Adds the test table of a tree, to be run against a resolver.
    pub(crate) fn table(&mut self, tree: &FileTree, resolver: &str) {
        let text = retarget(&tree["endpoint_tests.rs"], resolver);
        writeln!(self.source, "mod table_{} {{ {text} }}", self.tables).expect("a string");
        self.tables += 1;
    }

    /// Compiles the crate and runs its tests.
    pub(crate) fn run(&self, name: &str, tests: usize) {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let (source, binary) = (dir.join(format!("{name}.rs")), dir.join(name));
        fs::write(&source, &self.source).expect("writable");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let compiled = Command::new(rustc)
            .args(["--edition", "2024", "--test", "--crate-type", "lib", "-D", "warnings", "-o"])
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
        text.replace("super::endpoint", &format!("super::{name}_endpoint"))
            .replace("super::partitions", &format!("super::{name}_partitions"))
    )
}

/// Generates from a service with these traits and no operations.
pub(crate) fn service(mut traits: serde_json::Value) -> FileTree {
    let partitions = fs::read_to_string(xtask::workspace_root().join("model/partitions.json")).expect("partitions");
    let partitions = codegen::read_partitions("partitions.json", &partitions).expect("partitions");
    traits["aws.protocols#restJson1"] = json!({});
    let model = json!({ "smithy": "2.0", "shapes": {
        "x#Service": { "type": "service", "version": "1", "traits": traits },
    } });
    let model = codegen::read_model("own.json", &model.to_string()).unwrap_or_else(|report| panic!("{report}"));
    let options = codegen::Options { partitions, ..Default::default() };
    codegen::generate(&model, &options).unwrap_or_else(|report| panic!("{report}"))
}
