//! Tests of `customize()`: changing a request before it is sent, and settings for a single call.

use sso_client::config::Region;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

fn client(replay: &ReplayClient) -> Client {
    Client::from_conf(Config::builder().endpoint_url("http://portal.test").http_client(replay.clone()).build())
}

#[tokio::test]
async fn requests_can_be_changed_before_they_are_sent() {
    let replay = ReplayClient::new([http::Response::new("{}"), http::Response::new("{}")]);
    let call = || client(&replay).list_accounts().access_token("TOKEN").customize();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let printed = std::sync::Arc::clone(&seen);
    call()
        .mutate_request(move |request| {
            request.headers_mut().insert("x-more", "1").expect("valid");
            request.headers_mut().insert("x-amz-sso_bearer_token", "OTHER").expect("valid");
            request.set_uri("http://elsewhere.test/x?y=z").expect("valid");
            *printed.lock().expect("a lock") = format!("{request:?}");
        })
        .send()
        .await
        .expect("sent");
    call().map_request(Ok::<_, std::io::Error>).send().await.expect("sent");
    let error = call().map_request(|_| Err(std::io::Error::other("not today"))).send().await.expect_err("refused");
    assert_eq!(error.to_string(), "ListAccounts: not today (nothing was sent)");
    let requests = replay.requests();
    assert_eq!((requests.len(), requests[0].uri().to_string()), (2, "http://elsewhere.test/x?y=z".to_owned()));
    assert_eq!(requests[0].headers()["x-more"], "1");
    assert_eq!(requests[1].uri().path(), "/assignment/accounts");
    let seen = seen.lock().expect("a lock");
    assert!(seen.contains("x-more") && !seen.contains("OTHER") && !seen.contains("TOKEN"), "{seen}");
}

#[tokio::test]
async fn settings_for_one_call_count_for_that_call_alone() {
    let replay = ReplayClient::new((0..3).map(|_| http::Response::new("{}")));
    let region = |name: &'static str| Config::builder().region(Region::from_static(name));
    let client = Client::from_conf(region("eu-west-1").use_dual_stack(true).http_client(replay.clone()).build());
    let call = || client.list_accounts().access_token("t");
    call().send().await.expect("sent");
    call().customize().config_override(region("us-east-2").use_fips(true)).send().await.expect("sent");
    call().send().await.expect("sent");
    let hosts: Vec<_> = replay.requests().iter().map(|request| request.uri().host().map(str::to_owned)).collect();
    let expected =
        ["portal.sso.eu-west-1.api.aws", "portal.sso-fips.us-east-2.api.aws", "portal.sso.eu-west-1.api.aws"];
    assert_eq!(hosts, expected.map(|host| Some(host.to_owned())));
}
