//! The runtime of generated Smithy clients: everything that does not depend on the model.
//!
//! **Not a public API.** Items are `pub` for generated code; none of them is covered by semantic versioning. The crate
//! of a client re-exports its public API from [`public`].
//!
//! Modules are ordered: each one imports only modules above it in this table.
//!
//! | module | what it contains |
//! | --- | --- |
//! | [`base`] | boxed errors and futures, cause chains, the `Sync` wrapper, UUIDs |
//! | [`secret`] | redaction and zeroization of sensitive values |
//! | [`time`] | clock, timeouts, dates, timestamps |
//! | [`failure`] | the typed cause of a failed attempt |
//! | [`http`] | requests, responses, headers and bodies |
//! | [`transport`] | the default transport: connector, proxies, TLS; `tower` services as transports |
//! | [`data`] | JSON, wire text, documents, blobs, numbers, `serde` |
//! | [`error`] | `SdkError`, error metadata, error responses, hints |
//! | [`endpoint`] | the standard library of endpoint rule sets |
//! | [`http_bindings`] | HTTP bindings of inputs and outputs; byte and event streams |
//! | [`config`] | client configuration, environment variables and profiles |
//! | [`auth`] | bearer tokens and SigV4 |
//! | [`call`] | operations, the client, the retry loop, paginators, waiters, blocking calls, spans |
//!
//! Generated code imports [`prelude`] and [`primitives`]; `protocol_tests` serves Smithy's protocol tests.
//!
//! # Invariants
//!
//! - The input is validated before anything is sent.
//! - No error, `Debug` output or trace contains a value that the model marks `@sensitive`.
//! - Nothing depends on a particular service.

// The features that items need, in the documentation on docs.rs.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use tracing;

// In order: blank lines keep rustfmt from sorting them.
pub mod base;

pub mod secret;

pub mod time;

pub mod failure;

pub mod http;

pub mod transport;

pub mod data;

pub mod error;

pub mod endpoint;

pub mod http_bindings;

pub mod config;

pub mod auth;

pub mod call;

pub mod prelude;
#[cfg(feature = "protocol-tests")]
pub mod protocol_tests;
pub mod public;
#[cfg(any(test, feature = "test-util"))]
pub mod test_util;

/// The types for Smithy's shapes, under one path for generated code.
pub mod primitives {
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
}
