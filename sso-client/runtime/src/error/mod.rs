//! What can go wrong, told so that it helps.
//!
//! An error's `Display` is one line that holds the whole story: operation, code, message, status,
//! request id, attempts. `{:#}` adds lines: a hint, how long it took, ids, causes. `source()` leads
//! on to what is underneath, down to the operating system's or the TLS library's error; the latter
//! comes inside of an `io::Error`, whose `get_ref` has it.
//!
//! What must stay true: nothing sensitive is in any of these, and no text from outside can start a
//! line of its own. Nothing here decides whether to try again; that is `retry`'s.

mod build;
mod display;
pub(crate) mod hint;
mod metadata;
mod response;
mod retryable;
mod sdk_error;
mod service;

pub use build::BuildError;
pub use display::{DisplayErrorContext, write_code_and_message, write_with_call};
pub(crate) use metadata::Ids;
pub use metadata::{CallInfo, ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, RequestId};
pub use response::ErrorResponse;
pub(crate) use response::ParsedError;
pub use retryable::{RetryKind, classify};
pub use sdk_error::{
    ConstructionFailure, DispatchFailure, RawResponse, ResponseError, SdkError, ServiceError, TimeoutError,
};
pub use service::{ErrorEnum, ErrorWithMetadata, ModeledError, OperationError, Unhandled};

pub use crate::base::BoxError;
pub use crate::time::TimeoutKind;
pub use crate::transport::ConnectorError;
