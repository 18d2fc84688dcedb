//! Optional part: settings that `aws-config` has loaded, for programs that call AWS's own clients too.
//!
//! What an `SdkConfig` holds and this client knows is taken over: region, base URL (that of the
//! service, where the environment or the profile has one), FIPS and dual-stack endpoints, retries,
//! time limits, the application's name. Of the modes of retrying there is the standard one, which
//! stands for the adaptive one too; an initial backoff counts where it is not that crate's default.
//!
//! What it does not do: take over credentials and tokens, caches and clocks. An HTTP client of that
//! crate's kind cannot be used here; where one was set, calls end with an error that says so, until
//! another is set, since it may stand for a proxy or for certificates that are not the system's.
//!
//! What must stay true: what the program has set counts before what the environment or a profile had,
//! as with AWS's own clients; nothing that would change where requests go, or whom they trust, is
//! passed over in silence.

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
    /// The settings that `aws-config` has loaded, as far as this client knows them.
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
        // What is a name there is one here: both have AWS's rules.
        builder.set_app_name(config.app_name().and_then(|name| AppName::new(name.as_ref().to_owned()).ok()));
        if config.get_origin("endpoint_url").is_client_config() || config.service_config().is_none() {
            builder.set_endpoint_url(config.endpoint_url().map(str::to_owned));
        } else {
            let asked = config.clone();
            let ask = move |sdk_id: &str| of_service(&asked, sdk_id);
            builder.set_endpoint_url_by_service("SdkConfig", Arc::new(ask), config.endpoint_url());
        }
        if config.http_client().is_some() {
            builder = builder.http_client(NotUsable);
        }
        builder
    }
}

/// The base URL that the environment or the profile has for a service.
fn of_service(config: &SdkConfig, sdk_id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(sdk_id).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    config.service_config()?.load_config(key.ok()?)
}

fn retries(theirs: &TheirRetries) -> RetryConfig {
    if !theirs.has_retry() {
        return RetryConfig::disabled();
    }
    let ours = RetryConfig::standard().with_max_attempts(theirs.max_attempts()).with_max_backoff(theirs.max_backoff());
    // That of the standard mode is another today.
    let said = theirs.initial_backoff() != TheirRetries::standard().initial_backoff();
    if said { ours.with_initial_backoff(theirs.initial_backoff()) } else { ours }
}

fn timeouts(theirs: &TheirTimeouts) -> TimeoutConfig {
    // A limit that was lifted and one that was not said look alike, but only the latter takes a default.
    const UNSAID: Duration = Duration::MAX;
    let unsaid = TheirTimeouts::builder().connect_timeout(UNSAID).read_timeout(UNSAID);
    let unsaid = unsaid.operation_timeout(UNSAID).operation_attempt_timeout(UNSAID).build();
    let mut said = theirs.clone();
    said.take_defaults_from(&unsaid);
    let mut ours = TimeoutConfig::builder();
    macro_rules! take {
        ($($limit:ident or $disable:ident;)*) => {
            $(
                ours = match said.$limit() {
                    Some(UNSAID) => ours,
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

/// Stands for an HTTP client that cannot be used here.
#[derive(Debug)]
struct NotUsable;

impl HttpClient for NotUsable {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let message = "the SdkConfig has an HTTP client, which this client cannot use: set another with \
                       Config::from(&sdk_config).to_builder().http_client(…), such as a HyperClient";
        Box::pin(std::future::ready(Err(ConnectorError::user(message.into()))))
    }
}

#[cfg(test)]
mod tests;
