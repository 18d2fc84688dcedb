//! `cargo xtask update FILE`: replaces a model by a new version.
//!
//! # Invariants
//!
//! - Everything is read, compared and generated before the first file is written; after an error all files are as they
//!   were.
//! - The model is written last: a run that is killed leaves the old model beside newer code, which the next `update`
//!   completes and `codegen --check` reports.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use codegen::FileTree;
use codegen::diff::{Bump, CrateVerdict, Finding, Side};
use codegen::model::{Model, ShapeId};

use crate::codegen::Mode;
use crate::diff::Compared;
use crate::files::{self, Change, Transaction};
use crate::workspace::{Entry, MODEL_DIR};
use crate::{Outcome, workspace};

/// The arguments of `update`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Request {
    /// The new version of the model.
    pub file: PathBuf,
    /// The model in model/ to replace, if there is more than one and the service does not tell which.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Writes nothing; lists what would be written.
    #[arg(long)]
    pub dry_run: bool,
    /// Whether the output may be colored.
    #[arg(skip)]
    pub color: bool,
}

/// Runs the command in the workspace at `root`. Each call of `print` gets a line.
///
/// # Errors
///
/// If something cannot be read, generated or written; no file has changed then.
pub fn run(root: &Path, request: &Request, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    run_in(root, request, print, Transaction::default())
}

fn run_in(
    root: &Path,
    request: &Request,
    print: &mut dyn FnMut(String),
    mut transaction: Transaction,
) -> Result<Outcome> {
    let context = |side: Side| move || format!("{side} side");
    let name = request.file.display().to_string();
    let text = workspace::read(&request.file).with_context(context(Side::New))?;
    let new = codegen::read_model(&name, &text).with_context(context(Side::New))?;
    let listed = which(root, request, &new)?;
    let shown = format!("{MODEL_DIR}/{}", listed.model);
    let models = root.join(MODEL_DIR);
    let old_text = workspace::read(&models.join(&listed.model))?;
    let compared = if old_text == text {
        print(format!("{shown} is the same already."));
        None
    } else {
        let old = codegen::read_model(&shown, &old_text).with_context(context(Side::Old))?;
        let options = codegen::Options { service: listed.service.clone(), ..workspace::options(root)? };
        let compared = crate::diff::compare(&old, &new, &options, (shown, name));
        if let Some((_, report)) = compared.diff.refused.iter().find(|(side, _)| *side == Side::New) {
            return Err(report.clone()).with_context(context(Side::New));
        }
        print(crate::diff::text(&compared, request.color));
        Some(compared)
    };
    let mut changes = crate::codegen::plan(root, &listed.model, &text, print)?;
    changes.extend(files::compare(&models, &FileTree::from([(listed.model.clone(), text)]), [])?);
    let done = |change: &Change| format!("{} {}", change.verb().present, change.shown(root));
    if changes.is_empty() {
        print("Nothing to do.".to_owned());
    } else if request.dry_run {
        changes.iter().for_each(|change| print(format!("would {}", done(change))));
    } else {
        transaction.apply(&changes)?;
        match crate::codegen::run(root, Mode::Check, &mut |_| {}) {
            Ok(Outcome::Success) => transaction.commit(),
            other => {
                transaction.undo()?;
                other?;
                bail!("the written files fail `cargo xtask codegen --check`; nothing was changed");
            }
        }
        changes.iter().for_each(|change| print(done(change)));
        print("All generated files are up to date.".to_owned());
    }
    if let Some(compared) = compared {
        print(conclusion(root, &listed, &compared));
    }
    Ok(Outcome::Success)
}

/// Returns the entry of the model to replace: the one that is named, the only one, or the only one with a service that
/// the new version has.
fn which(root: &Path, request: &Request, new: &Model) -> Result<Entry> {
    let mut listed = workspace::models(root)?;
    let mut of_service = listed
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.service.as_ref().is_some_and(|id| new.shape(&ShapeId::new(id.as_str())).is_some()));
    let of_service = of_service.next().map(|(index, _)| index).filter(|_| of_service.next().is_none());
    let names: Vec<String> = listed.iter().map(|entry| entry.model.clone()).collect();
    let index = match (&request.model, names.as_slice()) {
        (Some(model), _) => names.iter().position(|name| name == model),
        (None, [_]) => Some(0),
        (None, _) => of_service,
    };
    match index {
        Some(index) => Ok(listed.swap_remove(index)),
        None => bail!(
            "name the model to replace by {}",
            names.iter().map(|name| format!("--model {name}")).collect::<Vec<_>>().join(" or ")
        ),
    }
}

/// Renders the changelog entry and the suggested version.
fn conclusion(root: &Path, listed: &Entry, compared: &Compared) -> String {
    let bump = compared.diff.bump.unwrap_or(Bump::Major);
    let now = version(root, &listed.output);
    let next = now.as_deref().and_then(|now| next_version(now, bump));
    let mut text = format!("\nChangelog entry:\n\n{}", changelog(compared, next.as_deref()));
    text.push_str(&match (now, next) {
        (_, _) if bump == Bump::None => "\nSuggested version: no release is needed.\n".to_owned(),
        (Some(now), Some(next)) => {
            let below = if now.starts_with("0.") { " from 1.0.0 on" } else { "" };
            format!("\nSuggested version: {next} ({bump}{below}; it is {now} now).\n")
        }
        _ => format!("\nSuggested version: {bump}.\n"),
    });
    text
}

/// Renders a changelog entry: the findings that affect programs, by severity.
pub fn changelog(compared: &Compared, version: Option<&str>) -> String {
    let mut text = format!("## {}\n", version.unwrap_or("Unreleased"));
    let parts = [
        (CrateVerdict::Breaking, "Breaking"),
        (CrateVerdict::Additive, "Added"),
        (CrateVerdict::Behaviour, "Changed"),
        (CrateVerdict::Docs, "Documentation"),
    ];
    for (verdict, title) in parts {
        let found: Vec<&Finding> =
            compared.diff.findings.iter().filter(|finding| finding.krate == Some(verdict)).collect();
        if found.is_empty() {
            continue;
        }
        text.push_str(&format!("\n### {title}\n\n"));
        if verdict == CrateVerdict::Docs {
            text.push_str(&format!("- Updated the documentation of {} shapes and members.\n", found.len()));
            continue;
        }
        for finding in found {
            text.push_str(&format!("- {}\n", entry(finding)));
        }
    }
    if !text.contains("###") {
        text.push_str("\nNo changes that affect programs.\n");
    }
    text
}

fn entry(finding: &Finding) -> String {
    let name = finding.shape.rsplit('#').next().unwrap_or(&finding.shape);
    let mut text = format!("`{name}`: {}", finding.rule.about);
    let short = |value: &str| value.rsplit('#').next().unwrap_or(value).to_owned();
    let is_short = |value: &&String| value.chars().count() <= 60;
    match (finding.was.as_ref().filter(is_short), finding.is.as_ref().filter(is_short)) {
        (Some(was), Some(is)) => text.push_str(&format!(" ({} → {})", short(was), short(is))),
        (None, Some(is)) if finding.was.is_none() => text.push_str(&format!(" (`{}`)", short(is))),
        _ => {}
    }
    text
}

/// Returns the version of the package that contains a folder.
fn version(root: &Path, output: &str) -> Option<String> {
    let manifest = |path: &Path| -> Option<toml::Value> {
        toml::from_str(&std::fs::read_to_string(path.join("Cargo.toml")).ok()?).ok()
    };
    let output = root.join(output);
    let package = output.ancestors().take_while(|folder| *folder != root).find_map(manifest)?;
    match package.get("package")?.get("version")? {
        toml::Value::String(version) => Some(version.clone()),
        _ => Some(manifest(root)?.get("workspace")?.get("package")?.get("version")?.as_str()?.to_owned()),
    }
}

/// Returns the next version. Before 1.0.0 each number takes the role of the one before it.
fn next_version(version: &str, bump: Bump) -> Option<String> {
    let numbers: Vec<u64> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [major, minor, patch] = numbers[..] else { return None };
    Some(match (bump, major, minor) {
        (Bump::None, ..) => version.to_owned(),
        (Bump::Major, 0, 0) => format!("0.0.{}", patch + 1),
        (Bump::Major, 0, _) => format!("0.{}.0", minor + 1),
        (Bump::Major, ..) => format!("{}.0.0", major + 1),
        (Bump::Minor, 1.., _) => format!("{major}.{}.0", minor + 1),
        (Bump::Minor | Bump::Patch, ..) => format!("{major}.{minor}.{}", patch + 1),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    const MODEL: &str = r#"{ "smithy": "2.0", "shapes": {
        "x#Service": { "type": "service", "version": "1", "operations": [{ "target": "x#Put" }],
            "traits": { "aws.protocols#restJson1": {} } },
        "x#Put": { "type": "operation", "traits": { "smithy.api#http": { "method": "PUT", "uri": "/old" } } }
    } }"#;

    /// Kills an update before each of its changes: a new model never lies beside old code, and the next run completes it.
    #[test]
    fn the_model_is_written_last() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path();
        let models = root.join(MODEL_DIR);
        fs::create_dir(&models).expect("created");
        for name in ["partitions.json", "customizations.json"] {
            fs::copy(workspace::workspace_root().join(MODEL_DIR).join(name), models.join(name)).expect("copied");
        }
        let write = |name: &str, text: &str| fs::write(models.join(name), text).expect("written");
        write("models.json", r#"{ "models": [{ "model": "x.json", "output": "x/src" }] }"#);
        let file = root.join("new.json");
        // Files are updated, created and removed.
        let new = MODEL.replace("x#Put", "x#Get");
        fs::write(&file, &new).expect("written");
        let request = Request { file, ..Request::default() };
        let check = || crate::codegen::run(root, Mode::Check, &mut |_| {}).expect("checked");
        for kill in 1.. {
            write("x.json", MODEL);
            crate::codegen::run(root, Mode::Write, &mut |_| {}).expect("generated");
            let mut count = 0;
            let hook = move |_: &Path| {
                count += 1;
                assert_ne!(count, kill, "killed");
                Ok(())
            };
            let transaction = Transaction::with_hook(hook);
            let run = || run_in(root, &request, &mut |_| {}, transaction).expect("updated");
            if catch_unwind(AssertUnwindSafe(run)).is_ok() {
                assert!(kill > 4, "several files are changed: {kill}");
                break;
            }
            assert_eq!(workspace::read(&models.join("x.json")).expect("there"), MODEL);
            // Before the first change nothing differs.
            assert_eq!(check() == Outcome::Success, kill == 1);
            let mut printed = String::new();
            super::run(root, &request, &mut |line| printed.push_str(&line)).expect("updated");
            assert!(!printed.contains("Nothing to do"), "{printed}");
            assert_eq!(check(), Outcome::Success);
            assert_eq!(workspace::read(&models.join("x.json")).expect("there"), new);
        }
    }

    #[test]
    fn versions() {
        for (version, bump, next) in [
            ("0.1.0", Bump::Major, Some("0.2.0")),
            ("0.1.4", Bump::Minor, Some("0.1.5")),
            ("0.1.4", Bump::Patch, Some("0.1.5")),
            ("0.0.3", Bump::Major, Some("0.0.4")),
            ("1.2.3", Bump::Major, Some("2.0.0")),
            ("1.2.3", Bump::Minor, Some("1.3.0")),
            ("1.2.3", Bump::Patch, Some("1.2.4")),
            ("1.2.3", Bump::None, Some("1.2.3")),
            ("1.2.3-alpha", Bump::Patch, None),
            ("1.2", Bump::Patch, None),
        ] {
            assert_eq!(next_version(version, bump).as_deref(), next, "{version} {bump}");
        }
    }
}
