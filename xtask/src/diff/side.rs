//! Reads the two versions to compare, from files or from git.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail, ensure};
use codegen::diff::Side;

use crate::workspace;

/// One version of a model.
#[derive(Debug)]
pub(super) struct Source {
    /// The file or revision, as messages show it.
    pub(super) name: String,
    pub(super) text: String,
    /// Whether it is a file and not a revision of one.
    pub(super) is_file: bool,
}

/// Reads both sides. The defaults are the model in `model/` at `HEAD` and as it is now.
pub(super) fn resolve(root: &Path, old: Option<&str>, new: Option<&str>) -> Result<(Source, Source)> {
    // A revision without a path means the file of the other side, if that is in the workspace.
    let other = new.filter(|new| !new.starts_with("git:")).and_then(|new| inside(root, Path::new(new)));
    // That of the old side, with which a model in `model/` is compared.
    let revision = old.and_then(|old| old.strip_prefix("git:")).and_then(|old| old.split(':').next()).unwrap_or("HEAD");
    let default = || other.clone().map_or_else(|| own_model(root, revision), Ok);
    let old = match old {
        None => default().and_then(|path| git(root, "HEAD", &path)),
        Some(spec) => read(root, spec, default),
    };
    let new = match new {
        None => own_model(root, revision).and_then(|path| file(&root.join(&path), &path)),
        Some(spec) => read(root, spec, default),
    };
    let context = |side: Side| format!("{side} side");
    Ok((old.with_context(|| context(Side::Old))?, new.with_context(|| context(Side::New))?))
}

/// Reads a side given as a path or as `git:REV[:PATH]`.
fn read(root: &Path, spec: &str, default: impl FnOnce() -> Result<String>) -> Result<Source> {
    let Some(spec) = spec.strip_prefix("git:") else { return file(Path::new(spec), spec) };
    let (revision, path) = spec.split_once(':').map_or((spec, None), |(revision, path)| (revision, Some(path)));
    ensure!(
        !revision.is_empty() && !revision.starts_with('-'),
        "git:{spec}: {revision:?} is not a revision; write git:REV or git:REV:PATH"
    );
    git(root, revision, &path.map_or_else(default, |path| Ok(path.to_owned()))?)
}

fn file(path: &Path, name: &str) -> Result<Source> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow!("{name}: line {line} is not valid UTF-8")
    })?;
    Ok(Source { name: name.to_owned(), text, is_file: true })
}

/// Reads a file at a revision. `path` is relative to the workspace root.
fn git(root: &Path, revision: &str, path: &str) -> Result<Source> {
    let name = format!("git:{revision}:{path}");
    let object = format!("{revision}:./{path}");
    let output = Command::new("git").arg("-C").arg(root).args(["show", &object]).output();
    let output = output.with_context(|| format!("{name}: cannot start git"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{name}: {}", stderr.trim().trim_start_matches("fatal: "));
    }
    let text = String::from_utf8(output.stdout).with_context(|| name.clone())?;
    Ok(Source { name, text, is_file: false })
}

/// Returns the path, relative to the workspace root, of the only model in `model/models.json`, or of the only one that
/// differs from a revision. If none differs, it is the first.
fn own_model(root: &Path, revision: &str) -> Result<String> {
    let models = workspace::models(root)?;
    let paths: Vec<String> = models.iter().map(|entry| format!("model/{}", entry.model)).collect();
    let Some(first) = paths.first() else { bail!("model/models.json lists no model: name both sides") };
    if paths.len() == 1 {
        return Ok(first.clone());
    }
    let same = |path: &&String| match (file(&root.join(path), path), git(root, revision, path)) {
        (Ok(now), Ok(then)) => now.text == then.text,
        _ => false,
    };
    let differing: Vec<&String> = paths.iter().filter(|path| !same(path)).collect();
    match differing.as_slice() {
        [] => Ok(first.clone()),
        [path] => Ok((*path).clone()),
        [path, ..] => bail!(
            "several models in model/ differ from git:{revision}: name one, such as `cargo xtask diff git:{revision} {path}`"
        ),
    }
}

/// Returns the path relative to the workspace root, if the file is inside.
fn inside(root: &Path, path: &Path) -> Option<String> {
    let (root, path) = (root.canonicalize().ok()?, path.canonicalize().ok()?);
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
