//! Handshakes, by a configuration that is made when the first of them needs it.

use std::error::Error;
use std::sync::Arc;

use rustls::pki_types::{InvalidDnsNameError, ServerName};
use rustls::{CertificateError, ClientConfig};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::super::connector::BoxIo;
use super::super::http2::PROTOCOLS;
use super::unverified::Unverified;
use super::{BoxError, Encrypted, Protocols, Trust, provider, roots};
use crate::base::find_cause;

/// Makes TLS connections.
pub(in super::super) struct LazyTls {
    trust: Arc<Trust>,
    configs: OnceCell<Configs>,
}

/// The same, but for what is offered to speak.
#[derive(Clone)]
struct Configs {
    http1: Arc<ClientConfig>,
    best: Arc<ClientConfig>,
}

impl LazyTls {
    pub(in super::super) fn new(trust: Trust) -> Self {
        Self { trust: Arc::new(trust), configs: OnceCell::new() }
    }

    /// Makes the connection an encrypted one with `host`, whose certificate has to say so.
    pub(in super::super) async fn connect(
        &self,
        io: BoxIo,
        host: &str,
        protocols: Protocols,
    ) -> Result<Encrypted, BoxError> {
        let configs = self.configs().await?;
        let config = match protocols {
            Protocols::Http1 => &configs.http1,
            Protocols::Best => &configs.best,
        };
        // URLs have brackets around addresses of IPv6.
        let name = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(name.to_owned())?;
        let stream = TlsConnector::from(Arc::clone(config)).connect(name, io).await?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Encrypted { io: Box::new(stream), http2 })
    }

    /// Reading certificates takes milliseconds of disk and CPU, which no other task should wait for.
    async fn configs(&self) -> Result<&Configs, BoxError> {
        let make = || async {
            let trust = Arc::clone(&self.trust);
            tokio::task::spawn_blocking(move || configs(&trust)).await?
        };
        self.configs.get_or_try_init(make).await
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

/// Whether TLS itself is what failed: a certificate that is not trusted, no common version.
pub(in super::super) fn is_rustls_error(error: &(dyn Error + 'static)) -> bool {
    find_cause::<rustls::Error>(error).is_some() || find_cause::<InvalidDnsNameError>(error).is_some()
}

/// What is wrong with a certificate, in plain words.
pub(in super::super) fn certificate_fault(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let Some(rustls::Error::InvalidCertificate(fault)) = find_cause::<rustls::Error>(error) else { return None };
    Some(match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired, or the clock of this machine is wrong"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet, or the clock of this machine is wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is that of another host"
        }
        CertificateError::UnknownIssuer => "the certificate is of an authority that is not trusted here",
        CertificateError::Revoked => "the certificate was revoked",
        _ => return None,
    })
}
