//! Points in time as text, in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `2023-01-01T00:00:00+00:00`, as Python writes it.
pub(super) fn iso(time: SystemTime) -> String {
    let (date, seconds) = parts(time);
    format!("{date}T{:02}:{:02}:{:02}+00:00", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `2023-01-01 00:00 UTC`
pub(super) fn minutes(time: SystemTime) -> String {
    let (date, seconds) = parts(time);
    format!("{date} {:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60)
}

/// `2 h 5 min`
pub(super) fn left(left: Duration) -> String {
    let minutes = left.as_secs() / 60;
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// The date, and the seconds of the day.
fn parts(time: SystemTime) -> (String, u64) {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    // Days of a calendar whose years begin in March, in eras of 400 of them.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (date, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    (format!("{year:04}-{month:02}-{date:02}"), seconds % 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00+00:00"),
            (951_782_400, "2000-02-29T00:00:00+00:00"),
            (1_596_414_957, "2020-08-03T00:35:57+00:00"),
            (4_102_444_799, "2099-12-31T23:59:59+00:00"),
        ] {
            assert_eq!(iso(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
        assert_eq!(left(Duration::from_secs(7_500)), "2 h 5 min");
    }
}
