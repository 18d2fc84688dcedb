//! Hints, a row for each.

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
        (304, None, "", None, Some(NOT_MODIFIED)),
        (304, AWS, "", None, Some(NOT_MODIFIED)),
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
        (Stage::TlsHandshake, Server, late(TimeoutKind::Connect), true, Some(TLS_SILENT)),
        (Stage::TlsHandshake, Server, late(TimeoutKind::Read), true, Some(NOTHING_SENT)),
        (Stage::TlsHandshake, Proxy, late(TimeoutKind::Connect), true, Some(PROXY_SILENT)),
        (Stage::ProxyTunnel, Proxy, late(TimeoutKind::Connect), true, Some(PROXY_SILENT)),
        (Stage::ProxyConnect, Proxy, late(TimeoutKind::Connect), false, Some(PROXY_SILENT)),
        (Stage::Queue, Server, late(TimeoutKind::Read), false, Some(ALL_IN_USE)),
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
        (Stage::TlsHandshake, Server, certificate(CertificateProblem::Signature), false, Some(CURRENT_AUTHORITY)),
        (Stage::TlsHandshake, Server, certificate(CertificateProblem::Revoked), false, Some(OTHER_CERTIFICATE)),
        (Stage::TlsHandshake, Server, certificate(CertificateProblem::Other), false, None),
        (Stage::TlsHandshake, Server, R::NotTls, false, Some(TLS)),
        (Stage::TlsHandshake, Server, R::TlsVersions, false, Some(OLD_TLS)),
        (Stage::TlsHandshake, Server, R::TlsRefused, false, Some(OLD_TLS)),
        (Stage::Exchange, Server, R::TlsClientCertificate, false, Some(CLIENT_CERTIFICATE)),
        (Stage::TlsHandshake, Server, R::TlsUnknownName, false, Some(UNKNOWN_NAME)),
        (Stage::ProxyConnect, Proxy, certificate(CertificateProblem::Algorithm), false, Some(PROXY_CERTIFICATE)),
        (Stage::ProxyConnect, Proxy, R::NotTls, false, Some(PROXY_SCHEME)),
        (Stage::ProxyConnect, Proxy, R::TlsVersions, false, Some(PROXY_SCHEME)),
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
