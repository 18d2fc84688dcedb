//! Who sends a request, as far as a request says so.
//!
//! The ways themselves are modules of their own, for the crates whose model asks for them.
//!
//! What it does not do: sign, or look for credentials. What must stay true: authorizing is part of an
//! attempt, so that each has a signature of its own, and is done last, when nothing else in the request
//! changes.

#[cfg(feature = "bearer")]
pub mod bearer;
#[cfg(feature = "sigv4")]
pub mod sigv4;
#[cfg(feature = "sigv4-event-stream")]
pub mod sigv4_event_stream;

use crate::base::{BoxError, BoxFuture};
use crate::config::{Config, Service};
use crate::endpoint::Endpoint;
use crate::http::RequestBody;

/// Makes a request of one attempt say who sends it.
pub type Authorize =
    for<'a> fn(&'a mut http::Request<RequestBody>, AuthContext<'a>) -> BoxFuture<'a, Result<(), BoxError>>;

/// What is known about a request besides itself.
#[derive(Clone, Copy, Debug)]
pub struct AuthContext<'a> {
    /// The client's settings.
    pub config: &'a Config,
    /// The service.
    pub service: &'static Service,
    /// Where the request goes.
    pub endpoint: &'a Endpoint,
}
