//! TLS: which cryptography, which certificates. Chosen by features, made when first needed.
//!
//! The one file of the runtime that looks at features: they name what a crate links, which no
//! module of generated code could decide.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;

use super::BoxFuture;
use crate::runtime::error::BoxError;

pub(super) use imp::{LazyTls, Stream, connect, is_tls_failure};

/// Certificates to trust, as PEM.
#[derive(Clone)]
pub(super) struct TrustPem(Arc<[u8]>);

impl TrustPem {
    pub(super) fn new(pem: impl Into<Vec<u8>>) -> Self {
        Self(pem.into().into())
    }
}

impl fmt::Debug for TrustPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustPem({} bytes)", self.0.len())
    }
}

/// A problem with the TLS configuration, which no other attempt will mend.
#[derive(Debug)]
struct TlsError(Cow<'static, str>);

impl TlsError {
    fn boxed(message: impl Into<Cow<'static, str>>) -> BoxError {
        Self(message.into()).into()
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for TlsError {}

#[cfg(feature = "_tls")]
mod imp {
    use std::sync::OnceLock;

    use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
    use hyper_util::rt::TokioIo;
    use rustls::ClientConfig;
    use rustls::RootCertStore;
    use rustls::crypto::CryptoProvider;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, InvalidDnsNameError};
    use tokio::net::TcpStream;
    use tower_service::Service;

    use super::super::hyper_client::find;
    use super::{Arc, BoxError, BoxFuture, Error, HttpConnector, TlsError, TrustPem, Uri};

    /// A connection, encrypted or not.
    pub(in super::super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

    /// Opens TLS connections; made when the first is asked for.
    pub(in super::super) struct LazyTls {
        trust: Option<TrustPem>,
        connector: OnceLock<HttpsConnector<HttpConnector>>,
    }

    impl LazyTls {
        pub(in super::super) fn new(trust: Option<TrustPem>) -> Self {
            Self { trust, connector: OnceLock::new() }
        }

        /// Reading the system's certificates takes milliseconds of disk and CPU, once per process.
        fn connector(&self, tcp: HttpConnector) -> Result<HttpsConnector<HttpConnector>, BoxError> {
            if let Some(connector) = self.connector.get() {
                return Ok(connector.clone());
            }
            let roots = match &self.trust {
                Some(pem) => Arc::new(roots_from_pem(pem)?),
                None => default_roots()?,
            };
            let config = ClientConfig::builder_with_provider(Arc::new(provider()))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots)
                .with_no_client_auth();
            let connector = HttpsConnectorBuilder::new()
                .with_tls_config(config)
                .https_only()
                .enable_http1()
                .enable_http2()
                .wrap_connector(tcp);
            Ok(self.connector.get_or_init(|| connector).clone())
        }
    }

    #[cfg(feature = "aws-lc-rs")]
    fn provider() -> CryptoProvider {
        rustls::crypto::aws_lc_rs::default_provider()
    }

    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    fn provider() -> CryptoProvider {
        rustls::crypto::ring::default_provider()
    }

    fn roots_from_pem(pem: &TrustPem) -> Result<RootCertStore, BoxError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem.0) {
            let bad = |error: &dyn Error| TlsError::boxed(format!("a certificate to trust is broken: {error}"));
            let certificate = certificate.map_err(|error| bad(&error))?;
            roots.add(certificate).map_err(|error| bad(&error))?;
        }
        if roots.is_empty() {
            return Err(TlsError::boxed("the PEM text of trusted certificates holds no certificate"));
        }
        Ok(roots)
    }

    /// The roots to trust when nothing else is said; read once per process.
    #[cfg(any(feature = "native-roots", feature = "webpki-roots"))]
    fn default_roots() -> Result<Arc<RootCertStore>, BoxError> {
        static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
        if let Some(roots) = ROOTS.get() {
            return Ok(Arc::clone(roots));
        }
        let roots = load_default_roots()?;
        Ok(Arc::clone(ROOTS.get_or_init(|| Arc::new(roots))))
    }

    #[cfg(feature = "native-roots")]
    fn load_default_roots() -> Result<RootCertStore, BoxError> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        // Stores of operating systems hold certificates that rustls cannot use; they do no harm.
        roots.add_parsable_certificates(found.certs);
        match found.errors.into_iter().next() {
            _ if !roots.is_empty() => Ok(roots),
            Some(error) => Err(error.into()),
            None => Err(TlsError::boxed("the system has no root certificates: install them (Debian: ca-certificates)")),
        }
    }

    #[cfg(all(feature = "webpki-roots", not(feature = "native-roots")))]
    fn load_default_roots() -> Result<RootCertStore, BoxError> {
        Ok(RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()))
    }

    #[cfg(not(any(feature = "native-roots", feature = "webpki-roots")))]
    fn default_roots() -> Result<Arc<RootCertStore>, BoxError> {
        Err(TlsError::boxed(
            "there are no certificates to trust: turn on feature native-roots or webpki-roots, or give some to the HTTP client",
        ))
    }

    /// Connects, by TLS when the scheme asks for it.
    pub(in super::super) fn connect(
        tcp: &HttpConnector,
        tls: Arc<LazyTls>,
        uri: Uri,
    ) -> BoxFuture<'static, Result<Stream, BoxError>> {
        let mut tcp = tcp.clone();
        Box::pin(async move {
            if uri.scheme_str() == Some("http") {
                return Ok(MaybeHttpsStream::Http(tcp.call(uri).await?));
            }
            tls.connector(tcp)?.call(uri).await
        })
    }

    /// Whether TLS itself is what failed: a certificate that is not trusted, no common version.
    pub(in super::super) fn is_tls_failure(error: &(dyn Error + 'static)) -> bool {
        find::<rustls::Error>(error).is_some()
            || find::<TlsError>(error).is_some()
            || find::<InvalidDnsNameError>(error).is_some()
    }
}

#[cfg(not(feature = "_tls"))]
mod imp {
    use hyper_util::rt::TokioIo;
    use tokio::net::TcpStream;
    use tower_service::Service;

    use super::super::hyper_client::find;
    use super::{Arc, BoxError, BoxFuture, Error, HttpConnector, TlsError, TrustPem, Uri};

    /// A connection, never encrypted.
    pub(in super::super) type Stream = TokioIo<TcpStream>;

    /// Nothing: there is no TLS.
    pub(in super::super) struct LazyTls;

    impl LazyTls {
        pub(in super::super) fn new(_trust: Option<TrustPem>) -> Self {
            Self
        }
    }

    /// Connects, unless the scheme asks for TLS.
    pub(in super::super) fn connect(
        tcp: &HttpConnector,
        _tls: Arc<LazyTls>,
        uri: Uri,
    ) -> BoxFuture<'static, Result<Stream, BoxError>> {
        let mut tcp = tcp.clone();
        Box::pin(async move {
            if uri.scheme_str() == Some("http") {
                return Ok(tcp.call(uri).await?);
            }
            Err(TlsError::boxed("there is no TLS in this build: turn on feature ring or aws-lc-rs"))
        })
    }

    /// Whether TLS is what failed.
    pub(in super::super) fn is_tls_failure(error: &(dyn Error + 'static)) -> bool {
        find::<TlsError>(error).is_some()
    }
}
