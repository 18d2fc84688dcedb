//! Hints: what to do about the most frequent failures.
//!
//! Hints are for people and know no service; codes and statuses are those of AWS and HTTP. A wrong hint is worse
//! than none, so that unclear failures get none. No hint contains text from outside.

use std::borrow::Cow;
use std::io;

use super::response::{ParsedError, RetryKind, classify};
use crate::failure::{CertificateProblem, ConnectorError, LookupProblem, Peer, Reason, Stage};
use crate::http::HttpResponse;
use crate::time::TimeoutKind;

type Hint = Cow<'static, str>;

/// There is nothing to derive an endpoint from.
pub(crate) const NO_REGION: &str =
    "set the region, as in Config::builder().region(Region::new(\"eu-west-1\")), or an endpoint URL";

/// There is no FIPS endpoint, or it does not exist in DNS.
pub(crate) const FIPS: &str = "not every service has FIPS endpoints in every region, and none goes with an \
    endpoint URL: without use_fips the request would go to the usual one";

const TOKEN: &str = "the token may have expired, been revoked, or come from another region than the one that is asked: \
    sign in again, and check the region";
const ACCESS: &str = "this user may not do that: check what is assigned to the user";
const THROTTLED: &str =
    "requests come faster than the service takes them: wait before the next, and make fewer at a time";
const REDIRECTED: &str = "redirects are not followed: the endpoint URL or the region may be wrong";
const NOTHING_HERE: &str = "what answered does not seem to be the service: check the endpoint URL and its path";
const PROXY: &str = "this came from a proxy or a sign-in page on the way, not from AWS: check the proxy's settings, or sign \
    in to the network";
const COMPRESSED: &str = "something on the way compresses responses, which this client does not ask for: check the proxy or \
    the endpoint URL";
const TOO_SLOW: &str =
    "the request did not arrive in time at the server, or at a proxy: check the network, and try again";
const PROXY_CREDENTIALS: &str = "the proxy asks for a user name and a password: set them in the proxy's URL";
const PROXY_SCHEMES: &str =
    "a proxy on this computer that signs in to the other one can go between: set its URL as the proxy's";
const PROXY_UNKNOWN: &str = "the proxy's name does not exist: check the host in the proxy's URL";
const PROXY_REFUSED: &str = "nothing listens there: check host and port of the proxy's URL";
const PROXY_SILENT: &str = "check host and port of the proxy's URL, and the network on the way to it, or give connecting \
    more time (connect_timeout)";
const PROXY_SCHEME: &str = "check the proxy's URL: with http:// instead of https:// the proxy is spoken to without TLS";
const NOT_A_PROXY: &str = "what answers there is no HTTP proxy: check scheme, host and port of the proxy's URL";
const PROXY_OUTDATED: &str =
    "the proxy's certificate is not valid today: check this computer's clock before anything else";
const PROXY_OTHER_NAME: &str = "the proxy's certificate is for another host: check the host in the proxy's URL";
const PROXY_UNTRUSTED: &str = "the proxy's certificate is not from an authority that is trusted here: add its \
    authority's certificate to those that are trusted";
const CLOCK: &str = "this computer's clock may be wrong: set it by the network's time";
const UNTRUSTED: &str = "the server's certificate is not from an authority that is trusted here; some networks look into \
    TLS: then add their authority's certificate to those that are trusted";
const OUTDATED: &str = "the server's certificate is not valid today: check this computer's clock before anything else";
const OTHER_NAME: &str = "the server's certificate is for another host: check the endpoint URL, and whether something on \
    the way answers in the server's place";
const TLS: &str = "TLS could not be agreed on: check that the endpoint URL's scheme and port go together, and whether a \
    proxy is on the way";
const UNKNOWN_HOST: &str = "the host's name does not exist: check the region's spelling or the endpoint URL, and whether \
    this network needs a proxy or a VPN";
const NO_LOOKUP: &str = "this computer's name servers do not answer: check the network, its name servers and the VPN, and \
    try again";
const LATE_LOOKUP: &str = "this computer's name servers do not answer: check the network, its name servers and the VPN, or \
    give the lookup more time (lookup_timeout)";
const REFUSED: &str = "nothing listens there: check host and port of the endpoint URL";
const TOO_MANY_FILES: &str = "this process has too many files and connections open: make fewer calls at a time, close \
    what is not needed, or raise the limit (ulimit -n)";
const NOTHING_SENT: &str = "nothing was sent: connecting counts into the time for reading, so check the network, its \
    firewall and its proxy, or give it more time (read_timeout)";
const NOT_HTTP: &str = "what answered does not speak HTTP: check the endpoint URL's scheme and port";

/// Codes for tokens or credentials that are not valid.
const TOKEN_CODES: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnauthorizedException",
    "UnrecognizedClientException",
];

/// Codes for resources that do not exist for this caller.
const ACCESS_CODES: &[&str] =
    &["AccessDenied", "AccessDeniedException", "ForbiddenException", "NotAuthorized", "ResourceNotFoundException"];

/// Codes for requests whose time is wrong, or may be.
const CLOCK_CODES: &[&str] = &[
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// The clock skew, in seconds, beyond which AWS rejects requests.
const TOLERANCE: u64 = 5 * 60;

/// Returns the hint for an error response. `ahead` is how many seconds the server's clock is ahead; `required` are names
/// of required members of the input.
pub(crate) fn error_response(
    response: &HttpResponse,
    error: &ParsedError,
    ahead: Option<i64>,
    required: [Option<&str>; 2],
) -> Option<Hint> {
    let code = error.code();
    let status = response.status().as_u16();
    let is = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    let skewed = skew(ahead);
    if is(CLOCK_CODES) {
        return Some(skewed.unwrap_or(Cow::Borrowed(CLOCK)));
    }
    if status == 407 {
        return Some(PROXY_CREDENTIALS.into());
    }
    let foreign = code.is_none() && !response.is_from_aws();
    let hint = match status {
        _ if foreign && response.compression().is_some() => COMPRESSED,
        _ if foreign && (response.is_markup() || matches!(status, 502..=504)) => PROXY,
        401 | 403 if error.is_foreign() => PROXY,
        408 if code.is_none() => TOO_SLOW,
        _ if is(TOKEN_CODES) => TOKEN,
        _ if is(ACCESS_CODES) => ACCESS,
        _ if classify(response.status(), code) == Some(RetryKind::Throttling) => THROTTLED,
        401 => TOKEN,
        403 => ACCESS,
        300..=399 => REDIRECTED,
        404 | 405 if foreign => NOTHING_HERE,
        // Clock skew need not be the reason, but is the best guess left.
        400..=499 => return skewed,
        _ => return None,
    };
    Some(match skewed {
        Some(skew) if hint == TOKEN => Cow::Owned(format!("{hint}; besides, {skew}")),
        skew if hint == ACCESS => {
            let mut hint = access(required);
            if let Some(skew) = skew {
                hint = Cow::Owned(format!("{hint}; besides, {skew}"));
            }
            hint
        }
        _ => Cow::Borrowed(hint),
    })
}

/// The hint for what does not exist for this caller, with the names of what was asked for.
fn access(required: [Option<&str>; 2]) -> Hint {
    match required {
        [None, _] => ACCESS.into(),
        [Some(name), None] => {
            format!("what is asked for may not exist, or not be assigned to this user: check the {}", words(name))
                .into()
        }
        [Some(one), Some(two)] => format!(
            "what is asked for may not exist, or not be assigned to this user: check the {} and the {}",
            words(one),
            words(two)
        )
        .into(),
    }
}

/// The name of a member in words.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// Returns the hint for a successful response whose body cannot be used.
pub(crate) fn unreadable(response: &HttpResponse) -> Option<Hint> {
    match response.compression() {
        Some(_) => Some(COMPRESSED.into()),
        None => (response.is_markup() && !response.is_from_aws()).then_some(PROXY.into()),
    }
}

/// Returns the hint for a request without a usable response. `fips` is whether the endpoint is a FIPS endpoint.
pub(crate) fn failure(cause: &ConnectorError, fips: bool) -> Option<Hint> {
    let hint = match cause.reason() {
        Reason::TooManyFiles => TOO_MANY_FILES,
        Reason::TimedOut(kind) => return Some(timed_out(kind, cause.stage(), cause.peer())),
        Reason::Lookup(LookupProblem::Temporary | LookupProblem::Other) => NO_LOOKUP,
        reason => match cause.peer() {
            Peer::Server => server_failure(reason, fips)?,
            Peer::Proxy => proxy_failure(reason)?,
        },
    };
    Some(Cow::Borrowed(hint))
}

fn server_failure(reason: Reason, fips: bool) -> Option<&'static str> {
    Some(match reason {
        Reason::Certificate(CertificateProblem::Expired | CertificateProblem::NotValidYet) => OUTDATED,
        Reason::Certificate(CertificateProblem::OtherName) => OTHER_NAME,
        Reason::Certificate(_) => UNTRUSTED,
        Reason::TlsProtocol => TLS,
        Reason::NotHttp => NOT_HTTP,
        Reason::Lookup(LookupProblem::UnknownHost) => {
            if fips {
                FIPS
            } else {
                UNKNOWN_HOST
            }
        }
        Reason::Io(io::ErrorKind::ConnectionRefused) => REFUSED,
        // The others have messages that say what to do, or no remedy is known.
        _ => return None,
    })
}

fn proxy_failure(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::Certificate(CertificateProblem::Expired | CertificateProblem::NotValidYet) => PROXY_OUTDATED,
        Reason::Certificate(CertificateProblem::OtherName) => PROXY_OTHER_NAME,
        Reason::Certificate(_) => PROXY_UNTRUSTED,
        Reason::TlsProtocol => PROXY_SCHEME,
        Reason::NotHttp | Reason::ProxyExtraBytes => NOT_A_PROXY,
        Reason::ProxySchemes => PROXY_SCHEMES,
        Reason::Lookup(LookupProblem::UnknownHost) => PROXY_UNKNOWN,
        Reason::Io(io::ErrorKind::ConnectionRefused) => PROXY_REFUSED,
        _ => return None,
    })
}

fn timed_out(kind: TimeoutKind, stage: Stage, peer: Peer) -> Hint {
    let connecting = !matches!(stage, Stage::Exchange | Stage::ResponseBody | Stage::Unknown);
    Cow::Borrowed(match (kind, stage, peer) {
        (TimeoutKind::Read, ..) if connecting => NOTHING_SENT,
        (TimeoutKind::Connect, Stage::NameLookup, _) => LATE_LOOKUP,
        (TimeoutKind::Connect, _, Peer::Proxy) => PROXY_SILENT,
        _ => return timeout(kind),
    })
}

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

    use super::super::response::ErrorPlaces;
    use super::*;

    fn response(status: u16, header: Option<&'static str>, body: &'static str) -> HttpResponse {
        let mut headers = HeaderMap::new();
        if let Some(name) = header {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        HttpResponse::new(StatusCode::from_u16(status).expect("a status"), headers, body)
    }

    #[test]
    fn error_responses() {
        const AWS: Option<&str> = Some("x-amzn-requestid");
        for (status, header, body, code, hint) in [
            (401, None, "{}", Some("UnauthorizedException"), Some(TOKEN)),
            (400, AWS, "{}", Some("ExpiredToken"), Some(TOKEN)),
            (401, AWS, "", None, Some(TOKEN)),
            (403, AWS, "", Some("ForbiddenException"), Some(ACCESS)),
            (404, AWS, "", Some("ResourceNotFoundException"), Some(ACCESS)),
            (403, None, "{}", None, Some(ACCESS)),
            (401, None, "{}", None, Some(TOKEN)),
            (401, None, "Sign in", None, Some(PROXY)),
            (403, None, "Access denied by policy 17", None, Some(PROXY)),
            (403, Some("x-amz-cf-id"), "<html>", None, Some(PROXY)),
            (403, Some("x-amz-cf-id"), "Request blocked", None, Some(PROXY)),
            (401, Some("x-amz-cf-pop"), "\u{feff}<html>", None, Some(PROXY)),
            (403, AWS, "no", None, Some(ACCESS)),
            (403, None, "no", Some("ForbiddenException"), Some(ACCESS)),
            (408, None, "", None, Some(TOO_SLOW)),
            (408, AWS, "", Some("RequestTimeout"), None),
            (403, None, "", None, Some(PROXY)),
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
            let response = response(status, header, body);
            let error = ParsedError::read(&response, &ErrorPlaces::USUAL).with_code(code);
            let found = error_response(&response, &error, Some(-300), [None; 2]);
            assert_eq!(found.as_deref(), hint, "{status} {header:?} {body} {code:?}");
        }
    }

    #[test]
    fn failures() {
        use crate::failure::Reason as R;
        use Peer::{Proxy, Server};
        let lookup = |problem| R::Lookup(problem);
        let certificate = |problem| R::Certificate(problem);
        let refused = R::Io(io::ErrorKind::ConnectionRefused);
        let late = R::TimedOut;
        for (stage, peer, reason, fips, hint) in [
            (Stage::NameLookup, Server, lookup(LookupProblem::UnknownHost), false, Some(UNKNOWN_HOST)),
            (Stage::NameLookup, Server, lookup(LookupProblem::UnknownHost), true, Some(FIPS)),
            (Stage::NameLookup, Server, lookup(LookupProblem::Temporary), true, Some(NO_LOOKUP)),
            (Stage::NameLookup, Server, lookup(LookupProblem::Other), false, Some(NO_LOOKUP)),
            (Stage::NameLookup, Proxy, lookup(LookupProblem::UnknownHost), true, Some(PROXY_UNKNOWN)),
            (Stage::NameLookup, Proxy, lookup(LookupProblem::Temporary), true, Some(NO_LOOKUP)),
            (Stage::NameLookup, Server, late(TimeoutKind::Connect), true, Some(LATE_LOOKUP)),
            (Stage::NameLookup, Proxy, late(TimeoutKind::Connect), true, Some(LATE_LOOKUP)),
            (Stage::NameLookup, Server, late(TimeoutKind::Read), true, Some(NOTHING_SENT)),
            (Stage::Connect, Server, late(TimeoutKind::Read), false, Some(NOTHING_SENT)),
            (Stage::ProxyTunnel, Proxy, late(TimeoutKind::Connect), true, Some(PROXY_SILENT)),
            (Stage::ProxyConnect, Proxy, late(TimeoutKind::Connect), false, Some(PROXY_SILENT)),
            (Stage::Connect, Server, R::TooManyFiles, false, Some(TOO_MANY_FILES)),
            (Stage::Roots, Server, R::TooManyFiles, false, Some(TOO_MANY_FILES)),
            (Stage::Connect, Server, refused, true, Some(REFUSED)),
            (Stage::Unknown, Server, refused, false, Some(REFUSED)),
            (Stage::ProxyConnect, Proxy, refused, true, Some(PROXY_REFUSED)),
            (Stage::Exchange, Server, R::Io(io::ErrorKind::ConnectionReset), false, None),
            (Stage::TlsHandshake, Server, certificate(CertificateProblem::Expired), false, Some(OUTDATED)),
            (Stage::TlsHandshake, Server, certificate(CertificateProblem::NotValidYet), false, Some(OUTDATED)),
            (Stage::TlsHandshake, Server, certificate(CertificateProblem::OtherName), false, Some(OTHER_NAME)),
            (Stage::TlsHandshake, Server, certificate(CertificateProblem::UnknownIssuer), false, Some(UNTRUSTED)),
            (Stage::ProxyConnect, Proxy, certificate(CertificateProblem::Expired), false, Some(PROXY_OUTDATED)),
            (Stage::ProxyConnect, Proxy, certificate(CertificateProblem::OtherName), false, Some(PROXY_OTHER_NAME)),
            (Stage::ProxyConnect, Proxy, certificate(CertificateProblem::UnknownIssuer), false, Some(PROXY_UNTRUSTED)),
            (Stage::TlsHandshake, Server, R::TlsProtocol, false, Some(TLS)),
            (Stage::ProxyConnect, Proxy, R::TlsProtocol, true, Some(PROXY_SCHEME)),
            (Stage::Roots, Server, R::TlsConfig, false, None),
            (Stage::Exchange, Server, R::NotHttp, false, Some(NOT_HTTP)),
            (Stage::ProxyTunnel, Proxy, R::NotHttp, true, Some(NOT_A_PROXY)),
            (Stage::ProxyTunnel, Proxy, R::ProxyExtraBytes, false, Some(NOT_A_PROXY)),
            (Stage::ProxyTunnel, Proxy, R::ProxyCredentials, false, None),
            (Stage::ProxyTunnel, Proxy, R::ProxySchemes, false, Some(PROXY_SCHEMES)),
            (Stage::ResponseBody, Server, R::BodyTooLarge, false, None),
        ] {
            let found = failure(&ConnectorError::new(stage, reason).of_peer(peer), fips);
            assert_eq!(found.as_deref(), hint, "{stage:?} {peer:?} {reason:?} {fips}");
        }
        let timed_out = ConnectorError::new(Stage::Connect, R::TimedOut(TimeoutKind::Connect));
        assert_eq!(failure(&timed_out, false), Some(timeout(TimeoutKind::Connect)));
        let timed_out = ConnectorError::new(Stage::Exchange, R::TimedOut(TimeoutKind::Read));
        assert_eq!(failure(&timed_out, false), Some(timeout(TimeoutKind::Read)));
    }

    #[test]
    fn what_was_asked_for() {
        let assigned = "what is asked for may not exist, or not be assigned to this user: check the";
        for (required, expected) in [
            ([None, None], ACCESS.to_owned()),
            ([Some("account_id"), None], format!("{assigned} account id")),
            ([Some("role_name"), Some("account_id")], format!("{assigned} role name and the account id")),
        ] {
            assert_eq!(access(required), expected);
        }
    }

    #[test]
    fn transports_of_users() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(failure(&ConnectorError::io(refused.into()), false).as_deref(), Some(REFUSED));
    }

    #[test]
    fn clocks() {
        let bad = response(400, None, "{}");
        let hint = |code, ahead| {
            let error = ParsedError::read(&bad, &ErrorPlaces::USUAL).with_code(code);
            error_response(&bad, &error, ahead, [None; 2]).map(Cow::into_owned).unwrap_or_default()
        };
        let behind = "this computer's clock is 60 minutes behind the server's: set it by the network's time";
        assert_eq!(hint(Some("RequestTimeTooSkewed"), Some(3600)), behind);
        assert_eq!(hint(Some("InvalidRequestException"), Some(3600)), behind);
        assert!(hint(None, Some(-601)).contains("10 minutes ahead of"), "{}", hint(None, Some(-601)));
        assert_eq!(hint(None, Some(300)), "");
        assert_eq!(hint(None, None), "");
        assert_eq!(hint(Some("ExpiredToken"), Some(3600)), format!("{TOKEN}; besides, {behind}"));
        assert!(!hint(None, Some(i64::MIN)).is_empty(), "no overflow");
    }
}
