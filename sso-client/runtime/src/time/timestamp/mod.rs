//! Timestamps and their text formats (feature `timestamp`). The calendar is jiff's; seconds since the epoch are
//! parsed here, since a float would lose digits.
//!
//! # Invariants
//!
//! - A parsed timestamp is formatted as the same instant, to the nanosecond where the format has fractions.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::SignedDuration;
use jiff::civil;
use jiff::fmt::strtime;
use jiff::fmt::temporal::Pieces;

use crate::time::TimestampFormat;

pub use Format as DateTimeFormat;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

pub(crate) const NO_SUCH_YEAR: &str = "a date's text has a year from 0 to 9999, and this one is outside of them";

/// The format of [`Format::HttpDate`]; the fraction is optional when parsed, and omitted when zero.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S%.f GMT";

const EPOCH: civil::DateTime = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// An instant in nanoseconds: seconds and nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    // The derived ordering depends on the order of these fields.
    seconds: i64,
    /// At most 999,999,999.
    nanos: u32,
}

/// The text format of a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 3339, `2015-01-25T08:00:00Z`, with any offset when parsed.
    DateTime,
    /// The same as [`DateTime`](Self::DateTime); for compatibility with other AWS SDKs.
    DateTimeWithOffset,
    /// IMF-fixdate (RFC 9110), `Sun, 25 Jan 2015 08:00:00 GMT`.
    HttpDate,
    /// Seconds since the Unix epoch, `1422172800`, with a fraction if there is one.
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

    /// Returns the instant that many seconds after the Unix epoch.
    pub const fn from_secs(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Returns the instant that many milliseconds after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        let nanos = millis.rem_euclid(1000).unsigned_abs();
        #[expect(clippy::cast_possible_truncation, reason = "less than a second")]
        Self { seconds: millis.div_euclid(1000), nanos: nanos as u32 * 1_000_000 }
    }

    /// Returns the instant that many nanoseconds after the Unix epoch.
    ///
    /// # Errors
    ///
    /// When the seconds do not fit into an `i64`.
    pub fn from_nanos(nanos: i128) -> Result<Self, ConversionError> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).map_err(|_| ConversionError(SECONDS))?;
        let nanos = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).map_err(|_| ConversionError(SECONDS))?;
        Ok(Self { seconds, nanos })
    }

    /// Returns the instant that many seconds after the Unix epoch, by the shortest decimal that represents the
    /// float: `.123` is 123 milliseconds. Saturates; NaN is the epoch.
    pub fn from_secs_f64(seconds: f64) -> Self {
        if seconds.is_nan() {
            return Self::default();
        }
        let bound = if seconds < 0.0 { Self::MIN } else { Self::MAX };
        Self::from_float(seconds).unwrap_or(bound)
    }

    /// Returns the instant `seconds` plus `fraction` after the Unix epoch, to the nanosecond. Saturates.
    pub fn from_fractional_secs(seconds: i64, fraction: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a cast of what is out of range ends at the range's end")]
        let nanos = (fraction * 1e9).round() as i64;
        let nanos = i128::from(seconds) * NANOS_PER_SECOND + i128::from(nanos);
        Self::from_nanos(nanos).unwrap_or(if nanos < 0 { Self::MIN } else { Self::MAX })
    }

    /// Returns the instant `seconds` plus `nanos` after the Unix epoch. Nanoseconds beyond a second are carried over.
    pub const fn from_secs_and_nanos(seconds: i64, nanos: u32) -> Self {
        let whole = nanos / 1_000_000_000;
        Self { seconds: seconds.saturating_add(whole as i64), nanos: nanos % 1_000_000_000 }
    }

    /// Parses a timestamp.
    ///
    /// # Errors
    ///
    /// When the text does not have the format, or the date does not exist.
    pub fn from_str(text: &str, format: Format) -> Result<Self, DateTimeParseError> {
        Self::parse(text, format).ok_or(DateTimeParseError { format })
    }

    /// Formats the timestamp.
    ///
    /// # Errors
    ///
    /// When the year is not in 0..=9999; [`Format::EpochSeconds`] supports any.
    pub fn fmt(&self, format: Format) -> Result<String, DateTimeFormatError> {
        self.format(format).ok_or(DateTimeFormatError(()))
    }

    /// Returns whether there is a fraction of a second.
    pub const fn has_subsec_nanos(&self) -> bool {
        self.nanos != 0
    }

    /// Returns the seconds since the Unix epoch, rounded down.
    pub const fn secs(&self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds since [`secs`](Self::secs), less than a second.
    pub const fn subsec_nanos(&self) -> u32 {
        self.nanos
    }

    /// Returns the seconds since the Unix epoch as the nearest float.
    #[expect(clippy::cast_precision_loss, reason = "as documented")]
    pub fn as_secs_f64(&self) -> f64 {
        self.seconds as f64 + f64::from(self.nanos) / 1e9
    }

    /// Returns the nanoseconds since the Unix epoch.
    pub const fn as_nanos(&self) -> i128 {
        self.seconds as i128 * NANOS_PER_SECOND + self.nanos as i128
    }

    /// Returns the milliseconds since the Unix epoch, rounded down.
    ///
    /// # Errors
    ///
    /// When they do not fit into an `i64`.
    pub fn to_millis(self) -> Result<i64, ConversionError> {
        i64::try_from(self.as_nanos().div_euclid(1_000_000)).map_err(|_| ConversionError("milliseconds of 64 bits"))
    }
}

/// Formats as [`Format::DateTime`], or as seconds since the epoch if the year is not in 0..=9999.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.format(Format::DateTime).unwrap_or_else(|| self.epoch_seconds()))
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

/// A timestamp that another type cannot represent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversionError(&'static str);

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the point in time is too far away for {}", self.0)
    }
}

impl std::error::Error for ConversionError {}

/// A text that is not a timestamp of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTimeParseError {
    format: Format,
}

impl fmt::Display for DateTimeParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not {}", self.format.example())
    }
}

impl std::error::Error for DateTimeParseError {}

/// A timestamp that a format cannot represent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTimeFormatError(());

impl fmt::Display for DateTimeFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_SUCH_YEAR)
    }
}

impl std::error::Error for DateTimeFormatError {}

impl Format {
    /// Describes the format, for errors.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::DateTime | Self::DateTimeWithOffset => "a date and time such as 2015-01-25T08:00:00Z",
            Self::HttpDate => "a date and time such as Sun, 25 Jan 2015 08:00:00 GMT",
            Self::EpochSeconds => "a number of seconds since 1970",
        }
    }
}

impl DateTime {
    /// Parses a text; `None` if it does not have the format.
    pub(crate) fn parse(text: &str, format: Format) -> Option<Self> {
        match format {
            Format::DateTime | Format::DateTimeWithOffset => {
                let pieces = Pieces::parse(text).ok()?;
                let local = pieces.date().to_datetime(pieces.time()?);
                let offset = pieces.to_numeric_offset()?;
                let there = Self::from_civil(local)?;
                Some(Self { seconds: there.seconds.checked_sub(offset.seconds().into())?, ..there })
            }
            Format::HttpDate => Self::from_civil(strtime::parse(HTTP_DATE, text).ok()?.to_datetime().ok()?),
            Format::EpochSeconds => {
                // Exponents are rare enough to go by a float.
                Self::parse_decimal(text)
                    .or_else(|| text.parse().ok().filter(|_| text.contains(['e', 'E'])).and_then(Self::from_float))
            }
        }
    }

    /// Formats the timestamp; `None` if the format does not support the year.
    pub(crate) fn format(self, format: Format) -> Option<String> {
        let calendar = || EPOCH.checked_add(self.since_epoch()).ok().filter(|date| date.year() >= 0);
        match format {
            Format::DateTime | Format::DateTimeWithOffset => Some(format!("{}Z", calendar()?)),
            Format::HttpDate => strtime::format(HTTP_DATE, calendar()?).ok(),
            Format::EpochSeconds => Some(self.epoch_seconds()),
        }
    }

    /// Formats as seconds since the epoch, with a fraction if there is one.
    pub(crate) fn epoch_seconds(self) -> String {
        let nanos = self.as_nanos();
        let sign = if nanos < 0 { "-" } else { "" };
        let (whole, rest) = (nanos.abs() / NANOS_PER_SECOND, nanos.abs() % NANOS_PER_SECOND);
        if rest == 0 {
            return format!("{sign}{whole}");
        }
        let rest = format!("{rest:09}");
        format!("{sign}{whole}.{}", rest.trim_end_matches('0'))
    }

    /// Converts a float by its shortest decimal, which is most likely what was written.
    pub(crate) fn from_float(seconds: f64) -> Option<Self> {
        Self::parse_decimal(&seconds.to_string())
    }

    /// Parses seconds with an optional fraction. Digits below a nanosecond are dropped.
    fn parse_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        // Far below what 128 bits hold when multiplied, so that nothing overflows.
        let whole: u64 = whole.parse().ok()?;
        let fraction: i128 = format!("{fraction:0<9.9}").parse().ok()?;
        let nanos = i128::from(whole) * NANOS_PER_SECOND + fraction;
        Self::from_nanos(if negative { -nanos } else { nanos }).ok()
    }

    fn from_civil(date: civil::DateTime) -> Option<Self> {
        Self::from_nanos(date.duration_since(EPOCH).as_nanos()).ok()
    }

    fn since_epoch(self) -> SignedDuration {
        // Less than a second, so that it fits and nothing is carried over.
        SignedDuration::new(self.seconds, i32::try_from(self.nanos).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
