//! Error metadata: code, message, request ids, and the call that failed.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use super::{Details, MAX_SHOWN_CHARS, Truncated};
use crate::http::HttpResponse;

/// The key of the request id among the extras, as in other AWS SDKs.
pub(super) const REQUEST_ID: &str = "aws_request_id";

/// The key of the extended request id.
pub(super) const EXTENDED_REQUEST_ID: &str = "aws_extended_request_id";

/// The request ids of a response.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    request: Option<String>,
    extended: Option<String>,
}

impl Ids {
    pub(crate) fn of(response: &HttpResponse) -> Self {
        let extended = response.headers().get("x-amz-id-2").map(str::to_owned);
        Self { request: response.request_id(), extended }
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request.as_deref()
    }

    pub(crate) fn extended_request_id(&self) -> Option<&str> {
        self.extended.as_deref()
    }

    pub(crate) fn of_error(meta: &ErrorMetadata) -> Self {
        let id = |key| meta.extra(key).map(str::to_owned);
        Self { request: id(REQUEST_ID), extended: id(EXTENDED_REQUEST_ID) }
    }

    pub(crate) fn request(id: Option<&str>) -> Self {
        Self { request: id.map(str::to_owned), extended: None }
    }
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The name of the operation.
    pub operation: &'static str,
    /// The status of the last response, if there was one.
    pub status: Option<StatusCode>,
    /// The number of attempts.
    pub attempts: u32,
    /// The time that the call took, backoff included.
    pub elapsed: Duration,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What to do about the failure, if that is known.
    pub hint: Option<Cow<'static, str>>,
}

impl CallInfo {
    /// Describes a call that failed before anything was sent.
    pub(crate) fn nothing_sent(operation: &'static str) -> Self {
        Self { operation, status: None, attempts: 0, elapsed: Duration::ZERO, retryable: false, hint: None }
    }

    pub(crate) fn with_hint(mut self, hint: Option<Cow<'static, str>>) -> Self {
        self.hint = hint;
        self
    }
}

/// Code, message and request ids of an error, as far as they are known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ErrorMetadata {
    // One pointer, to keep `Result`s small.
    inner: Option<Box<Inner>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Inner {
    /// The same as a type of `aws-smithy-types`, which hands out references.
    #[cfg(feature = "aws-types")]
    theirs: super::aws::Theirs,
    code: Option<String>,
    message: Option<String>,
    extras: Extras,
    call: Option<CallInfo>,
    /// Whether the error that contains this metadata writes the call itself.
    call_shown: bool,
}

/// Additional values, ordered by their keys.
#[derive(Clone, Default, PartialEq, Eq)]
struct Extras(Vec<(&'static str, String)>);

impl Extras {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    fn insert(&mut self, key: &'static str, value: String) {
        match self.0.binary_search_by_key(&key, |(known, _)| known) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(key, value)| (key, Truncated(value.as_str(), MAX_SHOWN_CHARS))))
            .finish()
    }
}

impl ErrorMetadata {
    /// Returns a builder, for tests and mocks.
    pub fn builder() -> ErrorMetadataBuilder {
        ErrorMetadataBuilder::default()
    }

    /// Converts the metadata into a builder.
    pub fn into_builder(self) -> ErrorMetadataBuilder {
        ErrorMetadataBuilder { inner: self.inner.map(|inner| *inner).unwrap_or_default() }
    }

    /// Returns the error code, such as `UnauthorizedException`.
    pub fn code(&self) -> Option<&str> {
        self.inner.as_ref()?.code.as_deref()
    }

    /// Returns the service's message.
    pub fn message(&self) -> Option<&str> {
        self.inner.as_ref()?.message.as_deref()
    }

    /// Removes the message, if it must not be printed.
    #[must_use]
    pub fn without_message(mut self) -> Self {
        if let Some(inner) = &mut self.inner {
            inner.message = None;
        }
        self
    }

    /// Returns the metadata as a type of `aws-smithy-types`.
    #[cfg(feature = "aws-types")]
    pub(super) fn theirs(&self) -> &aws_smithy_types::error::metadata::ErrorMetadata {
        self.inner.as_ref().map_or(&super::aws::EMPTY, |inner| inner.theirs.get(self))
    }

    /// Returns an additional value by its key.
    pub fn extra(&self, key: &'static str) -> Option<&str> {
        self.inner.as_ref()?.extras.get(key)
    }

    /// Returns the call that failed; `None` if the error is not the result of a call.
    pub fn call(&self) -> Option<&CallInfo> {
        self.inner.as_ref()?.call.as_ref()
    }

    pub(crate) fn set_call(&mut self, call: Option<CallInfo>) {
        self.inner.get_or_insert_default().call = call;
    }

    /// Returns metadata with the request ids of a response.
    #[cfg(feature = "aws-types")]
    pub(super) fn of_response(response: &HttpResponse) -> Self {
        let mut meta = Self::default();
        meta.set_ids(Ids::of(response));
        meta
    }

    pub(crate) fn set_ids(&mut self, ids: Ids) {
        for (key, id) in [(REQUEST_ID, ids.request), (EXTENDED_REQUEST_ID, ids.extended)] {
            if let Some(id) = id {
                self.inner.get_or_insert_default().extras.insert(key, id);
            }
        }
    }

    /// Marks the call as written by the error that contains this metadata.
    pub(crate) fn set_call_shown(&mut self) {
        self.inner.get_or_insert_default().call_shown = true;
    }

    /// Returns the call, unless another error writes it.
    pub(crate) fn call_to_show(&self) -> Option<&CallInfo> {
        self.inner.as_ref().filter(|inner| !inner.call_shown)?.call.as_ref()
    }
}

impl fmt::Debug for ErrorMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ErrorMetadata");
        let brief = |text| Truncated(text, MAX_SHOWN_CHARS);
        debug.field("code", &self.code().map(brief)).field("message", &self.message().map(brief));
        if let Some(inner) = &self.inner {
            debug.field("extras", &inner.extras).field("call", &inner.call);
        }
        debug.finish()
    }
}

impl fmt::Display for ErrorMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::write_code_and_message(f, self.code().unwrap_or("an error without a code"), self.message())
    }
}

impl Error for ErrorMetadata {}

/// Builds an [`ErrorMetadata`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct ErrorMetadataBuilder {
    inner: Inner,
}

impl ErrorMetadataBuilder {
    /// Sets the error code.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.inner.code = Some(code.into());
        self
    }

    /// Sets the message.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.inner.message = Some(message.into());
        self
    }

    /// Sets an additional value.
    pub fn custom(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.inner.extras.insert(key, value.into());
        self
    }

    /// Sets the request id.
    pub fn request_id(self, id: impl Into<String>) -> Self {
        self.custom(REQUEST_ID, id)
    }

    /// Builds the metadata.
    pub fn build(self) -> ErrorMetadata {
        ErrorMetadata { inner: Some(Box::new(self.inner)) }
    }
}

/// An error with metadata.
pub trait ProvideErrorMetadata {
    /// Returns the metadata. That of an error of another AWS crate is empty; its [`code`](Self::code) and
    /// [`message`](Self::message) are not.
    fn meta(&self) -> &ErrorMetadata;

    /// Returns the error with a line for each detail: what to do, the attempts and the elapsed time, status, request ids
    /// and causes.
    fn details(&self) -> Details<'_>
    where
        Self: Error + Sized,
    {
        Details { error: self, meta: self.meta() }
    }

    /// Returns the error code, such as `UnauthorizedException`.
    fn code(&self) -> Option<&str> {
        self.meta().code()
    }

    /// Returns the service's message.
    fn message(&self) -> Option<&str> {
        self.meta().message()
    }

    /// Returns the number of attempts; 0 if nothing was sent, or the error is not the result of a call.
    fn attempts(&self) -> u32 {
        self.meta().call().map_or(0, |call| call.attempts)
    }

    /// Returns how long the call took, backoff included; `None` if the error is not the result of a call.
    fn elapsed(&self) -> Option<Duration> {
        self.meta().call().map(|call| call.elapsed)
    }

    /// Returns the status of the last response, if there was one.
    fn status(&self) -> Option<StatusCode> {
        self.meta().call()?.status
    }

    /// Returns the extended request id (`x-amz-id-2`), which some AWS services send besides the
    /// [`request_id`](RequestId::request_id).
    fn extended_request_id(&self) -> Option<&str> {
        self.meta().extra(EXTENDED_REQUEST_ID)
    }

    /// Returns whether the same call may succeed later. The client's own retries are exhausted by then.
    fn is_retryable(&self) -> bool {
        self.meta().call().is_some_and(|call| call.retryable)
    }

    /// Returns what to do about the failure, for the most frequent ones. The text is for people, and may change.
    fn hint(&self) -> Option<&str> {
        self.meta().call()?.hint.as_deref()
    }
}

impl ProvideErrorMetadata for ErrorMetadata {
    fn meta(&self) -> &ErrorMetadata {
        self
    }
}

/// A response or error with a request id.
pub trait RequestId {
    /// Returns the request id, which AWS support asks for.
    fn request_id(&self) -> Option<&str>;
}

impl<T: ProvideErrorMetadata + ?Sized> RequestId for T {
    fn request_id(&self) -> Option<&str> {
        self.meta().extra(REQUEST_ID)
    }
}
