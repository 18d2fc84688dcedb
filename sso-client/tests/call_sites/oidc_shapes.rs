// Calls as programs write them. This file knows the module as `sdk` only: it is compiled against `sso_client::oidc`
// here and, with the crate `aws_sdk_ssooidc` in its place, against that.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::oidc_sdk as sdk;
use sdk::config::{BehaviorVersion, Region};
use sdk::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use sdk::operation::RequestId;
use sdk::operation::create_token::builders::CreateTokenFluentBuilder;
use sdk::operation::create_token::{CreateTokenError, CreateTokenInput, CreateTokenOutput};
use sdk::operation::register_client::{RegisterClientError, RegisterClientOutput};
use sdk::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use sdk::types::error::{AuthorizationPendingException, InvalidGrantException};
use sdk::types::{AccessDeniedExceptionReason, InvalidRequestExceptionReason};

/// 1. A client for a region, with an endpoint of one's own.
pub fn client_for(region: &'static str, endpoint: Option<&str>) -> sdk::Client {
    let mut config = sdk::Config::builder().behavior_version(BehaviorVersion::latest()).region(Region::new(region));
    config.set_endpoint_url(endpoint.map(str::to_owned));
    sdk::Client::from_conf(config.build())
}

/// 2. Registration, with fields moved out and a point in time computed.
pub async fn register(client: &sdk::Client) -> Result<(String, String, SystemTime), SdkError<RegisterClientError>> {
    let output: RegisterClientOutput = client
        .register_client()
        .client_name("call-sites")
        .client_type("public")
        .scopes("sso:account:access")
        .grant_types("refresh_token")
        .set_redirect_uris(Some(vec!["http://127.0.0.1/oauth/callback".into()]))
        .send()
        .await?;
    let expires = UNIX_EPOCH + Duration::from_secs(output.client_secret_expires_at() as u64);
    Ok((output.client_id.unwrap_or_default(), output.client_secret.unwrap_or_default(), expires))
}

/// 3. A device authorization through the error of the whole service.
pub async fn authorize(client: &sdk::Client, id: &str, secret: &str) -> Result<(String, String, i32), sdk::Error> {
    let output: StartDeviceAuthorizationOutput = client
        .start_device_authorization()
        .client_id(id)
        .client_secret(secret)
        .start_url("https://d-abc123.awsapps.com/start")
        .send()
        .await?;
    assert!(output.expires_in() > 0 && output.user_code().is_some() && output.verification_uri().is_some());
    Ok((
        output.device_code().unwrap_or_default().to_string(),
        output.verification_uri_complete().unwrap_or_default().to_string(),
        output.interval(),
    ))
}

/// 4. A half-built request, used for every poll.
pub fn poll(client: &sdk::Client, id: &str, secret: &str, device_code: &str) -> CreateTokenFluentBuilder {
    client
        .create_token()
        .client_id(id)
        .client_secret(secret)
        .grant_type("urn:ietf:params:oauth:grant-type:device_code")
        .device_code(device_code)
}

/// 5. Polling until there is a token, by the error's questions.
pub async fn wait(request: &CreateTokenFluentBuilder) -> Result<CreateTokenOutput, CreateTokenError> {
    for _ in 0..10 {
        match request.clone().send().await {
            Ok(output) => return Ok(output),
            Err(error) => match error.into_service_error() {
                error if error.is_authorization_pending_exception() || error.is_slow_down_exception() => {}
                CreateTokenError::ExpiredTokenException(error) => return Err(CreateTokenError::unhandled(error)),
                error => return Err(error),
            },
        }
    }
    Err(CreateTokenError::unhandled("nobody came"))
}

/// 6. A refresh, matched on the variants of its error.
pub async fn refresh(client: &sdk::Client, token: &str) -> Result<(String, Option<String>, i32), String> {
    let call = client.create_token().client_id("id").client_secret("secret").grant_type("refresh_token");
    match call.refresh_token(token).scope("sso:account:access").send().await {
        Ok(output) => {
            let (refresh_token, expires_in) = (output.refresh_token().map(Into::into), output.expires_in());
            Ok((output.access_token.unwrap_or_default(), refresh_token, expires_in))
        }
        Err(SdkError::ServiceError(context)) => match context.err() {
            CreateTokenError::InvalidGrantException(InvalidGrantException {
                error,
                error_description,
                message,
                ..
            }) => {
                assert!(message.is_some() || message.is_none());
                Err(format!("{error:?}: {error_description:?}"))
            }
            other => Err(format!("{:?} {:?}", other.code(), other.message())),
        },
        Err(other) => Err(DisplayErrorContext(other).to_string()),
    }
}

/// 7. Reasons that a request may be refused for.
pub fn reason(error: &sdk::Error) -> &'static str {
    match error {
        sdk::Error::AccessDeniedException(error) => match error.reason() {
            Some(AccessDeniedExceptionReason::KmsAccessDenied) => "the key",
            _ => "the user",
        },
        sdk::Error::InvalidRequestException(error) => match &error.reason {
            Some(InvalidRequestExceptionReason::KmsKeyNotFound) => "no such key",
            Some(reason) if reason.as_str() == "KMS_DisabledException" => "the key is disabled",
            _ => "the start URL",
        },
        other if other.request_id().is_some() => "ask AWS",
        _ => "no idea",
    }
}

/// 8. What mocks are made of.
pub fn mocked() -> (CreateTokenInput, CreateTokenOutput, AuthorizationPendingException) {
    let input = CreateTokenInput::builder()
        .client_id("id")
        .client_secret("secret")
        .grant_type("authorization_code")
        .code("code")
        .redirect_uri("http://127.0.0.1:1/oauth/callback")
        .code_verifier("verifier")
        .build()
        .expect("complete");
    let output = CreateTokenOutput::builder().access_token("token").token_type("Bearer").expires_in(3600).build();
    let error = AuthorizationPendingException::builder().error("authorization_pending").message("wait").build();
    (input, output, error)
}
