//! For people: one screen for the usual update.

use codegen::diff::{CrateVerdict, Finding};

use super::Compared;

/// How many findings of one rule are shown one by one.
const FEW: usize = 6;
/// How many are where they break programs, which nobody should have to look for.
const BREAKING: usize = 20;
/// How many are named where there are more.
const NAMED: usize = 3;
/// How many differences of the crate are shown of one finding.
const CHANGES: usize = 2;
/// The longest text of what was, and of what is.
const WIDE: usize = 70;
/// The longest text of a difference of the crate.
const LONG: usize = 110;

/// How the output looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    colour: bool,
}

impl Style {
    /// With colours or without.
    pub fn new(colour: bool) -> Self {
        Self { colour }
    }

    fn paint(self, style: anstyle::Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
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

/// Prints it all.
pub(super) fn render(compared: &Compared, docs: bool, all: bool, style: Style) -> String {
    let namespace = compared.namespace();
    let mut text = format!("old: {}\nnew: {}\n", compared.old, compared.new);
    if !namespace.is_empty() {
        text.push_str(&format!("Shapes without a namespace are of {namespace}\n"));
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
            Some(CrateVerdict::Additive) => "additive: there is more than there was",
            Some(CrateVerdict::Behaviour) => "behaviour: something else goes over the wire, or is printed",
            Some(CrateVerdict::Docs) => "docs",
            Some(CrateVerdict::None) => "none: programs notice nothing",
            None => "unknown: one of the crates cannot be generated",
        };
        text.push_str(&format!("\n{} ({})\n", style.verdict(level, title), shown.len()));
        group(&mut text, &shown, &namespace, all, style);
    }
    if hidden > 0 {
        text.push_str(&format!("\n{hidden} finding{} about documentation (--docs shows them)\n", plural(hidden)));
    }
    if compared.diff.findings.is_empty() {
        text.push_str("\nThe models say the same.\n");
    }
    text.push_str(&conclusion(compared, &namespace, style));
    text
}

/// Whether a finding is about nothing but documentation.
pub(super) fn is_documentation(finding: &Finding) -> bool {
    finding.rule.most == CrateVerdict::Docs
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The findings of one verdict, rule by rule.
fn group(text: &mut String, found: &[(&Finding, Option<&str>)], namespace: &str, all: bool, style: Style) {
    let mut rest = found;
    while let Some(((first, _), _)) = rest.split_first() {
        let count = rest.iter().take_while(|(finding, _)| finding.rule.id == first.rule.id).count();
        let (same, others) = rest.split_at(count);
        rest = others;
        let quiet = first.krate == Some(CrateVerdict::None) || first.krate == Some(CrateVerdict::Docs);
        let most = match first.krate {
            Some(CrateVerdict::Breaking) => BREAKING,
            _ if quiet => NAMED,
            _ => FEW,
        };
        if !all && count > most {
            let names: Vec<&str> =
                same.iter().take(NAMED).map(|(finding, _)| short(&finding.shape, namespace)).collect();
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
    let cut = |value: &str| if all { value.to_owned() } else { shorten(value, WIDE) };
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
    let telling = finding.krate.is_some_and(|verdict| verdict >= CrateVerdict::Behaviour);
    let worst = finding.changes.iter().filter(|change| Some(change.verdict) == finding.krate || all);
    let worst: Vec<_> = worst.filter(|_| telling || all).collect();
    // What is merely new is plain from the finding itself.
    let limit = match (all, finding.krate) {
        (true, _) => usize::MAX,
        (false, Some(CrateVerdict::Additive)) => 0,
        (false, _) => CHANGES,
    };
    for change in worst.iter().take(limit) {
        let what = if all { change.what.clone() } else { shorten(&change.what, LONG) };
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
    let real: Vec<String> = forcing
        .iter()
        .take(NAMED)
        .map(|finding| format!("{} {}", finding.rule.id, short(&finding.shape, namespace)))
        .collect();
    if !real.is_empty() {
        text.push_str(&format!(", because of {}", real.join(", ")));
        if forcing.len() > real.len() {
            text.push_str(&format!(" and {} more", forcing.len() - real.len()));
        }
    }
    text.push('\n');
    text
}
