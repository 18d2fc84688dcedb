//! A clock that tests control.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::base::BoxFuture;
use crate::time::Clock;

/// A clock that never waits: it records how long it was asked to sleep, and moves on by as much. Clones share
/// everything.
#[derive(Clone, Debug)]
pub struct FakeClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: SystemTime,
    jitter: f64,
    sleeps: Vec<Duration>,
}

impl FakeClock {
    /// A clock that shows this time, and draws the largest jitter.
    pub fn at(now: SystemTime) -> Self {
        Self { state: Arc::new(Mutex::new(State { now, jitter: 1.0, sleeps: Vec::new() })) }
    }

    /// Draws this jitter, from 0 to 1, each time.
    #[must_use]
    pub fn with_jitter(self, jitter: f64) -> Self {
        self.lock().jitter = jitter;
        self
    }

    /// Sets the time.
    pub fn set(&self, now: SystemTime) {
        self.lock().now = now;
    }

    /// The sleeps so far, in order.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.lock().sleeps.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::at(SystemTime::UNIX_EPOCH)
    }
}

impl Clock for FakeClock {
    fn sleep(&self, delay: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.lock();
        state.sleeps.push(delay);
        state.now += delay;
        Box::pin(std::future::ready(()))
    }

    fn jitter(&self) -> f64 {
        self.lock().jitter
    }

    fn now(&self) -> SystemTime {
        self.lock().now
    }
}
