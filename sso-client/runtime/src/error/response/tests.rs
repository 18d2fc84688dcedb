use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::*;

fn response(header: Option<&'static str>, body: &'static str) -> HttpResponse {
    let mut headers = HeaderMap::new();
    if let Some(header) = header {
        headers.insert(ERROR_TYPE, HeaderValue::from_static(header));
    }
    HttpResponse::new(StatusCode::BAD_REQUEST, headers, body)
}

#[test]
fn messages() {
    for (member, body, message) in [
        ("", r#"{"message":"m","error_description":"d"}"#, Some("m")),
        ("error_description", r#"{"error_description":"d","message":"m"}"#, Some("m")),
        ("error_description", r#"{"error":"e","error_description":"d"}"#, Some("d")),
        ("error_description", r#"{"error_description":null}"#, None),
        ("", r#"{"error_description":"d"}"#, None),
        ("", r#"{"":"d"}"#, None),
    ] {
        let parsed = ParsedError::read(&response(None, body), &ErrorPlaces { message: member, ..ErrorPlaces::USUAL });
        assert_eq!(parsed.message.as_deref(), message, "{member} {body}");
    }
}

#[test]
fn codes() {
    for (header, body, code) in [
        (Some("A"), r#"{"code":"B","__type":"C"}"#, Some("A")),
        (None, r#"{"__type":"C","code":"B"}"#, Some("B")),
        (None, r#"{"__type":"C"}"#, Some("C")),
        (None, r#"{"code":42,"__type":"C"}"#, Some("C")),
        (Some(""), r#"{"__type":"C"}"#, Some("C")),
        (Some("A:http://x/y#z"), "", Some("A")),
        (Some("a.b#A"), "", Some("A")),
        (Some("aws.x#A:http://x/y#z"), "", Some("A")),
        (Some("A"), "<html>", Some("A")),
        (Some("A"), "{\"cut", Some("A")),
        (None, "[1]", None),
        (None, "", None),
        (None, "{}", None),
        (None, "\n", None),
    ] {
        assert_eq!(ParsedError::read(&response(header, body), &ErrorPlaces::USUAL).code(), code, "{header:?} {body}");
    }
}

#[test]
fn public_codes() {
    let places = ErrorPlaces { code_header: "x-code", ..ErrorPlaces::USUAL };
    for (header, body, code, public) in [
        ("Old.NoQueue;Sender", r#"{"__type":"NoQueue"}"#, "NoQueue", "Old.NoQueue"),
        ("Old.NoQueue", r#"{"__type":"x#NoQueue"}"#, "NoQueue", "Old.NoQueue"),
        (";Sender", r#"{"__type":"NoQueue"}"#, "NoQueue", "NoQueue"),
        ("Old.NoQueue;Sender", "", "Old.NoQueue", "Old.NoQueue"),
    ] {
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-code"), HeaderValue::from_static(header))]);
        let response = HttpResponse::new(StatusCode::BAD_REQUEST, headers, body);
        let parsed = ParsedError::read(&response, &places);
        assert_eq!(parsed.code(), Some(code), "{header} {body}");
        let error = ErrorResponse::of(&response, parsed, None);
        assert_eq!((error.code(), error.meta.code()), (code, Some(public)), "{header} {body}");
        // Where the service does not use the header, it is not looked at.
        assert_eq!(ParsedError::read(&response, &ErrorPlaces::USUAL).public_code(), None);
    }
}

#[test]
fn classification() {
    use RetryKind::{Throttling, Transient};
    for (status, code, kind) in [
        (500, None, Some(Transient)),
        (502, None, Some(Transient)),
        (503, Some("Whatever"), Some(Transient)),
        (504, None, Some(Transient)),
        (501, None, None),
        (509, None, None),
        (408, None, None),
        (429, None, Some(Throttling)),
        (429, Some("Other"), None),
        (429, Some("TooManyRequestsException"), Some(Throttling)),
        (400, Some("TooManyRequestsException"), Some(Throttling)),
        (400, Some("SlowDown"), Some(Throttling)),
        (503, Some("SlowDown"), Some(Throttling)),
        (400, Some("RequestTimeout"), Some(Transient)),
        (400, Some("InternalError"), None),
        (401, Some("UnauthorizedException"), None),
        (301, None, None),
    ] {
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(classify(status, code), kind, "{status} {code:?}");
    }
}
