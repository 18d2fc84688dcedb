//! `cargo xtask bench`: what a call costs, beside a bare client written by hand and, where asked for,
//! AWS's own.
//!
//! The programs are packages below `xtask/bench`, with lock files of their own. All have the same
//! driver (`shared/driver.rs`) and call one server, a process of its own. Instructions are counted by
//! valgrind, allocations by an allocator, in one run of one program; times are taken in pairs, and only
//! their ratios are held against anything. The rows, and what their figures may be, are in
//! `budgets.toml`.

mod budgets;
mod concurrency;
mod conditions;
mod generator;
mod lab;
mod report;
mod rows;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lab::Lab;
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
    fn wants(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == id)
    }
}

/// Builds, measures and reports. Whether nothing is above its budget; without `budgets`, whether
/// every "must" holds.
///
/// # Errors
///
/// When something cannot be built, run or written.
pub fn run(root: &Path, options: &Options, say: &mut dyn FnMut(String)) -> Result<Outcome> {
    if let [model, out] = &*options.generate {
        say(generator::once(root, model, out)?);
        return Ok(Outcome::Success);
    }
    let rows = budgets::read(root)?;
    known(options, &rows)?;
    let mut lab = Lab::new(root, options, say);
    lab.check_versions()?;
    let mut report = Report::default();
    let asked: Vec<_> = rows.into_iter().filter(|row| options.wants(&row.id)).collect();
    // The generator alone needs no clients.
    if !asked.is_empty() || options.wants(CONCURRENCY) {
        lab.prepare()?;
    }
    for row in asked {
        if options.budgets && row.budget.is_none() {
            continue;
        }
        (lab.say)(format!("measuring {row}"));
        let measured = rows::measure(&mut lab, &row.id)?;
        report.rows.push((row, measured));
    }
    if options.budgets {
        return Ok(Outcome::success_if(report.budgets(say)));
    }
    if options.wants(CONCURRENCY) {
        report.concurrency = concurrency::measure(&mut lab)?;
    }
    if options.wants(GENERATOR) {
        report.generator = generator::measure(&mut lab)?;
    }
    report.conditions = lab.conditions()?;
    report.print(say);
    if let Some(path) = &options.json {
        let text = format!("{:#}\n", report.json());
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Outcome::success_if(report.musts_hold()))
}

/// What `--only` calls what is not in the table.
const CONCURRENCY: &str = "concurrency";
const GENERATOR: &str = "generator";

fn known(options: &Options, rows: &[budgets::Row]) -> Result<()> {
    let mut ids: Vec<&str> = rows.iter().map(|row| &*row.id).collect();
    ids.extend([CONCURRENCY, GENERATOR]);
    match options.only.iter().find(|only| !ids.contains(&only.as_str())) {
        None => Ok(()),
        Some(only) => bail!("unknown id {only:?} in --only; the ids are: {}", ids.join(", ")),
    }
}
