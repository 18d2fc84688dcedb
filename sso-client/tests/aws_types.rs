//! The types that AWS crates share, and the same calls without them: features are additive.
#![cfg(feature = "aws-types")]

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_types::SdkConfig;
use sso_client::config::{BehaviorVersion, Builder, Config, Region};
use sso_client::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use sso_client::operation::get_role_credentials::GetRoleCredentialsError;
use sso_client::operation::logout::builders::LogoutFluentBuilder;
use sso_client::test_util::{Portal, ReplayClient};
use sso_client::types::error::UnauthorizedException;
use sso_client::{Client, oidc};

/// What a crate writes that knows nothing of the feature.
#[tokio::test]
async fn nothing_becomes_ambiguous() {
    let replay = ReplayClient::new(std::iter::repeat_with(|| http::Response::new("{}")).take(2));
    let mut builder = Config::builder()
        .region(None)
        .region(Some(Region::new("eu-north-1")))
        .region(Region::new("eu-west-1"))
        .endpoint_url("https://portal.test")
        .retry_config(sso_client::config::retry::RetryConfig::standard())
        .timeout_config(sso_client::config::timeout::TimeoutConfig::builder().build())
        .behavior_version(BehaviorVersion::latest())
        .http_client(replay);
    builder.set_region(None).set_retry_config(None).set_timeout_config(None).set_app_name(None);
    let client = Client::from_conf(builder.build());
    // A path that names one method, although feature `blocking` is on.
    let calls = [client.logout(), client.logout()].map(|call| call.access_token("t"));
    for sent in calls.into_iter().map(LogoutFluentBuilder::send) {
        sent.await.expect("signed out");
    }
    let error: SdkError<GetRoleCredentialsError> = SdkError::timeout_error("late");
    let _: &ErrorMetadata = error.meta();
}

#[test]
fn settings_of_other_crates_are_taken() {
    let region = aws_types::region::Region::new("eu-west-1");
    let config = Builder::new().region(&region).region(region).build();
    assert_eq!(config.region(), Some(&Region::new("eu-west-1")));
    let loaded = SdkConfig::builder().region(aws_types::region::Region::new("eu-north-1")).build();
    assert_eq!(Client::new(&loaded).config().region(), Some(&Region::new("eu-north-1")));
    assert_eq!(oidc::Client::new(&loaded).config().region(), Some(&Region::new("eu-north-1")));
}

/// A program finds the operation's error below an error of another crate.
#[test]
fn the_error_of_the_operation_is_found_in_a_foreign_chain() {
    let refused = UnauthorizedException::builder().message("no").build();
    let refused = GetRoleCredentialsError::UnauthorizedException(refused);
    let error = CredentialsError::provider_error(SdkError::<_, ()>::service_error(refused, ()));
    let mut next: Option<&(dyn Error + 'static)> = Some(&error);
    let mut found = false;
    while let Some(error) = next {
        let of_operation = error.downcast_ref::<GetRoleCredentialsError>();
        found |= of_operation.is_some_and(GetRoleCredentialsError::is_unauthorized_exception);
        next = error.source();
    }
    assert!(found, "{error:?}");
}

#[tokio::test]
async fn errors_have_the_traits_of_other_crates() {
    fn id(error: &impl aws_types::request_id::RequestId) -> Option<&str> {
        error.request_id()
    }
    let answer = http::Response::builder().status(401).header("x-amzn-requestid", "id-1");
    let answer = answer.header("x-amzn-errortype", "UnauthorizedException").body(r#"{"message":"no"}"#);
    let replay = ReplayClient::new([answer.expect("a response")]);
    let config = Config::builder().endpoint_url("https://portal.test").http_client(replay).build();
    let error = Client::from_conf(config).logout().access_token("t").send().await.expect_err("refused");
    assert_eq!((id(&error), error.code()), (Some("id-1"), Some("UnauthorizedException")));
    assert_eq!(id(&error.into_service_error()), Some("id-1"));
}

#[tokio::test]
async fn a_loaded_configuration_reaches_the_service() {
    let portal = Portal::builder().access_token("token").start().await.expect("started");
    let loaded = SdkConfig::builder().endpoint_url(portal.endpoint_url()).build();
    Client::new(&loaded).list_accounts().access_token("token").send().await.expect("accounts");
}
