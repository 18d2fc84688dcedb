//! What goes wrong with a response.

use std::time::Duration;

/// What a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faults {
    /// Nothing; responses take a little while.
    None,
    /// Each response may have one.
    Random,
    /// Every response is a list that takes all that a response may have.
    HugeList,
}

impl Faults {
    const ALL: [(Self, &str); 3] = [(Self::None, "none"), (Self::Random, "random"), (Self::HugeList, "huge-list")];

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
            Self::Random => match fastrand::u32(0..1000) {
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

/// What becomes of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It takes a moment.
    Slow,
    /// Status and code of an error.
    Status(&'static str, &'static str),
    /// It is not HTTP.
    Garbage,
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
    /// Another response follows, which nobody asked for.
    TwoResponses,
    /// All connections are reset.
    ResetAll,
    HugeList,
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
        }
    }
}

fn accounts(name: &str, count: usize) -> Vec<u8> {
    let account = format!(r#"{{"accountId":"111122223333","accountName":"{name}","emailAddress":"a@example.com"}}"#);
    let others = format!("{account},").repeat(count - 1);
    response("200 OK", "", &format!(r#"{{"accountList":[{others}{account}]}}"#))
}

fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
