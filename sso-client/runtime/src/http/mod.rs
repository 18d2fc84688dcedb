//! Requests and responses as this crate shows them: small types of its own around `http`'s.
//!
//! What it does not do: parse or write HTTP, which is hyper's. What must stay true: `Debug` shows no
//! body, no URI that holds something sensitive, and no header's value that is marked so; of a response,
//! only those of well-known names.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
pub use http::{Method, StatusCode, Uri};

mod body;
mod headers;
mod hyper_body;

pub use body::{RequestBody, ResponseBody, read_body};
use headers::REQUEST_ID_HEADERS;
#[doc(hidden)]
pub use headers::shown;
pub use headers::{Headers, InvalidHeader};
pub(crate) use hyper_body::{ConnectionGuard, GuardedBody};

use crate::base::BoxError;
use crate::secret::wipe_if_unshared;

/// A text that is no absolute URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUri(());

impl fmt::Display for InvalidUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is no absolute URI without a password, such as https://example.com/path")
    }
}

impl std::error::Error for InvalidUri {}

/// Whether there is a user or a password in it, which requests never carry.
fn has_password(uri: &Uri) -> bool {
    uri.authority().is_some_and(|authority| authority.as_str().contains('@'))
}

/// A body that has been read whole. `Debug` shows its length only: it may hold secrets. When the
/// last copy is dropped it is overwritten, unless the transport still has a part of it, or the model
/// says that it holds no secrets.
#[derive(Clone, Default)]
pub struct Body {
    bytes: Bytes,
    /// Whether it is known to hold no secrets.
    harmless: bool,
}

impl Drop for Body {
    fn drop(&mut self) {
        if !self.harmless {
            wipe_if_unshared(&mut self.bytes);
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Body {}

impl Body {
    /// The bytes; always there, since bodies are read whole.
    pub fn bytes(&self) -> Option<&[u8]> {
        Some(&self.bytes)
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self { bytes: bytes.into(), harmless: false }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.bytes.len())
    }
}

/// Where a body comes from that is not all there when its request is made.
pub trait BodySource: fmt::Debug + Send + Sync {
    /// Starts the body.
    ///
    /// # Errors
    ///
    /// When it cannot be had, or not once more.
    fn open(&self) -> Result<RequestBody, BoxError>;

    /// Its length in bytes, where it is known before.
    fn content_length(&self) -> Option<u64>;

    /// Whether it can be started more than once, so that the request can be retried.
    fn is_replayable(&self) -> bool;

    /// All of it, where it is in memory already.
    fn bytes(&self) -> Option<Bytes> {
        None
    }
}

/// A request that is about to be sent.
#[derive(Clone)]
pub struct HttpRequest {
    method: Method,
    uri: Uri,
    uri_is_sensitive: bool,
    headers: Headers,
    body: Bytes,
    stream: Option<Arc<dyn BodySource>>,
}

impl HttpRequest {
    /// A request of these parts. With `uri_is_sensitive`, `Debug` leaves the URI out.
    pub(crate) fn new(method: Method, uri: Uri, uri_is_sensitive: bool, headers: Headers, body: Bytes) -> Self {
        Self { method, uri, uri_is_sensitive, headers, body, stream: None }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The absolute URI.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The URI, unless it holds something that must not be printed.
    #[doc(hidden)]
    pub fn shown_uri(&self) -> Option<&Uri> {
        (!self.uri_is_sensitive && !has_password(&self.uri)).then_some(&self.uri)
    }

    /// Sends the request elsewhere.
    ///
    /// # Errors
    ///
    /// When the text is no absolute URI, or has a user or password in it; nothing changes then.
    pub fn set_uri<U: TryInto<Uri>>(&mut self, uri: U) -> Result<(), InvalidUri> {
        let uri = uri.try_into().ok().filter(|uri| uri.authority().is_some() && !has_password(uri));
        let uri = uri.ok_or(InvalidUri(()))?;
        self.uri = uri;
        Ok(())
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The body; empty when it comes piece by piece.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// All of the body, unless it comes piece by piece from outside of the memory.
    pub fn known_body(&self) -> Option<Bytes> {
        match &self.stream {
            Some(stream) => stream.bytes(),
            None => Some(self.body.clone()),
        }
    }

    /// The body, to be changed.
    pub fn body_mut(&mut self) -> &mut Bytes {
        &mut self.body
    }

    /// Where the body comes from, when it comes piece by piece.
    pub fn stream(&self) -> Option<&Arc<dyn BodySource>> {
        self.stream.as_ref()
    }

    /// Sends a body that comes piece by piece, or no longer does, in which case [`body`](Self::body) counts.
    pub fn set_stream(&mut self, stream: Option<Arc<dyn BodySource>>) {
        self.stream = stream;
    }

    /// The request as the `http` crate has it.
    ///
    /// # Errors
    ///
    /// When its body comes piece by piece and cannot be started.
    pub fn to_http(&self) -> Result<http::Request<RequestBody>, BoxError> {
        let body = match &self.stream {
            Some(stream) => stream.open()?,
            None => self.body.clone().into(),
        };
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone().into();
        Ok(request)
    }
}

impl<B: Into<Bytes>> From<http::Request<B>> for HttpRequest {
    fn from(request: http::Request<B>) -> Self {
        let (head, body) = request.into_parts();
        Self::new(head.method, head.uri, false, head.headers.into(), body.into())
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri: &dyn fmt::Debug = match self.shown_uri() {
            Some(uri) => uri,
            None => &crate::secret::Redacted,
        };
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("uri", uri)
            .field("headers", &self.headers)
            .field("body", &self.body.len())
            .field("stream", &self.stream)
            .finish()
    }
}

/// A response whose body has been read whole. `Debug` leaves out the body, and the values of headers
/// that are the service's own.
#[derive(Clone)]
pub struct HttpResponse {
    status: StatusCode,
    headers: Headers,
    body: Body,
    /// Why the body is not whole after all, in a response whose status is worth more than its body.
    broken: Option<String>,
}

impl HttpResponse {
    /// A response of these parts.
    pub fn new(status: StatusCode, headers: impl Into<Headers>, body: impl Into<Body>) -> Self {
        Self { status, headers: headers.into(), body: body.into(), broken: None }
    }

    /// The head of a response whose body could not be read.
    pub(crate) fn without_body(status: StatusCode, headers: impl Into<Headers>, reason: String) -> Self {
        Self { status, headers: headers.into(), body: Body::default(), broken: Some(reason) }
    }

    /// Notes that the body holds no secrets.
    pub(crate) fn set_public(&mut self) {
        self.body.harmless = true;
    }

    /// Why the body could not be read.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The id that AWS gave the request, for asking AWS about it.
    pub fn request_id(&self) -> Option<String> {
        let headers = self.headers.as_map();
        let id = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(name))?;
        std::str::from_utf8(id.as_bytes()).ok().map(str::to_owned)
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &shown(self.headers.as_map()))
            .field("body", &self.body)
            .field("broken", &self.broken)
            .finish()
    }
}

impl<B: Into<Body>> From<http::Response<B>> for HttpResponse {
    fn from(response: http::Response<B>) -> Self {
        let (head, body) = response.into_parts();
        Self::new(head.status, head.headers, body)
    }
}

#[cfg(test)]
mod tests {
    use http::header::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn debug_keeps_secrets() {
        let mut map = HeaderMap::new();
        let mut secret = HeaderValue::from_static("SECRET");
        secret.set_sensitive(true);
        map.insert("x-token", secret);
        let request = HttpRequest::new(
            Method::GET,
            Uri::from_static("http://h/SECRET"),
            true,
            map.into(),
            Bytes::from_static(b"SECRET"),
        );
        // Which of a response's headers are secrets, only the model says.
        let mut map = HeaderMap::new();
        map.insert("x-amz-lex-message", HeaderValue::from_static("SECRET"));
        map.insert("x-amzn-requestid", HeaderValue::from_static("an id"));
        let response = HttpResponse::new(StatusCode::OK, map, "SECRET");
        let text = format!("{request:?} {response:?} {request:#?} {response:#?}");
        assert!(!text.contains("SECRET"), "{text}");
        assert!(text.contains("an id") && text.contains("x-amz-lex-message"), "{text}");
    }

    #[test]
    fn a_uri_with_a_password_is_refused_and_not_shown() {
        let request = http::Request::builder().uri("https://user:SECRET@h/").body("").expect("a request");
        let mut request = HttpRequest::from(request);
        assert!(!format!("{request:?}").contains("SECRET"));
        assert!(request.set_uri("https://user:SECRET@h/x").is_err() && request.set_uri("/x").is_err());
        request.set_uri("https://h/x").expect("a URI");
        assert_eq!(request.shown_uri().map(ToString::to_string).as_deref(), Some("https://h/x"));
    }

    #[test]
    fn request_ids() {
        for (name, found) in [
            ("x-amzn-RequestId", true),
            ("x-amzn-request-id", true),
            ("x-amz-request-id", true),
            ("RequestId", true),
            ("x-id", false),
        ] {
            let mut headers = Headers::default();
            headers.insert(name, "abc").expect("valid");
            let response = HttpResponse::new(StatusCode::OK, headers, "");
            assert_eq!(response.request_id().is_some(), found, "{name}");
        }
    }
}
