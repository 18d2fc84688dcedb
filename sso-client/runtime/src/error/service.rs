//! Errors that services answer with.
//!
//! They are called faults here, to tell them from [`ServiceError`](super::ServiceError), which is
//! one together with the response that it came by.

use std::error::Error;
use std::fmt;

use super::{BoxError, ErrorMetadata, ErrorResponse, ProvideErrorMetadata};
use crate::data::json::Structure;
use crate::http::HttpResponse;

/// An error that a service's model lists.
pub trait ModeledError: Structure {
    /// Its name, which is the code it goes by.
    const NAME: &'static str;
    /// Reads what stands in headers and the status, and a body that is one member as a whole.
    ///
    /// # Errors
    ///
    /// When what stands there is not of its member's type.
    fn read_head(&mut self, _response: &HttpResponse) -> Result<(), BoxError> {
        Ok(())
    }
    /// Takes over what the response said besides the structure's own members.
    fn set_meta(&mut self, meta: ErrorMetadata);
}

/// An error of any kind that a service answered with.
pub trait ErrorWithMetadata: Error + ProvideErrorMetadata + 'static {}

impl<T: Error + ProvideErrorMetadata + 'static> ErrorWithMetadata for T {}

/// An enum of faults.
pub trait ErrorEnum {
    /// The one it is.
    fn variant(&self) -> &dyn ErrorWithMetadata;
}

impl<T: ErrorEnum> ProvideErrorMetadata for T {
    fn meta(&self) -> &ErrorMetadata {
        self.variant().meta()
    }
}

/// The error enum of an operation.
pub trait OperationError: Error + ProvideErrorMetadata + Send + Sync + Sized + 'static {
    /// Wraps an error that the model does not list for the operation.
    const UNHANDLED: fn(Unhandled) -> Self;
    /// Reads the error that a response stands for.
    fn from_error_response(answer: ErrorResponse<'_>) -> Self;
}

/// An error that the model does not list: see its [`code`](ProvideErrorMetadata::code).
#[derive(Debug)]
pub struct Unhandled {
    source: Option<BoxError>,
    meta: ErrorMetadata,
}

impl Unhandled {
    /// Wraps any error.
    pub fn new(source: impl Into<BoxError>) -> Self {
        Self { source: Some(source.into()), meta: ErrorMetadata::default() }
    }

    /// One that consists of a code and a message.
    pub fn from_meta(meta: ErrorMetadata) -> Self {
        Self { source: None, meta }
    }

    /// One with both, where `source` says why there is not more to say.
    pub(crate) fn with_source(source: Option<BoxError>, meta: ErrorMetadata) -> Self {
        Self { source, meta }
    }
}

impl ProvideErrorMetadata for Unhandled {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

impl fmt::Display for Unhandled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.meta.code(), &self.source) {
            (Some(code), None) => super::write_code_and_message(f, code, self.meta.message()),
            (Some(code), Some(source)) => {
                super::write_code_and_message(f, code, self.meta.message())?;
                write!(f, "; {source}")
            }
            (None, Some(source)) if self.meta.call_to_show().is_some() => {
                write!(f, "an error without a code; {source}")
            }
            (None, Some(source)) => write!(f, "{source}"),
            (None, None) => super::write_code_and_message(f, "an error without a code", self.meta.message()),
        }
    }
}

impl Error for Unhandled {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` has told the source itself, or what the source tells of the call.
        self.source.as_ref().and_then(|source| source.source())
    }
}
