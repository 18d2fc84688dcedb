//! Exponential backoff with full jitter.

use std::time::Duration;

use crate::config::retry::RetryConfig;
use crate::error::RetryKind;

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    initial: Duration,
    max: Duration,
}

impl Backoff {
    /// The waits that a configuration asks for.
    pub(crate) fn new(config: &RetryConfig) -> Self {
        Self { initial: config.initial_backoff(), max: config.max_backoff() }
    }

    /// The wait before retry number `retry`, counted from 0. `jitter` is a draw from 0 to 1,
    /// `retry_after` what the service asks for.
    pub(crate) fn delay(&self, kind: RetryKind, retry: u32, jitter: f64, retry_after: Option<Duration>) -> Duration {
        /// The most that is waited beyond the delay of our own because a service asks for it.
        const PATIENCE: Duration = Duration::from_secs(5);
        /// No wait is longer, whatever a configuration says: it keeps the sums below from overflowing.
        const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let base = match kind {
            RetryKind::Transient => self.initial,
            RetryKind::Throttling => Duration::from_secs(1),
        };
        let longest = base.saturating_mul(2_u32.saturating_pow(retry)).min(self.max).min(A_DAY);
        let delay = longest.mul_f64(jitter.clamp(0.0, 1.0));
        retry_after.map_or(delay, |asked| asked.clamp(delay, delay + PATIENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays() {
        let backoff = Backoff::new(&RetryConfig::standard());
        let ms = Duration::from_millis;
        let waits: Vec<_> = (0..11).map(|retry| backoff.delay(RetryKind::Transient, retry, 1.0, None)).collect();
        let expected = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000].map(ms);
        assert_eq!(waits, expected);
        for (kind, jitter, asked, expected) in [
            (RetryKind::Throttling, 1.0, None, 1000),
            (RetryKind::Throttling, 0.5, None, 500),
            (RetryKind::Transient, 0.0, None, 0),
            (RetryKind::Transient, 1.0, Some(3000), 3000),
            (RetryKind::Transient, 1.0, Some(10), 50),
            (RetryKind::Transient, 1.0, Some(10000), 5050),
        ] {
            assert_eq!(backoff.delay(kind, 0, jitter, asked.map(ms)), ms(expected), "{kind:?} {jitter} {asked:?}");
        }
        assert_eq!(backoff.delay(RetryKind::Transient, u32::MAX, 1.0, None), ms(20000), "no overflow");
        let endless = RetryConfig::standard().with_initial_backoff(Duration::MAX).with_max_backoff(Duration::MAX);
        let wait = Backoff::new(&endless).delay(RetryKind::Transient, u32::MAX, 1.0, Some(Duration::MAX));
        assert_eq!(wait, Duration::from_secs(24 * 60 * 60 + 5), "nor here");
    }
}
