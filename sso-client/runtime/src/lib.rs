//! The runtime of generated Smithy clients: everything that a client needs and that does not depend on
//! its model.
//!
//! **Not a public API.** Items are `pub` so that generated code can use them; none of them is covered by
//! semantic versioning. A client's crate re-exports what its users may rely on from [`public`].
//!
//! Modules are ordered: each one imports only modules above it in this table.
//!
//! | module | what it contains |
//! | --- | --- |
//! | [`base`] | boxed errors and futures, cause chains, the `Sync` wrapper, UUIDs |
//! | [`secret`] | redaction and wiping of sensitive values |
//! | [`time`] | the clock, time limits, dates, timestamps |
//! | [`failure`] | the typed cause of a failed attempt |
//! | [`http`] | requests, responses, headers and bodies |
//! | [`transport`] | from request to response: connector, proxies, TLS, `tower` |
//! | [`data`] | JSON, wire text, documents, blobs, numbers, `serde` |
//! | [`error`] | `SdkError`, error metadata, hints |
//! | [`endpoint`] | the functions of endpoint rule sets |
//! | [`http_bindings`] | inputs to requests and responses to outputs; byte and event streams |
//! | [`config`] | every setting of a client, the environment and the profile |
//! | [`auth`] | bearer tokens and signatures |
//! | [`call`] | operations, the client, the retry loop, paginators, waiters, blocking calls, spans |
//!
//! [`prelude`] and [`primitives`] are what generated code imports, `protocol_tests` what Smithy's protocol tests need.
//!
//! # Invariants
//!
//! - Nothing is sent before the input has been found complete.
//! - No text made here (errors, `Debug`, traces) contains a value that the model marks `@sensitive`.
//! - Nothing here knows a service.

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
pub mod primitives;
#[cfg(feature = "protocol-tests")]
pub mod protocol_tests;
pub mod public;
#[cfg(any(test, feature = "test-util"))]
pub mod test_util;
