use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use futures_core::Stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};

use super::*;
use crate::base::BoxError;
use crate::error::{ProvideErrorMetadata, SdkError};
use crate::http::ResponseBody;
use crate::http_bindings::StreamingBody;

mod model;

use model::{Action, ActionError, Blob, Heard, Moved, Noted, Paused, Said};

/// A stream of what is there already.
struct Given<I>(I);

impl<I: Iterator + Unpin> Stream for Given<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

fn given<T>(items: impl IntoIterator<Item = T, IntoIter: Unpin>) -> Given<impl Iterator<Item = T> + Unpin> {
    Given(items.into_iter())
}

fn receiver(pieces: Vec<Result<Bytes, BoxError>>) -> EventReceiver<Action> {
    let body = StreamBody::new(given(pieces.into_iter().map(|piece| piece.map(Frame::data))));
    EventReceiver::new(ResponseBody::new(body))
}

fn receiver_of(frames: &[Bytes]) -> EventReceiver<Action> {
    receiver(frames.iter().cloned().map(Ok).collect())
}

fn actions() -> Vec<Action> {
    vec![
        Action::Moved(Moved {
            direction: Some("north".to_owned()),
            urgent: true,
            steps: Some(-3),
            speed: Some(1.5),
            note: None,
        }),
        Action::Said(Said { text: Some("hello".to_owned()) }),
        Action::Heard(Heard { bytes: Some(Blob(vec![0, 255])) }),
        Action::Noted(Noted { tags: Some(vec!["a".to_owned()]) }),
        Action::Paused(Paused),
    ]
}

fn frame(action: &Action) -> Bytes {
    let mut builder = EventBuilder::default();
    action.write_event(&mut builder);
    encode(&builder.finish().expect("complete")).expect("encoded")
}

fn message(headers: &[(&'static str, &'static str)], payload: &'static [u8]) -> Bytes {
    let mut message = Message::new(payload);
    for (name, value) in headers {
        let value = HeaderValue::String((*value).into());
        message = message.add_header(aws_smithy_types::event_stream::Header::new(*name, value));
    }
    encode(&message).expect("encoded")
}

async fn all(mut receiver: EventReceiver<Action>) -> Result<Vec<Action>, SdkError<ActionError, RawMessage>> {
    let mut events = Vec::new();
    while let Some(event) = receiver.recv().await? {
        events.push(event);
    }
    Ok(events)
}

#[test]
fn bytes_on_the_wire() {
    // Made by another implementation.
    let expected = "00000059000000442190f75a0d3a6d6573736167652d747970650700056576656e740b3a6576656e742d7479706507000473\
                    6169640d3a636f6e74656e742d7479706507000a746578742f706c61696e68656c6c6f89ff46b7";
    let hex: String = frame(&actions()[1]).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    // Nothing but the headers that say what it is, when there is no payload.
    let empty = frame(&Action::Said(Said::default()));
    assert!(!empty.windows(13).any(|name| name == b":content-type"));
}

#[tokio::test]
async fn round_trips_in_chunks_of_any_size() {
    let sender = EventStreamSender::of(given(actions()));
    let mut body = sender.source().open().expect("the events");
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(frame.expect("a frame").into_data().expect("data"));
    }
    assert_eq!(frames.len(), actions().len(), "an event a piece");
    let again = sender.source().open().expect_err("sent").to_string();
    assert_eq!(again, "the events of this stream have been sent, or were never set");
    let bytes: Bytes = frames.concat().into();
    for size in [1, 3, 64, bytes.len()] {
        let pieces = bytes.chunks(size).map(Bytes::copy_from_slice).map(Ok).collect();
        assert_eq!(all(receiver(pieces)).await.expect("events"), actions(), "{size}");
    }
}

#[tokio::test]
async fn invalid_events_are_not_sent() {
    let long = Some("x".repeat(40_000));
    let moved = |direction| Action::Moved(Moved { direction, ..Moved::default() });
    let large = Action::Heard(Heard { bytes: Some(Blob(vec![0; MAX_MESSAGE])) });
    for (event, expected) in [
        (Ok(moved(None)), "direction is required, but missing or empty"),
        (Ok(moved(long)), "direction is longer than the 32767 bytes that a header may have"),
        (Ok(Action::Unknown), "an event of unknown type cannot be sent"),
        (Ok(large), "an event of 16777315 bytes is larger than the 16777216 allowed"),
        (Err("the microphone is gone"), "the microphone is gone"),
    ] {
        let sender = EventStreamSender::from(given([event]));
        let mut body = sender.source().open().expect("the events");
        let error = body.frame().await.expect("an outcome").expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn exceptions_and_errors_end_the_stream() {
    let said = frame(&actions()[1]);
    let exception = message(
        &[(":message-type", "exception"), (":exception-type", "Stumbled"), (":content-type", "application/json")],
        br#"{"message":"ouch","over":"SECRET"}"#,
    );
    let mut receiver = receiver_of(&[said.clone(), exception, said.clone()]);
    assert_eq!(receiver.recv().await.expect("an event"), Some(actions().remove(1)));
    let error = receiver.recv().await.expect_err("an exception");
    assert_eq!(error.to_string(), "Stumbled: ouch");
    assert!(!format!("{:?}", error.raw_response()).contains("SECRET"), "{:?}", error.raw_response());
    let Some(ActionError::Stumbled(stumbled)) = error.as_service_error() else { panic!("{error:?}") };
    assert_eq!((stumbled.over.as_deref(), stumbled.code()), (Some("SECRET"), Some("Stumbled")));
    assert_eq!(receiver.recv().await.expect("the end"), None);

    for (headers, expected) in [
        (&[(":message-type", "exception"), (":exception-type", "Unlisted")][..], "Unlisted"),
        (&[(":message-type", "exception"), (":exception-type", "Bad\n")], "Bad "),
        (&[(":message-type", "error"), (":error-code", "500"), (":error-message", "down")], "500: down"),
        (&[(":message-type", "error")], "an error without a code"),
    ] {
        let mut receiver = receiver_of(&[message(headers, b""), said.clone()]);
        let error = receiver.recv().await.expect_err(expected);
        assert!(matches!(error.as_service_error(), Some(ActionError::Unhandled(_))), "{error:?}");
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(receiver.recv().await.expect("the end"), None);
    }
}

#[tokio::test]
async fn mismatched_events_can_be_skipped() {
    let event = (":message-type", "event");
    for (headers, payload, expected) in [
        (&[][..], &b""[..], "it has no :message-type"),
        (&[(":message-type", "greeting")], b"", "its :message-type is neither event, exception nor error"),
        (&[event], b"", "it has no :event-type"),
        (&[event, (":event-type", "moved"), ("urgent", "SECRET")], b"", "the header urgent does not fit the model"),
        (&[event, (":event-type", "said")], b"SECRET\xff", "its payload is not UTF-8 text"),
        (&[event, (":event-type", "moved")], b"{\"note\":\"SECRET\"", "the body is cut short: its JSON does not end"),
    ] {
        let mut receiver = receiver_of(&[message(headers, payload), frame(&Action::Paused(Paused))]);
        let error = receiver.recv().await.expect_err(expected);
        assert!(matches!(error, SdkError::ResponseError(_)), "{error:?}");
        let text = format!("{error} {error:?}");
        assert!(error.to_string().ends_with(&format!("one of its events cannot be read: {expected}")), "{error}");
        assert!(!text.contains("SECRET"), "{text}");
        assert_eq!(receiver.recv().await.expect("the next"), Some(Action::Paused(Paused)));
    }
    let unknown = message(&[event, (":event-type", "danced")], b"?");
    assert_eq!(all(receiver_of(&[unknown])).await.expect("an event"), [Action::Unknown]);
}

/// A frame of these lengths, whose checksums match.
fn sealed(length: u32, headers: u32, rest: &[u8]) -> Bytes {
    let mut prelude = BytesMut::new();
    prelude.put_u32(length);
    prelude.put_u32(headers);
    let checksum = crc32(&prelude);
    prelude.put_u32(checksum);
    prelude.extend_from_slice(rest);
    let checksum = crc32(&prelude);
    prelude.put_u32(checksum);
    prelude.freeze()
}

#[tokio::test]
async fn broken_streams() {
    let said = frame(&actions()[1]);
    let mut flipped = said.to_vec();
    flipped[80] ^= 1;
    let mut odd = said.to_vec();
    odd[3] ^= 1;
    let lengths = "the event stream is corrupt: the lengths of an event make no sense";
    for (bytes, expected) in [
        (flipped.into(), "the event stream is corrupt: "),
        (odd.into(), "the event stream is corrupt: the checksum of an event's lengths does not match"),
        (Bytes::from_static(b"<html>an error page"), "the event stream is corrupt: "),
        (sealed(u32::MAX, 0, b""), "an event of 4294967295 bytes is larger than the 16777216 that are read"),
        (sealed(8, 0, b""), lengths),
        (sealed(16, 4, b""), lengths),
        (sealed(200_000, 140_000, b""), lengths),
    ] {
        let mut receiver = receiver_of(&[bytes, said.clone()]);
        let error = receiver.recv().await.expect_err(expected);
        assert!(matches!(error, SdkError::ResponseError(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(receiver.recv().await.expect("the end"), None);
    }
    for cut in [1, 5, 12, 50] {
        let error = all(receiver_of(&[said.clone(), said.slice(..cut)])).await.expect_err("cut short");
        assert_eq!(error.to_string(), "the response cannot be used: the event stream ends within an event");
    }
    let mut receiver = receiver(vec![Ok(said), Err("connection reset".into())]);
    receiver.recv().await.expect("an event");
    let error = receiver.recv().await.expect_err("broken");
    assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
    assert_eq!(error.to_string(), "the event stream broke off: connection reset");
    assert_eq!(receiver.recv().await.expect("the end"), None);
}

fn of_type(kind: &'static str, payload: &'static str) -> Bytes {
    message(&[(":message-type", "event"), (":event-type", kind)], payload.as_bytes())
}

/// The members of a response come before its events, however its bytes are cut; without them, no event is lost.
#[tokio::test]
async fn initial_responses() {
    let event = || frame(&actions()[1]);
    let initial = || of_type("initial-response", r#"{"a":1}"#);
    let body = |bytes: &[u8], size: usize| {
        let pieces: Vec<Result<Frame<Bytes>, BoxError>> =
            bytes.chunks(size).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect();
        ResponseBody::new(StreamBody::new(given(pieces)))
    };
    for (frames, members, events) in [
        (vec![initial(), event(), event()], r#"{"a":1}"#, 2),
        (vec![event(), event()], "", 2),
        (vec![initial()], r#"{"a":1}"#, 0),
        (vec![], "", 0),
    ] {
        let bytes = frames.concat();
        for size in [1, 7, 1000] {
            let (found, rest) = initial_response(body(&bytes, size)).await.expect("read");
            assert_eq!(found, members);
            let mut receiver = EventReceiver::<Action>::new(rest);
            for _ in 0..events {
                assert_eq!(receiver.recv().await.expect("an event").as_ref(), Some(&actions()[1]));
            }
            assert_eq!(receiver.recv().await.expect("the end"), None, "{frames:?} {size}");
        }
    }
    // Corrupt bytes are what the receiver reports.
    let mut corrupt = initial().to_vec();
    corrupt[20] ^= 1;
    let (found, rest) = initial_response(body(&corrupt, 1000)).await.expect("read");
    assert!(found.is_empty());
    EventReceiver::<Action>::new(rest).recv().await.expect_err("corrupt");
    let pieces: Vec<Result<Frame<Bytes>, BoxError>> =
        vec![Ok(Frame::data(initial().slice(..9))), Err("connection reset".into())];
    let broken = ResponseBody::new(StreamBody::new(given(pieces)));
    let error = initial_response(broken).await.expect_err("broken off");
    assert!(error.is_io(), "{error:?}");
    assert_eq!(error.to_string(), "the event stream broke off: connection reset");
}

/// A receiver that nobody has read the members for passes over them, once.
#[tokio::test]
async fn an_initial_response_is_no_event() {
    let initial = || of_type("initial-response", "{}");
    let mut receiver = receiver_of(&[initial(), frame(&actions()[1]), initial()]);
    assert_eq!(receiver.recv().await.expect("an event").as_ref(), Some(&actions()[1]));
    let unknown = receiver.recv().await.expect("an event");
    assert!(matches!(unknown, Some(Action::Unknown)), "{unknown:?}");
}

#[test]
fn no_bytes_panic() {
    let valid = frame(&actions()[0]);
    let headers = u32::from_be_bytes([valid[4], valid[5], valid[6], valid[7]]);
    let inner = &valid[12..valid.len() - 4];
    for at in 0..inner.len() {
        for value in [0, 1, 2, 6, 7, 9, 10, 127, 128, 255] {
            let mut bytes = inner.to_vec();
            bytes[at] = value;
            let mut frames = Frames::default();
            frames.push(&sealed(valid.len().try_into().expect("small"), headers, &bytes));
            let Ok(Some(message)) = frames.next() else { continue };
            let _ = Action::read_event(&Event::new(&message));
        }
    }
}

#[tokio::test]
async fn clones_are_the_same_stream() {
    let mut first = receiver_of(&[frame(&actions()[1]), frame(&actions()[4])]);
    let mut second = first.clone();
    assert_eq!((first == second, first == receiver_of(&[])), (true, false));
    first.recv().await.expect("an event");
    let error = second.recv().await.expect_err("taken").to_string();
    assert!(error.ends_with("another clone of this event receiver has the stream: a stream has one reader"), "{error}");
    assert_eq!(first.recv().await.expect("an event"), Some(Action::Paused(Paused)));
    assert_eq!(EventReceiver::<Action>::default().recv().await.expect("nothing"), None);
    let sender = EventStreamSender::<Action>::default();
    assert!(sender == sender.clone() && sender != EventStreamSender::default());
    assert!(sender.source().open().is_err());
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&first);
    shared(&sender);
}

#[test]
fn header_values() {
    fn check<T: EventHeaderValue + PartialEq + fmt::Debug>(value: &T) {
        assert_eq!(T::from_header(value.to_header()).as_ref(), Some(value));
    }
    check(&true);
    check(&i8::MIN);
    check(&i16::MIN);
    check(&i32::MIN);
    check(&i64::MIN);
    check(&Bytes::from_static(b"\0\xff"));
    check(&"text".to_owned());
    assert!(i32::from_header(1_i64.to_header()).is_none());
    check(&crate::time::timestamp::DateTime::from_millis(-1_500));
}
