//! Points in time, as the cache's files write them.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// Reads a date: RFC 3339 with `Z` or an offset, with or without a fraction, or the `UTC` at its end that old
/// versions of the AWS CLI wrote. `None` for everything else, a date without a zone included.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    match text.strip_suffix("UTC") {
        Some(front) => format!("{}Z", front.trim_end()).parse().ok(),
        None => text.parse().ok(),
    }
}

/// Writes a date as all tools can read it: UTC, whole seconds.
pub(crate) fn format(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The same for people: a date that the clock of this computer shows.
pub(crate) fn of(time: SystemTime) -> Timestamp {
    // What lies beyond the year 9999 is as good as for ever.
    Timestamp::try_from(time).unwrap_or(if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX })
}

/// The point in time after so many seconds.
pub(crate) fn after(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(time.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

/// The seconds from one point in time to a later one; negative where it is an earlier one.
pub(crate) fn seconds_until(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second())
}

/// As the standard library has it.
pub(crate) fn system(time: Timestamp) -> SystemTime {
    let millis = time.as_millisecond();
    let distance = Duration::from_millis(millis.unsigned_abs());
    let shifted = if millis < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    shifted.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A span for people: `2h 5m`, `40s`.
pub(crate) fn span(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (days, hours, _) => format!("{days}d {hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_and_written() {
        for (text, written) in [
            ("2021-12-25T21:30:00Z", Some("2021-12-25T21:30:00Z")),
            ("2021-12-25T21:30:00.123Z", Some("2021-12-25T21:30:00Z")),
            ("2021-12-25T21:30:00+09:00", Some("2021-12-25T12:30:00Z")),
            ("2002-10-18T03:52:38UTC", Some("2002-10-18T03:52:38Z")),
            ("2021-12-25T21:30:00", None),
            ("UTC", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), written, "{text}");
        }
        assert_eq!(system(Timestamp::UNIX_EPOCH), SystemTime::UNIX_EPOCH);
        assert_eq!(of(SystemTime::UNIX_EPOCH + Duration::from_secs(7)).as_second(), 7);
        assert_eq!((span(40), span(-125 * 60), span(90_000)), ("40s".into(), "2h 5m".into(), "1d 1h".into()));
    }
}
