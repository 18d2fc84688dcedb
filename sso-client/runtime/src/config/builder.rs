//! The builder of [`Config`].

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::accept::{IntoHttpClient, IntoSetting};
#[cfg(any(feature = "aws-types", feature = "bearer", feature = "sigv4"))]
use super::credentials;
use super::endpoint_url::EndpointUrl;
#[cfg(feature = "idempotency")]
use super::idempotency::IdempotencyTokenProvider;
use super::retry::{RetryConfig, TokenBucket};
use super::{AppName, AttemptHook, Config, Opaque, Region};
use crate::endpoint::ParamValue;
use crate::time::{Clock, TimeoutConfig};
use crate::transport::{ProxyConfig, SharedHttpClient, TransportSettings};

/// Builds a [`Config`].
///
/// Each setting has two setters: one for method chains, and a `set_…` that takes an `Option`, where `None` restores
/// the default.
///
/// A builder also holds the settings that a single call overrides; see
/// [`config_override`](crate::call::customize::CustomizableOperation::config_override).
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct Builder {
    pub(super) region: Option<Region>,
    pub(super) endpoint_url: Option<EndpointUrl>,
    pub(super) use_fips: Option<bool>,
    pub(super) use_dual_stack: Option<bool>,
    pub(super) retry_config: Option<RetryConfig>,
    pub(super) timeout_config: Option<TimeoutConfig>,
    pub(super) app_name: Option<AppName>,
    pub(super) http_client: Option<SharedHttpClient>,
    pub(super) transport: TransportSettings,
    pub(super) client_params: Option<Vec<(&'static str, ParamValue)>>,
    pub(super) max_response_body: Option<usize>,
    pub(super) attempt_hook: Option<Opaque<AttemptHook>>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) token_bucket: Option<Arc<TokenBucket>>,
    /// `Some(None)` removes the client's provider for one call.
    #[cfg(feature = "bearer")]
    pub(super) token_provider: Option<Option<credentials::SharedTokenProvider>>,
    /// As `token_provider`.
    #[cfg(any(feature = "aws-types", feature = "sigv4"))]
    pub(super) credentials_provider: Option<Option<Arc<credentials::CachedCredentialsProvider>>>,
    #[cfg(feature = "idempotency")]
    pub(super) idempotency_tokens: Option<IdempotencyTokenProvider>,
    #[cfg(feature = "compression")]
    pub(super) disable_compression: Option<bool>,
    #[cfg(feature = "compression")]
    pub(super) min_compression_size: Option<u32>,
}

impl Builder {
    /// Returns a builder with every setting at its default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the region, which endpoints are resolved from.
    pub fn region(mut self, region: impl IntoSetting<Option<Region>>) -> Self {
        self.region = region.into_setting();
        self
    }

    /// Sets or clears the region.
    pub fn set_region(&mut self, region: Option<Region>) -> &mut Self {
        self.region = region;
        self
    }

    /// Sets the endpoint URL, `https://host[:port][/path]`, in place of the one resolved from the region. Requests
    /// keep its path and query.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(EndpointUrl::explicit(url.into()));
        self
    }

    /// Sets the endpoint URL, or clears it together with any that [`Config::from_env`] loaded.
    pub fn set_endpoint_url(&mut self, url: Option<String>) -> &mut Self {
        self.endpoint_url = url.map(EndpointUrl::explicit);
        self
    }

    /// Sets whether FIPS endpoints are used; `false` by default.
    pub fn use_fips(mut self, fips: impl Into<bool>) -> Self {
        self.use_fips = Some(fips.into());
        self
    }

    /// Sets or clears whether FIPS endpoints are used.
    pub fn set_use_fips(&mut self, fips: Option<bool>) -> &mut Self {
        self.use_fips = fips;
        self
    }

    /// Sets whether dual-stack (IPv4 and IPv6) endpoints are used; `false` by default.
    pub fn use_dual_stack(mut self, dual_stack: impl Into<bool>) -> Self {
        self.use_dual_stack = Some(dual_stack.into());
        self
    }

    /// Sets or clears whether dual-stack endpoints are used.
    pub fn set_use_dual_stack(&mut self, dual_stack: Option<bool>) -> &mut Self {
        self.use_dual_stack = dual_stack;
        self
    }

    /// Sets how failed attempts are retried; [`RetryConfig::standard`] by default.
    pub fn retry_config(mut self, config: impl IntoSetting<RetryConfig>) -> Self {
        self.retry_config = Some(config.into_setting());
        self
    }

    /// Sets or clears how failed attempts are retried.
    pub fn set_retry_config(&mut self, config: Option<RetryConfig>) -> &mut Self {
        self.retry_config = config;
        self
    }

    /// Sets timeouts; [`TimeoutConfig`] lists the defaults.
    pub fn timeout_config(mut self, config: impl IntoSetting<TimeoutConfig>) -> Self {
        self.timeout_config = Some(config.into_setting());
        self
    }

    /// Sets or clears timeouts.
    pub fn set_timeout_config(&mut self, config: Option<TimeoutConfig>) -> &mut Self {
        self.timeout_config = config;
        self
    }

    /// Sets the application name, which is sent in the `User-Agent` header.
    pub fn app_name(mut self, name: impl IntoSetting<AppName>) -> Self {
        self.app_name = Some(name.into_setting());
        self
    }

    /// Sets or clears the application name.
    pub fn set_app_name(&mut self, name: Option<AppName>) -> &mut Self {
        self.app_name = name;
        self
    }

    /// Sets the HTTP client that sends requests, in place of a [`HyperClient`](crate::transport::HyperClient) of the
    /// client's own. With feature `aws-types`, one of the `aws-smithy` crates is taken, too.
    pub fn http_client<M>(mut self, client: impl IntoHttpClient<M>) -> Self {
        self.http_client = Some(client.into_http_client());
        self
    }

    /// Sets the HTTP client, or restores the default.
    pub fn set_http_client(&mut self, client: Option<SharedHttpClient>) -> &mut Self {
        self.http_client = client;
        self
    }

    /// Sets a PEM file of root certificates to trust in place of the default roots, as `AWS_CA_BUNDLE` does. It is
    /// read when the first TLS connection is made.
    ///
    /// It configures the default HTTP client, and has no effect if [`http_client`](Self::http_client) is set. A call that
    /// overrides it has connections of its own; if the client or the override has an HTTP client, the call fails before
    /// anything is sent.
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.transport.ca_bundle = Some(path.into());
        self
    }

    /// Sets or clears the file of root certificates.
    pub fn set_ca_bundle(&mut self, path: Option<PathBuf>) -> &mut Self {
        self.transport.ca_bundle = path;
        self
    }

    /// Sets the proxies that requests are sent through. By default they are those of the environment, as
    /// [`ProxyConfig::from_env`] reads it at the first call; [`ProxyConfig::none`] stands for none.
    ///
    /// It configures the default HTTP client, and has no effect if [`http_client`](Self::http_client) is set. A call that
    /// overrides it has connections of its own; if the client or the override has an HTTP client, the call fails before
    /// anything is sent.
    pub fn proxy(mut self, proxies: ProxyConfig) -> Self {
        self.transport.proxy = Some(proxies);
        self
    }

    /// Sets the proxies, or restores the default.
    pub fn set_proxy(&mut self, proxies: Option<ProxyConfig>) -> &mut Self {
        self.transport.proxy = proxies;
        self
    }

    /// Sets the maximum size of a response body in bytes; 16 MiB by default. A larger one fails the call without a
    /// retry. Streamed bodies have no limit.
    ///
    /// The memory that a call takes is a multiple of it, since body and output are held at the same time: a list of
    /// accounts of 16 MiB takes 50 MB. An element without members takes as much as one with all of them, though its
    /// JSON has only two bytes; hence the elements of all lists and maps of a body, without their texts, may take 64 MiB,
    /// or four times the size of the body if that is more. Beyond that the call fails, also without a retry.
    ///
    /// Each call at the same time takes as much, and where the memory that the process may have is exceeded, as with
    /// `ulimit -v`, Rust aborts it. Where memory is short, set less: a page of a hundred ordinary items has some 10 KiB.
    pub fn max_response_body(mut self, bytes: usize) -> Self {
        self.set_max_response_body(Some(bytes));
        self
    }

    /// Sets the maximum size of a response body in bytes, or restores the default.
    pub fn set_max_response_body(&mut self, bytes: Option<usize>) -> &mut Self {
        self.max_response_body = bytes;
        self
    }

    /// Sets a function that is called at the end of every attempt, for metrics. The report contains no secret.
    ///
    /// It runs within the call's future, so it must not block or panic.
    ///
    /// ```
    /// # use smithy_client_runtime::config::Config;
    /// let config = Config::builder().on_attempt(|report| {
    ///     eprintln!("{} {}: {} in {:?}", report.operation, report.attempt, report.outcome, report.duration);
    /// });
    /// ```
    pub fn on_attempt(mut self, hook: impl Fn(&super::AttemptReport<'_>) + Send + Sync + 'static) -> Self {
        self.set_on_attempt(Some(Arc::new(hook)));
        self
    }

    /// Sets or clears the function that is called at the end of every attempt.
    pub fn set_on_attempt(&mut self, hook: Option<AttemptHook>) -> &mut Self {
        self.attempt_hook = hook.map(Opaque);
        self
    }

    /// Sets whether request bodies are never compressed; `false` by default.
    #[cfg(feature = "compression")]
    pub fn disable_request_compression(mut self, disable: impl Into<Option<bool>>) -> Self {
        self.set_disable_request_compression(disable.into());
        self
    }

    /// Sets whether request bodies are never compressed, or restores the default.
    #[cfg(feature = "compression")]
    pub fn set_disable_request_compression(&mut self, disable: Option<bool>) -> &mut Self {
        self.disable_compression = disable;
        self
    }

    /// Sets the minimum size of a request body that is compressed: 0 to 10485760 bytes, by default 10240. Streamed
    /// bodies are always compressed.
    #[cfg(feature = "compression")]
    pub fn request_min_compression_size_bytes(mut self, size: impl Into<Option<u32>>) -> Self {
        self.set_request_min_compression_size_bytes(size.into());
        self
    }

    /// Sets the minimum size of a request body that is compressed, or restores the default.
    #[cfg(feature = "compression")]
    pub fn set_request_min_compression_size_bytes(&mut self, size: Option<u32>) -> &mut Self {
        self.min_compression_size = size;
        self
    }

    /// Accepted for source compatibility; it has no effect.
    pub fn behavior_version(self, _version: impl IntoSetting<BehaviorVersion>) -> Self {
        self
    }

    /// Accepted for source compatibility; it has no effect.
    pub fn set_behavior_version(&mut self, _version: Option<BehaviorVersion>) -> &mut Self {
        self
    }

    /// Accepted for source compatibility; it has no effect.
    pub fn behavior_version_latest(self) -> Self {
        self
    }

    /// Accepted for source compatibility; it has no effect.
    pub fn stalled_stream_protection(self, _config: impl IntoSetting<StalledStreamProtectionConfig>) -> Self {
        self
    }

    /// Accepted for source compatibility; it has no effect.
    pub fn set_stalled_stream_protection(&mut self, _config: Option<StalledStreamProtectionConfig>) -> &mut Self {
        self
    }

    /// Sets or clears an endpoint parameter that the service's model defines for its clients.
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

    /// Sets a retry quota that all clients of this configuration share, for tests.
    #[doc(hidden)]
    pub fn set_token_bucket(&mut self, bucket: Option<Arc<TokenBucket>>) -> &mut Self {
        self.token_bucket = bucket;
        self
    }

    /// Builds the configuration. Values are validated when a call needs them.
    pub fn build(self) -> Config {
        Config { settings: Arc::new(self) }
    }

    /// Returns whether there is an HTTP client, which has settings of its own.
    pub(crate) fn has_http_client(&self) -> bool {
        self.http_client.is_some()
    }

    /// Selects the endpoint URL of a service among those that were loaded.
    pub(crate) fn for_service(mut self, sdk_id: &str) -> Self {
        self.endpoint_url = self.endpoint_url.map(|url| url.for_service(sdk_id));
        self
    }
}

impl Config {
    /// Returns this configuration with the settings of `overrides` in place of its own.
    pub(crate) fn overridden(&self, overrides: &Builder) -> Self {
        let base = &*self.settings;
        let endpoint_url = overrides.endpoint_url.as_ref();
        let endpoint_url = endpoint_url.filter(|url| url.url().is_some() || url.problem().is_some());
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
            #[cfg(feature = "bearer")]
            token_provider: overrides.token_provider.clone().or_else(|| base.token_provider.clone()),
            #[cfg(any(feature = "aws-types", feature = "sigv4"))]
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

/// Accepted for source compatibility with other AWS SDKs; it has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BehaviorVersion(());

macro_rules! behavior_versions {
    ($($version:ident)*) => {
        impl BehaviorVersion {
            /// Returns the latest version, which is the only one.
            pub fn latest() -> Self {
                Self(())
            }

            $(
                /// Returns the same as [`latest`](Self::latest).
                pub fn $version() -> Self {
                    Self(())
                }
            )*
        }
    };
}

behavior_versions!(v2023_11_09 v2024_03_28 v2025_01_17 v2025_08_07 v2026_01_12);

/// Accepted for source compatibility with other AWS SDKs; it has no effect. Here
/// [`read_timeout`](TimeoutConfig::read_timeout) limits how long a response may stall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StalledStreamProtectionConfig(());

impl StalledStreamProtectionConfig {
    /// Returns a builder.
    pub fn enabled() -> StalledStreamProtectionConfigBuilder {
        StalledStreamProtectionConfigBuilder(())
    }

    /// Returns the only configuration.
    pub fn disabled() -> Self {
        Self(())
    }
}

/// Builds a [`StalledStreamProtectionConfig`].
#[derive(Clone, Copy, Debug)]
pub struct StalledStreamProtectionConfigBuilder(());

impl StalledStreamProtectionConfigBuilder {
    /// Accepted for source compatibility; it has no effect.
    pub fn grace_period(self, _period: Duration) -> Self {
        self
    }

    /// Builds the configuration.
    pub fn build(self) -> StalledStreamProtectionConfig {
        StalledStreamProtectionConfig(())
    }
}
