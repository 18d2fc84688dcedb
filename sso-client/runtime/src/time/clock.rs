//! Time and jitter, as retries need them: the clock of the day, waits, and the draw that spreads
//! them.
//!
//! SystemClock ones by default. Tests put others in their place, so that every delay can be looked at
//! and none has to be waited for. Time limits and elapsed times are not among them: those are
//! Tokio's, which has a way of its own to stop its clock for tests.
//!
//! What must stay true: retries wait, draw and look at the clock by way of it alone.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::task::coop;

use crate::base::BoxFuture;

/// Where a client has time and jitter from.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Ends after so long.
    fn sleep(&self, delay: Duration) -> BoxFuture<'static, ()>;

    /// A number from 0 to 1, both included, each as likely as the others.
    fn jitter(&self) -> f64;

    /// What time of what day it is.
    fn now(&self) -> SystemTime;
}

/// What a future ends with, or `None` when it has not ended within a limit.
///
/// It is one future with and without a limit, which is compiled once, and is not moved. There is a timer only
/// once it is waited for: much has come with what was before.
pub(crate) async fn limited<F: Future + ?Sized>(limit: Option<Duration>, mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut timer = pin!(None);
    poll_fn(|cx| {
        let had_budget = coop::has_budget_remaining();
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if timer.is_none() {
            timer.set(limit.map(tokio::time::sleep));
        }
        let Some(timer) = timer.as_mut().as_pin_mut() else { return Poll::Pending };
        if had_budget && !coop::has_budget_remaining() {
            // A future that is always busy must not keep the timer from being looked at.
            return pin!(coop::unconstrained(timer)).poll(cx).map(|()| None);
        }
        timer.poll(cx).map(|()| None)
    })
    .await
}

/// Tokio's timers, the system's clock, and a generator seeded by the system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn sleep(&self, delay: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(delay))
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_limit_ends_what_is_always_busy() {
        let busy = async {
            loop {
                coop::consume_budget().await;
            }
        };
        let ended = limited::<dyn Future<Output = ()>>(Some(Duration::from_millis(20)), pin!(busy)).await;
        assert_eq!(ended, None);
    }

    #[tokio::test(start_paused = true)]
    async fn with_and_without_a_limit() {
        let after = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        assert_eq!(limited(None, pin!(after(1000))).await, Some(()));
        assert_eq!(limited(Some(Duration::from_secs(2)), pin!(after(1))).await, Some(()));
        assert_eq!(limited(Some(Duration::from_secs(1)), pin!(after(2))).await, None);
        assert_eq!(limited(Some(Duration::ZERO), pin!(std::future::ready(7))).await, Some(7), "what is there counts");
    }
}
