//! Requests and responses: thin wrappers around the types of the `http` crate. hyper parses and writes HTTP.
//!
//! # Invariants
//!
//! - `Debug` shows no bodies, no URIs with sensitive parts and no sensitive headers; for responses, only values of
//!   well-known headers.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
pub use http::{Method, StatusCode, Uri};

mod body;
mod headers;
mod incoming;

pub use body::{Cut, RequestBody, ResponseBody, read_body};
use headers::REQUEST_ID_HEADERS;
#[doc(hidden)]
pub use headers::shown;
pub use headers::{Headers, InvalidHeader};
use http::HeaderName;
pub(crate) use incoming::{HeldBody, Hold};

use crate::base::{BoxError, without_bom};
use crate::secret::wipe_if_unshared;

/// A text that is not an absolute URI, or has user info.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUri(());

impl fmt::Display for InvalidUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is no absolute URI without a password, such as https://example.com/path")
    }
}

impl std::error::Error for InvalidUri {}

/// Returns whether the URI contains user info, which is never sent.
fn has_user_info(uri: &Uri) -> bool {
    uri.authority().is_some_and(|authority| authority.as_str().contains('@'))
}

/// A buffered body. `Debug` shows its length only. It is wiped when the last copy is dropped, unless the transport
/// still shares it, or the model has nothing sensitive in it.
#[derive(Clone, Default)]
pub struct Body {
    bytes: Bytes,
    /// Whether it contains nothing sensitive.
    public: bool,
}

impl Drop for Body {
    fn drop(&mut self) {
        if !self.public {
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
    /// Returns the bytes. They are always present, since bodies are buffered.
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
        Self { bytes: bytes.into(), public: false }
    }
}

#[cfg(feature = "aws-types")]
impl Body {
    /// Returns whether it is known to hold nothing sensitive.
    pub(crate) fn is_public(&self) -> bool {
        self.public
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.bytes.len())
    }
}

/// The source of a streaming request body.
pub trait BodySource: fmt::Debug + Send + Sync {
    /// Opens the body.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, or not again.
    fn open(&self) -> Result<RequestBody, BoxError>;

    /// Returns the length in bytes, if it is known.
    fn content_length(&self) -> Option<u64>;

    /// Returns whether the body can be opened again for a retry.
    fn is_replayable(&self) -> bool;

    /// Returns the bytes, if they are in memory.
    fn bytes(&self) -> Option<Bytes> {
        None
    }
}

/// A request to be sent.
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
    /// Creates a request. With `uri_is_sensitive`, `Debug` redacts the URI.
    pub(crate) fn new(method: Method, uri: Uri, uri_is_sensitive: bool, headers: Headers, body: Bytes) -> Self {
        Self { method, uri, uri_is_sensitive, headers, body, stream: None }
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the absolute URI.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the URI, unless it must not be printed.
    #[doc(hidden)]
    pub fn shown_uri(&self) -> Option<&Uri> {
        (!self.uri_is_sensitive && !has_user_info(&self.uri)).then_some(&self.uri)
    }

    /// Replaces the URI.
    ///
    /// # Errors
    ///
    /// If the text is not an absolute URI or has user info; nothing changes then.
    pub fn set_uri<U: TryInto<Uri>>(&mut self, uri: U) -> Result<(), InvalidUri> {
        let uri = uri.try_into().ok().filter(|uri| uri.authority().is_some() && !has_user_info(uri));
        let uri = uri.ok_or(InvalidUri(()))?;
        self.uri = uri;
        Ok(())
    }

    /// Returns the headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Returns the headers, mutably.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// Returns the body; empty for a streaming body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body if it is in memory.
    pub fn known_body(&self) -> Option<Bytes> {
        match &self.stream {
            Some(stream) => stream.bytes(),
            None => Some(self.body.clone()),
        }
    }

    /// Returns the body, mutably.
    pub fn body_mut(&mut self) -> &mut Bytes {
        &mut self.body
    }

    /// Returns the source of a streaming body.
    pub fn stream(&self) -> Option<&Arc<dyn BodySource>> {
        self.stream.as_ref()
    }

    /// Sets the source of a streaming body. With `None`, the body is [`body`](Self::body).
    pub fn set_stream(&mut self, stream: Option<Arc<dyn BodySource>>) {
        self.stream = stream;
    }

    /// Converts the request into that of the `http` crate, and keeps a copy.
    ///
    /// # Errors
    ///
    /// If the source of a streaming body fails.
    pub fn to_http(&mut self) -> Result<http::Request<RequestBody>, BoxError> {
        let body = match &self.stream {
            Some(stream) => stream.open()?,
            None => self.body.clone().into(),
        };
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        // The copy stays, since it has no room for the headers that a transport adds.
        let copy = self.headers.clone();
        *request.headers_mut() = std::mem::replace(&mut self.headers, copy).into();
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

/// A response with a buffered body. `Debug` shows only the values of well-known headers.
#[derive(Clone)]
pub struct HttpResponse {
    status: StatusCode,
    headers: Headers,
    body: Body,
    /// Why the body is incomplete, for a response whose status matters more.
    broken: Option<String>,
}

impl HttpResponse {
    /// Creates a response.
    pub fn new(status: StatusCode, headers: impl Into<Headers>, body: impl Into<Body>) -> Self {
        Self { status, headers: headers.into(), body: body.into(), broken: None }
    }

    /// Creates a response of whose body only a part could be read.
    pub(crate) fn cut(status: StatusCode, headers: impl Into<Headers>, part: impl Into<Body>, reason: String) -> Self {
        Self { status, headers: headers.into(), body: part.into(), broken: Some(reason) }
    }

    /// Marks the body as not sensitive.
    pub(crate) fn set_public(&mut self) {
        self.body.public = true;
    }

    /// Returns why the body could not be read to its end.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Returns the body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Returns whether the response has a header of AWS's services. Those of CloudFront say only that something went
    /// through it, and many products do.
    pub(crate) fn is_from_aws(&self) -> bool {
        let names = self.headers.as_map().keys().map(HeaderName::as_str);
        let mut names = names.filter(|name| !name.starts_with("x-amz-cf-"));
        names.any(|name| name.starts_with("x-amz"))
    }

    /// Returns whether the body looks like HTML or XML.
    pub(crate) fn is_markup(&self) -> bool {
        without_bom(&self.body).trim_ascii_start().starts_with(b"<")
    }

    /// Returns how the body is compressed, by its header or its first bytes. No request accepts such a body.
    pub(crate) fn compression(&self) -> Option<&'static str> {
        let header = self.headers.get("content-encoding").unwrap_or_default();
        let names = [("gzip", "gzip"), ("x-gzip", "gzip"), ("deflate", "deflate"), ("br", "br"), ("zstd", "zstd")];
        let named = names.into_iter().find(|(name, _)| header.trim().eq_ignore_ascii_case(name));
        let starts = [(&b"\x1f\x8b"[..], "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "zip")];
        let found = starts.into_iter().find(|(magic, _)| self.body.starts_with(magic));
        // What is text anyway was labeled by mistake.
        let named = named
            .filter(|_| !self.body.is_empty() && !matches!(self.body.trim_ascii_start().first(), Some(b'{' | b'<')));
        found.map(|(_, name)| name).or(named.map(|(_, name)| name))
    }

    /// Returns the request id, which AWS support asks for.
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
    fn debug_redacts() {
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
        // Only the model knows which headers of a response are sensitive.
        let mut map = HeaderMap::new();
        map.insert("x-amz-lex-message", HeaderValue::from_static("SECRET"));
        map.insert("x-amzn-requestid", HeaderValue::from_static("an id"));
        let response = HttpResponse::new(StatusCode::OK, map, "SECRET");
        let text = format!("{request:?} {response:?} {request:#?} {response:#?}");
        assert!(!text.contains("SECRET"), "{text}");
        assert!(text.contains("an id") && text.contains("x-amz-lex-message"), "{text}");
    }

    #[test]
    fn uris_with_user_info() {
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
