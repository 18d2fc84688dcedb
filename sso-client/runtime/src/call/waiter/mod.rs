//! Calls repeated until a condition is met, or can no longer be.
//!
//! What it does not do: poll when nobody waits. What must stay true: a wait takes no longer than was
//! said, and each of its calls is a call like any other, retries included.

mod error;

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::call::client::{Handle, NO_RUNTIME, Overrides, without_runtime_panics};
use crate::call::operation::Operation;
use crate::call::user_agent::Feature;
use crate::error::{BuildError, SdkError};
use crate::http_bindings::Wiped;

pub use error::{ConstructionFailure, ExceededMaxWait, FailureState, OperationFailed, WaiterError};

/// What a waiter makes of the result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The condition is met.
    Success,
    /// The condition can no longer be met.
    Failure,
    /// The condition is not met yet.
    Retry,
    /// The waiter says nothing of such a result: an output asks for another call, an error ends the wait.
    NoMatch,
}

/// The result of a call of an operation.
pub type Polled<O> = Result<<O as Operation>::Output, SdkError<<O as Operation>::Error>>;

/// Judges the result of a call, which was made with an input.
pub type Accept<O> = fn(&<O as Operation>::Input, &Polled<O>) -> Acceptance;

/// The result of the last of a waiter's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalPoll<O, E> {
    result: Result<O, E>,
}

impl<O, E> FinalPoll<O, E> {
    /// Wraps a result.
    pub fn new(result: Result<O, E>) -> Self {
        Self { result }
    }

    /// The result, taken out.
    ///
    /// # Errors
    ///
    /// The error that the call ended with.
    pub fn into_result(self) -> Result<O, E> {
        self.result
    }

    /// The result.
    ///
    /// # Errors
    ///
    /// The error that the call ended with.
    pub fn as_result(&self) -> Result<&O, &E> {
        self.result.as_ref()
    }

    /// The same with another output.
    pub fn map<P>(self, map: impl FnOnce(O) -> P) -> FinalPoll<P, E> {
        FinalPoll { result: self.result.map(map) }
    }

    /// The same with another error.
    pub fn map_err<F>(self, map: impl FnOnce(E) -> F) -> FinalPoll<O, F> {
        FinalPoll { result: self.result.map_err(map) }
    }
}

/// Repeats a call until a condition is met.
#[must_use = "a waiter does nothing until its `wait` is awaited"]
pub struct Waiter<O: Operation> {
    handle: Handle,
    input: Wiped<O::Input>,
    accept: Accept<O>,
    delays: Delays,
}

impl<O: Operation> Waiter<O> {
    /// A waiter that makes the calls with this input, with delays of so many seconds between them.
    pub fn new(handle: Handle, input: O::Input, accept: Accept<O>, min_delay: u32, max_delay: u32) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.max(1).into());
        let min = seconds(min_delay);
        let input = Wiped::new(input);
        Self { handle, input, accept, delays: Delays { min, max: seconds(max_delay).max(min) } }
    }

    /// Waits until the condition is met. The first call is made at once.
    ///
    /// # Errors
    ///
    /// When the condition can no longer be met, when a call fails otherwise, and when the time is up.
    pub async fn wait(
        self,
        max_wait: Duration,
    ) -> Result<FinalPoll<O::Output, SdkError<O::Error>>, WaiterError<O::Output, O::Error>> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(BuildError::other(NO_RUNTIME).into());
        }
        without_runtime_panics(self.poll(max_wait)).await.unwrap_or_else(|| Err(BuildError::other(NO_RUNTIME).into()))
    }

    async fn poll(
        self,
        max_wait: Duration,
    ) -> Result<FinalPoll<O::Output, SdkError<O::Error>>, WaiterError<O::Output, O::Error>> {
        let started = Instant::now();
        let mut polls = 0;
        loop {
            polls += 1;
            let exceeded = || ExceededMaxWait::new(max_wait, started.elapsed(), polls);
            let overrides = Overrides::one_of(Feature::Waiter);
            let polling = self.handle.call::<O>(&self.input, &overrides);
            // A call without limits of its own must not outlast the wait.
            let result = tokio::time::timeout(max_wait.saturating_sub(started.elapsed()), polling)
                .await
                .map_err(|_| WaiterError::ExceededMaxWait(exceeded()))?;
            match ((self.accept)(&self.input, &result), result) {
                (Acceptance::Success, result) => return Ok(FinalPoll::new(result)),
                (Acceptance::Failure, Ok(output)) => return Err(FailureState::new(FinalPoll::new(Ok(output))).into()),
                (Acceptance::Failure, Err(SdkError::ServiceError(error))) => {
                    return Err(FailureState::new(FinalPoll::new(Err(error.into_err()))).into());
                }
                (Acceptance::Failure | Acceptance::NoMatch, Err(error)) => {
                    return Err(OperationFailed::new(error).into());
                }
                (Acceptance::NoMatch, Ok(_)) | (Acceptance::Retry, _) => {}
            }
            let remaining = max_wait.saturating_sub(started.elapsed());
            let Some(delay) = self.delays.after(polls, remaining, fastrand::f64()) else {
                return Err(exceeded().into());
            };
            tokio::time::sleep(delay).await;
        }
    }
}

impl<O: Operation> fmt::Debug for Waiter<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").field("operation", &O::INFO.name).finish_non_exhaustive()
    }
}

/// How long to wait between calls.
#[derive(Clone, Copy, Debug)]
struct Delays {
    min: Duration,
    max: Duration,
}

impl Delays {
    /// The delay after a number of polls, `None` when the time that remains is too short for one
    /// more. The upper bound doubles with each poll; `jitter`, from 0 to 1, picks what is between
    /// it and the lower one. A last poll comes early rather than never.
    fn after(self, polls: u32, remaining: Duration, jitter: f64) -> Option<Duration> {
        let last = remaining.checked_sub(self.min).filter(|last| !last.is_zero())?;
        let doubled = 2_u32.checked_pow(polls.saturating_sub(1)).and_then(|factor| self.min.checked_mul(factor));
        let upper = doubled.map_or(self.max, |doubled| doubled.min(self.max));
        Some((self.min + (upper - self.min).mul_f64(jitter)).min(last))
    }
}

#[cfg(test)]
mod tests;
