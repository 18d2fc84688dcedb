//! What every generated client stands on. It knows no service, and never names generated code.
//!
//! **Not a public API.** Everything here is `pub` so that generated code of any crate can use
//! it; nothing of it is covered by semantic versioning. What users may rely on is re-exported
//! from the crate's root: [`config`](crate::config), [`error`](crate::error) and so on.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`socket`] | what generated code imports, in one place |
//! | [`public`] | what the crate's root shows of it, in one place |
//! | [`bind`] | inputs to requests: paths, queries, headers, bodies, what is missing |
//! | [`json`] | JSON to structures and back, without a derive |
//! | [`receive`] | what responses say outside of their bodies |
//! | [`auth`] | how requests say who sends them |
//! | [`client`] | one call from end to end: bind, resolve, attempt, retry, read |
//! | [`endpoint`] | the functions of endpoint rules |
//! | [`error`] | what can go wrong, told so that it helps |
//! | [`config`], [`retry`], [`timeout`] | what can be set, and the rules that it feeds |
//! | [`profile`] | the files that AWS tools share |
//! | [`serialize`] | outputs as data for `serde` |
//! | [`timing`] | time and chance, which tests replace |
//! | [`observe`] | spans and events, and a hook for metrics |
//! | [`paginate`] | pages and items as streams |
//! | [`transport`] | from request to response over the network |
//!
//! Optional parts, which no other module names and each of which a crate takes only when its model
//! needs it. Here each has a feature, all off by default; `extended-runtime` turns on those that
//! need no crates of AWS's:
//!
//! | module | what it does |
//! | --- | --- |
//! | `bearer`, `sigv4`, `sigv4_event_stream` | requests with a token, signed requests, and signed events in them |
//! | `blocking` | calls that hold up their thread, for programs without a runtime |
//! | `blob` | binary values, and texts of a media type |
//! | `byte_stream` | bodies that are not all in memory |
//! | `checksum`, `tree_hash` | hashes of the body in headers |
//! | `compression` | bodies compressed with gzip |
//! | `document` | values without a schema |
//! | `event_stream` | events that follow each other, both ways |
//! | `idempotency` | tokens by which a service tells a retry from a new request |
//! | `number` | numbers of any length |
//! | `sdk_config` | settings that `aws-config` has loaded |
//! | `timestamp` | points in time |
//! | `waiter` | calls repeated until something has come true |
//!
//! What must stay true: nothing is sent before the input has been found complete; no text that
//! this module makes (errors, `Debug`) holds a value that the model marks `@sensitive`.

pub mod auth;
pub mod bind;
pub mod client;
pub mod config;
pub mod customize;
pub mod endpoint;
pub mod error;
pub mod http;
pub mod json;
pub mod observe;
pub mod operation;
pub mod paginate;
pub mod profile;
pub mod public;
pub mod receive;
pub mod retry;
pub mod secret;
pub mod serialize;
pub mod socket;
pub mod timeout;
pub mod timing;
pub mod transport;
pub mod value;

// Optional parts, each of which a crate takes only when its model needs it.
#[cfg(feature = "_bearer")]
pub mod bearer;
#[cfg(feature = "_blob")]
pub mod blob;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "_byte-stream")]
pub mod byte_stream;
#[cfg(feature = "_checksum")]
pub mod checksum;
#[cfg(feature = "_compression")]
pub mod compression;
#[cfg(feature = "_document")]
pub mod document;
#[cfg(feature = "_event-stream")]
pub mod event_stream;
#[cfg(feature = "_idempotency")]
pub mod idempotency;
#[cfg(feature = "_identity")]
pub mod identity;
#[cfg(feature = "_number")]
pub mod number;
#[cfg(feature = "_protocol-tests")]
pub mod protocol_tests;
#[cfg(feature = "aws-config")]
pub mod sdk_config;
#[cfg(feature = "_sigv4")]
pub mod sigv4;
#[cfg(feature = "_sigv4-event-stream")]
pub mod sigv4_event_stream;
#[cfg(feature = "_timestamp")]
pub mod timestamp;
#[cfg(feature = "_tree-hash")]
pub mod tree_hash;
#[cfg(feature = "_waiter")]
pub mod waiter;

mod attempt;
mod exclusive;
mod http_date;
mod trace_id;
mod user_agent;
mod uuid;
