//! What goes wrong with a response.

use std::time::Duration;

/// The longest body that clients read by default.
pub(crate) const MAX_RESPONSE_BODY: usize = 16 << 20;

/// What a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faults {
    /// Nothing; responses take a little while.
    None,
    /// Each response may have one.
    Random,
    /// The same over HTTP/2, which no server without the feature of that name has.
    #[cfg_attr(not(feature = "http2"), allow(dead_code, reason = "the test that asks for it needs the feature"))]
    RandomHttp2,
    /// Every response is a list that takes all that a response may have.
    HugeList,
    /// Every response is the list that takes most memory for its length: its accounts have no members.
    EmptyAccounts,
}

impl Faults {
    const ALL: [(Self, &str); 5] = [
        (Self::None, "none"),
        (Self::Random, "random"),
        (Self::RandomHttp2, "random-http2"),
        (Self::HugeList, "huge-list"),
        (Self::EmptyAccounts, "empty-accounts"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(faults, _)| *faults == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, found)| *found == name).map(|(faults, _)| *faults)
    }

    /// Draws what becomes of a response.
    pub(crate) fn draw(self) -> Fault {
        match self {
            Self::None => Fault::Slow,
            Self::HugeList => Fault::HugeList,
            Self::EmptyAccounts => Fault::EmptyAccounts,
            Self::Random | Self::RandomHttp2 => match fastrand::u32(0..1000) {
                0..40 => Fault::Status("500 Internal Server Error", "InternalFailure"),
                40..60 => Fault::Status("429 Too Many Requests", "TooManyRequestsException"),
                60..80 => Fault::Garbage,
                80..110 => Fault::CloseBefore,
                110..140 => Fault::ResetBefore,
                140..170 => Fault::ResetMidway,
                170..200 => Fault::Truncated,
                200..210 => Fault::Stall,
                210..220 => Fault::StallMidway,
                220..240 => Fault::SlowHead,
                240..270 => Fault::Hangup,
                270..290 => Fault::TwoResponses,
                290..292 => Fault::ResetAll,
                292..400 => Fault::Slow,
                _ => Fault::None,
            },
        }
    }
}

/// What becomes of a response; over HTTP/2, what comes nearest to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It takes a moment.
    Slow,
    /// Status and code of an error.
    Status(&'static str, &'static str),
    /// It is not HTTP. Over HTTP/2: the server says goodbye, and breaks off all streams.
    Garbage,
    /// Over HTTP/2: the server says goodbye, and answers the streams that there are.
    CloseBefore,
    ResetBefore,
    ResetMidway,
    /// It ends in the middle of its body.
    Truncated,
    /// Nothing comes until the client gives up.
    Stall,
    /// Nothing comes after half of the body.
    StallMidway,
    /// The head comes in pieces.
    SlowHead,
    /// The connection is reset after a response that says nothing of it.
    Hangup,
    /// Another response follows, which nobody asked for. Over HTTP/2: it is longer than a window of the flow control.
    TwoResponses,
    /// All connections are reset.
    ResetAll,
    HugeList,
    EmptyAccounts,
}

/// A step of a server.
pub(crate) enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    Hold,
    Close,
    Reset,
    ResetAll,
}

impl Fault {
    /// The response to a request with this access token, which comes back as the name of each account.
    pub(crate) fn answer(self, token: &str) -> Vec<Step> {
        let whole = || accounts(token, fastrand::usize(1..40));
        let half = || {
            let mut bytes = whole();
            bytes.truncate(bytes.len() - 80);
            bytes
        };
        let pause = || Step::Pause(Duration::from_millis(fastrand::u64(1..4)));
        match self {
            Self::None | Self::Hangup => vec![Step::Send(whole())],
            Self::Slow => vec![pause(), Step::Send(whole())],
            Self::Status(status, code) => {
                let headers = format!("x-amzn-errortype: {code}\r\n");
                vec![Step::Send(response(status, &headers, r#"{"message":"as the test wants it"}"#))]
            }
            Self::Garbage => vec![Step::Send(b"this is not HTTP\r\n\r\n".to_vec()), Step::Close],
            Self::CloseBefore => vec![Step::Close],
            Self::ResetBefore => vec![pause(), Step::Reset],
            Self::ResetMidway => vec![Step::Send(half()), pause(), Step::Reset],
            Self::Truncated => vec![Step::Send(half()), Step::Close],
            Self::Stall => vec![Step::Hold],
            Self::StallMidway => vec![Step::Send(half()), Step::Hold],
            Self::SlowHead => {
                let bytes = whole();
                let (first, rest) = bytes.split_at(40);
                let pieces = first.chunks(10).flat_map(|piece| [Step::Send(piece.to_vec()), pause()]);
                pieces.chain([Step::Send(rest.to_vec())]).collect()
            }
            Self::TwoResponses => vec![Step::Send([whole(), accounts("nobody's", 1)].concat())],
            Self::ResetAll => vec![Step::ResetAll, Step::Send(whole())],
            Self::HugeList => vec![Step::Send(accounts(token, 190_000))],
            Self::EmptyAccounts => {
                let others = "{},".repeat((MAX_RESPONSE_BODY - 20) / 3);
                vec![Step::Send(response("200 OK", "", &format!(r#"{{"accountList":[{others}{{}}]}}"#)))]
            }
        }
    }
}

fn accounts(name: &str, count: usize) -> Vec<u8> {
    response("200 OK", "", &body(name, count))
}

/// A list of accounts with this name.
pub(crate) fn body(name: &str, count: usize) -> String {
    let account = format!(r#"{{"accountId":"111122223333","accountName":"{name}","emailAddress":"a@example.com"}}"#);
    let others = format!("{account},").repeat(count - 1);
    format!(r#"{{"accountList":[{others}{account}]}}"#)
}

fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
