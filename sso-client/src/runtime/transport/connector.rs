//! Connections: TCP, and TLS over it once a request asks for `https`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tower_service::Service;

use super::tls::{LazyTls, Stream};
use crate::runtime::error::BoxError;

/// Opens connections. The TLS configuration is made when the first one needs it.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    tls: Arc<LazyTls>,
    timeout: Option<Duration>,
}

impl Connector {
    pub(super) fn new(tls: LazyTls, timeout: Option<Duration>) -> Self {
        let mut tcp = HttpConnector::new();
        // The scheme is looked at here, for both.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self { tcp, tls: Arc::new(tls), timeout }
    }
}

/// Connecting took too long.
#[derive(Debug)]
pub(super) struct ConnectTimeout(Duration);

impl std::fmt::Display for ConnectTimeout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no connection within {:?} (connect timeout)", self.0)
    }
}

impl std::error::Error for ConnectTimeout {}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = super::tls::connect(&self.tcp, Arc::clone(&self.tls), uri);
        let timeout = self.timeout;
        Box::pin(async move {
            match timeout {
                Some(limit) => tokio::time::timeout(limit, connecting).await.map_err(|_| ConnectTimeout(limit))?,
                None => connecting.await,
            }
        })
    }
}
