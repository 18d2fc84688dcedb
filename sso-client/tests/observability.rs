//! Spans and events of `tracing`, and reports of attempts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sso_client::config::http::{BoxFuture, HttpClient, RequestBody, TransportResult};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::{TimeoutConfig, TimeoutKind};
use sso_client::config::{AttemptOutcome, AttemptReport, Builder};
use sso_client::error::ProvideErrorMetadata as _;
use sso_client::test_util::{CannedResponse, Portal};
use sso_client::{Client, Config};
use test_support::Written;
use test_support::servers::{ScriptedServer, Step, send, silent_listener};
use tracing::Level;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::fmt::format::FmtSpan;

const TOKEN: &str = "TOKEN-that-must-not-be-seen";
const KEY: &str = "KEY-that-must-not-be-seen";

/// Held by every test here: `tracing` remembers for each place in the code whether anybody listens, and
/// places that are reached for the first time while another thread's subscriber comes or goes may be
/// remembered wrongly.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What is written at a level and above while a future runs, with its output.
async fn traced<T>(level: Level, future: impl Future<Output = T>) -> (String, T) {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let output = future.with_subscriber(subscriber).await;
    (written.text(), output)
}

async fn portal() -> Portal {
    Portal::builder()
        .account("111122223333", "dev", "d@example.com", ["Admin"])
        .access_token(TOKEN)
        .start()
        .await
        .expect("started")
}

/// Without waits between attempts.
fn quick(config: Builder) -> Config {
    config.retry_config(RetryConfig::standard().with_initial_backoff(Duration::ZERO)).build()
}

fn line<'t>(text: &'t str, what: &[&str]) -> &'t str {
    let found = text.lines().find(|line| what.iter().all(|what| line.contains(what)));
    found.unwrap_or_else(|| panic!("no line with {what:?} in\n{text}"))
}

/// The line at the end of a call's own span.
fn call_span<'t>(text: &'t str, operation: &str) -> &'t str {
    let end = format!("rpc.method=\"{operation}\"");
    let found = text.lines().find(|line| line.ends_with("close") && line.contains(&end) && !line.contains("attempt{"));
    found.unwrap_or_else(|| panic!("no span of {operation} in\n{text}"))
}

#[tokio::test]
async fn a_call_that_is_retried_is_told_step_by_step() {
    let _alone = ALONE.lock().await;
    let portal = portal().await;
    portal.respond_next(CannedResponse::new(503, "").header("x-amzn-requestid", "first-id"));
    let client = Client::from_conf(quick(portal.config()));
    let call = client.get_role_credentials().account_id("111122223333").role_name("Admin").access_token(TOKEN);
    let (text, output) = traced(Level::DEBUG, call.send()).await;
    output.expect("credentials");

    // The call, with the attributes of OpenTelemetry, and its attempts in it.
    let call = call_span(&text, "GetRoleCredentials");
    for part in
        ["otel.name=SSO.GetRoleCredentials", "otel.kind=\"client\"", "rpc.system=\"aws-api\"", "rpc.service=\"SSO\""]
    {
        assert!(call.contains(part), "{part} in {call}");
    }
    assert!(!call.contains("otel.status_code=") && !call.contains("error.type="), "it ended well: {call}");
    let first = line(&text, &["close", "http.request.resend_count=0"]);
    for part in
        ["call{", "attempt{", "http.request.method=\"GET\"", "server.address=\"127.0.0.1\"", "url.scheme=\"http\""]
    {
        assert!(first.contains(part), "{part} in {first}");
    }
    assert!(
        first.contains("http.response.status_code=503") && first.contains("aws.request_id=\"first-id\""),
        "{first}"
    );
    assert!(first.contains("error.type=503"), "{first}");
    let second = line(&text, &["close", "http.request.resend_count=1"]);
    assert!(second.contains("http.response.status_code=200") && !second.contains("error.type"), "{second}");

    // What happened in between.
    line(&text, &["endpoint resolved", "endpoint=http://127.0.0.1:"]);
    line(&text, &["retry", "reason=Transient", "delay=0ns"]);
    assert_eq!(text.matches(": response ").count(), 2, "{text}");
    assert!(!text.contains("headers"), "those are at TRACE");
}

#[tokio::test]
async fn how_calls_fail_stands_in_their_spans() {
    let _alone = ALONE.lock().await;
    let portal = portal().await;
    let client = Client::from_conf(quick(portal.config()));
    portal.respond_next(
        CannedResponse::new(401, r#"{"message":"Session token not found or invalid"}"#)
            .header("x-amzn-errortype", "UnauthorizedException")
            .header("x-amzn-requestid", "an-id")
            .header("x-amz-id-2", "more"),
    );
    let (text, _) = traced(Level::DEBUG, client.logout().access_token(TOKEN).send()).await;
    let call = call_span(&text, "Logout");
    for part in [
        "otel.status_code=\"ERROR\"",
        "error.type=\"UnauthorizedException\"",
        "http.response.status_code=401",
        "aws.request_id=\"an-id\"",
        "aws.extended_request_id=\"more\"",
    ] {
        assert!(call.contains(part), "{part} in {call}");
    }

    let nowhere = Client::from_conf(quick(Config::builder().endpoint_url("http://127.0.0.1:1")));
    let (text, _) = traced(Level::DEBUG, nowhere.logout().access_token(TOKEN).send()).await;
    assert_eq!(text.matches("no response").count(), 3, "{text}");
    assert!(call_span(&text, "Logout").contains("error.type=\"dispatch_failure\""), "{text}");

    let (text, _) = traced(Level::DEBUG, client.logout().send()).await;
    assert_eq!(text, "", "a call that is not complete is none");

    portal.respond_next(CannedResponse::new(200, "<html>"));
    let (text, _) = traced(Level::DEBUG, client.list_accounts().access_token(TOKEN).send()).await;
    assert!(call_span(&text, "ListAccounts").contains("error.type=\"response_error\""), "{text}");
}

#[tokio::test]
async fn nothing_is_said_above_debug_and_no_secret_at_all() {
    let _alone = ALONE.lock().await;
    let session = async |level| {
        let portal = portal().await;
        let client = Client::from_conf(quick(portal.config()));
        let body = format!(r#"{{"roleCredentials":{{"secretAccessKey":"{KEY}","sessionToken":"{KEY}"}}}}"#);
        portal.respond_next(CannedResponse::new(500, ""));
        portal.respond_next(CannedResponse::new(200, body).header("x-of-the-service", KEY));
        let call = client.get_role_credentials().account_id("111122223333").role_name("Admin").access_token(TOKEN);
        let customized = call.clone().customize().mutate_request(|request| {
            request.headers_mut().insert("authorization", KEY).expect("a header");
        });
        let (mut text, output) = traced(level, customized.send()).await;
        output.expect("credentials");
        for (status, body) in [(401, KEY), (200, KEY), (429, KEY)] {
            portal.respond_next(CannedResponse::new(status, body));
            text += &traced(level, call.clone().send()).await.0;
        }
        text += &traced(
            level,
            client.list_accounts().access_token(TOKEN).into_paginator().items().send().collect::<Vec<_>>(),
        )
        .await
        .0;
        text += &traced(level, client.logout().access_token(format!("{TOKEN}\n")).send()).await.0;
        text
    };
    assert_eq!(session(Level::INFO).await, "");
    let text = session(Level::TRACE).await;
    let leaked = text.lines().find(|line| line.contains("must-not-be-seen"));
    assert_eq!(leaked, None);
    assert!(text.contains("url.full="), "URLs are shown");
    // The headers are there, those of the service and the caller without what they hold.
    line(&text, &["request", "\"authorization\": *** Sensitive Data Redacted ***", "amz-sdk-invocation-id"]);
    line(&text, &["response headers", "\"x-of-the-service\": *** Sensitive Data Redacted ***"]);
    line(&text, &["url.full=http://127.0.0.1", "/federation/credentials?role_name=Admin"]);
}

#[tokio::test]
async fn what_is_not_known_of_a_body_is_not_said() {
    let _alone = ALONE.lock().await;
    let head = "HTTP/1.1 200 OK\r\nx-amzn-requestid: an-id\r\ncontent-length: 9\r\n\r\n";
    let server = ScriptedServer::start([send(head), send("{"), Step::Close]);
    let config = Config::builder().endpoint_url(server.url()).retry_config(RetryConfig::disabled());
    let client = Client::from_conf(config.build());
    let (text, outcome) = traced(Level::DEBUG, client.logout().access_token(TOKEN).send()).await;
    outcome.expect_err("a body that breaks off");
    let attempt = line(&text, &["close", "attempt{"]);
    for part in ["http.response.status_code=200", "aws.request_id=\"an-id\"", "error.type=response_error"] {
        assert!(attempt.contains(part), "{part} in {attempt}");
    }
    assert!(!attempt.contains("body.size"), "{attempt}");
}

#[tokio::test]
async fn a_hook_that_panics_while_something_else_does_ends_no_process() {
    let _alone = ALONE.lock().await;
    let portal = portal().await;
    let hooked = portal.config().on_attempt(|_| panic!("of the hook"));
    let client = Client::from_conf(hooked.http_client(Panics).build());
    let ended = tokio::spawn(client.logout().access_token(TOKEN).send()).await.expect_err("a panic");
    assert_eq!(ended.into_panic().downcast_ref::<&str>(), Some(&"of the transport"));
}

/// A transport with a fault of its own.
#[derive(Debug)]
struct Panics;

impl HttpClient for Panics {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        Box::pin(async { panic!("of the transport") })
    }
}

/// The attempt reports that a hook received, as text.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Reports {
    fn config(&self, config: Builder) -> Builder {
        let reports = self.clone();
        config.on_attempt(move |report: &AttemptReport<'_>| {
            let AttemptReport { service, operation, attempt, outcome, .. } = report;
            let status = report.status.map_or(0, |status| status.as_u16());
            let bytes = report.response_bytes.map_or_else(|| "?".to_owned(), |bytes| bytes.to_string());
            let code = report.error_code.unwrap_or("-");
            assert_eq!(report.request_bytes, Some(0));
            reports
                .0
                .lock()
                .expect("not poisoned")
                .push(format!("{service}.{operation} {attempt}: {outcome} {status} {code} {bytes}"));
        })
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

#[tokio::test]
async fn every_attempt_is_reported_once() {
    let _alone = ALONE.lock().await;
    let (portal, reports) = (portal().await, Reports::default());
    let client = Client::from_conf(quick(reports.config(portal.config())));
    portal.respond_next(CannedResponse::new(429, r#"{"code":"TooManyRequestsException"}"#));
    portal.respond_next(CannedResponse::new(500, ""));
    portal.respond_next(CannedResponse::new(200, r#"{"accountList":[]}"#));
    client.list_accounts().access_token(TOKEN).send().await.expect("accounts");
    assert_eq!(
        reports.take(),
        [
            "SSO.ListAccounts 1: service_error 429 TooManyRequestsException 35",
            "SSO.ListAccounts 2: service_error 500 - 0",
            "SSO.ListAccounts 3: success 200 - 18",
        ]
    );
    let overridden = Reports::default();
    portal.respond_next(CannedResponse::new(200, "{}"));
    let call = client.list_accounts().access_token(TOKEN).customize();
    call.config_override(overridden.config(Config::builder())).send().await.expect("accounts");
    assert_eq!((reports.take().len(), overridden.take().len()), (0, 1), "a call may have a hook of its own");

    let nowhere =
        reports.config(Config::builder().endpoint_url("http://127.0.0.1:1")).retry_config(RetryConfig::disabled());
    Client::from_conf(nowhere.build()).logout().access_token(TOKEN).send().await.expect_err("refused");
    assert_eq!(reports.take(), ["SSO.Logout 1: dispatch_failure 0 - ?"]);
}

#[tokio::test]
async fn attempts_that_end_early_are_reported_too() {
    let _alone = ALONE.lock().await;
    let reports = Reports::default();
    let server = silent_listener();
    let silent = format!("http://{}", server.local_addr().expect("an address"));
    let config = |timeouts: TimeoutConfig| {
        let config = reports.config(Config::builder().endpoint_url(&silent));
        Client::from_conf(config.timeout_config(timeouts).retry_config(RetryConfig::disabled()).build())
    };
    let limit = Duration::from_millis(50);
    let client = config(TimeoutConfig::builder().operation_attempt_timeout(limit).build());
    client.logout().access_token(TOKEN).send().await.expect_err("too slow");
    assert_eq!(reports.take(), ["SSO.Logout 1: timeout 0 - ?"]);
    let client = config(TimeoutConfig::builder().read_timeout(limit).build());
    client.logout().access_token(TOKEN).send().await.expect_err("too slow");
    assert_eq!(reports.take(), ["SSO.Logout 1: timeout 0 - ?"]);
    let client = config(TimeoutConfig::builder().operation_timeout(limit).build());
    client.logout().access_token(TOKEN).send().await.expect_err("too slow");
    assert_eq!(reports.take(), ["SSO.Logout 1: given_up 0 - ?"]);
    let call = client.logout().access_token(TOKEN).send();
    assert!(tokio::time::timeout(limit / 2, call).await.is_err());
    assert_eq!(reports.take(), ["SSO.Logout 1: given_up 0 - ?"]);
    assert_eq!(AttemptOutcome::Timeout(TimeoutKind::Read).to_string(), "timeout");
}

/// Users filter by the crate's name, wherever the runtime's own code lies.
#[tokio::test]
async fn targets_and_texts_name_this_crate_alone() {
    let _alone = ALONE.lock().await;
    let portal = portal().await;
    portal.respond_next(CannedResponse::new(503, ""));
    let client = Client::from_conf(quick(portal.config()));
    let call = client.get_role_credentials().account_id("111122223333").role_name("Admin").access_token(TOKEN);
    let (text, output) = traced(Level::TRACE, call.send()).await;
    output.expect("credentials");
    // The target follows the spans; other crates trace within ours.
    let own = text.lines().filter(|line| line.contains("}: sso_client::generated::sso::client: "));
    assert!(own.count() > 8, "{text}");

    let refused = Client::from_conf(Config::builder().endpoint_url("http://127.0.0.1:1").build());
    let error = refused.list_accounts().access_token(TOKEN).send().await.expect_err("refused");
    let unset = refused.list_accounts().send().await.expect_err("no token");
    for text in [
        text,
        format!("{error} {} {error:?}", error.details()),
        format!("{unset} {} {unset:?}", unset.details()),
        format!("{client:?} {:?} {:?}", client.config(), client.list_accounts()),
        format!("{:?}", portal.requests().last().map(|request| request.header("user-agent").map(str::to_owned))),
    ] {
        for name in ["smithy_client_runtime", "smithy-client-runtime"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
}
