//! Conversion from an `SdkConfig` of `aws-config`, and of the settings that AWS crates share.
//!
//! Region, endpoint URL, FIPS and dual-stack endpoints, retries, timeouts, application name, HTTP client, credentials
//! provider, timer and clock are converted. The adaptive retry mode becomes the standard one; an initial backoff is
//! converted unless it is that crate's default. Identity caches and interceptors are not converted.
//!
//! # Invariants
//!
//! - A setting of the program takes precedence over the environment and the profile, as with AWS's own clients.
//! - No setting that affects where requests go, or which certificates are trusted, is ignored silently.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion as TheirVersion;
use aws_smithy_types::retry::RetryConfig as TheirRetries;
use aws_smithy_types::timeout::TimeoutConfig as TheirTimeouts;
use aws_types::SdkConfig;
use aws_types::app_name::AppName as TheirAppName;
use aws_types::region::Region as TheirRegion;
use aws_types::service_config::ServiceConfigKey;

use crate::config::retry::RetryConfig;
use crate::config::{AppName, BehaviorVersion, Builder, Config, Region};
use crate::time::TimeoutConfig;
use crate::transport::SharedHttpClient;

impl Config {
    /// Converts a configuration that `aws-config` loaded.
    ///
    /// Region, endpoint URL, FIPS and dual-stack endpoints, retries, timeouts, application name, HTTP client, credentials
    /// provider, timer and clock are converted. Without an HTTP client, proxies are those of the environment.
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
        builder.set_region(config.region().cloned().map(Region::from));
        builder.set_use_fips(config.use_fips()).set_use_dual_stack(config.use_dual_stack());
        builder.set_retry_config(config.retry_config().map(retries));
        builder.set_timeout_config(config.timeout_config().map(timeouts));
        builder.set_app_name(config.app_name().cloned().map(AppName::from));
        builder.set_http_client(config.http_client().map(SharedHttpClient::from));
        builder.set_sleep_impl(config.sleep_impl()).set_time_source(config.time_source());
        if let Some(provider) = config.credentials_provider() {
            builder.set_credentials_provider(Some(provider));
        }
        if config.get_origin("endpoint_url").is_client_config() || config.service_config().is_none() {
            builder.set_endpoint_url(config.endpoint_url().map(str::to_owned));
        } else {
            let loaded = config.clone();
            let lookup = move |sdk_id: &str| service_endpoint_url(&loaded, sdk_id);
            builder.set_endpoint_url_by_service("SdkConfig", Arc::new(lookup), config.endpoint_url());
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

macro_rules! convert {
    ($($from:ty => $to:ty: $value:ident => $converted:expr;)*) => {$(
        impl From<$from> for $to {
            fn from($value: $from) -> Self {
                $converted
            }
        }
    )*};
}

convert! {
    TheirRegion => Region: region => Self::new(region.as_ref().to_owned());
    Region => TheirRegion: region => Self::new(region.as_ref().to_owned());
    // Both types have the same rules.
    TheirAppName => AppName: name => Self(name.as_ref().to_owned().into());
    TheirRetries => RetryConfig: config => retries(&config);
    TheirTimeouts => TimeoutConfig: config => timeouts(&config);
    TheirVersion => BehaviorVersion: _version => Self::latest();
}

#[cfg(feature = "aws-config")]
mod region {
    use aws_config::meta::region::{ProvideRegion, future};

    use super::{Region, TheirRegion};

    /// Allows `aws_config`'s loader to take it.
    impl ProvideRegion for Region {
        fn region(&self) -> future::ProvideRegion<'_> {
            future::ProvideRegion::ready(Some(TheirRegion::from(self.clone())))
        }
    }

    /// Allows `aws_config`'s loader to take it.
    impl ProvideRegion for &Region {
        fn region(&self) -> future::ProvideRegion<'_> {
            (*self).region()
        }
    }
}

#[cfg(test)]
mod tests;
