//! The headers that identify the caller, the call and the attempt.
#![allow(clippy::print_stdout, reason = "tests say what they skip and how much they checked")]

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use sso_client::config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use sso_client::config::{AppName, Region};
use sso_client::runtime::test_util::FakeClock;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

/// A clock that stands at a minute past three on a day in 2026, since retries have no delay.
fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at(UNIX_EPOCH + Duration::from_secs(1_795_316_460)).with_jitter(0.0))
}

fn header(request: &http::Request<bytes::Bytes>, name: &str) -> Option<String> {
    Some(request.headers().get(name)?.to_str().expect("ASCII").to_owned())
}

#[tokio::test]
async fn the_user_agent_names_the_features_of_a_call() {
    let replay = ReplayClient::new((0..5).map(|_| http::Response::new("{}")));
    let agents = || {
        let requests = replay.requests();
        for request in &requests {
            assert_eq!(header(request, "x-amz-user-agent"), header(request, "user-agent"), "one text in two headers");
        }
        requests.iter().filter_map(|request| header(request, "user-agent")).collect::<Vec<_>>()
    };
    let region = Config::builder().region(Region::from_static("eu-west-1")).http_client(replay.clone());
    let client = Client::from_conf(region.build());
    let call = || client.list_accounts().access_token("t");
    call().send().await.expect("sent");
    call().into_paginator().send().try_collect().await.expect("sent");
    call().into_paginator().items().send().try_collect().await.expect("sent");
    let other = Config::builder().endpoint_url("http://portal.test").app_name(AppName::new("my-app").expect("valid"));
    call().customize().config_override(other.clone()).send().await.expect("sent");
    Client::from_conf(client.config().to_builder().endpoint_url("http://portal.test").build())
        .list_accounts()
        .access_token("t")
        .into_paginator()
        .send()
        .try_collect()
        .await
        .expect("sent");
    let front = format!("sso-client/{} ua/2.1 api/sso#2019-06-10 os/", sso_client::meta::PKG_VERSION);
    let ends =
        ["lang/rust m/E", "lang/rust m/C,E", "lang/rust m/C,E", "lang/rust m/E,N app/my-app", "lang/rust m/C,E,N"];
    for (agent, end) in agents().iter().zip(ends) {
        let (os, rest) = agent.strip_prefix(&front).and_then(|rest| rest.split_once(' ')).expect("the common front");
        assert!(!os.is_empty() && rest == end, "{agent}");
    }
    assert_eq!(agents().len(), ends.len());
}

/// The values of `amz-sdk-request` where two attempts fail, each with this date.
async fn numbers(timeouts: TimeoutConfigBuilder, date: Option<&str>) -> Vec<String> {
    let response = |status: u16| {
        let response = http::Response::builder().status(status);
        let response = date.into_iter().fold(response, |response, date| response.header("date", date));
        response.body("{}").expect("a response")
    };
    let replay = ReplayClient::new([response(500), response(500), response(200)]);
    let mut config = Config::builder().endpoint_url("http://portal.test").http_client(replay.clone());
    config.set_clock(Some(clock()));
    let client = Client::from_conf(config.timeout_config(timeouts.build()).build());
    client.logout().access_token("t").send().await.expect("the third attempt succeeds");
    let requests = replay.requests();
    let ids: Vec<_> = requests.iter().map(|request| header(request, "amz-sdk-invocation-id")).collect();
    assert!(ids.iter().all(|id| id.is_some() && *id == ids[0]), "{ids:?}");
    requests.iter().filter_map(|request| header(request, "amz-sdk-request")).collect()
}

#[tokio::test]
async fn later_attempts_say_until_when_an_answer_is_waited_for() {
    let plain = ["attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"];
    let read = || TimeoutConfig::builder().read_timeout(Duration::from_secs(7));
    // The server's clock is ten minutes ahead, or as far behind.
    for (date, until) in
        [("Sun, 22 Nov 2026 03:11:00 GMT", "20261122T031107Z"), ("Sun, 22 Nov 2026 02:51:00 GMT", "20261122T025107Z")]
    {
        let expected = [
            "attempt=1; max=3".to_owned(),
            format!("ttl={until}; attempt=2; max=3"),
            format!("ttl={until}; attempt=3; max=3"),
        ];
        assert_eq!(numbers(read(), Some(date)).await, expected);
        assert_eq!(numbers(TimeoutConfig::builder(), Some(date)).await, plain, "no limit was set");
        assert_eq!(numbers(TimeoutConfig::builder().disable_read_timeout(), Some(date)).await, plain);
    }
    assert_eq!(numbers(read(), None).await, plain, "no response gave a date");
    assert_eq!(numbers(read(), Some("soon")).await, plain);
    let forever = TimeoutConfig::builder().read_timeout(Duration::MAX);
    assert_eq!(numbers(forever, Some("Sun, 22 Nov 2026 03:11:00 GMT")).await, plain, "no date is that far away");
}

const TRACE_ID: &str = "X-Amzn-Trace-Id";
/// What the child process below is to send on its own, and what it prints before what it sent.
const OWN: &str = "HEADERS_TEST_OWN_TRACE_ID";
const SENT: &str = "sent trace id: ";

/// Not a test of its own: the environment of a process cannot be changed safely, so that the test
/// below runs this one in processes of their own.
#[tokio::test]
async fn child_process() {
    let replay = ReplayClient::new([
        http::Response::builder().status(500).body("").expect("a response"),
        http::Response::new(""),
    ]);
    let mut config = Config::builder().endpoint_url("http://portal.test").http_client(replay.clone());
    config.set_clock(Some(clock()));
    let call = Client::from_conf(config.build()).logout().access_token("t").customize();
    let call = call.mutate_request(|request| {
        if let Ok(own) = std::env::var(OWN) {
            request.headers_mut().insert(TRACE_ID, own).expect("a header");
        }
    });
    call.send().await.expect("the second attempt succeeds");
    let sent: Vec<_> = replay.requests().iter().map(|request| header(request, TRACE_ID)).collect();
    assert_eq!(sent[0], sent[1], "the same on every attempt");
    println!("{SENT}{}", sent[0].as_deref().unwrap_or_default());
}

/// The trace id that a process of this environment sends.
fn sent(env: &[(&str, &str)], own: Option<&str>) -> Option<String> {
    let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "child_process", "--nocapture"]);
    child.env_remove("AWS_LAMBDA_FUNCTION_NAME").env_remove("_X_AMZN_TRACE_ID");
    child.envs(env.iter().copied()).envs(own.map(|own| (OWN, own)));
    let output = child.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{text}");
    let (_, sent) = text.split_once(SENT).expect("what it sent");
    Some(sent.lines().next().unwrap_or_default().to_owned()).filter(|sent| !sent.is_empty())
}

#[test]
fn a_trace_id_is_passed_on_inside_of_lambda_functions() {
    let (lambda, id) = ("AWS_LAMBDA_FUNCTION_NAME", "_X_AMZN_TRACE_ID");
    for (env, own, expected) in [
        (&[][..], None, None),
        (&[(lambda, "f")], None, None),
        (&[(id, "Root=1")], None, None),
        (&[(lambda, "f"), (id, "Root=1;Sampled=1")], None, Some("Root=1;Sampled=1")),
        (&[(lambda, "f"), (id, "Root=1")], Some("Root=2"), Some("Root=2")),
        (&[], Some("Root=2"), Some("Root=2")),
        (&[(lambda, "f"), (id, "a\nb")], None, Some("a%0Ab")),
    ] {
        assert_eq!(sent(env, own).as_deref(), expected, "{env:?} {own:?}");
    }
}

#[test]
fn the_suite_of_recursion_detection() {
    let Some(path) = test_support::suite("suites/recursion-detection.json") else { return };
    let text = std::fs::read_to_string(path).expect("a suite can be read");
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let value = |case: &serde_json::Value, key: &str| -> Option<String> {
        let headers = case[key].as_array().expect("headers");
        let values = headers.iter().filter_map(|header| header.as_str()?.split_once(": "));
        values.filter(|(name, _)| name.eq_ignore_ascii_case(TRACE_ID)).map(|(_, value)| value.to_owned()).next()
    };
    for case in &cases {
        let env = case["env"].as_object().expect("an environment");
        let env: Vec<_> = env.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        let own = value(case, "requestHeadersBefore");
        assert_eq!(sent(&env, own.as_deref()), value(case, "requestHeadersAfter"), "{case}");
    }
    assert!(!cases.is_empty());
    println!("{} cases", cases.len());
}
