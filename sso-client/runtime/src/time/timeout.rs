//! Time limits: what they are, and which of them ran out. Keeping them is `attempt`'s, and for
//! connecting the transport's.
//!
//! What must stay true: a limit that was not said and one that was lifted are told apart, and every
//! limit that runs out says which it was.

use std::fmt;
use std::time::Duration;

/// How long things may take; `None` for as long as they like.
///
/// | limit | default | why |
/// | --- | --- | --- |
/// | connecting, TLS handshake included | 3.1 s | as in other AWS SDKs: a lost packet is sent again after 1 s and 3 s, and an endpoint of AWS that has not answered by then will not |
/// | waiting for the next bytes of a response | 60 s | a connection that died silently would otherwise hang forever; load balancers of AWS give up after a minute, too |
/// | one attempt | none | attempts that make progress should not be given up; those that make none end by the limits above |
/// | the operation, retries and waits included | none | how long a result is worth waiting for is known to the caller alone |
///
/// The wait for a response to begin counts as one for its next bytes, with connecting where that
/// is needed. With the defaults, a call ends at the latest after three attempts that wait 60 s for
/// nothing each, and two waits of at most 0.05 s and 0.1 s between them.
///
/// An attempt that runs into one of the first three limits is retried; the last ends the call.
/// [`TimeoutKind`] says which one ran out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeoutConfig {
    connect: Limit,
    read: Limit,
    operation: Limit,
    attempt: Limit,
}

/// A limit that may not have been said.
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
    /// Starts building one.
    pub fn builder() -> TimeoutConfigBuilder {
        TimeoutConfigBuilder::default()
    }

    /// A builder that starts from this.
    pub fn to_builder(&self) -> TimeoutConfigBuilder {
        self.clone().into_builder()
    }

    /// Whether any limit was set.
    pub fn has_timeouts(&self) -> bool {
        [self.connect, self.read, self.operation, self.attempt].iter().any(|limit| matches!(limit, Limit::At(_)))
    }

    /// Turns it back into a builder.
    pub fn into_builder(self) -> TimeoutConfigBuilder {
        TimeoutConfigBuilder { config: self }
    }

    /// No limits at all.
    pub fn disabled() -> Self {
        Self { connect: Limit::Disabled, read: Limit::Disabled, operation: Limit::Disabled, attempt: Limit::Disabled }
    }

    /// How long connecting may take, the TLS handshake included.
    pub fn connect_timeout(&self) -> Option<Duration> {
        self.connect.or(Some(Duration::from_millis(3100)))
    }

    /// How long to wait for the next bytes of a response.
    pub fn read_timeout(&self) -> Option<Duration> {
        self.read.or(Some(Duration::from_secs(60)))
    }

    /// How long a call may take, retries and waits included.
    pub fn operation_timeout(&self) -> Option<Duration> {
        self.operation.or(None)
    }

    /// How long one attempt may take.
    pub fn operation_attempt_timeout(&self) -> Option<Duration> {
        self.attempt.or(None)
    }

    /// The limit on waiting for bytes where it was said. Only what was said is promised to services.
    pub(crate) fn explicit_read_timeout(&self) -> Option<Duration> {
        self.read.or(None)
    }

    /// What this says, and `base` where it says nothing.
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
        #[doc = concat!("Limits ", $what, ".")]
        pub fn $name(mut self, limit: Duration) -> Self {
            self.config.$field = Limit::At(limit);
            self
        }

        #[doc = concat!("Limits ", $what, ", or goes back to the default with `None`.")]
        pub fn $set(&mut self, limit: Option<Duration>) -> &mut Self {
            self.config.$field = limit.map_or(Limit::Unset, Limit::At);
            self
        }

        #[doc = concat!("Lifts the limit on ", $what, ".")]
        pub fn $disable(mut self) -> Self {
            self.config.$field = Limit::Disabled;
            self
        }
    )*};
}

impl TimeoutConfigBuilder {
    /// Starts with nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        connect connect_timeout set_connect_timeout disable_connect_timeout "how long connecting may take";
        read read_timeout set_read_timeout disable_read_timeout "how long to wait for the next bytes of a response";
        operation operation_timeout set_operation_timeout disable_operation_timeout "how long a call may take, retries included";
        attempt operation_attempt_timeout set_operation_attempt_timeout disable_operation_attempt_timeout "how long one attempt may take";
    }

    /// The finished configuration.
    pub fn build(self) -> TimeoutConfig {
        self.config
    }
}

/// Which time limit ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutKind {
    /// The one on connecting: [`connect_timeout`](TimeoutConfig::connect_timeout), or a limit of a
    /// transport's own.
    Connect,
    /// The one on waiting for the next bytes of a response: [`read_timeout`](TimeoutConfig::read_timeout).
    Read,
    /// The one on an attempt: [`operation_attempt_timeout`](TimeoutConfig::operation_attempt_timeout).
    Attempt,
    /// The one on the whole call: [`operation_timeout`](TimeoutConfig::operation_timeout).
    Operation,
}

impl fmt::Display for TimeoutKind {
    /// `connect timeout`, `read timeout` and so on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect timeout",
            Self::Read => "read timeout",
            Self::Attempt => "attempt timeout",
            Self::Operation => "operation timeout",
        })
    }
}
