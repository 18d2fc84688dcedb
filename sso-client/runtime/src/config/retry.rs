//! Retries in AWS's standard mode: settings, quota and backoff.
//!
//! Time and jitter come from the caller; the retry loop is in `call`.
//!
//! # Invariants
//!
//! - The number of tokens never exceeds the capacity.
//! - A retry that is not made costs nothing.
//! - The cap on a delay applies before the jitter, and no setting makes a delay overflow.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::RetryKind;

/// The retry settings of a client: how many attempts, and how long to back off between them.
///
/// ```
/// # use std::time::Duration;
/// # use smithy_client_runtime::config::retry::RetryConfig;
/// let retries = RetryConfig::standard().with_max_attempts(5).with_max_backoff(Duration::from_secs(2));
/// assert_eq!((retries.max_attempts(), retries.has_retry()), (5, true));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryConfig {
    max_attempts: u32,
    /// 50 ms if unset, 1 s for throttling errors.
    initial_backoff: Option<Duration>,
    max_backoff: Duration,
}

impl RetryConfig {
    /// Returns the default, AWS's standard mode: 3 attempts with exponential backoff and full jitter from 50 ms (1 s
    /// if throttled) up to 20 s, within a retry quota that all calls of a client share.
    pub fn standard() -> Self {
        Self { max_attempts: 3, initial_backoff: None, max_backoff: Duration::from_secs(20) }
    }

    /// Returns settings of a single attempt.
    pub fn disabled() -> Self {
        Self::standard().with_max_attempts(1)
    }

    /// Sets the maximum number of attempts, including the first; 0 counts as 1.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the maximum backoff before the first retry; 50 ms by default, 1 s for throttling errors.
    pub fn with_initial_backoff(mut self, backoff: Duration) -> Self {
        self.initial_backoff = Some(backoff);
        self
    }

    /// Sets the maximum backoff before any retry; 20 s by default.
    pub fn with_max_backoff(mut self, backoff: Duration) -> Self {
        self.max_backoff = backoff;
        self
    }

    /// Returns whether more than one attempt is allowed.
    pub fn has_retry(&self) -> bool {
        self.max_attempts > 1
    }

    /// Returns the maximum number of attempts, including the first.
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Returns the maximum backoff before the first retry. By default, that of throttling errors is 1 s.
    pub fn initial_backoff(&self) -> Duration {
        self.initial_backoff.unwrap_or(TRANSIENT_BACKOFF)
    }

    /// Returns the maximum backoff before any retry.
    pub fn max_backoff(&self) -> Duration {
        self.max_backoff
    }
}

/// The default backoff before the first retry.
const TRANSIENT_BACKOFF: Duration = Duration::from_millis(50);
/// The default backoff before the first retry of a throttling error.
const THROTTLING_BACKOFF: Duration = Duration::from_secs(1);

impl Default for RetryConfig {
    fn default() -> Self {
        Self::standard()
    }
}

/// The retry quota of a client: a token bucket that all its calls share, so that retries cannot worsen an outage.
#[derive(Debug)]
pub struct TokenBucket {
    tokens: Mutex<u32>,
}

impl TokenBucket {
    /// The number of tokens in a full bucket.
    pub const CAPACITY: u32 = 500;

    /// Returns a full bucket.
    pub fn full() -> Self {
        Self::holding(Self::CAPACITY)
    }

    /// Returns a bucket with this number of tokens, at most [`CAPACITY`](Self::CAPACITY).
    pub fn holding(tokens: u32) -> Self {
        Self { tokens: Mutex::new(tokens.min(Self::CAPACITY)) }
    }

    /// Returns the number of tokens left.
    pub fn tokens(&self) -> u32 {
        *self.lock()
    }

    /// Takes the cost of a retry, or returns `None` if there are too few tokens.
    pub fn take(&self, kind: RetryKind) -> Option<Paid<'_>> {
        let mut tokens = self.lock();
        *tokens = tokens.checked_sub(cost(kind))?;
        Some(Paid { bucket: self, cost: cost(kind) })
    }

    /// Returns the cost of the last retry of a call that succeeded, or 1 token if it made none.
    pub fn refund(&self, last: Option<Spent>) {
        self.put(last.map_or(1, |spent| spent.0));
    }

    fn put(&self, count: u32) {
        let mut tokens = self.lock();
        *tokens = tokens.saturating_add(count).min(Self::CAPACITY);
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        // A panic cannot leave the number half-changed.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tokens of a retry that is still to be made. They are returned if it is dropped, as when its call is cancelled
/// during the backoff.
#[derive(Debug)]
#[must_use = "dropping it returns the tokens"]
pub struct Paid<'b> {
    bucket: &'b TokenBucket,
    cost: u32,
}

impl Paid<'_> {
    /// Spends the tokens: the retry is made.
    pub fn spend(mut self) -> Spent {
        Spent(std::mem::take(&mut self.cost))
    }
}

impl Drop for Paid<'_> {
    fn drop(&mut self) {
        if self.cost > 0 {
            self.bucket.put(self.cost);
        }
    }
}

/// Returns the cost of a retry in tokens.
fn cost(kind: RetryKind) -> u32 {
    match kind {
        RetryKind::Transient => 14,
        RetryKind::Throttling => 5,
    }
}

/// The cost of a retry that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent(u32);

/// Exponential backoff with full jitter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    initial: Option<Duration>,
    max: Duration,
}

impl Backoff {
    pub(crate) fn new(config: &RetryConfig) -> Self {
        Self { initial: config.initial_backoff, max: config.max_backoff() }
    }

    /// Returns the delay before retry number `retry`, counted from 0. `jitter` is in `0.0..=1.0`, `retry_after` is the
    /// delay that the service asks for.
    pub(crate) fn delay(&self, kind: RetryKind, retry: u32, jitter: f64, retry_after: Option<Duration>) -> Duration {
        /// How far `retry_after` may exceed the computed delay.
        const PATIENCE: Duration = Duration::from_secs(5);
        /// Caps the delay whatever the settings, so that the sums below cannot overflow.
        const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let base = self.initial.unwrap_or(match kind {
            RetryKind::Transient => TRANSIENT_BACKOFF,
            RetryKind::Throttling => THROTTLING_BACKOFF,
        });
        let longest = base.saturating_mul(2_u32.saturating_pow(retry)).min(self.max).min(A_DAY);
        let delay = longest.mul_f64(jitter.clamp(0.0, 1.0));
        retry_after.map_or(delay, |retry_after| retry_after.clamp(delay, delay + PATIENCE))
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
        for (kind, jitter, retry_after, expected) in [
            (RetryKind::Throttling, 1.0, None, 1000),
            (RetryKind::Throttling, 0.5, None, 500),
            (RetryKind::Transient, 0.0, None, 0),
            (RetryKind::Transient, 1.0, Some(3000), 3000),
            (RetryKind::Transient, 1.0, Some(10), 50),
            (RetryKind::Transient, 1.0, Some(10000), 5050),
        ] {
            assert_eq!(
                backoff.delay(kind, 0, jitter, retry_after.map(ms)),
                ms(expected),
                "{kind:?} {jitter} {retry_after:?}"
            );
        }
        assert_eq!(backoff.delay(RetryKind::Transient, u32::MAX, 1.0, None), ms(20000), "no overflow");
        // What is set applies to throttling errors, too, as with AWS's clients.
        let set = RetryConfig::standard().with_initial_backoff(ms(7)).with_max_backoff(ms(20));
        let waits = [0, 1, 2].map(|retry| Backoff::new(&set).delay(RetryKind::Throttling, retry, 1.0, None));
        assert_eq!(waits, [7, 14, 20].map(ms));
        let endless = RetryConfig::standard().with_initial_backoff(Duration::MAX).with_max_backoff(Duration::MAX);
        let wait = Backoff::new(&endless).delay(RetryKind::Transient, u32::MAX, 1.0, Some(Duration::MAX));
        assert_eq!(wait, Duration::from_secs(24 * 60 * 60 + 5), "nor here");
    }

    #[test]
    fn quota() {
        let bucket = TokenBucket::holding(20);
        let spent = bucket.take(RetryKind::Transient).expect("enough").spend();
        assert_eq!(bucket.tokens(), 6);
        assert!(bucket.take(RetryKind::Transient).is_none());
        assert_eq!(bucket.tokens(), 6, "nothing is taken");
        let throttled = bucket.take(RetryKind::Throttling).expect("enough").spend();
        assert_eq!(bucket.tokens(), 1);
        bucket.refund(Some(spent));
        assert_eq!(bucket.tokens(), 15);
        bucket.refund(Some(throttled));
        assert_eq!(bucket.tokens(), 20);
        bucket.refund(None);
        assert_eq!(bucket.tokens(), 21);
        let full = TokenBucket::holding(u32::MAX);
        full.refund(None);
        assert_eq!(full.tokens(), TokenBucket::CAPACITY);
    }

    #[test]
    fn a_dropped_retry_returns_its_tokens() {
        let bucket = TokenBucket::full();
        let paid = bucket.take(RetryKind::Transient).expect("enough");
        assert_eq!(bucket.tokens(), 486);
        drop(paid);
        assert_eq!(bucket.tokens(), 500);
    }

    #[test]
    fn threads_share_a_bucket() {
        let bucket = TokenBucket::full();
        let worker = |kind: RetryKind| {
            let bucket = &bucket;
            move || {
                let mut spent = 0;
                for round in 0..10_000 {
                    let Some(paid) = bucket.take(kind) else { continue };
                    match round % 3 {
                        0 => drop(paid),
                        1 => bucket.refund(Some(paid.spend())),
                        // Every thread spends a few for good.
                        _ if spent < 5 => {
                            let _ = paid.spend();
                            spent += 1;
                        }
                        _ => drop(paid),
                    }
                    assert!(bucket.tokens() <= TokenBucket::CAPACITY);
                }
                spent * cost(kind)
            }
        };
        let spent: u32 = std::thread::scope(|scope| {
            let kinds = [RetryKind::Transient, RetryKind::Throttling, RetryKind::Transient, RetryKind::Throttling];
            let threads = kinds.map(|kind| scope.spawn(worker(kind)));
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(bucket.tokens() + spent, TokenBucket::CAPACITY, "no token is created or lost");
    }
}
