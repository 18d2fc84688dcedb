//! How the figures of each row are measured.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::lab::{Client, Lab, cargo, run};

/// What was measured for a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub(super) figures: BTreeMap<Client, f64>,
    /// How often the bare client's figure ours is, where it is not just their quotient.
    paired: Option<f64>,
}

impl Measured {
    /// Our figure.
    pub(super) fn ours(&self) -> Option<f64> {
        self.figures.get(&Client::Ours).copied()
    }

    /// How often the bare client's figure ours is.
    pub(super) fn ratio(&self) -> Option<f64> {
        self.paired.or_else(|| Some(self.ours()? / self.figures.get(&Client::Bare)?))
    }
}

/// Measures the row of this id. `None` where it cannot be on this machine, or was not asked for.
pub(super) fn measure(lab: &mut Lab<'_>, id: &str) -> Result<Option<Measured>> {
    let quick = lab.options.quick;
    let counts = matches!(id, "instructions" | "items" | "start" | "start-no-roots" | "start-tls");
    if (counts && !lab.valgrind) || (id == "build" && !lab.options.build_time && lab.options.only.is_empty()) {
        return Ok(None);
    }
    let measured = match id {
        "instructions" => difference(lab, "calls", if quick { (100, 400) } else { (200, 1200) }, 1)?,
        "items" => difference(lab, "list", if quick { (10, 40) } else { (20, 120) }, 100)?,
        "allocations" => each(lab, allocations)?,
        "throughput" => throughput(lab, 64)?,
        "start" => each(lab, |lab, client| lab.instructions(client, "calls", false, &[1]))?,
        "start-no-roots" => Measured {
            figures: [(Client::Bare, lab.instructions(Client::Bare, "calls-no-roots", false, &[1])?)].into(),
            paired: None,
        },
        "start-tls" => each(lab, |lab, client| lab.instructions(client, "calls", true, &[1]))?,
        "cold" => cold(lab)?,
        "crates" => each(lab, crates)?,
        "size" => each(lab, size)?,
        "build" => each(lab, build)?,
        _ => bail!("xtask/bench/budgets.toml: unknown row {id:?}"),
    };
    Ok(Some(measured))
}

fn each(lab: &mut Lab<'_>, mut figure: impl FnMut(&mut Lab<'_>, Client) -> Result<f64>) -> Result<Measured> {
    let mut figures = BTreeMap::new();
    for client in lab.clients.clone() {
        figures.insert(client, figure(lab, client)?);
    }
    Ok(Measured { figures, paired: None })
}

/// What one more costs: the difference of two runs, by that of their lengths. Starting and ending
/// are in both.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn difference(lab: &mut Lab<'_>, what: &str, runs: (usize, usize), of: usize) -> Result<Measured> {
    each(lab, |lab, client| {
        let short = lab.instructions(client, what, false, &[runs.0])?;
        let long = lab.instructions(client, what, false, &[runs.1])?;
        Ok((long - short) / ((runs.1 - runs.0) * of) as f64)
    })
}

fn allocations(lab: &mut Lab<'_>, client: Client) -> Result<f64> {
    let said = lab.measure(&format!("{}-allocations", client.name()), &[], false, &[1000])?;
    Ok(number(&said, "allocations")? / number(&said, "calls")?)
}

/// Calls a second. Each round runs all clients one after the other; what counts is the median of the
/// rounds' ratios, so that a machine that has other work to do is slow for both.
fn throughput(lab: &mut Lab<'_>, width: usize) -> Result<Measured> {
    let (rounds, calls) = if lab.options.quick { (3, 5_000) } else { (9, 20_000) };
    paired(lab, rounds, |lab, client| {
        let said = lab.measure(client.name(), &["concurrent"], false, &[calls, width, 0])?;
        Ok(number(&said, "calls")? / (number(&said, "nanoseconds")? / 1e9))
    })
}

fn cold(lab: &mut Lab<'_>) -> Result<Measured> {
    let rounds = if lab.options.quick { 5 } else { 31 };
    paired(lab, rounds, |lab, client| Ok(lab.wall(client, "calls", true, &[1])?.as_secs_f64()))
}

fn paired(
    lab: &mut Lab<'_>,
    rounds: usize,
    mut figure: impl FnMut(&mut Lab<'_>, Client) -> Result<f64>,
) -> Result<Measured> {
    let mut all: BTreeMap<Client, Vec<f64>> = BTreeMap::new();
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let round = each(lab, &mut figure)?;
        ratios.extend(round.ratio());
        for (client, value) in round.figures {
            all.entry(client).or_default().push(value);
        }
    }
    let figures = all.into_iter().filter_map(|(client, values)| Some((client, median(values)?))).collect();
    Ok(Measured { figures, paired: median(ratios) })
}

/// The one in the middle.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[allow(clippy::cast_precision_loss, reason = "no tree is that large")]
fn crates(lab: &mut Lab<'_>, client: Client) -> Result<f64> {
    let mut command = cargo(&lab.package(client.name()));
    command.args(["tree", "--edges", "normal,build", "--prefix", "none", "--package", client.crate_name()]);
    let output = run(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let tree: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(tree.len() as f64)
}

#[allow(clippy::cast_precision_loss, reason = "no program is that large")]
fn size(lab: &mut Lab<'_>, client: Client) -> Result<f64> {
    let name = format!("{}-smallest", client.name());
    // Only the last step differs from the other programs: what they are made of is there already.
    lab.build(client.name(), &["rustc", "--bin", &name, "--", "-C", "strip=symbols"])?;
    let program = lab.program(&name);
    let metadata = std::fs::metadata(&program).with_context(|| format!("cannot read {}", program.display()))?;
    Ok(metadata.len() as f64)
}

/// Builds the smallest program into an empty folder, and asks the shell what that took: the standard
/// library does not say it of processes that have ended.
fn build(lab: &mut Lab<'_>, client: Client) -> Result<f64> {
    let package = lab.package(client.name());
    let target = lab.target().join("clean");
    (lab.say)(format!("building {} anew", client.name()));
    remove(&target)?;
    let cargo = cargo(&package);
    let mut command = Command::new("sh");
    command.current_dir(&package).env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
    command.env("cargo", cargo.get_program()).env("bin", format!("{}-smallest", client.name()));
    // The second line of `times` is that of the children.
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

/// Reads `1m2.345s`.
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

/// A number that a program has said.
#[allow(clippy::cast_precision_loss, reason = "what is counted is small enough")]
pub(super) fn number(said: &super::lab::Said, name: &str) -> Result<f64> {
    let value = said.get(name).with_context(|| format!("a program does not print {name}"))?;
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
