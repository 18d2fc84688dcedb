//! TLS: the crypto provider, and which certificates are trusted.
//!
//! The provider is always named, never rustls's default for the process: with both features on there is none,
//! and rustls would panic. A configuration is made once for each transport, on a blocking thread, when its first
//! connection asks for TLS; the system's certificates are read once per process. A transport that connects
//! without TLS, or trusts a bundle of its own, never reads them.

#[cfg(feature = "tls")]
mod client;
#[cfg(feature = "tls")]
mod roots;
#[cfg(feature = "tls")]
mod unverified;
#[cfg(not(feature = "tls"))]
mod without;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::BoxError;

#[cfg(feature = "tls")]
pub(super) use client::{LazyTls, Stream, tls_reason};
#[cfg(not(feature = "tls"))]
pub(super) use without::{LazyTls, Stream, tls_reason};

/// Whom to trust.
#[derive(Clone, Default)]
pub(super) struct Trust {
    pub(super) roots: Roots,
    /// More certificates, as PEM.
    pub(super) more: Vec<Arc<[u8]>>,
    /// Nobody is asked for a certificate that proves anything.
    pub(super) unverified: bool,
}

/// The certificates to start from.
#[derive(Clone, Default)]
pub(super) enum Roots {
    /// Those of the system, or the ones compiled in.
    #[default]
    Default,
    /// Those in a PEM text.
    Pem(Arc<[u8]>),
    /// Those in a file of such a text.
    File(PathBuf),
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unverified {
            return f.write_str("ANYBODY, WITHOUT VERIFICATION");
        }
        match &self.roots {
            Roots::Default => f.write_str("default roots")?,
            Roots::Pem(pem) => write!(f, "{} bytes of PEM", pem.len())?,
            Roots::File(path) => write!(f, "{}", path.display())?,
        }
        for pem in &self.more {
            write!(f, " and {} bytes of PEM", pem.len())?;
        }
        Ok(())
    }
}

/// A problem with the TLS configuration, which no other attempt will mend.
#[derive(Debug)]
pub(super) struct TlsError {
    message: Cow<'static, str>,
    source: Option<BoxError>,
}

impl TlsError {
    fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), source: None }
    }

    #[cfg(all(feature = "tls", feature = "native-roots"))]
    fn no_roots() -> Self {
        Self::new(
            "the system has no root certificates: install them (Debian: ca-certificates), or name a bundle of them",
        )
    }

    #[cfg(feature = "tls")]
    fn caused(message: impl Into<Cow<'static, str>>, source: impl Into<BoxError>) -> Self {
        Self { message: message.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}

#[cfg(feature = "aws-lc-rs")]
fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(all(feature = "tls", feature = "native-roots"))]
fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Stores of operating systems contain certificates that rustls cannot use; they do no harm.
    roots.add_parsable_certificates(found.certs);
    match found.errors.into_iter().next() {
        _ if !roots.is_empty() => Ok(roots),
        Some(error) => Err(TlsError::caused("the system's root certificates cannot be read", error)),
        None => Err(TlsError::no_roots()),
    }
}

#[cfg(all(feature = "tls", feature = "webpki-roots", not(feature = "native-roots")))]
fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    Ok(rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()))
}

#[cfg(all(feature = "tls", not(any(feature = "native-roots", feature = "webpki-roots"))))]
fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    Err(TlsError::new(
        "there are no certificates to trust: turn on feature native-roots or webpki-roots, or give some to the HTTP client",
    ))
}
