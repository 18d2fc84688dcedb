//! Work that several callers wait for.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::task::AbortHandle;

use super::Outcome;

/// Work that several callers wait for, in a task of its own: each of them may be polled rarely, or be given up. The task
/// ends with the last of them.
///
/// It runs on the runtime of the caller that started it. Callers of other runtimes wait for that.
#[derive(Debug)]
pub(crate) struct SharedTask<T> {
    outcome: Outcome<T>,
    task: AbortHandle,
}

impl<T: Clone + Send + Sync + 'static> SharedTask<T> {
    pub(crate) fn start(work: impl Future<Output = T> + Send + 'static) -> Self {
        let (done, outcome) = Outcome::new();
        let task = tokio::spawn(async move { done.send_replace(Some(work.await)) });
        Self { outcome, task: task.abort_handle() }
    }
}

impl<T> Drop for SharedTask<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How waiting for a task ended.
pub(crate) enum Ended<T> {
    With(T),
    /// None was started, since what it is for is there by now; or another caller's broke off, by a panic or with its
    /// runtime.
    Again,
    /// The caller's own broke off.
    Broken,
}

/// The task that is running, if one is.
#[derive(Debug)]
pub(crate) struct Running<T>(Mutex<Weak<SharedTask<T>>>);

impl<T> Default for Running<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone + Send + Sync + 'static> Running<T> {
    /// Waits for the task that is running, or the one that `start` starts.
    pub(crate) async fn or_start(&self, start: impl FnOnce() -> Option<SharedTask<T>>) -> Ended<T> {
        let (task, is_own) = {
            let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match current.upgrade().filter(|task| task.outcome.is_awaited()) {
                Some(running) => (running, false),
                None => {
                    let Some(started) = start().map(Arc::new) else { return Ended::Again };
                    *current = Arc::downgrade(&started);
                    (started, true)
                }
            }
        };
        match task.outcome.clone().wait().await {
            Some(outcome) => Ended::With(outcome),
            None if is_own => Ended::Broken,
            None => Ended::Again,
        }
    }
}
