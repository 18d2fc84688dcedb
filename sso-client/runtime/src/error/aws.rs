//! Errors as those of other AWS crates, and the reverse.

use std::error::Error;
use std::fmt;
use std::sync::OnceLock;

pub use aws_smithy_runtime_api::client::result::CreateUnhandledError;
use aws_smithy_runtime_api::client::result::{ConnectorError as TheirConnectorError, SdkError as SmithyError};
use aws_smithy_runtime_api::http::{Response as SmithyResponse, StatusCode as SmithyStatus};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::EMPTY_ERROR_METADATA;
pub use aws_smithy_types::error::metadata::{ErrorMetadata as TheirMetadata, ProvideErrorMetadata as TheirProvider};
pub use aws_types::request_id::RequestId as TheirRequestId;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::metadata::{EXTENDED_REQUEST_ID, REQUEST_ID};
use super::{
    BoxError, ConnectorError, ErrorMetadata, OperationError, ProvideErrorMetadata, RequestId, SdkError, Unhandled,
};
use crate::http::HttpResponse;

/// The metadata of errors without any.
pub(super) static EMPTY: TheirMetadata = EMPTY_ERROR_METADATA;

/// Copies metadata by the builder of the other type, which has the same methods.
macro_rules! copied {
    ($meta:expr, $builder:expr) => {{
        let (meta, mut builder) = (&$meta, $builder);
        if let Some(code) = meta.code() {
            builder = builder.code(code);
        }
        if let Some(message) = meta.message() {
            builder = builder.message(message);
        }
        for key in [REQUEST_ID, EXTENDED_REQUEST_ID] {
            if let Some(value) = meta.extra(key) {
                builder = builder.custom(key, value);
            }
        }
        builder.build()
    }};
}

/// Metadata as a type of `aws-smithy-types`, converted when it is first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Theirs(OnceLock<TheirMetadata>);

impl PartialEq for Theirs {
    fn eq(&self, _other: &Self) -> bool {
        // It follows from the other fields.
        true
    }
}

impl Eq for Theirs {}

impl Theirs {
    pub(super) fn get(&self, meta: &ErrorMetadata) -> &TheirMetadata {
        self.0.get_or_init(|| copied!(meta, TheirMetadata::builder()))
    }
}

/// Returns the metadata of an error as a type of `aws-smithy-types`.
pub fn metadata<T: ProvideErrorMetadata>(error: &T) -> &TheirMetadata {
    error.meta().theirs()
}

impl From<ErrorMetadata> for TheirMetadata {
    fn from(meta: ErrorMetadata) -> Self {
        meta.theirs().clone()
    }
}

impl From<TheirMetadata> for ErrorMetadata {
    fn from(meta: TheirMetadata) -> Self {
        copied!(meta, Self::builder())
    }
}

/// Implements the traits of other AWS crates for errors.
#[doc(hidden)]
#[macro_export]
macro_rules! aws_errors {
    ($($error:ty),* $(,)?) => {$(
        impl $crate::error::aws::TheirProvider for $error {
            fn meta(&self) -> &$crate::error::aws::TheirMetadata {
                $crate::error::aws::metadata(self)
            }
        }

        impl $crate::error::aws::TheirRequestId for $error {
            fn request_id(&self) -> Option<&str> {
                $crate::error::RequestId::request_id(self)
            }
        }
    )*};
}

/// Returns an unhandled error of an operation, with what is known of the call if the source is an error of one.
pub fn unhandled<E: OperationError>(source: BoxError, meta: Option<TheirMetadata>) -> E {
    match source.downcast::<SmithyError<E, SmithyResponse>>() {
        Ok(error) => SdkError::from(*error).into_service_error(),
        Err(source) => {
            E::UNHANDLED(Unhandled::with_source(Some(source), meta.map_or_else(ErrorMetadata::default, Into::into)))
        }
    }
}

/// Implements the traits of other AWS crates for the errors of operations.
#[doc(hidden)]
#[macro_export]
macro_rules! aws_operation_errors {
    ($($error:ty),* $(,)?) => {
        $crate::aws_errors! { $($error),* }

        $(impl $crate::error::aws::CreateUnhandledError for $error {
            fn create_unhandled_error(
                source: $crate::base::BoxError,
                meta: Option<$crate::error::aws::TheirMetadata>,
            ) -> Self {
                $crate::error::aws::unhandled(source, meta)
            }
        })*
    };
}

/// Implements the traits of other AWS crates for outputs.
#[doc(hidden)]
#[macro_export]
macro_rules! aws_outputs {
    ($($output:ty),* $(,)?) => {$(
        impl $crate::error::aws::TheirRequestId for $output {
            fn request_id(&self) -> Option<&str> {
                $crate::error::RequestId::request_id(self)
            }
        }
    )*};
}

crate::aws_errors!(ErrorMetadata, Unhandled);

impl<E: TheirProvider, R> TheirProvider for SdkError<E, R> {
    fn meta(&self) -> &TheirMetadata {
        match self {
            Self::ServiceError(context) => context.err().meta(),
            _ => self.own_meta().map_or(&EMPTY, ErrorMetadata::theirs),
        }
    }
}

impl<E: ProvideErrorMetadata, R> TheirRequestId for SdkError<E, R> {
    fn request_id(&self) -> Option<&str> {
        RequestId::request_id(self)
    }
}

/// Code and message of errors of other AWS crates.
impl<E: TheirProvider, R> ProvideErrorMetadata for SmithyError<E, R> {
    /// Returns empty metadata, since references to another type cannot be handed out.
    fn meta(&self) -> &ErrorMetadata {
        &super::sdk_error::NO_METADATA
    }

    fn code(&self) -> Option<&str> {
        TheirProvider::code(self)
    }

    fn message(&self) -> Option<&str> {
        TheirProvider::message(self)
    }
}

/// The cause of a failure whose context was converted: keeps the line that says what failed, and what it is made of.
#[derive(Debug)]
struct Told {
    line: String,
    meta: ErrorMetadata,
    source: BoxError,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl Error for Told {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}

/// Operation, status, request id and attempts, which the type of other AWS crates has no place for, become part of the
/// source's text, except for service errors. The source keeps them, too, for the conversion back, except that of a
/// dispatch failure: it stays the transport's error. The body of a success that could not be read is left out if it may
/// contain secrets, and so are all but well-known headers.
impl<E> From<SdkError<E>> for SmithyError<E, SmithyResponse> {
    fn from(error: SdkError<E>) -> Self {
        let (line, meta) = (error.to_string(), error.own_meta().cloned().unwrap_or_default());
        match error {
            SdkError::ServiceError(context) => {
                let (error, raw) = context.into_parts();
                Self::service_error(error, raw.into())
            }
            SdkError::ConstructionFailure(context) => {
                Self::construction_failure(Told { line, meta, source: context.into_source() })
            }
            SdkError::TimeoutError(context) => Self::timeout_error(Told { line, meta, source: context.into_source() }),
            SdkError::DispatchFailure(context) => {
                // The line tells the causes.
                Self::dispatch_failure(context.into_source().with_message(line).told(true).into())
            }
            SdkError::ResponseError(context) => {
                let (source, raw) = context.into_parts();
                // `Debug` of the other type shows all of a body, and nearly all headers.
                let raw = match raw.status().is_success() && !raw.body().is_public() {
                    true => HttpResponse::new(raw.status(), raw.headers().well_known(), ""),
                    false => raw,
                };
                Self::response_error(Told { line, meta, source }, raw.into())
            }
        }
    }
}

/// What was converted to the other type becomes what it was; the request id of other errors is that of the response.
impl<E: Error + Send + Sync + 'static> From<SmithyError<E, SmithyResponse>> for SdkError<E> {
    fn from(error: SmithyError<E, SmithyResponse>) -> Self {
        let text = crate::base::with_causes(&error);
        match error {
            SmithyError::ServiceError(context) => {
                // Both halves are needed, and each is given by value only.
                let raw = HttpResponse::from(context.raw());
                Self::service_error(context.into_err(), raw)
            }
            error @ SmithyError::DispatchFailure(_) => Self::dispatch_failure(connector_error(source(error, text))),
            error => {
                let raw = error.raw_response().map(HttpResponse::from);
                let is_late = matches!(error, SmithyError::TimeoutError(_));
                let (source, meta) = match source(error, text.clone()).downcast::<Told>() {
                    Ok(told) => (told.source, told.meta),
                    Err(source) => match &raw {
                        Some(raw) => (text.into(), ErrorMetadata::of_response(raw)),
                        None => (source, ErrorMetadata::default()),
                    },
                };
                let mut error = match raw {
                    Some(raw) => Self::response_error(source, raw),
                    None if is_late => Self::timeout_error(source),
                    None => Self::construction_failure(source),
                };
                if let Some(own) = error.own_meta_mut() {
                    *own = meta;
                }
                error
            }
        }
    }
}

/// Returns the error of this crate's transport that one of other AWS crates wraps, or converts that.
fn connector_error(source: BoxError) -> ConnectorError {
    match source.downcast::<TheirConnectorError>() {
        Ok(theirs) if theirs.source().is_some_and(<dyn Error>::is::<ConnectorError>) => {
            theirs.into_source().downcast().map_or_else(ConnectorError::other, |ours| *ours)
        }
        Ok(theirs) => (*theirs).into(),
        Err(source) => ConnectorError::other(source),
    }
}

/// Returns the source of an error, or its text.
fn source<E: Error + Send + Sync + 'static, R>(error: SmithyError<E, R>, text: String) -> BoxError {
    error.into_source().unwrap_or_else(|_| text.into())
}

impl From<HttpResponse> for SmithyResponse {
    fn from(response: HttpResponse) -> Self {
        // Both types allow the same numbers up to 999.
        let status = SmithyStatus::from(response.status());
        let mut converted = Self::new(status, SdkBody::from(response.body().to_vec()));
        for (name, value) in response.headers().iter() {
            // What is not UTF-8 was left out by `iter`, and both types allow the same names.
            let _ = converted.headers_mut().try_append(name.to_owned(), value.to_owned());
        }
        converted
    }
}

impl From<&SmithyResponse> for HttpResponse {
    fn from(response: &SmithyResponse) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in response.headers() {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.append(name, value);
            }
        }
        let status = http::StatusCode::from(response.status());
        Self::new(status, headers, response.body().bytes().unwrap_or_default().to_vec())
    }
}
