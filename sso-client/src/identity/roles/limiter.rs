//! How fast the portal is asked: a token bucket that learns from what the service says.
//!
//! It starts at the rate that the portal is known to allow, slows down when a call is throttled, and speeds up
//! again, step by step, while none is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Calls a second and calls at once, before anything is known of the service's limits: a little less than the portal
/// is known to allow, since calls do not arrive as evenly as they are made.
const START: (f64, f64) = (19.6, 18.0);

/// No slower than this.
const MIN_RATE: f64 = 0.5;

/// Each call that is not throttled raises the rate by this, up to a quarter above the one that was throttled last.
const STEP: f64 = 0.01;

#[derive(Debug)]
pub(crate) struct RateLimiter {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rate: f64,
    /// What the rate is not raised above.
    most: f64,
    burst: f64,
    tokens: f64,
    at: Option<Instant>,
    /// When the service said that calls would be served again.
    blocked_until: Option<Instant>,
    /// When calls were throttled last: many at once are one occasion.
    throttled_at: Option<Instant>,
}

impl Default for RateLimiter {
    fn default() -> Self {
        let (rate, burst) = START;
        let state = State { rate, most: rate, burst, tokens: burst, at: None, blocked_until: None, throttled_at: None };
        Self { state: Mutex::new(state) }
    }
}

impl RateLimiter {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a call may be made.
    pub(crate) async fn acquire(&self) {
        let until = self.lock().reserve(Instant::now());
        tokio::time::sleep_until(until).await;
    }

    /// A call was served.
    pub(crate) fn served(&self) {
        let mut state = self.lock();
        state.rate = (state.rate + STEP).min(state.most);
    }

    /// A call was throttled; `after` is how long the service wants to be left alone.
    pub(crate) fn throttled(&self, after: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.lock();
        let pause = now + after.unwrap_or(Duration::from_millis(500)).min(Duration::from_secs(30));
        state.blocked_until = state.blocked_until.max(Some(pause));
        if state.throttled_at.is_none_or(|at| now.duration_since(at) > Duration::from_secs(1)) {
            state.throttled_at = Some(now);
            state.most = (state.rate * 0.95).max(MIN_RATE);
            state.rate = (state.rate * 0.7).max(MIN_RATE);
            // Nobody knows how much of a burst is left on the other side.
            state.burst = 1.0;
        }
        state.tokens = state.tokens.min(0.0);
    }
}

impl State {
    /// Takes a token, which may become due in the future only.
    fn reserve(&mut self, now: Instant) -> Instant {
        let from = self.at.unwrap_or(now);
        let passed = now.saturating_duration_since(from).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.burst) - 1.0;
        self.at = Some(now);
        let due = if self.tokens >= 0.0 { now } else { now + Duration::from_secs_f64(-self.tokens / self.rate) };
        match self.blocked_until {
            Some(until) if until > due => until,
            _ => due,
        }
    }
}
