//! A generated certificate authority with a server certificate.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
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
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
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
