//! Where the two versions come from.

use std::path::Path;
use std::process::Command;

use codegen::diff::Side;
use serde::Deserialize;

use super::Error;

/// One version of a model.
#[derive(Debug)]
pub(super) struct Source {
    /// How it is called in messages.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// Whether it is a file, and not a revision of one.
    pub(super) is_file: bool,
}

#[derive(Deserialize)]
struct Models {
    models: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    model: String,
}

/// Reads both sides. What is left out is the model in `model/`: now, and as it was at `HEAD`.
pub(super) fn resolve(root: &Path, old: Option<&str>, new: Option<&str>) -> Result<(Source, Source), Error> {
    // A revision without a path means the file on the other side, if that lies in the workspace.
    let other = new.filter(|new| !new.starts_with("git:")).and_then(|new| inside(root, Path::new(new)));
    let path = |side| match &other {
        Some(path) => Ok(path.clone()),
        None => own_model(root).map_err(|message| Error::Side(side, message)),
    };
    let old = match old {
        None => git(root, "HEAD", &path(Side::Old)?),
        Some(spec) => read(root, spec, || path(Side::Old))?,
    };
    let new = match new {
        None => own_model(root).and_then(|path| file(&root.join(&path), &path)),
        Some(spec) => read(root, spec, || path(Side::New))?,
    };
    Ok((
        old.map_err(|message| Error::Side(Side::Old, message))?,
        new.map_err(|message| Error::Side(Side::New, message))?,
    ))
}

/// Reads a side as the command line names it.
fn read(
    root: &Path,
    spec: &str,
    default: impl FnOnce() -> Result<String, Error>,
) -> Result<Result<Source, String>, Error> {
    let Some(spec) = spec.strip_prefix("git:") else { return Ok(file(Path::new(spec), spec)) };
    let (revision, path) = match spec.split_once(':') {
        Some((revision, path)) => (revision, path.to_owned()),
        None => (spec, default()?),
    };
    if revision.is_empty() || revision.starts_with('-') {
        return Ok(Err(format!("git:{spec}: {revision:?} is no revision; write git:REV or git:REV:PATH")));
    }
    Ok(git(root, revision, &path))
}

fn file(path: &Path, name: &str) -> Result<Source, String> {
    match std::fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Source { name: name.to_owned(), text, is_file: true }),
            Err(error) => {
                let before = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
                let line = before.filter(|byte| **byte == b'\n').count() + 1;
                Err(format!("{name}: line {line} is no text in UTF-8"))
            }
        },
        Err(error) => Err(format!("{name}: {error}")),
    }
}

/// A file as it was at a revision. Its path is that from the workspace's root.
fn git(root: &Path, revision: &str, path: &str) -> Result<Source, String> {
    let name = format!("git:{revision}:{path}");
    let object = format!("{revision}:./{path}");
    let output = Command::new("git").arg("-C").arg(root).args(["show", &object]).output();
    let output = output.map_err(|error| format!("{name}: git could not be started: {error}"))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name}: {}", told.trim().trim_start_matches("fatal: ")));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| format!("{name}: is no text in UTF-8"))?;
    Ok(Source { name, text, is_file: false })
}

/// The path of the model that `model/models.json` lists, from the workspace's root.
pub(crate) fn own_model(root: &Path) -> Result<String, String> {
    let list = "model/models.json";
    let text = std::fs::read_to_string(root.join(list)).map_err(|error| format!("{list}: {error}"))?;
    let models: Models = serde_json::from_str(&text).map_err(|error| format!("{list}: {error}"))?;
    match models.models.as_slice() {
        [entry] => Ok(format!("model/{}", entry.model)),
        [] => Err(format!("{list} lists no model: name both sides")),
        many => {
            let names: Vec<&str> = many.iter().map(|entry| entry.model.as_str()).collect();
            Err(format!(
                "{list} lists {} models: name both sides, such as git:HEAD:model/{} and model/{}",
                many.len(),
                names[0],
                names[0]
            ))
        }
    }
}

/// A path from the workspace's root, if it is of a file inside.
fn inside(root: &Path, path: &Path) -> Option<String> {
    let (root, path) = (root.canonicalize().ok()?, path.canonicalize().ok()?);
    let inner = path.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = inner.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
