//! Nothing that the model marks `@sensitive` is ever printed; everything else is.

use std::fmt::Debug;
use std::sync::Mutex;

use sso_client::config::http::{BoxFuture, HttpClient, RequestBody, TransportResult};
use sso_client::operation::get_role_credentials::{GetRoleCredentialsInput, GetRoleCredentialsOutput};
use sso_client::test_util::{CannedResponse, Portal};
use sso_client::types::RoleCredentials;
use sso_client::{Client, Config};

const TOKEN: &str = "TOKEN-that-must-not-be-seen";
const KEY: &str = "KEY-that-must-not-be-seen";

/// Everything that was printed.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn debug(&mut self, value: &impl Debug) {
        self.0.push_str(&format!("{value:?}\n{value:#?}\n"));
    }

    fn error(&mut self, error: &(impl std::error::Error + 'static)) {
        self.debug(error);
        let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(error) = next {
            self.0.push_str(&format!("{error}\n{error:#}\n{error:?}\n"));
            next = error.source();
        }
    }
}

#[tokio::test]
async fn a_session_prints_no_secret() {
    let mut printed = Printed::default();
    let portal = Portal::builder()
        .account("111122223333", "dev", "d@example.com", ["Admin"])
        .access_token(TOKEN)
        .start()
        .await
        .expect("started");
    let client = Client::from_conf(portal.config().build());
    printed.debug(&portal);
    printed.debug(&client);
    printed.debug(client.config());

    let credentials = format!(
        r#"{{"roleCredentials":{{"accessKeyId":"ASIA","secretAccessKey":"{KEY}","sessionToken":"{KEY}","expiration":7}}}}"#
    );
    portal.respond_next(CannedResponse::new(200, credentials));
    let request = client.get_role_credentials().role_name("Admin").account_id("111122223333").access_token(TOKEN);
    printed.debug(&request);
    printed.debug(request.as_input());
    printed.debug(&request.as_input().clone().build());
    printed.debug(&request.clone().customize());
    let output = request.clone().send().await.expect("credentials");
    printed.debug(&output);
    printed.debug(&output.role_credentials().expect("credentials").secret_access_key().map(str::len));
    printed.debug(&RoleCredentials::builder().access_key_id("ASIA").secret_access_key(KEY).session_token(KEY));
    printed.debug(&GetRoleCredentialsOutput::builder().set_role_credentials(output.role_credentials));
    printed.debug(&GetRoleCredentialsInput::builder().access_token(TOKEN));
    printed.debug(&client.list_accounts().access_token(TOKEN).into_paginator());
    printed.debug(&client.list_accounts().access_token(TOKEN).into_paginator().items().send());

    for (status, body) in [
        (200, format!(r#"{{"roleCredentials":{{"expiration":"{KEY}"}}}}"#)),
        (200, format!(r#"{{"roleCredentials":{{"sessionToken":["{KEY}"]}}}}"#)),
        (200, format!(r#"{{"roleCredentials":"{KEY}"}}"#)),
        (200, format!(r#"{{"roleCredentials":{{"secretAccessKey":"{KEY}"#)),
        (200, format!(r#"{{"roleCredentials":{{"secretAccessKey":"{KEY}"}}}} {KEY}"#)),
        (200, format!("<html>{KEY}</html>")),
        (400, KEY.to_owned()),
        (400, format!(r#"{{"code":["{KEY}"]}}"#)),
        (403, String::new()),
    ] {
        portal.respond_next(CannedResponse::new(status, body));
        let error = request.clone().send().await.expect_err("not credentials");
        printed.error(&error);
        printed.debug(&error.raw_response());
        printed.error(&error.into_service_error());
    }
    let bad = client.logout().access_token(format!("{TOKEN}\n")).send().await.expect_err("a line break");
    printed.error(&bad);
    printed.error(&sso_client::Error::from(bad));
    let nowhere = Config::builder().endpoint_url("http://127.0.0.1:1").build();
    let refused = Client::from_conf(nowhere).logout().access_token(TOKEN).send().await.expect_err("refused");
    printed.error(&refused);
    printed.debug(&portal.requests());
    let password = Config::builder().endpoint_url(format!("https://user:{KEY}@example.test"));
    printed.debug(&password);
    let client = Client::from_conf(password.build());
    printed.debug(&client);
    printed.error(&client.logout().access_token(TOKEN).send().await.expect_err("a password in the URL"));

    let Printed(text) = printed;
    assert!(
        !text.contains("must-not-be-seen"),
        "{}",
        text.lines().find(|line| line.contains("must-not")).unwrap_or("")
    );
    assert!(text.contains("access_key_id: Some(\"ASIA\")") && text.contains("expiration: 7"), "the rest is printed");
    assert!(text.contains("access_token: Some(*** Sensitive Data Redacted ***)"));
}

/// A transport with a fault of its own.
#[derive(Debug)]
struct Panics;

impl HttpClient for Panics {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        panic!("a fault of the transport with {request:?}")
    }
}

#[tokio::test]
async fn panics_of_others_show_no_secret_either() {
    static PANICS: Mutex<String> = Mutex::new(String::new());
    std::panic::set_hook(Box::new(|info| *PANICS.lock().expect("not poisoned") += &format!("{info}\n")));
    let portal = Portal::builder().access_token(TOKEN).start().await.expect("started");
    let mut ends = Vec::new();
    let panics = Client::from_conf(Config::builder().endpoint_url("http://h").http_client(Panics).build());
    ends.push(tokio::spawn(panics.logout().access_token(TOKEN).send()).await);
    let client = Client::from_conf(portal.config().build());
    let call = client.logout().access_token(TOKEN).customize();
    let call = call.mutate_request(|request| panic!("a fault of the caller with {request:?} {:?}", request.headers()));
    ends.push(tokio::spawn(call.send()).await);
    let hooked = Client::from_conf(portal.config().on_attempt(|report| panic!("a fault with {report:?}")).build());
    ends.push(tokio::spawn(hooked.logout().access_token(TOKEN).send()).await);
    let _ = std::panic::take_hook();
    let text = std::mem::take(&mut *PANICS.lock().expect("not poisoned"));
    let text = format!("{text}{ends:?}");
    assert_eq!(text.matches("a fault").count(), 6, "thrice, and once more each in what the task ended with: {text}");
    assert!(!text.contains("must-not-be-seen"), "{text}");
}

#[tokio::test]
async fn the_token_is_marked_for_http_libraries_too() {
    let replay = sso_client::test_util::ReplayClient::new([http::Response::new("{}")]);
    let config = Config::builder().endpoint_url("http://portal.test").http_client(replay.clone()).build();
    Client::from_conf(config).list_accounts().access_token(TOKEN).send().await.expect("sent");
    let request = replay.requests().remove(0);
    assert!(request.headers()["x-amz-sso_bearer_token"].is_sensitive());
    assert!(!format!("{request:?}").contains(TOKEN));
}

#[test]
fn clients_and_calls_can_cross_threads() {
    fn check<T: Send + Sync>() {}
    fn check_send<T: Send + Sync>(_: &T) {}
    check::<Client>();
    check::<Config>();
    check::<sso_client::Error>();
    check::<sso_client::error::SdkError<sso_client::operation::logout::LogoutError>>();
    let client = Client::from_conf(Config::builder().build());
    check_send(&client.logout().send());
    check_send(&client.list_accounts().into_paginator().items().send());
    check_send(&client.logout().customize().send());
}
