//! `cargo xtask codegen`: reads `model/`, writes what is generated of it.
//!
//! Everything is read and generated before the first file is written, so that an error leaves
//! the output as it was. Files that are up to date are not touched.

mod tree;

use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail, ensure};

use crate::Outcome;
use crate::transaction::Write;
use crate::workspace::{self, Entry, MODEL_DIR, read};
use tree::Change;

/// The arguments of `codegen`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Options {
    /// Writes nothing; shows a diff and exits with 1 if files are out of date.
    #[arg(long, conflicts_with = "dry_run")]
    pub check: bool,
    /// Writes nothing; lists what would be written.
    #[arg(long)]
    pub dry_run: bool,
}

impl Options {
    /// Returns the mode that the options select.
    pub fn mode(self) -> Mode {
        match self {
            Self { check: true, .. } => Mode::Check,
            Self { dry_run: true, .. } => Mode::DryRun,
            _ => Mode::Write,
        }
    }
}

/// How generated files are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Writes what differs.
    Write,
    /// Writes nothing; shows a diff.
    Check,
    /// Writes nothing; lists the files.
    DryRun,
}

/// What was generated of one model, beside what is on the disk.
struct Generated {
    output: PathBuf,
    /// The output folder as `models.json` has it.
    folder: String,
    count: usize,
    changes: Vec<Change>,
}

impl Generated {
    /// A changed file, as people find it from the workspace's root.
    fn shown(&self, change: &Change) -> String {
        format!("{}/{}", self.folder, change.path)
    }
}

/// Runs the command below `root`. What it has to say goes to `say`, line by line.
///
/// # Errors
///
/// When something cannot be read, generated or written. Nothing is written before all has been
/// read and generated.
pub fn run(root: &Path, mode: Mode, say: &mut dyn FnMut(String)) -> Result<Outcome> {
    let generated = generate_all(root, None, say)?;
    if mode == Mode::Write {
        refuse_foreign(&generated)?;
    }
    let mut differs = false;
    for found in &generated {
        for change in &found.changes {
            let (verb, shown) = (change.verb(), found.shown(change));
            match mode {
                Mode::Write => {
                    change.apply(&found.output)?;
                    say(format!("{:>9} {shown}", verb.past));
                }
                Mode::DryRun => say(format!("would {} {shown}", verb.present)),
                Mode::Check => {
                    say(format!("{shown} is {}", verb.state));
                    say(change.diff(&shown));
                }
            }
        }
        if found.changes.is_empty() {
            say(format!("unchanged {} ({} files)", found.folder, found.count));
        }
        differs |= !found.changes.is_empty();
    }
    Ok(conclude(mode, differs, say))
}

/// Nothing is removed that nobody generated.
fn refuse_foreign(generated: &[Generated]) -> Result<()> {
    let foreign: Vec<String> = generated
        .iter()
        .flat_map(|found| found.changes.iter().filter(|change| change.is_foreign()).map(|change| found.shown(change)))
        .collect();
    ensure!(
        foreign.is_empty(),
        "these files are among generated ones but were not generated; move them away, so that they are not lost:\n  {}",
        foreign.join("\n  ")
    );
    Ok(())
}

/// A file that would be written or removed, and what is said of it.
pub(crate) struct Planned {
    /// Where it is.
    pub(crate) write: Write,
    /// Its path from the workspace's root.
    pub(crate) shown: String,
    /// `create`, `update`, `remove`.
    pub(crate) verb: &'static str,
}

/// What a run would write if a model had another text. Nothing is written.
///
/// # Errors
///
/// When something cannot be read or generated, or what nobody generated is in the way.
pub(crate) fn plan(root: &Path, model: &str, text: &str, say: &mut dyn FnMut(String)) -> Result<Vec<Planned>> {
    let generated = generate_all(root, Some((model, text)), say)?;
    refuse_foreign(&generated)?;
    let planned = generated.iter().flat_map(|found| {
        found.changes.iter().map(|change| Planned {
            write: Write { path: found.output.join(&change.path), text: change.new.clone() },
            shown: found.shown(change),
            verb: change.verb().present,
        })
    });
    Ok(planned.collect())
}

fn conclude(mode: Mode, differs: bool, say: &mut dyn FnMut(String)) -> Outcome {
    match (mode, differs) {
        (Mode::Check, true) => {
            say("The generated files do not match model/. Run `cargo xtask codegen` and commit what it writes.".to_owned());
            return Outcome::Failure;
        }
        (Mode::Write, true) => say("Next: look at `git diff`, then run `cargo test --workspace`.".to_owned()),
        (Mode::DryRun, true) => say("Next: `cargo xtask codegen` writes this.".to_owned()),
        (Mode::Check, false) => say("All generated files are up to date.".to_owned()),
        (_, false) => say(
            "Nothing to do. Next: `cargo run -p sso-client --example quickstart` tries the client without AWS; after an \
             edit in model/, run this again."
                .to_owned(),
        ),
    }
    Outcome::Success
}

/// Generates of all models; `instead` is the text that one of them is taken to have.
fn generate_all(root: &Path, instead: Option<(&str, &str)>, say: &mut dyn FnMut(String)) -> Result<Vec<Generated>> {
    let dir = root.join(MODEL_DIR);
    let models = workspace::models(root)?;
    check_outputs(&models)?;
    let partitions =
        codegen::read_partitions(&format!("{MODEL_DIR}/partitions.json"), &read(&dir.join("partitions.json"))?)?;
    say(format!("     read {MODEL_DIR}/partitions.json ({} partitions)", partitions.len()));
    let mut generated = Vec::new();
    for entry in models {
        let text = match instead {
            Some((model, text)) if model == entry.model => text.to_owned(),
            _ => read(&dir.join(&entry.model))?,
        };
        let model = codegen::read_model(&format!("{MODEL_DIR}/{}", entry.model), &text)?;
        say(format!("     read {MODEL_DIR}/{} ({} shapes)", entry.model, model.own_shapes()));
        let options = codegen::Options { service: entry.service, partitions: partitions.clone(), ..Default::default() };
        let tree = codegen::generate(&model, &options)?;
        let output = root.join(&entry.output);
        let changes = tree::compare(&output, &tree)?;
        generated.push(Generated { output, folder: entry.output, count: tree.len(), changes });
    }
    Ok(generated)
}

/// Whatever is in an output folder may be removed: it has to lie inside of the workspace, for
/// itself alone.
fn check_outputs(models: &[Entry]) -> Result<()> {
    for (index, entry) in models.iter().enumerate() {
        let place = format!("{MODEL_DIR}/models.json: the output {:?}", entry.output);
        let path = Path::new(&entry.output);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || path.components().count() < 2 {
            bail!("{place} has to be a folder inside of a package, without . and ..");
        }
        let overlaps = |other: &Entry| path.starts_with(&other.output) || Path::new(&other.output).starts_with(path);
        if models[..index].iter().any(overlaps) {
            bail!("{place} lies within that of another model, or around it");
        }
    }
    Ok(())
}
