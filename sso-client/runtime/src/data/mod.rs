//! Values and their representations: JSON, wire text, and the Smithy types that Rust has no type for.

#[cfg(feature = "blob")]
pub mod blob;
#[cfg(feature = "document")]
pub mod document;
pub mod json;
#[cfg(feature = "number")]
pub mod number;
pub mod serialize;
#[cfg(feature = "timestamp")]
mod timestamp;
mod wire_text;

pub use wire_text::{FromWire, UnknownVariantValue, WireEnum, WireValue};
