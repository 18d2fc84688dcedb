//! Whether and when to try again: AWS's standard mode.
//!
//! Deciding is a matter of pure functions ([`classify`], [`Backoff::delay`]) and of one small
//! state, the client's [`TokenBucket`]; time and jitter come from the caller. Nothing here waits
//! or sends: that is `attempt`'s.
//!
//! What must stay true: a retry is made only when it was paid for, the cap on a wait counts before
//! the draw, and no setting makes a wait overflow.

mod bucket;

use std::time::Duration;

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
