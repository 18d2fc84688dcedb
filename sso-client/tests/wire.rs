//! What goes over the wire, seen from the other end of a real socket.
#![expect(clippy::print_stderr, reason = "a test that skips says so")]

use sso_client::config::Region;
use sso_client::config::http::HyperClient;
use sso_client::config::retry::RetryConfig;
use sso_client::error::SdkError;
use sso_client::operation::RequestId;
use sso_client::test_util::{CannedResponse, Portal, RecordedRequest};
use sso_client::{Client, Config};

async fn portal() -> Portal {
    Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin"]).start().await.expect("started")
}

fn client(portal: &Portal) -> Client {
    Client::from_conf(portal.config().build())
}

/// The headers that every request has, whatever the operation.
const EVERYWHERE: &[&str] = &["amz-sdk-invocation-id", "amz-sdk-request", "host", "user-agent", "x-amz-user-agent"];

fn check(request: &RecordedRequest, line: &str, token: &str, more: &[&str]) {
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    assert_eq!(format!("{} {}{query}", request.method, request.path), line);
    assert_eq!(request.header("x-amz-sso_bearer_token"), Some(token));
    let mut names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = [EVERYWHERE, &["x-amz-sso_bearer_token"], more].concat();
    expected.sort_unstable();
    assert_eq!(names, expected, "no header more or less: in particular no authorization");
}

#[tokio::test]
async fn all_four_operations() {
    let portal = portal().await;
    let client = client(&portal);
    let token = portal.access_token();
    let everything = |text: &str| format!("{text} /é");

    let output = client.list_accounts().access_token(&token).send().await.expect("accounts");
    assert_eq!(output.request_id(), Some("fake-service"));
    client.list_accounts().max_results(7).next_token("0").access_token(&token).send().await.expect("accounts");
    client.list_account_roles().account_id("111122223333").access_token(&token).send().await.expect("roles");
    let roles = client.list_account_roles().account_id(everything("a")).next_token(everything("n")).max_results(100);
    roles.access_token(&token).send().await.expect_err("no such account");
    let credentials = client.get_role_credentials().account_id("111122223333").role_name("Admin");
    credentials.access_token(&token).send().await.expect("credentials");
    client.logout().access_token(&token).send().await.expect("logged out");

    let requests = portal.requests();
    let lines: [(&str, &[&str]); 6] = [
        ("GET /assignment/accounts", &[]),
        ("GET /assignment/accounts?next_token=0&max_result=7", &[]),
        ("GET /assignment/roles?account_id=111122223333", &[]),
        ("GET /assignment/roles?next_token=n%20%2F%C3%A9&max_result=100&account_id=a%20%2F%C3%A9", &[]),
        ("GET /federation/credentials?role_name=Admin&account_id=111122223333", &[]),
        ("POST /logout", &["content-length"]),
    ];
    assert_eq!(requests.len(), lines.len());
    for (request, (line, more)) in requests.iter().zip(lines) {
        check(request, line, &token, more);
    }
    assert_eq!(requests[5].header("content-length"), Some("0"));
    assert_eq!(portal.connections(), 1, "the connection is kept");
}

#[tokio::test]
async fn an_endpoint_keeps_its_path_and_query() {
    let portal = portal().await;
    let url = format!("{}/base/?x=1", portal.endpoint_url());
    let client = Client::from_conf(Config::builder().endpoint_url(url).build());
    client.list_accounts().max_results(5).access_token(portal.access_token()).send().await.expect("accounts");
    check(&portal.requests()[0], "GET /base/assignment/accounts?x=1&max_result=5", &portal.access_token(), &[]);
}

#[tokio::test]
async fn values_are_sent_as_they_are() {
    let portal = portal().await;
    let client = client(&portal);
    // Tabs, blanks and letters beyond ASCII may stand in a token, as other clients let them.
    let _ = client.list_accounts().access_token("a\tb é").next_token("").max_results(-1).send().await;
    check(&portal.requests()[0], "GET /assignment/accounts?next_token=&max_result=-1", "a\tb é", &[]);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let portal = portal().await;
    let client = client(&portal);
    for (error, detail) in [
        (
            client.get_role_credentials().send().await.map(drop).map_err(sso_client::Error::from),
            "GetRoleCredentials: role_name, account_id and access_token are required, but missing or empty",
        ),
        (
            client.list_account_roles().account_id("").access_token("t").send().await.map(drop).map_err(Into::into),
            "ListAccountRoles: account_id is required, but missing or empty",
        ),
        (
            client.list_accounts().access_token("").send().await.map(drop).map_err(Into::into),
            "ListAccounts: access_token is required, but missing or empty",
        ),
        (client.logout().send().await.map(drop).map_err(Into::into), "Logout: access_token is required"),
        (
            client.logout().access_token("SECRET\n").send().await.map(drop).map_err(Into::into),
            "access_token cannot be sent in a header: it ends with a line break",
        ),
    ] {
        let text = error.expect_err(detail).to_string();
        assert!(text.contains(detail) && text.ends_with("(nothing was sent)"), "{text}");
        assert!(!text.contains("SECRET"), "{text}");
    }
    assert_eq!(portal.requests(), []);
    assert_eq!(portal.connections(), 0, "not even a connection was made");
}

#[tokio::test]
async fn attempts_are_numbered_and_share_an_id() {
    let portal = portal().await;
    portal.respond_next(CannedResponse::new(500, ""));
    portal.respond_next(CannedResponse::new(503, "<html>"));
    let client = client(&portal);
    client.logout().access_token(portal.access_token()).send().await.expect("the third attempt works");
    let requests = portal.requests();
    let numbers: Vec<_> = requests.iter().filter_map(|request| request.header("amz-sdk-request")).collect();
    assert_eq!(numbers, ["attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"]);
    let ids: std::collections::HashSet<_> =
        requests.iter().map(|request| request.header("amz-sdk-invocation-id")).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(portal.connections(), 1, "a retry keeps the connection");
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn tls_by_http_2_with_one_connection() {
    let portal =
        Portal::builder().account("1", "dev", "d@example.com", ["Admin"]).tls().start().await.expect("started");
    assert!(portal.endpoint_url().starts_with("https://"));
    let client = client(&portal);
    for _ in 0..20 {
        let output = client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
        assert_eq!(output.account_list().len(), 1);
    }
    client.logout().access_token(portal.access_token()).send().await.expect("logged out");
    let requests = portal.requests();
    assert!(requests.iter().all(|request| request.version == "HTTP/2.0"), "{requests:?}");
    assert_eq!(requests[20].header("content-length"), Some("0"));
    assert_eq!(portal.connections(), 1);
}

#[tokio::test]
async fn tls_by_http_1_where_the_server_has_nothing_newer() {
    let portal = Portal::builder().account("1", "dev", "d@example.com", ["Admin"]).tls_http1().start().await;
    let portal = portal.expect("started");
    let client = client(&portal);
    for _ in 0..3 {
        let output = client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
        assert_eq!(output.account_list().len(), 1);
    }
    assert!(portal.requests().iter().all(|request| request.version == "HTTP/1.1"));
    assert_eq!(portal.connections(), 1);
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let portal = Portal::builder().tls().start().await.expect("started");
    // The same machine by another address, which the certificate does not name.
    let url = portal.endpoint_url().replace("127.0.0.1", "[::ffff:127.0.0.1]");
    if std::net::TcpStream::connect(url.trim_start_matches("https://")).is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    let config = portal.config().endpoint_url(url).build();
    let error = Client::from_conf(config).list_accounts().access_token("t").send().await.expect_err("another host");
    let text = error.to_string();
    assert!(matches!(&error, SdkError::DispatchFailure(failure) if failure.is_other()), "{error:?}");
    assert!(text.contains("not valid for name") && text.ends_with("1 attempt)"), "{text}");
    assert_eq!(portal.requests(), []);
}

#[tokio::test]
async fn a_certificate_of_nobody_known_is_refused_once() {
    let portal = Portal::builder().tls().start().await.expect("started");
    let other = Portal::builder().tls().start().await.expect("started");
    let http = HyperClient::builder().trust_only_pem(other.ca_pem().expect("TLS")).build();
    let client = Client::from_conf(Config::builder().endpoint_url(portal.endpoint_url()).http_client(http).build());
    let error = client.list_accounts().access_token("SECRET").send().await.expect_err("not trusted");
    let text = error.to_string();
    assert!(matches!(&error, SdkError::DispatchFailure(failure) if failure.is_other()), "{error:?}");
    assert!(text.contains("UnknownIssuer") && text.contains("1 attempt)"), "{text}");
    assert!(!format!("{error:?}").contains("SECRET"));
    assert_eq!(portal.requests(), []);
}

#[tokio::test]
async fn trust_in_nothing_is_told() {
    let portal = Portal::builder().tls().start().await.expect("started");
    let http = HyperClient::builder().trust_only_pem("no certificate").build();
    let client = Client::from_conf(Config::builder().endpoint_url(portal.endpoint_url()).http_client(http).build());
    let text = client.list_accounts().access_token("t").send().await.expect_err("no roots").to_string();
    assert!(text.contains("holds no certificate"), "{text}");
}

#[tokio::test]
async fn a_region_leads_to_its_host() {
    let requests = |config: sso_client::config::Builder| async {
        let replay = sso_client::test_util::ReplayClient::new([http::Response::new("{}")]);
        let client = Client::from_conf(config.http_client(replay.clone()).build());
        client.list_accounts().access_token("t").send().await.map(|_| replay.requests()[0].uri().to_string())
    };
    let region = |name: &'static str| Config::builder().region(Region::from_static(name));
    for (config, host) in [
        (region("eu-west-1"), "portal.sso.eu-west-1.amazonaws.com"),
        (region("eu-west-1").use_fips(true), "portal.sso-fips.eu-west-1.amazonaws.com"),
        (region("us-gov-west-1").use_fips(true), "portal.sso.us-gov-west-1.amazonaws.com"),
        (region("eusc-de-east-1").use_dual_stack(true), "portal.sso.eusc-de-east-1.api.amazonwebservices.eu"),
    ] {
        let uri = requests(config).await.expect("sent");
        assert_eq!(uri, format!("https://{host}/assignment/accounts"));
    }
    for (config, detail) in [
        (Config::builder(), "Missing Region; set one with"),
        (region("us_east_1"), "\"us_east_1\" is no region"),
        (region("evil.example.com/"), "is no region"),
        (region("123"), "is no region"),
        (Config::builder().endpoint_url("http://127.0.0.1:99999"), "\"99999\" is no port"),
        (region("eu-west-1").endpoint_url("https://h").use_fips(true), "FIPS and custom endpoint are not supported"),
        (Config::builder().endpoint_url("portal.example.com"), "it has no scheme or no host"),
    ] {
        let text = requests(config).await.expect_err(detail).to_string();
        assert!(text.starts_with("ListAccounts: ") && text.contains(detail), "{text}");
    }
}

#[test]
fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::from_conf(Config::builder().region(Region::from_static("eu-west-1")).build());
    let mut call = Box::pin(client.list_accounts().access_token("t").send());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = Future::poll(call.as_mut(), &mut context) else {
        panic!("an error at once");
    };
    assert!(error.to_string().contains("inside a Tokio runtime"), "{error}");
}

#[tokio::test]
async fn retries_can_be_turned_off() {
    let portal = portal().await;
    portal.respond_next(CannedResponse::new(500, ""));
    let config = portal.config().retry_config(RetryConfig::disabled()).build();
    let error = Client::from_conf(config).logout().access_token("t").send().await.expect_err("one attempt");
    assert!(error.to_string().contains("HTTP 500, 1 attempt"), "{error}");
    assert_eq!(portal.requests().len(), 1);
}

#[tokio::test]
async fn the_user_agent_says_who_calls() {
    let replay = sso_client::test_util::ReplayClient::new([http::Response::new("{}"), http::Response::new("{}")]);
    let config = Config::builder()
        .endpoint_url("http://portal.test")
        .http_client(replay.clone())
        .app_name(sso_client::config::AppName::new("my-app").expect("valid"));
    let client = Client::from_conf(config.build());
    client.list_accounts().access_token("t").send().await.expect("sent");
    let other = Config::builder().app_name(sso_client::config::AppName::new("other").expect("valid"));
    client.list_accounts().access_token("t").customize().config_override(other).send().await.expect("sent");
    let requests = replay.requests();
    let agent = |index: usize| requests[index].headers()["user-agent"].to_str().expect("ASCII").to_owned();
    let front = format!("sso-client/{} ua/2.1 api/sso#2019-06-10 os/", sso_client::meta::PKG_VERSION);
    assert!(agent(0).starts_with(&front) && agent(0).ends_with(" lang/rust m/E,N app/my-app"), "{}", agent(0));
    assert!(agent(1).ends_with(" app/other"), "{}", agent(1));
}
