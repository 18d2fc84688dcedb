//! TLS: which cryptography, which certificates. Chosen by features, made when first needed.
//!
//! With `http2`, one of the two files of the runtime that look at features: they name what a crate
//! links, which no module of generated code could decide.
//!
//! The cryptography is always named, never rustls's default for the process: with both features
//! on there is none, and rustls would panic. A configuration is made once for each transport, in
//! a thread that may block, when its first connection asks for TLS; the system's certificates are
//! read once per process. A transport that connects without TLS, or trusts a bundle of its own,
//! never reads them.

#[cfg(feature = "tls")]
mod handshake;
#[cfg(feature = "tls")]
mod pem;
#[cfg(feature = "tls")]
mod roots;
#[cfg(all(feature = "tls", feature = "native-roots", unix, not(target_vendor = "apple")))]
mod system;
#[cfg(feature = "tls")]
mod unverified;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::connector::BoxIo;
use crate::base::BoxError;

#[cfg(feature = "tls")]
pub(super) use handshake::{LazyTls, certificate_fault, is_rustls_error};
#[cfg(not(feature = "tls"))]
pub(super) use without::{LazyTls, certificate_fault, is_rustls_error};

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

/// What is offered to speak.
#[derive(Clone, Copy, Debug)]
pub(super) enum Protocols {
    /// HTTP/1.1 and nothing else.
    Http1,
    /// The best that this build can.
    Best,
}

/// A connection after the handshake.
pub(super) struct Encrypted {
    pub(super) io: BoxIo,
    /// Whether HTTP/2 was agreed upon.
    pub(super) http2: bool,
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

#[cfg(all(feature = "tls", feature = "native-roots", unix, not(target_vendor = "apple")))]
fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    system::load()
}

#[cfg(all(feature = "tls", feature = "native-roots", not(all(unix, not(target_vendor = "apple")))))]
fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Stores of operating systems hold certificates that rustls cannot use; they do no harm.
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

/// What stands in where no cryptography is linked.
#[cfg(not(feature = "tls"))]
mod without {
    use super::{BoxError, BoxIo, Encrypted, Error, Protocols, TlsError, Trust};

    /// Nothing: there is no TLS.
    pub(in super::super) struct LazyTls;

    impl LazyTls {
        pub(in super::super) fn new(_trust: Trust) -> Self {
            Self
        }

        pub(in super::super) async fn connect(
            &self,
            _io: BoxIo,
            _host: &str,
            _protocols: Protocols,
        ) -> Result<Encrypted, BoxError> {
            Err(TlsError::new("there is no TLS in this build: turn on feature ring or aws-lc-rs").into())
        }
    }

    pub(in super::super) fn is_rustls_error(_error: &(dyn Error + 'static)) -> bool {
        false
    }

    pub(in super::super) fn certificate_fault(_error: &(dyn Error + 'static)) -> Option<&'static str> {
        None
    }
}
