//! The `markdown` format.

use codegen::diff::{CrateVerdict, Finding};

use super::Compared;
use super::text::is_documentation;

/// The longest table that is not folded.
const MAX_UNFOLDED: usize = 30;

/// Renders the verdict and tables of findings.
pub(super) fn render(compared: &Compared, docs: bool) -> String {
    let mut text = format!("## Model update: {}\n\n", compared.verdict());
    text.push_str(&format!("From {} to {}.\n", code(&compared.old), code(&compared.new)));
    for (side, report) in &compared.diff.refused {
        text.push_str(&format!("\nThe {side} side cannot be generated:\n\n```text\n{report}\n```\n"));
    }
    let mut hidden = 0;
    for level in CrateVerdict::ALL.iter().map(|verdict| Some(*verdict)).chain([None]) {
        let found: Vec<(&Finding, Option<&str>)> =
            compared.findings().filter(|(finding, _)| finding.krate == level).collect();
        let shown: Vec<_> = found.iter().filter(|(finding, _)| docs || !is_documentation(finding)).collect();
        hidden += found.len() - shown.len();
        if shown.is_empty() {
            continue;
        }
        let title = level.map_or("unknown".to_owned(), |level| level.to_string());
        // Fold findings without effect and long tables, so that the rest stays visible.
        let folded = level == Some(CrateVerdict::None) || shown.len() > MAX_UNFOLDED;
        if folded {
            text.push_str(&format!("\n<details><summary>{title} ({})</summary>\n", shown.len()));
        } else {
            text.push_str(&format!("\n### {title}\n"));
        }
        text.push_str("\n| rule | shape | was | is | Smithy |\n| --- | --- | --- | --- | --- |\n");
        for (finding, accepted) in shown {
            text.push_str(&row(finding, *accepted));
        }
        if folded {
            text.push_str("\n</details>\n");
        }
    }
    if hidden > 0 {
        text.push_str(&format!("\n{hidden} findings about documentation are not shown.\n"));
    }
    text
}

fn row(finding: &Finding, accepted: Option<&str>) -> String {
    let value = |value: &Option<String>| value.as_deref().map_or(String::new(), code);
    let model = finding.model.as_ref().map_or(String::new(), |model| format!("{} {}", model.severity, code(&model.id)));
    let accepted = accepted.map_or(String::new(), |reason| format!(" (accepted: {})", escape(reason)));
    format!(
        "| {}{accepted} | {} | {} | {} | {model} |\n",
        finding.rule.id,
        code(&finding.shape),
        value(&finding.was),
        value(&finding.is)
    )
}

/// Formats text as inline code in a table, within more backticks than it contains in a row.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|").replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if longest > 0 { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}
