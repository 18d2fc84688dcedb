//! The `json` format.

use serde_json::{Value, json};

use super::Compared;

/// Renders all findings, those about documentation included.
pub(super) fn render(compared: &Compared) -> String {
    let findings: Vec<Value> = compared
        .findings()
        .map(|(finding, accepted)| {
            let changes: Vec<Value> = finding
                .changes
                .iter()
                .map(|change| json!({ "verdict": change.verdict.to_string(), "what": change.what }))
                .collect();
            json!({
                "rule": finding.rule.id,
                "shape": finding.shape,
                "related": finding.related,
                "was": finding.was,
                "is": finding.is,
                "model": finding.model.as_ref().map(|model| json!({
                    "severity": model.severity.to_string(),
                    "id": model.id,
                })),
                "crate": finding.krate.map(|verdict| verdict.to_string()),
                "changes": changes,
                "accepted": accepted,
            })
        })
        .collect();
    let refused: Vec<Value> = compared
        .diff
        .refused
        .iter()
        .map(|(side, report)| json!({ "side": side.to_string(), "report": report.to_string() }))
        .collect();
    let value = json!({
        "format": 1,
        "old": compared.old,
        "new": compared.new,
        "verdict": compared.diff.bump.map(|bump| bump.to_string()),
        "refused": refused,
        "findings": findings,
    });
    format!("{value:#}\n")
}
