//! The `github` format: GitHub Actions annotations, at lines of the new version if it is a file.

use codegen::diff::{CrateVerdict, Finding};

use super::Compared;
use super::text::is_documentation;

/// Renders an annotation for each finding that changes the crate, and one for the verdict.
pub(super) fn render(compared: &Compared, docs: bool) -> String {
    let mut text = String::new();
    for (finding, accepted) in compared.findings() {
        let level = match finding.krate {
            _ if accepted.is_some() => "notice",
            Some(CrateVerdict::Breaking) => "error",
            Some(CrateVerdict::Behaviour) | None => "warning",
            Some(CrateVerdict::Additive) => "notice",
            Some(CrateVerdict::Docs) if docs || !is_documentation(finding) => "notice",
            Some(CrateVerdict::Docs | CrateVerdict::None) => continue,
        };
        text.push_str(&format!(
            "::{level} {}title={}::{}\n",
            place(compared, finding),
            property(&title(finding)),
            message(&body(finding, accepted))
        ));
    }
    for (side, report) in &compared.diff.refused {
        text.push_str(&format!("::warning title=not generated::{}\n", message(&format!("the {side} side: {report}"))));
    }
    text.push_str(&format!("::notice title=verdict::{}\n", message(&compared.verdict())));
    text
}

fn title(finding: &Finding) -> String {
    let verdict = finding.krate.map_or("unknown".to_owned(), |verdict| verdict.to_string());
    format!("{verdict}: {}", finding.rule.id)
}

fn body(finding: &Finding, accepted: Option<&str>) -> String {
    let mut body = finding.shape.clone();
    match (&finding.was, &finding.is) {
        (Some(was), Some(is)) => body.push_str(&format!(": {was} → {is}")),
        (Some(was), None) => body.push_str(&format!(": was {was}")),
        (None, Some(is)) => body.push_str(&format!(": {is}")),
        (None, None) => {}
    }
    if let Some(reason) = accepted {
        body.push_str(&format!(" (accepted: {reason})"));
    }
    for change in finding.changes.iter().filter(|change| Some(change.verdict) == finding.krate).take(3) {
        body.push_str(&format!("\n{}", change.what));
    }
    body
}

/// Returns the position of the definition of the shape, or the first line if it was removed.
fn place(compared: &Compared, finding: &Finding) -> String {
    let Some((path, text)) = &compared.new_text else { return String::new() };
    let shape = finding.shape.split('$').next().unwrap_or(&finding.shape);
    let key = format!("\"{shape}\":");
    let line = text.lines().position(|line| line.trim_start().starts_with(&key)).map_or(1, |index| index + 1);
    format!("file={},line={line},", property(&path.display().to_string()))
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
