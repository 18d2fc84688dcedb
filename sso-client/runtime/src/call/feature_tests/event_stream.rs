use std::pin::Pin;
use std::task::{Context, Poll};

use super::*;
use crate::auth::sigv4_event_stream::sign_events;
use crate::config::credentials::Credentials;
use crate::http::ResponseBody;
use crate::http_bindings::event_stream::{
    CONTENT_TYPE, Event, EventBuilder, EventError, EventReceiver, EventStreamSender, EventStructure, Frames,
    ReceiveUnion, SendUnion, encode,
};

#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    text: Option<String>,
}

impl EventStructure for Said {
    fn read_event(&mut self, event: &Event<'_>) -> Result<(), EventError> {
        event.text_payload(&mut self.text)
    }

    fn write_event(&self, to: &mut EventBuilder) {
        to.text_payload(self.text.as_ref());
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Speech {
    Said(Said),
    Unknown,
}

impl Speech {
    fn said(text: &str) -> Self {
        Self::Said(Said { text: Some(text.to_owned()) })
    }
}

impl ReceiveUnion for Speech {
    type Error = ThingError;

    fn read_event(event: &Event<'_>) -> Result<Self, EventError> {
        match event.event_type() {
            "said" => event.read(Self::Said),
            _ => Ok(Self::Unknown),
        }
    }
}

impl SendUnion for Speech {
    fn write_event(&self, to: &mut EventBuilder) {
        match self {
            Self::Said(event) => to.event("said", event),
            Self::Unknown => to.unknown(),
        }
    }
}

/// `POST /talk`, events both ways.
struct Talk;

#[derive(Clone, Debug, Default, PartialEq)]
struct TalkInput {
    speech: Option<EventStreamSender<Speech>>,
}

impl HttpBindings for TalkInput {
    fn visit(&self, visitor: &mut impl BindingVisitor) {
        visitor.path("/talk");
        visitor.streaming_payload(CONTENT_TYPE, Member::required("speech"), &self.speech);
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct TalkOutput {
    speech: EventReceiver<Speech>,
}

impl RequestId for TalkOutput {
    fn request_id(&self) -> Option<&str> {
        None
    }
}

impl Output for TalkOutput {
    fn from_response(_response: &Response) -> Result<Self, BoxError> {
        Ok(Self::default())
    }

    fn from_stream(_response: &Response, body: ResponseBody) -> Result<Self, BoxError> {
        Ok(Self { speech: EventReceiver::new(body) })
    }
}

impl Operation for Talk {
    const INFO: &'static OperationInfo =
        &OperationInfo::new("Talk", "POST").authorize(sign_events).event_stream_output();
    type Input = TalkInput;
    type Output = TalkOutput;
    type Error = ThingError;
}

/// A stream of these.
struct Given(std::vec::IntoIter<Speech>);

impl futures_core::Stream for Given {
    type Item = Speech;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Speech>> {
        Poll::Ready(self.0.next())
    }
}

fn input() -> TalkInput {
    let events = vec![Speech::said("hello"), Speech::said("bye")];
    TalkInput { speech: Some(EventStreamSender::of(Given(events.into_iter()))) }
}

#[tokio::test]
async fn signed_events_both_ways() {
    let mut answer = EventBuilder::default();
    Speech::said("welcome").write_event(&mut answer);
    let answer = encode(&answer.finish().expect("complete")).expect("encoded");
    let replay = ReplayClient::new([http::Response::new(answer)]);
    let config = Config::builder()
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "SECRET", None, None, "test"))
        .http_client(replay.clone());
    let handle = Handle::new(config.build(), &SERVICE);
    let output = CustomizableOperation::<Talk>::new(handle, Wiped::new(input())).send().await.expect("an output");
    let mut speech = output.clone().speech;
    assert_eq!(speech.recv().await.expect("an event"), Some(Speech::said("welcome")));
    assert_eq!(speech.recv().await.expect("the end"), None);

    let request = &replay.requests()[0];
    assert_eq!(request.headers()["content-type"], CONTENT_TYPE);
    assert!(!request.headers().contains_key("content-length"));
    let mut frames = Frames::default();
    frames.push(request.body());
    let mut texts = Vec::new();
    while let Some(wrapped) = frames.next().expect("a message") {
        let mut inner = Frames::default();
        inner.push(wrapped.payload());
        let event = inner.next().expect("a message or nothing");
        texts.push(event.map(|event| String::from_utf8_lossy(event.payload()).into_owned()));
    }
    assert_eq!(texts, [Some("hello".to_owned()), Some("bye".to_owned()), None]);
}

#[tokio::test]
async fn a_stream_is_sent_once() {
    let config = Config::builder().credentials_provider(Credentials::new("AKIDEXAMPLE", "SECRET", None, None, "test"));
    let (handle, replay) = client(config, &[(503, ""), (200, "")]);
    let error = CustomizableOperation::<Talk>::new(handle, Wiped::new(input())).send().await.expect_err("no retry");
    assert_eq!(error.to_string(), "Talk: an error without a code; the body is empty (HTTP 503, 1 attempt)");
    assert_eq!(replay.requests().len(), 1);
}
