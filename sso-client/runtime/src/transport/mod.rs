//! Transports: they send one HTTP request and receive its response.
//!
//! | module | contents |
//! | --- | --- |
//! | `hyper_client` | the default transport: exchanges by hyper over the pool's connections |
//! | `pool` | the connection pool, and the tasks of connections |
//! | `connector` | one connection: name lookup, TCP, proxy, TLS; conversion of hyper's errors |
//! | `dial`, `lookup` | TCP to one of several addresses; name lookups |
//! | `job` | blocking work that several calls wait for |
//! | `reached` | how far a request got |
//! | `tls` | crypto provider, root certificates |
//! | `proxy` | proxy selection and tunnels |
//! | `smithy` | HTTP clients of the `aws-smithy` crates |
//!
//! A transport makes one attempt: it does not retry, follow redirects or check the status. A request that was not
//! sent because its pooled connection had been closed is sent on another connection.
//!
//! Of the environment, the default transport of a client reads the proxies unless they are set, and the feature
//! `native-roots` honors `SSL_CERT_FILE` and `SSL_CERT_DIR`. Certificates are read when the first TLS connection is made.
//!
//! # Invariants
//!
//! - The server's certificate is verified, unless
//!   [`HyperClientBuilder::danger_disable_certificate_verification_for_tests_only`] was called.
//! - A request for which a proxy is configured is never sent directly.
//! - No error or `Debug` contains the credentials of a proxy, a header, or a request's path.

mod connector;
mod dial;
mod hyper_client;
mod job;
mod lookup;
mod pool;
mod proxy;
mod reached;
#[cfg(feature = "aws-types")]
mod smithy;
mod tls;

use std::fmt;
use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use tower_service::Service;

use crate::base::{BoxError, BoxFuture};
use crate::failure::Reason;
use crate::http::{RequestBody, ResponseBody};
use connector::cause;

pub(crate) use connector::could_not_connect;

pub use crate::failure::ConnectorError;
pub use hyper_client::{HyperClient, HyperClientBuilder};
pub use proxy::{InvalidProxy, ProxyConfig};
#[doc(hidden)]
pub use reached::Reached;
pub(crate) use tls::is_unreadable;

/// The outcome of a request.
pub type TransportResult = Result<http::Response<ResponseBody>, ConnectorError>;

/// Adds the reason that a user-supplied transport cannot state: its source may be an error of rustls.
pub(crate) fn classified(error: ConnectorError) -> ConnectorError {
    let reason = (error.reason() == Reason::Other).then(|| tls::tls_reason(&error)).flatten();
    match reason {
        Some(reason) => error.with_reason(reason),
        None => error,
    }
}

/// The largest response head that is read, in bytes. Those of AWS stay below 16 KiB.
const MAX_HEADERS: usize = 64 * 1024;

/// A transport.
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request once. The future completes when the head of the response has been received.
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult>;

    /// As [`call`](Self::call), and records how far the request gets. By default that is an extension of the
    /// request, so that it passes through clients that wrap the default one.
    #[doc(hidden)]
    fn call_observed(
        &self,
        mut request: http::Request<RequestBody>,
        reached: Reached,
    ) -> BoxFuture<'static, TransportResult> {
        request.extensions_mut().insert(reached);
        self.call(request)
    }

    /// Returns a transport of the same kind with a connection pool of its own, if it supports that. Connections
    /// belong to the Tokio runtime that opened them; calls on another runtime need others.
    #[doc(hidden)]
    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        None
    }

    /// Returns this transport with the connect timeout of a client, if it takes that from clients.
    #[doc(hidden)]
    fn with_connect_timeout(&self, _limit: Option<Duration>) -> Option<SharedHttpClient> {
        None
    }
}

/// A reference-counted transport.
#[derive(Clone, Debug)]
pub struct SharedHttpClient(Arc<dyn HttpClient>);

impl SharedHttpClient {
    /// Wraps a transport.
    pub fn new(client: impl HttpClient + 'static) -> Self {
        Self(Arc::new(client))
    }
}

impl HttpClient for SharedHttpClient {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        self.0.call(request)
    }

    fn call_observed(
        &self,
        request: http::Request<RequestBody>,
        reached: Reached,
    ) -> BoxFuture<'static, TransportResult> {
        self.0.call_observed(request, reached)
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        self.0.with_own_connections()
    }

    fn with_connect_timeout(&self, limit: Option<Duration>) -> Option<SharedHttpClient> {
        self.0.with_connect_timeout(limit)
    }
}

/// Settings of the default transport.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransportSettings {
    /// A PEM file of certificates to trust instead of the default roots.
    pub ca_bundle: Option<PathBuf>,
    /// The proxies; those of the environment if unset.
    pub proxy: Option<ProxyConfig>,
}

impl TransportSettings {
    /// Returns these settings, with those of `base` where they are unset.
    pub(crate) fn merged_with(&self, base: &Self) -> Self {
        Self {
            ca_bundle: self.ca_bundle.clone().or_else(|| base.ca_bundle.clone()),
            proxy: self.proxy.clone().or_else(|| base.proxy.clone()),
        }
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// If a proxy of the environment is invalid: to ignore it would send requests past the proxy.
    pub(crate) fn client(&self, connect_timeout: Option<Duration>) -> Result<HyperClient, InvalidProxy> {
        let mut builder = HyperClient::builder().connect_timeout(connect_timeout);
        if let Some(path) = &self.ca_bundle {
            builder = builder.ca_bundle_path(path);
        }
        let proxy = match &self.proxy {
            Some(proxy) => proxy.clone(),
            None => ProxyConfig::from_env(|name| std::env::var(name).ok())?,
        };
        Ok(builder.proxy(proxy).build())
    }
}

/// Adapts a `tower` service over the types of the `http` crate as a transport: another HTTP client, or
/// [`HyperClient`] with layers around it.
///
/// Each call clones the service, waits until the clone is ready, and calls it once; retries in layers are not
/// counted as attempts. Errors that are [`ConnectorError`]s or hyper's keep their kind; others are transient if
/// their cause chain contains an I/O error.
pub struct TowerClient<S> {
    /// Only ever cloned; the mutex makes services that are not `Sync` shareable.
    service: Mutex<S>,
}

impl<S> TowerClient<S> {
    /// Wraps a service.
    pub fn new(service: S) -> Self {
        Self { service: Mutex::new(service) }
    }
}

impl<S> fmt::Debug for TowerClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TowerClient")
    }
}

impl<S, B> HttpClient for TowerClient<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let host = request.uri().host().unwrap_or_default().to_owned();
        Box::pin(async move {
            let failed = |error: S::Error| match error.into().downcast::<ConnectorError>() {
                Ok(error) => *error,
                Err(error) => cause(error, &host),
            };
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(failed)?;
            let response = service.call(request).await.map_err(failed)?;
            Ok(response.map(ResponseBody::new))
        })
    }
}

/// Allows layers around it; [`TowerClient`] makes the result a transport.
impl Service<http::Request<RequestBody>> for HyperClient {
    type Response = http::Response<ResponseBody>;
    type Error = ConnectorError;
    type Future = BoxFuture<'static, TransportResult>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ConnectorError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        HttpClient::call(self, request)
    }
}
