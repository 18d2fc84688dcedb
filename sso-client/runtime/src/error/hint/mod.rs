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
const ACCESS: &str = "what is asked for may not exist, or not be assigned to this user";
const THROTTLED: &str =
    "requests come faster than the service takes them: wait before the next, and make fewer at a time";
const ALL_IN_USE: &str = "other calls of this client have all connections that one server may have, and none of them ends; \
    one that is not polled keeps its connection: await or drop such calls, or allow more connections \
    (max_connections_per_origin)";
const REDIRECTED: &str = "redirects are not followed: the endpoint URL or the region may be wrong";
const NOT_MODIFIED: &str = "this answers a conditional request, and none was sent: a cache or proxy on the way may have answered; \
    check the proxy's settings";
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
const PROXY_CERTIFICATE: &str = "the proxy needs another certificate: tell those who run it";
const CURRENT_AUTHORITY: &str = "check that the authority's certificate that is trusted here is the current one; if it is, the \
    server, or a proxy that looks into TLS, needs another certificate";
const OTHER_CERTIFICATE: &str =
    "the server, or a proxy that looks into TLS, needs another certificate: tell those who run it";
const OLD_TLS: &str = "this client speaks TLS 1.2 and 1.3: check the endpoint URL; if it is right, the server, or a proxy that looks \
    into TLS, has to be updated";
const CLIENT_CERTIFICATE: &str =
    "this client has none to send: check the endpoint URL, and whether a proxy on the way wants it";
const UNKNOWN_NAME: &str = "check the endpoint URL, and whether something on the way answers in the server's place";
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
const TLS_SILENT: &str = "the host took the connection and then fell silent: check that the endpoint URL's scheme and port go \
    together, and the network, its firewall and its proxy, or give connecting more time (connect_timeout)";
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
        304 => NOT_MODIFIED,
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
        [Some(name), None] => format!("{ACCESS}: check the {}", words(name)).into(),
        [Some(one), Some(two)] => format!("{ACCESS}: check the {} and the {}", words(one), words(two)).into(),
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
        Reason::Certificate(CertificateProblem::UnknownIssuer) => UNTRUSTED,
        Reason::Certificate(CertificateProblem::Signature) => CURRENT_AUTHORITY,
        Reason::Certificate(CertificateProblem::Other) => return None,
        Reason::Certificate(_) => OTHER_CERTIFICATE,
        Reason::TlsProtocol | Reason::NotTls => TLS,
        Reason::TlsVersions | Reason::TlsRefused => OLD_TLS,
        Reason::TlsClientCertificate => CLIENT_CERTIFICATE,
        Reason::TlsUnknownName => UNKNOWN_NAME,
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
        Reason::Certificate(CertificateProblem::UnknownIssuer | CertificateProblem::Other) => PROXY_UNTRUSTED,
        Reason::Certificate(_) => PROXY_CERTIFICATE,
        Reason::TlsProtocol | Reason::NotTls | Reason::TlsVersions | Reason::TlsRefused => PROXY_SCHEME,
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
        (_, Stage::Queue, _) => ALL_IN_USE,
        (TimeoutKind::Read, ..) if connecting => NOTHING_SENT,
        (TimeoutKind::Connect, Stage::NameLookup, _) => LATE_LOOKUP,
        (TimeoutKind::Connect, _, Peer::Proxy) => PROXY_SILENT,
        (TimeoutKind::Connect, Stage::TlsHandshake, Peer::Server) => TLS_SILENT,
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
mod tests;
