//! Measures how long listing the roles of many accounts takes, against a service that limits its rate.

use std::process::Command;

use anyhow::{Result, ensure};

use super::harness::{Figures, Harness, parse_figures, run};
use super::rows::{Measured, number};

/// Accounts, roles of each, calls a second, calls at once.
const ARGUMENTS: [&str; 4] = ["1000", "3", "20", "20"];

/// Runs the program, once for both rows.
fn figures(harness: &mut Harness<'_>) -> Result<Figures> {
    if let Some(figures) = &harness.all_roles {
        return Ok(figures.clone());
    }
    harness.build("identity", &["build", "--bin", "all-roles"])?;
    let mut command = Command::new(harness.program("all-roles"));
    command.args(ARGUMENTS);
    let figures = parse_figures(&run(command)?)?;
    let (calls, least) = (number(&figures, "calls")?, number(&figures, "least")?);
    (harness.print)(format!("{calls} calls; {} s is the least possible", least / 1e9));
    ensure!(calls >= 1010.0, "{calls} calls cannot list the roles of 1,000 accounts");
    harness.all_roles = Some(figures.clone());
    Ok(figures)
}

/// Returns the seconds that all of it takes.
pub(super) fn seconds(harness: &mut Harness<'_>) -> Result<Measured> {
    Ok(Measured::alone(number(&figures(harness)?, "nanoseconds")? / 1e9))
}

/// Returns the percentage of calls that the service refused for their rate.
pub(super) fn throttled(harness: &mut Harness<'_>) -> Result<Measured> {
    let figures = figures(harness)?;
    Ok(Measured::alone(100.0 * number(&figures, "throttled")? / number(&figures, "calls")?))
}
