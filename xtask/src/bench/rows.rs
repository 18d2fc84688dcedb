//! Measures the figures of each row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::harness::{Client, Harness, cargo, run};
use super::{all_roles, command_line};

/// The figures of a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub(super) figures: BTreeMap<Client, f64>,
    /// The ratio of our figure to that of the bare client, if it is not just their quotient.
    paired: Option<f64>,
}

impl Measured {
    /// A figure that nothing is compared with.
    pub(super) fn alone(figure: f64) -> Self {
        Self { figures: [(Client::Ours, figure)].into(), paired: None }
    }

    /// Returns our figure.
    pub(super) fn ours(&self) -> Option<f64> {
        self.figures.get(&Client::Ours).copied()
    }

    /// Returns the ratio of our figure to that of the bare client.
    pub(super) fn ratio(&self) -> Option<f64> {
        self.paired.or_else(|| Some(self.ours()? / self.figures.get(&Client::Bare)?))
    }
}

/// Measures the row with this id. `None` if this machine cannot, or it was not selected.
pub(super) fn measure(harness: &mut Harness<'_>, id: &str) -> Result<Option<Measured>> {
    let quick = harness.options.quick;
    let counts = matches!(
        id,
        "instructions" | "items" | "start" | "start-no-roots" | "start-tls" | "command-call" | "command-cached"
    );
    if (counts && !harness.valgrind)
        || (id == "build" && !harness.options.build_time && harness.options.only.is_empty())
        || (id.starts_with("all-roles") && quick)
    {
        return Ok(None);
    }
    let measured = match id {
        "instructions" => difference(harness, "calls", if quick { (100, 400) } else { (200, 1200) }, 1)?,
        "items" => difference(harness, "list", if quick { (10, 40) } else { (20, 120) }, 100)?,
        "allocations" => each(harness, allocations)?,
        "throughput" => throughput(harness, 64)?,
        "start" => each(harness, |harness, client| harness.instructions(client, "calls", false, &[1]))?,
        "start-no-roots" => Measured {
            figures: [(Client::Bare, harness.instructions(Client::Bare, "calls-no-roots", false, &[1])?)].into(),
            paired: None,
        },
        "start-tls" => each(harness, |harness, client| harness.instructions(client, "calls", true, &[1]))?,
        "cold" => cold(harness)?,
        "crates" => each(harness, crates)?,
        "size" => each(harness, size)?,
        "build" => each(harness, build)?,
        "all-roles" => all_roles::seconds(harness)?,
        "all-roles-throttled" => all_roles::throttled(harness)?,
        "command-call" => command_line::call(harness)?,
        "command-cached" => command_line::cached(harness)?,
        "command-size" => command_line::size(harness)?,
        _ => bail!("xtask/bench/budgets.toml: unknown row {id:?}"),
    };
    Ok(Some(measured))
}

fn each(
    harness: &mut Harness<'_>,
    mut figure: impl FnMut(&mut Harness<'_>, Client) -> Result<f64>,
) -> Result<Measured> {
    let mut figures = BTreeMap::new();
    for client in harness.clients.clone() {
        figures.insert(client, figure(harness, client)?);
    }
    Ok(Measured { figures, paired: None })
}

/// Counts instructions per unit, as the difference of two runs of different lengths, which excludes start and exit.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn difference(harness: &mut Harness<'_>, what: &str, runs: (usize, usize), of: usize) -> Result<Measured> {
    each(harness, |harness, client| {
        let short = harness.instructions(client, what, false, &[runs.0])?;
        let long = harness.instructions(client, what, false, &[runs.1])?;
        Ok((long - short) / ((runs.1 - runs.0) * of) as f64)
    })
}

fn allocations(harness: &mut Harness<'_>, client: Client) -> Result<f64> {
    let figures = harness.measure(&format!("{}-allocations", client.name()), &[], false, &[1000])?;
    Ok(number(&figures, "allocations")? / number(&figures, "calls")?)
}

/// Measures calls per second. Each round runs all clients in turn, and the result is the median ratio, so that other load
/// on the machine affects both.
fn throughput(harness: &mut Harness<'_>, width: usize) -> Result<Measured> {
    let (rounds, calls) = if harness.options.quick { (3, 5_000) } else { (9, 20_000) };
    paired(harness, rounds, |harness, client| {
        let figures = harness.measure(client.name(), &["concurrent"], false, &[calls, width, 0])?;
        Ok(number(&figures, "calls")? / (number(&figures, "nanoseconds")? / 1e9))
    })
}

fn cold(harness: &mut Harness<'_>) -> Result<Measured> {
    let rounds = if harness.options.quick { 5 } else { 31 };
    paired(harness, rounds, |harness, client| Ok(harness.wall(client, "calls", true, &[1])?.as_secs_f64()))
}

fn paired(
    harness: &mut Harness<'_>,
    rounds: usize,
    mut figure: impl FnMut(&mut Harness<'_>, Client) -> Result<f64>,
) -> Result<Measured> {
    let mut all: BTreeMap<Client, Vec<f64>> = BTreeMap::new();
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let round = each(harness, &mut figure)?;
        ratios.extend(round.ratio());
        for (client, value) in round.figures {
            all.entry(client).or_default().push(value);
        }
    }
    let figures = all.into_iter().filter_map(|(client, values)| Some((client, median(values)?))).collect();
    Ok(Measured { figures, paired: median(ratios) })
}

/// Returns the median.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[allow(clippy::cast_precision_loss, reason = "no tree is that large")]
fn crates(harness: &mut Harness<'_>, client: Client) -> Result<f64> {
    let mut command = cargo(&harness.package(client.name()));
    command.args(["tree", "--edges", "normal,build", "--prefix", "none", "--package", client.crate_name()]);
    let output = run(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let tree: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(tree.len() as f64)
}

#[allow(clippy::cast_precision_loss, reason = "no program is that large")]
fn size(harness: &mut Harness<'_>, client: Client) -> Result<f64> {
    let name = format!("{}-smallest", client.name());
    // The dependencies are built already; only the last step differs.
    harness.build(client.name(), &["rustc", "--bin", &name, "--", "-C", "strip=symbols"])?;
    let program = harness.program(&name);
    let metadata = std::fs::metadata(&program).with_context(|| format!("cannot read {}", program.display()))?;
    Ok(metadata.len() as f64)
}

/// Measures the CPU time of a clean build, through the shell, since the standard library does not report that of child
/// processes.
fn build(harness: &mut Harness<'_>, client: Client) -> Result<f64> {
    let package = harness.package(client.name());
    let target = harness.target().join("clean");
    (harness.print)(format!("building {} from scratch", client.name()));
    remove(&target)?;
    let cargo = cargo(&package);
    let mut command = Command::new("sh");
    command.current_dir(&package).env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
    command.env("cargo", cargo.get_program()).env("bin", format!("{}-smallest", client.name()));
    // The second line of `times` is about child processes.
    command.args(["-c", r#""$cargo" build --quiet --release --bin "$bin" && times"#]);
    let output = run(command)?;
    remove(&target)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let times: Option<Vec<f64>> = text.lines().last().map(|line| line.split_whitespace().filter_map(time).collect());
    match times.as_deref() {
        Some([user, system]) => Ok(user + system),
        _ => bail!("unexpected output of the shell's `times`: {text}"),
    }
}

/// Parses `1m2.345s` into seconds.
fn time(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.strip_suffix('s')?.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
}

fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Returns a number from the output of a program.
#[allow(clippy::cast_precision_loss, reason = "the counts are small enough")]
pub(super) fn number(figures: &super::harness::Figures, name: &str) -> Result<f64> {
    let value = figures.get(name).with_context(|| format!("a program does not print {name}"))?;
    Ok(*value as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_times() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
        assert_eq!((time("1m2.5s"), time("0m0.000s"), time("2.5s")), (Some(62.5), Some(0.0), None));
    }

    #[test]
    fn ratios() {
        let figures = BTreeMap::from([(Client::Bare, 2.0), (Client::Ours, 3.0)]);
        assert_eq!(Measured { figures: figures.clone(), paired: None }.ratio(), Some(1.5));
        assert_eq!(Measured { figures, paired: Some(1.4) }.ratio(), Some(1.4));
    }
}
