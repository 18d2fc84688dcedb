//! TLS: the crypto provider and the root certificates.
//!
//! The provider is always passed explicitly: with both features on, rustls has no process default and would panic.
//! Each transport builds its configuration once, on a thread of its own, for its first TLS connection; the system's
//! certificates are read once per process, and only by transports that use them. A failure is not kept.

#[cfg(feature = "tls")]
mod client;
#[cfg(feature = "tls")]
mod roots;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::BoxError;

#[cfg(feature = "tls")]
pub(super) use client::{LazyTls, Stream, is_not_tls, tls_reason};
#[cfg(not(feature = "tls"))]
pub(super) use without::{LazyTls, Stream, is_not_tls, tls_reason};

/// The certificates to trust.
#[derive(Clone, Default)]
pub(super) struct Trust {
    pub(super) roots: Roots,
    /// Additional certificates, as PEM texts.
    pub(super) more: Vec<Arc<[u8]>>,
    /// Disables verification.
    pub(super) unverified: bool,
}

#[derive(Clone, Default)]
pub(super) enum Roots {
    /// The system's, or the ones compiled in.
    #[default]
    Default,
    /// A PEM text.
    Pem(Arc<[u8]>),
    /// A PEM file.
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

/// An unusable TLS configuration.
#[derive(Debug)]
pub(super) struct TlsError {
    message: Cow<'static, str>,
    source: Option<BoxError>,
}

impl TlsError {
    fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), source: None }
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

/// Rejects `https` in builds without a crypto provider.
#[cfg(not(feature = "tls"))]
mod without {
    use std::error::Error;

    use http::Uri;
    use http::uri::Scheme;
    use hyper_util::rt::TokioIo;

    use super::super::connector::{BoxIo, Opened};
    use super::{TlsError, Trust};
    use crate::failure::{ConnectorError, Reason, Stage};

    pub(in super::super) type Stream = TokioIo<BoxIo>;

    /// Refuses to make TLS connections.
    pub(in super::super) struct LazyTls;

    impl LazyTls {
        pub(in super::super) fn new(_trust: Trust) -> Self {
            Self
        }

        pub(in super::super) async fn prepare(&self) -> Result<(), ConnectorError> {
            Err(no_tls())
        }

        pub(in super::super) async fn opened(&self, io: BoxIo, uri: &Uri) -> Result<Opened, ConnectorError> {
            if uri.scheme() == Some(&Scheme::HTTPS) {
                return Err(no_tls());
            }
            Ok(Opened {
                stream: TokioIo::new(io),
                #[cfg(feature = "http2")]
                http2: false,
            })
        }

        pub(in super::super) async fn connect_to_proxy(
            &self,
            _io: BoxIo,
            _host: &str,
        ) -> Result<BoxIo, ConnectorError> {
            Err(no_tls())
        }
    }

    fn no_tls() -> ConnectorError {
        let error = TlsError::new("there is no TLS in this build: turn on feature ring or aws-lc-rs");
        ConnectorError::new(Stage::TlsHandshake, Reason::TlsConfig).with_source(error.into())
    }

    pub(in super::super) fn is_not_tls(_error: &(dyn Error + 'static)) -> bool {
        false
    }

    pub(in super::super) fn tls_reason(_error: &(dyn Error + 'static)) -> Option<Reason> {
        None
    }
}
