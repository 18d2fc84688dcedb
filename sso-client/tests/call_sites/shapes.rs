// Calls as programs write them. This file knows the crate as `sdk` only: it is compiled against
// `sso_client` here and against `aws_sdk_sso` by the package in xtask/bench/with-aws-sdk.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sdk;
use crate::sdk::config::retry::RetryConfig;
use crate::sdk::config::timeout::TimeoutConfig;
use crate::sdk::config::{AppName, BehaviorVersion, Region};
use crate::sdk::error::{BoxError, DisplayErrorContext, ErrorMetadata, ProvideErrorMetadata, SdkError};
use crate::sdk::operation::RequestId;
use crate::sdk::operation::get_role_credentials::{GetRoleCredentialsError, GetRoleCredentialsOutput};
use crate::sdk::operation::list_account_roles::builders::ListAccountRolesFluentBuilder;
use crate::sdk::operation::list_account_roles::paginator::ListAccountRolesPaginator;
use crate::sdk::operation::list_accounts::{ListAccountsError, ListAccountsInput, ListAccountsOutput};
use crate::sdk::operation::logout::LogoutError;
use crate::sdk::types::error::UnauthorizedException;
use crate::sdk::types::{AccountInfo, RoleCredentials, RoleInfo};

/// 1. A client for a region that is only known at run time.
pub fn client_for(region: String, endpoint: Option<&str>) -> sdk::Client {
    let mut config = sdk::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .app_name(AppName::new("call-sites").expect("valid"))
        .retry_config(RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(1)))
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(30)).build());
    config.set_endpoint_url(endpoint.map(Into::into));
    sdk::Client::from_conf(config.build())
}

/// 2. A configuration with everything optional, changed afterward.
pub fn config(region: Option<Region>, fips: bool) -> sdk::Config {
    let config = sdk::config::Builder::new().behavior_version_latest().region(region).use_fips(fips).build();
    let mut builder = config.to_builder().use_dual_stack(false);
    builder.set_retry_config(Some(RetryConfig::disabled()));
    builder.build()
}

/// 3. Credentials whose fields are moved out.
pub async fn credentials(client: &sdk::Client, token: &str) -> Option<(String, String, String, SystemTime)> {
    let output = client
        .get_role_credentials()
        .role_name("Admin")
        .account_id("111122223333")
        .access_token(token)
        .send()
        .await
        .ok()?;
    let RoleCredentials { access_key_id, secret_access_key, session_token, expiration, .. } = output.role_credentials?;
    let expires = UNIX_EPOCH + Duration::from_millis(u64::try_from(expiration).ok()?);
    Some((access_key_id?, secret_access_key?, session_token?, expires))
}

/// 4. Accessors in place of fields.
pub fn describe(output: &GetRoleCredentialsOutput) -> String {
    match output.role_credentials() {
        Some(found) => {
            format!("{} until {}", found.access_key_id().unwrap_or("?"), found.expiration())
        }
        None => format!("none (request {:?})", output.request_id()),
    }
}

/// 5. Pages by hand.
pub async fn pages_by_hand(client: &sdk::Client, token: &str) -> Result<Vec<AccountInfo>, sdk::Error> {
    let mut accounts = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let page = client.list_accounts().access_token(token).max_results(1).set_next_token(next.take()).send().await?;
        accounts.extend_from_slice(page.account_list());
        next = page.next_token().map(str::to_string);
        if next.is_none() {
            return Ok(accounts);
        }
    }
}

/// 6. Pages by the paginator.
pub async fn pages(client: &sdk::Client, token: &str) -> Result<usize, SdkError<ListAccountsError>> {
    let mut stream = client.list_accounts().access_token(token).into_paginator().page_size(1).send();
    let mut count = 0;
    while let Some(page) = stream.next().await {
        let page: ListAccountsOutput = page?;
        count += page.account_list.unwrap_or_default().len();
    }
    Ok(count)
}

/// 7. Items collected into a `Result`.
pub async fn items(client: &sdk::Client, token: &str) -> Result<Vec<AccountInfo>, BoxError> {
    let accounts: Result<Vec<AccountInfo>, _> =
        client.list_accounts().access_token(token).into_paginator().items().send().collect().await;
    Ok(accounts?)
}

/// 8. Items one by one, from a paginator that was passed around.
pub async fn roles(paginator: ListAccountRolesPaginator) -> Result<Vec<String>, sdk::Error> {
    let mut names = vec![];
    let mut stream = paginator.stop_on_duplicate_token(true).items().send();
    while let Some(role) = stream.try_next().await? {
        names.push(role.role_name().unwrap_or_default().to_string());
    }
    Ok(names)
}

/// 9. A half-built request, used twice.
pub async fn half_built(
    request: ListAccountRolesFluentBuilder,
    accounts: &[AccountInfo],
) -> Result<Vec<RoleInfo>, sdk::Error> {
    let mut roles = Vec::new();
    for account in accounts {
        let request = request.clone().set_account_id(account.account_id.clone());
        assert!(request.get_access_token().is_some());
        roles.extend(request.into_paginator().items().send().try_collect().await?);
    }
    Ok(roles)
}

/// 10. Matching on how far the call got.
pub fn advice(error: &SdkError<GetRoleCredentialsError>) -> &'static str {
    match error {
        SdkError::ServiceError(context) if context.err().is_unauthorized_exception() => "sign in again",
        SdkError::ServiceError(context) if context.raw().status().as_u16() == 403 => "ask for the role",
        SdkError::ServiceError(context) => match context.err() {
            GetRoleCredentialsError::TooManyRequestsException(_) => "wait",
            other if other.code() == Some("ForbiddenException") => "ask for the role",
            _ => "look it up",
        },
        SdkError::TimeoutError(_) => "try again",
        SdkError::DispatchFailure(failure) if failure.is_timeout() || failure.is_io() => "check the network",
        SdkError::ConstructionFailure(_) => "check the input",
        _ => "no idea",
    }
}

/// 11. The service error taken out.
pub async fn logged_out(client: &sdk::Client, token: &str) -> Result<(), LogoutError> {
    match client.logout().access_token(token).send().await.map_err(SdkError::into_service_error) {
        Ok(_) | Err(LogoutError::UnauthorizedException(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// 12. Anything generic over the operation.
pub fn report<E, R>(operation: &str, error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let code = error.code().unwrap_or("unknown");
    format!("{operation} {code}: {:?}: {}", error.message(), DisplayErrorContext(error))
}

/// 13. The crate's one error, by its variants and its code.
pub fn is_gone(error: &sdk::Error) -> bool {
    match error {
        sdk::Error::UnauthorizedException(exception) => exception.message().is_some(),
        sdk::Error::ResourceNotFoundException(_) => true,
        other => other.code() == Some("ForbiddenException") || other.meta().code() == Some("AccessDenied"),
    }
}

/// 14. A setting for one call.
pub async fn one_attempt(client: &sdk::Client, token: &str) -> Result<ListAccountsOutput, SdkError<ListAccountsError>> {
    client
        .list_accounts()
        .access_token(token)
        .customize()
        .config_override(sdk::Config::builder().retry_config(RetryConfig::disabled()))
        .send()
        .await
}

/// 15. What tests build.
pub fn mocked() -> (ListAccountsOutput, RoleCredentials, UnauthorizedException, ListAccountsInput) {
    let account = AccountInfo::builder().account_id("111122223333").account_name("dev").build();
    let output = ListAccountsOutput::builder().account_list(account).next_token("next").build();
    let credentials = RoleCredentials::builder().access_key_id("ASIA").secret_access_key("s").expiration(7).build();
    let error = UnauthorizedException::builder()
        .message("expired")
        .meta(ErrorMetadata::builder().code("UnauthorizedException").build())
        .build();
    let input = ListAccountsInput::builder().access_token("t").set_max_results(Some(5)).build().expect("complete");
    (output, credentials, error, input)
}

/// 16. Errors that tests make up.
pub fn made_up() -> (SdkError<ListAccountsError>, ListAccountsError) {
    let meta = ErrorMetadata::builder().code("ForbiddenException").message("No access").build();
    (SdkError::construction_failure("no"), ListAccountsError::generic(meta))
}

/// 17. A client inside of a struct, and calls on other tasks.
#[derive(Debug, Clone)]
pub struct Portal {
    client: sdk::Client,
    token: String,
}

impl Portal {
    pub fn new(client: sdk::Client, token: impl Into<String>) -> Self {
        Self { client, token: token.into() }
    }

    pub async fn all_roles(&self) -> Result<Vec<RoleInfo>, BoxError> {
        let mut tasks = Vec::new();
        for account in items(&self.client, &self.token).await? {
            let request = self.client.list_account_roles().access_token(&self.token);
            tasks.push(tokio::spawn(async move {
                request.set_account_id(account.account_id).send().await.map(|page| page.role_list.unwrap_or_default())
            }));
        }
        let mut roles = vec![];
        for task in tasks {
            roles.append(&mut task.await??);
        }
        Ok(roles)
    }
}

/// 18. An error of one's own around the crate's.
#[derive(Debug)]
pub enum AppError {
    Expired,
    Sso(sdk::Error),
}

impl From<SdkError<GetRoleCredentialsError>> for AppError {
    fn from(error: SdkError<GetRoleCredentialsError>) -> Self {
        if error.as_service_error().is_some_and(GetRoleCredentialsError::is_unauthorized_exception) {
            Self::Expired
        } else {
            Self::Sso(error.into())
        }
    }
}

pub async fn with_own_error(client: &sdk::Client, token: &str) -> Result<GetRoleCredentialsOutput, AppError> {
    Ok(client.get_role_credentials().account_id("999999999999").role_name("None").access_token(token).send().await?)
}

/// 19. Timeouts per call, and a request id from an error.
pub async fn impatient(client: &sdk::Client, token: &str) -> Option<String> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(6))
        .build();
    let error = client
        .get_role_credentials()
        .account_id("999999999999")
        .role_name("None")
        .access_token(token)
        .customize()
        .config_override(sdk::Config::builder().timeout_config(timeouts))
        .send()
        .await
        .err()?;
    error.request_id().map(ToOwned::to_owned)
}

/// 20. The region that a client uses.
pub fn region_of(client: &sdk::Client) -> String {
    client.config().region().map_or_else(String::new, |region| region.as_ref().to_owned())
}
