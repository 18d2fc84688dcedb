//! Certificates of every kind that clients must tell apart.

use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyPair, NameConstraints,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// A kind of server certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// A valid one.
    Valid,
    /// A valid one, of a server that wants one of the client.
    ValidAndWantsOne,
    /// A valid one, of a server that offers HTTP/2.
    ValidAndOffersHttp2,
    /// One of an authority that the client does not trust.
    UnknownAuthority,
    /// One of another authority with the name of the one that the client trusts.
    SameAuthorityName,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    NotYetValid,
    /// One for another host.
    OtherHost,
    /// One for a hundred other hosts.
    ManyHosts,
    /// One without a host.
    NoHost,
    /// One that is marked as that of an authority.
    Authority,
    /// One with a critical extension that nobody knows.
    CriticalExtension,
    /// One for clients only.
    ForClients,
    /// One of an authority that may not issue certificates for the host.
    OutOfConstraints,
    /// One issued by a certificate that is no authority's.
    NoAuthority,
    /// Bytes that are no certificate.
    Garbage,
    /// One of version 1 of X.509.
    Version1,
    /// One that is signed by SHA-1.
    Sha1,
    /// One that is signed by an RSA key of 1024 bits.
    ShortKey,
}

impl Certificate {
    /// Those that no library here can issue: the certificate, and that of its authority.
    fn fixture(self) -> Option<&'static str> {
        match self {
            Self::Version1 => Some(include_str!("fixtures/version-1.pem")),
            Self::Sha1 => Some(include_str!("fixtures/sha-1.pem")),
            Self::ShortKey => Some(include_str!("fixtures/short-key.pem")),
            _ => None,
        }
    }
}

/// A certificate authority.
pub struct Authority {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    /// Creates an authority. Clients take two of one name for each other, so names should differ.
    pub fn new(name: &str) -> Self {
        Self::with(name, |_| {})
    }

    fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        Self { certificate: params.self_signed(&key).expect("a certificate"), key }
    }

    /// Returns the authority's own certificate in PEM, which clients trust or not.
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Issues a certificate of this kind to a server that clients know as `host`.
    pub fn acceptor(&self, host: &str, kind: Certificate) -> TlsAcceptor {
        self.issue(host, kind).0
    }

    /// Starts to serve as `host`, by an authority of its own. Returns the certificate, in PEM, that clients should trust.
    pub(super) fn serve(host: &str, kind: Certificate) -> (TlsAcceptor, String) {
        let constraints = NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::IpAddress(CidrSubnet::V4([10, 0, 0, 0], [255, 0, 0, 0]))],
            excluded_subtrees: Vec::new(),
        };
        let authority = Self::with("trusted", |params| {
            if kind == Certificate::OutOfConstraints {
                params.name_constraints = Some(constraints);
            }
        });
        authority.issue(host, kind)
    }

    fn issue(&self, host: &str, kind: Certificate) -> (TlsAcceptor, String) {
        if let Some(fixture) = kind.fixture() {
            let all = CertificateDer::pem_slice_iter(fixture.as_bytes());
            let chain = all.take(1).collect::<Result<Vec<_>, _>>().expect("a certificate");
            let key = PrivateKeyDer::from_pem_slice(include_bytes!("fixtures/server-key.pem")).expect("a key");
            let (_, authority) = fixture.split_once("-----END CERTIFICATE-----").expect("two certificates");
            return (accept(chain, key, None, &[]), authority.to_owned());
        }
        let issuer = match kind {
            Certificate::UnknownAuthority => &Self::new("unknown"),
            Certificate::SameAuthorityName => &Self::new("trusted"),
            _ => self,
        };
        let names = match kind {
            Certificate::OtherHost => vec!["other.test".to_owned()],
            Certificate::ManyHosts => (0..100).map(|number| format!("host-{number}.other.test")).collect(),
            Certificate::NoHost => Vec::new(),
            _ => vec![host.to_owned()],
        };
        let mut params = CertificateParams::new(names).expect("names");
        match kind {
            Certificate::Expired => params.not_after = rcgen::date_time_ymd(2020, 1, 1),
            Certificate::NotYetValid => params.not_before = rcgen::date_time_ymd(2120, 1, 1),
            Certificate::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Certificate::ForClients => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            Certificate::CriticalExtension => {
                // An arc for examples, and an empty sequence.
                let mut extension = CustomExtension::from_oid_content(&[2, 999, 7], vec![0x30, 0]);
                extension.set_criticality(true);
                params.custom_extensions.push(extension);
            }
            _ => {}
        }
        let key = KeyPair::generate().expect("a key");
        let mut chain = Vec::new();
        if kind == Certificate::NoAuthority {
            let middle = KeyPair::generate().expect("a key");
            let mut between = CertificateParams::new(vec!["middle.test".to_owned()]).expect("a name");
            between.distinguished_name.push(DnType::CommonName, "in the middle");
            between.is_ca = IsCa::ExplicitNoCa;
            let between = between.signed_by(&middle, &self.certificate, &self.key).expect("a certificate");
            chain.push(params.signed_by(&key, &between, &middle).expect("a certificate").der().clone());
            chain.push(between.der().clone());
        } else {
            let issued = params.signed_by(&key, &issuer.certificate, &issuer.key).expect("a certificate");
            chain.push(issued.der().clone());
        }
        if kind == Certificate::Garbage {
            chain = vec![CertificateDer::from(vec![0x30, 3, 2, 1, 1])];
        }
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let clients = (kind == Certificate::ValidAndWantsOne).then(|| self.certificate.der().clone());
        let protocols: &[&str] = if kind == Certificate::ValidAndOffersHttp2 { &["h2", "http/1.1"] } else { &[] };
        (accept(chain, key, clients, protocols), self.pem())
    }
}

/// Presents a certificate, be it in order or not.
#[derive(Debug)]
struct Presented(Arc<CertifiedKey>);

impl ResolvesServerCert for Presented {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn accept(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    clients: Option<CertificateDer<'static>>,
    protocols: &[&str],
) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).expect("a key");
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions of the provider");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(root) => {
            let mut roots = RootCertStore::empty();
            roots.add(root).expect("an authority");
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        }
    };
    let presented = Presented(Arc::new(CertifiedKey::new(chain, key)));
    let mut config = builder.with_cert_resolver(Arc::new(presented));
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("name", &self.certificate.params().distinguished_name).finish_non_exhaustive()
    }
}
