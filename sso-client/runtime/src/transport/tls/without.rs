//! What stands in for TLS in builds without a crypto provider.

use std::error::Error;

use http::Uri;
use http::uri::Scheme;
use tower_service::Service;

use super::super::connector::{BoxIo, PlainConnector, PlainStream};
use super::{TlsError, Trust};
use crate::failure::{ConnectorError, Reason, Stage};

/// A connection to a server.
pub(in super::super) type Stream = PlainStream;

/// Refuses to make TLS connections.
pub(in super::super) struct LazyTls;

impl LazyTls {
    pub(in super::super) fn new(_trust: Trust) -> Self {
        Self
    }

    pub(in super::super) async fn connect(
        &self,
        mut plain: PlainConnector,
        uri: Uri,
    ) -> Result<Stream, ConnectorError> {
        if uri.scheme() == Some(&Scheme::HTTPS) { Err(no_tls()) } else { plain.call(uri).await }
    }

    pub(in super::super) async fn connect_to_proxy(&self, _io: BoxIo, _host: &str) -> Result<BoxIo, ConnectorError> {
        Err(no_tls())
    }
}

fn no_tls() -> ConnectorError {
    let error = TlsError::new("there is no TLS in this build: turn on feature ring or aws-lc-rs");
    ConnectorError::new(Stage::TlsHandshake, Reason::TlsConfig).with_source(error.into())
}

pub(in super::super) fn tls_reason(_error: &(dyn Error + 'static)) -> Option<Reason> {
    None
}
