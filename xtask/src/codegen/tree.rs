//! Generated files against those on the disk, as sets: a file too many is a difference too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use codegen::FileTree;

use super::Error;

/// A file that is not as it should be.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its path below the output folder, with `/`.
    pub path: String,
    /// What the disk holds, if anything.
    pub old: Option<String>,
    /// What it should hold, if anything.
    pub new: Option<String>,
}

/// How a change is spoken of.
pub(super) struct Verb {
    pub(super) present: &'static str,
    pub(super) past: &'static str,
    pub(super) state: &'static str,
}

impl Change {
    pub(super) fn verb(&self) -> Verb {
        match (&self.old, &self.new) {
            (None, _) => Verb { present: "create", past: "created", state: "missing" },
            (_, None) => Verb { present: "remove", past: "removed", state: "no longer generated" },
            _ => Verb { present: "update", past: "updated", state: "out of date" },
        }
    }

    /// Whether the file would be removed although nothing says that it was ever generated.
    pub(super) fn is_foreign(&self) -> bool {
        let generated = |text: &String| text.lines().next().is_some_and(|line| line.contains("@generated"));
        self.new.is_none() && !self.old.as_ref().is_some_and(generated)
    }

    /// Makes the disk hold what it should.
    pub(super) fn apply(&self, output: &Path) -> Result<(), Error> {
        let path = output.join(&self.path);
        let io = |error| Error::Io(path.clone(), error);
        match &self.new {
            Some(text) => {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent).map_err(io)?;
                }
                // A reader never sees half a file.
                let partial = path.with_extension("rs.partial");
                fs::write(&partial, text).map_err(io)?;
                fs::rename(&partial, &path).map_err(io)
            }
            None => {
                fs::remove_file(&path).map_err(io)?;
                // A folder goes with its last file.
                if let Some(parent) = path.parent() {
                    let _ = fs::remove_dir(parent);
                }
                Ok(())
            }
        }
    }

    /// A unified diff from what there is to what there should be.
    pub(super) fn diff(&self, shown: &str) -> String {
        let (old, new) = (self.old.as_deref().unwrap_or_default(), self.new.as_deref().unwrap_or_default());
        let name = format!("{shown}/{}", self.path);
        similar::TextDiff::from_lines(old, new)
            .unified_diff()
            .context_radius(3)
            .header(&format!("{name} (now)"), &format!("{name} (generated)"))
            .to_string()
    }
}

/// Lists what has to change below `output` for it to hold `tree` and nothing else.
pub(super) fn compare(output: &Path, tree: &FileTree) -> Result<Vec<Change>, Error> {
    let mut there = BTreeMap::new();
    if output.is_dir() {
        collect(output, "", &mut there)?;
    }
    let mut changes: Vec<Change> = tree
        .iter()
        .filter(|(path, text)| there.get(*path) != Some(*text))
        .map(|(path, text)| Change { path: path.clone(), old: there.get(path).cloned(), new: Some(text.clone()) })
        .collect();
    for (path, text) in there {
        if !tree.contains_key(&path) {
            changes.push(Change { path, old: Some(text), new: None });
        }
    }
    Ok(changes)
}

fn collect(dir: &Path, prefix: &str, found: &mut BTreeMap<String, String>) -> Result<(), Error> {
    let io = |error| Error::Io(dir.to_path_buf(), error);
    for entry in fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found)?;
        } else {
            // Not every foreign file is text; one that is not differs all the same.
            let bytes = fs::read(&path).map_err(|error| Error::Io(path.clone(), error))?;
            found.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(())
}
