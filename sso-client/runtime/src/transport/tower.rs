//! Any `tower` service as a transport.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body;
use tower_service::Service;

use super::cause::cause;
use super::{BoxFuture, ConnectorError, HttpClient, HyperClient, RequestBody, ResponseBody, TransportResult};
use crate::base::BoxError;

/// Makes a transport of a service over the types of the crate `http`, such as other HTTP clients
/// are, or [`HyperClient`] with layers around it.
///
/// Each call gets a clone of the service, is made when that says it is ready, and is made once:
/// layers that retry make attempts that nobody counts. Errors of the service keep their kind when
/// they are [`ConnectorError`]s, or those of hyper; others are retried where an I/O error is at
/// the bottom of them.
pub struct TowerClient<S> {
    /// Only ever cloned. Services need not be `Sync`, and boxed ones are not.
    service: Mutex<S>,
}

impl<S> TowerClient<S> {
    /// A transport that calls clones of this service.
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

/// So that layers can be put around it; [`TowerClient`] makes a transport of the whole again.
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
