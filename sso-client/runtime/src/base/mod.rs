//! What every other module stands on: boxed errors and futures, cause chains, the `Sync` wrapper, UUIDs.

mod sync_wrapper;
pub(crate) mod uuid;

use std::error::Error;
use std::pin::Pin;

pub(crate) use sync_wrapper::SyncWrapper;

/// A boxed error of any type.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Returns the first error of type `T` in the cause chain, `error` included.
pub(crate) fn find_cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // `source` of an I/O error skips the error that it wraps.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find_cause::<T>(inner)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Formats an error followed by the causes whose text it does not contain already.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

/// Returns the kind of the first I/O error in the cause chain.
pub(crate) fn io_error_kind(error: &(dyn Error + 'static)) -> Option<std::io::ErrorKind> {
    find_cause::<std::io::Error>(error).map(std::io::Error::kind)
}
