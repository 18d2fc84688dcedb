use super::*;
use crate::data::json::{Members, Structure, document, read_body, read_value};
use crate::data::{FromWire, WireValue, json};

const LAST: i64 = 253_402_300_799;
const YEAR_ZERO: i64 = -62_167_219_200;

fn at(seconds: i64, nanos: u32) -> DateTime {
    DateTime::from_secs_and_nanos(seconds, nanos)
}

#[test]
fn round_trip() {
    use Format::{DateTime as Rfc3339, EpochSeconds, HttpDate};
    for (time, format, text) in [
        (at(0, 0), Rfc3339, "1970-01-01T00:00:00Z"),
        (at(1_576_540_098, 0), Rfc3339, "2019-12-16T23:48:18Z"),
        (at(1_576_540_098, 120_000_000), Rfc3339, "2019-12-16T23:48:18.12Z"),
        (at(1_576_540_098, 1), Rfc3339, "2019-12-16T23:48:18.000000001Z"),
        (at(-1, 500_000_000), Rfc3339, "1969-12-31T23:59:59.5Z"),
        (at(LAST, 999_999_999), Rfc3339, "9999-12-31T23:59:59.999999999Z"),
        (at(YEAR_ZERO, 0), Rfc3339, "0000-01-01T00:00:00Z"),
        (at(951_782_400, 0), Format::DateTimeWithOffset, "2000-02-29T00:00:00Z"),
        (at(946_845_296, 0), HttpDate, "Sun, 02 Jan 2000 20:34:56 GMT"),
        (at(946_845_296, 456_000_000), HttpDate, "Sun, 02 Jan 2000 20:34:56.456 GMT"),
        (at(LAST, 0), HttpDate, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (at(0, 0), EpochSeconds, "0"),
        (at(1_576_540_098, 123_000_000), EpochSeconds, "1576540098.123"),
        (at(-2, 500_000_000), EpochSeconds, "-1.5"),
        (at(-1, 500_000_000), EpochSeconds, "-0.5"),
        (at(i64::MAX, 999_999_999), EpochSeconds, "9223372036854775807.999999999"),
        (at(i64::MIN, 0), EpochSeconds, "-9223372036854775808"),
    ] {
        assert_eq!(time.fmt(format).as_deref(), Ok(text));
        assert_eq!(DateTime::from_str(text, format), Ok(time), "{text}");
    }
}

#[test]
fn lenient_inputs() {
    use Format::{DateTime as Rfc3339, EpochSeconds, HttpDate};
    for (format, text, time) in [
        (Rfc3339, "2019-12-17T00:48:18+01:00", at(1_576_540_098, 0)),
        (Rfc3339, "2019-12-16T18:18:18.5-05:30", at(1_576_540_098, 500_000_000)),
        (Rfc3339, "2019-12-16t23:48:18z", at(1_576_540_098, 0)),
        (Rfc3339, "9999-12-31T23:59:59-01:00", at(LAST + 3600, 0)),
        (Rfc3339, "2019-12-16T23:48:18.120000Z", at(1_576_540_098, 120_000_000)),
        (HttpDate, "Sun, 2 Jan 2000 20:34:56 GMT", at(946_845_296, 0)),
        (EpochSeconds, "1.50", at(1, 500_000_000)),
        (EpochSeconds, "1.0000000009", at(1, 0)),
        (EpochSeconds, "1.5e9", at(1_500_000_000, 0)),
        (EpochSeconds, "-0", at(0, 0)),
    ] {
        assert_eq!(DateTime::from_str(text, format), Ok(time), "{text}");
    }
}

#[test]
fn invalid_inputs() {
    use Format::{DateTime as Rfc3339, EpochSeconds, HttpDate};
    for (format, texts) in [
        (
            Rfc3339,
            &[
                "",
                "é",
                "2019-12-16",
                "2019-12-16T23:48:18",
                "2019-02-29T00:00:00Z",
                "2019-12-16T25:00:00Z",
                "10000-01-01T00:00:00Z",
                "1576540098",
                "Sun, 02 Jan 2000 20:34:56 GMT",
            ][..],
        ),
        (
            HttpDate,
            &[
                "",
                "Mon, 02 Jan 2000 20:34:56 GMT",
                "Sun, 02 Jan 2000 20:34:56",
                "Sun, 32 Jan 2000 20:34:56 GMT",
                "2019-12-16T23:48:18Z",
            ],
        ),
        (
            EpochSeconds,
            &["", "-", ".5", "1.", "1.-5", "+1", "0x1", "NaN", "inf", "1e400", "1e19", "9223372036854775808", "-é"],
        ),
    ] {
        for text in texts {
            let error = DateTime::from_str(text, format).expect_err(text).to_string();
            assert!(error.starts_with("the text is not a "), "{error}");
        }
    }
}

#[test]
fn years_out_of_range() {
    for time in [at(LAST + 1, 0), at(YEAR_ZERO, 0).before(), at(i64::MAX, 999_999_999), at(i64::MIN, 0)] {
        for format in [Format::DateTime, Format::DateTimeWithOffset, Format::HttpDate] {
            time.fmt(format).expect_err("no such year");
        }
        assert_eq!(time.to_string(), time.fmt(Format::EpochSeconds).expect("seconds"));
        assert!(time.refusal(TimestampFormat::HttpDate).is_some());
        assert!(time.refusal(TimestampFormat::EpochSeconds).is_none());
        let written = document(&Event { at: None, stamp: Some(time) });
        assert_eq!(written.invalid.len(), 1);
    }
}

impl DateTime {
    fn before(self) -> Self {
        Self::from_nanos(self.as_nanos() - 1).expect("in range")
    }
}

#[test]
fn constructors_and_accessors() {
    assert_eq!(DateTime::from_millis(-1), at(-1, 999_000_000));
    assert_eq!(DateTime::from_millis(1500), at(1, 500_000_000));
    assert_eq!(DateTime::from_millis(i64::MIN).to_millis(), Ok(i64::MIN));
    assert_eq!(DateTime::from_nanos(-1), Ok(at(-1, 999_999_999)));
    assert!(DateTime::from_nanos(i128::MAX).is_err() && DateTime::from_nanos(i128::MIN).is_err());
    assert_eq!(at(1, u32::MAX), at(5, 294_967_295));
    assert_eq!(at(i64::MAX, u32::MAX).secs(), i64::MAX);
    assert_eq!(DateTime::from_secs_f64(1_576_540_098.123), at(1_576_540_098, 123_000_000));
    assert_eq!(DateTime::from_secs_f64(-1.5), at(-2, 500_000_000));
    assert_eq!(DateTime::from_secs_f64(f64::NAN), at(0, 0));
    assert_eq!(DateTime::from_secs_f64(f64::INFINITY), DateTime::MAX);
    assert_eq!(DateTime::from_secs_f64(-1e300), DateTime::MIN);
    assert_eq!(DateTime::from_fractional_secs(5, 0.25), at(5, 250_000_000));
    assert_eq!(DateTime::from_fractional_secs(5, -0.25), at(4, 750_000_000));
    assert_eq!(DateTime::from_fractional_secs(i64::MAX, 1e300), DateTime::MAX);
    assert!(DateTime::MAX.to_millis().is_err() && DateTime::MIN.to_millis().is_err());
    let time = at(-2, 500_000_000);
    assert_eq!((time.secs(), time.subsec_nanos(), time.has_subsec_nanos()), (-2, 500_000_000, true));
    assert_eq!((time.as_nanos(), time.as_secs_f64(), time.to_millis()), (-1_500_000_000, -1.5, Ok(-1500)));
    assert_eq!(DateTime::default().to_string(), "1970-01-01T00:00:00Z");
    assert!(at(1, 2) < at(2, 1) && at(1, 1) < at(1, 2));
}

#[test]
fn system_time() {
    for time in [at(1_576_540_098, 123), at(-2, 500_000_000), at(0, 0)] {
        let system = SystemTime::try_from(time).expect("in range");
        assert_eq!(DateTime::from(system), time);
    }
    // Whether this fails depends on the system; that it does not panic does not.
    let _ = (SystemTime::try_from(DateTime::MAX), SystemTime::try_from(DateTime::MIN));
}

#[derive(Debug, Default, PartialEq)]
struct Event {
    at: Option<DateTime>,
    stamp: Option<DateTime>,
}

impl Structure for Event {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "at" => from.read(&mut self.at),
            "stamp" => from.read_as(&mut self.stamp, TimestampFormat::DateTime),
            _ => from.skip(),
        }
    }
}

impl json::WriteStructure for Event {
    fn write_members(&self, to: &mut json::Object<'_>) {
        to.member("at", self.at.as_ref());
        to.member_as("stamp", TimestampFormat::DateTime, self.stamp.as_ref());
    }
}

#[test]
fn json_bodies() {
    let event = Event { at: Some(at(1_576_540_098, 123_000_000)), stamp: Some(at(1_576_540_098, 0)) };
    let text = br#"{"at":1576540098.123,"stamp":"2019-12-16T23:48:18Z"}"#;
    assert_eq!(document(&event).json, &text[..]);
    assert_eq!(read_body::<Event>(text).expect("an event"), event);
    for (json, time) in [("1576540098", at(1_576_540_098, 0)), ("\"-1.5\"", at(-2, 500_000_000)), ("1e3", at(1000, 0))]
    {
        assert_eq!(read_value::<DateTime>(json.as_bytes()).expect(json), time);
    }
    for (json, detail) in [
        (r#"{"at":"SECRET"}"#, "at: expected a number of seconds since 1970, found another text"),
        (r#"{"at":1e300}"#, "at: expected a number of seconds since 1970, found a number with"),
        (r#"{"at":18446744073709551615}"#, "at: expected a number of seconds since 1970, found a number"),
        (r#"{"at":true}"#, "found a boolean"),
        (r#"{"stamp":1576540098}"#, "stamp: expected a date and time such as 2015-01-25T08:00:00Z, found a number"),
    ] {
        let error = read_body::<Event>(json.as_bytes()).expect_err(json).to_string();
        assert!(error.contains(detail) && !error.contains("SECRET"), "{error}");
    }
}

#[test]
fn headers() {
    let time = at(946_845_296, 0);
    let texts = [
        (TimestampFormat::DateTime, "2000-01-02T20:34:56Z"),
        (TimestampFormat::HttpDate, "Sun, 02 Jan 2000 20:34:56 GMT"),
        (TimestampFormat::EpochSeconds, "946845296"),
    ];
    for (format, text) in texts {
        assert_eq!(time.to_wire_as(format), text);
        assert_eq!(DateTime::from_wire(text, format), Some(time));
    }
    let mut headers = http::HeaderMap::new();
    let list = "Sun, 02 Jan 2000 20:34:56 GMT, Sun, 02 Jan 2000 20:34:56.456 GMT";
    headers.insert("x-list", http::HeaderValue::from_static(list));
    let response = crate::http::HttpResponse::new(http::StatusCode::OK, headers, "");
    let mut times: Option<Vec<DateTime>> = None;
    response.header_list("x-list", &mut times).expect("times");
    assert_eq!(times, Some(vec![time, at(946_845_296, 456_000_000)]));
}
