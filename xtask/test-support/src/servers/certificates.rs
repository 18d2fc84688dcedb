//! Certificates of every kind that clients must tell apart.

use std::fmt;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// A kind of server certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// A valid one.
    Valid,
    /// One of an authority that the client does not trust.
    UnknownAuthority,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    NotYetValid,
    /// One for another host.
    OtherHost,
}

/// A certificate authority.
pub struct Authority {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    /// Creates an authority. Clients take two of one name for each other, so names should differ.
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self { certificate: params.self_signed(&key).expect("a certificate"), key }
    }

    /// Returns the authority's own certificate in PEM, which clients trust or not.
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Issues a certificate of this kind to a server that clients know as `host`.
    pub fn acceptor(&self, host: &str, kind: Certificate) -> TlsAcceptor {
        let issuer = match kind {
            Certificate::UnknownAuthority => &Self::new("unknown"),
            _ => self,
        };
        let name = if kind == Certificate::OtherHost { "other.test" } else { host };
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        match kind {
            Certificate::Expired => params.not_after = rcgen::date_time_ymd(2020, 1, 1),
            Certificate::NotYetValid => params.not_before = rcgen::date_time_ymd(2120, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &issuer.certificate, &issuer.key).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of the provider")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate with its key");
        TlsAcceptor::from(Arc::new(config))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("name", &self.certificate.params().distinguished_name).finish_non_exhaustive()
    }
}
