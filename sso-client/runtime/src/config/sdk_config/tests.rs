use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_runtime_api::client::http as smithy;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError as SmithyError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::origin::Origin;
use aws_types::service_config::LoadServiceConfig;

use super::*;
use crate::transport::HttpClient as _;

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

/// An HTTP client of the `aws-smithy` crates, which keeps what it was asked for.
#[derive(Clone, Debug, Default)]
struct Canned {
    seen: Arc<std::sync::Mutex<Vec<String>>>,
}

impl smithy::HttpClient for Canned {
    fn http_connector(
        &self,
        settings: &smithy::HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> smithy::SharedHttpConnector {
        assert!(components.sleep_impl().is_some() && components.time_source().is_some());
        self.seen.lock().expect("no panic").push(format!("{:?}", settings.connect_timeout()));
        smithy::SharedHttpConnector::new(self.clone())
    }
}

impl smithy::HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> smithy::HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().expect("in memory")).into_owned();
        let text = format!("{} {} {:?} {body}", request.method(), request.uri(), request.headers().get("x-a"));
        self.seen.lock().expect("no panic").push(text);
        smithy::HttpConnectorFuture::new(async move {
            match body.as_str() {
                "fail" => Err(SmithyError::timeout("too late".into())),
                _ => {
                    let mut response = HttpResponse::new(203.try_into().expect("a status"), SdkBody::from("{}"));
                    response.headers_mut().insert("x-b", "2");
                    Ok(response)
                }
            }
        })
    }
}

#[tokio::test]
async fn http_clients_of_other_crates_send() {
    let canned = Canned::default();
    let loaded = SdkConfig::builder().http_client(canned.clone()).build();
    for client in [Config::new(&loaded), Builder::new().http_client(canned.clone()).build()] {
        let client = client.http_client().expect("one is set");
        let client = client.with_connect_timeout(Some(Duration::from_secs(3))).expect("it takes one");
        let request = |body: &'static str| {
            let request = http::Request::post("https://h.test/p").header("x-a", "1");
            request.body(crate::http::RequestBody::from(body)).expect("a request")
        };
        let response = client.call(request("b")).await.expect("a response");
        assert_eq!((response.status().as_u16(), &response.headers()["x-b"]), (203, &"2".parse().expect("a value")));
        let body = crate::http::read_body(response.into_body(), 10, None).await.expect("a body");
        assert_eq!(body, "{}");
        let error = client.call(request("fail")).await.expect_err("a timeout");
        assert!(error.is_timeout() && error.to_string().contains("too late"), "{error}");
        let seen = std::mem::take(&mut *canned.seen.lock().expect("no panic"));
        assert_eq!(seen[..2], ["Some(3s)", r#"POST https://h.test/p Some("1") b"#]);
    }
}

#[tokio::test]
async fn credentials_timers_and_clocks_are_taken() {
    let time = std::time::UNIX_EPOCH + Duration::from_secs(7);
    let loaded = SdkConfig::builder()
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("AKID", "SECRET", None, None, "test")))
        .time_source(StaticTimeSource::new(time))
        .build();
    let config = Config::new(&loaded);
    assert!(config.credentials_provider().is_some());
    assert_eq!(config.clock().now(), time);
    // As a function, too, and over another clock.
    let later = time + Duration::from_secs(1);
    assert_eq!(config.to_builder().time_source(move || later).build().clock().now(), later);
}
