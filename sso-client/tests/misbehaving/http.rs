//! Rows of HTTP that is odd, and of what answers in the place of the service: the whole line and the whole hint.

use test_support::servers::{Step, respond, send};

use crate::rows::{AWS, End, Row};

const PROXY: &str = "this came from a proxy or a sign-in page on the way, not from AWS: check the proxy's settings, or \
                     sign in to the network";
const TOKEN: &str = "the token may have expired, been revoked, or come from another region than the one that is asked: \
                     sign in again, and check the region";
const NOT_HTTP: &str = "what answered does not speak HTTP: check the endpoint URL's scheme and port";
const COMPRESSED: &str = "something on the way compresses responses, which this client does not ask for: check the \
                          proxy or the endpoint URL";
const HEADER: &str =
    "the response of 127.0.0.1 was not read: a header is malformed: invalid HTTP header parsed (1 attempt)";
const UNAUTHORIZED: &str = r#"{"__type":"UnauthorizedException","message":"Session token not found or invalid"}"#;

pub(crate) fn http() -> Vec<Row> {
    [heads(), lengths(), compressed(), marks(), foreign(), errors_as_successes(), cut()].into_iter().flatten().collect()
}

fn raw(name: &'static str, head: &str, body: &str) -> Row {
    Row::script(name, [send(&format!("HTTP/1.1 {head}\r\n\r\n{body}")), Step::Hold])
}

fn heads() -> Vec<Row> {
    use End::{Dispatch, Success};
    let length =
        "the response of 127.0.0.1 was not read: a header is malformed: invalid content-length parsed (1 attempt)";
    let status = "the exchange with 127.0.0.1 failed: invalid HTTP status-code parsed (1 attempt)";
    vec![
        raw("has a blank before a colon", "200 OK\r\ncontent-length : 2", "{}").says(Dispatch, 1, HEADER, ""),
        raw("folds a header", "200 OK\r\nx-a: 1,\r\n 2\r\ncontent-length: 2", "{}").says(Dispatch, 1, HEADER, ""),
        raw("has a header without a name", "200 OK\r\n: 1\r\ncontent-length: 2", "{}").says(Dispatch, 1, HEADER, ""),
        raw("has a NUL in a header", "200 OK\r\nx-a: \0\r\ncontent-length: 2", "{}").says(Dispatch, 1, HEADER, ""),
        raw("has a negative length", "200 OK\r\ncontent-length: -2", "{}").says(Dispatch, 1, length, ""),
        raw("has a length in words", "200 OK\r\ncontent-length: two", "{}").says(Dispatch, 1, length, ""),
        raw("has a status of two digits", "20 OK\r\ncontent-length: 2", "{}").says(Dispatch, 1, status, NOT_HTTP),
        raw("has no reason", "200\r\ncontent-length: 2", "{}").says(Success, 1, "", ""),
        raw("has odd blanks", "200   fine\r\ncontent-length:\t2  ", "{}").says(Success, 1, "", ""),
        Row::script("ends lines by LF alone", [send("HTTP/1.1 200 OK\ncontent-length: 2\n\n{}"), Step::Hold])
            .says(Success, 1, "", ""),
    ]
}

fn lengths() -> Vec<Row> {
    use End::{Dispatch, Response, Success};
    let large = "the response cannot be used: the body is larger than 16777216 bytes, the most that is read (HTTP 200, 1 attempt)";
    let head = "the response of 127.0.0.1 was not read: its headers are larger than 64 KiB or more than 100, or announce a body \
                that is larger than 2^64 bytes: message head is too large (1 attempt)";
    vec![
        // Servers keep the connection open, so that nothing may wait for its end.
        raw("names no encoding", "200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 2", "{}")
            .says(Success, 1, "", ""),
        raw(
            "names no encoding, and sends more",
            "200 OK\r\ntransfer-encoding: Identity\r\ncontent-length: 2",
            "{}more",
        )
        .says(Success, 1, "", ""),
        raw("names no encoding, and sends nothing", "200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 0", "")
            .says(Success, 1, "", ""),
        Row::script(
            "names no encoding, and cuts the body short",
            [send("HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 9\r\n\r\n{}"), Step::Close],
        )
        .says(
            Response,
            3,
            "the response cannot be used: the body broke off: the connection ended early (HTTP 200, 3 attempts)",
            "",
        ),
        Row::script(
            "names no encoding and no length",
            [send("HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n{}"), Step::Close],
        )
        .says(Success, 1, "", ""),
        Row::script("has no length", [send("HTTP/1.1 200 OK\r\n\r\n{}"), Step::Close]).says(Success, 1, "", ""),
        raw(
            "has chunks and a length",
            "200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 9",
            "2\r\n{}\r\n0\r\n\r\n",
        )
        .says(Success, 1, "", ""),
        raw("has a length above the limit", "200 OK\r\ncontent-length: 16777217", "{}").says(Response, 1, large, ""),
        raw("has a length near 2^64", "200 OK\r\ncontent-length: 18446744073709551613", "{}")
            .says(Response, 1, large, ""),
        raw("has a length of 2^64 - 1", "200 OK\r\ncontent-length: 18446744073709551615", "{}")
            .says(Dispatch, 1, head, ""),
        raw("has one length twice", "200 OK\r\ncontent-length: 2\r\ncontent-length: 2", "{}").says(Success, 1, "", ""),
    ]
}

fn bytes(name: &'static str, head: &str, body: &[u8]) -> Row {
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len());
    Row::script(name, [send(&head), Step::Send(body.to_vec())])
}

fn compressed() -> Vec<Row> {
    use End::{Response, Service, Success};
    const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0C\xbf\xa6\xa3\x02\0\0\0";
    let line =
        "the response cannot be used: the body is compressed (gzip), which was not asked for (HTTP 200, 1 attempt)";
    vec![
        bytes("compresses by gzip", "200 OK\r\ncontent-encoding: gzip", GZIP).says(Response, 1, line, COMPRESSED),
        bytes("compresses by gzip and does not say so", "200 OK", GZIP).says(Response, 1, line, COMPRESSED),
        bytes("compresses by br", "200 OK\r\ncontent-encoding: br", b"\x0b\x80{}\x03").says(
            Response,
            1,
            "the response cannot be used: the body is compressed (br), which was not asked for (HTTP 200, 1 attempt)",
            COMPRESSED,
        ),
        bytes("compresses by zstd and does not say so", "200 OK", b"\x28\xb5\x2f\xfd\x20\x02\x11\0\0{}").says(
            Response,
            1,
            "the response cannot be used: the body is compressed (zstd), which was not asked for (HTTP 200, 1 attempt)",
            COMPRESSED,
        ),
        bytes("compresses an error", "403 Forbidden\r\ncontent-encoding: x-gzip", GZIP).says(
            Service,
            1,
            "an error without a code; the body is compressed (gzip), which was not asked for (HTTP 403, 1 attempt)",
            COMPRESSED,
        ),
        bytes(
            "compresses an error that has a code",
            "401 Unauthorized\r\nx-amzn-errortype: UnauthorizedException\r\ncontent-encoding: gzip",
            GZIP,
        )
        .says(Service, 1, "UnauthorizedException (HTTP 401, 1 attempt)", TOKEN),
        bytes("compresses the page of a gateway", "502 Bad Gateway", GZIP).says(
            Service,
            3,
            "an error without a code; the body is compressed (gzip), which was not asked for (HTTP 502, 3 attempts)",
            COMPRESSED,
        ),
        bytes("says that it compresses, and does not", "200 OK\r\ncontent-encoding: gzip", b"{}")
            .says(Success, 1, "", ""),
        bytes("names no compression", "200 OK\r\ncontent-encoding: identity", b"{}").says(Success, 1, "", ""),
        bytes("compresses nothing", "200 OK\r\ncontent-encoding: gzip", b"").says(Success, 1, "", ""),
    ]
}

fn marks() -> Vec<Row> {
    use End::{Response, Service, Success};
    let markup = "the response cannot be used: the body is HTML or XML, not JSON: did a proxy or a sign-in page answer? \
                  (HTTP 200, 1 attempt)";
    vec![
        Row::answers("puts a mark before JSON", "200 OK", "", "\u{feff}{}").says(Success, 1, "", ""),
        Row::answers("sends nothing but a mark", "200 OK", "", "\u{feff}").says(Success, 1, "", ""),
        Row::answers("puts a mark before HTML", "200 OK", "", "\u{feff}<html>").says(Response, 1, markup, PROXY),
        Row::answers("puts a mark before an error", "401 Unauthorized", AWS, &format!("\u{feff}{UNAUTHORIZED}")).says(
            Service,
            1,
            "UnauthorizedException: Session token not found or invalid (HTTP 401, request id id-1, 1 attempt)",
            TOKEN,
        ),
        Row::script(
            "sends UTF-16",
            [send("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n"), Step::Send(b"\xff\xfe{\0}\0".to_vec())],
        )
        .says(
            Response,
            1,
            "the response cannot be used: the body is not UTF-8 text; is it compressed? (HTTP 200, 1 attempt)",
            "",
        ),
    ]
}

fn foreign() -> Vec<Row> {
    use End::Service;
    let page = "an error without a code; the body is HTML or XML, not JSON: did a proxy or a sign-in page answer? It says \
                \"Access Denied\" (HTTP 403, 1 attempt)";
    let text = "content-type: text/plain; charset=utf-8\r\n";
    let cloudfront = "content-type: text/html\r\nx-amz-cf-id: abc\r\nx-amz-cf-pop: FRA1\r\n";
    let denied = "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>no</BODY></HTML>";
    let row = Row::answers;
    vec![
        row("403 as a page", "403 Forbidden", "content-type: text/html\r\n", denied).says(Service, 1, page, PROXY),
        row("403 of CloudFront", "403 Forbidden", cloudfront, denied).says(Service, 1, page, PROXY),
        row("403 as text", "403 Forbidden", text, "Blocked by policy 17\r\nAsk the help desk").says(
            Service,
            1,
            "an error without a code; the body is not JSON: \"Blocked by policy 17\" (HTTP 403, 1 attempt)",
            PROXY,
        ),
        row("401 as text", "401 Unauthorized", text, "Please\x1b[1m sign in").says(
            Service,
            1,
            "an error without a code; the body is not JSON: \"Please\\u{1b}[1m sign in\" (HTTP 401, 1 attempt)",
            PROXY,
        ),
        row("403 as text without a type", "403 Forbidden", "", "Blocked").says(
            Service,
            1,
            "an error without a code; the body is not JSON: expected value at line 1 column 1 (HTTP 403, 1 attempt)",
            PROXY,
        ),
        row("403 without anything", "403 Forbidden", "", "").says(
            Service,
            1,
            "an error without a code; the body is empty (HTTP 403, 1 attempt)",
            PROXY,
        ),
        row("403 as JSON of a gateway", "403 Forbidden", "", r#"{"error":"Forbidden"}"#).says(
            Service,
            1,
            "an error without a code: Forbidden (HTTP 403, 1 attempt)",
            "what is asked for may not exist, or not be assigned to this user",
        ),
        row("403 of AWS without a code", "403 Forbidden", AWS, "").says(
            Service,
            1,
            "an error without a code; the body is empty (HTTP 403, request id id-1, 1 attempt)",
            "what is asked for may not exist, or not be assigned to this user",
        ),
        row("502 as text", "502 Bad Gateway", text, "upstream timed out").says(
            Service,
            3,
            "an error without a code; the body is not JSON: \"upstream timed out\" (HTTP 502, 3 attempts)",
            PROXY,
        ),
        row("408", "408 Request Timeout", "", "").says(
            Service,
            1,
            "an error without a code; the body is empty (HTTP 408, 1 attempt)",
            "the request did not arrive in time at the server, or at a proxy: check the network, and try again",
        ),
        row("511 of a captive portal", "511 Network Authentication Required", "", "<p>Sign in").says(
            Service,
            1,
            "an error without a code; the body is HTML or XML, not JSON: did a proxy or a sign-in page answer? \
             (HTTP 511, 1 attempt)",
            PROXY,
        ),
    ]
}

fn errors_as_successes() -> Vec<Row> {
    use End::{Response, Service, Success};
    let error =
        "the response cannot be used: the body describes an error, and has nothing of the output (HTTP 200, 1 attempt)";
    let ty = "x-amzn-errortype: UnauthorizedException\r\n";
    let row = Row::answers;
    vec![
        row("200 with an error", "200 OK", "", r#"{"error":"token expired"}"#).says(Response, 1, error, ""),
        row("200 with the type of an error", "200 OK", AWS, r#"{"__type":"OddException","message":"m"}"#).says(
            Response,
            1,
            "the response cannot be used: the body describes an error, and has nothing of the output (HTTP 200, request id id-1, 1 attempt)",
            "",
        ),
        row("200 with an error and an output", "200 OK", "", r#"{"error":"x","accountList":[]}"#).says(Success, 1, "", ""),
        row("200 with no error", "200 OK", "", r#"{"error":null}"#).says(Success, 1, "", ""),
        row("200 with the code of an error", "200 OK", ty, r#"{"message":"expired"}"#).says(
            Service,
            1,
            "UnauthorizedException: expired (HTTP 200, 1 attempt)",
            TOKEN,
        ),
        row("200 with nothing but the code of an error", "200 OK", ty, "").says(
            Service,
            1,
            "UnauthorizedException (HTTP 200, 1 attempt)",
            TOKEN,
        ),
        row("200 with the code of an error and an output", "200 OK", ty, r#"{"accountList":[]}"#).says(Success, 1, "", ""),
        row("200 that throttles", "200 OK", "x-amzn-errortype: TooManyRequestsException\r\n", "{}").says(
            Service,
            3,
            "TooManyRequestsException (HTTP 200, 3 attempts)",
            "requests come faster than the service takes them: wait before the next, and make fewer at a time",
        ),
    ]
}

/// What was read of an error counts, whatever becomes of the rest.
fn cut() -> Vec<Row> {
    use End::Service;
    let head = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 200\r\n\r\n";
    let row = |name, body: &str| Row::script(name, [send(head), send(body), Step::Close]);
    vec![
        row("cuts an error short after its end", UNAUTHORIZED).says(
            Service,
            1,
            "UnauthorizedException: Session token not found or invalid (HTTP 401, 1 attempt)",
            TOKEN,
        ),
        row("cuts an error short in its message", r#"{"__type":"UnauthorizedException","message":"Sess"#).says(
            Service,
            1,
            "UnauthorizedException (HTTP 401, 1 attempt)",
            TOKEN,
        ),
        row("cuts an error short in its code", r#"{"__type":"Unauth"#).says(
            Service,
            3,
            "an error without a code; the body broke off: the connection ended early (HTTP 401, 3 attempts)",
            TOKEN,
        ),
        Row::script("answers twice", [respond("401 Unauthorized", "", UNAUTHORIZED), respond("200 OK", "", "{}")])
            .says(Service, 1, "UnauthorizedException: Session token not found or invalid (HTTP 401, 1 attempt)", TOKEN),
    ]
}
