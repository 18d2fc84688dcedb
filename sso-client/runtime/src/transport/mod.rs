//! From request to response. Anything that can do that is a transport: a trait one method wide.
//!
//! | module | what it does |
//! | --- | --- |
//! | `hyper_client` | the default transport: hyper, a pool of connections, HTTP/1.1 and 2 |
//! | `http2` | what HTTP/2 takes besides, where the feature is on |
//! | `connector` | one connection: TCP, through a proxy where one is set, TLS |
//! | `tls` | which cryptography, which certificates are trusted |
//! | `proxy` | which proxy a request takes, and the way through it |
//! | `settings` | what a client's configuration says of the default transport |
//! | `tower` | any `tower` service as a transport |
//! | `cause` | from the errors of hyper to the typed cause |
//!
//! A transport makes one attempt: it does not retry, follow redirects or look at the status. The
//! one exception does not show: a request that was not sent, because the kept connection that it
//! should have taken was closed meanwhile, takes another.
//!
//! Nothing here reads the environment or a profile. Files are read when the first TLS connection
//! needs them: the system's certificates, or the bundle that was named.
//!
//! What must stay true: no connection by TLS without the server's certificate having been
//! verified, unless [`HyperClientBuilder`] was told so by the longest name that it has; nothing
//! goes directly what should have gone through a proxy; no error or `Debug` holds the credentials
//! of a proxy, a header, or a request's path.

mod cause;
mod connector;
mod http2;
mod hyper_client;
mod proxy;
mod settings;
mod tls;
mod tower;

use std::fmt;
use std::sync::Arc;

use crate::base::BoxFuture;
use crate::http::{RequestBody, ResponseBody};

pub use crate::failure::ConnectorError;
pub use hyper_client::{HyperClient, HyperClientBuilder};
pub use proxy::{InvalidProxy, ProxyConfig};
pub use settings::TransportSettings;
pub use tower::TowerClient;

/// What a transport's future ends with.
pub type TransportResult = Result<http::Response<ResponseBody>, ConnectorError>;

/// The largest section of headers that is read. AWS's own stay below 16 KiB; what is larger comes
/// from somewhere else, and should not fill the memory.
const MAX_HEADERS: usize = 64 * 1024;

/// Sends requests and receives responses.
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request once. The future ends when the response's headers are there; its body may
    /// still be on the way.
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult>;

    /// A transport of the same kind that shares no connections with this one, where it can be made. It is
    /// for calls on another runtime: connections live on that which made them.
    #[doc(hidden)]
    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        None
    }
}

/// A transport that clients share.
#[derive(Clone, Debug)]
pub struct SharedHttpClient(Arc<dyn HttpClient>);

impl SharedHttpClient {
    /// Makes a transport shareable.
    pub fn new(client: impl HttpClient + 'static) -> Self {
        Self(Arc::new(client))
    }
}

impl HttpClient for SharedHttpClient {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        self.0.call(request)
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        self.0.with_own_connections()
    }
}
