//! TLS: the crypto provider and the root certificates.
//!
//! The provider is always passed explicitly: with both features on, rustls has no process default and would panic.
//! Each transport builds its configuration once, on a thread of its own, for its first TLS connection; the system's
//! certificates are read once per process, and only by transports that use them. A failure is not kept.

#[cfg(feature = "tls")]
mod client;
#[cfg(feature = "tls")]
mod failure;
#[cfg(feature = "tls")]
mod roots;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::BoxError;
use crate::failure::{CertificateProblem, Reason};

#[cfg(feature = "tls")]
pub(super) use client::{LazyTls, Stream, plain};
#[cfg(feature = "tls")]
pub(crate) use failure::is_unreadable;
#[cfg(feature = "tls")]
pub(super) use failure::tls_reason;
#[cfg(not(feature = "tls"))]
pub(crate) use without::is_unreadable;
#[cfg(not(feature = "tls"))]
pub(super) use without::{LazyTls, Stream, plain, tls_reason};

/// Describes a failure of TLS better than rustls does.
pub(super) fn text(reason: Reason) -> Option<&'static str> {
    use CertificateProblem as Problem;
    Some(match reason {
        Reason::Certificate(problem) => match problem {
            Problem::Expired => "the certificate has expired, or the clock of this machine is wrong",
            Problem::NotValidYet => "the certificate is not valid yet, or the clock of this machine is wrong",
            Problem::OtherName => "the certificate is that of another host",
            Problem::UnknownIssuer => "the certificate is of an authority that is not trusted here",
            Problem::Revoked => "the certificate was revoked",
            Problem::NoName => "the certificate names no host: it has no subjectAltName",
            Problem::Authority => "the certificate is that of an authority (CA:TRUE), not that of a server",
            Problem::Version => "the certificate is not of version 3 of X.509",
            Problem::Algorithm => {
                "the certificate, or one above it, is signed by an algorithm that is not accepted, such as SHA-1"
            }
            Problem::Signature => {
                "a signature does not fit its key: the authority may be another one of the same name, or a key too short \
                 (RSA: 2048 bits)"
            }
            Problem::CriticalExtension => "the certificate has a critical extension that is not known here",
            Problem::Purpose => "the certificate is not for servers: its extended key usage lacks serverAuth",
            Problem::Issuer => "the certificate is of an authority that may not issue it",
            Problem::Malformed => "the certificate is malformed",
            Problem::Other => return None,
        },
        Reason::NotTls => "what answered does not speak TLS",
        Reason::TlsVersions => "the server and this client have no TLS version or cipher in common",
        Reason::TlsRefused => {
            "the server refused the TLS handshake: it may speak old versions or ciphers only, or want a client certificate"
        }
        Reason::TlsClientCertificate => "the server wants a client certificate",
        Reason::TlsUnknownName => "the server knows no host of this name",
        _ => return None,
    })
}

/// Returns whether the text says all that rustls's does. Dates and names of hosts are rustls's.
pub(super) fn says_all(reason: Reason) -> bool {
    use CertificateProblem::{Expired, NotValidYet, Other, OtherName, UnknownIssuer};
    match reason {
        Reason::Certificate(problem) => !matches!(problem, Expired | NotValidYet | Other | OtherName | UnknownIssuer),
        Reason::TlsVersions | Reason::TlsRefused | Reason::TlsClientCertificate | Reason::TlsUnknownName => true,
        _ => false,
    }
}

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

    pub(crate) fn is_unreadable(_: &(dyn Error + 'static)) -> bool {
        false
    }

    pub(in super::super) fn plain(io: BoxIo) -> Stream {
        TokioIo::new(io)
    }

    /// Refuses to make TLS connections.
    pub(in super::super) struct LazyTls;

    impl LazyTls {
        pub(in super::super) fn new(_trust: Trust) -> Self {
            Self
        }

        pub(in super::super) async fn prepare(&self) -> Result<(), ConnectorError> {
            Err(no_tls())
        }

        pub(in super::super) async fn opened(&self, io: BoxIo, uri: &Uri, _: bool) -> Result<Opened, ConnectorError> {
            if uri.scheme() == Some(&Scheme::HTTPS) {
                return Err(no_tls());
            }
            Ok(Opened {
                stream: plain(io),
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

    pub(in super::super) fn tls_reason(_error: &(dyn Error + 'static)) -> Option<Reason> {
        None
    }
}
