//! What can be set. A builder reads neither files nor the environment: what is not set has its
//! default. [`Config::from_env`] reads both.
//!
//! What it does not do: check values against each other, or look for credentials.
//!
//! What must stay true: a configuration never changes; an error says where a value was found; no secret
//! is in `Debug`.

mod accepted;
mod endpoint_url;
mod env;
mod extensions;
mod limits;
mod origin;
mod transport;

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::endpoint::{ParamValue, is_valid_host_label};
use super::retry::RetryConfig;
use super::timeout::TimeoutConfig;
use super::transport::{HttpClient, SharedHttpClient, TransportSettings};
use endpoint_url::EndpointUrl;
use extensions::Extensions;

pub use accepted::{BehaviorVersion, StalledStreamProtectionConfig, StalledStreamProtectionConfigBuilder};
pub use env::{EnvError, EnvErrorKind, EnvLoader};

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
    pub(super) fn check(&self) -> Result<(), String> {
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

/// Endpoint parameters that a service's model gives its clients, by their names there.
#[derive(Clone, Default)]
struct ClientParams(Vec<(&'static str, ParamValue)>);

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
    pub(super) fn endpoint_url_origin(&self) -> Option<&impl fmt::Display> {
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
    pub(super) fn client_params(&self) -> &[(&'static str, ParamValue)] {
        self.extension::<ClientParams>().map(|params| params.0.as_slice()).unwrap_or_default()
    }

    /// A setting that only an optional part of the runtime knows, by its type.
    #[doc(hidden)]
    pub fn extension<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.settings.extensions.get()
    }

    /// The time limits that count.
    pub(super) fn timeouts(&self) -> TimeoutConfig {
        self.settings.timeout_config.clone().unwrap_or_default()
    }

    /// The way of retrying that counts.
    pub(super) fn retries(&self) -> RetryConfig {
        self.settings.retry_config.clone().unwrap_or_default()
    }

    /// This configuration with what `overrides` says in place of its own.
    pub(super) fn overridden(&self, overrides: &Builder) -> Self {
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
            extensions: overrides.extensions.merged_with(&base.extensions),
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
    extensions: Extensions,
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
        let mut params = self.extensions.get::<ClientParams>().cloned().unwrap_or_default();
        params.0.retain(|(found, _)| *found != name);
        params.0.extend(value.map(|value| (name, value)));
        self.set_extension(Some(params))
    }

    /// Sets what only an optional part of the runtime knows, by its type, or clears it with `None`.
    #[doc(hidden)]
    pub fn set_extension<T: Any + Send + Sync>(&mut self, value: Option<T>) -> &mut Self {
        self.extensions.set(value);
        self
    }

    /// With the base URL that counts for a service, of those that were found outside of the program.
    pub(super) fn for_service(mut self, sdk_id: &str) -> Self {
        self.endpoint_url = self.endpoint_url.map(|url| url.for_service(sdk_id));
        self
    }

    /// The finished configuration. What cannot work is found when a call needs it.
    pub fn build(self) -> Config {
        Config { settings: Arc::new(self) }
    }
}
