//! TLS by hyper-rustls, configured when the first connection needs it.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::super::connector::{BoxIo, Opened};
use super::super::job::Job;
use super::failure::tls_reason;
use super::roots::{load_default_roots, read_bundle};
use super::{Roots, TlsError, Trust, provider};
use crate::base::{BoxError, Escaped, find_cause, out_of_descriptors};
use crate::failure::{ConnectorError, Reason, Stage};

/// The ALPN protocols, the preferred one first.
const PROTOCOLS: &[&[u8]] = if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };

/// Boxed, since the state of a TLS connection is large, and is moved often until its task has it.
pub(in super::super) type Stream = Box<MaybeHttpsStream<TokioIo<BoxIo>>>;

/// Makes a connection without TLS a stream.
pub(in super::super) fn plain(io: BoxIo) -> Stream {
    Box::new(MaybeHttpsStream::Http(TokioIo::new(io)))
}

/// Makes TLS connections.
pub(in super::super) struct LazyTls {
    trust: Arc<Trust>,
    /// Read once; a failure is not kept.
    configs: Mutex<Option<Job<Loaded>>>,
}

type Loaded = Result<Configs, Arc<TlsError>>;

#[derive(Clone)]
struct Configs {
    /// For proxies, whatever the tunnel carries, and for servers that require HTTP/1.1.
    http1: Arc<ClientConfig>,
    /// For servers.
    server: Arc<ClientConfig>,
}

impl LazyTls {
    pub(in super::super) fn new(trust: Trust) -> Self {
        Self { trust: Arc::new(trust), configs: Mutex::new(None) }
    }

    /// Reads the certificates to trust, unless that was done. It goes on when a call that waits for it is given up.
    pub(in super::super) async fn prepare(&self) -> Result<(), ConnectorError> {
        self.configs().await.map(drop)
    }

    /// Makes a connection one to the server of a URL, by TLS if its scheme is `https`.
    pub(in super::super) async fn opened(
        &self,
        io: BoxIo,
        uri: &Uri,
        only_http1: bool,
    ) -> Result<Opened, ConnectorError> {
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok(Opened {
                stream: plain(io),
                #[cfg(feature = "http2")]
                http2: false,
            });
        }
        let configs = self.configs().await?;
        let config = if only_http1 { configs.http1 } else { configs.server };
        let failed = |error| handshake_error(Stage::TlsHandshake, error);
        let stream = handshake(config, io, uri.host().unwrap_or_default()).await;
        let stream = stream.map_err(failed)?;
        Ok(Opened {
            #[cfg(feature = "http2")]
            http2: stream.get_ref().1.alpn_protocol() == Some(b"h2"),
            stream: Box::new(MaybeHttpsStream::from(stream)),
        })
    }

    /// Makes a TLS connection to a proxy over an existing connection.
    pub(in super::super) async fn connect_to_proxy(&self, io: BoxIo, host: &str) -> Result<BoxIo, ConnectorError> {
        let config = self.configs().await?.http1;
        let stream = handshake(config, io, host).await;
        Ok(Box::new(stream.map_err(|error| handshake_error(Stage::ProxyConnect, error))?))
    }

    async fn configs(&self) -> Result<Configs, ConnectorError> {
        let job = {
            let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(loaded) = configs.as_ref().and_then(|job| job.known(Result::is_ok)) {
                return loaded.map_err(not_loaded);
            }
            match &*configs {
                Some(job) if job.is_running(Duration::MAX) => job.clone(),
                _ => {
                    let trust = Arc::clone(&self.trust);
                    let job = Job::start("root-certificates", move || load(&trust).map_err(Arc::new));
                    let unread = |error| TlsError::caused("the certificates to trust cannot be read", error);
                    let job = job.map_err(|error| not_loaded(Arc::new(unread(error))))?;
                    configs.insert(job).clone()
                }
            }
        };
        let loaded = job.outcome().await;
        let panicked = || Err(Arc::new(TlsError::new("the certificates to trust cannot be read")));
        loaded.unwrap_or_else(panicked).map_err(not_loaded)
    }
}

/// Reading may fail for want of file descriptors, which passes.
fn not_loaded(error: Arc<TlsError>) -> ConnectorError {
    let transient = find_cause::<io::Error>(&*error).is_some_and(out_of_descriptors);
    let reason = if transient { Reason::TooManyFiles } else { Reason::TlsConfig };
    ConnectorError::new(Stage::Roots, reason).with_source(Box::new(error))
}

/// Connects by TLS. The stream has the type that [`MaybeHttpsStream`] takes.
async fn handshake(
    config: Arc<ClientConfig>,
    io: BoxIo,
    host: &str,
) -> Result<TlsStream<TokioIo<TokioIo<BoxIo>>>, BoxError> {
    // URLs have brackets around IPv6 addresses.
    let name = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = ServerName::try_from(name.to_owned())?;
    Ok(TlsConnector::from(config).connect(name, TokioIo::new(TokioIo::new(io))).await?)
}

fn load(trust: &Trust) -> Result<Configs, TlsError> {
    let provider = Arc::new(provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| TlsError::caused("TLS cannot be configured", error))?;
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
    let reason = tls_reason(&*error).unwrap_or_else(|| Reason::of_connecting(&*error));
    ConnectorError::new(stage, reason).with_source(error)
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
    let pem = read_bundle(path).map_err(|error| TlsError::caused(format!("{what} cannot be read"), error))?;
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

#[cfg(test)]
mod tests {
    use super::super::super::connector::Connector;
    use super::super::super::proxy::ProxyConfig;
    use super::super::super::reached::Reached;
    use super::*;

    fn slow(trust: &Trust, after: Duration) -> LazyTls {
        let copy = trust.clone();
        let job = Job::start("slow-certificates", move || {
            std::thread::sleep(after);
            load(&copy).map_err(Arc::new)
        });
        LazyTls { trust: Arc::new(trust.clone()), configs: Mutex::new(Some(job.expect("a thread"))) }
    }

    /// The certificates may come from a slow disk: the time to connect begins after them.
    #[tokio::test]
    async fn certificates_that_are_read_slower_than_the_connect_limit() {
        let unverified = Trust { unverified: true, ..Trust::default() };
        let missing = Trust { roots: Roots::File("/no/such/file.pem".into()), ..Trust::default() };
        for (trust, stage, reason) in [
            (unverified, Stage::Connect, Reason::Io(io::ErrorKind::ConnectionRefused)),
            (missing, Stage::Roots, Reason::TlsConfig),
        ] {
            let connector = Connector {
                tls: slow(&trust, Duration::from_millis(300)),
                proxies: ProxyConfig::none(),
                connect_timeout: Some(Duration::from_millis(100)),
                lookup_timeout: Some(Duration::from_secs(10)),
            };
            let uri = Uri::from_static("https://127.0.0.1:1");
            let error = connector.open(&uri, false, &Reached::new(None)).await.err().expect("nobody listens");
            assert_eq!((error.stage(), error.reason()), (stage, reason), "{error}");
        }
    }
}
