//! TLS by hyper-rustls, configured when the first connection needs it.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::super::connector::{BoxIo, PlainConnector, PlainStream};
use super::{Roots, TlsError, Trust, load_default_roots, provider};
use crate::base::{BoxError, Escaped, find_cause, io_error_kind};
use crate::failure::{CertificateProblem, ConnectorError, Reason, Stage};

/// The ALPN protocols, the preferred one first.
const PROTOCOLS: &[&[u8]] = if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };

pub(in super::super) type Stream = MaybeHttpsStream<PlainStream>;

/// Makes TLS connections.
pub(in super::super) struct LazyTls {
    trust: Arc<Trust>,
    configs: OnceCell<Configs>,
}

#[derive(Clone)]
struct Configs {
    /// For proxies: HTTP/1.1 whatever the tunnel carries.
    http1: Arc<ClientConfig>,
    /// For servers.
    server: Arc<ClientConfig>,
}

impl LazyTls {
    pub(in super::super) fn new(trust: Trust) -> Self {
        Self { trust: Arc::new(trust), configs: OnceCell::new() }
    }

    /// Connects to the server of a URL, by TLS if its scheme is `https`. An unusable TLS configuration is an error
    /// before anything is connected to.
    pub(in super::super) async fn connect(
        &self,
        mut plain: PlainConnector,
        uri: Uri,
    ) -> Result<Stream, ConnectorError> {
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return plain.call(uri).await.map(MaybeHttpsStream::Http);
        }
        let config = Arc::clone(&self.configs().await?.server);
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

    /// Returns the configurations. Reading certificates takes milliseconds, which must not block the runtime.
    async fn configs(&self) -> Result<&Configs, ConnectorError> {
        let make = || async {
            let trust = Arc::clone(&self.trust);
            match tokio::task::spawn_blocking(move || configs(&trust)).await {
                Ok(made) => made.map_err(|error| (Reason::TlsConfig, error)),
                // The Tokio runtime is being shut down.
                Err(error) => Err((Reason::Io(io::ErrorKind::Other), error.into())),
            }
        };
        let failed = |(reason, error)| ConnectorError::new(Stage::TlsHandshake, reason).with_source(error);
        self.configs.get_or_try_init(make).await.map_err(failed)
    }
}

fn configs(trust: &Trust) -> Result<Configs, BoxError> {
    let provider = Arc::new(provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = if trust.unverified {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(NoVerification::new(&provider)))
    } else {
        builder.with_root_certificates(load_roots(trust)?)
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let http1 = Arc::new(config.clone());
    config.alpn_protocols = PROTOCOLS.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Configs { http1, server: Arc::new(config) })
}

fn handshake_error(stage: Stage, error: BoxError) -> ConnectorError {
    let error = unwrapped(error);
    let io = || Reason::of_connecting(io_error_kind(&*error).unwrap_or(io::ErrorKind::Other));
    let reason = tls_reason(&*error).unwrap_or_else(io);
    ConnectorError::new(stage, reason).with_source(error)
}

/// Removes the I/O error that hyper-rustls wraps a handshake's I/O error in: it hides the kind and rustls's error.
fn unwrapped(error: BoxError) -> BoxError {
    match error.downcast::<io::Error>() {
        Ok(outer) if outer.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()).is_some() => {
            outer.into_inner().unwrap_or_else(|| io::Error::from(io::ErrorKind::Other).into())
        }
        Ok(outer) => outer,
        Err(error) => error,
    }
}

/// Returns the reason if TLS failed.
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

/// Loads the trusted certificates.
fn load_roots(trust: &Trust) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = match &trust.roots {
        Roots::Default => default_roots()?,
        Roots::Pem(pem) => {
            let mut roots = RootCertStore::empty();
            add(&mut roots, pem, "the PEM text of certificates to trust")?;
            Arc::new(roots)
        }
        Roots::File(path) => Arc::new(file(path)?),
    };
    for pem in &trust.more {
        add(Arc::make_mut(&mut roots), pem, "the PEM text of more certificates to trust")?;
    }
    Ok(roots)
}

/// Returns the default roots, which are read once per process unless that fails.
fn default_roots() -> Result<Arc<RootCertStore>, TlsError> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Ok(Arc::clone(roots));
    }
    let roots = load_default_roots()?;
    Ok(Arc::clone(ROOTS.get_or_init(|| Arc::new(roots))))
}

fn file(path: &Path) -> Result<RootCertStore, TlsError> {
    let what = format!("the CA bundle {}", Escaped(path.display()));
    let pem = std::fs::read(path).map_err(|error| TlsError::caused(format!("{what} cannot be read"), error))?;
    let mut roots = RootCertStore::empty();
    add(&mut roots, &pem, &what)?;
    Ok(roots)
}

/// Adds the certificates of a PEM text, at least one.
fn add(roots: &mut RootCertStore, pem: &[u8], what: &str) -> Result<(), TlsError> {
    // Editors on Windows write a byte order mark, which would hide the first line.
    let pem = pem.strip_prefix("\u{feff}".as_bytes()).unwrap_or(pem);
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        number += 1;
        let broken = || format!("certificate number {number} in {what} is broken");
        let certificate = certificate.map_err(|error| TlsError::caused(broken(), error))?;
        roots.add(certificate).map_err(|error| TlsError::caused(broken(), error))?;
    }
    if number > 0 {
        return Ok(());
    }
    let empty = pem.trim_ascii().is_empty();
    Err(TlsError::new(if empty {
        format!("{what} is empty")
    } else {
        format!("{what} holds no certificate: it has to be PEM, with lines that say BEGIN CERTIFICATE")
    }))
}

/// Accepts any certificate of any host; for tests.
#[derive(Debug)]
struct NoVerification {
    algorithms: WebPkiSupportedAlgorithms,
}

impl NoVerification {
    fn new(provider: &CryptoProvider) -> Self {
        Self { algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for NoVerification {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
