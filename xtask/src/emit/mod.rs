//! `cargo xtask emit`: generates a crate for a service.
//!
//! The runtime is a copy of `sso-client/runtime`, or a path dependency on it.
//!
//! # Invariants
//!
//! - Everything is generated before the first file is written.
//! - Only files listed in `.emitted` are removed.

mod manifest;
mod vendor;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use codegen::endpoint::eval::{expected, resolve, test_params};
use codegen::model::ShapeKind;
use codegen::{FileTree, Options, Package, Runtime};

use crate::files::{self, Transaction};
use crate::workspace::{self, read};

/// The arguments of `emit`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Request {
    /// The Smithy model, as JSON AST.
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// The folder of the crate: new, empty, or written by this command before.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The shape id of the service, required if the model has more than one.
    #[arg(long, value_name = "ID")]
    pub service: Option<String>,
    /// The name of the crate; the default is derived from the service.
    #[arg(long)]
    pub name: Option<String>,
    /// The runtime of the crate: vendored (a copy) or dependency (by path, on sso-client/runtime).
    #[arg(long, value_name = "KIND", default_value = "vendored", value_parser = runtime)]
    pub runtime: Runtime,
    /// The partitions; the default is model/partitions.json.
    #[arg(long, value_name = "FILE")]
    pub partitions: Option<PathBuf>,
    /// Leaves out operations that need unsupported features, instead of refusing the model.
    #[arg(long)]
    pub skip_unsupported: bool,
    /// Whether the crate gets the protocol tests of its model.
    #[arg(skip)]
    pub tests: bool,
    /// Whether isolated partitions have no dual-stack endpoints, as before 2025.
    #[arg(skip)]
    pub before_2025: bool,
}

fn runtime(text: &str) -> Result<Runtime, &'static str> {
    match text {
        "vendored" => Ok(Runtime::Vendored),
        "dependency" => Ok(Runtime::Dependency),
        _ => Err("expected vendored or dependency"),
    }
}

/// The file that lists the files that this command wrote to a folder.
const STAMP: &str = ".emitted";

/// Generates a crate and writes it.
///
/// # Errors
///
/// If something cannot be read, generated or written; no file has changed then.
pub fn run(root: &Path, request: &Request) -> anyhow::Result<Package> {
    let package = generate(root, request)?;
    let mut files = package.files.clone();
    let workspace = manifest::Workspace::read(root)?;
    if request.runtime == Runtime::Vendored {
        files.extend(vendor::files(root, &workspace)?);
    }
    files.insert("Cargo.toml".to_owned(), manifest::write(root, &workspace, request, &package));
    write(&request.out, &files)?;
    Ok(package)
}

/// Generates a crate without its manifest and runtime, and writes nothing.
///
/// # Errors
///
/// If something cannot be read or generated.
pub fn generate(root: &Path, request: &Request) -> anyhow::Result<Package> {
    let file = request.model.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let model = codegen::read_model(&file, &read(&request.model)?)?;
    let options = Options {
        service: request.service.clone(),
        skip_unsupported: request.skip_unsupported,
        tests: request.tests,
        command: "cargo xtask emit".to_owned(),
        ..options(root, request)?
    };
    Ok(codegen::package(&model, &options, request.name.as_deref(), request.runtime)?)
}

/// Reads the options that do not depend on the model: partitions and customizations.
fn options(root: &Path, request: &Request) -> anyhow::Result<Options> {
    let own = root.join("model/partitions.json");
    let file = request.partitions.as_ref().unwrap_or(&own);
    let mut text = read(file)?;
    if request.before_2025 {
        text = partitions_before_2025(&text);
    }
    let partitions = codegen::read_partitions(&file.display().to_string(), &text)?;
    let customizations = workspace::customizations(root)?;
    Ok(Options { partitions, customizations, ..Options::default() })
}

/// Returns `true` if the endpoint tests of a model fail with today's partitions and pass with those of before 2025.
///
/// # Errors
///
/// If something cannot be read, or the service has problems of its own.
pub(crate) fn expects_partitions_before_2025(root: &Path, request: &Request) -> anyhow::Result<bool> {
    let file = request.model.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut model = codegen::read_model(&file, &read(&request.model)?)?;
    // The tests are the service's alone.
    for shape in model.shapes.values_mut() {
        if let ShapeKind::Service(service) = &mut shape.kind {
            (service.operations, service.resources) = (Vec::new(), Vec::new());
        }
    }
    let pass = |before_2025| -> anyhow::Result<bool> {
        let request = Request { before_2025, ..request.clone() };
        let options = Options { service: request.service.clone(), ..options(root, &request)? };
        let service = codegen::lower::lower(&model, &options)?;
        Ok(service.endpoint_tests.iter().all(|test| {
            let params = test_params(&service.endpoint, test);
            resolve(&service.endpoint, &options.partitions, &params) == expected(test)
        }))
    };
    Ok(!pass(false)? && pass(true)?)
}

/// Removes the dual-stack endpoints of isolated partitions, which endpoint tests of models before 2025 do not expect.
///
/// Text that is not a partitions file is returned unchanged.
pub fn partitions_before_2025(partitions: &str) -> String {
    let Ok(mut file) = serde_json::from_str::<serde_json::Value>(partitions) else { return partitions.to_owned() };
    for partition in file["partitions"].as_array_mut().into_iter().flatten() {
        if partition["id"].as_str().is_some_and(|id| id.starts_with("aws-iso")) {
            let outputs = &mut partition["outputs"];
            outputs["supportsDualStack"] = false.into();
            outputs["dualStackDnsSuffix"] = outputs["dnsSuffix"].clone();
        }
    }
    file.to_string()
}

/// Writes the files of a crate, and removes other files that an earlier run wrote.
fn write(out: &Path, files: &FileTree) -> anyhow::Result<()> {
    let owned = owned(out)?;
    let changes = files::compare(out, files, owned.iter().cloned())?;
    let mut transaction = Transaction::default();
    let stamp = |transaction: &mut Transaction, paths: BTreeSet<&String>| {
        let list = paths.into_iter().map(|path| format!("{path}\n")).collect();
        transaction.apply(&files::compare(out, &FileTree::from([(STAMP.to_owned(), list)]), [])?)
    };
    // If this run is killed, the next one still finds all files of both.
    stamp(&mut transaction, files.keys().chain(&owned).collect())?;
    transaction.apply(&changes)?;
    stamp(&mut transaction, files.keys().collect())?;
    transaction.commit();
    Ok(())
}

/// Reads the list of files that an earlier run wrote.
fn owned(out: &Path) -> anyhow::Result<Vec<String>> {
    if let Some(list) = files::read(out, STAMP)? {
        let paths: Vec<String> = String::from_utf8_lossy(&list).lines().map(str::to_owned).collect();
        for path in &paths {
            files::place(out, path).with_context(|| out.join(STAMP).display().to_string())?;
        }
        return Ok(paths);
    }
    for entry in fs::read_dir(out).into_iter().flatten() {
        let name = entry.with_context(|| format!("cannot read {}", out.display()))?.file_name();
        let name = name.to_string_lossy();
        ensure!(
            files::is_leftover(&name, STAMP),
            "{} is not empty and holds {name}, so it was not written by `cargo xtask emit`: name another folder, or empty \
             this one",
            out.display()
        );
    }
    Ok(Vec::new())
}
