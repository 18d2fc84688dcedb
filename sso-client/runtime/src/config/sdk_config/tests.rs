use aws_types::origin::Origin;
use aws_types::service_config::LoadServiceConfig;

use super::*;

/// A profile with an endpoint URL for some services.
#[derive(Debug)]
struct Profile;

impl LoadServiceConfig for Profile {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        assert_eq!((key.env(), key.profile()), ("AWS_ENDPOINT_URL", "endpoint_url"));
        (key.service_id() == "SSO").then(|| "https://sso.test".to_owned())
    }
}

fn url(config: &SdkConfig, sdk_id: &str) -> Option<String> {
    Builder::from(config).for_service(sdk_id).build().endpoint_url().map(str::to_owned)
}

#[test]
fn settings_are_converted() {
    let ours = Config::new(&SdkConfig::builder().build());
    assert_eq!((ours.region(), ours.use_fips(), ours.retry_config(), ours.timeout_config()), (None, None, None, None));
    let theirs = SdkConfig::builder()
        .region(TheirRegion::new("eu-north-1"))
        .use_fips(true)
        .use_dual_stack(false)
        .app_name(TheirAppName::new("my-app").expect("a name"))
        .retry_config(TheirRetries::adaptive().with_max_attempts(7).with_max_backoff(Duration::from_secs(3)))
        .timeout_config(TheirTimeouts::builder().read_timeout(Duration::from_secs(9)).disable_connect_timeout().build())
        .build();
    let ours = Config::from(&theirs);
    assert_eq!(ours.region(), Some(&Region::new("eu-north-1")));
    assert_eq!((ours.use_fips(), ours.use_dual_stack()), (Some(true), Some(false)));
    assert_eq!(ours.app_name().map(AsRef::as_ref), Some("my-app"));
    let retries = RetryConfig::standard().with_max_attempts(7).with_max_backoff(Duration::from_secs(3));
    assert_eq!(ours.retry_config(), Some(&retries));
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_secs(9)).disable_connect_timeout().build();
    assert_eq!(ours.timeout_config(), Some(&timeouts));
}

#[test]
fn disabled_retries_and_timeouts() {
    assert_eq!(retries(&TheirRetries::disabled()), RetryConfig::disabled());
    let slow = TheirRetries::standard().with_initial_backoff(Duration::from_millis(300));
    assert_eq!(retries(&slow).initial_backoff(), Duration::from_millis(300));
    assert_eq!(retries(&TheirRetries::standard()), RetryConfig::standard());
    assert_eq!(timeouts(&TheirTimeouts::disabled()), TimeoutConfig::disabled());
    assert_eq!(timeouts(&TheirTimeouts::builder().build()), TimeoutConfig::default());
}

#[test]
fn endpoint_urls_by_service() {
    let explicit = || SdkConfig::builder().endpoint_url("https://set.test");
    assert_eq!(url(&explicit().build(), "SSO").as_deref(), Some("https://set.test"));
    let mut loaded = explicit().service_config(Profile);
    loaded.insert_origin("endpoint_url", Origin::shared_profile_file());
    let loaded = loaded.build();
    assert_eq!(url(&loaded, "SSO").as_deref(), Some("https://sso.test"));
    assert_eq!(url(&loaded, "SSO OIDC").as_deref(), Some("https://set.test"));
    let nothing = SdkConfig::builder().service_config(Profile).build();
    assert_eq!((url(&nothing, "SSO").as_deref(), url(&nothing, "Lambda")), (Some("https://sso.test"), None));
    // A setting of the program takes precedence over the profile.
    let changed = Builder::from(&nothing).endpoint_url("https://mine.test").for_service("SSO").build();
    assert_eq!(changed.endpoint_url(), Some("https://mine.test"));
}
