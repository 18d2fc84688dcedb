//! Rows of certificates and handshakes that are not accepted: the whole line and the whole hint.

use test_support::servers::{Certificate, Step, respond, send};

use crate::rows::{End, Mode, Place, Row, SOON};

const OTHER: &str = "the server, or a proxy that looks into TLS, needs another certificate: tell those who run it";
const OTHER_HOST: &str = "the server's certificate is for another host: check the endpoint URL, and whether something on the \
                          way answers in the server's place";
const CURRENT: &str = "check that the authority's certificate that is trusted here is the current one; if it is, the \
                       server, or a proxy that looks into TLS, needs another certificate";
const OLD: &str = "this client speaks TLS 1.2 and 1.3: check the endpoint URL; if it is right, the server, or a proxy that \
                   looks into TLS, has to be updated";
const TOKEN: &str = "the token may have expired, been revoked, or come from another region than the one that is asked: \
                     sign in again, and check the region";
const CLIENT: &str = "this client has none to send: check the endpoint URL, and whether a proxy on the way wants it";
const AGREED: &str = "TLS could not be agreed on: check that the endpoint URL's scheme and port go together, and whether a \
                      proxy is on the way";

pub(crate) fn tls() -> Vec<Row> {
    [certificates(), handshakes(), ends()].into_iter().flatten().collect()
}

fn certificates() -> Vec<Row> {
    let row = |name, kind, line, hint| Row::tls(name, kind).says(End::Dispatch, 1, line, hint).seen(0);
    vec![
        row(
            "has the certificate of an authority",
            Certificate::Authority,
            "could not connect to 127.0.0.1: the certificate is that of an authority (CA:TRUE), not that of a server (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate of version 1",
            Certificate::Version1,
            "could not connect to 127.0.0.1: the certificate is not of version 3 of X.509 (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate signed by SHA-1",
            Certificate::Sha1,
            "could not connect to 127.0.0.1: the certificate, or one above it, is signed by an algorithm that is not accepted, such as SHA-1 (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate signed by a short key",
            Certificate::ShortKey,
            "could not connect to 127.0.0.1: a signature does not fit its key: the authority may be another one of the same name, or a key too short (RSA: 2048 bits) (1 attempt)",
            CURRENT,
        ),
        row(
            "has a certificate of another authority of the same name",
            Certificate::SameAuthorityName,
            "could not connect to 127.0.0.1: a signature does not fit its key: the authority may be another one of the same name, or a key too short (RSA: 2048 bits) (1 attempt)",
            CURRENT,
        ),
        row(
            "has a certificate with an unknown critical extension",
            Certificate::CriticalExtension,
            "could not connect to 127.0.0.1: the certificate has a critical extension that is not known here (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate for clients",
            Certificate::ForClients,
            "could not connect to 127.0.0.1: the certificate is not for servers: its extended key usage lacks serverAuth (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate without a host",
            Certificate::NoHost,
            "could not connect to 127.0.0.1: the certificate names no host: it has no subjectAltName (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate for a hundred hosts",
            Certificate::ManyHosts,
            "could not connect to 127.0.0.1: the certificate is that of another host: invalid peer certificate: certificate not valid for name \"127.0.0.1\"; certificate is only valid for DnsName(\"host-0.other.test\"), DnsName(\"host-1.other.test\"), DnsName(\"host-2.othe… (1 attempt)",
            OTHER_HOST,
        ),
        row(
            "has a certificate out of constraints",
            Certificate::OutOfConstraints,
            "could not connect to 127.0.0.1: the certificate is of an authority that may not issue it (1 attempt)",
            OTHER,
        ),
        row(
            "has a certificate of what is no authority",
            Certificate::NoAuthority,
            "could not connect to 127.0.0.1: the certificate is of an authority that may not issue it (1 attempt)",
            OTHER,
        ),
        row(
            "has bytes for a certificate",
            Certificate::Garbage,
            "could not connect to 127.0.0.1: the certificate is malformed (1 attempt)",
            OTHER,
        ),
    ]
}

/// A server that answers the first message of a handshake by these bytes.
fn answers(name: &'static str, bytes: &[u8]) -> Row {
    let script = vec![Step::LeaveUnread, Step::ReadOnce, Step::Send(bytes.to_vec()), Step::Pause(SOON)];
    Row::at(name, Place::WrongScheme(Mode::Tcp(vec![script])))
}

fn handshakes() -> Vec<Row> {
    use End::Dispatch;
    let alert = |name, code| answers(name, &[0x15, 3, 1, 0, 2, 2, code]);
    // A message of a server that speaks TLS 1.0: no random bytes, no session, AES-128 with SHA-1.
    let hello = [&[0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1][..], &[0; 32], &[0, 0, 0x2f, 0]].concat();
    vec![
        alert("refuses the version of TLS", 70).says(Dispatch, 1, "could not connect to 127.0.0.1: the server and this client have no TLS version or cipher in common (1 attempt)", OLD),
        alert("refuses the ciphers", 71).says(Dispatch, 1, "could not connect to 127.0.0.1: the server and this client have no TLS version or cipher in common (1 attempt)", OLD),
        alert("refuses the handshake", 40).says(Dispatch, 1, "could not connect to 127.0.0.1: the server refused the TLS handshake: it may speak old versions or ciphers only, or want a client certificate (1 attempt)", OLD),
        alert("knows no such name", 112).says(Dispatch, 1, "could not connect to 127.0.0.1: the server knows no host of this name (1 attempt)", "check the endpoint URL, and whether something on the way answers in the server's place"),
        alert("wants a certificate in TLS 1.2", 42).says(Dispatch, 1, "could not connect to 127.0.0.1: the server wants a client certificate (1 attempt)", CLIENT),
        alert("fails by itself", 80).says(Dispatch, 1, "could not connect to 127.0.0.1: received fatal alert: InternalError (1 attempt)", AGREED),
        answers("speaks TLS 1.0", &hello).says(Dispatch, 1, "could not connect to 127.0.0.1: the server and this client have no TLS version or cipher in common (1 attempt)", OLD),
        answers("speaks SMTP", b"220 mail.test ESMTP\r\n").says(Dispatch, 1, "could not connect to 127.0.0.1: what answered does not speak TLS: received corrupt message of type InvalidContentType (1 attempt)", AGREED),
        answers("speaks HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n").says(Dispatch, 1, "could not connect to 127.0.0.1: what answered does not speak TLS: received corrupt message of type InvalidContentType (1 attempt)", AGREED),
        Row::tls("wants a certificate of the client", Certificate::ValidAndWantsOne).says(Dispatch, 1, "the exchange with 127.0.0.1 failed: the server wants a client certificate (1 attempt)", CLIENT).seen(0),
    ]
}

/// Connections that end without the end that TLS has.
fn ends() -> Vec<Row> {
    use End::{Response, Service, Success};
    let at = |name, script: Vec<Step>| Row::at(name, Place::Server(Mode::TlsScript(script)));
    let until_end = |name, status: &str, body: &str| {
        at(name, vec![send(&format!("HTTP/1.1 {status}\r\n\r\n{body}")), Step::CloseTcp])
    };
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    let unauthorized = r#"{"__type":"UnauthorizedException","message":"expired"}"#;
    let broke = "the response cannot be used: the body broke off: the connection ended early (HTTP 200, 3 attempts)";
    vec![
        until_end("ends TLS after a whole object", "200 OK", "{}").says(Success, 1, "", ""),
        until_end("ends TLS after a whole object and a line", "200 OK", "{\"a\":\"}\"}\r\n").says(Success, 1, "", ""),
        until_end("ends TLS after a part of an object", "200 OK", "{\"accountList\":[]").says(Response, 3, broke, ""),
        until_end("ends TLS after a whole array", "200 OK", "[]").says(Response, 3, broke, ""),
        until_end("ends TLS before a body", "200 OK", "").says(Response, 3, broke, ""),
        until_end("ends TLS after an error", "401 Unauthorized", unauthorized).says(
            Service,
            1,
            "UnauthorizedException: expired (HTTP 401, 1 attempt)",
            TOKEN,
        ),
        until_end("ends TLS in an error", "401 Unauthorized", r#"{"__type":"UnauthorizedException","mess"#).says(
            Service,
            1,
            "UnauthorizedException (HTTP 401, 1 attempt)",
            TOKEN,
        ),
        at("ends TLS after a body with a length", vec![respond("200 OK", "", "{}"), Step::CloseTcp])
            .says(Success, 1, "", ""),
        at("ends TLS before the last chunk", vec![send(chunked), Step::CloseTcp]).says(Response, 3, broke, ""),
        at(
            "ends TLS in a body with a length",
            vec![send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"), Step::CloseTcp],
        )
        .says(Response, 3, broke, ""),
        at("ends a body by the end of TLS", vec![send("HTTP/1.1 200 OK\r\n\r\n{}"), Step::Close])
            .says(Success, 1, "", ""),
        at("ends TLS before an answer", vec![Step::CloseTcp]).says(
            End::Dispatch,
            3,
            "the exchange with 127.0.0.1 failed: the connection ended early (3 attempts)",
            "",
        ),
    ]
}

#[cfg(not(feature = "http2"))]
pub(crate) fn http2() -> Vec<Row> {
    Vec::new()
}

/// Servers that offer HTTP/2 and refuse a request over it.
#[cfg(feature = "http2")]
pub(crate) fn http2() -> Vec<Row> {
    use End::{Dispatch, Success};
    // Empty settings, and a reset of the first stream by this code.
    let reset = |code| {
        let frames = [&[0, 0, 0, 4, 0, 0, 0, 0, 0][..], &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, code]].concat();
        let wait = Step::Pause(std::time::Duration::from_millis(150));
        vec![Step::LeaveUnread, Step::ReadOnce, wait.clone(), Step::Send(frames), wait]
    };
    let answer = || vec![respond("200 OK", "", "{}")];
    let at = |name, scripts| Row::at(name, Place::Server(Mode::Http2(scripts)));
    vec![
        at("requires HTTP/1.1", vec![reset(13), answer()]).says(Success, 1, "", "").seen(2),
        at("refuses a stream by another code", vec![reset(11)]).says(Dispatch, 3, "the exchange with 127.0.0.1 failed: http2 error: stream error received: detected excessive load generating behavior (3 attempts)", ""),
    ]
}
