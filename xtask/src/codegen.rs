//! `cargo xtask codegen`: generates the clients in `sso-client` from `model/`.
//!
//! # Invariants
//!
//! - Everything is read and generated before the first file is written.
//! - Files that are up to date are not touched, and files that were not generated are never removed.

use std::path::{Component, Path};

use anyhow::{Result, bail, ensure};

use crate::Outcome;
use crate::files::{self, Change, Transaction};
use crate::workspace::{self, Entry, MODEL_DIR, read};

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

/// The output of one model, compared with the disk.
struct Generated {
    /// The output folder, relative to the workspace root.
    folder: String,
    count: usize,
    changes: Vec<Change>,
}

/// Runs the command in the workspace at `root`. Each call of `print` gets a line.
///
/// # Errors
///
/// If something cannot be read, generated or written; no file has changed then.
pub fn run(root: &Path, mode: Mode, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let generated = generate_all(root, None, print)?;
    if mode == Mode::Write {
        let changes: Vec<Change> = generated.iter().flat_map(|found| found.changes.iter().cloned()).collect();
        refuse_foreign(root, &changes)?;
        let mut transaction = Transaction::default();
        transaction.apply(&changes)?;
        transaction.commit();
    }
    for Generated { folder, count, changes } in &generated {
        for change in changes {
            let (verb, shown) = (change.verb(), change.shown(root));
            match mode {
                Mode::Write => print(format!("{:>9} {shown}", verb.past)),
                Mode::DryRun => print(format!("would {} {shown}", verb.present)),
                Mode::Check => {
                    print(format!("{shown} is {}", verb.state));
                    print(change.diff(&shown));
                }
            }
        }
        if changes.is_empty() {
            print(format!("unchanged {folder} ({count} files)"));
        }
    }
    let differs = generated.iter().any(|found| !found.changes.is_empty());
    Ok(conclude(mode, differs, print))
}

/// Returns the changes of generated files if a model had the given text.
///
/// # Errors
///
/// If something cannot be read or generated, or a file that was not generated would be removed.
pub(crate) fn plan(root: &Path, model: &str, text: &str, print: &mut dyn FnMut(String)) -> Result<Vec<Change>> {
    let generated = generate_all(root, Some((model, text)), print)?;
    let changes: Vec<Change> = generated.into_iter().flat_map(|found| found.changes).collect();
    refuse_foreign(root, &changes)?;
    Ok(changes)
}

fn refuse_foreign(root: &Path, changes: &[Change]) -> Result<()> {
    let foreign = changes.iter().filter(|change| change.is_foreign());
    let foreign: Vec<String> = foreign.map(|change| change.shown(root)).collect();
    ensure!(
        foreign.is_empty(),
        "these files are among generated ones but were not generated; move them away, so that they are not lost:\n  {}",
        foreign.join("\n  ")
    );
    Ok(())
}

fn conclude(mode: Mode, differs: bool, print: &mut dyn FnMut(String)) -> Outcome {
    match (mode, differs) {
        (Mode::Check, true) => {
            print("The generated files do not match model/. Run `cargo xtask codegen` and commit the result.".to_owned());
            return Outcome::Failure;
        }
        (Mode::Write, true) => print("Next: look at `git diff`, then run `cargo test --workspace`.".to_owned()),
        (Mode::DryRun, true) => print("Next: `cargo xtask codegen` writes this.".to_owned()),
        (Mode::Check, false) => print("All generated files are up to date.".to_owned()),
        (_, false) => print(
            "Nothing to do. Next: `cargo run -p sso-client --example quickstart` tries the client without AWS; after an \
             edit in model/, run this again."
                .to_owned(),
        ),
    }
    Outcome::Success
}

/// Generates from all models; `instead` replaces the text of one of them.
fn generate_all(root: &Path, instead: Option<(&str, &str)>, print: &mut dyn FnMut(String)) -> Result<Vec<Generated>> {
    let dir = root.join(MODEL_DIR);
    let models = workspace::models(root)?;
    check_outputs(&models)?;
    let shared = workspace::options(root)?;
    print(format!("     read {MODEL_DIR}/partitions.json ({} partitions)", shared.partitions.len()));
    let mut generated = Vec::new();
    for entry in models {
        let text = match instead {
            Some((model, text)) if model == entry.model => text.to_owned(),
            _ => read(&dir.join(&entry.model))?,
        };
        let model = codegen::read_model(&format!("{MODEL_DIR}/{}", entry.model), &text)?;
        print(format!("     read {MODEL_DIR}/{} ({} shapes)", entry.model, model.own_shapes()));
        model.notes().iter().for_each(|note| print(format!("     note {note}")));
        let options = codegen::Options {
            service: entry.service,
            public_root: entry.root,
            aws_sdk: entry.aws_sdk,
            ..shared.clone()
        };
        let tree = codegen::generate(&model, &options)?;
        let mut compare = |folder: String, tree: &codegen::FileTree| {
            let output = root.join(&folder);
            let changes = files::compare(&output, tree, files::list(&output)?)?;
            generated.push(Generated { folder, count: tree.len(), changes });
            anyhow::Ok(())
        };
        compare(entry.output, &tree)?;
        if let Some(folder) = entry.commands {
            compare(folder, &codegen::generate_commands(&model, &options)?)?;
        }
    }
    Ok(generated)
}

/// Checks that each output folder is inside of the workspace and disjoint from the others, since files in it may be
/// removed.
fn check_outputs(models: &[Entry]) -> Result<()> {
    let outputs: Vec<&String> =
        models.iter().flat_map(|entry| std::iter::once(&entry.output).chain(&entry.commands)).collect();
    for (index, output) in outputs.iter().enumerate() {
        let place = format!("{MODEL_DIR}/models.json: the output {output:?}");
        let path = Path::new(output);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || path.components().count() < 2 {
            bail!("{place} has to be a folder inside of a package, without . and ..");
        }
        let overlaps = |other: &&String| path.starts_with(other) || Path::new(other).starts_with(path);
        if outputs[..index].iter().any(overlaps) {
            bail!("{place} lies within that of another model, or around it");
        }
    }
    Ok(())
}
