//! `cargo xtask bench`: measures what a call costs, compared with a client written by hand and, optionally, aws-sdk-sso.
//!
//! The programs are packages in `xtask/bench` with their own lock files. They share a driver (`shared/driver.rs`) and call
//! one server process. Valgrind counts instructions and a global allocator counts allocations. Times are measured in
//! interleaved pairs, and only their ratios have limits. Rows and limits are in `budgets.toml`.

mod all_roles;
mod budgets;
mod command_line;
mod concurrency;
mod conditions;
mod generator;
mod harness;
mod report;
mod rows;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use harness::Harness;
use report::Report;

use crate::Outcome;

/// The arguments of `bench`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Measures aws-sdk-sso, too.
    #[arg(long)]
    pub with_aws_sdk: bool,
    /// Times clean release builds, too, which takes minutes.
    #[arg(long)]
    pub build_time: bool,
    /// Shortens the runs.
    #[arg(long)]
    pub quick: bool,
    /// Measures only rows of xtask/bench/budgets.toml with a budget; exits with 1 if one is exceeded.
    #[arg(long)]
    pub budgets: bool,
    /// Measures only these: ids of rows in xtask/bench/budgets.toml, concurrency, generator.
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    pub only: Vec<String>,
    /// The model to time the generator with; the default is the largest one found.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Writes the figures to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Generates once, from a model into a folder, and prints seconds and bytes; `bench` runs itself with this.
    #[arg(long, hide = true, num_args = 2, value_names = ["MODEL", "DIR"])]
    pub generate: Vec<PathBuf>,
}

impl Options {
    fn selects(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == id)
    }
}

/// Builds, measures and prints a report.
///
/// Fails if a budget is exceeded with `budgets`, and otherwise if a "must" is missed.
///
/// # Errors
///
/// If something cannot be built, run or written.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    if let [model, out] = &*options.generate {
        print(generator::run_once(root, model, out)?);
        return Ok(Outcome::Success);
    }
    let rows = budgets::read(root)?;
    check_ids(options, &rows)?;
    let mut harness = Harness::new(root, options, print);
    harness.check_versions()?;
    let mut report = Report::default();
    let selected: Vec<_> = rows.into_iter().filter(|row| options.selects(&row.id)).collect();
    // Measuring only the generator needs no clients.
    if !selected.is_empty() || options.selects(CONCURRENCY) {
        harness.prepare()?;
    }
    for row in selected {
        if options.budgets && row.budget.is_none() {
            continue;
        }
        (harness.print)(format!("measuring {row}"));
        let measured = rows::measure(&mut harness, &row.id)?;
        report.rows.push((row, measured));
    }
    if options.budgets {
        return Ok(Outcome::success_if(report.budgets(print)));
    }
    if options.selects(CONCURRENCY) {
        report.concurrency = concurrency::measure(&mut harness)?;
    }
    if options.selects(GENERATOR) {
        report.generator = generator::measure(&mut harness)?;
    }
    report.conditions = harness.conditions()?;
    report.print_tables(print);
    if let Some(path) = &options.json {
        let text = format!("{:#}\n", report.json());
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Outcome::success_if(report.musts_hold()))
}

/// The ids for `--only` of measurements without a row.
const CONCURRENCY: &str = "concurrency";
const GENERATOR: &str = "generator";

fn check_ids(options: &Options, rows: &[budgets::Row]) -> Result<()> {
    let mut ids: Vec<&str> = rows.iter().map(|row| &*row.id).collect();
    ids.extend([CONCURRENCY, GENERATOR]);
    match options.only.iter().find(|only| !ids.contains(&only.as_str())) {
        None => Ok(()),
        Some(only) => bail!("unknown id {only:?} in --only; the ids are: {}", ids.join(", ")),
    }
}
