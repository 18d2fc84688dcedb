//! Conversion from an `SdkConfig` of `aws-config`.
//!
//! Region, endpoint URL, FIPS and dual-stack endpoints, retries, timeouts and application name are converted. The
//! adaptive retry mode becomes the standard one; an initial backoff is converted unless it is that crate's default.
//!
//! Credentials, tokens, caches and clocks are not converted. An HTTP client cannot be: since it may stand for a proxy
//! or for other root certificates, calls fail with an error that says so until another one is set.
//!
//! # Invariants
//!
//! - A setting of the program takes precedence over the environment and the profile, as with AWS's own clients.
//! - No setting that affects where requests go, or which certificates are trusted, is ignored silently.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig as TheirRetries;
use aws_smithy_types::timeout::TimeoutConfig as TheirTimeouts;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::base::BoxFuture;
use crate::config::retry::RetryConfig;
use crate::config::{AppName, Builder, Config, Region};
use crate::http::RequestBody;
use crate::time::TimeoutConfig;
use crate::transport::{ConnectorError, HttpClient, TransportResult};

impl Config {
    /// Converts a configuration that `aws-config` loaded.
    ///
    /// Region, endpoint URL, FIPS and dual-stack endpoints, retries, timeouts and application name are converted;
    /// credentials are not. If the `SdkConfig` has an HTTP client, calls fail until another one is set with
    /// [`Builder::http_client`].
    ///
    /// ```
    /// # use smithy_client_runtime::config::{Config, Region};
    /// # let sdk_config = aws_types::SdkConfig::builder().region(aws_types::region::Region::new("eu-west-1")).build();
    /// let config = Config::new(&sdk_config).to_builder().use_fips(true).build();
    /// assert_eq!(config.region(), Some(&Region::new("eu-west-1")));
    /// ```
    pub fn new(config: &SdkConfig) -> Self {
        Builder::from(config).build()
    }
}

impl From<&SdkConfig> for Config {
    fn from(config: &SdkConfig) -> Self {
        Self::new(config)
    }
}

impl From<&SdkConfig> for Builder {
    fn from(config: &SdkConfig) -> Self {
        let mut builder = Self::new();
        builder.set_region(config.region().map(|region| Region::new(region.as_ref().to_owned())));
        builder.set_use_fips(config.use_fips()).set_use_dual_stack(config.use_dual_stack());
        builder.set_retry_config(config.retry_config().map(retries));
        builder.set_timeout_config(config.timeout_config().map(timeouts));
        // Both types have the same rules.
        builder.set_app_name(config.app_name().and_then(|name| AppName::new(name.as_ref().to_owned()).ok()));
        if config.get_origin("endpoint_url").is_client_config() || config.service_config().is_none() {
            builder.set_endpoint_url(config.endpoint_url().map(str::to_owned));
        } else {
            let loaded = config.clone();
            let lookup = move |sdk_id: &str| service_endpoint_url(&loaded, sdk_id);
            builder.set_endpoint_url_by_service("SdkConfig", Arc::new(lookup), config.endpoint_url());
        }
        if config.http_client().is_some() {
            builder = builder.http_client(UnsupportedClient);
        }
        builder
    }
}

/// Returns the endpoint URL that the environment or the profile has for a service.
fn service_endpoint_url(config: &SdkConfig, sdk_id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(sdk_id).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    config.service_config()?.load_config(key.ok()?)
}

fn retries(theirs: &TheirRetries) -> RetryConfig {
    if !theirs.has_retry() {
        return RetryConfig::disabled();
    }
    let ours = RetryConfig::standard().with_max_attempts(theirs.max_attempts()).with_max_backoff(theirs.max_backoff());
    // That crate's default is an older one of the standard mode.
    let is_set = theirs.initial_backoff() != TheirRetries::standard().initial_backoff();
    if is_set { ours.with_initial_backoff(theirs.initial_backoff()) } else { ours }
}

fn timeouts(theirs: &TheirTimeouts) -> TimeoutConfig {
    // A disabled timeout and an unset one look alike, but only the latter takes a default.
    const UNSET: Duration = Duration::MAX;
    let defaults = TheirTimeouts::builder().connect_timeout(UNSET).read_timeout(UNSET);
    let defaults = defaults.operation_timeout(UNSET).operation_attempt_timeout(UNSET).build();
    let mut merged = theirs.clone();
    merged.take_defaults_from(&defaults);
    let mut ours = TimeoutConfig::builder();
    macro_rules! take {
        ($($limit:ident or $disable:ident;)*) => {
            $(
                ours = match merged.$limit() {
                    Some(UNSET) => ours,
                    Some(limit) => ours.$limit(limit),
                    None => ours.$disable(),
                };
            )*
        };
    }
    take! {
        connect_timeout or disable_connect_timeout;
        read_timeout or disable_read_timeout;
        operation_timeout or disable_operation_timeout;
        operation_attempt_timeout or disable_operation_attempt_timeout;
    }
    ours.build()
}

/// Fails every call: stands for an HTTP client that cannot be converted.
#[derive(Debug)]
struct UnsupportedClient;

impl HttpClient for UnsupportedClient {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let message = "the SdkConfig has an HTTP client, which this client cannot use: set another with \
                       Config::from(&sdk_config).to_builder().http_client(…), such as a HyperClient";
        Box::pin(std::future::ready(Err(ConnectorError::user(message.into()))))
    }
}

#[cfg(test)]
mod tests;
