//! `cargo xtask emit`: a crate of its own for any service of the restJson1 protocol.
//!
//! Everything is generated before the first file is written. The runtime is copied from
//! `sso-client/src/runtime`, as much of it as the service needs, or depended on.

mod manifest;
mod vendor;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use codegen::{Options, Package, Runtime};

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
    /// The runtime of the crate: vendored (a copy) or dependency (on sso-client).
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

/// Names the file that shows that a folder is one of ours, and lists what was written to it.
const STAMP: &str = ".emitted";

/// Generates a crate and writes it.
///
/// # Errors
///
/// When something cannot be read, generated or written. Nothing is written before all has been
/// read and generated.
pub fn run(root: &Path, request: &Request) -> anyhow::Result<Package> {
    let package = generate(root, request)?;
    let mut files: BTreeMap<String, String> = package.files.clone();
    let parts = manifest::closure(root, &package.parts)?;
    if request.runtime == Runtime::Vendored {
        files.extend(vendor::files(root, &parts)?);
    }
    let manifest = manifest::write(root, request, &package, &parts)?;
    files.insert("Cargo.toml".to_owned(), manifest);
    write(&request.out, files)?;
    Ok(package)
}

/// Generates a crate, without its manifest and runtime.
///
/// # Errors
///
/// When something cannot be read or generated.
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

/// What is the same for all models: partitions and customizations.
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

/// Partitions as they were until 2025: the isolated ones had no dual-stack endpoints, and the
/// endpoint tests of models from then say so. Text that is no list of partitions stays as it is.
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

/// Makes the folder hold these files, and no longer what an earlier run wrote beside them.
fn write(out: &Path, files: BTreeMap<String, String>) -> anyhow::Result<()> {
    let cannot = |what: &str, path: &Path| {
        let text = format!("cannot {what} {}", path.display());
        move || text
    };
    let stamp = out.join(STAMP);
    let before: Vec<String> = match fs::read_to_string(&stamp) {
        Ok(list) => list.lines().map(str::to_owned).collect(),
        Err(_) => {
            if let Some(entry) = fs::read_dir(out).ok().and_then(|mut entries| entries.next()) {
                let name = entry.with_context(cannot("read", out))?.file_name().to_string_lossy().into_owned();
                bail!(
                    "{} is not empty and holds {name}, so it was not written by `cargo xtask emit`: name another folder, or \
                     empty this one",
                    out.display()
                );
            }
            Vec::new()
        }
    };
    fs::create_dir_all(out).with_context(cannot("create", out))?;
    // Whatever happens from here on, a later run knows what is this command's.
    let list: String = files.keys().chain(&before).map(|path| format!("{path}\n")).collect();
    fs::write(&stamp, list).with_context(cannot("write", &stamp))?;
    for path in before.iter().filter(|path| !files.contains_key(*path)) {
        let path = out.join(path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(cannot("remove", &path));
            }
            _ => {}
        }
    }
    for (path, text) in &files {
        let path = out.join(path);
        if fs::read_to_string(&path).is_ok_and(|there| there == *text) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(cannot("create", parent))?;
        }
        fs::write(&path, text).with_context(cannot("write", &path))?;
    }
    let list: String = files.keys().map(|path| format!("{path}\n")).collect();
    fs::write(&stamp, list).with_context(cannot("write", &stamp))
}
