//! `cargo xtask update FILE`: puts a new version of a model in the place of the old one.
//!
//! Everything is read, compared and generated before the first file is written, and written as one:
//! what fails leaves the workspace as it was.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use codegen::diff::{Bump, CrateVerdict, Finding, Side};

use crate::codegen::{Mode, Planned};
use crate::diff::Compared;
use crate::transaction::{Transaction, Write};
use crate::workspace::Entry;
use crate::{Outcome, workspace};

/// The arguments of `update`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Request {
    /// The new version of the model.
    pub file: PathBuf,
    /// The model in model/ to replace, required if there is more than one.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Writes nothing; lists what would be written.
    #[arg(long)]
    pub dry_run: bool,
    /// Whether the output may be coloured.
    #[arg(skip)]
    pub colour: bool,
}

/// Runs the command below `root`. What it has to say goes to `say`, line by line.
///
/// # Errors
///
/// When something cannot be read, generated or written. The workspace is then as it was.
pub fn run(root: &Path, request: &Request, say: &mut dyn FnMut(String)) -> Result<Outcome> {
    let context = |side: Side| move || format!("{side} side");
    let name = request.file.display().to_string();
    let text = workspace::read(&request.file).with_context(context(Side::New))?;
    let new = codegen::read_model(&name, &text).with_context(context(Side::New))?;
    let listed = which(root, request)?;
    let place = root.join("model").join(&listed.model);
    let shown = format!("model/{}", listed.model);
    let old_text = workspace::read(&place)?;
    if old_text == text {
        say(format!("{shown} is the same already. Nothing to do."));
        return Ok(Outcome::Success);
    }
    let old = codegen::read_model(&shown, &old_text).with_context(context(Side::Old))?;
    let options = codegen::Options { service: listed.service.clone(), ..workspace::options(root)? };
    let compared = crate::diff::compare(&old, &new, &options, (shown.clone(), name));
    if let Some((_, report)) = compared.diff.refused.iter().find(|(side, _)| *side == Side::New) {
        bail!(anyhow::Error::new(report.clone()).context(context(Side::New)()));
    }
    say(crate::diff::text(&compared, request.colour));
    let planned = crate::codegen::plan(root, &listed.model, &text, say)?;
    let mut done: Vec<String> = planned.iter().map(|Planned { shown, verb, .. }| format!("{verb} {shown}")).collect();
    done.push(format!("update {shown}"));
    if request.dry_run {
        done.into_iter().for_each(|line| say(format!("would {line}")));
    } else {
        let mut writes = vec![Write { path: place, text: Some(text) }];
        writes.extend(planned.into_iter().map(|planned| planned.write));
        let transaction = Transaction::write(&writes).map_err(|(path, error)| {
            anyhow::Error::new(error).context(format!("cannot write {}; nothing was changed", path.display()))
        })?;
        match crate::codegen::run(root, Mode::Check, &mut |_| {}) {
            Ok(Outcome::Success) => transaction.keep(root),
            other => {
                transaction.undo().context("cannot restore the files")?;
                other?;
                bail!("the written files fail `cargo xtask codegen --check`; all files were restored");
            }
        }
        done.into_iter().for_each(&mut *say);
        say("All generated files are up to date.".to_owned());
    }
    say(conclusion(root, &listed, &compared));
    Ok(Outcome::Success)
}

/// The model that is to be replaced.
fn which(root: &Path, request: &Request) -> Result<Entry> {
    let mut listed = workspace::models(root)?;
    let names: Vec<String> = listed.iter().map(|entry| entry.model.clone()).collect();
    let index = match (&request.model, names.as_slice()) {
        (Some(model), _) => names.iter().position(|name| name == model),
        (None, [_]) => Some(0),
        (None, _) => None,
    };
    match index {
        Some(index) => Ok(listed.swap_remove(index)),
        None => bail!("name the model to replace by --model, one of {names:?}"),
    }
}

/// The entry of the changelog, and the version that the crate needs.
fn conclusion(root: &Path, listed: &Entry, compared: &Compared) -> String {
    let bump = compared.diff.bump.unwrap_or(Bump::Major);
    let now = version(root, &listed.output);
    let next = now.as_deref().and_then(|now| raised(now, bump));
    let mut text = format!("\nFor the changelog:\n\n{}", changelog(compared, next.as_deref()));
    text.push_str(&match (now, next) {
        (_, _) if bump == Bump::None => "\nSuggested version: no release is needed.\n".to_owned(),
        (Some(now), Some(next)) => format!("\nSuggested version: {next} ({bump}; it is {now} now).\n"),
        _ => format!("\nSuggested version: {bump}.\n"),
    });
    text
}

/// An entry for a changelog: what programs see, the worst first.
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
            text.push_str(&format!("- {} shapes and members are described differently.\n", found.len()));
            continue;
        }
        for finding in found {
            text.push_str(&format!("- {}\n", entry(finding)));
        }
    }
    if !text.contains("###") {
        text.push_str("\nNothing that programs notice.\n");
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

/// The version of the package that holds a folder.
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

/// The next version. Before 1.0.0 each part stands for the one in front of it.
fn raised(version: &str, bump: Bump) -> Option<String> {
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
    use super::*;

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
            assert_eq!(raised(version, bump).as_deref(), next, "{version} {bump}");
        }
    }
}
