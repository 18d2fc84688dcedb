//! Values that threads may share although their types do not say so, since only whoever has them alone
//! uses them.
//!
//! Futures of calls are `Sync` by this, whatever transports and bodies are made of. What must stay true:
//! using a value that one has alone takes no lock.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

/// A value of this kind.
pub(crate) struct SyncWrapper<T>(Mutex<T>);

impl<T> SyncWrapper<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// The value, for whoever has it alone.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the value something.
    pub(crate) fn ask<A>(&self, question: impl FnOnce(&T) -> A) -> A {
        question(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<F: Future + Unpin> Future for SyncWrapper<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(SyncWrapper::get_mut(&mut self)).poll(cx)
    }
}
