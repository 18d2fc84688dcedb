//! What a transport failed with: of which kind, in one line, with the error underneath as source.
//!
//! The kind decides about retries. Failures of input and output may pass, and so may waiting in
//! vain; what the other side is (its certificate, its protocol, what a proxy says of us) does not
//! change within seconds, and neither do settings.

use std::error::Error;
use std::fmt;
use std::io;

use super::MAX_HEADERS;
use super::connector::ConnectTimeout;
use super::http2::is_protocol_error;
use super::proxy::ProxyError;
use super::tls::{self, TlsError};
use crate::base::{find_cause, with_causes, BoxError};
use crate::time::{TimedOut, TimeoutKind};

/// What a transport failed with.
#[derive(Debug)]
pub struct ConnectorError {
    kind: Kind,
    party: Party,
    message: Option<String>,
    source: BoxError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Timeout,
    User,
    Io,
    Other,
}

/// Who or what it was that failed, where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Party {
    Unknown,
    Tls,
    Proxy,
}

impl ConnectorError {
    /// It gave up waiting.
    pub fn timeout(source: BoxError) -> Self {
        Self::of(Kind::Timeout, source)
    }

    /// The request was not acceptable.
    pub fn user(source: BoxError) -> Self {
        Self::of(Kind::User, source)
    }

    /// Connecting, sending or receiving failed; another attempt may succeed.
    pub fn io(source: BoxError) -> Self {
        Self::of(Kind::Io, source)
    }

    /// Anything else, which another attempt will not mend: a certificate that is not trusted, an
    /// answer that is not HTTP.
    pub fn other(source: BoxError) -> Self {
        Self::of(Kind::Other, source)
    }

    fn of(kind: Kind, source: BoxError) -> Self {
        Self { kind, party: Party::Unknown, message: None, source }
    }

    fn by(self, party: Party) -> Self {
        Self { party, ..self }
    }

    /// Says in a few words what was being done.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Whether connecting, sending or receiving failed.
    pub fn is_io(&self) -> bool {
        self.kind == Kind::Io
    }

    /// Whether it gave up waiting.
    pub fn is_timeout(&self) -> bool {
        self.kind == Kind::Timeout
    }

    /// Which time limit ran out, if one did. A limit of which nothing else is known is that on connecting:
    /// transports keep that one themselves.
    pub(crate) fn timeout_kind(&self) -> Option<TimeoutKind> {
        let known = find_cause::<TimedOut>(self).map(|timed_out| timed_out.kind);
        self.is_timeout().then(|| known.unwrap_or(TimeoutKind::Connect))
    }

    /// Whether the request was not acceptable.
    pub fn is_user(&self) -> bool {
        self.kind == Kind::User
    }

    /// Whether it was anything else.
    pub fn is_other(&self) -> bool {
        self.kind == Kind::Other
    }

    /// Whether TLS failed: a certificate that is not trusted, no common version, a bundle of
    /// certificates that cannot be used. Of proxies spoken to by TLS too.
    pub fn is_tls(&self) -> bool {
        self.party == Party::Tls
    }

    /// Whether it was a proxy that could not be reached or refused.
    pub fn is_proxy(&self) -> bool {
        self.party == Party::Proxy
    }

    /// The error underneath, taken out.
    pub fn into_source(self) -> BoxError {
        self.source
    }

    /// The error underneath that says something: "client error (Connect)" and the like say nothing
    /// that the message does not say better.
    fn cause(&self) -> &(dyn Error + 'static) {
        let source: &(dyn Error + 'static) = &*self.source;
        match source.source() {
            Some(cause) if source.is::<hyper_util::client::legacy::Error>() => cause,
            _ => source,
        }
    }
}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = &self.message {
            write!(f, "{message}: ")?;
        }
        f.write_str(&with_causes(self.cause()))
    }
}

impl Error for ConnectorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause())
    }
}

/// What kind of failure it is, by what lies at the bottom of it. `host` is whom it was about.
pub(super) fn classify(error: BoxError, host: &str) -> ConnectorError {
    let bottom: &(dyn Error + 'static) = &*error;
    let connecting = find_cause(bottom).is_some_and(hyper_util::client::legacy::Error::is_connect);
    let doing =
        if connecting { format!("could not connect to {host}") } else { format!("the exchange with {host} failed") };
    if find_cause::<ConnectTimeout>(bottom).is_some() {
        return ConnectorError::timeout(error).with_message(doing);
    }
    if find_cause::<TlsError>(bottom).is_some() || tls::is_rustls_error(bottom) {
        let doing = match tls::certificate_fault(bottom) {
            Some(fault) => format!("{doing}: {fault}"),
            None => doing,
        };
        return ConnectorError::other(error).by(Party::Tls).with_message(doing);
    }
    if let Some(proxy) = find_cause::<ProxyError>(bottom) {
        let kind = if proxy.may_pass() { Kind::Io } else { Kind::Other };
        return ConnectorError::of(kind, error).by(Party::Proxy).with_message(doing);
    }
    if find_cause::<hyper::Error>(bottom).is_some_and(is_too_large) {
        let limit = MAX_HEADERS / 1024;
        let told =
            format!("the response of {host} was not read: its headers are larger than {limit} KiB, or more than 100");
        return ConnectorError::other(error).with_message(told);
    }
    if is_protocol_error(bottom) {
        let limit = MAX_HEADERS / 1024;
        let told = format!(
            "the response of {host} was not read: it is no valid HTTP/2, or its headers are larger than {limit} KiB"
        );
        return ConnectorError::other(error).with_message(told);
    }
    let kind = match find_cause::<hyper::Error>(bottom) {
        Some(hyper) if hyper.is_timeout() => Kind::Timeout,
        // What answered does not speak HTTP, and will not learn it.
        Some(hyper) if hyper.is_parse() => Kind::Other,
        // Among them: the runtime that drove the connection is gone.
        Some(_) => Kind::Io,
        None => match find_cause::<io::Error>(bottom) {
            Some(io) if io.kind() == io::ErrorKind::TimedOut => Kind::Timeout,
            Some(_) => Kind::Io,
            None if connecting => Kind::Io,
            None => Kind::Other,
        },
    };
    ConnectorError::of(kind, error).with_message(doing)
}

/// hyper has a predicate for this, but only for servers.
fn is_too_large(error: &hyper::Error) -> bool {
    error.is_parse() && error.to_string() == "message head is too large"
}
