//! Tests of `customize()`: changing a request before it is sent, and settings for a single call.

use std::time::Duration;

use sso_client::config::http::{HttpClient, RequestBody};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::config::{Region, SharedHttpClient};
use sso_client::runtime::base::BoxFuture;
use sso_client::runtime::transport::TransportResult;
use sso_client::test_util::{Portal, ReplayClient};
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

/// A call that overrides the way to the service takes that way, or does not begin.
#[tokio::test]
async fn proxies_and_certificates_are_overridden_or_refused() {
    use sso_client::config::http::{HyperClient, ProxyConfig};
    use test_support::servers::{ProxyBehavior, ProxyServer};

    let portal = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let proxy = ProxyServer::start(ProxyBehavior::Forward);
    let proxies = || ProxyConfig::all(&format!("http://{}", proxy.address())).expect("a URL");
    let client = Client::from_conf(Config::builder().endpoint_url(portal.endpoint_url()).build());
    let call = |config| client.list_accounts().access_token("TOKEN").customize().config_override(config).send();
    for _ in 0..2 {
        call(Config::builder().proxy(proxies())).await.expect("through the proxy");
    }
    assert_eq!(proxy.heads().len(), 1, "one connection, which is kept: {:?}", proxy.heads());
    client.list_accounts().access_token("TOKEN").send().await.expect("directly");
    assert_eq!(proxy.heads().len(), 1);

    // The file is read, and is none.
    let https = Config::builder().endpoint_url("https://127.0.0.1:1").ca_bundle("/no/such/file.pem");
    let error = call(https).await.expect_err("no file");
    assert!(error.to_string().contains("the CA bundle /no/such/file.pem cannot be read"), "{error}");

    // The connect timeout is that of the transport.
    let silent = test_support::servers::full_listener().await;
    if let Some(silent) = silent {
        let timeouts = TimeoutConfig::builder().connect_timeout(Duration::from_millis(50)).build();
        let config = Config::builder().endpoint_url(format!("http://{}", silent.address())).timeout_config(timeouts);
        let error = call(config.retry_config(RetryConfig::disabled())).await.expect_err("no connection");
        assert!(error.to_string().contains("no connection within 50ms (connect timeout)"), "{error}");
    }

    // Another HTTP client has a way of its own.
    let config = Config::builder().endpoint_url(portal.endpoint_url()).http_client(HyperClient::default()).build();
    let client = Client::from_conf(config);
    let seen = portal.requests().len();
    let connect = TimeoutConfig::builder().connect_timeout(Duration::from_millis(50)).build();
    for config in [
        Config::builder().proxy(proxies()),
        Config::builder().ca_bundle("/ca.pem"),
        Config::builder().timeout_config(connect.clone()),
    ] {
        let call = client.list_accounts().access_token("TOKEN").customize().config_override(config);
        let error = call.send().await.expect_err("refused");
        assert!(matches!(error, sso_client::error::SdkError::ConstructionFailure(_)), "{error:?}");
        let expected = "ListAccounts: proxy, ca_bundle and connect_timeout cannot be overridden for a call of this client, \
                        which has an HTTP client of its own: set them on that, or override http_client in place of them (nothing \
                        was sent)";
        assert_eq!(error.to_string(), expected);
    }

    // So has one for this call alone, whatever the client has.
    let default = Client::from_conf(Config::builder().endpoint_url(portal.endpoint_url()).build());
    for client in [&client, &default] {
        for config in [
            Config::builder().proxy(proxies()),
            Config::builder().ca_bundle("/ca.pem"),
            Config::builder().timeout_config(connect.clone()),
        ] {
            let config = config.http_client(HyperClient::default());
            let call = client.list_accounts().access_token("TOKEN").customize().config_override(config);
            let expected = "ListAccounts: proxy, ca_bundle and connect_timeout of config_override do not apply to the \
                            HTTP client that it sets, too: set them on that HTTP client instead (nothing was sent)";
            assert_eq!(call.send().await.expect_err("refused").to_string(), expected);
        }
    }
    assert_eq!(portal.requests().len(), seen);

    // That one alone is taken, and so are settings that change nothing.
    for config in [Config::builder(), Config::builder().timeout_config(TimeoutConfig::builder().build())] {
        let config = config.http_client(HyperClient::default());
        client.list_accounts().access_token("TOKEN").customize().config_override(config).send().await.expect("sent");
    }
    assert_eq!(portal.requests().len(), seen + 2);
}

/// An HTTP client that takes the connect timeout of whoever calls through it.
#[derive(Clone, Debug)]
struct Limited {
    replay: ReplayClient,
    limit: Option<Duration>,
    /// The limit of each call.
    seen: std::sync::Arc<std::sync::Mutex<Vec<Option<Duration>>>>,
}

impl HttpClient for Limited {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        self.seen.lock().expect("no panic").push(self.limit);
        self.replay.call(request)
    }

    fn with_connect_timeout(&self, limit: Option<Duration>) -> Option<SharedHttpClient> {
        Some(SharedHttpClient::new(Self { limit, ..self.clone() }))
    }
}

/// As those of other AWS crates do: for a call as well as for a client.
#[tokio::test]
async fn an_http_client_of_a_call_gets_its_connect_timeout() {
    let replay = ReplayClient::new((0..2).map(|_| http::Response::new("{}")));
    let http = Limited { replay: replay.clone(), limit: None, seen: std::sync::Arc::default() };
    let timeouts = |seconds| TimeoutConfig::builder().connect_timeout(Duration::from_secs(seconds)).build();
    let client = Client::from_conf(
        Config::builder().endpoint_url("http://portal.test").http_client(replay).timeout_config(timeouts(7)).build(),
    );
    let own = || Config::builder().http_client(http.clone());
    for config in [own(), own().timeout_config(timeouts(9))] {
        client.list_accounts().access_token("t").customize().config_override(config).send().await.expect("sent");
    }
    let expected = [7, 9].map(|seconds| Some(Duration::from_secs(seconds)));
    assert_eq!(*http.seen.lock().expect("no panic"), expected);
}
