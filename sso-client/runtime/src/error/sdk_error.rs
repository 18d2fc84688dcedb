//! [`SdkError`]: a failed call, by how far it got.

use std::error::Error;
use std::fmt;

use super::display::write_call;
use super::metadata::Ids;
use super::{BoxError, BuildError, CallInfo, ConnectorError, ErrorMetadata, ProvideErrorMetadata, Unhandled};
use crate::failure::{Reason, Stage, TimeLimit};
use crate::http::HttpResponse;
use crate::time::TimeoutKind;

/// A failed call, by how far it got. `E` is the operation's error, `R` the raw response.
///
/// Its `Display` is one line with the whole story; `{:#}` adds lines with a hint and details. Its
/// `source()` is what lies under that.
#[derive(Debug)]
#[non_exhaustive]
pub enum SdkError<E, R = HttpResponse> {
    /// Nothing was sent: the input, the configuration, or a page token that came before does not
    /// allow it.
    ConstructionFailure(ConstructionFailure),
    /// A time limit of the configuration ran out.
    TimeoutError(TimeoutError),
    /// No response arrived. Whether the service got the request is not known, unless
    /// connecting already failed.
    DispatchFailure(DispatchFailure),
    /// A response arrived that cannot be used.
    ResponseError(ResponseError<R>),
    /// The service answered with an error.
    ServiceError(ServiceError<E, R>),
}

/// What an error keeps of a response, so that it can be the source of another.
pub trait RawResponse: fmt::Debug + Send + Sync + 'static {}

impl<R: fmt::Debug + Send + Sync + 'static> RawResponse for R {}

/// What every failure has: a reason, and the call it ended.
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
        }
    };
}

context! {
    /// Why nothing was sent.
    ConstructionFailure, BoxError
}

context! {
    /// Which time limit ran out.
    TimeoutError, BoxError
}

context! {
    /// Why no response arrived.
    DispatchFailure, ConnectorError
}

impl TimeoutError {
    /// Which time limit ran out; `None` for an error that no call of this crate ended with.
    pub fn kind(&self) -> Option<TimeoutKind> {
        self.inner.source.downcast_ref::<TimeLimit>().map(|limit| limit.kind)
    }
}

impl DispatchFailure {
    /// Which time limit ran out, if one did. A limit of which nothing else is known is that on
    /// connecting: transports keep that one themselves.
    pub fn timeout_kind(&self) -> Option<TimeoutKind> {
        self.inner.source.timeout_kind()
    }

    /// Whether connecting, sending or receiving failed.
    pub fn is_io(&self) -> bool {
        self.inner.source.is_io()
    }

    /// Whether the transport gave up waiting.
    pub fn is_timeout(&self) -> bool {
        self.inner.source.is_timeout()
    }

    /// Whether the request itself was not acceptable to the transport.
    pub fn is_user(&self) -> bool {
        self.inner.source.is_user()
    }

    /// Whether it was none of these.
    pub fn is_other(&self) -> bool {
        self.inner.source.is_other()
    }

    /// The transport's error.
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
    /// The response.
    pub fn raw(&self) -> &R {
        &self.raw
    }

    /// The response, taken out.
    pub fn into_raw(self) -> R {
        *self.raw
    }
}

/// An error that the service answered with.
#[derive(Debug)]
pub struct ServiceError<E, R> {
    source: Box<E>,
    raw: Box<R>,
}

impl<E, R> ServiceError<E, R> {
    /// The error.
    pub fn err(&self) -> &E {
        &self.source
    }

    /// The error, taken out.
    pub fn into_err(self) -> E {
        *self.source
    }

    /// The response that it was read from.
    pub fn raw(&self) -> &R {
        &self.raw
    }

    /// The response, taken out.
    pub fn into_raw(self) -> R {
        *self.raw
    }
}

/// The metadata of errors that have none.
static NO_METADATA: std::sync::LazyLock<ErrorMetadata> = std::sync::LazyLock::new(ErrorMetadata::default);

impl<E, R> SdkError<E, R> {
    /// A failure before anything was sent, for tests and mocks.
    pub fn construction_failure(source: impl Into<BoxError>) -> Self {
        Self::ConstructionFailure(ConstructionFailure::new(source.into(), None))
    }

    /// A time limit that ran out, for tests and mocks.
    pub fn timeout_error(source: impl Into<BoxError>) -> Self {
        Self::TimeoutError(TimeoutError::new(source.into(), None))
    }

    /// A failure of the transport, for tests and mocks.
    pub fn dispatch_failure(source: ConnectorError) -> Self {
        Self::DispatchFailure(DispatchFailure::new(source, None))
    }

    /// A response that cannot be used, for tests and mocks.
    pub fn response_error(source: impl Into<BoxError>, raw: R) -> Self {
        Self::ResponseError(ResponseError { inner: Failure::new(source.into(), None), raw: Box::new(raw) })
    }

    /// An error that the service answered with, for tests and mocks.
    pub fn service_error(source: E, raw: R) -> Self {
        Self::ServiceError(ServiceError { source: Box::new(source), raw: Box::new(raw) })
    }

    /// Converts the cause of a call that brought no response, or only the head of one.
    pub(crate) fn from_cause(cause: ConnectorError, response: Option<R>) -> Self {
        match (cause.reason(), cause.stage(), response) {
            (_, Stage::Construction, _) => Self::construction_failure(cause.into_source()),
            // Waiting for bytes is a time limit too, wherever it is noticed.
            (Reason::TimedOut(kind), Stage::ResponseBody, _) => match cause.time_limit() {
                Some(limit) => Self::timeout_error(TimeLimit { kind, what: "no more of the body came", limit }),
                None => Self::timeout_error(cause.into_source()),
            },
            (Reason::TimedOut(TimeoutKind::Attempt | TimeoutKind::Operation), ..) => {
                Self::timeout_error(cause.into_source())
            }
            (_, _, Some(response)) => Self::response_error(cause, response),
            (_, _, None) => Self::dispatch_failure(cause),
        }
    }

    /// Notes how the call went. A service error's own metadata says so already.
    pub(crate) fn with_call(mut self, call: CallInfo, ids: Ids) -> Self {
        let meta = match &mut self {
            Self::ConstructionFailure(context) => &mut context.inner.meta,
            Self::TimeoutError(context) => &mut context.inner.meta,
            Self::DispatchFailure(context) => &mut context.inner.meta,
            Self::ResponseError(context) => &mut context.inner.meta,
            Self::ServiceError(_) => return self,
        };
        meta.set_ids(ids);
        meta.set_call(Some(call));
        self
    }

    /// The operation's error: the service's own, or any other failure as an unhandled one.
    pub fn into_service_error(self) -> E
    where
        E: super::OperationError,
        R: RawResponse,
    {
        self.into_service_error_or_unhandled().unwrap_or_else(E::UNHANDLED)
    }

    /// The operation's error, or any other failure wrapped.
    ///
    /// # Errors
    ///
    /// The wrapped failure when the service did not answer with an error.
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

    /// The operation's error, when the service answered with one.
    pub fn as_service_error(&self) -> Option<&E> {
        match self {
            Self::ServiceError(context) => Some(context.err()),
            _ => None,
        }
    }

    /// The reason, taken out.
    ///
    /// # Errors
    ///
    /// None; the type is that of other AWS SDKs.
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

    /// The raw response, when there was one.
    pub fn raw_response(&self) -> Option<&R> {
        match self {
            Self::ResponseError(context) => Some(context.raw()),
            Self::ServiceError(context) => Some(context.raw()),
            _ => None,
        }
    }

    /// The same failure with another type of service error.
    pub fn map_service_error<F>(self, map: impl FnOnce(E) -> F) -> SdkError<F, R> {
        match self {
            Self::ConstructionFailure(context) => SdkError::ConstructionFailure(context),
            Self::TimeoutError(context) => SdkError::TimeoutError(context),
            Self::DispatchFailure(context) => SdkError::DispatchFailure(context),
            Self::ResponseError(context) => SdkError::ResponseError(context),
            Self::ServiceError(context) => {
                SdkError::ServiceError(ServiceError { source: Box::new(map(*context.source)), raw: context.raw })
            }
        }
    }

    /// Which time limit ran out, if one did, in whichever variant that is told.
    pub fn timeout_kind(&self) -> Option<TimeoutKind> {
        match self {
            Self::TimeoutError(context) => context.kind(),
            Self::DispatchFailure(context) => context.timeout_kind(),
            _ => None,
        }
    }

    /// A word for how far it got, as labels have it.
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

    /// The metadata of everything but service errors, which have their own.
    fn own_meta(&self) -> Option<&ErrorMetadata> {
        match self {
            Self::ConstructionFailure(context) => Some(&context.inner.meta),
            Self::TimeoutError(context) => Some(&context.inner.meta),
            Self::DispatchFailure(context) => Some(&context.inner.meta),
            Self::ResponseError(context) => Some(&context.inner.meta),
            Self::ServiceError(_) => None,
        }
    }
}

impl<E: fmt::Display, R> fmt::Display for SdkError<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meta = self.own_meta().unwrap_or(&NO_METADATA);
        match self {
            Self::ConstructionFailure(context) => {
                write_call(f, meta, &context.inner.source, context.inner.source.source())
            }
            Self::TimeoutError(context) => write_call(f, meta, &context.inner.source, context.inner.source.source()),
            Self::DispatchFailure(context) => write_call(f, meta, &context.inner.source, context.inner.source.source()),
            Self::ResponseError(context) => {
                let text = format_args!("the response cannot be used: {}", context.inner.source);
                write_call(f, meta, &text, context.inner.source.source())
            }
            Self::ServiceError(context) => context.source.fmt(f),
        }
    }
}

impl<E: Error + 'static, R: fmt::Debug> Error for SdkError<E, R> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` has told the reason itself; the chain goes on with its causes, for programs
        // that look for one of a certain type.
        match self {
            Self::ConstructionFailure(context) => context.inner.source.source(),
            Self::TimeoutError(context) => context.inner.source.source(),
            Self::DispatchFailure(context) => context.inner.source.source(),
            Self::ResponseError(context) => context.inner.source.source(),
            Self::ServiceError(context) => context.source.source(),
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
