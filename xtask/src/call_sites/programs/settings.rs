//! Settings, credentials and HTTP clients of AWS's crates on the builder, and a region of the client for `aws-config`.

use aws_credential_types::Credentials;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use sites::sdk;
use sites::sdk::config::{ProvideCredentials, SharedCredentialsProvider};
use std::time::Duration;

fn configured(region: Region, events: Vec<ReplayEvent>) -> sdk::Config {
    let keys = Credentials::new("id", "key", None, None, "program");
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(9)).build();
    sdk::Config::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(region)
        .retry_config(RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(5)))
        .timeout_config(timeouts)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .http_client(StaticReplayClient::new(events))
        .build()
}

async fn keys(provider: impl ProvideCredentials) -> Option<sdk::config::Credentials> {
    provider.provide_credentials().await.ok()
}

async fn run() -> Option<sdk::config::Credentials> {
    // A region of the client where `aws-config` takes one of its own.
    let loader = aws_config::defaults(aws_config::BehaviorVersion::latest());
    let loaded = loader.region(sdk::config::Region::new("eu-west-1")).load().await;
    let client = sdk::Client::from_conf(configured(loaded.region()?.clone(), Vec::new()));
    client.list_accounts().access_token("token").send().await.ok()?;
    keys(loaded.credentials_provider()?).await
}

fn main() {
    let _not_polled = run();
}
