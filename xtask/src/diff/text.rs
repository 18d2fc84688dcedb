//! The `text` format: one screen for a typical update.

use codegen::diff::{CrateVerdict, Finding};

use super::Compared;

/// The number of findings of a rule up to which each is shown.
const MAX_FINDINGS: usize = 6;
/// The same for breaking findings.
const MAX_BREAKING: usize = 20;
/// The number of findings named if there are more, and for verdicts without effect.
const MAX_NAMED: usize = 3;
/// The number of changes of the crate shown per finding.
const MAX_CHANGES: usize = 2;
/// The maximum length of an old or new value.
const MAX_VALUE: usize = 70;
/// The maximum length of a change of the crate.
const MAX_CHANGE: usize = 110;

/// The style of the output.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    color: bool,
}

impl Style {
    /// Creates a style with or without colors.
    pub fn new(color: bool) -> Self {
        Self { color }
    }

    fn paint(self, style: anstyle::Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn verdict(self, verdict: Option<CrateVerdict>, text: &str) -> String {
        use anstyle::AnsiColor::{Blue, Green, Red, Yellow};
        let style = match verdict {
            Some(CrateVerdict::Breaking) => Red.on_default().bold(),
            Some(CrateVerdict::Additive) => Green.on_default().bold(),
            Some(CrateVerdict::Behaviour) => Yellow.on_default().bold(),
            Some(CrateVerdict::Docs) => Blue.on_default().bold(),
            Some(CrateVerdict::None) | None => anstyle::Style::new().bold(),
        };
        self.paint(style, text)
    }

    fn dim(self, text: &str) -> String {
        self.paint(anstyle::Style::new().dimmed(), text)
    }
}

/// Renders the findings by verdict and rule.
pub(super) fn render(compared: &Compared, docs: bool, all: bool, style: Style) -> String {
    let namespace = compared.namespace();
    let mut text = format!("old: {}\nnew: {}\n", compared.old, compared.new);
    if !namespace.is_empty() {
        text.push_str(&format!("Shape ids without a namespace are in {namespace}\n"));
    }
    for (side, report) in &compared.diff.refused {
        text.push_str(&format!(
            "\nThe {side} side cannot be generated, so that only the models are compared: {report}\n"
        ));
    }
    let levels = CrateVerdict::ALL.iter().map(|verdict| Some(*verdict)).chain([None]);
    let mut hidden = 0;
    for level in levels {
        let found: Vec<(&Finding, Option<&str>)> =
            compared.findings().filter(|(finding, _)| finding.krate == level).collect();
        let shown: Vec<_> = found.iter().copied().filter(|(finding, _)| docs || !is_documentation(finding)).collect();
        hidden += found.len() - shown.len();
        if shown.is_empty() {
            continue;
        }
        let title = match level {
            Some(CrateVerdict::Breaking) => "breaking: some programs no longer compile",
            Some(CrateVerdict::Additive) => "additive: new public API",
            Some(CrateVerdict::Behaviour) => "behaviour: requests, responses or printed output change",
            Some(CrateVerdict::Docs) => "docs",
            Some(CrateVerdict::None) => "none: no effect on programs",
            None => "unknown: one of the crates cannot be generated",
        };
        text.push_str(&format!("\n{} ({})\n", style.verdict(level, title), shown.len()));
        group(&mut text, &shown, &namespace, all, style);
    }
    if hidden > 0 {
        text.push_str(&format!("\n{hidden} finding{} about documentation (--docs shows them)\n", plural(hidden)));
    }
    if compared.diff.findings.is_empty() {
        text.push_str("\nThe models are equivalent.\n");
    }
    text.push_str(&conclusion(compared, &namespace, style));
    text
}

/// Whether a finding is about documentation only.
pub(super) fn is_documentation(finding: &Finding) -> bool {
    finding.rule.most == CrateVerdict::Docs
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Renders the findings of one verdict, grouped by rule.
fn group(text: &mut String, found: &[(&Finding, Option<&str>)], namespace: &str, all: bool, style: Style) {
    let mut rest = found;
    while let Some(((first, _), _)) = rest.split_first() {
        let count = rest.iter().take_while(|(finding, _)| finding.rule.id == first.rule.id).count();
        let (same, others) = rest.split_at(count);
        rest = others;
        let quiet = first.krate == Some(CrateVerdict::None) || first.krate == Some(CrateVerdict::Docs);
        let most = match first.krate {
            Some(CrateVerdict::Breaking) => MAX_BREAKING,
            _ if quiet => MAX_NAMED,
            _ => MAX_FINDINGS,
        };
        if !all && count > most {
            let names: Vec<&str> =
                same.iter().take(MAX_NAMED).map(|(finding, _)| short(&finding.shape, namespace)).collect();
            let more = count - names.len();
            let worst = same.iter().filter_map(|(finding, _)| finding.model.as_ref()).map(|model| model.severity).max();
            let worst = worst.map_or(String::new(), |severity| format!(" {severity}"));
            let line =
                format!("  {} × {}: {} and {more} more{}\n", count, first.rule.id, names.join(", "), style.dim(&worst));
            text.push_str(&line);
            continue;
        }
        for (finding, accepted) in same {
            one(text, finding, *accepted, namespace, all, style);
        }
    }
}

fn one(text: &mut String, finding: &Finding, accepted: Option<&str>, namespace: &str, all: bool, style: Style) {
    let model = finding.model.as_ref();
    let model = model.map_or(String::new(), |model| format!(" {} {}", model.severity, model.id));
    let shape = short(&finding.shape, namespace);
    let cut = |value: &str| if all { value.to_owned() } else { shorten(value, MAX_VALUE) };
    let change = match (&finding.was, &finding.is) {
        (Some(was), Some(is)) => format!(": {} → {}", cut(short(was, namespace)), cut(short(is, namespace))),
        (Some(was), None) => format!(": was {}", cut(short(was, namespace))),
        (None, Some(is)) => format!(": {}", cut(short(is, namespace))),
        (None, None) => String::new(),
    };
    text.push_str(&format!("  {} {shape}{change}{}\n", finding.rule.id, style.dim(&model)));
    if let Some(reason) = accepted {
        text.push_str(&format!("      accepted: {reason}\n"));
    }
    let visible = finding.krate.is_some_and(|verdict| verdict >= CrateVerdict::Behaviour);
    let worst = finding.changes.iter().filter(|change| Some(change.verdict) == finding.krate || all);
    let worst: Vec<_> = worst.filter(|_| visible || all).collect();
    // An additive finding describes its change itself.
    let limit = match (all, finding.krate) {
        (true, _) => usize::MAX,
        (false, Some(CrateVerdict::Additive)) => 0,
        (false, _) => MAX_CHANGES,
    };
    for change in worst.iter().take(limit) {
        let what = if all { change.what.clone() } else { shorten(&change.what, MAX_CHANGE) };
        text.push_str(&format!("      {what}\n"));
    }
    if limit > 0 && worst.len() > limit {
        text.push_str(&format!("      and {} more of the crate (--all shows them)\n", worst.len() - limit));
    }
}

fn short<'t>(id: &'t str, namespace: &str) -> &'t str {
    if namespace.is_empty() { id } else { id.strip_prefix(namespace).unwrap_or(id) }
}

fn shorten(text: &str, to: usize) -> String {
    if text.chars().count() <= to {
        return text.to_owned();
    }
    let short: String = text.chars().take(to).collect();
    format!("{short}…")
}

fn conclusion(compared: &Compared, namespace: &str, style: Style) -> String {
    let forcing: Vec<&Finding> = compared.diff.forcing().collect();
    let worst = forcing.first().and_then(|finding| finding.krate);
    let mut text = format!("\n{}", style.verdict(worst, &format!("verdict: {}", compared.verdict())));
    let causes: Vec<String> = forcing
        .iter()
        .take(MAX_NAMED)
        .map(|finding| format!("{} {}", finding.rule.id, short(&finding.shape, namespace)))
        .collect();
    if !causes.is_empty() {
        text.push_str(&format!(", because of {}", causes.join(", ")));
        if forcing.len() > causes.len() {
            text.push_str(&format!(" and {} more", forcing.len() - causes.len()));
        }
    }
    text.push('\n');
    text
}
