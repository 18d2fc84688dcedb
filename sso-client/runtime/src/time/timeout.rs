//! Timeout configuration. The retry loop enforces the timeouts, the transport the one on connecting.
//!
//! # Invariants
//!
//! - A timeout that is unset and one that is disabled are distinct.
//! - Every timeout that elapses reports its [`TimeoutKind`].

use std::fmt;
use std::time::Duration;

/// Timeouts of a client or a call; `None` means unlimited.
///
/// | limit | default | why |
/// | --- | --- | --- |
/// | connecting, TLS handshake included | 3.1 s | as in other AWS SDKs: TCP retransmits a lost SYN after 1 s and 3 s |
/// | waiting for the next bytes of a response | 60 s | a dead connection would hang forever; AWS load balancers give up after a minute, too |
/// | one attempt | none | an attempt that makes progress should not be aborted; one that makes none runs into the timeouts above |
/// | the operation, retries and backoff included | none | only the caller knows how long a result is worth waiting for |
///
/// Looking up a name has a limit of its own, 10 s or the connect limit if that is longer (see
/// `HyperClientBuilder::lookup_timeout`). Each of a host's addresses has its part of the connect limit.
///
/// Waiting for the head of a response counts as a read, connecting included where it is needed; if that limit elapses
/// before anything was sent, the error says so. Waiting for other calls of the client does not count. With the defaults, a
/// call to an unresponsive service ends after three attempts of 60 s, with backoff of at most 0.05 s and 0.1 s
/// between them.
///
/// An attempt that runs into one of the first three timeouts is retried; the last one ends the call. [`TimeoutKind`]
/// identifies the timeout that elapsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeoutConfig {
    connect: Limit,
    read: Limit,
    operation: Limit,
    attempt: Limit,
}

/// A timeout that may be unset or disabled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Limit {
    #[default]
    Unset,
    Disabled,
    At(Duration),
}

impl Limit {
    fn or(self, default: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Unset => default,
            Self::Disabled => None,
            Self::At(duration) => Some(duration),
        }
    }

    fn merge(self, base: Self) -> Self {
        if self == Self::Unset { base } else { self }
    }
}

impl TimeoutConfig {
    /// Returns a builder.
    pub fn builder() -> TimeoutConfigBuilder {
        TimeoutConfigBuilder::default()
    }

    /// Returns a builder that starts from these values.
    pub fn to_builder(&self) -> TimeoutConfigBuilder {
        self.clone().into_builder()
    }

    /// Returns whether any timeout is set.
    pub fn has_timeouts(&self) -> bool {
        [self.connect, self.read, self.operation, self.attempt].iter().any(|limit| matches!(limit, Limit::At(_)))
    }

    /// Converts the configuration into a builder.
    pub fn into_builder(self) -> TimeoutConfigBuilder {
        TimeoutConfigBuilder { config: self }
    }

    /// Disables all timeouts.
    pub fn disabled() -> Self {
        Self { connect: Limit::Disabled, read: Limit::Disabled, operation: Limit::Disabled, attempt: Limit::Disabled }
    }

    /// Returns the timeout for connecting, the TLS handshake included.
    pub fn connect_timeout(&self) -> Option<Duration> {
        self.connect.or(Some(Duration::from_millis(3100)))
    }

    /// Returns the timeout for the next bytes of a response.
    pub fn read_timeout(&self) -> Option<Duration> {
        self.read.or(Some(Duration::from_secs(60)))
    }

    /// Returns the timeout for the operation, retries and backoff included.
    pub fn operation_timeout(&self) -> Option<Duration> {
        self.operation.or(None)
    }

    /// Returns the timeout for one attempt.
    pub fn operation_attempt_timeout(&self) -> Option<Duration> {
        self.attempt.or(None)
    }

    /// Returns the read timeout if it was set explicitly. Only then is it announced to services.
    pub(crate) fn explicit_read_timeout(&self) -> Option<Duration> {
        self.read.or(None)
    }

    /// Returns these timeouts, with those of `base` where they are unset.
    pub(crate) fn merged_with(&self, base: &Self) -> Self {
        Self {
            connect: self.connect.merge(base.connect),
            read: self.read.merge(base.read),
            operation: self.operation.merge(base.operation),
            attempt: self.attempt.merge(base.attempt),
        }
    }
}

/// Builds a [`TimeoutConfig`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct TimeoutConfigBuilder {
    config: TimeoutConfig,
}

macro_rules! setters {
    ($($field:ident $name:ident $set:ident $disable:ident $what:literal;)*) => {$(
        #[doc = concat!("Sets the timeout for ", $what, ".")]
        pub fn $name(mut self, limit: Duration) -> Self {
            self.config.$field = Limit::At(limit);
            self
        }

        #[doc = concat!("Sets the timeout for ", $what, ", or resets it to the default with `None`.")]
        pub fn $set(&mut self, limit: Option<Duration>) -> &mut Self {
            self.config.$field = limit.map_or(Limit::Unset, Limit::At);
            self
        }

        #[doc = concat!("Disables the timeout for ", $what, ".")]
        pub fn $disable(mut self) -> Self {
            self.config.$field = Limit::Disabled;
            self
        }
    )*};
}

impl TimeoutConfigBuilder {
    /// Returns a builder with nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        connect connect_timeout set_connect_timeout disable_connect_timeout "connecting, the TLS handshake included";
        read read_timeout set_read_timeout disable_read_timeout "the next bytes of a response";
        operation operation_timeout set_operation_timeout disable_operation_timeout "the operation, retries and backoff included";
        attempt operation_attempt_timeout set_operation_attempt_timeout disable_operation_attempt_timeout "one attempt";
    }

    /// Builds the configuration.
    pub fn build(self) -> TimeoutConfig {
        self.config
    }
}

/// The timeout that elapsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutKind {
    /// [`connect_timeout`](TimeoutConfig::connect_timeout), or a timeout of the transport's own.
    Connect,
    /// [`read_timeout`](TimeoutConfig::read_timeout).
    Read,
    /// [`operation_attempt_timeout`](TimeoutConfig::operation_attempt_timeout).
    Attempt,
    /// [`operation_timeout`](TimeoutConfig::operation_timeout).
    Operation,
}

impl fmt::Display for TimeoutKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect timeout",
            Self::Read => "read timeout",
            Self::Attempt => "attempt timeout",
            Self::Operation => "operation timeout",
        })
    }
}
