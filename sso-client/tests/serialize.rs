//! Outputs as data for `serde`.

use serde_json::{Value, json, to_value};
use sso_client::error::SdkError;
use sso_client::serialize::WithSecrets;
use sso_client::test_util::{CannedResponse, Portal};
use sso_client::types::error::UnauthorizedException;
use sso_client::{Client, operation};

const BODY: &str =
    r#"{"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"SECRET","sessionToken":"SECRET","expiration":7}}"#;

#[tokio::test]
async fn outputs_as_the_service_sent_them() {
    let portal = Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin"]).start().await;
    let portal = portal.expect("started");
    let token = portal.access_token();
    let client = Client::from_conf(portal.config().build());
    portal.respond_next(CannedResponse::new(200, BODY));
    let call = client.get_role_credentials().account_id("111122223333").role_name("Admin").access_token(&token);
    let output = call.send().await.expect("credentials");

    let without = json!({"roleCredentials": {"accessKeyId": "ASIA", "expiration": 7}});
    assert_eq!(to_value(&output).expect("data"), without, "secrets have to be asked for");
    assert_eq!(to_value(WithSecrets(&output)).expect("data"), serde_json::from_str::<Value>(BODY).expect("JSON"));
    assert_eq!(format!("{:?}", WithSecrets(&output)), "WithSecrets");

    let accounts = client.list_accounts().access_token(&token).send().await.expect("accounts");
    let account = json!({"accountId": "111122223333", "accountName": "dev", "emailAddress": "d@example.com"});
    assert_eq!(to_value(&accounts).expect("data"), json!({ "accountList": [account] }));
    assert_eq!(to_value(accounts.account_list()).expect("data"), json!([account]), "items can be serialized too");
    assert_eq!(to_value(WithSecrets(accounts.account_list())).expect("data"), json!([account]));
    let error = client.list_accounts().access_token("wrong").send().await.expect_err("not signed in");
    let SdkError::ServiceError(error) = error else { panic!("{error}") };
    let operation::list_accounts::ListAccountsError::UnauthorizedException(error) = error.into_err() else { panic!() };
    assert!(to_value(&error).expect("data")["message"].is_string());
    let out = client.logout().access_token(&token).send().await.expect("signed out");
    assert_eq!(to_value(&out).expect("data"), json!({}));
}

#[test]
fn what_is_absent_is_left_out() {
    assert_eq!(to_value(UnauthorizedException::builder().build()).expect("data"), json!({}));
    // `expiration` is 0 when absent, as the model has it.
    let credentials = sso_client::types::RoleCredentials::builder().secret_access_key("SECRET").build();
    assert_eq!(to_value(&credentials).expect("data"), json!({"expiration": 0}));
    assert_eq!(
        to_value(WithSecrets(&credentials)).expect("data"),
        json!({"secretAccessKey": "SECRET", "expiration": 0})
    );
}
