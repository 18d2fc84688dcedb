//! Authorization of requests; each scheme is a module of its own.
//!
//! # Invariants
//!
//! - Each attempt is authorized anew, last, when nothing else in the request changes.

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

/// Authorizes the request of an attempt.
pub type Authorize =
    for<'a> fn(&'a mut http::Request<RequestBody>, AuthContext<'a>) -> BoxFuture<'a, Result<(), BoxError>>;

/// The context of a request to authorize.
#[derive(Clone, Copy, Debug)]
pub struct AuthContext<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The service.
    pub service: &'static Service,
    /// The endpoint of the request.
    pub endpoint: &'a Endpoint,
    /// Whether a request is sent without authorization if the configuration has nothing to authorize it with.
    pub optional: bool,
}
