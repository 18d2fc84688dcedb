//! The modules of the types that models take from Smithy, under one path for generated code.

#[cfg(feature = "blob")]
pub use crate::data::blob;
#[cfg(feature = "document")]
pub use crate::data::document;
#[cfg(feature = "number")]
pub use crate::data::number;
#[cfg(feature = "byte-stream")]
pub use crate::http_bindings::byte_stream;
#[cfg(feature = "event-stream")]
pub use crate::http_bindings::event_stream;
#[cfg(feature = "timestamp")]
pub use crate::time::timestamp;
