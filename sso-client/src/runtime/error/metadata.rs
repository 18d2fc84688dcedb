//! What is known of an error besides its type: code, message, request id, and the call it ended.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// The name under which `extra` has the request id, as in other AWS SDKs.
const REQUEST_ID: &str = "aws_request_id";

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
}

impl CallInfo {
    /// A call that ended before anything was sent.
    pub(in crate::runtime) fn nothing_sent(operation: &'static str) -> Self {
        Self { operation, status: None, attempts: 0, elapsed: Duration::ZERO }
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
    pub(in crate::runtime) fn set_call(&mut self, call: Option<CallInfo>) {
        self.inner.get_or_insert_default().call = call;
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
        super::write_fault(f, self.code().unwrap_or("an error without a code"), self.message())
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
