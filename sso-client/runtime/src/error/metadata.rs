//! What is known of an error besides its type: code, message, request ids, and the call it ended.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::http::HttpResponse;

/// The name under which `extra` has the request id, as in other AWS SDKs.
const REQUEST_ID: &str = "aws_request_id";

/// The name under which `extra` has the extended request id.
const EXTENDED_REQUEST_ID: &str = "aws_extended_request_id";

/// The ids that AWS gave a request.
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

    /// Those of an error.
    pub(crate) fn of_error(meta: &ErrorMetadata) -> Self {
        let id = |key| meta.extra(key).map(str::to_owned);
        Self { request: id(REQUEST_ID), extended: id(EXTENDED_REQUEST_ID) }
    }

    /// The one id that outputs keep.
    pub(crate) fn request(id: Option<&str>) -> Self {
        Self { request: id.map(str::to_owned), extended: None }
    }
}

/// How the call went that ended with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The operation.
    pub operation: &'static str,
    /// The status of the last response, if there was one.
    pub status: Option<StatusCode>,
    /// How many requests were made.
    pub attempts: u32,
    /// How long all of it took, waits included.
    pub elapsed: Duration,
    /// Whether the same call, made again later, may succeed without anything being changed.
    pub retryable: bool,
    /// What to do about it, where that can be told.
    pub hint: Option<Cow<'static, str>>,
}

impl CallInfo {
    /// A call that ended before anything was sent.
    pub(crate) fn nothing_sent(operation: &'static str) -> Self {
        Self { operation, status: None, attempts: 0, elapsed: Duration::ZERO, retryable: false, hint: None }
    }

    /// The same with what to do about it.
    pub(crate) fn with_hint(mut self, hint: Option<Cow<'static, str>>) -> Self {
        self.hint = hint;
        self
    }
}

/// Code, message and request id of an error, as far as they are known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ErrorMetadata {
    // Behind one pointer: errors travel in `Result`s whose good side should not pay for them.
    inner: Option<Box<Inner>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Inner {
    code: Option<String>,
    message: Option<String>,
    extras: BTreeMap<&'static str, String>,
    call: Option<CallInfo>,
    /// Whether the error that this belongs to tells of the call by itself.
    told: bool,
}

impl ErrorMetadata {
    /// Starts building one, for tests and mocks.
    pub fn builder() -> ErrorMetadataBuilder {
        ErrorMetadataBuilder::default()
    }

    /// Turns it back into a builder.
    pub fn into_builder(self) -> ErrorMetadataBuilder {
        ErrorMetadataBuilder { inner: self.inner.map(|inner| *inner).unwrap_or_default() }
    }

    /// The error's code, such as `UnauthorizedException`.
    pub fn code(&self) -> Option<&str> {
        self.inner.as_ref()?.code.as_deref()
    }

    /// What the service says about it.
    pub fn message(&self) -> Option<&str> {
        self.inner.as_ref()?.message.as_deref()
    }

    /// The same without what the service says, where that must not be printed.
    #[must_use]
    pub fn without_message(mut self) -> Self {
        if let Some(inner) = &mut self.inner {
            inner.message = None;
        }
        self
    }

    /// Something more, by name.
    pub fn extra(&self, key: &'static str) -> Option<&str> {
        self.inner.as_ref()?.extras.get(key).map(String::as_str)
    }

    /// How the call went; `None` for an error that no call of this crate ended with.
    pub fn call(&self) -> Option<&CallInfo> {
        self.inner.as_ref()?.call.as_ref()
    }

    /// Notes how the call went.
    pub(crate) fn set_call(&mut self, call: Option<CallInfo>) {
        self.inner.get_or_insert_default().call = call;
    }

    /// Notes the ids of the request, those that there are.
    pub(crate) fn set_ids(&mut self, ids: Ids) {
        for (key, id) in [(REQUEST_ID, ids.request), (EXTENDED_REQUEST_ID, ids.extended)] {
            if let Some(id) = id {
                self.inner.get_or_insert_default().extras.insert(key, id);
            }
        }
    }

    /// Notes that the error that this belongs to tells of the call by itself: twice would be once
    /// too often.
    pub(crate) fn set_call_shown(&mut self) {
        self.inner.get_or_insert_default().told = true;
    }

    /// The call, where it is still to be told of.
    pub(crate) fn call_to_show(&self) -> Option<&CallInfo> {
        self.inner.as_ref().filter(|inner| !inner.told)?.call.as_ref()
    }
}

impl fmt::Debug for ErrorMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ErrorMetadata");
        debug.field("code", &self.code()).field("message", &self.message());
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

impl std::error::Error for ErrorMetadata {}

/// Builds an [`ErrorMetadata`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct ErrorMetadataBuilder {
    inner: Inner,
}

impl ErrorMetadataBuilder {
    /// Sets the code.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.inner.code = Some(code.into());
        self
    }

    /// Sets the message.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.inner.message = Some(message.into());
        self
    }

    /// Sets something more, by name.
    pub fn custom(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.inner.extras.insert(key, value.into());
        self
    }

    /// Sets the request id.
    pub fn request_id(self, id: impl Into<String>) -> Self {
        self.custom(REQUEST_ID, id)
    }

    /// The finished metadata.
    pub fn build(self) -> ErrorMetadata {
        ErrorMetadata { inner: Some(Box::new(self.inner)) }
    }
}

/// An error whose code and message can be asked for.
pub trait ProvideErrorMetadata {
    /// All that is known.
    fn meta(&self) -> &ErrorMetadata;

    /// The error's code, such as `UnauthorizedException`.
    fn code(&self) -> Option<&str> {
        self.meta().code()
    }

    /// What the service says about it.
    fn message(&self) -> Option<&str> {
        self.meta().message()
    }

    /// How many requests were made; 0 when nothing was sent, or no call of this crate is behind
    /// the error.
    fn attempts(&self) -> u32 {
        self.meta().call().map_or(0, |call| call.attempts)
    }

    /// How long the call took, waits between attempts included; `None` when no call of this crate
    /// is behind the error.
    fn elapsed(&self) -> Option<Duration> {
        self.meta().call().map(|call| call.elapsed)
    }

    /// The status of the last response, if there was one.
    fn status(&self) -> Option<StatusCode> {
        self.meta().call()?.status
    }

    /// The second id that some of AWS's services give a request (`x-amz-id-2`), for asking AWS
    /// about it. The first is [`request_id`](RequestId::request_id).
    fn extended_request_id(&self) -> Option<&str> {
        self.meta().extra(EXTENDED_REQUEST_ID)
    }

    /// Whether the same call, made again later, may succeed without anything being changed. The
    /// client's own retries are over by then.
    fn is_retryable(&self) -> bool {
        self.meta().call().is_some_and(|call| call.retryable)
    }

    /// What to do about it, for the failures that are met most; `None` for the others. The text is
    /// for people, and may change.
    fn hint(&self) -> Option<&str> {
        self.meta().call()?.hint.as_deref()
    }
}

impl ProvideErrorMetadata for ErrorMetadata {
    fn meta(&self) -> &ErrorMetadata {
        self
    }
}

/// Something that AWS gave a request id.
pub trait RequestId {
    /// The id, for asking AWS about the request.
    fn request_id(&self) -> Option<&str>;
}

impl<T: ProvideErrorMetadata + ?Sized> RequestId for T {
    fn request_id(&self) -> Option<&str> {
        self.meta().extra(REQUEST_ID)
    }
}
