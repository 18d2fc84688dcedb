//! The configuration of a client, and the sources it can be loaded from.
//!
//! A [`Builder`] reads neither files nor the environment: an unset value has its default, which for proxies is the
//! environment. [`Config::from_env`] reads both.
//!
//! # Invariants
//!
//! - A `Config` is immutable.
//! - An error about a loaded value names the variable, or the file and line, that it was read from.
//! - `Debug` shows no secret.

mod accept;
mod attempt_report;
mod builder;
#[cfg(any(feature = "aws-types", feature = "bearer", feature = "sigv4"))]
mod clock;
#[cfg(any(feature = "aws-types", feature = "bearer", feature = "sigv4"))]
#[cfg_attr(
    not(any(feature = "bearer", feature = "sigv4")),
    expect(dead_code, reason = "only signed requests use the cache")
)]
pub mod credentials;
mod endpoint_url;
mod env;
#[cfg(feature = "idempotency")]
pub mod idempotency;
pub mod profile;
pub mod retry;
#[cfg(feature = "aws-types")]
mod sdk_config;
mod service;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::endpoint::{ParamValue, is_valid_host_label};
use crate::time::{Clock, SystemClock, TimeoutConfig};
use crate::transport::{ProxyConfig, SharedHttpClient, TransportSettings};
use retry::{RetryConfig, TokenBucket};

#[cfg(feature = "aws-types")]
pub use aws_types::SdkConfig;

pub use accept::{IntoHttpClient, IntoSetting, IntoTimeSource};
pub(crate) use attempt_report::Opaque;
pub use attempt_report::{AttemptHook, AttemptOutcome, AttemptReport};
pub use builder::{BehaviorVersion, Builder, StalledStreamProtectionConfig, StalledStreamProtectionConfigBuilder};
pub use env::{EnvError, EnvErrorKind, EnvLoader};
pub use service::{ClientCrate, ResponseEvent, Service, TracePoints};

/// The default limit on response bodies, in bytes: far above what services send, far below what exhausts memory.
const MAX_RESPONSE_BODY: usize = 16 * 1024 * 1024;

/// An AWS region, such as `eu-west-1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region(Cow<'static, str>);

impl Region {
    /// Creates a region from its name, which is validated when a call needs an endpoint.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// Creates a region from a name known at compile time.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Checks that the name is a valid host label.
    pub(crate) fn check(&self) -> Result<(), String> {
        if is_valid_host_label(&self.0) && !self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(());
        }
        Err(format!("{:?} is no region: the name of one holds letters, digits and hyphens, such as eu-west-1", self.0))
    }
}

/// An application name, sent to AWS in the `User-Agent` header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppName(Cow<'static, str>);

/// The error of an invalid [`AppName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAppName(());

impl fmt::Display for InvalidAppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an app name may hold only letters, digits and !#$%&'*+-.^_`|~, and must not be empty")
    }
}

impl std::error::Error for InvalidAppName {}

impl AppName {
    /// Creates an application name of ASCII letters, digits and ``!#$%&'*+-.^_`|~``. AWS recommends at most 50
    /// characters.
    ///
    /// # Errors
    ///
    /// [`InvalidAppName`] if the name is empty or has any other character.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Result<Self, InvalidAppName> {
        let name = name.into();
        if !name.is_empty() && name.chars().all(Self::allows) { Ok(Self(name)) } else { Err(InvalidAppName(())) }
    }

    /// Creates an application name with `-` in place of what it may not have; `None` if it is empty.
    fn sanitized(name: &str) -> Option<Self> {
        let name: String = name.chars().map(|char| if Self::allows(char) { char } else { '-' }).collect();
        (!name.is_empty()).then_some(Self(name.into()))
    }

    fn allows(char: char) -> bool {
        char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char)
    }
}

macro_rules! text {
    ($($ty:ty),*) => {$(
        impl AsRef<str> for $ty {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text!(Region, AppName);

/// The configuration of a client. It is immutable, and cheap to clone.
///
/// [`Config::builder`] starts from the defaults, [`Config::from_env`] from the environment and the shared AWS
/// configuration files.
///
/// ```
/// # use smithy_client_runtime::config::{Config, Region};
/// # use smithy_client_runtime::config::retry::RetryConfig;
/// let config = Config::builder()
///     .region(Region::new("eu-west-1"))
///     .retry_config(RetryConfig::standard().with_max_attempts(5))
///     .build();
/// assert_eq!(config.region().map(AsRef::as_ref), Some("eu-west-1"));
///
/// // A configuration that differs in one setting.
/// let fips = config.to_builder().use_fips(true).build();
/// assert_eq!((config.use_fips(), fips.use_fips()), (None, Some(true)));
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    settings: Arc<Builder>,
}

impl Config {
    /// Returns a builder with every setting at its default.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns a builder with the settings of this configuration.
    pub fn to_builder(&self) -> Builder {
        (*self.settings).clone()
    }

    /// Returns the region, if set.
    pub fn region(&self) -> Option<&Region> {
        self.settings.region.as_ref()
    }

    /// Returns the endpoint URL that replaces the one resolved from the region, if set.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.settings.endpoint_url.as_ref()?.url()
    }

    /// Returns why the endpoint URL is unknown although one may have been meant.
    pub(crate) fn endpoint_url_problem(&self) -> Option<&str> {
        self.settings.endpoint_url.as_ref()?.problem()
    }

    /// Returns the variable or property that the endpoint URL was read from, unless the program set it.
    pub(crate) fn endpoint_url_origin(&self) -> Option<&impl fmt::Display> {
        self.settings.endpoint_url.as_ref()?.origin()
    }

    /// Returns whether FIPS endpoints are used, if set. The default is `false`.
    pub fn use_fips(&self) -> Option<bool> {
        self.settings.use_fips
    }

    /// Returns whether dual-stack endpoints are used, if set. The default is `false`.
    pub fn use_dual_stack(&self) -> Option<bool> {
        self.settings.use_dual_stack
    }

    /// Returns the retry settings, if set. The default is [`RetryConfig::standard`].
    pub fn retry_config(&self) -> Option<&RetryConfig> {
        self.settings.retry_config.as_ref()
    }

    /// Returns the timeouts, if set. [`TimeoutConfig`] lists the defaults.
    pub fn timeout_config(&self) -> Option<&TimeoutConfig> {
        self.settings.timeout_config.as_ref()
    }

    /// Returns the application name, if set.
    pub fn app_name(&self) -> Option<&AppName> {
        self.settings.app_name.as_ref()
    }

    /// Returns the HTTP client, if one was set in place of the default.
    pub fn http_client(&self) -> Option<SharedHttpClient> {
        self.settings.http_client.clone()
    }

    /// Returns the file of root certificates that replaces the default roots, if set.
    pub fn ca_bundle(&self) -> Option<&Path> {
        self.settings.transport.ca_bundle.as_deref()
    }

    /// Returns the proxies, if any are set. Unset ones come from the environment.
    pub fn proxy(&self) -> Option<&ProxyConfig> {
        self.settings.transport.proxy.as_ref().filter(|proxy| !proxy.is_none())
    }

    /// Returns the maximum size of a buffered response body in bytes, by default 16 MiB.
    pub fn max_response_body(&self) -> usize {
        self.settings.max_response_body.unwrap_or(MAX_RESPONSE_BODY)
    }

    /// Returns whether request compression is disabled, if set. The default is `false`.
    #[cfg(feature = "compression")]
    pub fn disable_request_compression(&self) -> Option<bool> {
        self.settings.disable_compression
    }

    /// Returns the minimum size in bytes of a request body that is compressed, if set. The default is 10240.
    #[cfg(feature = "compression")]
    pub fn request_min_compression_size_bytes(&self) -> Option<u32> {
        self.settings.min_compression_size
    }

    pub(crate) fn transport(&self) -> &TransportSettings {
        &self.settings.transport
    }

    /// Returns the endpoint parameters that the service's model defines for its clients.
    pub(crate) fn client_params(&self) -> &[(&'static str, ParamValue)] {
        self.settings.client_params.as_deref().unwrap_or_default()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.settings.clock.as_deref().unwrap_or(&SystemClock)
    }

    /// The retry quota of a new client: the shared one if one was set, otherwise a full one of its own.
    pub(crate) fn token_bucket(&self) -> Arc<TokenBucket> {
        self.settings.token_bucket.clone().unwrap_or_else(|| Arc::new(TokenBucket::full()))
    }

    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        self.settings.timeout_config.clone().unwrap_or_default()
    }

    pub(crate) fn retries(&self) -> RetryConfig {
        self.settings.retry_config.clone().unwrap_or_default()
    }
}
