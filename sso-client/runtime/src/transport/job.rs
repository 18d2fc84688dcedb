//! Blocking work that several tasks wait for.

use std::io;
use std::time::{Duration, Instant};

use crate::base::Outcome;

/// Blocking work on a thread of its own, and its outcome.
///
/// Tokio's threads for blocking work are not used: a runtime waits for them when it ends, and they are the program's.
#[derive(Clone)]
pub(super) struct Job<T> {
    outcome: Outcome<T>,
    started: Instant,
}

impl<T: Clone + Send + Sync + 'static> Job<T> {
    /// Starts the work.
    pub(super) fn start(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let (done, outcome) = Outcome::new();
        let thread = std::thread::Builder::new().name(name.to_owned());
        thread.spawn(move || done.send_replace(Some(work())))?;
        Ok(Self { outcome, started: Instant::now() })
    }

    /// Returns whether the work has neither ended nor taken longer than `limit`.
    pub(super) fn is_running(&self, limit: Duration) -> bool {
        self.outcome.is_awaited() && self.started.elapsed() < limit
    }

    /// Returns the outcome if it is known, and as wanted.
    #[cfg(feature = "tls")]
    pub(super) fn known(&self, wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        self.outcome.known(wanted)
    }

    /// Waits for the outcome; `None` if the work panicked.
    pub(super) async fn outcome(self) -> Option<T> {
        self.outcome.wait().await
    }
}
