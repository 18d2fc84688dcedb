//! HTTP dates and basic ISO 8601 timestamps, without the `timestamp` feature.
//!
//! Only IMF-fixdate is parsed, the one form that RFC 9110 lets senders generate.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: u64 = 24 * 60 * 60;

/// Parses an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    let mut words = text.trim().strip_suffix(" GMT")?.split_once(", ")?.1.split(' ');
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let mut parts = time.split(':');
    let (hour, minute, second) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let (year, day) = (digits(year, 4)?, digits(day, 2)?);
    let in_range = year >= 1970 && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !in_range || words.next().is_some() || parts.next().is_some() {
        return None;
    }
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Formats a time as `20261122T031107Z`; `None` before 1970 and after 9999.
pub(crate) fn basic(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let (year, month, day) = date(seconds / DAY);
    if year > 9999 {
        return None;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    Some(format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"))
}

/// Parses a number of exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<u64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Returns the days since 1970-01-01. Years start in March here, so that the leap day is the last of its year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

/// The inverse of [`days`].
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        for (text, seconds, basic_text) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0, "19700101T000000Z"),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777, "19941106T084937Z"),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799, "20000229T235959Z"),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800, "20000301T000000Z"),
            ("Sun, 22 Nov 2026 03:11:07 GMT", 1_795_317_067, "20261122T031107Z"),
            ("Sun, 28 Feb 2100 12:00:00 GMT", 4_107_499_200, "21000228T120000Z"),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799, "99991231T235959Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(parse(text), Some(time), "{text}");
            assert_eq!(basic(time).as_deref(), Some(basic_text));
        }
    }

    #[test]
    fn malformed_dates() {
        for text in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Non 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 06 Nov 1994 +8:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(basic(UNIX_EPOCH - Duration::from_secs(1)), None);
        assert_eq!(basic(UNIX_EPOCH + Duration::from_secs(253_402_300_800)), None);
    }
}
