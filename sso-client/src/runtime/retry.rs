//! Whether and when to try again: AWS's standard mode.
//!
//! Deciding is a matter of pure functions ([`classify`], [`Backoff::delay`]) and of one small
//! state, the client's [`TokenBucket`]; time and chance come from the caller. Nothing here waits
//! or sends: that is `attempt`'s.
//!
//! What must stay true: a retry is made only when it was paid for, the cap on a wait counts before
//! the draw, and no setting makes a wait overflow.

mod bucket;

use std::time::Duration;

use http::StatusCode;

pub use bucket::{Paid, Spent, TokenBucket};

/// How failures are retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryConfig {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
}

impl RetryConfig {
    /// AWS's standard mode: 3 attempts in all, waits of up to 50 ms (1 s when throttled), doubled
    /// from one to the next, 20 s at most, and a quota a client shares among its calls.
    pub fn standard() -> Self {
        Self { max_attempts: 3, initial_backoff: Duration::from_millis(50), max_backoff: Duration::from_secs(20) }
    }

    /// One attempt and no more.
    pub fn disabled() -> Self {
        Self::standard().with_max_attempts(1)
    }

    /// Sets how many attempts are made in all, the first included; 0 counts as 1.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the longest wait before the first retry of a failure that is not throttling.
    pub fn with_initial_backoff(mut self, backoff: Duration) -> Self {
        self.initial_backoff = backoff;
        self
    }

    /// Sets the longest wait before any retry.
    pub fn with_max_backoff(mut self, backoff: Duration) -> Self {
        self.max_backoff = backoff;
        self
    }

    /// Whether there is more than one attempt.
    pub fn has_retry(&self) -> bool {
        self.max_attempts > 1
    }

    /// How many attempts are made in all.
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The longest wait before the first retry of a failure that is not throttling.
    pub fn initial_backoff(&self) -> Duration {
        self.initial_backoff
    }

    /// The longest wait before any retry.
    pub fn max_backoff(&self) -> Duration {
        self.max_backoff
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::standard()
    }
}

/// A failure that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryKind {
    /// Something broke on the way or in the service.
    Transient,
    /// The service wants fewer requests.
    Throttling,
}

impl RetryKind {
    /// What a retry takes from the token bucket.
    fn cost(self) -> u32 {
        match self {
            Self::Transient => 14,
            Self::Throttling => 5,
        }
    }
}

/// Codes by which services say that requests come too fast.
const THROTTLING_CODES: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Codes by which services say that something took too long.
const TRANSIENT_CODES: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

/// Whether an error response may pass, by its code first and by its status after that.
pub fn classify(status: StatusCode, code: Option<&str>) -> Option<RetryKind> {
    match code {
        Some(code) if THROTTLING_CODES.contains(&code) => return Some(RetryKind::Throttling),
        Some(code) if TRANSIENT_CODES.contains(&code) => return Some(RetryKind::Transient),
        _ => {}
    }
    match status.as_u16() {
        500 | 502 | 503 | 504 => Some(RetryKind::Transient),
        // A proxy in between may throttle without AWS's codes.
        429 if code.is_none() => Some(RetryKind::Throttling),
        _ => None,
    }
}

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    initial: Duration,
    max: Duration,
}

impl Backoff {
    /// The waits that a configuration asks for.
    pub fn new(config: &RetryConfig) -> Self {
        Self { initial: config.initial_backoff, max: config.max_backoff }
    }

    /// The wait before retry number `retry`, counted from 0. `chance` is a draw from 0 to 1,
    /// `retry_after` what the service asks for.
    pub fn delay(&self, kind: RetryKind, retry: u32, chance: f64, retry_after: Option<Duration>) -> Duration {
        /// The most that is waited beyond the delay of our own because a service asks for it.
        const PATIENCE: Duration = Duration::from_secs(5);
        /// No wait is longer, whatever a configuration says: it keeps the sums below from overflowing.
        const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let base = match kind {
            RetryKind::Transient => self.initial,
            RetryKind::Throttling => Duration::from_secs(1),
        };
        let longest = base.saturating_mul(2_u32.saturating_pow(retry)).min(self.max).min(A_DAY);
        let delay = longest.mul_f64(chance.clamp(0.0, 1.0));
        retry_after.map_or(delay, |asked| asked.clamp(delay, delay + PATIENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classification() {
        use RetryKind::{Throttling, Transient};
        for (status, code, kind) in [
            (500, None, Some(Transient)),
            (502, None, Some(Transient)),
            (503, Some("Whatever"), Some(Transient)),
            (504, None, Some(Transient)),
            (501, None, None),
            (509, None, None),
            (408, None, None),
            (429, None, Some(Throttling)),
            (429, Some("Other"), None),
            (429, Some("TooManyRequestsException"), Some(Throttling)),
            (400, Some("TooManyRequestsException"), Some(Throttling)),
            (400, Some("SlowDown"), Some(Throttling)),
            (503, Some("SlowDown"), Some(Throttling)),
            (400, Some("RequestTimeout"), Some(Transient)),
            (400, Some("InternalError"), None),
            (401, Some("UnauthorizedException"), None),
            (301, None, None),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(classify(status, code), kind, "{status} {code:?}");
        }
    }

    #[test]
    fn delays() {
        let backoff = Backoff::new(&RetryConfig::standard());
        let ms = Duration::from_millis;
        let waits: Vec<_> = (0..11).map(|retry| backoff.delay(RetryKind::Transient, retry, 1.0, None)).collect();
        let expected = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000].map(ms);
        assert_eq!(waits, expected);
        for (kind, chance, asked, expected) in [
            (RetryKind::Throttling, 1.0, None, 1000),
            (RetryKind::Throttling, 0.5, None, 500),
            (RetryKind::Transient, 0.0, None, 0),
            (RetryKind::Transient, 1.0, Some(3000), 3000),
            (RetryKind::Transient, 1.0, Some(10), 50),
            (RetryKind::Transient, 1.0, Some(10000), 5050),
        ] {
            assert_eq!(backoff.delay(kind, 0, chance, asked.map(ms)), ms(expected), "{kind:?} {chance} {asked:?}");
        }
        assert_eq!(backoff.delay(RetryKind::Transient, u32::MAX, 1.0, None), ms(20000), "no overflow");
        let endless = RetryConfig::standard().with_initial_backoff(Duration::MAX).with_max_backoff(Duration::MAX);
        let wait = Backoff::new(&endless).delay(RetryKind::Transient, u32::MAX, 1.0, Some(Duration::MAX));
        assert_eq!(wait, Duration::from_secs(24 * 60 * 60 + 5), "nor here");
    }
}
