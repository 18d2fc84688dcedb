//! What can go wrong, told so that it helps.
//!
//! An error's `Display` is one line that holds the whole story: operation, code, message, status,
//! request id, attempts. `source()` leads on to what is underneath, down to the operating
//! system's or the TLS library's error. Nothing sensitive is in either.

mod answer;
mod build;
mod display;
mod metadata;
mod sdk_error;
mod service;

use std::error::Error as StdError;

pub use answer::{ErrorAnswer, error_code};
pub use build::BuildError;
pub use display::{DisplayErrorContext, with_causes, write_fault, write_story};
pub use metadata::{CallInfo, ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, RequestId};
pub use sdk_error::{ConstructionFailure, DispatchFailure, ResponseError, SdkError, ServiceError, TimeoutError};
pub use service::{Fault, Faults, OperationError, ServiceFault, Unhandled};

pub use super::transport::ConnectorError;

/// Any error, owned.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;
