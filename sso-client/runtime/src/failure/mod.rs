//! Why an attempt failed: one typed cause, set where the failure happens.
//!
//! Retries, hints, messages and the conversion into an `SdkError` match on it.
//!
//! # Invariants
//!
//! - The stage, the peer and the reason are never derived from the text of an error, except where a
//!   dependency offers nothing else; each such place has a test that names the dependency's version.
//! - No text contains a header's value, the credentials of a proxy, or a request's path.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::base::{BoxError, with_causes};
use crate::time::TimeoutKind;

/// How far an attempt got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Making the request ready to be sent: authorization, a body that cannot be read again.
    Construction,
    /// Looking up the name of a host.
    NameLookup,
    /// Connecting to the server.
    Connect,
    /// Connecting to a proxy, the TLS handshake with it included.
    ProxyConnect,
    /// Asking a proxy for a tunnel (`CONNECT`).
    ProxyTunnel,
    /// The TLS handshake with the server.
    TlsHandshake,
    /// Sending the request, or waiting for the head of the response: hyper does not tell them apart.
    Exchange,
    /// Reading the body of the response.
    ResponseBody,
    /// Any of these: the transport is one of the program's own, or a time limit covers several.
    Unknown,
}

/// Whom a failure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Server,
    Proxy,
}

/// What went wrong.
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "only TLS constructs some"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A time limit ran out. One of a transport's own counts as one on connecting.
    TimedOut(TimeoutKind),
    /// An I/O error of this kind. Another attempt may succeed.
    Io(io::ErrorKind),
    /// The certificate was not accepted.
    Certificate(CertificateProblem),
    /// The peer broke the TLS protocol, or has no version or cipher suite in common with this side.
    TlsProtocol,
    /// Another failure of TLS.
    TlsOther,
    /// There is no TLS configuration to connect with: no roots, or a bundle that cannot be used.
    TlsConfig,
    /// The response is not HTTP.
    NotHttp,
    /// The head of the response is malformed.
    MalformedHead,
    /// The head of the response exceeds the limits.
    HeadTooLarge,
    /// The response is not valid HTTP/2.
    Http2Protocol,
    /// The proxy sent bytes after its response to `CONNECT`.
    ProxyChatter,
    /// The proxy asks for credentials, or does not accept those that it got.
    ProxyCredentials,
    /// The proxy did not make a tunnel. Another attempt may succeed if the flag is set.
    ProxyRefused {
        /// Whether its status is a server error, such as 502 if it could not reach the host.
        transient: bool,
    },
    /// The body of the response exceeds the limit.
    BodyTooLarge,
    /// The request is not acceptable.
    Request,
    /// Anything else that another attempt will not mend.
    Other,
}

/// A time limit that ran out, as the source of an error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeLimit {
    pub(crate) kind: TimeoutKind,
    /// What did not happen in time.
    pub(crate) what: &'static str,
    pub(crate) limit: Duration,
}

/// Why a certificate was not accepted.
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "only TLS constructs some"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateProblem {
    Expired,
    NotValidYet,
    OtherName,
    UnknownIssuer,
    Revoked,
    Other,
}

/// Why a request got no response, or none that can be used.
///
/// Transports of a program's own make it by one of [`timeout`](Self::timeout), [`user`](Self::user),
/// [`io`](Self::io) and [`other`](Self::other), which decides about retries: failures of I/O may pass, and so
/// may timeouts; what the peer is (its certificate, its protocol, what a proxy answers) does not change within
/// seconds, and neither do settings.
#[derive(Debug)]
pub struct ConnectorError {
    stage: Stage,
    peer: Peer,
    reason: Reason,
    context: Option<Cow<'static, str>>,
    source: Option<BoxError>,
}

impl ConnectorError {
    /// A timeout of the transport.
    pub fn timeout(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::TimedOut(TimeoutKind::Connect)).with_source(source)
    }

    /// The request is not acceptable to the transport.
    pub fn user(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::Request).with_source(source)
    }

    /// Connecting, sending or receiving failed; another attempt may succeed.
    pub fn io(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::Io(io::ErrorKind::Other)).with_source(source)
    }

    /// Anything else, which another attempt will not mend: a certificate that is not trusted, a response that
    /// is not HTTP.
    pub fn other(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::Other).with_source(source)
    }

    /// A failure of the server, or on the way to it.
    pub(crate) fn new(stage: Stage, reason: Reason) -> Self {
        Self { stage, peer: Peer::Server, reason, context: None, source: None }
    }

    /// A request that could not be made ready to be sent.
    pub(crate) fn construction(source: impl Into<BoxError>) -> Self {
        Self::new(Stage::Construction, Reason::Request).with_source(source.into())
    }

    /// A time limit of the configuration ran out.
    pub(crate) fn timed_out(stage: Stage, limit: TimeLimit) -> Self {
        Self::new(stage, Reason::TimedOut(limit.kind)).with_source(limit.into())
    }

    pub(crate) fn with_source(mut self, source: BoxError) -> Self {
        self.source = Some(source);
        self
    }

    pub(crate) fn of_peer(mut self, peer: Peer) -> Self {
        self.peer = peer;
        self
    }

    /// Says in a few words what was being done.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.context = Some(message.into().into());
        self
    }

    pub(crate) fn with_context(mut self, context: &'static str) -> Self {
        self.context = Some(context.into());
        self
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// Whether connecting, sending or receiving failed.
    pub fn is_io(&self) -> bool {
        matches!(self.reason, Reason::Io(_) | Reason::ProxyRefused { transient: true })
    }

    /// Whether the transport gave up waiting.
    pub fn is_timeout(&self) -> bool {
        matches!(self.reason, Reason::TimedOut(_))
    }

    /// Which time limit ran out, if one did.
    pub(crate) fn timeout_kind(&self) -> Option<TimeoutKind> {
        match self.reason {
            Reason::TimedOut(kind) => Some(kind),
            _ => None,
        }
    }

    /// How long the time limit was, if one of the configuration ran out.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.source.as_ref()?.downcast_ref::<TimeLimit>().map(|limit| limit.limit)
    }

    /// Whether the request was not acceptable.
    pub fn is_user(&self) -> bool {
        self.reason == Reason::Request
    }

    /// Whether it was anything else.
    pub fn is_other(&self) -> bool {
        !(self.is_io() || self.is_timeout() || self.is_user())
    }

    /// Whether TLS failed: a certificate that is not trusted, no common version, a bundle of certificates that
    /// cannot be used. This includes TLS with proxies.
    pub fn is_tls(&self) -> bool {
        matches!(self.reason, Reason::Certificate(_) | Reason::TlsProtocol | Reason::TlsOther | Reason::TlsConfig)
    }

    /// Whether a proxy could not be reached or refused the request.
    pub fn is_proxy(&self) -> bool {
        self.peer == Peer::Proxy && !self.is_tls() && !self.is_timeout()
    }

    /// Whether another attempt may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        self.is_io() || self.is_timeout()
    }

    /// Takes the underlying error out.
    pub fn into_source(self) -> BoxError {
        match self.source {
            Some(source) => source,
            None => self.into(),
        }
    }

    /// The underlying error that says something: "client error (Connect)" and what the connector made of its
    /// cause say nothing that this error does not say better.
    fn cause(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        match source.source() {
            Some(cause) if source.is::<hyper_util::client::legacy::Error>() => {
                Some(cause.downcast_ref::<Self>().and_then(Self::cause).unwrap_or(cause))
            }
            _ => Some(source),
        }
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} within {:?}", self.what, self.limit)?;
        if self.kind == TimeoutKind::Connect { f.write_str(" (connect timeout)") } else { Ok(()) }
    }
}

impl Error for TimeLimit {}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.context, self.cause()) {
            (Some(context), Some(cause)) => write!(f, "{context}: {}", with_causes(cause)),
            (Some(context), None) => f.write_str(context),
            (None, Some(cause)) => f.write_str(&with_causes(cause)),
            (None, None) => write!(f, "{:?}", self.reason),
        }
    }
}

impl Error for ConnectorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause()
    }
}
