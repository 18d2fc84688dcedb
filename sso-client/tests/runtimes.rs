//! Clients that outlive connections and runtimes, and time limits.

use std::time::Duration;

use sso_client::config::http::HyperClient;
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::SdkError;
use sso_client::test_util::Portal;
use sso_client::{Client, Config};
use test_support::servers::{Relay, ScriptedServer, Step, send, silent_listener};

/// What is agreed upon by TLS, when the server offers both.
const VERSION: &str = if cfg!(feature = "http2") { "HTTP/2.0" } else { "HTTP/1.1" };

#[tokio::test]
async fn a_connection_that_went_silent_is_given_up() {
    let portal = Portal::builder().tls().start().await.expect("started");
    let server = portal.endpoint_url().trim_start_matches("https://").parse().expect("an address");
    let relay = Relay::start(server);
    let http = HyperClient::builder().trust_only_pem(portal.ca_pem().expect("TLS")).build();
    let config = Config::builder()
        .endpoint_url(format!("https://{}", relay.address()))
        .http_client(http)
        .timeout_config(TimeoutConfig::builder().read_timeout(Duration::from_secs(1)).build())
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .build();
    let client = Client::from_conf(config);
    client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
    relay.silence();
    client.list_accounts().access_token(portal.access_token()).send().await.expect("the second attempt connects anew");
    assert_eq!(portal.connections(), 2);
    client.list_accounts().access_token(portal.access_token()).send().await.expect("and its connection is kept");
    assert_eq!(portal.connections(), 2);
    assert!(portal.requests().iter().all(|request| request.version == VERSION));
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_the_client_usable() {
    let portal = Portal::builder().tls().start().await.expect("started");
    let client = Client::from_conf(portal.config().build());
    for round in 0..20 {
        let call = client.list_accounts().access_token(portal.access_token()).send();
        let _ = tokio::time::timeout(Duration::from_micros(round * 150), call).await;
    }
    client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
}

#[test]
fn a_client_outlives_the_runtime_that_it_connected_in() {
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let server = runtime();
    for tls in [false, true] {
        let builder = Portal::builder().account("1", "dev", "d@example.com", ["Admin"]);
        let portal = server.block_on(if tls { builder.tls() } else { builder }.start()).expect("started");
        let client = Client::from_conf(portal.config().build());
        for _ in 0..3 {
            let output = runtime().block_on(client.list_accounts().access_token(portal.access_token()).send());
            assert_eq!(output.expect("accounts").account_list().len(), 1);
        }
    }
}

#[test]
fn a_runtime_without_timers_or_io_is_an_error_and_no_panic() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    for (runtime, what) in [
        (builder.build(), "neither"),
        (tokio::runtime::Builder::new_current_thread().enable_time().build(), "no I/O"),
        (tokio::runtime::Builder::new_current_thread().enable_io().build(), "no timers"),
    ] {
        let client = Client::from_conf(Config::builder().endpoint_url("http://127.0.0.1:1").build());
        let error = runtime.expect("a runtime").block_on(client.logout().access_token("t").send()).expect_err(what);
        assert!(matches!(error, SdkError::ConstructionFailure(_)), "{what}: {error:?}");
        assert!(error.to_string().contains("a Tokio runtime that has I/O and timers"), "{what}: {error}");
    }
}

#[tokio::test]
async fn many_calls_share_a_client() {
    let portal =
        Portal::builder().account("1", "dev", "d@example.com", ["Admin"]).tls().start().await.expect("started");
    let client = Client::from_conf(portal.config().build());
    let calls: Vec<_> =
        (0..200).map(|_| tokio::spawn(client.list_accounts().access_token(portal.access_token()).send())).collect();
    for call in calls {
        assert_eq!(call.await.expect("no panic").expect("accounts").account_list().len(), 1);
    }
    assert_eq!(portal.requests().len(), 200);
}

#[tokio::test]
async fn an_error_status_counts_even_when_its_body_breaks_off() {
    for (head, last, expected) in [
        (
            "HTTP/1.1 401 Unauthorized\r\nx-amzn-errortype: UnauthorizedException\r\nx-amzn-requestid: i\r\ncontent-length: 50\r\n\r\n{",
            Step::Close,
            "ListAccounts: UnauthorizedException (HTTP 401, request id i, 1 attempt)",
        ),
        (
            "HTTP/1.1 401 Unauthorized\r\nx-amzn-errortype: UnauthorizedException\r\ncontent-length: 50\r\n\r\n{",
            Step::Hold,
            "ListAccounts: UnauthorizedException (HTTP 401, 1 attempt)",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 50\r\n\r\n{",
            Step::Hold,
            "ListAccounts: an error without a code; the body stalled: no more of it came within 500ms (HTTP 403, 3 attempts)",
        ),
    ] {
        let server = ScriptedServer::start([send(head), last]);
        let config = Config::builder()
            .endpoint_url(server.url())
            .timeout_config(TimeoutConfig::builder().read_timeout(Duration::from_millis(500)).build())
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)));
        let error =
            Client::from_conf(config.build()).list_accounts().access_token("t").send().await.expect_err(expected);
        assert!(matches!(error, SdkError::ServiceError(_)), "{error:?}");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_timeout_does_not_hide_the_last_answer() {
    let answer =
        "HTTP/1.1 429 Too Many Requests\r\nx-amzn-requestid: i\r\nx-amz-retry-after: 4000\r\ncontent-length: 0\r\n\r\n";
    let server = ScriptedServer::start([send(answer), Step::Close]);
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(1)).build();
    let config = Config::builder().endpoint_url(server.url()).timeout_config(timeouts).build();
    let error = Client::from_conf(config).list_accounts().access_token("t").send().await.expect_err("throttled");
    assert!(matches!(error, SdkError::TimeoutError(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "ListAccounts: the operation did not end within 1s (HTTP 429, request id i, 1 attempt)"
    );
}

#[tokio::test]
async fn time_limits_of_one_call_leave_the_others_in_force() {
    let server = ScriptedServer::start([Step::Hold]);
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(150)).build();
    let config = Config::builder().endpoint_url(server.url()).timeout_config(timeouts).build();
    let patient = TimeoutConfig::builder().read_timeout(Duration::from_secs(20)).build();
    let call = Client::from_conf(config).list_accounts().access_token("t").customize();
    let error = call.config_override(Config::builder().timeout_config(patient)).send().await.expect_err("too late");
    assert!(error.to_string().contains("the operation did not end within 150ms"), "{error}");
}

#[tokio::test]
async fn connecting_has_a_limit_of_its_own() {
    // TCP connects, and then nobody answers the TLS handshake.
    let listener = silent_listener();
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let timeouts = TimeoutConfig::builder().connect_timeout(Duration::from_millis(150)).build();
    let config = Config::builder().endpoint_url(url).timeout_config(timeouts).retry_config(RetryConfig::disabled());
    let portal = Portal::builder().tls().start().await.expect("started");
    let http = HyperClient::builder()
        .trust_only_pem(portal.ca_pem().expect("TLS"))
        .connect_timeout(Some(Duration::from_millis(150)))
        .build();
    let client = Client::from_conf(config.http_client(http).build());
    let error = client.list_accounts().access_token("t").send().await.expect_err("no handshake");
    assert!(matches!(&error, SdkError::DispatchFailure(failure) if failure.is_timeout()), "{error:?}");
    assert!(error.to_string().contains("the TLS handshake did not end within 150ms (connect timeout)"), "{error}");
}

#[tokio::test]
async fn retries_stop_when_the_client_has_used_up_its_quota() {
    let failing = (0..200).map(|_| http::Response::builder().status(500).body("").expect("a response"));
    let replay = sso_client::test_util::ReplayClient::new(failing);
    let config = Config::builder()
        .endpoint_url("http://portal.test")
        .http_client(replay.clone())
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::ZERO))
        .build();
    let client = Client::from_conf(config);
    let mut attempts = Vec::new();
    for _ in 0..20 {
        let before = replay.requests().len();
        client.list_accounts().access_token("t").send().await.expect_err("500");
        attempts.push(replay.requests().len() - before);
    }
    // 500 tokens pay for 35 retries at 14 each: two for each of 17 calls, one for the next.
    assert_eq!(attempts, [vec![3; 17], vec![2], vec![1; 2]].concat());
}
