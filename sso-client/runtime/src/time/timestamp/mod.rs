//! Optional part: points in time, and the texts that stand for them on the wire.
//!
//! What it does not do: know time zones, or what time it is. What must stay true: a text that was read
//! is written back as the same point in time, to the nanosecond where the format has that.

pub(crate) mod text;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::time::TimestampFormat;

pub use Format as DateTimeFormat;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A point in time, in nanoseconds: seconds from 1970-01-01T00:00:00Z on, without leap seconds,
/// and how far it is behind the second's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    // In this order, in which the derived comparison takes them.
    seconds: i64,
    /// Less than a second, and never negative.
    nanos: u32,
}

/// How a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `2015-01-25T08:00:00Z`, as in RFC 3339.
    DateTime,
    /// The same; kept apart for programs that ask for other offsets to be read. They always are.
    DateTimeWithOffset,
    /// `Sun, 25 Jan 2015 08:00:00 GMT`, as in RFC 9110.
    HttpDate,
    /// `1422172800`, with a fraction where there is one.
    EpochSeconds,
}

impl From<TimestampFormat> for Format {
    fn from(format: TimestampFormat) -> Self {
        match format {
            TimestampFormat::DateTime => Self::DateTime,
            TimestampFormat::HttpDate => Self::HttpDate,
            TimestampFormat::EpochSeconds => Self::EpochSeconds,
        }
    }
}

impl DateTime {
    const MIN: Self = Self { seconds: i64::MIN, nanos: 0 };
    const MAX: Self = Self { seconds: i64::MAX, nanos: 999_999_999 };

    /// That many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_secs(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// That many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        let nanos = millis.rem_euclid(1000).unsigned_abs();
        #[expect(clippy::cast_possible_truncation, reason = "less than a second")]
        Self { seconds: millis.div_euclid(1000), nanos: nanos as u32 * 1_000_000 }
    }

    /// That many nanoseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// When their seconds do not fit into 64 bits.
    pub fn from_nanos(nanos: i128) -> Result<Self, ConversionError> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).map_err(|_| ConversionError(SECONDS))?;
        let nanos = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).map_err(|_| ConversionError(SECONDS))?;
        Ok(Self { seconds, nanos })
    }

    /// That many seconds after 1970-01-01T00:00:00Z, by the shortest decimal that stands for the
    /// number: what was written as `.123` is 123 milliseconds. The first or last point in time where
    /// it is out of range; 1970 for what is no number.
    pub fn from_secs_f64(seconds: f64) -> Self {
        if seconds.is_nan() {
            return Self::default();
        }
        let bound = if seconds < 0.0 { Self::MIN } else { Self::MAX };
        text::from_float(seconds).unwrap_or(bound)
    }

    /// That many seconds after 1970-01-01T00:00:00Z, and a part of one, to the nanosecond.
    pub fn from_fractional_secs(seconds: i64, fraction: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a cast of what is out of range ends at the range's end")]
        let nanos = (fraction * 1e9).round() as i64;
        let nanos = i128::from(seconds) * NANOS_PER_SECOND + i128::from(nanos);
        Self::from_nanos(nanos).unwrap_or(if nanos < 0 { Self::MIN } else { Self::MAX })
    }

    /// That many seconds and nanoseconds after 1970-01-01T00:00:00Z. Nanoseconds that make up
    /// seconds count as such.
    pub const fn from_secs_and_nanos(seconds: i64, nanos: u32) -> Self {
        let whole = nanos / 1_000_000_000;
        Self { seconds: seconds.saturating_add(whole as i64), nanos: nanos % 1_000_000_000 }
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// When it is not of the format, or the date does not exist.
    pub fn from_str(text: &str, format: Format) -> Result<Self, DateTimeParseError> {
        text::parse(text, format).ok_or(DateTimeParseError { format })
    }

    /// The text in a format.
    ///
    /// # Errors
    ///
    /// When the year is not one of 0 to 9999, which only [`Format::EpochSeconds`] can write.
    pub fn fmt(&self, format: Format) -> Result<String, DateTimeFormatError> {
        text::format(*self, format).ok_or(DateTimeFormatError(()))
    }

    /// Whether it is not at a second's start.
    pub const fn has_subsec_nanos(&self) -> bool {
        self.nanos != 0
    }

    /// The seconds since 1970-01-01T00:00:00Z, the fraction rounded down.
    pub const fn secs(&self) -> i64 {
        self.seconds
    }

    /// The nanoseconds since [`secs`](Self::secs), less than a second.
    pub const fn subsec_nanos(&self) -> u32 {
        self.nanos
    }

    /// The seconds since 1970-01-01T00:00:00Z, as near as a float comes.
    #[expect(clippy::cast_precision_loss, reason = "as documented")]
    pub fn as_secs_f64(&self) -> f64 {
        self.seconds as f64 + f64::from(self.nanos) / 1e9
    }

    /// The nanoseconds since 1970-01-01T00:00:00Z.
    pub const fn as_nanos(&self) -> i128 {
        self.seconds as i128 * NANOS_PER_SECOND + self.nanos as i128
    }

    /// The milliseconds since 1970-01-01T00:00:00Z, rounded down.
    ///
    /// # Errors
    ///
    /// When they do not fit into 64 bits.
    pub fn to_millis(self) -> Result<i64, ConversionError> {
        i64::try_from(self.as_nanos().div_euclid(1_000_000)).map_err(|_| ConversionError("milliseconds of 64 bits"))
    }
}

/// As [`Format::DateTime`], or the seconds since 1970 where the year has no text.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = text::format(*self, Format::DateTime).unwrap_or_else(|| text::epoch_seconds(*self));
        f.pad(&text)
    }
}

impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        let (sign, distance) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (1, after),
            Err(before) => (-1, before.duration()),
        };
        let nanos = i128::try_from(distance.as_nanos()).unwrap_or(i128::MAX);
        Self::from_nanos(sign * nanos).unwrap_or(if sign < 0 { Self::MIN } else { Self::MAX })
    }
}

impl TryFrom<DateTime> for SystemTime {
    type Error = ConversionError;

    fn try_from(time: DateTime) -> Result<Self, ConversionError> {
        let seconds = Duration::from_secs(time.seconds.unsigned_abs());
        let start = if time.seconds < 0 { UNIX_EPOCH.checked_sub(seconds) } else { UNIX_EPOCH.checked_add(seconds) };
        start
            .and_then(|start| start.checked_add(Duration::from_nanos(time.nanos.into())))
            .ok_or(ConversionError("a time of this system"))
    }
}

const SECONDS: &str = "seconds of 64 bits";

/// A point in time that another type cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversionError(&'static str);

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the point in time is too far away for {}", self.0)
    }
}

impl std::error::Error for ConversionError {}

/// A text that is no point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTimeParseError {
    format: Format,
}

impl fmt::Display for DateTimeParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not {}", text::example(self.format))
    }
}

impl std::error::Error for DateTimeParseError {}

/// A point in time that a format has no text for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTimeFormatError(());

impl fmt::Display for DateTimeFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(text::NO_SUCH_YEAR)
    }
}

impl std::error::Error for DateTimeFormatError {}

#[cfg(test)]
mod tests;
