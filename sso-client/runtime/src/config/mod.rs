//! What can be set. A builder reads neither files nor the environment: what is not set has its
//! default. [`Config::from_env`] reads both.
//!
//! What it does not do: check values against each other, or look for credentials.
//!
//! What must stay true: a configuration never changes; an error says where a value was found; no secret
//! is in `Debug`.

mod accepted;
mod attempt_report;
#[cfg(feature = "compression")]
mod compression;
#[cfg(any(feature = "bearer", feature = "sigv4"))]
pub mod credentials;
mod endpoint_url;
mod env;
#[cfg(feature = "idempotency")]
pub mod idempotency;
mod limits;
mod origin;
pub mod profile;
pub mod retry;
#[cfg(feature = "aws-config")]
mod sdk_config;
mod service;
mod trace_points;
mod transport;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::endpoint::{ParamValue, is_valid_host_label};
use crate::time::{Clock, SystemClock, TimeoutConfig};
use crate::transport::{HttpClient, SharedHttpClient, TransportSettings};
#[cfg(any(feature = "bearer", feature = "sigv4"))]
use credentials::TimeSource;
use endpoint_url::EndpointUrl;
#[cfg(feature = "idempotency")]
use idempotency::IdempotencyTokenProvider;
use retry::{RetryConfig, TokenBucket};

pub use accepted::{BehaviorVersion, StalledStreamProtectionConfig, StalledStreamProtectionConfigBuilder};
pub(crate) use attempt_report::Opaque;
pub use attempt_report::{AttemptHook, AttemptOutcome, AttemptReport};
pub use env::{EnvError, EnvErrorKind, EnvLoader};
pub use service::{ClientCrate, Service};
pub use trace_points::{ResponseEvent, TracePoints};

/// An AWS region, such as `eu-west-1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region(Cow<'static, str>);

impl Region {
    /// A region of this name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// A region of a name that is known at compile time.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Says what is wrong with the name, if it is one that cannot stand in a host name.
    pub(crate) fn check(&self) -> Result<(), String> {
        if is_valid_host_label(&self.0) && !self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(());
        }
        Err(format!("{:?} is no region: the name of one holds letters, digits and hyphens, such as eu-west-1", self.0))
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of an application, sent to AWS in the user agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppName(Cow<'static, str>);

/// A name that cannot be that of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAppName(());

impl fmt::Display for InvalidAppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an app name may hold only letters, digits and !#$%&'*+-.^_`|~, and must not be empty")
    }
}

impl std::error::Error for InvalidAppName {}

impl AppName {
    /// A name of letters, digits and ``!#$%&'*+-.^_`|~``. AWS asks for at most 50 characters.
    ///
    /// # Errors
    ///
    /// When there are other characters, or none at all.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Result<Self, InvalidAppName> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !name.is_empty() && name.bytes().all(allowed) { Ok(Self(name)) } else { Err(InvalidAppName(())) }
    }
}

impl AsRef<str> for AppName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a client works. Clones share everything.
#[derive(Clone, Debug)]
pub struct Config {
    settings: Arc<Builder>,
}

impl Config {
    /// Starts with everything at its default.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts with everything as it is here.
    pub fn to_builder(&self) -> Builder {
        (*self.settings).clone()
    }

    /// The region.
    pub fn region(&self) -> Option<&Region> {
        self.settings.region.as_ref()
    }

    /// The base URL in place of the one derived from the region.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.settings.endpoint_url.as_ref()?.url()
    }

    /// Where that was found, if it does not come from the program.
    pub(crate) fn endpoint_url_origin(&self) -> Option<&impl fmt::Display> {
        self.settings.endpoint_url.as_ref()?.origin()
    }

    /// Whether FIPS endpoints are used, where that was said.
    pub fn use_fips(&self) -> Option<bool> {
        self.settings.use_fips
    }

    /// Whether dual-stack endpoints are used, where that was said.
    pub fn use_dual_stack(&self) -> Option<bool> {
        self.settings.use_dual_stack
    }

    /// How failures are retried, where that was said.
    pub fn retry_config(&self) -> Option<&RetryConfig> {
        self.settings.retry_config.as_ref()
    }

    /// The time limits, where they were said.
    pub fn timeout_config(&self) -> Option<&TimeoutConfig> {
        self.settings.timeout_config.as_ref()
    }

    /// The application's name.
    pub fn app_name(&self) -> Option<&AppName> {
        self.settings.app_name.as_ref()
    }

    /// The transport, where another than the default was set.
    pub fn http_client(&self) -> Option<SharedHttpClient> {
        self.settings.http_client.clone()
    }

    /// Endpoint parameters that the service's model gives its clients.
    pub(crate) fn client_params(&self) -> &[(&'static str, ParamValue)] {
        self.settings.client_params.as_deref().unwrap_or_default()
    }

    /// The clock of retries.
    pub(crate) fn clock(&self) -> &dyn Clock {
        self.settings.clock.as_deref().unwrap_or(&SystemClock)
    }

    /// The retry quota of a new client: the shared one if one was set, otherwise a full one of its own.
    pub(crate) fn token_bucket(&self) -> Arc<TokenBucket> {
        self.settings.token_bucket.clone().unwrap_or_else(|| Arc::new(TokenBucket::full()))
    }

    /// The time limits that count.
    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        self.settings.timeout_config.clone().unwrap_or_default()
    }

    /// The way of retrying that counts.
    pub(crate) fn retries(&self) -> RetryConfig {
        self.settings.retry_config.clone().unwrap_or_default()
    }

    /// This configuration with what `overrides` says in place of its own.
    pub(crate) fn overridden(&self, overrides: &Builder) -> Self {
        let base = &*self.settings;
        let endpoint_url = overrides.endpoint_url.as_ref().filter(|url| url.url().is_some());
        let timeout_config = match (&overrides.timeout_config, &base.timeout_config) {
            (Some(timeouts), Some(base)) => Some(timeouts.merged_with(base)),
            (timeouts, base) => timeouts.clone().or_else(|| base.clone()),
        };
        Builder {
            region: overrides.region.clone().or_else(|| base.region.clone()),
            endpoint_url: endpoint_url.or(base.endpoint_url.as_ref()).cloned(),
            use_fips: overrides.use_fips.or(base.use_fips),
            use_dual_stack: overrides.use_dual_stack.or(base.use_dual_stack),
            retry_config: overrides.retry_config.clone().or_else(|| base.retry_config.clone()),
            timeout_config,
            app_name: overrides.app_name.clone().or_else(|| base.app_name.clone()),
            http_client: overrides.http_client.clone().or_else(|| base.http_client.clone()),
            transport: overrides.transport.merged_with(&base.transport),
            client_params: overrides.client_params.clone().or_else(|| base.client_params.clone()),
            max_response_body: overrides.max_response_body.or(base.max_response_body),
            attempt_hook: overrides.attempt_hook.clone().or_else(|| base.attempt_hook.clone()),
            clock: overrides.clock.clone().or_else(|| base.clock.clone()),
            token_bucket: overrides.token_bucket.clone().or_else(|| base.token_bucket.clone()),
            #[cfg(any(feature = "bearer", feature = "sigv4"))]
            time_source: overrides.time_source.clone().or_else(|| base.time_source.clone()),
            #[cfg(feature = "bearer")]
            token_provider: overrides.token_provider.clone().or_else(|| base.token_provider.clone()),
            #[cfg(feature = "sigv4")]
            credentials_provider: overrides.credentials_provider.clone().or_else(|| base.credentials_provider.clone()),
            #[cfg(feature = "idempotency")]
            idempotency_tokens: overrides.idempotency_tokens.clone().or_else(|| base.idempotency_tokens.clone()),
            #[cfg(feature = "compression")]
            disable_compression: overrides.disable_compression.or(base.disable_compression),
            #[cfg(feature = "compression")]
            min_compression_size: overrides.min_compression_size.or(base.min_compression_size),
        }
        .build()
    }
}

/// Builds a [`Config`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct Builder {
    region: Option<Region>,
    endpoint_url: Option<EndpointUrl>,
    use_fips: Option<bool>,
    use_dual_stack: Option<bool>,
    retry_config: Option<RetryConfig>,
    timeout_config: Option<TimeoutConfig>,
    app_name: Option<AppName>,
    http_client: Option<SharedHttpClient>,
    transport: TransportSettings,
    client_params: Option<Vec<(&'static str, ParamValue)>>,
    max_response_body: Option<usize>,
    attempt_hook: Option<Opaque<AttemptHook>>,
    clock: Option<Arc<dyn Clock>>,
    token_bucket: Option<Arc<TokenBucket>>,
    #[cfg(any(feature = "bearer", feature = "sigv4"))]
    time_source: Option<Opaque<TimeSource>>,
    /// `Some(None)` where the provider of the client was taken away for one call.
    #[cfg(feature = "bearer")]
    token_provider: Option<Option<credentials::SharedTokenProvider>>,
    /// The same for credentials.
    #[cfg(feature = "sigv4")]
    credentials_provider: Option<Option<Arc<credentials::CachedCredentialsProvider>>>,
    #[cfg(feature = "idempotency")]
    idempotency_tokens: Option<IdempotencyTokenProvider>,
    #[cfg(feature = "compression")]
    disable_compression: Option<bool>,
    #[cfg(feature = "compression")]
    min_compression_size: Option<u32>,
}

impl Builder {
    /// Starts with everything at its default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepted without effect.
    pub fn behavior_version(self, _version: BehaviorVersion) -> Self {
        self
    }

    /// Accepted without effect.
    pub fn set_behavior_version(&mut self, _version: Option<BehaviorVersion>) -> &mut Self {
        self
    }

    /// Accepted without effect.
    pub fn behavior_version_latest(self) -> Self {
        self
    }

    /// Accepted without effect.
    pub fn stalled_stream_protection(self, _config: StalledStreamProtectionConfig) -> Self {
        self
    }

    /// Accepted without effect.
    pub fn set_stalled_stream_protection(&mut self, _config: Option<StalledStreamProtectionConfig>) -> &mut Self {
        self
    }

    /// Sets the region, which the endpoint is derived from.
    pub fn region(mut self, region: impl Into<Option<Region>>) -> Self {
        self.region = region.into();
        self
    }

    /// Sets the region, or clears it with `None`.
    pub fn set_region(&mut self, region: Option<Region>) -> &mut Self {
        self.region = region;
        self
    }

    /// Sets a base URL in place of the one derived from the region. Its path and query are kept.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(EndpointUrl::said(url.into()));
        self
    }

    /// Sets a base URL, or clears it with `None`, together with those that [`Config::from_env`] found.
    pub fn set_endpoint_url(&mut self, url: Option<String>) -> &mut Self {
        self.endpoint_url = url.map(EndpointUrl::said);
        self
    }

    /// Sets whether FIPS endpoints are used.
    pub fn use_fips(mut self, fips: impl Into<bool>) -> Self {
        self.use_fips = Some(fips.into());
        self
    }

    /// Sets whether FIPS endpoints are used, or clears it with `None`.
    pub fn set_use_fips(&mut self, fips: Option<bool>) -> &mut Self {
        self.use_fips = fips;
        self
    }

    /// Sets whether dual-stack endpoints are used.
    pub fn use_dual_stack(mut self, dual_stack: impl Into<bool>) -> Self {
        self.use_dual_stack = Some(dual_stack.into());
        self
    }

    /// Sets whether dual-stack endpoints are used, or clears it with `None`.
    pub fn set_use_dual_stack(&mut self, dual_stack: Option<bool>) -> &mut Self {
        self.use_dual_stack = dual_stack;
        self
    }

    /// Sets how failures are retried.
    pub fn retry_config(mut self, config: RetryConfig) -> Self {
        self.retry_config = Some(config);
        self
    }

    /// Sets how failures are retried, or clears it with `None`.
    pub fn set_retry_config(&mut self, config: Option<RetryConfig>) -> &mut Self {
        self.retry_config = config;
        self
    }

    /// Sets time limits.
    pub fn timeout_config(mut self, config: TimeoutConfig) -> Self {
        self.timeout_config = Some(config);
        self
    }

    /// Sets time limits, or clears them with `None`.
    pub fn set_timeout_config(&mut self, config: Option<TimeoutConfig>) -> &mut Self {
        self.timeout_config = config;
        self
    }

    /// Sets the application's name.
    pub fn app_name(mut self, name: AppName) -> Self {
        self.app_name = Some(name);
        self
    }

    /// Sets the application's name, or clears it with `None`.
    pub fn set_app_name(&mut self, name: Option<AppName>) -> &mut Self {
        self.app_name = name;
        self
    }

    /// Sets the transport.
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http_client = Some(SharedHttpClient::new(client));
        self
    }

    /// Sets the transport, or goes back to the default with `None`.
    pub fn set_http_client(&mut self, client: Option<SharedHttpClient>) -> &mut Self {
        self.http_client = client;
        self
    }

    /// Sets an endpoint parameter that the service's model gives its clients, or clears it with `None`.
    #[doc(hidden)]
    pub fn set_client_param(&mut self, name: &'static str, value: Option<ParamValue>) -> &mut Self {
        let params = self.client_params.get_or_insert_default();
        params.retain(|(found, _)| *found != name);
        params.extend(value.map(|value| (name, value)));
        self
    }

    /// Sets the clock of retries, for tests.
    #[doc(hidden)]
    pub fn set_clock(&mut self, clock: Option<Arc<dyn Clock>>) -> &mut Self {
        self.clock = clock;
        self
    }

    /// Sets a retry quota that clients of this configuration share, for tests.
    #[doc(hidden)]
    pub fn set_token_bucket(&mut self, bucket: Option<Arc<TokenBucket>>) -> &mut Self {
        self.token_bucket = bucket;
        self
    }

    /// With the base URL that counts for a service, of those that were found outside of the program.
    pub(crate) fn for_service(mut self, sdk_id: &str) -> Self {
        self.endpoint_url = self.endpoint_url.map(|url| url.for_service(sdk_id));
        self
    }

    /// The finished configuration. What cannot work is found when a call needs it.
    pub fn build(self) -> Config {
        Config { settings: Arc::new(self) }
    }
}
