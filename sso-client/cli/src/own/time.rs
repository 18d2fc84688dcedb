//! Points in time as text, in UTC.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// `2023-01-01T00:00:00+00:00`, as Python writes it.
pub(super) fn iso(time: SystemTime) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// `2023-01-01 00:00 UTC`
pub(super) fn minutes(time: SystemTime) -> String {
    timestamp(time).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn timestamp(time: SystemTime) -> Timestamp {
    // What lies beyond the year 9999 is as good as forever.
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
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

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

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
        assert_eq!(minutes(UNIX_EPOCH), "1970-01-01 00:00 UTC");
        assert_eq!(left(Duration::from_secs(7_500)), "2 h 5 min");
    }
}
