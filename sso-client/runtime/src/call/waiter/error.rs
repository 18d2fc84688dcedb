//! Why a wait ended before its condition was met.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::FinalPoll;
use crate::error::{BuildError, ErrorMetadata, ProvideErrorMetadata, SdkError};

/// The metadata of errors that have none.
static NO_METADATA: std::sync::LazyLock<ErrorMetadata> = std::sync::LazyLock::new(ErrorMetadata::default);

/// Why a wait ended before its condition was met. Its `Display` is one line with the whole story.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaiterError<O, E> {
    /// Nothing was sent: there is something wrong with the input.
    ConstructionFailure(ConstructionFailure),
    /// The time was up.
    ExceededMaxWait(ExceededMaxWait),
    /// The condition can no longer be met.
    FailureState(FailureState<O, E>),
    /// A call failed in a way that the waiter says nothing of.
    OperationFailed(OperationFailed<E>),
}

/// What is wrong with the input.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConstructionFailure {
    source: BuildError,
}

/// How long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExceededMaxWait {
    max_wait: Duration,
    elapsed: Duration,
    poll_count: u32,
}

impl ExceededMaxWait {
    /// A wait that was allowed to take so long, took so long, and made so many calls.
    pub fn new(max_wait: Duration, elapsed: Duration, poll_count: u32) -> Self {
        Self { max_wait, elapsed, poll_count }
    }

    /// How long the wait was allowed to take.
    pub fn max_wait(&self) -> Duration {
        self.max_wait
    }

    /// How long it took. Another call would have come too late.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// How many calls were made.
    pub fn poll_count(&self) -> u32 {
        self.poll_count
    }
}

/// The result that says that the condition can no longer be met.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailureState<O, E> {
    final_poll: FinalPoll<O, E>,
}

impl<O, E> FailureState<O, E> {
    /// A wait that ended with this result.
    pub fn new(final_poll: FinalPoll<O, E>) -> Self {
        Self { final_poll }
    }

    /// The result.
    pub fn final_poll(&self) -> &FinalPoll<O, E> {
        &self.final_poll
    }

    /// The result, taken out.
    pub fn into_final_poll(self) -> FinalPoll<O, E> {
        self.final_poll
    }
}

/// The error that a call failed with.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationFailed<E> {
    source: SdkError<E>,
}

impl<E> OperationFailed<E> {
    /// A wait that ended with this error.
    pub fn new(source: SdkError<E>) -> Self {
        Self { source }
    }

    /// The error.
    pub fn error(&self) -> &SdkError<E> {
        &self.source
    }

    /// The error, taken out.
    pub fn into_error(self) -> SdkError<E> {
        self.source
    }
}

impl<O, E> From<BuildError> for WaiterError<O, E> {
    fn from(source: BuildError) -> Self {
        Self::ConstructionFailure(ConstructionFailure { source })
    }
}

impl<O, E> From<ExceededMaxWait> for WaiterError<O, E> {
    fn from(context: ExceededMaxWait) -> Self {
        Self::ExceededMaxWait(context)
    }
}

impl<O, E> From<FailureState<O, E>> for WaiterError<O, E> {
    fn from(context: FailureState<O, E>) -> Self {
        Self::FailureState(context)
    }
}

impl<O, E> From<OperationFailed<E>> for WaiterError<O, E> {
    fn from(context: OperationFailed<E>) -> Self {
        Self::OperationFailed(context)
    }
}

impl<O, E: fmt::Display> fmt::Display for WaiterError<O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConstructionFailure(context) => write!(f, "the wait did not begin: {}", context.source),
            Self::ExceededMaxWait(ExceededMaxWait { max_wait, poll_count, .. }) => {
                let calls = if *poll_count == 1 { "call" } else { "calls" };
                write!(f, "the condition was not met within {max_wait:?} ({poll_count} {calls})")
            }
            Self::FailureState(context) => match context.final_poll.as_result() {
                Ok(_) => f.write_str("the condition can no longer be met, says the output of the last call"),
                Err(error) => write!(f, "the condition can no longer be met: {error}"),
            },
            Self::OperationFailed(context) => write!(f, "the wait ended with a failed call: {}", context.source),
        }
    }
}

impl<O: fmt::Debug, E: Error + 'static> Error for WaiterError<O, E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` has told the reason itself; the chain goes on with its causes.
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
