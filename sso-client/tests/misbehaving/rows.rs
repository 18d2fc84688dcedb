//! What can go wrong on the other side, a row each. To add one, describe what the server does and
//! what a caller should see.

use std::time::Duration;

use sso_client::config::timeout::TimeoutKind;
use test_support::servers::{Certificate, Step, respond, send};

use crate::answers::{statuses, successes, throttling, tls};
use crate::http::http;

/// How a call should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Success,
    Dispatch,
    Timeout,
    Response,
    Service,
}

/// Which limit is short; the others leave time for a busy machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Short {
    None,
    Connect,
    Read,
    Attempt,
    Operation,
}

/// What a server does from the first byte of a connection on.
pub(crate) enum Mode {
    /// One script for each request; the last counts for all that follow.
    Tcp(Vec<Vec<Step>>),
    /// A TLS handshake with a certificate, and a success after it.
    Tls(Certificate),
    /// A TLS handshake with a valid certificate, and this script for every request.
    TlsScript(Vec<Step>),
    /// A TLS handshake with a valid certificate that offers HTTP/2, and one script for each request.
    #[cfg(feature = "http2")]
    Http2(Vec<Vec<Step>>),
}

pub(crate) enum Place {
    /// An address that refuses connections.
    Nowhere,
    /// A listener whose queue is full.
    Full,
    Server(Mode),
    /// The same server, by the other scheme.
    WrongScheme(Mode),
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) short: Short,
    pub(crate) max_body: Option<usize>,
    /// How many requests the client makes.
    pub(crate) attempts: usize,
    /// How many of them the server sees.
    pub(crate) seen: usize,
    pub(crate) end: End,
    pub(crate) kind: Option<TimeoutKind>,
    /// What the line has to say.
    pub(crate) detail: &'static str,
    /// What the hint has to say; empty where there is none.
    pub(crate) hint: &'static str,
    /// Whether line and hint have to be exactly these.
    pub(crate) exact: bool,
    /// The waits before retries in milliseconds, where the row is about them.
    pub(crate) waits: Option<&'static [u128]>,
}

impl Row {
    pub(crate) fn at(name: &'static str, place: Place) -> Self {
        Self {
            name,
            place,
            short: Short::None,
            max_body: None,
            attempts: 1,
            seen: 1,
            end: End::Success,
            kind: None,
            detail: "",
            hint: "",
            exact: false,
            waits: None,
        }
    }

    /// A server that does the same with every request.
    pub(crate) fn script(name: &'static str, script: impl Into<Vec<Step>>) -> Self {
        Self::at(name, Place::Server(Mode::Tcp(vec![script.into()])))
    }

    /// A server that answers every request like this.
    pub(crate) fn answers(name: &'static str, status: &str, headers: &str, body: &str) -> Self {
        Self::script(name, [respond(status, headers, body)])
    }

    pub(crate) fn tls(name: &'static str, certificate: Certificate) -> Self {
        Self::at(name, Place::Server(Mode::Tls(certificate)))
    }

    pub(crate) fn ends(mut self, end: End, attempts: usize, detail: &'static str) -> Self {
        (self.end, self.attempts, self.seen, self.detail) = (end, attempts, attempts, detail);
        self
    }

    pub(crate) fn seen(mut self, seen: usize) -> Self {
        self.seen = seen;
        self
    }

    pub(crate) fn short(mut self, short: Short, kind: Option<TimeoutKind>) -> Self {
        (self.short, self.kind) = (short, kind);
        self
    }

    pub(crate) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn waits(mut self, waits: &'static [u128]) -> Self {
        self.waits = Some(waits);
        self
    }

    /// The whole line without the operation, and the whole hint.
    pub(crate) fn says(mut self, end: End, attempts: usize, line: &'static str, hint: &'static str) -> Self {
        self.exact = true;
        self.ends(end, attempts, line).hint(hint)
    }

    pub(crate) fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }
}

pub(crate) const SOON: Duration = Duration::from_millis(50);
pub(crate) const AWS: &str = "x-amzn-requestid: id-1\r\n";
const BODY_BEGINS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"accountList\":";

pub(crate) fn rows() -> Vec<Row> {
    [
        connections(),
        stalls(),
        bodies(),
        no_http(),
        successes(),
        statuses(),
        throttling(),
        tls(),
        http(),
        crate::tls::tls(),
        crate::tls::http2(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn connections() -> Vec<Row> {
    use End::{Dispatch, Response, Success};
    let broke = "the exchange with 127.0.0.1 failed: ";
    let head_begins = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconte";
    vec![
        Row::at("refuses", Place::Nowhere)
            .ends(Dispatch, 3, "could not connect to 127.0.0.1: ")
            .seen(0)
            .hint("nothing listens there"),
        Row::script("resets before it reads", [Step::LeaveUnread, Step::Close]).ends(Dispatch, 3, broke),
        Row::script("closes without an answer", [Step::Close]).ends(Dispatch, 3, broke),
        Row::script("closes in the status line", [send("HTTP/1.1 2"), Step::Close]).ends(Dispatch, 3, broke),
        Row::script("closes in the headers", [send(head_begins), Step::Close]).ends(Dispatch, 3, broke),
        Row::script("resets in the headers", [Step::LeaveUnread, send(head_begins), Step::Pause(SOON), Step::Close])
            .ends(Dispatch, 3, broke),
        Row::script("resets in the body", [Step::LeaveUnread, send(BODY_BEGINS), Step::Pause(SOON), Step::Close]).ends(
            Response,
            3,
            "the body broke off",
        ),
        Row::at(
            "resets once, then works",
            Place::Server(Mode::Tcp(vec![vec![Step::LeaveUnread, Step::Close], vec![respond("200 OK", "", "{}")]])),
        )
        .ends(Success, 2, ""),
    ]
}

fn stalls() -> Vec<Row> {
    use End::{Dispatch, Service, Timeout};
    let read = Some(TimeoutKind::Read);
    let silent = "no response came within 600ms";
    let fell_silent = "the server fell silent";
    let head = |status: &str, headers: &str| format!("HTTP/1.1 {status}\r\n{headers}content-length: 50\r\n\r\n{{");
    vec![
        Row::at("does not let anyone connect", Place::Full)
            .short(Short::Connect, Some(TimeoutKind::Connect))
            .ends(Dispatch, 2, "no connection within 600ms (connect timeout)")
            .seen(0)
            .hint("the host did not answer at all"),
        Row::script("accepts and is silent", [Step::LeaveUnread, Step::Pause(Duration::from_secs(2))])
            .short(Short::Read, read)
            .ends(Dispatch, 2, silent)
            .hint(fell_silent),
        Row::script("reads and is silent", [Step::Hold])
            .short(Short::Read, read)
            .ends(Dispatch, 2, silent)
            .hint(fell_silent),
        Row::script("stalls in the headers", [send("HTTP/1.1 200 OK\r\ncont"), Step::Hold])
            .short(Short::Read, read)
            .ends(Dispatch, 2, silent)
            .hint(fell_silent),
        Row::script("stalls in the body", [send(BODY_BEGINS), Step::Hold])
            .short(Short::Read, read)
            .ends(Timeout, 2, "no more of the body came within 600ms (HTTP 200, 2 attempts)")
            .hint(fell_silent),
        Row::script(
            "stalls in a chunk",
            [send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"), Step::Hold],
        )
        .short(Short::Read, read)
        .ends(Timeout, 2, "no more of the body came within 600ms")
        .hint(fell_silent),
        Row::script(
            "stalls in the body of an error that says what it is",
            [send(&head("401 Unauthorized", "x-amzn-errortype: UnauthorizedException\r\n")), Step::Hold],
        )
        .short(Short::Read, None)
        .ends(Service, 1, "UnauthorizedException (HTTP 401, 1 attempt)")
        .hint("sign in again"),
        Row::script("stalls in the body of an error that does not", [send(&head("400 Bad Request", AWS)), Step::Hold])
            .short(Short::Read, None)
            .ends(Service, 2, "the body stalled: no more of it came within 600ms"),
        Row::script("stalls for longer than an attempt may take", [Step::Hold])
            .short(Short::Attempt, Some(TimeoutKind::Attempt))
            .ends(Timeout, 2, "the attempt did not end within 600ms")
            .hint("operation_attempt_timeout"),
        Row::script("trickles for longer than an attempt may take", [send(BODY_BEGINS), Step::Trickle(50, SOON)])
            .short(Short::Attempt, Some(TimeoutKind::Attempt))
            .ends(Timeout, 2, "the attempt did not end within 600ms")
            .hint("operation_attempt_timeout"),
        Row::script("stalls for longer than the call may take", [Step::Hold])
            .short(Short::Operation, Some(TimeoutKind::Operation))
            .ends(Timeout, 1, "the operation did not end within 600ms")
            .hint("operation_timeout"),
    ]
}

fn bodies() -> Vec<Row> {
    use End::{Response, Service, Success};
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let broke = "the body broke off";
    vec![
        Row::script("cuts a body short", [send(BODY_BEGINS), Step::Close]).ends(Response, 3, broke),
        Row::script(
            "cuts a body short before it begins",
            [send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"), Step::Close],
        )
        .ends(Response, 3, broke),
        Row::script("cuts a chunk short", [send(chunked), send("a\r\n{\"ac"), Step::Close]).ends(Response, 3, broke),
        Row::script("forgets the last chunk", [send(chunked), send("2\r\n{}\r\n"), Step::Close])
            .ends(Response, 3, broke),
        Row::script("writes no number before a chunk", [send(chunked), send("zz\r\n{}\r\n"), Step::Close])
            .ends(Response, 3, broke),
        Row::script(
            "cuts the body of an error short",
            [
                send("HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: ForbiddenException\r\ncontent-length: 50\r\n\r\n{"),
                Step::Close,
            ],
        )
        .ends(Service, 1, "ForbiddenException; the body broke off")
        .hint("assigned"),
        Row::answers("sends a body of the largest size", "200 OK", "", &format!("{{}}{}", " ".repeat(998)))
            .max_body(1000)
            .ends(Success, 1, ""),
        Row::answers("sends a body that is too large", "200 OK", "", &" ".repeat(1001)).max_body(1000).ends(
            Response,
            1,
            "the body is larger than 1000 bytes, the most that is read",
        ),
        Row::script(
            "sends chunks that are too much together",
            [send(chunked), send(&format!("1f4\r\n{0}\r\n1f4\r\n{0}\r\n1f4\r\n{0}\r\n0\r\n\r\n", " ".repeat(500)))],
        )
        .max_body(1000)
        .ends(Response, 1, "the body is larger than 1000 bytes"),
        Row::answers("sends an error that is too large", "400 Bad Request", AWS, &" ".repeat(1001))
            .max_body(1000)
            .ends(Service, 1, "the body is larger than 1000 bytes"),
    ]
}

fn no_http() -> Vec<Row> {
    use End::Dispatch;
    let hint = "does not speak HTTP";
    let detail = "invalid HTTP";
    let many: String = (0..200).map(|number| format!("x-{number}: 1\r\n")).collect();
    vec![
        Row::script("speaks another protocol", [send("SSH-2.0-OpenSSH_9.6\r\n")]).ends(Dispatch, 1, detail).hint(hint),
        Row::script("sends bytes of no meaning", [Step::Send(vec![0xff; 64])]).ends(Dispatch, 1, detail).hint(hint),
        Row::script("speaks a version that there is not", [send("HTTP/7.0 200 OK\r\n\r\n")])
            .ends(Dispatch, 1, detail)
            .hint(hint),
        Row::script("sends a header that is none", [send("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]).ends(
            Dispatch,
            1,
            "a header is malformed: invalid HTTP header parsed",
        ),
        Row::script("sends two lengths", [send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}")])
            .ends(Dispatch, 1, "invalid content-length"),
        Row::script("sends hundreds of headers", [send(&format!("HTTP/1.1 200 OK\r\n{many}\r\n"))]).ends(
            Dispatch,
            1,
            "message head is too large",
        ),
        Row::script(
            "sends a header without end",
            [send("HTTP/1.1 200 OK\r\nx-long: "), Step::Send(vec![b'a'; 600_000]), send("\r\n\r\n")],
        )
        .ends(Dispatch, 1, "message head is too large"),
    ]
}
