//! The outcome of work that goes on elsewhere.

use tokio::sync::watch;

/// The outcome of work, once it is known. Clones wait for the same.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<T>(watch::Receiver<Option<T>>);

impl<T: Clone> Outcome<T> {
    /// Creates an outcome, with what makes it known.
    pub(crate) fn new() -> (watch::Sender<Option<T>>, Self) {
        let (done, outcome) = watch::channel(None);
        (done, Self(outcome))
    }

    /// Returns whether the work has not ended, by a panic either.
    pub(crate) fn is_awaited(&self) -> bool {
        self.0.has_changed().is_ok() && self.0.borrow().is_none()
    }

    /// Returns the outcome if it is known, and as wanted.
    #[cfg(feature = "tls")]
    pub(crate) fn known(&self, wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        self.0.borrow().as_ref().filter(|outcome| wanted(outcome)).cloned()
    }

    /// Waits for the outcome; `None` if the work ended without one, as by a panic.
    pub(crate) async fn wait(mut self) -> Option<T> {
        let outcome = self.0.wait_for(Option::is_some).await;
        outcome.ok().and_then(|outcome| outcome.clone())
    }
}
