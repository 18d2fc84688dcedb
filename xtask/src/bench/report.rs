//! Renders figures as tables, as JSON, and as a verdict.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::budgets::{Limit, Row};
use super::concurrency::Load;
use super::generator::Generation;
use super::harness::Client;
use super::rows::Measured;

/// The results of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) rows: Vec<(Row, Option<Measured>)>,
    pub(super) concurrency: Vec<Load>,
    pub(super) generator: Vec<Generation>,
    pub(super) conditions: BTreeMap<String, String>,
}

const ABSENT: &str = "–";

impl Report {
    /// Prints Markdown tables.
    pub(super) fn print_tables(&self, print: &mut dyn FnMut(String)) {
        let mut text = String::new();
        if self.rows.iter().any(|(_, measured)| measured.is_some()) {
            text.push_str("\n| | bare | aws | ours | ours / bare | must | aim | |\n");
            text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        }
        for (row, measured) in self.rows.iter().filter_map(|(row, measured)| Some((row, measured.as_ref()?))) {
            let figure =
                |client| measured.figures.get(&client).map_or(ABSENT.to_owned(), |value| row.unit.show(*value));
            let ratio = measured.ratio().map_or(ABSENT.to_owned(), |ratio| format!("{ratio:.2}"));
            let limit = |limit: Option<Limit>| limit.map_or(ABSENT.to_owned(), |limit| limit.show(row.unit));
            let _ = writeln!(
                text,
                "| {row} | {} | {} | {} | {ratio} | {} | {} | {} |",
                figure(Client::Bare),
                figure(Client::Aws),
                figure(Client::Ours),
                limit(row.must),
                limit(row.aim),
                verdict(row, measured),
            );
        }
        if !self.concurrency.is_empty() {
            text.push_str("\n| | at a time | calls a second | with two threads | peak memory | for each call |\n");
            text.push_str("| --- | --- | --- | --- | --- | --- |\n");
        }
        for load in &self.concurrency {
            let Load { client, width, rate, rate_of_two, peak, peak_per_call } = load;
            let each = peak_per_call.map_or(ABSENT.to_owned(), |bytes| format!("{:.1} KB", bytes / 1e3));
            let (name, peak) = (client.name(), peak / 1e6);
            let _ = writeln!(text, "| {name} | {width} | {rate:.0} | {rate_of_two:.0} | {peak:.1} MB | {each} |");
        }
        if !self.generator.is_empty() {
            text.push_str("\n| generator, as `cargo xtask` builds it | model | time | time a MB | peak memory |\n| --- | --- | --- | --- | --- |\n");
        }
        for Generation { what, bytes, seconds, peak } in &self.generator {
            let (megabytes, milliseconds, peak) = (bytes / 1e6, seconds * 1e3, peak / 1e6);
            let each = milliseconds / megabytes;
            let _ =
                writeln!(text, "| {what} | {megabytes:.2} MB | {milliseconds:.0} ms | {each:.0} ms | {peak:.0} MB |");
        }
        text.push('\n');
        for (name, value) in &self.conditions {
            let _ = writeln!(text, "{name}: {value}");
        }
        print(text);
    }

    /// Returns all results as JSON, unrounded.
    pub(super) fn json(&self) -> Value {
        let rows = self.rows.iter().filter_map(|(row, measured)| {
            let measured = measured.as_ref()?;
            let mut json: Map<String, Value> =
                measured.figures.iter().map(|(client, value)| (client.name().to_owned(), json!(value))).collect();
            json.insert("id".to_owned(), json!(row.id));
            json.insert("name".to_owned(), json!(row.to_string()));
            json.insert("ratio".to_owned(), json!(measured.ratio()));
            for (name, limit) in [("must", row.must), ("aim", row.aim), ("budget", row.budget)] {
                let limit =
                    limit.map(|limit| json!({ "limit": limit.show(row.unit), "holds": holds(limit, measured) }));
                json.insert(name.to_owned(), json!(limit));
            }
            Some(Value::Object(json))
        });
        let concurrency = self.concurrency.iter().map(|load| {
            json!({
                "client": load.client.name(), "at_a_time": load.width, "calls_a_second": load.rate,
                "with_two_threads": load.rate_of_two, "peak_bytes": load.peak, "peak_bytes_a_call": load.peak_per_call,
            })
        });
        let generator = self.generator.iter().map(|generation| {
            let Generation { what, bytes, seconds, peak } = generation;
            json!({ "what": what, "model_bytes": bytes, "seconds": seconds, "peak_bytes": peak })
        });
        json!({
            "rows": rows.collect::<Vec<_>>(),
            "concurrency": concurrency.collect::<Vec<_>>(),
            "generator": generator.collect::<Vec<_>>(),
            "conditions": self.conditions,
        })
    }

    /// Whether every measured "must" holds.
    pub(super) fn musts_hold(&self) -> bool {
        self.rows.iter().all(|(row, measured)| match (row.must, measured) {
            (Some(must), Some(measured)) => holds(must, measured) != Some(false),
            _ => true,
        })
    }

    /// Prints each budget with its figure, and returns whether none is exceeded.
    pub(super) fn budgets(&self, print: &mut dyn FnMut(String)) -> bool {
        let mut passed = true;
        for (row, measured) in &self.rows {
            let (Some(budget), Some(measured)) = (row.budget, measured) else {
                print(format!("not measured: {}", row.name));
                continue;
            };
            let kept = holds(budget, measured) != Some(false);
            passed &= kept;
            let figure = measured.ours().map_or(ABSENT.to_owned(), |figure| row.unit.show(figure));
            let ratio = measured.ratio().filter(|_| budget.of_bare()).map(|ratio| format!(" ({ratio:.2} × bare)"));
            let verdict = if kept { "within its budget" } else { "OVER ITS BUDGET" };
            let (name, allowed) = (&row.name, budget.show(row.unit));
            print(format!("{name}: {figure}{}, allowed {allowed}: {verdict}", ratio.unwrap_or_default()));
        }
        if !passed {
            print("the budgets are in xtask/bench/budgets.toml".to_owned());
        }
        passed
    }
}

fn holds(limit: Limit, measured: &Measured) -> Option<bool> {
    limit.holds(measured.ours()?, measured.ratio())
}

fn verdict(row: &Row, measured: &Measured) -> &'static str {
    let held = |limit: Option<Limit>| limit.and_then(|limit| holds(limit, measured));
    match (held(row.must), held(row.aim)) {
        (Some(false), _) => "**missed**",
        (_, Some(true)) => "aim",
        (Some(true), _) => "ok",
        _ => "",
    }
}
