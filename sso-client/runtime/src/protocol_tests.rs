//! Assertions for Smithy's protocol tests, in generated tests. They panic on a mismatch.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;
use http_body_util::BodyExt;
use serde_json::value::RawValue;

use crate::base::BoxFuture;
use crate::data::number;
use crate::http::{RequestBody, ResponseBody};
use crate::transport::{ConnectorError, HttpClient, TransportResult};

/// A transport that records the last request and returns a fixed response.
#[derive(Clone)]
pub struct Wire {
    response: Arc<(u16, HeaderMap, Bytes)>,
    sent: Arc<Mutex<Option<http::Request<Bytes>>>>,
}

impl Wire {
    /// Creates a transport with a response.
    pub fn answering(status: u16, headers: &[(&str, &str)], body: &'static [u8]) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().expect("a header's name");
            map.append(name, value.parse().expect("a header's value"));
        }
        Self { response: Arc::new((status, map, Bytes::from_static(body))), sent: Arc::default() }
    }

    /// Replaces the body of the response.
    #[must_use]
    pub fn with_body(self, body: &'static [u8]) -> Self {
        let (status, headers, _) = &*self.response;
        Self { response: Arc::new((*status, headers.clone(), Bytes::from_static(body))), sent: self.sent }
    }

    fn take(&self) -> Option<http::Request<Bytes>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Compares the events that were sent with frames, regardless of the order of their headers.
    #[track_caller]
    pub fn check_events(&self, frames: &[&[u8]]) {
        let request = self.take().expect("a request was sent");
        let sent = events::messages(request.body());
        let expected: Vec<_> = frames.iter().flat_map(|frame| events::messages(frame)).collect();
        assert_eq!(sent, expected);
    }
}

impl Default for Wire {
    fn default() -> Self {
        Self::answering(200, &[], b"")
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let this = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
            *this.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(http::Request::from_parts(head, body));
            let (status, headers, body) = &*this.response;
            let mut response = http::Response::new(ResponseBody::from(body.clone()));
            *response.status_mut() =
                http::StatusCode::from_u16(*status).map_err(|error| ConnectorError::other(error.into()))?;
            *response.headers_mut() = headers.clone();
            Ok(response)
        })
    }
}

/// The expected request of a protocol test.
#[derive(Clone, Copy, Debug)]
pub struct RequestTest {
    /// The method.
    pub method: &'static str,
    /// The escaped path.
    pub uri: &'static str,
    /// The host.
    pub host: Option<&'static str>,
    /// Query parameters that must be present.
    pub query: &'static [&'static str],
    /// Query keys that must be absent.
    pub forbidden_query: &'static [&'static str],
    /// Query keys that must be present.
    pub required_query: &'static [&'static str],
    /// Headers and their values.
    pub headers: &'static [(&'static str, &'static str)],
    /// Headers that must be absent.
    pub forbidden_headers: &'static [&'static str],
    /// Headers that must be present.
    pub required_headers: &'static [&'static str],
    /// The body.
    pub body: Option<&'static str>,
    /// The media type, which determines how bodies are compared.
    pub media_type: Option<&'static str>,
}

impl RequestTest {
    /// Compares the expected request with the one that was sent.
    ///
    /// # Panics
    ///
    /// If they differ, or nothing was sent.
    #[track_caller]
    pub fn check<E: fmt::Display>(&self, wire: &Wire, outcome: Result<(), E>) {
        let Some(request) = wire.take() else {
            panic!("nothing was sent: {}", outcome.err().map(|error| error.to_string()).unwrap_or_default());
        };
        assert_eq!(request.method().as_str(), self.method, "method");
        assert_eq!(request.uri().path(), self.uri, "path");
        if let Some(host) = self.host {
            assert_eq!(request.uri().host(), Some(host), "host");
        }
        self.check_query(request.uri().query().unwrap_or_default());
        self.check_headers(request.headers());
        self.check_body(request.body());
    }

    #[track_caller]
    fn check_query(&self, query: &str) {
        let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
        let key = |pair: &str| pair.split('=').next().map(str::to_owned);
        for wanted in self.query {
            let same = |pair: &&str| pair == wanted || pair.strip_suffix('=') == Some(wanted);
            let found = pairs.iter().position(same);
            assert!(found.is_some(), "{wanted} is missing in the query {query}");
            found.map(|at| pairs.swap_remove(at));
        }
        let keys: Vec<Option<String>> = query.split('&').map(key).collect();
        for name in self.forbidden_query {
            assert!(!keys.contains(&Some((*name).to_owned())), "{name} must not be in the query {query}");
        }
        for name in self.required_query {
            assert!(keys.contains(&Some((*name).to_owned())), "{name} has to be in the query {query}");
        }
    }

    #[track_caller]
    fn check_headers(&self, headers: &HeaderMap) {
        for (name, wanted) in self.headers {
            let values: Vec<String> = headers
                .get_all(*name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect();
            assert_eq!(values.join(", "), *wanted, "header {name}");
        }
        for name in self.forbidden_headers {
            assert!(!headers.contains_key(*name), "header {name} must not be there");
        }
        for name in self.required_headers {
            assert!(headers.contains_key(*name), "header {name} has to be there");
        }
    }

    #[track_caller]
    fn check_body(&self, body: &Bytes) {
        let Some(wanted) = self.body else { return };
        let text = String::from_utf8_lossy(body);
        if wanted.is_empty() || self.media_type != Some("application/json") {
            assert_eq!(text, wanted, "body");
            return;
        }
        assert!(is_same(json(&text), json(wanted)), "body:\n  sent     {text}\n  expected {wanted}");
    }
}

/// Parses JSON.
fn json<'t, T: serde::Deserialize<'t>>(text: &'t str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Compares JSON values. Numbers are equal by their value, however many digits they have: `1` equals `1.0`.
fn is_same(left: &RawValue, right: &RawValue) -> bool {
    let (left, right) = (left.get(), right.get());
    match (left.as_bytes().first(), right.as_bytes().first()) {
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => number::is_same(left, right),
        (Some(b'['), Some(b'[')) => {
            let (left, right) = (json::<Vec<&RawValue>>(left), json::<Vec<&RawValue>>(right));
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Some(b'{'), Some(b'{')) => {
            let (left, right) = (json::<HashMap<String, &RawValue>>(left), json::<HashMap<String, &RawValue>>(right));
            let same = |(key, left): (&String, &&RawValue)| right.get(key).is_some_and(|right| is_same(left, right));
            left.len() == right.len() && left.iter().all(same)
        }
        // Strings may be escaped in more than one way.
        _ => json::<serde_json::Value>(left) == json::<serde_json::Value>(right),
    }
}

/// Creates an unknown variant from its JSON value.
///
/// # Panics
///
/// If the value is not JSON.
pub fn unknown_variant(name: &str, value: &str) -> crate::data::json::UnknownVariant {
    crate::data::json::UnknownVariant::new(name, serde_json::from_str(value).expect("JSON"))
}

/// Creates a stream of items.
pub fn stream<T: Unpin, const N: usize>(items: [T; N]) -> impl Stream<Item = T> + Unpin {
    Ready(items.into_iter())
}

struct Ready<I>(I);

impl<I: Iterator + Unpin> Stream for Ready<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

mod events {
    use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
    use bytes::Bytes;

    /// A message in comparable form: headers sorted by name, and the payload, normalized if it is JSON.
    pub(crate) type Comparable = (Vec<(String, String)>, String);

    /// Returns the messages in a body; signed ones are unwrapped.
    pub(crate) fn messages(body: &[u8]) -> Vec<Comparable> {
        let mut decoder = MessageFrameDecoder::new();
        let mut bytes = Bytes::copy_from_slice(body);
        let mut found = Vec::new();
        while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut bytes).expect("a frame") {
            if message.headers().iter().any(|header| header.name().as_str() == ":chunk-signature") {
                found.extend(messages(message.payload()));
                continue;
            }
            let mut headers: Vec<(String, String)> = message
                .headers()
                .iter()
                .map(|header| (header.name().as_str().to_owned(), format!("{:?}", header.value())))
                .collect();
            headers.sort();
            let payload = match serde_json::from_slice::<serde_json::Value>(message.payload()) {
                Ok(value) if !message.payload().is_empty() => value.to_string(),
                _ => format!("{:?}", message.payload()),
            };
            found.push((headers, payload));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{is_same, json};

    #[test]
    fn bodies_are_compared_by_value() {
        for (left, right, same) in [
            ("1", "1.0", true),
            ("[1e3, {\"a\": 1.50, \"b\": null}]", "[1000,{\"b\":null,\"a\":15e-1}]", true),
            ("0.12345678901234567890123", "0.123456789012345678901230", true),
            ("0.12345678901234567890123", "0.12345678901234567890124", false),
            ("18446744073709551616", "18446744073709551617", false),
            ("1e400", "1e401", false),
            ("\"a\\u0062\"", "\"ab\"", true),
            ("\"1\"", "1", false),
            ("[1]", "[1,1]", false),
            ("{\"a\":1}", "{\"b\":1}", false),
        ] {
            assert_eq!(is_same(json(left), json(right)), same, "{left} {right}");
        }
    }
}
