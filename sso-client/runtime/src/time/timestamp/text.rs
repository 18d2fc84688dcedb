//! Points in time as text, and back. The calendar is jiff's; seconds since 1970 are read here,
//! since a float would lose digits on the way.

use jiff::SignedDuration;
use jiff::civil;
use jiff::fmt::strtime;
use jiff::fmt::temporal::Pieces;

use super::{DateTime, Format, NANOS_PER_SECOND};

pub(crate) const NO_SUCH_YEAR: &str = "a date's text has a year from 0 to 9999, and this one is outside of them";

/// What [`Format::HttpDate`] looks like; the fraction is optional when read, and left out when zero.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S%.f GMT";

const EPOCH: civil::DateTime = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// What a text has to look like, for messages.
pub(crate) fn example(format: Format) -> &'static str {
    match format {
        Format::DateTime | Format::DateTimeWithOffset => "a date and time such as 2015-01-25T08:00:00Z",
        Format::HttpDate => "a date and time such as Sun, 25 Jan 2015 08:00:00 GMT",
        Format::EpochSeconds => "a number of seconds since 1970",
    }
}

pub(crate) fn parse(text: &str, format: Format) -> Option<DateTime> {
    match format {
        Format::DateTime | Format::DateTimeWithOffset => {
            let pieces = Pieces::parse(text).ok()?;
            let local = pieces.date().to_datetime(pieces.time()?);
            let offset = pieces.to_numeric_offset()?;
            let there = from_civil(local)?;
            Some(DateTime { seconds: there.seconds.checked_sub(offset.seconds().into())?, ..there })
        }
        Format::HttpDate => from_civil(strtime::parse(HTTP_DATE, text).ok()?.to_datetime().ok()?),
        Format::EpochSeconds => {
            // An exponent is rare enough for the way by a float.
            parse_decimal(text).or_else(|| text.parse().ok().filter(|_| text.contains(['e', 'E'])).and_then(from_float))
        }
    }
}

pub(crate) fn format(time: DateTime, format: Format) -> Option<String> {
    let calendar = || EPOCH.checked_add(since_epoch(time)).ok().filter(|date| date.year() >= 0);
    match format {
        Format::DateTime | Format::DateTimeWithOffset => Some(format!("{}Z", calendar()?)),
        Format::HttpDate => strtime::format(HTTP_DATE, calendar()?).ok(),
        Format::EpochSeconds => Some(epoch_seconds(time)),
    }
}

/// The seconds since 1970, with a fraction where there is one.
pub(crate) fn epoch_seconds(time: DateTime) -> String {
    let nanos = time.as_nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    let (whole, rest) = (nanos.abs() / NANOS_PER_SECOND, nanos.abs() % NANOS_PER_SECOND);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let rest = format!("{rest:09}");
    format!("{sign}{whole}.{}", rest.trim_end_matches('0'))
}

/// By the shortest decimal that stands for the float, as which it was most likely written.
pub(crate) fn from_float(seconds: f64) -> Option<DateTime> {
    parse_decimal(&seconds.to_string())
}

/// Seconds since 1970, with or without a fraction. What is smaller than a nanosecond is cut off.
fn parse_decimal(text: &str) -> Option<DateTime> {
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
    DateTime::from_nanos(if negative { -nanos } else { nanos }).ok()
}

fn from_civil(date: civil::DateTime) -> Option<DateTime> {
    DateTime::from_nanos(date.duration_since(EPOCH).as_nanos()).ok()
}

fn since_epoch(time: DateTime) -> SignedDuration {
    // Less than a second, so that it fits and nothing is carried over.
    SignedDuration::new(time.seconds, i32::try_from(time.nanos).unwrap_or_default())
}
