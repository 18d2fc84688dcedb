//! What to do about the failures that people meet most.
//!
//! Pure functions from what is known of a failure to a sentence, or to nothing: a hint that is
//! wrong costs more time than none. They know no service; codes and statuses are AWS's and HTTP's.
//! No hint repeats what came from outside.

use std::borrow::Cow;
use std::io;

use super::retryable::{RetryKind, classify};
use crate::failure::{CertificateProblem, ConnectorError, Reason, Stage};
use crate::http::{Headers, HttpResponse};
use crate::time::TimeoutKind;

type Hint = Cow<'static, str>;

/// There is nothing that an endpoint could be derived from.
pub(crate) const NO_REGION: &str =
    "set the region, as in Config::builder().region(Region::new(\"eu-west-1\")), or an endpoint URL";

/// There is no FIPS endpoint, or none that answers.
pub(crate) const FIPS: &str = "not every service has FIPS endpoints in every region, and none goes with an \
    endpoint URL: without use_fips the request would go to the usual one";

const TOKEN: &str = "the token may have expired, been revoked, or come from another region than the one that is asked: \
    sign in again, and check the region";
const ACCESS: &str = "what is asked for may not exist, or not be assigned to this user: check the spelling of the account \
    and the role, and that both are assigned";
const THROTTLED: &str =
    "requests come faster than the service takes them: wait before the next, and make fewer at a time";
const REDIRECTED: &str = "redirects are not followed: the endpoint URL or the region may be wrong";
const NOTHING_HERE: &str = "what answered does not seem to be the service: check the endpoint URL and its path";
const PROXY: &str = "this came from a proxy or a sign-in page on the way, not from AWS: check the proxy's settings, or sign \
    in to the network";
const PROXY_CREDENTIALS: &str = "the proxy asks for a user name and a password: set them in the proxy's URL";
const CLOCK: &str = "this computer's clock may be wrong: set it by the network's time";
const UNTRUSTED: &str = "the server's certificate is not from an authority that is trusted here; some networks look into \
    TLS: then add their authority's certificate to those that are trusted";
const OUTDATED: &str = "the server's certificate is not valid today: check this computer's clock before anything else";
const OTHER_NAME: &str = "the server's certificate is for another host: check the endpoint URL, and whether something on \
    the way answers in the server's place";
const TLS: &str = "TLS could not be agreed on: check that the endpoint URL's scheme and port go together, and whether a \
    proxy is on the way";
const UNKNOWN_HOST: &str = "the host's name could not be looked up: check the region's spelling or the endpoint URL, and \
    that the network, or its proxy, is there";
const REFUSED: &str = "nothing listens there: check the endpoint URL, or the proxy's";
const NOT_HTTP: &str = "what answered does not speak HTTP: check the endpoint URL's scheme and port";

/// Codes by which AWS says that a token, or what it stands for, is not valid.
const TOKEN_CODES: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnauthorizedException",
    "UnrecognizedClientException",
];

/// Codes by which AWS says that something is not there for this caller.
const ACCESS_CODES: &[&str] =
    &["AccessDenied", "AccessDeniedException", "ForbiddenException", "NotAuthorized", "ResourceNotFoundException"];

/// Codes by which AWS says that the time of a request is wrong, or may be.
const CLOCK_CODES: &[&str] = &[
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// How far apart clocks may be before AWS refuses requests because of it, in seconds.
const TOLERANCE: u64 = 5 * 60;

/// An error response. `ahead` is by how many seconds the server's clock is ahead of ours.
pub(crate) fn error_response(response: &HttpResponse, code: Option<&str>, ahead: Option<i64>) -> Option<Hint> {
    let status = response.status().as_u16();
    let is = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    let skewed = skew(ahead);
    if is(CLOCK_CODES) {
        return Some(skewed.unwrap_or(Cow::Borrowed(CLOCK)));
    }
    if status == 407 {
        return Some(PROXY_CREDENTIALS.into());
    }
    let foreign = code.is_none() && !from_aws(response.headers());
    let hint = match status {
        _ if foreign && (is_markup(response) || matches!(status, 502..=504)) => PROXY,
        _ if is(TOKEN_CODES) => TOKEN,
        _ if is(ACCESS_CODES) => ACCESS,
        _ if classify(response.status(), code) == Some(RetryKind::Throttling) => THROTTLED,
        401 => TOKEN,
        403 => ACCESS,
        300..=399 => REDIRECTED,
        404 | 405 if foreign => NOTHING_HERE,
        // A clock that is far off need not be the reason, but is the best guess left.
        400..=499 => return skewed,
        _ => return None,
    };
    Some(match skewed {
        Some(skew) if hint == TOKEN || hint == ACCESS => Cow::Owned(format!("{hint}; besides, {skew}")),
        _ => Cow::Borrowed(hint),
    })
}

/// A response of success that could not be read.
pub(crate) fn unreadable(response: &HttpResponse) -> Option<Hint> {
    (is_markup(response) && !from_aws(response.headers())).then_some(Cow::Borrowed(PROXY))
}

/// There was no response that can be used. `fips` says whether the endpoint is a FIPS endpoint.
pub(crate) fn failure(cause: &ConnectorError, fips: bool) -> Option<Hint> {
    Some(Cow::Borrowed(match (cause.reason(), cause.stage()) {
        (Reason::TimedOut(kind), _) => return Some(timeout(kind)),
        (Reason::Certificate(CertificateProblem::Expired | CertificateProblem::NotValidYet), _) => OUTDATED,
        (Reason::Certificate(CertificateProblem::OtherName), _) => OTHER_NAME,
        (Reason::Certificate(_), _) => UNTRUSTED,
        (Reason::TlsProtocol, _) => TLS,
        (Reason::NotHttp, _) => NOT_HTTP,
        (Reason::Io(_), Stage::NameLookup) => {
            if fips {
                FIPS
            } else {
                UNKNOWN_HOST
            }
        }
        (Reason::Io(io::ErrorKind::ConnectionRefused), _) => REFUSED,
        // The others have messages that say what to do, or nothing can be said.
        _ => return None,
    }))
}

/// A time limit ran out.
pub(crate) fn timeout(kind: TimeoutKind) -> Hint {
    Cow::Borrowed(match kind {
        TimeoutKind::Connect => {
            "the host did not answer at all: check the network, its firewall and its proxy, or give connecting more time \
             (connect_timeout)"
        }
        TimeoutKind::Read => "the server fell silent: try again later, or give it more time (read_timeout)",
        TimeoutKind::Attempt => "give an attempt more time (operation_attempt_timeout), or try again later",
        TimeoutKind::Operation => {
            "give the call more time (operation_timeout), or try again later; retries count into it"
        }
    })
}

fn from_aws(headers: &Headers) -> bool {
    headers.iter().any(|(name, _)| name.starts_with("x-amz"))
}

/// Whether a body is HTML or XML.
fn is_markup(response: &HttpResponse) -> bool {
    response.body().trim_ascii_start().starts_with(b"<")
}

/// What to say of clocks that are too far apart.
fn skew(ahead: Option<i64>) -> Option<Hint> {
    let ahead = ahead.filter(|ahead| ahead.unsigned_abs() > TOLERANCE)?;
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let minutes = ahead.unsigned_abs() / 60;
    Some(
        format!("this computer's clock is {minutes} minutes {direction} the server's: set it by the network's time")
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    fn response(status: u16, header: Option<&'static str>, body: &'static str) -> HttpResponse {
        let mut headers = HeaderMap::new();
        if let Some(name) = header {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        HttpResponse::new(StatusCode::from_u16(status).expect("a status"), headers, body)
    }

    #[test]
    fn answers() {
        const AWS: Option<&str> = Some("x-amzn-requestid");
        for (status, header, body, code, hint) in [
            (401, None, "{}", Some("UnauthorizedException"), Some(TOKEN)),
            (400, AWS, "{}", Some("ExpiredToken"), Some(TOKEN)),
            (401, AWS, "", None, Some(TOKEN)),
            (403, AWS, "", Some("ForbiddenException"), Some(ACCESS)),
            (404, AWS, "", Some("ResourceNotFoundException"), Some(ACCESS)),
            (403, None, "{}", None, Some(ACCESS)),
            (403, None, " <html>", None, Some(PROXY)),
            (403, AWS, "<html>", None, Some(ACCESS)),
            (407, None, "<html>", None, Some(PROXY_CREDENTIALS)),
            (502, None, "", None, Some(PROXY)),
            (502, AWS, "", None, None),
            (503, None, "", Some("SlowDown"), Some(THROTTLED)),
            (429, None, "", None, Some(THROTTLED)),
            (301, None, "", None, Some(REDIRECTED)),
            (404, None, "", None, Some(NOTHING_HERE)),
            (404, AWS, "", None, None),
            (400, AWS, "", Some("InvalidSignatureException"), Some(CLOCK)),
            (400, AWS, "", Some("InvalidRequestException"), None),
            (500, AWS, "", None, None),
            (500, None, "", None, None),
        ] {
            let found = error_response(&response(status, header, body), code, Some(-300));
            assert_eq!(found.as_deref(), hint, "{status} {header:?} {body} {code:?}");
        }
    }

    #[test]
    fn clocks() {
        let bad = response(400, None, "{}");
        let told = |code, ahead| error_response(&bad, code, ahead).map(Cow::into_owned).unwrap_or_default();
        let behind = "this computer's clock is 60 minutes behind the server's: set it by the network's time";
        assert_eq!(told(Some("RequestTimeTooSkewed"), Some(3600)), behind);
        assert_eq!(told(Some("InvalidRequestException"), Some(3600)), behind);
        assert!(told(None, Some(-601)).contains("10 minutes ahead of"), "{}", told(None, Some(-601)));
        assert_eq!(told(None, Some(300)), "");
        assert_eq!(told(None, None), "");
        assert_eq!(told(Some("ExpiredToken"), Some(3600)), format!("{TOKEN}; besides, {behind}"));
        assert!(!told(None, Some(i64::MIN)).is_empty(), "no overflow");
    }
}
