//! Calls through proxies, over real sockets.

use std::time::Duration;

use sso_client::config::Builder;
use sso_client::config::http::{HyperClient, HyperClientBuilder, ProxyConfig};
use sso_client::config::retry::RetryConfig;
use sso_client::error::{ConnectorError, SdkError};
use sso_client::operation::list_accounts::{ListAccountsError, ListAccountsOutput};
use sso_client::test_util::Portal;
use sso_client::{Client, Config};
use test_support::servers::{
    Authority, Certificate, ProxyBehavior, ProxyServer, ScriptedServer, Step, respond, silent_listener,
};

type Outcome = Result<ListAccountsOutput, SdkError<ListAccountsError>>;

/// What is agreed upon by TLS, when the server offers both.
const VERSION: &str = if cfg!(feature = "http2") { "HTTP/2.0" } else { "HTTP/1.1" };

async fn list(config: Builder) -> Outcome {
    Client::from_conf(config.build()).list_accounts().access_token("TOKEN").send().await
}

fn proxies(credentials: &str, proxy: &ProxyServer) -> ProxyConfig {
    ProxyConfig::all(&format!("http://{credentials}{}", proxy.address())).expect("a URL")
}

async fn tls_portal() -> Portal {
    Portal::builder().access_token("TOKEN").tls().start().await.expect("started")
}

/// A transport that trusts the fake service.
fn trusting(portal: &Portal) -> HyperClientBuilder {
    HyperClient::builder().trust_only_pem(portal.ca_pem().expect("TLS"))
}

#[tokio::test]
async fn plain_requests_are_forwarded() {
    let portal = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let proxy = ProxyServer::start(ProxyBehavior::Authenticate("Basic dXNlcjpwQHNz"));
    // A name that only the proxy knows: this side does not look it up.
    let url = portal.endpoint_url().replace("127.0.0.1", "portal.test");
    let client = Client::from_conf(Config::builder().endpoint_url(&url).proxy(proxies("user:p%40ss@", &proxy)).build());
    for _ in 0..2 {
        client.list_accounts().access_token("TOKEN").send().await.expect("through the proxy");
    }
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1, "the connection is kept: {heads:?}");
    assert!(heads[0].starts_with(&format!("GET {url}/assignment/accounts HTTP/1.1\r\n")), "{}", heads[0]);
    assert!(heads[0].contains("\r\nhost: portal.test:"), "{}", heads[0]);
    // With each request, not only the first of a connection.
    for request in portal.requests() {
        assert_eq!(request.header("proxy-authorization"), Some("Basic dXNlcjpwQHNz"));
    }
}

#[tokio::test]
async fn encrypted_requests_take_a_tunnel() {
    let portal = tls_portal().await;
    let proxy = ProxyServer::start(ProxyBehavior::Authenticate("Basic dXNlcjpwQHNz"));
    let http = trusting(&portal).proxy(proxies("user:p%40ss@", &proxy)).build();
    let url = portal.endpoint_url().replace("127.0.0.1", "localhost");
    let client = Client::from_conf(Config::builder().endpoint_url(&url).http_client(http).build());
    for _ in 0..2 {
        client.list_accounts().access_token("TOKEN").send().await.expect("through the proxy");
    }
    let target = url.trim_start_matches("https://");
    assert_eq!(
        proxy.heads(),
        [format!(
            "CONNECT {target} HTTP/1.1\r\nhost: {target}\r\nuser-agent: smithy-client-runtime/{}\r\n\
             proxy-authorization: Basic dXNlcjpwQHNz\r\n\r\n",
            env!("CARGO_PKG_VERSION")
        )]
    );
    for request in portal.requests() {
        assert_eq!(request.version, VERSION, "agreed upon through the tunnel");
        assert_eq!(request.header("proxy-authorization"), None, "that is between us and the proxy");
    }
}

#[tokio::test]
async fn a_proxy_may_itself_be_spoken_to_by_tls() {
    let authority = Authority::new("proxies");
    let proxy = ProxyServer::start_tls(authority.acceptor("localhost", Certificate::Valid), ProxyBehavior::Forward);
    let url = format!("https://localhost:{}", proxy.address().port());
    let proxies = ProxyConfig::all(&url).expect("a URL");
    let portal = tls_portal().await;
    let http = trusting(&portal).add_trusted_pem(authority.pem()).proxy(proxies.clone()).build();
    list(Config::builder().endpoint_url(portal.endpoint_url()).http_client(http)).await.expect("TLS in TLS");
    assert_eq!(portal.requests()[0].version, VERSION);

    let plain = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let http = HyperClient::builder().trust_only_pem(authority.pem()).proxy(proxies.clone()).build();
    list(Config::builder().endpoint_url(plain.endpoint_url()).http_client(http)).await.expect("forwarded");
    assert!(proxy.heads()[1].starts_with("GET http://127.0.0.1"), "{:?}", proxy.heads());

    let http = trusting(&portal).proxy(proxies).build();
    let error = list(Config::builder().endpoint_url(portal.endpoint_url()).http_client(http)).await;
    let text = error.expect_err("the proxy is not trusted").to_string();
    assert!(text.contains("the proxy localhost:") && text.contains("UnknownIssuer"), "{text}");
    assert!(text.ends_with("(1 attempt)"), "{text}");
}

#[tokio::test]
async fn direct_ways_are_taken() {
    let portal = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let proxy = ProxyServer::start(ProxyBehavior::Answer("HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n"));
    let proxies = proxies("", &proxy).with_no_proxy("127.0.0.0/8");
    list(Config::builder().endpoint_url(portal.endpoint_url()).proxy(proxies)).await.expect("not by the proxy");
    assert_eq!(proxy.heads(), [""; 0]);
}

#[tokio::test]
async fn what_proxies_refuse() {
    const AUTHENTICATE: &str = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let portal = tls_portal().await;
    let plain = Portal::builder().access_token("TOKEN").start().await.expect("started");
    for (url, credentials, answer, detail, attempts) in [
        ("https", "", AUTHENTICATE, "needs credentials: put them into its URL, as http://user:password@", 1),
        ("https", "USER:SECRET@", AUTHENTICATE, "does not take the credentials in its URL (HTTP 407)", 1),
        ("http", "", AUTHENTICATE, "needs credentials: put them into its URL, as http://user:password@", 1),
        ("http", "USER:SECRET@", AUTHENTICATE, "does not take the credentials in its URL (HTTP 407)", 1),
        ("https", "", "HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nno.\n", "it answered HTTP 403 Forbidden", 1),
        ("https", "", "HTTP/1.1 302 Found\r\nlocation: http://x\r\n\r\n", "it answered HTTP 302 Found", 1),
        // It could not reach the host for its part, which may pass.
        ("https", "", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "it answered HTTP 502 Bad Gateway", 3),
        ("https", "", "", "sent no valid response: connection closed before message completed", 3),
        ("https", "", "SSH-2.0-OpenSSH_9.6\r\n\r\n", "does not speak HTTP: invalid HTTP version", 1),
        ("https", "", "HTTP/1.1 200 OK\r\n\r\nhello", "sent more than its response: is it a proxy?", 1),
    ] {
        let proxy = ProxyServer::start(ProxyBehavior::Answer(answer));
        let proxies = proxies(credentials, &proxy);
        let (target, http) = match url {
            "https" => (portal.endpoint_url(), trusting(&portal).proxy(proxies).build()),
            _ => (plain.endpoint_url(), HyperClient::builder().proxy(proxies).build()),
        };
        let error = list(Config::builder().endpoint_url(target).http_client(http)).await.expect_err(detail);
        let text = error.to_string();
        assert!(text.contains(&format!("the proxy {}", proxy.address())) && text.contains(detail), "{text}");
        let plural = if attempts == 1 { "" } else { "s" };
        assert!(text.ends_with(&format!("({attempts} attempt{plural})")), "{text}");
        assert!(!text.contains("SECRET") && !format!("{error:?}").contains("SECRET"), "{error:?}");
        let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
        assert!(failure.as_connector_error().is_some_and(ConnectorError::is_proxy), "{error:?}");
        assert_eq!(failure.is_io(), attempts > 1, "{text}");
        assert_eq!(proxy.heads().len(), attempts, "{text}");
    }
    assert_eq!((portal.requests().len(), plain.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_proxy_that_is_not_there() {
    let portal = tls_portal().await;
    let gone = ProxyServer::start(ProxyBehavior::Forward).address();
    let proxies = ProxyConfig::all(&format!("http://user:SECRET@{gone}")).expect("a URL");
    let config = Config::builder().endpoint_url(portal.endpoint_url()).proxy(proxies);
    let error = list(config).await.expect_err("nobody there");
    let text = error.to_string();
    assert!(text.contains(&format!("the proxy {gone} cannot be reached: ")), "{text}");
    assert!(text.contains("onnection refused") && text.ends_with("(3 attempts)"), "{text}");
    assert!(!format!("{text} {error:?}").contains("SECRET"), "{error:?}");
    let mut cause = std::error::Error::source(&error);
    let mut os_error = None;
    while let Some(error) = cause {
        os_error = os_error.or(error.downcast_ref::<std::io::Error>().and_then(std::io::Error::raw_os_error));
        cause = error.source();
    }
    assert!(os_error.is_some(), "the operating system's error is among the causes");
}

#[tokio::test]
async fn a_proxy_that_does_not_respond() {
    let silent = silent_listener();
    let address = silent.local_addr().expect("an address");
    for (scheme, text) in [
        ("http", format!("the proxy {address} did not answer within 50ms (connect timeout)")),
        ("https", format!("the TLS handshake with the proxy {address} did not end within 50ms (connect timeout)")),
    ] {
        let http = HyperClient::builder()
            .trust_only_pem(Authority::new("any").pem())
            .proxy(ProxyConfig::all(&format!("{scheme}://{address}")).expect("a URL"))
            .connect_timeout(Some(Duration::from_millis(50)));
        let config = Config::builder().endpoint_url("https://portal.test").http_client(http.build());
        let error = list(config.retry_config(RetryConfig::disabled())).await.expect_err("silence");
        assert!(error.to_string().contains(&text), "{error}");
        let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
        let connector = failure.as_connector_error().expect("no response");
        assert!(connector.is_timeout() && connector.is_proxy(), "{error:?}");
    }
}

#[tokio::test]
async fn certificates_are_verified_through_a_tunnel() {
    let acceptor = Authority::new("unknown").acceptor("localhost", Certificate::Valid);
    let server = ScriptedServer::start_tls(acceptor, [respond("200 OK", "", "{}"), Step::Close]);
    let proxy = ProxyServer::start(ProxyBehavior::Forward);
    let portal = tls_portal().await;
    let http = trusting(&portal).proxy(proxies("", &proxy)).build();
    let error = list(Config::builder().endpoint_url(server.url_as("localhost")).http_client(http))
        .await
        .expect_err("not trusted");
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
}

#[test]
fn configurations() {
    let proxies = ProxyConfig::all("http://user:SECRET@proxy:3128").expect("a URL");
    let config = Config::builder().proxy(proxies).ca_bundle("/ca.pem").build();
    assert_eq!(config.ca_bundle(), Some(std::path::Path::new("/ca.pem")));
    let text = format!("{config:?}");
    assert!(text.contains("proxy:3128") && text.contains("/ca.pem") && !text.contains("SECRET"), "{text}");
    let mut builder = config.to_builder();
    builder.set_proxy(None).set_ca_bundle(None);
    let cleared = builder.build();
    assert!(cleared.proxy().is_none() && cleared.ca_bundle().is_none());
}
