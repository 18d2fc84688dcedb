//! TLS by hyper-rustls, with a configuration that is made for the first connection that needs it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use rustls::{CertificateError, ClientConfig};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::super::connector::{BoxIo, PlainConnector, PlainStream};
use super::super::http2::PROTOCOLS;
use super::unverified::Unverified;
use super::{Trust, provider, roots};
use crate::base::{BoxError, find_cause, io_error_kind};
use crate::failure::{CertificateProblem, ConnectorError, Reason, Stage};

/// A connection to a server.
pub(in super::super) type Stream = MaybeHttpsStream<PlainStream>;

/// Makes TLS connections.
pub(in super::super) struct LazyTls {
    trust: Arc<Trust>,
    configs: OnceCell<Configs>,
}

/// The same configuration, with different ALPN protocols.
#[derive(Clone)]
struct Configs {
    /// For proxies: what is asked of them is HTTP/1.1, whatever is spoken through them.
    http1: Arc<ClientConfig>,
    /// For servers.
    best: Arc<ClientConfig>,
}

impl LazyTls {
    pub(in super::super) fn new(trust: Trust) -> Self {
        Self { trust: Arc::new(trust), configs: OnceCell::new() }
    }

    /// Connects to the server of a URL, by TLS if its scheme is `https`.
    pub(in super::super) async fn connect(
        &self,
        mut plain: PlainConnector,
        uri: Uri,
    ) -> Result<Stream, ConnectorError> {
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return plain.call(uri).await.map(MaybeHttpsStream::Http);
        }
        let config = Arc::clone(&self.configs().await?.best);
        let connected = HttpsConnector::from((plain, config)).call(uri).await;
        connected.map_err(|error| match error.downcast::<ConnectorError>() {
            Ok(error) => *error,
            Err(error) => handshake_error(Stage::TlsHandshake, error),
        })
    }

    /// Makes a TLS connection to a proxy over an existing connection.
    pub(in super::super) async fn connect_to_proxy(&self, io: BoxIo, host: &str) -> Result<BoxIo, ConnectorError> {
        let failed = |error: BoxError| handshake_error(Stage::ProxyConnect, error);
        let config = Arc::clone(&self.configs().await?.http1);
        // URLs have brackets around IPv6 addresses.
        let name = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(|error| failed(error.into()))?;
        let stream = TlsConnector::from(config).connect(name, io).await.map_err(|error| failed(error.into()))?;
        Ok(Box::new(stream))
    }

    /// Returns the configurations. Reading certificates takes milliseconds of disk and CPU, which must not block
    /// the runtime.
    async fn configs(&self) -> Result<&Configs, ConnectorError> {
        let make = || async {
            let trust = Arc::clone(&self.trust);
            tokio::task::spawn_blocking(move || configs(&trust)).await?
        };
        let failed = |error| ConnectorError::new(Stage::TlsHandshake, Reason::TlsConfig).with_source(error);
        self.configs.get_or_try_init(make).await.map_err(failed)
    }
}

fn configs(trust: &Trust) -> Result<Configs, BoxError> {
    let provider = Arc::new(provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = if trust.unverified {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified::new(&provider)))
    } else {
        builder.with_root_certificates(roots::load(trust)?)
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let http1 = Arc::new(config.clone());
    config.alpn_protocols = PROTOCOLS.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Configs { http1, best: Arc::new(config) })
}

/// What a handshake failed with: TLS itself, or the connection below it.
fn handshake_error(stage: Stage, error: BoxError) -> ConnectorError {
    let error = unwrapped(error);
    let reason =
        tls_reason(&*error).unwrap_or_else(|| Reason::Io(io_error_kind(&*error).unwrap_or(io::ErrorKind::Other)));
    ConnectorError::new(stage, reason).with_source(error)
}

/// hyper-rustls wraps the I/O error of a handshake in another, which hides the kind of the first from callers,
/// and the error of rustls in it.
fn unwrapped(error: BoxError) -> BoxError {
    match error.downcast::<io::Error>() {
        Ok(outer) if outer.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()).is_some() => {
            outer.into_inner().unwrap_or_else(|| io::Error::from(io::ErrorKind::Other).into())
        }
        Ok(outer) => outer,
        Err(error) => error,
    }
}

/// Returns the reason if TLS is what failed.
pub(in super::super) fn tls_reason(error: &(dyn Error + 'static)) -> Option<Reason> {
    use rustls::Error as Tls;
    if find_cause::<InvalidDnsNameError>(error).is_some() {
        return Some(Reason::TlsOther);
    }
    Some(match find_cause::<Tls>(error)? {
        Tls::InvalidCertificate(problem) => Reason::Certificate(certificate_problem(problem)),
        Tls::AlertReceived(_) | Tls::InvalidMessage(_) | Tls::PeerIncompatible(_) | Tls::PeerMisbehaved(_) => {
            Reason::TlsProtocol
        }
        _ => Reason::TlsOther,
    })
}

fn certificate_problem(error: &CertificateError) -> CertificateProblem {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateProblem::NotValidYet,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::OtherName
        }
        CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
        CertificateError::Revoked => CertificateProblem::Revoked,
        _ => CertificateProblem::Other,
    }
}
