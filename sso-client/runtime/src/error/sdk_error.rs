//! [`SdkError`], by how far the call got.

use std::error::Error;
use std::fmt;

use super::metadata::Ids;
use super::{
    BoxError, BuildError, CallInfo, ConnectorError, ErrorMetadata, MAX_SHOWN_CHARS, ProvideErrorMetadata, Truncated,
    Unhandled, write_call,
};
use crate::failure::{Reason, Stage, TimeLimit};
use crate::http::HttpResponse;
use crate::time::TimeoutKind;

/// A failed call, by the stage at which it failed. `E` is the operation's error, `R` the raw response.
///
/// `Display` writes one line with the whole story, also with `{:#}`; [`details`](ProvideErrorMetadata::details) adds
/// lines with a hint and details. `source()` leads to the operation's error, or to the cause of any other failure.
#[derive(Debug)]
#[non_exhaustive]
pub enum SdkError<E, R = HttpResponse> {
    /// Nothing was sent: the input, the configuration or a page token is invalid.
    ConstructionFailure(ConstructionFailure),
    /// A timeout of the configuration elapsed.
    TimeoutError(TimeoutError),
    /// No response was received. Unless connecting failed, the service may have processed the request.
    DispatchFailure(DispatchFailure),
    /// The response cannot be used.
    ResponseError(ResponseError<R>),
    /// The service responded with an error.
    ServiceError(ServiceError<E, R>),
}

/// A raw response that an error can contain.
pub trait RawResponse: fmt::Debug + Send + Sync + 'static {}

impl<R: fmt::Debug + Send + Sync + 'static> RawResponse for R {}

#[derive(Debug)]
struct Failure<S> {
    source: S,
    meta: ErrorMetadata,
}

impl<S> Failure<S> {
    fn new(source: S, call: Option<CallInfo>) -> Box<Self> {
        let mut meta = ErrorMetadata::default();
        if call.is_some() {
            meta.set_call(call);
        }
        Box::new(Self { source, meta })
    }
}

macro_rules! context {
    ($(#[$doc:meta])* $name:ident, $source:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            inner: Box<Failure<$source>>,
        }

        impl $name {
            fn new(source: $source, call: Option<CallInfo>) -> Self {
                Self { inner: Failure::new(source, call) }
            }

            #[cfg(feature = "aws-types")]
            pub(super) fn into_source(self) -> $source {
                self.inner.source
            }
        }
    };
}

context! {
    /// Why nothing was sent.
    ConstructionFailure, BoxError
}

context! {
    /// Which timeout elapsed.
    TimeoutError, BoxError
}

context! {
    /// Why no response was received.
    DispatchFailure, ConnectorError
}

impl TimeoutError {
    /// Returns the timeout that elapsed; `None` if the error is not the result of a call.
    pub fn kind(&self) -> Option<TimeoutKind> {
        self.inner.source.downcast_ref::<TimeLimit>().map(|limit| limit.kind)
    }
}

impl DispatchFailure {
    /// Returns the timeout that elapsed, if one did. A timeout of the transport's own counts as a connect timeout.
    pub fn timeout_kind(&self) -> Option<TimeoutKind> {
        self.inner.source.timeout_kind()
    }

    /// Returns whether connecting, sending or receiving failed.
    pub fn is_io(&self) -> bool {
        self.inner.source.is_io()
    }

    /// Returns whether the transport's timeout elapsed.
    pub fn is_timeout(&self) -> bool {
        self.inner.source.is_timeout()
    }

    /// Returns whether the transport rejected the request.
    pub fn is_user(&self) -> bool {
        self.inner.source.is_user()
    }

    /// Returns whether it is none of the other kinds.
    pub fn is_other(&self) -> bool {
        self.inner.source.is_other()
    }

    /// Returns the transport's error.
    pub fn as_connector_error(&self) -> Option<&ConnectorError> {
        Some(&self.inner.source)
    }
}

/// A response that cannot be used.
#[derive(Debug)]
pub struct ResponseError<R> {
    inner: Box<Failure<BoxError>>,
    raw: Box<R>,
}

impl<R> ResponseError<R> {
    /// Returns the response.
    pub fn raw(&self) -> &R {
        &self.raw
    }

    /// Returns the response by value.
    pub fn into_raw(self) -> R {
        *self.raw
    }

    #[cfg(feature = "aws-types")]
    pub(super) fn into_parts(self) -> (BoxError, R) {
        (self.inner.source, *self.raw)
    }
}

/// A modeled or unhandled error, with the response it was parsed from.
pub struct ServiceError<E, R> {
    source: Box<E>,
    raw: Box<R>,
    shown: Shown<E>,
}

/// How an operation's error is written, so that `Display` of an `SdkError` has no bound on its type.
enum Shown<E> {
    By(fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result),
    /// What an error wrote that was mapped to this one.
    As(String),
}

impl<E, R> fmt::Display for ServiceError<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shown {
            Shown::By(write) => write(&self.source, f),
            Shown::As(text) => f.write_str(text),
        }
    }
}

impl<E: fmt::Debug, R: fmt::Debug> fmt::Debug for ServiceError<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("source", &Truncated(&self.source, 8 * MAX_SHOWN_CHARS))
            .field("raw", &self.raw)
            .finish()
    }
}

impl<E, R> ServiceError<E, R> {
    /// Returns the error.
    pub fn err(&self) -> &E {
        &self.source
    }

    /// Returns the error by value.
    pub fn into_err(self) -> E {
        *self.source
    }

    /// Returns the response.
    pub fn raw(&self) -> &R {
        &self.raw
    }

    /// Returns the response by value.
    pub fn into_raw(self) -> R {
        *self.raw
    }

    #[cfg(feature = "aws-types")]
    pub(super) fn into_parts(self) -> (E, R) {
        (*self.source, *self.raw)
    }
}

/// The metadata of errors without any.
pub(super) static NO_METADATA: std::sync::LazyLock<ErrorMetadata> = std::sync::LazyLock::new(ErrorMetadata::default);

impl<E, R> SdkError<E, R> {
    /// Creates an error for a call that sent nothing, for tests and mocks.
    pub fn construction_failure(source: impl Into<BoxError>) -> Self {
        Self::ConstructionFailure(ConstructionFailure::new(source.into(), None))
    }

    /// Creates an error for a timeout, for tests and mocks.
    pub fn timeout_error(source: impl Into<BoxError>) -> Self {
        Self::TimeoutError(TimeoutError::new(source.into(), None))
    }

    /// Creates an error of the transport, for tests and mocks.
    pub fn dispatch_failure(source: ConnectorError) -> Self {
        Self::DispatchFailure(DispatchFailure::new(source, None))
    }

    /// Creates an error for a response that cannot be used, for tests and mocks.
    pub fn response_error(source: impl Into<BoxError>, raw: R) -> Self {
        Self::ResponseError(ResponseError { inner: Failure::new(source.into(), None), raw: Box::new(raw) })
    }

    /// Creates an error that the service responded with, for tests and mocks.
    pub fn service_error(source: E, raw: R) -> Self
    where
        E: fmt::Display,
    {
        Self::of_service(source, raw, |error, f| write!(f, "{error}"))
    }

    /// Creates the error of a call that the service responded to, whose metadata contains the call.
    pub(crate) fn of_call(source: E, raw: R) -> Self
    where
        E: super::OperationError,
    {
        Self::of_service(source, raw, |error, f| write_call(f, error.meta(), error))
    }

    fn of_service(source: E, raw: R, write: fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result) -> Self {
        Self::ServiceError(ServiceError { source: Box::new(source), raw: Box::new(raw), shown: Shown::By(write) })
    }

    /// Converts the cause of a call without a response, or with the head of one only.
    pub(crate) fn from_cause(cause: ConnectorError, response: Option<R>) -> Self {
        match (cause.reason(), cause.stage(), response) {
            (_, Stage::Construction, _) => Self::construction_failure(cause.into_source()),
            // Waiting for bytes is subject to the read timeout wherever it is detected.
            (Reason::TimedOut(kind), Stage::ResponseBody, _) => match cause.time_limit() {
                Some(limit) => {
                    Self::timeout_error(TimeLimit { kind, what: "no more of the body came".into(), limit, note: "" })
                }
                None => Self::timeout_error(cause.into_source()),
            },
            (Reason::TimedOut(TimeoutKind::Attempt | TimeoutKind::Operation), ..) => {
                Self::timeout_error(cause.into_source())
            }
            (_, _, Some(response)) => Self::response_error(cause, response),
            (_, _, None) => Self::dispatch_failure(cause),
        }
    }

    /// Adds the call. The metadata of a service error already contains it.
    pub(crate) fn with_call(mut self, call: CallInfo, ids: Ids) -> Self {
        if let Some(meta) = self.own_meta_mut() {
            meta.set_ids(ids);
            meta.set_call(Some(call));
        }
        self
    }

    /// Returns the operation's error; any other failure is converted into its unhandled variant.
    pub fn into_service_error(self) -> E
    where
        E: super::OperationError,
        R: RawResponse,
    {
        self.into_service_error_or_unhandled().unwrap_or_else(E::UNHANDLED)
    }

    /// Returns the operation's error.
    ///
    /// # Errors
    ///
    /// Any other failure, as [`Unhandled`].
    pub fn into_service_error_or_unhandled(self) -> Result<E, Unhandled>
    where
        E: Error + Send + Sync + 'static,
        R: RawResponse,
    {
        match self {
            Self::ServiceError(context) => Ok(context.into_err()),
            other => {
                let mut meta = other.own_meta().cloned().unwrap_or_default();
                meta.set_call_shown();
                Err(Unhandled::with_source(Some(other.into()), meta))
            }
        }
    }

    /// Returns the operation's error, if the service responded with one.
    pub fn as_service_error(&self) -> Option<&E> {
        match self {
            Self::ServiceError(context) => Some(context.err()),
            _ => None,
        }
    }

    /// Returns the source by value.
    ///
    /// # Errors
    ///
    /// Never; the type is that of other AWS SDKs.
    pub fn into_source(self) -> Result<BoxError, Self>
    where
        E: Error + Send + Sync + 'static,
    {
        Ok(match self {
            Self::ConstructionFailure(context) => context.inner.source,
            Self::TimeoutError(context) => context.inner.source,
            Self::DispatchFailure(context) => context.inner.source.into(),
            Self::ResponseError(context) => context.inner.source,
            Self::ServiceError(context) => context.source,
        })
    }

    /// Returns the raw response, if there is one.
    pub fn raw_response(&self) -> Option<&R> {
        match self {
            Self::ResponseError(context) => Some(context.raw()),
            Self::ServiceError(context) => Some(context.raw()),
            _ => None,
        }
    }

    /// Maps the operation's error.
    pub fn map_service_error<F>(self, map: impl FnOnce(E) -> F) -> SdkError<F, R> {
        match self {
            Self::ConstructionFailure(context) => SdkError::ConstructionFailure(context),
            Self::TimeoutError(context) => SdkError::TimeoutError(context),
            Self::DispatchFailure(context) => SdkError::DispatchFailure(context),
            Self::ResponseError(context) => SdkError::ResponseError(context),
            Self::ServiceError(context) => {
                let shown = Shown::As(context.to_string());
                SdkError::ServiceError(ServiceError { source: Box::new(map(*context.source)), raw: context.raw, shown })
            }
        }
    }

    /// Returns the timeout that elapsed, if one did, for any variant.
    pub fn timeout_kind(&self) -> Option<TimeoutKind> {
        match self {
            Self::TimeoutError(context) => context.kind(),
            Self::DispatchFailure(context) => context.timeout_kind(),
            _ => None,
        }
    }

    /// Returns the variant's name, for labels of metrics and traces.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::ConstructionFailure(_) => "construction_failure",
            Self::TimeoutError(_) => "timeout",
            Self::DispatchFailure(context) if context.is_timeout() => "timeout",
            Self::DispatchFailure(_) => "dispatch_failure",
            Self::ResponseError(_) => "response_error",
            Self::ServiceError(_) => "service_error",
        }
    }

    /// Returns the metadata, except that of a service error.
    pub(super) fn own_meta(&self) -> Option<&ErrorMetadata> {
        match self {
            Self::ConstructionFailure(context) => Some(&context.inner.meta),
            Self::TimeoutError(context) => Some(&context.inner.meta),
            Self::DispatchFailure(context) => Some(&context.inner.meta),
            Self::ResponseError(context) => Some(&context.inner.meta),
            Self::ServiceError(_) => None,
        }
    }

    /// As [`own_meta`](Self::own_meta), to be changed.
    pub(super) fn own_meta_mut(&mut self) -> Option<&mut ErrorMetadata> {
        match self {
            Self::ConstructionFailure(context) => Some(&mut context.inner.meta),
            Self::TimeoutError(context) => Some(&mut context.inner.meta),
            Self::DispatchFailure(context) => Some(&mut context.inner.meta),
            Self::ResponseError(context) => Some(&mut context.inner.meta),
            Self::ServiceError(_) => None,
        }
    }
}

impl<E, R> fmt::Display for SdkError<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meta = self.own_meta().unwrap_or(&NO_METADATA);
        match self {
            Self::ConstructionFailure(context) => write_call(f, meta, &context.inner.source),
            Self::TimeoutError(context) => write_call(f, meta, &context.inner.source),
            Self::DispatchFailure(context) => write_call(f, meta, &context.inner.source),
            Self::ResponseError(context) => {
                write_call(f, meta, &format_args!("the response cannot be used: {}", context.inner.source))
            }
            Self::ServiceError(context) => context.fmt(f),
        }
    }
}

impl<E: Error + 'static, R: fmt::Debug> Error for SdkError<E, R> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // `Display` contains the source's own text; the chain continues with its causes.
            Self::ConstructionFailure(context) => context.inner.source.source(),
            Self::TimeoutError(context) => context.inner.source.source(),
            Self::DispatchFailure(context) => context.inner.source.source(),
            Self::ResponseError(context) => context.inner.source.source(),
            // Programs look for the operation's error in the chain.
            Self::ServiceError(context) => Some(&*context.source),
        }
    }
}

impl<E: ProvideErrorMetadata, R> ProvideErrorMetadata for SdkError<E, R> {
    fn meta(&self) -> &ErrorMetadata {
        match self {
            Self::ServiceError(context) => context.source.meta(),
            _ => self.own_meta().unwrap_or(&NO_METADATA),
        }
    }
}

impl<E, R> From<BuildError> for SdkError<E, R> {
    fn from(error: BuildError) -> Self {
        Self::construction_failure(error)
    }
}
