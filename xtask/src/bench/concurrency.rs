//! Measures throughput and memory by the number of concurrent calls.

use std::collections::BTreeMap;

use anyhow::Result;

use super::harness::{Client, Harness};
use super::rows::{median, number};

/// The figures of a client at a number of concurrent calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) client: Client,
    pub(super) width: usize,
    /// Calls per second, on a current-thread runtime and on two worker threads.
    pub(super) rate: f64,
    pub(super) rate_of_two: f64,
    /// Peak resident memory, in bytes.
    pub(super) peak: f64,
    /// Additional peak memory per call beyond the first, in bytes.
    pub(super) peak_per_call: Option<f64>,
}

/// The figures of each round.
#[derive(Default)]
struct Rounds {
    rates: Vec<f64>,
    rates_of_two: Vec<f64>,
    peaks: Vec<f64>,
}

/// Measures all clients at 1, 8, 64 and 512 concurrent calls; the figures are medians of interleaved rounds.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
pub(super) fn measure(harness: &mut Harness<'_>) -> Result<Vec<Load>> {
    let (rounds, calls) = if harness.options.quick { (1, 5_120) } else { (5, 20_480) };
    let mut alone = BTreeMap::new();
    let mut loads = Vec::new();
    for width in [1, 8, 64, 512] {
        (harness.print)(format!("measuring {width} at a time"));
        let mut all: BTreeMap<Client, Rounds> = BTreeMap::new();
        for _ in 0..rounds {
            for client in harness.clients.clone() {
                let measured = all.entry(client).or_default();
                for (threads, rates) in [(0, &mut measured.rates), (2, &mut measured.rates_of_two)] {
                    let figures = harness.measure(client.name(), &["concurrent"], false, &[calls, width, threads])?;
                    rates.push(number(&figures, "calls")? / (number(&figures, "nanoseconds")? / 1e9));
                    if threads == 0 {
                        measured.peaks.push(number(&figures, "peak")?);
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
            // The peak is 0 if the system does not report it.
            let comparable = width > 1 && peak > 0.0;
            let peak_per_call = comparable.then(|| (peak - first) / (width - 1) as f64);
            loads.push(Load { client, width, rate, rate_of_two, peak, peak_per_call });
        }
    }
    loads.sort_by_key(|load| (load.client, load.width));
    Ok(loads)
}
