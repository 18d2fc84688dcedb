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
use lexopt::{Arg, Parser, ValueExt};

use lab::Lab;
use report::Report;

use crate::Outcome;

/// What to measure, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether aws-sdk-sso is measured, too.
    pub with_aws_sdk: bool,
    /// Whether clean builds are timed, which takes minutes.
    pub build_time: bool,
    /// Whether shorter runs will do.
    pub quick: bool,
    /// Whether only what CI holds is measured, and what exceeds its budget is an error.
    pub budgets: bool,
    /// Where the figures go as JSON.
    pub json: Option<PathBuf>,
    /// The model that the generator is timed with.
    pub model: Option<PathBuf>,
    /// The ids of what to measure; empty for everything.
    pub only: Vec<String>,
    /// Nothing is compared: the generator writes this model's crate into this folder, and what that
    /// took is said. The command starts itself so.
    pub generate: Option<(PathBuf, PathBuf)>,
}

impl Options {
    /// Reads the command's options; `None` when help is asked for.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn parse(parser: &mut Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("with-aws-sdk") => options.with_aws_sdk = true,
                Arg::Long("build-time") => options.build_time = true,
                Arg::Long("quick") => options.quick = true,
                Arg::Long("budgets") => options.budgets = true,
                Arg::Long("json") => options.json = Some(parser.value()?.into()),
                Arg::Long("model") => options.model = Some(parser.value()?.into()),
                Arg::Long("only") => {
                    options.only.extend(parser.value()?.string()?.split(',').map(str::to_owned));
                }
                Arg::Long("generate") => options.generate = Some((parser.value()?.into(), parser.value()?.into())),
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }

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
    if let Some((model, out)) = &options.generate {
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
