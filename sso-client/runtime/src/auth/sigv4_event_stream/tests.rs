//! The signatures were made by a few lines of Python that follow the published rules.

use std::time::{Duration, SystemTime};

use aws_smithy_types::event_stream::{Header, HeaderValue};
use http_body_util::{BodyExt, StreamBody};

use super::*;
use crate::config::credentials::Credentials;
use crate::config::{Region, Service};
use crate::endpoint::endpoint_at;

static SERVICE: Service = Service {
    client: crate::client_crate!(),
    sdk_id: "Service",
    api_version: "1",
    signing_name: "service",
    error_places: crate::error::ErrorPlaces::USUAL,
    resolve_endpoint: |_| endpoint_at(["https://example.amazonaws.com"]),
};

/// Signatures of the event and of the empty one that ends the stream.
const SIGNATURES: [&str; 2] = [
    "e4859bb7082fc8708baafb6a115a68d464ee6b802a94eefa98018fc20d3d4c16",
    "3104b8196f160c4ae6f74457290763b4c544f324c76ca05c41e7b96587a86c8c",
];

fn event() -> Message {
    let text = |name: &'static str, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
    Message::new(&b"hello"[..])
        .add_header(text(":message-type", "event"))
        .add_header(text(":event-type", "said"))
        .add_header(text(":content-type", "text/plain"))
}

async fn signed(body: RequestBody) -> (http::HeaderMap, Result<Vec<Message>, String>) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_440_938_160_789);
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let config = Config::builder()
        .region(Region::new("us-east-1"))
        .time_source(move || time)
        .credentials_provider(Credentials::new("AKIDEXAMPLE", secret, None, None, "test"))
        .build();
    let endpoint = endpoint_at(["https://example.amazonaws.com"]).expect("an endpoint");
    let mut request = http::Request::post("https://example.amazonaws.com/stream")
        .header("content-type", "application/vnd.amazon.eventstream")
        .header("content-length", "0")
        .body(body)
        .expect("a request");
    let context = AuthContext { config: &config, service: &SERVICE, endpoint: &endpoint, optional: false };
    sign_events(&mut request, context).await.expect("signed");
    let (head, mut body) = request.into_parts();
    let mut messages = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame.into_data().expect("data"),
            Err(error) => return (head.headers, Err(error.to_string())),
        };
        let mut frames = Frames::default();
        frames.push(&frame);
        messages.push(frames.next().expect("a message").expect("all of it"));
        assert_eq!(frames.end(), Ok(()), "one message a piece");
    }
    (head.headers, Ok(messages))
}

/// The headers of a signed event, by name.
fn check_headers(message: &Message, signature: &str) {
    let find = |name| message.headers().iter().find(|header| header.name().as_str() == name).map(Header::value);
    let Some(HeaderValue::ByteArray(bytes)) = find(":chunk-signature") else { panic!("no signature") };
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, signature);
    let Some(HeaderValue::Timestamp(date)) = find(":date") else { panic!("no date") };
    assert_eq!(date.to_millis().ok(), Some(1_440_938_160_000));
    assert_eq!(message.headers().len(), 2);
}

fn in_pieces(bytes: &Bytes, size: usize) -> RequestBody {
    let pieces: Vec<Result<Frame<Bytes>, BoxError>> =
        bytes.chunks(size).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect();
    RequestBody::stream(StreamBody::new(Pieces(pieces.into_iter())))
}

struct Pieces(std::vec::IntoIter<Result<Frame<Bytes>, BoxError>>);

impl futures_core::Stream for Pieces {
    type Item = Result<Frame<Bytes>, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn events_are_wrapped_and_signed() {
    let frame = encode(&event()).expect("encoded");
    for size in [1, 7, frame.len()] {
        let (headers, messages) = signed(in_pieces(&frame, size)).await;
        let authorization = headers["authorization"].to_str().expect("text");
        assert!(
            authorization.ends_with("Signature=5779346c88a3f5244a1262410292527a5027c118a5baf7ea2a3fd69c922a6722"),
            "{authorization}"
        );
        assert_eq!(headers["x-amz-content-sha256"], EVENTS);
        assert!(!headers.contains_key("content-length"));
        let [wrapped, end] = &messages.expect("messages")[..] else { panic!("an event and an end") };
        check_headers(wrapped, SIGNATURES[0]);
        check_headers(end, SIGNATURES[1]);
        assert!(end.payload().is_empty());
        let mut inner = Frames::default();
        inner.push(wrapped.payload());
        assert_eq!(inner.next(), Ok(Some(event())));
    }
}

#[tokio::test]
async fn a_stream_without_events() {
    let (_, messages) = signed(RequestBody::default()).await;
    assert_eq!(messages.expect("messages").len(), 1);
}

#[tokio::test]
async fn malformed_events_end_the_body() {
    let frame = encode(&event()).expect("encoded");
    let (_, messages) = signed(in_pieces(&frame.slice(..20), 20)).await;
    assert_eq!(messages, Err("the event stream ends within an event".to_owned()));
    let (_, messages) = signed(in_pieces(&Bytes::from_static(b"certainly no event"), 20)).await;
    assert_eq!(
        messages,
        Err("the event stream is corrupt: the checksum of an event's lengths does not match".to_owned())
    );
}
