//! What can go wrong, told so that it helps.
//!
//! An error's `Display` is one line that holds the whole story: operation, code, message, status,
//! request id, attempts. `{:#}` adds lines: a hint, how long it took, ids, causes. `source()` leads
//! on to what is underneath, down to the operating system's or the TLS library's error; the latter
//! comes inside of an `io::Error`, whose `get_ref` has it.
//!
//! What must stay true: nothing sensitive is in any of these, and no text from outside can start a
//! line of its own. Nothing here decides whether to try again; that is `retry`'s.

mod answer;
mod build;
mod display;
pub(in crate::runtime) mod hint;
mod metadata;
mod sdk_error;
mod service;

use std::error::Error as StdError;

pub use answer::ErrorAnswer;
pub(in crate::runtime) use answer::ErrorHead;
pub use build::BuildError;
pub use display::{DisplayErrorContext, with_causes, write_fault, write_story};
pub(in crate::runtime) use metadata::Ids;
pub use metadata::{CallInfo, ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, RequestId};
pub use sdk_error::{
    ConstructionFailure, DispatchFailure, RawResponse, ResponseError, SdkError, ServiceError, TimeoutError,
};
pub use service::{Fault, Faults, OperationError, ServiceFault, Unhandled};

pub use super::timeout::TimeoutKind;
pub use super::transport::ConnectorError;

/// Any error, owned.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// The first error of a type on the way down.
pub(in crate::runtime) fn find_cause<'e, T: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An I/O error hides the error it was made of from `source`, which skips it.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find_cause::<T>(inner)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
