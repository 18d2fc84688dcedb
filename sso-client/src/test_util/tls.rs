//! A generated certificate authority with a server certificate.

use std::io;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use std::sync::Arc;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use rustls::ServerConfig;
#[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
use rustls::crypto::aws_lc_rs as crypto;
#[cfg(feature = "ring")]
use rustls::crypto::ring as crypto;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// A TLS acceptor for `localhost` and `127.0.0.1`, and the root certificate.
pub(super) struct TestTls {
    pub(super) acceptor: TlsAcceptor,
    pub(super) ca_pem: String,
}

/// The protocols offered by ALPN.
#[derive(Clone, Copy)]
pub(super) enum Protocols {
    Http1,
    Http2AndHttp1,
}

impl TestTls {
    pub(super) fn new(protocols: Protocols) -> io::Result<Self> {
        Self::make(protocols).map_err(io::Error::other)
    }

    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    fn make(_protocols: Protocols) -> Result<Self, &'static str> {
        Err("TLS of the fake service needs the feature `ring` or `aws-lc-rs` of sso-client")
    }

    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    fn make(protocols: Protocols) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let ca_key = KeyPair::generate()?;
        let mut ca = CertificateParams::new(Vec::new())?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A unique name: authorities of the same name would be confused.
        ca.distinguished_name.push(DnType::CommonName, format!("test authority {:016x}", fastrand::u64(..)));
        let ca = ca.self_signed(&ca_key)?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?
            .signed_by(&key, &ca, &ca_key)?;
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = match protocols {
            Protocols::Http1 => vec![b"http/1.1".to_vec()],
            Protocols::Http2AndHttp1 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem: ca.pem() })
    }
}
