//! The rows and limits in `xtask/bench/budgets.toml`.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace;

/// A row of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// The id for `--only`, which also selects the measurement.
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) how: String,
    #[serde(default)]
    pub(super) unit: Unit,
    pub(super) must: Option<Limit>,
    pub(super) aim: Option<Limit>,
    /// The limit that CI enforces.
    pub(super) budget: Option<Limit>,
}

/// The unit of the figures of a row.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unit {
    #[default]
    Count,
    Bytes,
    Seconds,
}

/// A limit of a figure.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Text")]
pub(super) struct Limit {
    bound: Bound,
    of_bare: bool,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

/// The TOML form of a limit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Text {
    at_most: Option<f64>,
    at_least: Option<f64>,
    #[serde(default)]
    of_bare: bool,
}

impl TryFrom<Text> for Limit {
    type Error = &'static str;

    fn try_from(text: Text) -> std::result::Result<Self, Self::Error> {
        let bound = match (text.at_most, text.at_least) {
            (Some(most), None) => Bound::AtMost(most),
            (None, Some(least)) => Bound::AtLeast(least),
            _ => return Err("a limit is either at-most or at-least"),
        };
        Ok(Self { bound, of_bare: text.of_bare })
    }
}

impl Limit {
    /// Whether the limit holds for a figure and its ratio to that of the bare client; `None` if the limit is of the
    /// ratio and there is none.
    pub(super) fn holds(self, figure: f64, ratio: Option<f64>) -> Option<bool> {
        let figure = if self.of_bare { ratio? } else { figure };
        Some(match self.bound {
            Bound::AtMost(most) => figure <= most,
            Bound::AtLeast(least) => figure >= least,
        })
    }

    /// Whether the limit is of the ratio to the bare client's figure.
    pub(super) fn of_bare(self) -> bool {
        self.of_bare
    }

    /// Formats the limit for the table.
    pub(super) fn show(self, unit: Unit) -> String {
        let (sign, value) = match self.bound {
            Bound::AtMost(most) => ("≤", most),
            Bound::AtLeast(least) => ("≥", least),
        };
        if self.of_bare { format!("{sign} {value:.2} × bare") } else { format!("{sign} {}", unit.show(value)) }
    }
}

impl Unit {
    /// Formats a figure for the table.
    pub(super) fn show(self, value: f64) -> String {
        match self {
            Self::Bytes => format!("{:.2} MB", value / 1e6),
            Self::Seconds if value < 1.0 => format!("{:.1} ms", value * 1e3),
            Self::Seconds => format!("{value:.1} s"),
            Self::Count if value >= 1e6 => format!("{:.2} M", value / 1e6),
            Self::Count if value >= 1e3 => {
                let whole = format!("{value:.0}");
                let (thousands, rest) = whole.split_at(whole.len() - 3);
                format!("{thousands},{rest}")
            }
            Self::Count => format!("{}", (value * 10.0).round() / 10.0),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.how.is_empty() { Ok(()) } else { write!(f, " ({})", self.how) }
    }
}

/// Reads the rows.
pub(super) fn read(root: &Path) -> Result<Vec<Row>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        row: Vec<Row>,
    }
    let path = root.join("xtask/bench/budgets.toml");
    let file: File = toml::from_str(&workspace::read(&path)?).with_context(|| path.display().to_string())?;
    Ok(file.row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> std::result::Result<Limit, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn limits() {
        let most = limit("at-most = 34").expect("a limit");
        assert_eq!((most.holds(34.0, None), most.holds(34.1, Some(0.5))), (Some(true), Some(false)));
        assert_eq!(most.show(Unit::Count), "≤ 34");
        let least = limit("at-least = 0.85\nof-bare = true").expect("a limit");
        assert_eq!((least.holds(1.0, Some(0.85)), least.holds(1.0, Some(0.8))), (Some(true), Some(false)));
        assert_eq!((least.holds(1.0, None), least.show(Unit::Count)), (None, "≥ 0.85 × bare".to_owned()));
        for bad in ["", "at-most = 1\nat-least = 1", "atmost = 1"] {
            limit(bad).expect_err(bad);
        }
    }

    #[test]
    fn parses_the_file() {
        let rows = read(&crate::workspace_root()).unwrap_or_else(|error| panic!("{error}"));
        let ids: std::collections::BTreeSet<&str> = rows.iter().map(|row| &*row.id).collect();
        assert_eq!(ids.len(), rows.len(), "each is there once");
        // Times vary too much to be budgets.
        let held = rows.iter().filter(|row| row.budget.is_some());
        assert!(held.clone().count() >= 4 && held.clone().all(|row| !matches!(row.unit, Unit::Seconds)));
    }

    #[test]
    fn figures() {
        for (unit, value, expected) in [
            (Unit::Count, 23.0, "23"),
            (Unit::Count, 23.04, "23"),
            (Unit::Count, 39_812.4, "39,812"),
            (Unit::Count, 19_600_000.0, "19.60 M"),
            (Unit::Bytes, 3_060_000.0, "3.06 MB"),
            (Unit::Seconds, 0.0123, "12.3 ms"),
            (Unit::Seconds, 106.0, "106.0 s"),
        ] {
            assert_eq!(unit.show(value), expected);
        }
    }
}
