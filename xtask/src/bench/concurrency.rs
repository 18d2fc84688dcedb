//! How throughput and memory grow with the number of calls in flight.

use std::collections::BTreeMap;

use anyhow::Result;

use super::lab::{Client, Lab};
use super::rows::{median, number};

/// A client with this many calls at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) client: Client,
    pub(super) width: usize,
    /// Calls a second on a current-thread runtime, and on one of two threads.
    pub(super) rate: f64,
    pub(super) rate_of_two: f64,
    /// The most memory that was resident, in bytes.
    pub(super) peak: f64,
    /// What each call beyond the first adds to that.
    pub(super) peak_per_call: Option<f64>,
}

/// What was measured in each round.
#[derive(Default)]
struct Rounds {
    rates: Vec<f64>,
    rates_of_two: Vec<f64>,
    peaks: Vec<f64>,
}

/// Measures all clients at 1, 8, 64 and 512 calls at a time, each in turn, and takes the medians of
/// the rounds.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
pub(super) fn measure(lab: &mut Lab<'_>) -> Result<Vec<Load>> {
    let (rounds, calls) = if lab.options.quick { (1, 5_120) } else { (5, 20_480) };
    let mut alone = BTreeMap::new();
    let mut loads = Vec::new();
    for width in [1, 8, 64, 512] {
        (lab.say)(format!("measuring {width} at a time"));
        let mut all: BTreeMap<Client, Rounds> = BTreeMap::new();
        for _ in 0..rounds {
            for client in lab.clients.clone() {
                let measured = all.entry(client).or_default();
                for (threads, rates) in [(0, &mut measured.rates), (2, &mut measured.rates_of_two)] {
                    let said = lab.measure(client.name(), &["concurrent"], false, &[calls, width, threads])?;
                    rates.push(number(&said, "calls")? / (number(&said, "nanoseconds")? / 1e9));
                    if threads == 0 {
                        measured.peaks.push(number(&said, "peak")?);
                    }
                }
            }
        }
        for (client, Rounds { rates, rates_of_two, peaks }) in all {
            let (Some(rate), Some(rate_of_two), Some(peak)) = (median(rates), median(rates_of_two), median(peaks))
            else {
                continue;
            };
            let first = *alone.entry(client).or_insert(peak);
            // Where the system does not say, there is nothing to compare.
            let comparable = width > 1 && peak > 0.0;
            let peak_per_call = comparable.then(|| (peak - first) / (width - 1) as f64);
            loads.push(Load { client, width, rate, rate_of_two, peak, peak_per_call });
        }
    }
    loads.sort_by_key(|load| (load.client, load.width));
    Ok(loads)
}
