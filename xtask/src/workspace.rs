//! Paths of the workspace and the files in `model/` that several commands read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use codegen::Options;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The folder of the models, relative to the workspace root.
pub(crate) const MODEL_DIR: &str = "model";

pub use test_support::suites_dir;

/// Returns the root folder of the workspace.
pub fn workspace_root() -> PathBuf {
    test_support::workspace_root().to_path_buf()
}

/// An entry of `model/models.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The name of the file in `model/`.
    pub(crate) model: String,
    /// The shape id of the service; optional if the model has only one.
    pub(crate) service: Option<String>,
    /// The output folder, relative to the workspace root.
    pub(crate) output: String,
    /// The public path of the client, which examples in its documentation name.
    pub(crate) root: Option<String>,
    /// The folder of the table of commands, for a command line, relative to the workspace root.
    pub(crate) commands: Option<String>,
    /// Whether there is a client that returns the error type of other AWS crates besides.
    #[serde(default, rename = "awsSdk")]
    pub(crate) aws_sdk: bool,
}

/// Reads `model/models.json`.
pub(crate) fn models(root: &Path) -> Result<Vec<Entry>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Models {
        models: Vec<Entry>,
    }
    let Models { models } = read_json(&root.join(MODEL_DIR).join("models.json"))?;
    Ok(models)
}

/// Reads `model/partitions.json` and `model/customizations.json` into options for any service.
pub(crate) fn options(root: &Path) -> Result<Options> {
    let name = format!("{MODEL_DIR}/partitions.json");
    let partitions = codegen::read_partitions(&name, &read(&root.join(&name))?)?;
    Ok(Options { partitions, customizations: customizations(root)?, ..Options::default() })
}

/// Reads `model/customizations.json`.
pub(crate) fn customizations<T: DeserializeOwned>(root: &Path) -> Result<T> {
    read_json(&root.join(MODEL_DIR).join("customizations.json"))
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&read(path)?).with_context(|| format!("cannot parse {}", path.display()))
}
