//! Clock, timeouts, dates and timestamps.

pub(crate) mod http_date;
mod timeout;
#[cfg(feature = "timestamp")]
pub mod timestamp;

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::task::coop;

use crate::base::BoxFuture;

pub use timeout::{TimeoutConfig, TimeoutConfigBuilder, TimeoutKind};

/// The format of a timestamp on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// RFC 3339, `2015-01-25T08:00:00Z`.
    DateTime,
    /// IMF-fixdate (RFC 9110), `Sun, 25 Jan 2015 08:00:00 GMT`.
    HttpDate,
    /// Seconds since the Unix epoch, `1422172800`, with a fraction if there is one.
    EpochSeconds,
}

/// Time, delays and jitter of the retry loop, which tests replace. Timeouts and elapsed times are Tokio's.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Waits for a duration.
    fn sleep(&self, delay: Duration) -> BoxFuture<'static, ()>;

    /// Returns uniform jitter in `0.0..=1.0`.
    fn jitter(&self) -> f64;

    /// Returns the current time.
    fn now(&self) -> SystemTime;
}

/// Awaits a future within a limit; `None` if the limit elapses.
///
/// The future is not moved, and is of one type with and without a limit, so that it is compiled once. The timer is
/// created only if the future is pending.
pub(crate) async fn limited<F: Future + ?Sized>(limit: Option<Duration>, future: Pin<&mut F>) -> Option<F::Output> {
    limited_unless(limit, || false, future).await
}

/// Awaits a future within a limit that starts anew after each time that does not count.
pub(crate) async fn limited_unless<F: Future + ?Sized>(
    limit: Option<Duration>,
    not_counted: impl Fn() -> bool,
    mut future: Pin<&mut F>,
) -> Option<F::Output> {
    let mut timer = pin!(None);
    poll_fn(|cx| {
        let had_budget = coop::has_budget_remaining();
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if not_counted() {
            timer.set(None);
            return Poll::Pending;
        }
        if timer.is_none() {
            timer.set(limit.map(tokio::time::sleep));
        }
        let Some(timer) = timer.as_mut().as_pin_mut() else { return Poll::Pending };
        if had_budget && !coop::has_budget_remaining() {
            // A future that never yields must not keep the timer from being polled.
            return pin!(coop::unconstrained(timer)).poll(cx).map(|()| None);
        }
        timer.poll(cx).map(|()| None)
    })
    .await
}

/// The system's clock, Tokio's timers, and a generator seeded by the system.
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
    async fn limited_ends_a_busy_future() {
        let busy = async {
            loop {
                coop::consume_budget().await;
            }
        };
        let ended = limited::<dyn Future<Output = ()>>(Some(Duration::from_millis(20)), pin!(busy)).await;
        assert_eq!(ended, None);
    }

    #[tokio::test(start_paused = true)]
    async fn limited_with_and_without_limit() {
        let after = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        assert_eq!(limited(None, pin!(after(1000))).await, Some(()));
        assert_eq!(limited(Some(Duration::from_secs(2)), pin!(after(1))).await, Some(()));
        assert_eq!(limited(Some(Duration::from_secs(1)), pin!(after(2))).await, None);
        assert_eq!(limited(Some(Duration::ZERO), pin!(std::future::ready(7))).await, Some(7), "ready futures win");
    }
}
