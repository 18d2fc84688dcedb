//! Clocks and timers that a program sets.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Builder;
use super::accept::{IntoTimeSource, Now};
use crate::base::BoxFuture;
use crate::time::{Clock, SystemClock};

/// A timer.
type Sleep = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// A clock with another source of time, or another timer.
#[derive(Clone)]
struct Replaced {
    base: Arc<dyn Clock>,
    now: Option<Now>,
    sleep: Option<Sleep>,
}

impl fmt::Debug for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replaced")
    }
}

impl Clock for Replaced {
    fn sleep(&self, delay: Duration) -> BoxFuture<'static, ()> {
        match &self.sleep {
            Some(sleep) => sleep(delay),
            None => self.base.sleep(delay),
        }
    }

    fn jitter(&self) -> f64 {
        self.base.jitter()
    }

    fn now(&self) -> SystemTime {
        self.now.as_ref().map_or_else(|| self.base.now(), |now| now())
    }
}

impl Builder {
    /// Sets the clock of signatures, expirations and clock skew; [`SystemTime::now`] by default.
    pub fn time_source<M>(mut self, source: impl IntoTimeSource<M>) -> Self {
        replace_clock(&mut self, Some(source.into_now()), None);
        self
    }

    /// Sets the timer that waits between attempts; Tokio's by default. Timeouts are always Tokio's.
    #[cfg(feature = "aws-types")]
    pub fn sleep_impl(mut self, sleep: impl aws_smithy_async::rt::sleep::AsyncSleep + 'static) -> Self {
        replace_clock(&mut self, None, Some(Arc::new(move |delay| Box::pin(sleep.sleep(delay)))));
        self
    }

    /// Sets the timer that waits between attempts; `None` changes nothing.
    #[cfg(feature = "aws-types")]
    pub fn set_sleep_impl(&mut self, sleep: Option<aws_smithy_async::rt::sleep::SharedAsyncSleep>) -> &mut Self {
        if let Some(sleep) = sleep {
            use aws_smithy_async::rt::sleep::AsyncSleep as _;
            replace_clock(self, None, Some(Arc::new(move |delay| Box::pin(sleep.sleep(delay)))));
        }
        self
    }

    /// Sets the clock of expirations and clock skew; `None` changes nothing.
    #[cfg(feature = "aws-types")]
    pub fn set_time_source(&mut self, source: Option<aws_smithy_async::time::SharedTimeSource>) -> &mut Self {
        if let Some(source) = source {
            replace_clock(self, Some(source.into_now()), None);
        }
        self
    }
}

fn replace_clock(builder: &mut Builder, now: Option<Now>, sleep: Option<Sleep>) {
    let base = builder.clock.take().unwrap_or_else(|| Arc::new(SystemClock));
    builder.clock = Some(Arc::new(Replaced { base, now, sleep }));
}
