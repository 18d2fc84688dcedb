//! Names the error type of `aws-smithy-runtime-api` as exactly what `send` returns: in a variant, in a bound, and in the
//! type of a customized call. It is called without a token, so that nothing is sent.

use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_runtime_api::http::Response;
use sites::sdk;
use sites::sdk::client::customize::CustomizableOperation;
use sites::sdk::operation::list_accounts::{ListAccounts, ListAccountsError, ListAccountsOutput};

#[derive(Debug)]
enum Failed {
    Listing(Box<SdkError<ListAccountsError, Response>>),
}

async fn twice<F, T, E>(mut call: impl FnMut() -> F) -> Result<T, SdkError<E, Response>>
where
    F: Future<Output = Result<T, SdkError<E, Response>>>,
{
    match call().await {
        Err(_) => call().await,
        listed => listed,
    }
}

fn connection(error: &SdkError<ListAccountsError, Response>) -> Option<&sdk::error::ConnectorError> {
    let SdkError::DispatchFailure(failure) = error else { return None };
    let found: Option<&ConnectorError> = failure.as_connector_error();
    found
}

async fn list(client: &sdk::Client) -> Result<ListAccountsOutput, Failed> {
    let call: CustomizableOperation<ListAccounts> = client.list_accounts().customize();
    let call = call.config_override(sdk::config::Builder::new().endpoint_url("https://portal.test"));
    call.send().await.map_err(Box::new).map_err(Failed::Listing)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let config = sdk::Config::builder().region(aws_types::region::Region::new("eu-west-1")).build();
    let client = sdk::Client::from_conf(config);
    let Err(Failed::Listing(error)) = list(&client).await else { panic!("there is no token") };
    assert!(matches!(&*error, SdkError::ConstructionFailure(_)) && connection(&error).is_none(), "{error:?}");
    let call = client.list_accounts();
    assert!(twice(|| call.clone().send()).await.is_err());
}
