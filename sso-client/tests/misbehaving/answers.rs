//! Rows of servers that answer, with what should not be, and of those that should have spoken TLS.

use std::time::Duration;

use sso_client::config::timeout::TimeoutKind;
use test_support::servers::{Certificate, Step, respond, send};

use crate::rows::{AWS, End, Mode, Place, Row, SOON, Short};

pub(crate) fn successes() -> Vec<Row> {
    use End::{Response, Success};
    let unusable = "the response cannot be used: ";
    vec![
        Row::answers("labels JSON as text", "200 OK", "content-type: text/plain\r\n", "{}"),
        Row::answers("labels nothing", "200 OK", "", r#"{"accountList":[]}"#),
        Row::answers("sends no body", "200 OK", "content-type: application/json\r\n", ""),
        Row::script(
            "sends early hints first",
            [send("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"), respond("200 OK", "", "{}")],
        ),
        Row::answers("sends a sign-in page", "200 OK", "content-type: text/html\r\n", "<!DOCTYPE html><p>Welcome")
            .ends(Response, 1, "the body is HTML or XML, not JSON")
            .hint("from a proxy or a sign-in page"),
        Row::answers("labels HTML as JSON", "200 OK", "content-type: application/json\r\n", "<html></html>")
            .ends(Response, 1, unusable)
            .hint("from a proxy or a sign-in page"),
        Row::answers("sends JSON that ends early", "200 OK", "", r#"{"accountList":["#).ends(Response, 1, "cut short"),
        Row::answers("sends another kind of JSON", "200 OK", "", "[]").ends(
            Response,
            1,
            "expected an object, found an array",
        ),
        Row::answers("sends text", "200 OK", "", "It works!").ends(Response, 1, "the body is not JSON"),
        Row::script(
            "sends what is no UTF-8",
            [send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"), Step::Send(vec![b'{', b'"', 0xff, b'"'])],
        )
        .ends(Response, 1, unusable),
        Row::at(
            "fails with 500 once, then works",
            Place::Server(Mode::Tcp(vec![
                vec![respond("500 Internal Server Error", "", "")],
                vec![respond("200 OK", "", "{}")],
            ])),
        )
        .ends(Success, 2, "")
        .waits(&[50]),
    ]
}

pub(crate) fn statuses() -> Vec<Row> {
    use End::Service;
    let proxy = "from a proxy or a sign-in page";
    let unauthorized = r#"{"__type":"UnauthorizedException","message":"Session token not found or invalid"}"#;
    let row = |name, status, headers, body| Row::answers(name, status, headers, body);
    vec![
        row("500", "500 Internal Server Error", AWS, "").ends(Service, 3, "(HTTP 500, request id id-1, 3 attempts)"),
        row("501", "501 Not Implemented", AWS, "").ends(Service, 1, "(HTTP 501, request id id-1, 1 attempt)"),
        row("502 of AWS", "502 Bad Gateway", AWS, "").ends(Service, 3, "(HTTP 502, request id id-1, 3 attempts)"),
        row("502 of a proxy", "502 Bad Gateway", "", "").ends(Service, 3, "(HTTP 502, 3 attempts)").hint(proxy),
        row("503 of a proxy, as a page", "503 Service Unavailable", "", "<html>Squid")
            .ends(Service, 3, "did a proxy or a sign-in page answer?")
            .hint(proxy),
        row("503 with a code", "503 Service Unavailable", AWS, r#"{"__type":"ServiceUnavailable","message":"later"}"#)
            .ends(Service, 3, "ServiceUnavailable: later (HTTP 503"),
        row("504", "504 Gateway Timeout", AWS, "").ends(Service, 3, "(HTTP 504, request id id-1, 3 attempts)"),
        row("505", "505 HTTP Version Not Supported", AWS, "").ends(Service, 1, "HTTP 505"),
        row("301", "301 Moved Permanently", "location: http://127.0.0.1:1/\r\n", "")
            .ends(Service, 1, "(HTTP 301, 1 attempt)")
            .hint("redirects are not followed"),
        row("307", "307 Temporary Redirect", "location: http://127.0.0.1:1/\r\n", "")
            .ends(Service, 1, "(HTTP 307, 1 attempt)")
            .hint("redirects are not followed"),
        row("304", "304 Not Modified", AWS, "").ends(Service, 1, "(HTTP 304").hint("a cache or proxy on the way"),
        row(
            "404 with a code",
            "404 Not Found",
            AWS,
            r#"{"__type":"ResourceNotFoundException","message":"no such role"}"#,
        )
        .ends(Service, 1, "ResourceNotFoundException: no such role (HTTP 404")
        .hint("assigned"),
        row("404 without one", "404 Not Found", "", "not found")
            .ends(Service, 1, "(HTTP 404, 1 attempt)")
            .hint("endpoint URL"),
        row("401", "401 Unauthorized", AWS, unauthorized)
            .ends(Service, 1, "UnauthorizedException: Session token not found or invalid (HTTP 401")
            .hint("sign in again"),
        row(
            "401 of a server whose clock is far off",
            "401 Unauthorized",
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
            unauthorized,
        )
        .ends(Service, 1, "HTTP 401")
        .hint("minutes ahead of the server's"),
        row("403", "403 Forbidden", "x-amzn-errortype: ForbiddenException\r\n", r#"{"message":"No access"}"#)
            .ends(Service, 1, "ForbiddenException: No access (HTTP 403, 1 attempt)")
            .hint("assigned"),
        row("403 of a firewall", "403 Forbidden", "content-type: text/html\r\n", "<h1>Blocked</h1>")
            .ends(Service, 1, "HTML or XML, not JSON")
            .hint(proxy),
    ]
}

pub(crate) fn throttling() -> Vec<Row> {
    use End::{Service, Success};
    let slow = "faster than the service takes them";
    let status = "429 Too Many Requests";
    let row = |name, headers, waits| {
        Row::answers(name, status, headers, "").ends(Service, 3, "(HTTP 429, 3 attempts)").hint(slow).waits(waits)
    };
    vec![
        row("429", "", &[1000, 2000]),
        row("429 with a wait", "x-amz-retry-after: 3000\r\n", &[3000, 3000]),
        row("429 with a short wait", "x-amz-retry-after: 1\r\n", &[1000, 2000]),
        row("429 with a wait of no meaning", "x-amz-retry-after: soon\r\n", &[1000, 2000]),
        row("429 with a wait of years", "x-amz-retry-after: 99999999999\r\n", &[6000, 7000]),
        row("429 with the header of HTTP", "retry-after: 3\r\n", &[1000, 2000]),
        Row::answers("429 with its code", status, "x-amzn-errortype: TooManyRequestsException\r\n", "{}")
            .ends(Service, 3, "TooManyRequestsException (HTTP 429")
            .hint(slow)
            .waits(&[1000, 2000]),
        Row::answers("429 with another code", status, AWS, r#"{"__type":"QuotaOfTheMonth"}"#)
            .ends(Service, 1, "QuotaOfTheMonth (HTTP 429")
            .waits(&[]),
        Row::answers(
            "400 that throttles",
            "400 Bad Request",
            AWS,
            r#"{"__type":"ThrottlingException","message":"Rate"}"#,
        )
        .ends(Service, 3, "ThrottlingException: Rate (HTTP 400")
        .hint(slow)
        .waits(&[1000, 2000]),
        Row::answers("503 that throttles", "503 Slow Down", "x-amzn-errortype: SlowDown\r\n", "")
            .ends(Service, 3, "SlowDown (HTTP 503")
            .hint(slow)
            .waits(&[1000, 2000]),
        Row::answers("400 that timed out", "400 Bad Request", AWS, r#"{"__type":"RequestTimeout"}"#)
            .ends(Service, 3, "RequestTimeout (HTTP 400")
            .waits(&[50, 100]),
        Row::at(
            "throttles once, then works",
            Place::Server(Mode::Tcp(vec![
                vec![respond(status, "x-amz-retry-after: 1500\r\n", "")],
                vec![respond("200 OK", "", "{}")],
            ])),
        )
        .ends(Success, 2, "")
        .waits(&[1500]),
    ]
}

pub(crate) fn tls() -> Vec<Row> {
    use End::Dispatch;
    let plain = |script: Vec<Step>| Mode::Tcp(vec![script]);
    let scheme = "scheme and port";
    vec![
        Row::tls("has a certificate that is right", Certificate::Valid),
        Row::tls("has one of an unknown authority", Certificate::UnknownAuthority)
            .ends(Dispatch, 1, "invalid peer certificate: UnknownIssuer")
            .seen(0)
            .hint("not from an authority that is trusted"),
        Row::tls("has one that expired", Certificate::Expired)
            .ends(Dispatch, 1, "certificate expired")
            .seen(0)
            .hint("check this computer's clock"),
        Row::tls("has one that is not valid yet", Certificate::NotYetValid)
            .ends(Dispatch, 1, "certificate not valid yet")
            .seen(0)
            .hint("check this computer's clock"),
        Row::tls("has one for another host", Certificate::OtherHost)
            .ends(Dispatch, 1, "certificate not valid for name")
            .seen(0)
            .hint("is for another host"),
        Row::at(
            "speaks no TLS",
            Place::WrongScheme(plain(vec![
                Step::LeaveUnread,
                send("HTTP/1.1 400 Bad Request\r\n\r\n"),
                Step::Pause(SOON),
            ])),
        )
        .ends(Dispatch, 1, "received corrupt message")
        .hint(scheme),
        Row::at("speaks nothing but TLS", Place::WrongScheme(Mode::Tls(Certificate::Valid)))
            .ends(Dispatch, 1, "invalid HTTP")
            .seen(0)
            .hint(scheme),
        Row::at(
            "closes in the handshake",
            Place::WrongScheme(plain(vec![Step::LeaveUnread, Step::Pause(SOON), Step::Close])),
        )
        .ends(Dispatch, 3, "could not connect to 127.0.0.1: "),
        Row::at(
            "stalls in the handshake",
            Place::WrongScheme(plain(vec![Step::LeaveUnread, Step::Pause(Duration::from_secs(2))])),
        )
        .short(Short::Connect, Some(TimeoutKind::Connect))
        .ends(Dispatch, 2, "the TLS handshake did not end within 600ms (connect timeout)")
        .hint("the host took the connection and then fell silent"),
    ]
}
