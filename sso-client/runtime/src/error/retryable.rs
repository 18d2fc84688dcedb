//! Which error responses are transient or throttling errors.

use http::StatusCode;

/// A failure that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryKind {
    /// Something broke on the way or in the service.
    Transient,
    /// The service wants fewer requests.
    Throttling,
}

/// Codes by which services say that requests come too fast.
const THROTTLING_CODES: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Codes by which services say that something took too long.
const TRANSIENT_CODES: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

/// Whether an error response may pass, by its code first and by its status after that.
pub fn classify(status: StatusCode, code: Option<&str>) -> Option<RetryKind> {
    match code {
        Some(code) if THROTTLING_CODES.contains(&code) => return Some(RetryKind::Throttling),
        Some(code) if TRANSIENT_CODES.contains(&code) => return Some(RetryKind::Transient),
        _ => {}
    }
    match status.as_u16() {
        500 | 502 | 503 | 504 => Some(RetryKind::Transient),
        // A proxy in between may throttle without AWS's codes.
        429 if code.is_none() => Some(RetryKind::Throttling),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
