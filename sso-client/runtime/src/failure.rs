//! Why an attempt failed: one typed cause, set where the failure happens.
//!
//! Retries, hints, messages and the conversion into an `SdkError` match on it.
//!
//! # Invariants
//!
//! - The stage, the peer and the reason are never derived from the text of an error, except where a dependency
//!   offers nothing else; each such place has a test that names the dependency's version.
//! - No text contains a header's value, the credentials of a proxy, or a request's path.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::base::{BoxError, LINE, find_cause, io_error_kind, out_of_descriptors, shortened, with_causes};
use crate::time::TimeoutKind;

/// How far an attempt got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Preparing the request: authorization, or a body that cannot be replayed.
    Construction,
    /// Waiting until other requests of the client end, since connections are limited.
    Queue,
    /// Reading the certificates to trust.
    Roots,
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
    /// Unknown: the transport is user-supplied, or the timeout is that of a whole attempt or call.
    Unknown,
}

/// The peer that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Server,
    Proxy,
}

/// What went wrong.
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "only TLS constructs some"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A timeout elapsed. A timeout of the transport's own counts as a connect timeout.
    TimedOut(TimeoutKind),
    /// An I/O error of this kind. Another attempt may succeed.
    Io(io::ErrorKind),
    /// The name of a host was not looked up.
    Lookup(LookupProblem),
    /// The process has no file descriptor left.
    TooManyFiles,
    /// The certificate was not accepted.
    Certificate(CertificateProblem),
    /// The peer broke the TLS protocol, or refused the handshake for another reason than those below.
    TlsProtocol,
    /// What answered does not speak TLS.
    NotTls,
    /// The peer has no version or cipher suite in common with this side.
    TlsVersions,
    /// The peer refused the handshake without a reason.
    TlsRefused,
    /// The peer wants a certificate of this side.
    TlsClientCertificate,
    /// The peer knows no host of this name.
    TlsUnknownName,
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
    /// The proxy sent more than its response to `CONNECT`.
    ProxyExtraBytes,
    /// The proxy requires credentials, or rejected the ones it got.
    ProxyCredentials,
    /// The proxy wants to be signed in to by schemes that are not supported.
    ProxySchemes,
    /// The proxy refused the tunnel.
    ProxyRefused {
        /// Whether its status is a server error, such as 502 when it cannot reach the host.
        transient: bool,
    },
    /// The body of the response exceeds the limit.
    BodyTooLarge,
    /// The request was rejected by the transport, or could not be built.
    Request,
    /// Any other failure that is not retried.
    Other,
}

impl Reason {
    /// Returns the reason for an I/O error of a connection that is being opened, by its cause chain: the operating
    /// system has a timeout of its own.
    pub(crate) fn of_connecting(error: &(dyn Error + 'static)) -> Self {
        match find_cause::<io::Error>(error) {
            Some(error) if out_of_descriptors(error) => Self::TooManyFiles,
            Some(error) if error.kind() == io::ErrorKind::TimedOut => Self::TimedOut(TimeoutKind::Connect),
            Some(error) => Self::Io(error.kind()),
            None => Self::Io(io::ErrorKind::Other),
        }
    }
}

/// Why a name was not looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookupProblem {
    /// There is no host of this name.
    UnknownHost,
    /// The name servers did not answer, or could not (`EAI_AGAIN`).
    Temporary,
    Other,
}

/// A timeout that elapsed, as the source of an error.
#[derive(Clone, Debug)]
pub(crate) struct TimeLimit {
    pub(crate) kind: TimeoutKind,
    /// What did not happen in time.
    pub(crate) what: Cow<'static, str>,
    pub(crate) limit: Duration,
    /// The limit's name, where what did not happen does not tell it.
    pub(crate) note: &'static str,
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
    /// It names no host at all.
    NoName,
    /// It is that of an authority, marked as such.
    Authority,
    /// It is not of version 3 of X.509.
    Version,
    /// It, or one above it, is signed by an algorithm that is not accepted.
    Algorithm,
    /// Its signature does not fit the key of its issuer.
    Signature,
    /// It has a critical extension that is unknown.
    CriticalExtension,
    /// Its extended key usage is not that of servers.
    Purpose,
    /// Its issuer may not issue it: it is no authority, or only for other names or fewer steps.
    Issuer,
    Malformed,
    Other,
}

/// A failed request: there is no response, or none that can be used.
///
/// Transports of other kinds create it by [`timeout`](Self::timeout), [`user`](Self::user), [`io`](Self::io) or
/// [`other`](Self::other), which decides about retries: timeouts and I/O failures are transient; the peer's
/// certificate, its protocol, what a proxy responds and settings are not.
pub struct ConnectorError {
    stage: Stage,
    peer: Peer,
    reason: Reason,
    context: Option<Cow<'static, str>>,
    /// Whether the context says all that the text of the source does.
    told: bool,
    source: Option<BoxError>,
}

impl ConnectorError {
    /// Creates a timeout of the transport.
    pub fn timeout(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::TimedOut(TimeoutKind::Connect)).with_source(source)
    }

    /// Creates an error for a request that the transport rejects.
    pub fn user(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::Request).with_source(source)
    }

    /// Creates an error for a failure to connect, send or receive, which is transient.
    pub fn io(source: BoxError) -> Self {
        let kind = io_error_kind(&*source).unwrap_or(io::ErrorKind::Other);
        Self::new(Stage::Unknown, Reason::Io(kind)).with_source(source)
    }

    /// Creates an error for a permanent failure: an untrusted certificate, a response that is not HTTP.
    pub fn other(source: BoxError) -> Self {
        Self::new(Stage::Unknown, Reason::Other).with_source(source)
    }

    pub(crate) fn new(stage: Stage, reason: Reason) -> Self {
        Self { stage, peer: Peer::Server, reason, context: None, told: false, source: None }
    }

    pub(crate) fn construction(source: impl Into<BoxError>) -> Self {
        Self::new(Stage::Construction, Reason::Request).with_source(source.into())
    }

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

    pub(crate) fn with_reason(mut self, reason: Reason) -> Self {
        self.reason = reason;
        self
    }

    /// Adds a short description of what was being done.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.context = Some(message.into().into());
        self
    }

    pub(crate) fn with_context(mut self, context: &'static str) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Leaves the text of the source out of this error's, whose message says as much. The source stays among the causes.
    pub(crate) fn told(mut self, told: bool) -> Self {
        self.told = told;
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

    /// Returns whether connecting, sending or receiving failed.
    pub fn is_io(&self) -> bool {
        matches!(
            self.reason,
            Reason::Io(_) | Reason::Lookup(_) | Reason::TooManyFiles | Reason::ProxyRefused { transient: true }
        )
    }

    /// Returns whether a timeout elapsed.
    pub fn is_timeout(&self) -> bool {
        matches!(self.reason, Reason::TimedOut(_))
    }

    pub(crate) fn timeout_kind(&self) -> Option<TimeoutKind> {
        match self.reason {
            Reason::TimedOut(kind) => Some(kind),
            _ => None,
        }
    }

    /// Returns the timeout's duration, if one of the configuration elapsed.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.source.as_ref()?.downcast_ref::<TimeLimit>().map(|limit| limit.limit)
    }

    /// Returns whether the request was rejected.
    pub fn is_user(&self) -> bool {
        self.reason == Reason::Request
    }

    /// Returns whether it is none of the other kinds.
    pub fn is_other(&self) -> bool {
        !(self.is_io() || self.is_timeout() || self.is_user())
    }

    /// Returns whether TLS failed, with the server or a proxy: an untrusted certificate, no common version, an
    /// unusable CA bundle.
    pub fn is_tls(&self) -> bool {
        use Reason::{
            NotTls, TlsClientCertificate, TlsConfig, TlsOther, TlsProtocol, TlsRefused, TlsUnknownName, TlsVersions,
        };
        matches!(
            self.reason,
            Reason::Certificate(_)
                | NotTls
                | TlsProtocol
                | TlsVersions
                | TlsRefused
                | TlsClientCertificate
                | TlsUnknownName
                | TlsOther
                | TlsConfig
        )
    }

    /// Returns whether it was a proxy that failed: it could not be reached, did not respond in time, is no proxy, or
    /// refused the request. If TLS with it failed, [`is_tls`](Self::is_tls) holds as well.
    pub fn is_proxy(&self) -> bool {
        self.peer == Peer::Proxy
    }

    /// Returns whether another attempt may succeed. One that got no turn would wait for the same calls again.
    pub(crate) fn is_transient(&self) -> bool {
        (self.is_io() || self.is_timeout()) && self.stage != Stage::Queue
    }

    /// Returns the underlying error.
    pub fn into_source(self) -> BoxError {
        match self.source {
            Some(source) => source,
            None => self.into(),
        }
    }

    /// Returns the underlying error, without a wrapper whose text adds nothing to this error's own: "client error
    /// (Connect)", of `tower` services.
    fn cause(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        match source.source() {
            Some(cause) if source.is::<hyper_util::client::legacy::Error>() => Some(cause),
            _ => Some(source),
        }
    }
}

impl fmt::Debug for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ConnectorError");
        debug.field("stage", &self.stage).field("peer", &self.peer).field("reason", &self.reason);
        debug.field("context", &self.context);
        // Of these, rustls lists all algorithms, byte for byte.
        if self.reason != Reason::Certificate(CertificateProblem::Algorithm) {
            let source = self.source.as_ref().map(|source| shortened(format!("{source:?}"), 4 * LINE));
            debug.field("source", &format_args!("{}", source.as_deref().unwrap_or("None")));
        }
        debug.finish_non_exhaustive()
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} within {:?}", self.what, self.limit)?;
        if self.note.is_empty() { Ok(()) } else { write!(f, " ({})", self.note) }
    }
}

impl Error for TimeLimit {}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.context, self.cause()) {
            (Some(context), Some(_)) if self.told => f.write_str(context),
            (Some(context), Some(cause)) => write!(f, "{context}: {}", shortened(with_causes(cause), LINE)),
            (Some(context), None) => f.write_str(context),
            (None, Some(cause)) => f.write_str(&shortened(with_causes(cause), LINE)),
            (None, None) => f.write_str("the transport failed"),
        }
    }
}

impl Error for ConnectorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause()
    }
}
