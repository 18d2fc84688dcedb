//! A client of a loaded configuration, whose errors are passed on as those of AWS's crates.

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError as AnyError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use sites::sdk;
use sites::sdk::operation::get_role_credentials::{GetRoleCredentialsError, GetRoleCredentialsOutput};

type Answer<T, E> = Result<T, AnyError<E, HttpResponse>>;

async fn load(region: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .app_name(AppName::new("program").expect("valid"))
        .no_credentials()
        .load()
        .await
}

async fn credentials(config: &SdkConfig, token: &str) -> Answer<GetRoleCredentialsOutput, GetRoleCredentialsError> {
    let client = sdk::Client::new(config);
    let call = client.get_role_credentials().account_id("111122223333").role_name("Admin").access_token(token);
    Ok(call.send().await?)
}

fn describe<E: ProvideErrorMetadata + RequestId>(error: &E) -> String {
    format!("{:?} {:?} {:?}", error.code(), error.message(), error.request_id())
}

async fn run() -> Option<String> {
    let config = load("eu-west-1").await;
    let builder = sdk::config::Builder::from(&config).endpoint_url("http://127.0.0.1:9");
    let failed = sdk::Client::from_conf(builder.build()).logout().send().await.err()?;
    let mut text = describe(&failed);
    match credentials(&config, "token").await {
        Err(AnyError::ServiceError(error)) if error.err().is_unauthorized_exception() => text += "sign in",
        Err(error) => text += &error.to_string(),
        Ok(_) => {}
    }
    Some(text)
}

fn main() {
    let _not_polled = run();
}
