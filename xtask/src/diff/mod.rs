//! `cargo xtask diff`: compares two versions of a model and the crates generated from them.
//!
//! | module | contents |
//! | --- | --- |
//! | `side` | reads the two versions, from files or git revisions |
//! | `allow` | accepted findings |
//! | `text`, `markdown`, `json`, `github` | the output formats |

mod allow;
mod github;
mod json;
mod markdown;
mod side;
mod text;

use std::path::{Path, PathBuf};

use anyhow::Context;
use codegen::diff::{Bump, CrateVerdict, Diff, Finding, RULES, Side};
use codegen::model::Model;
use codegen::{Options, Report};

use crate::{Outcome, workspace};

pub use allow::Allowed;
pub use text::Style;

/// The arguments of `diff`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Request {
    /// The old version: a file or `git:REV[:PATH]`; the default is NEW at HEAD.
    pub old: Option<String>,
    /// The new version: a file or `git:REV[:PATH]`; the default is the model in model/, or the one that differs, if there are several.
    pub new: Option<String>,
    /// The output format.
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub format: Format,
    /// Exits with 1 if a finding is this or worse: breaking, additive, behaviour or docs.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub fail_on: Option<CrateVerdict>,
    /// A TOML file of accepted findings.
    ///
    /// Accepted findings do not count for `--fail-on`. Each is a table `[[allow]]` with `rule`, `shape` and `reason`.
    /// An entry that matches no finding is an error.
    #[arg(long, value_name = "FILE")]
    pub allow: Option<PathBuf>,
    /// Shows findings about documentation.
    #[arg(long)]
    pub docs: bool,
    /// Shows every finding and everything it changes in the crate.
    #[arg(long)]
    pub all: bool,
    /// The shape id of the service, required if the models have more than one.
    #[arg(long, value_name = "ID")]
    pub service: Option<String>,
    /// Leaves out operations that need unsupported features, instead of refusing the model.
    #[arg(long)]
    pub skip_unsupported: bool,
    /// Lists the rules and exits.
    #[arg(long)]
    pub list_rules: bool,
    /// Whether the output may be colored.
    #[arg(skip)]
    pub color: bool,
}

/// The output format of a diff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for a terminal.
    #[default]
    Text,
    /// Markdown for a pull request.
    Markdown,
    /// JSON with every finding.
    Json,
    /// GitHub Actions annotations.
    Github,
}

fn level(text: &str) -> Result<CrateVerdict, &'static str> {
    let found = CrateVerdict::ALL.into_iter().find(|verdict| verdict.to_string() == text);
    found.filter(|verdict| *verdict != CrateVerdict::None).ok_or("expected breaking, additive, behaviour or docs")
}

/// The result of a comparison.
#[derive(Debug)]
pub struct Compared {
    /// The name of the old version.
    pub old: String,
    /// The name of the new version.
    pub new: String,
    /// The path and text of the new version, if it is a file.
    pub(crate) new_text: Option<(PathBuf, String)>,
    /// The differences.
    pub diff: Diff,
    /// For each finding the reason why it is accepted, if it is.
    pub accepted: Vec<Option<String>>,
}

impl Compared {
    /// Returns each finding with the reason why it is accepted, if it is.
    pub fn findings(&self) -> impl Iterator<Item = (&Finding, Option<&str>)> {
        self.diff.findings.iter().zip(self.accepted.iter().map(Option::as_deref))
    }

    /// Returns the most frequent namespace of the findings, with its `#`.
    fn namespace(&self) -> String {
        let mut counts = std::collections::BTreeMap::new();
        for finding in &self.diff.findings {
            if let Some((namespace, _)) = finding.shape.split_once('#') {
                *counts.entry(namespace).or_insert(0) += 1;
            }
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(found, _)| format!("{found}#")).unwrap_or_default()
    }

    /// Returns the verdict as text.
    fn verdict(&self) -> String {
        match self.diff.bump {
            Some(Bump::None) => "none: no effect on programs".to_owned(),
            Some(bump) => bump.to_string(),
            None => {
                let sides: Vec<String> = self.diff.refused.iter().map(|(side, _)| format!("the {side} side")).collect();
                format!("unknown, since {} cannot be generated", sides.join(" and "))
            }
        }
    }
}

/// Runs the command in the workspace at `root`. Its output goes to `print`.
///
/// # Errors
///
/// If a side or another file cannot be read, or `fail_on` is set and a side cannot be generated.
pub fn run(root: &Path, request: &Request, print: &mut dyn FnMut(&str)) -> anyhow::Result<Outcome> {
    if request.list_rules {
        print(&rules());
        return Ok(Outcome::Success);
    }
    let (old, new) = side::resolve(root, request.old.as_deref(), request.new.as_deref())?;
    let read = |which, source: &side::Source| {
        codegen::read_model(&source.name, &source.text).with_context(|| format!("{which} side"))
    };
    let (before, after) = (read(Side::Old, &old)?, read(Side::New, &new)?);
    let options = Options {
        service: request.service.clone(),
        skip_unsupported: request.skip_unsupported,
        ..workspace::options(root)?
    };
    let mut compared = compare(&before, &after, &options, (old.name, new.name.clone()));
    compared.new_text = new.is_file.then(|| (PathBuf::from(&compared.new), new.text));
    if let Some(path) = &request.allow {
        compared.accepted = Allowed::read(path)?.accept(&compared.diff.findings)?;
    }
    print(&match request.format {
        Format::Text => text::render(&compared, request.docs, request.all, Style::new(request.color)),
        Format::Markdown => markdown::render(&compared, request.docs),
        Format::Json => json::render(&compared),
        Format::Github => github::render(&compared, request.docs),
    });
    let Some(level) = request.fail_on else { return Ok(Outcome::Success) };
    if let Some((side, report)) = compared.diff.refused.into_iter().next() {
        return Err(refused(side, report));
    }
    let counts = |(finding, accepted): (&Finding, &Option<String>)| {
        accepted.is_none() && finding.krate.is_some_and(|verdict| verdict >= level)
    };
    let found = compared.diff.findings.iter().zip(&compared.accepted).any(counts);
    Ok(Outcome::success_if(!found))
}

/// Compares two models.
pub fn compare(old: &Model, new: &Model, options: &Options, names: (String, String)) -> Compared {
    let diff = codegen::diff::diff(old, new, options);
    let accepted = vec![None; diff.findings.len()];
    Compared { old: names.0, new: names.1, new_text: None, diff, accepted }
}

/// Renders a comparison as text.
pub fn text(compared: &Compared, color: bool) -> String {
    text::render(compared, false, false, Style::new(color))
}

fn refused(side: Side, report: Report) -> anyhow::Error {
    anyhow::Error::new(report).context(format!(
        "--fail-on needs both crates, and the {side} side cannot be generated (--skip-unsupported leaves out operations \
         that need unsupported features)"
    ))
}

/// Returns the list of all rules.
pub fn rules() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::from("The rules, each with its worst verdict:\n\n");
    for rule in RULES {
        text.push_str(&format!("{:width$}  {:9}  {}\n", rule.id, rule.most, rule.about));
    }
    text
}
