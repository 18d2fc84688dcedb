//! Waiters: calls repeated until a condition is met or can no longer be met.
//!
//! # Invariants
//!
//! - A wait takes no longer than its maximum.
//! - Each call is one like any other, including retries.

use std::error::Error;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use crate::call::caller_headers::Feature;
use crate::call::client::{Handle, NO_RUNTIME, Overrides, without_runtime_panics};
use crate::call::operation::Operation;
use crate::error::{BuildError, ErrorMetadata, ProvideErrorMetadata, SdkError, write_call};
use crate::http_bindings::Wiped;

/// How a waiter judges the result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The condition is met.
    Success,
    /// The condition can no longer be met.
    Failure,
    /// The condition is not met yet.
    Retry,
    /// No acceptor matches: an output leads to another call, an error ends the wait.
    NoMatch,
}

/// The result of a call of an operation.
pub type Polled<O> = Result<<O as Operation>::Output, SdkError<<O as Operation>::Error>>;

/// Judges the result of a call by its input.
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

    /// Returns the result by value.
    pub fn into_result(self) -> Result<O, E> {
        self.result
    }

    /// Returns the result.
    pub fn as_result(&self) -> Result<&O, &E> {
        self.result.as_ref()
    }

    /// Maps the output.
    pub fn map<P>(self, map: impl FnOnce(O) -> P) -> FinalPoll<P, E> {
        FinalPoll { result: self.result.map(map) }
    }

    /// Maps the error.
    pub fn map_err<F>(self, map: impl FnOnce(E) -> F) -> FinalPoll<O, F> {
        FinalPoll { result: self.result.map_err(map) }
    }
}

/// Polls an operation until a condition is met.
#[must_use = "a waiter does nothing until its `wait` is awaited"]
pub struct Waiter<O: Operation> {
    handle: Handle,
    input: Wiped<O::Input>,
    accept: Accept<O>,
    delays: Delays,
}

impl<O: Operation> Waiter<O> {
    /// Creates a waiter with minimum and maximum delays in seconds.
    pub fn new(handle: Handle, input: O::Input, accept: Accept<O>, min_delay: u32, max_delay: u32) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.max(1).into());
        let min = seconds(min_delay);
        let input = Wiped::new(input);
        Self { handle, input, accept, delays: Delays { min, max: seconds(max_delay).max(min) } }
    }

    /// Waits until the condition is met. The first call is made immediately.
    ///
    /// # Errors
    ///
    /// [`WaiterError`] if the condition can no longer be met, a call fails, or `max_wait` is exceeded.
    pub async fn wait(
        self,
        max_wait: Duration,
    ) -> Result<FinalPoll<O::Output, SdkError<O::Error>>, WaiterError<O::Output, O::Error>> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(BuildError::other(NO_RUNTIME).into());
        }
        without_runtime_panics(pin!(self.poll(max_wait)))
            .await
            .unwrap_or_else(|| Err(BuildError::other(NO_RUNTIME).into()))
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
            // A call without timeouts must not outlast the wait.
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

/// Exponential delays between calls.
#[derive(Clone, Copy, Debug)]
struct Delays {
    min: Duration,
    max: Duration,
}

impl Delays {
    /// Returns the delay after a number of polls, or `None` if the remaining time is too short for another poll. The
    /// upper bound doubles with each poll; `jitter` in `0.0..=1.0` selects a value between the bounds. The last poll is
    /// early rather than late.
    fn after(self, polls: u32, remaining: Duration, jitter: f64) -> Option<Duration> {
        let last = remaining.checked_sub(self.min).filter(|last| !last.is_zero())?;
        let doubled = 2_u32.checked_pow(polls.saturating_sub(1)).and_then(|factor| self.min.checked_mul(factor));
        let upper = doubled.map_or(self.max, |doubled| doubled.min(self.max));
        Some((self.min + (upper - self.min).mul_f64(jitter)).min(last))
    }
}

static NO_METADATA: std::sync::LazyLock<ErrorMetadata> = std::sync::LazyLock::new(ErrorMetadata::default);

/// The error of a waiter. Its `Display` is one line with the cause.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaiterError<O, E> {
    /// The input is invalid; nothing was sent.
    ConstructionFailure(ConstructionFailure),
    /// The maximum wait was exceeded.
    ExceededMaxWait(ExceededMaxWait),
    /// The condition can no longer be met.
    FailureState(FailureState<O, E>),
    /// A call failed with an error that no acceptor matches.
    OperationFailed(OperationFailed<E>),
}

/// The error of an invalid input.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConstructionFailure {
    source: BuildError,
}

/// The error of a wait that took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExceededMaxWait {
    max_wait: Duration,
    elapsed: Duration,
    poll_count: u32,
}

impl ExceededMaxWait {
    /// Creates an error from the maximum wait, the elapsed time and the number of calls.
    pub fn new(max_wait: Duration, elapsed: Duration, poll_count: u32) -> Self {
        Self { max_wait, elapsed, poll_count }
    }

    /// Returns the maximum wait.
    pub fn max_wait(&self) -> Duration {
        self.max_wait
    }

    /// Returns the elapsed time, after which another call would have been too late.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns the number of calls made.
    pub fn poll_count(&self) -> u32 {
        self.poll_count
    }
}

/// The error of a condition that can no longer be met.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailureState<O, E> {
    final_poll: FinalPoll<O, E>,
}

impl<O, E> FailureState<O, E> {
    /// Creates an error from the last result.
    pub fn new(final_poll: FinalPoll<O, E>) -> Self {
        Self { final_poll }
    }

    /// Returns the last result.
    pub fn final_poll(&self) -> &FinalPoll<O, E> {
        &self.final_poll
    }

    /// Returns the last result by value.
    pub fn into_final_poll(self) -> FinalPoll<O, E> {
        self.final_poll
    }
}

/// The error of a call that failed.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationFailed<E> {
    source: SdkError<E>,
}

impl<E> OperationFailed<E> {
    /// Wraps the error of a call.
    pub fn new(source: SdkError<E>) -> Self {
        Self { source }
    }

    /// Returns the error of the call.
    pub fn error(&self) -> &SdkError<E> {
        &self.source
    }

    /// Returns the error of the call by value.
    pub fn into_error(self) -> SdkError<E> {
        self.source
    }
}

impl<O, E> From<BuildError> for WaiterError<O, E> {
    fn from(source: BuildError) -> Self {
        Self::ConstructionFailure(ConstructionFailure { source })
    }
}

macro_rules! from_contexts {
    ($($variant:ident $ty:ty;)*) => {$(
        impl<O, E> From<$ty> for WaiterError<O, E> {
            fn from(context: $ty) -> Self {
                Self::$variant(context)
            }
        }
    )*};
}

from_contexts! {
    ExceededMaxWait ExceededMaxWait;
    FailureState FailureState<O, E>;
    OperationFailed OperationFailed<E>;
}

impl<O, E: fmt::Display + ProvideErrorMetadata> fmt::Display for WaiterError<O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConstructionFailure(context) => write!(f, "the wait did not begin: {}", context.source),
            Self::ExceededMaxWait(ExceededMaxWait { max_wait, poll_count, .. }) => {
                let calls = if *poll_count == 1 { "call" } else { "calls" };
                write!(f, "the condition was not met within {max_wait:?} ({poll_count} {calls})")
            }
            Self::FailureState(context) => match context.final_poll.as_result() {
                Ok(_) => f.write_str("the condition can no longer be met, says the output of the last call"),
                Err(error) => {
                    f.write_str("the condition can no longer be met: ")?;
                    write_call(f, error.meta(), error)
                }
            },
            Self::OperationFailed(context) => write!(f, "the wait ended with a failed call: {}", context.source),
        }
    }
}

impl<O: fmt::Debug, E: Error + ProvideErrorMetadata + 'static> Error for WaiterError<O, E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` includes the immediate cause, so the chain continues with its causes.
        match self {
            Self::ConstructionFailure(context) => context.source.source(),
            Self::ExceededMaxWait(_) => None,
            Self::FailureState(context) => context.final_poll.as_result().err().and_then(Error::source),
            Self::OperationFailed(context) => context.source.source(),
        }
    }
}

impl<O, E: ProvideErrorMetadata> ProvideErrorMetadata for WaiterError<O, E> {
    fn meta(&self) -> &ErrorMetadata {
        match self {
            Self::FailureState(context) => match context.final_poll.as_result() {
                Ok(_) => &NO_METADATA,
                Err(error) => error.meta(),
            },
            Self::OperationFailed(context) => context.source.meta(),
            Self::ConstructionFailure(_) | Self::ExceededMaxWait(_) => &NO_METADATA,
        }
    }
}

#[cfg(test)]
mod tests;
