//! Clocks, time limits, and dates.

mod clock;
pub(crate) mod http_date;
mod timeout;
#[cfg(feature = "timestamp")]
pub mod timestamp;

pub use clock::Clock;
pub(crate) use clock::{SystemClock, limited};
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
