//! A clock that tests control.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::base::BoxFuture;
use crate::time::Clock;

/// A clock that records each sleep, moves on by its length once it ends, and by default ends it at once. Clones share
/// everything.
#[derive(Clone)]
pub struct FakeClock {
    state: Arc<Mutex<State>>,
}

struct State {
    now: SystemTime,
    jitter: f64,
    wait: Wait,
    sleeps: Vec<Duration>,
    observer: Observer,
}

type Observer = Arc<dyn Fn(Duration) + Send + Sync>;

/// How long a sleep really takes.
#[derive(Clone, Copy)]
enum Wait {
    Ready,
    Yield,
    TokioSleep,
}

impl FakeClock {
    /// Creates a clock that shows this time, and draws the largest jitter.
    pub fn at(now: SystemTime) -> Self {
        let state = State { now, jitter: 1.0, wait: Wait::Ready, sleeps: Vec::new(), observer: Arc::new(|_| {}) };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Draws this jitter, in `0.0..=1.0`, each time.
    #[must_use]
    pub fn with_jitter(self, jitter: f64) -> Self {
        self.lock().jitter = jitter;
        self
    }

    /// Yields once to the scheduler in each sleep, so that a sleeping future is seen to be pending.
    #[must_use]
    pub fn with_yield(self) -> Self {
        self.lock().wait = Wait::Yield;
        self
    }

    /// Sleeps on Tokio's clock, which a test can pause.
    #[must_use]
    pub fn with_tokio_sleep(self) -> Self {
        self.lock().wait = Wait::TokioSleep;
        self
    }

    /// Calls a function with the length of each sleep before it begins.
    #[must_use]
    pub fn with_observer(self, observer: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.lock().observer = Arc::new(observer);
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
        let (wait, observer) = {
            let mut state = self.lock();
            state.sleeps.push(delay);
            (state.wait, state.observer.clone())
        };
        observer(delay);
        let this = self.clone();
        Box::pin(async move {
            match wait {
                Wait::Ready => {}
                Wait::Yield => tokio::task::yield_now().await,
                Wait::TokioSleep => tokio::time::sleep(delay).await,
            }
            this.lock().now += delay;
        })
    }

    fn jitter(&self) -> f64 {
        self.lock().jitter
    }

    fn now(&self) -> SystemTime {
        self.lock().now
    }
}

impl fmt::Debug for FakeClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("FakeClock").field("now", &state.now).field("sleeps", &state.sleeps).finish_non_exhaustive()
    }
}
