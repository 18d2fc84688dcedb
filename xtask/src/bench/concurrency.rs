//! How throughput and memory grow with the number of calls in flight.

use super::Error;
use super::lab::{Client, Lab};
use super::rows::number;

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

/// Measures all clients at 1, 8, 64 and 512 calls at a time.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
pub(super) fn measure(lab: &mut Lab<'_>) -> Result<Vec<Load>, Error> {
    let calls = if lab.options.quick { 5_120 } else { 20_480 };
    let mut loads = Vec::new();
    for client in lab.clients.clone() {
        (lab.say)(format!("measuring {} at 1, 8, 64 and 512 calls at a time", client.name()));
        let mut alone = None;
        for width in [1, 8, 64, 512] {
            let rate = |said: &_| Ok::<_, Error>(number(said, "calls")? / (number(said, "nanoseconds")? / 1e9));
            let said = lab.measure(client.name(), &["concurrent"], false, &[calls, width, 0])?;
            let of_two = lab.measure(client.name(), &["concurrent"], false, &[calls, width, 2])?;
            let peak = number(&said, "peak")?;
            let first = *alone.get_or_insert(peak);
            // Where the system does not say, there is nothing to compare.
            let comparable = width > 1 && peak > 0.0;
            let peak_per_call = comparable.then(|| (peak - first) / (width - 1) as f64);
            loads.push(Load { client, width, rate: rate(&said)?, rate_of_two: rate(&of_two)?, peak, peak_per_call });
        }
    }
    Ok(loads)
}
