//! What errors offer besides their line: accessors, hints, details and `Debug`.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use sso_client::config::http::{BoxFuture, ConnectorError, HttpClient, HyperClient, TransportResult};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::{TimeoutConfig, TimeoutKind};
use sso_client::config::{Builder, Region};
use sso_client::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use sso_client::operation::RequestId;
use sso_client::operation::list_accounts::ListAccountsError;
use sso_client::runtime::http::RequestBody;
use sso_client::runtime::test_util::FakeClock;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};
use test_support::servers::{refused_address, silent_listener};

type Error = SdkError<ListAccountsError>;

/// Half past three on a day in 2026.
const NOW: Duration = Duration::from_secs(1_795_318_200);

async fn fails(mut config: Builder) -> Error {
    // Elapsed times are those of Tokio's clock, so that retries have to sleep on it.
    config.set_clock(Some(Arc::new(FakeClock::at(UNIX_EPOCH + NOW).with_tokio_sleep())));
    let call = Client::from_conf(config.build()).list_accounts().access_token("SECRET").send();
    call.await.expect_err("a failure")
}

fn replay(responses: impl IntoIterator<Item = http::response::Builder>, body: &'static str) -> Builder {
    let responses = responses.into_iter().map(|response| response.body(body).expect("a response"));
    Config::builder().endpoint_url("https://portal.test").http_client(ReplayClient::new(responses))
}

fn response(status: u16) -> http::response::Builder {
    http::Response::builder().status(status)
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_known_of_an_answer() {
    let answers = [response(500), response(503), response(401)].map(|response| {
        response
            .header("x-amzn-requestid", "id-1")
            .header("x-amz-id-2", "second\tid")
            .header("x-amzn-errortype", "UnauthorizedException")
    });
    let error = fails(replay(answers, r#"{"message":"Session token not found or invalid"}"#)).await;
    let check = |error: &dyn ProvideErrorMetadata| {
        assert_eq!(error.attempts(), 3);
        assert_eq!(error.elapsed(), Some(Duration::from_millis(150)));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
        assert_eq!(error.request_id(), Some("id-1"));
        assert_eq!(error.extended_request_id(), Some("second\tid"));
        assert_eq!(error.code(), Some("UnauthorizedException"));
        assert!(!error.is_retryable());
        assert!(error.hint().is_some_and(|hint| hint.contains("sign in again")), "{:?}", error.hint());
    };
    check(&error);
    let line = "ListAccounts: UnauthorizedException: Session token not found or invalid (HTTP 401, request id id-1, 3 attempts)";
    let details = format!(
        "{line}\n  hint: {}\n  attempts: 3, 150ms in all\n  status: 401 Unauthorized\n  request id: id-1\n  extended request id: second id",
        error.hint().unwrap_or_default()
    );
    let debug = format!("{error:?}");
    let texts = (error.to_string(), format!("{error:#}"), error.details().to_string());
    assert_eq!(texts, (line.to_owned(), line.to_owned(), details.clone()));
    assert!(debug.contains("sign in again") && debug.contains("attempts: 3") && debug.contains("150ms"), "{debug}");
    let error = error.into_service_error();
    check(&error);
    // The call is told by the `SdkError` and by the crate's error, of which this is a part.
    let part = "UnauthorizedException: Session token not found or invalid";
    assert_eq!((error.to_string(), format!("{error:#}")), (part.to_owned(), part.to_owned()));
    assert_eq!(error.details().to_string(), details.replace(line, part));
    let error = sso_client::Error::from(error);
    check(&error);
    let texts = (error.to_string(), format!("{error:#}"), error.details().to_string());
    assert_eq!(texts, (line.to_owned(), line.to_owned(), details.clone()));
    // What `main` prints when it returns the error.
    assert_eq!(format!("{error:?}"), details);
}

#[tokio::test]
async fn everything_that_is_known_of_a_failure_survives_unwrapping() {
    let url = format!("http://{}", refused_address());
    let retries = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(1));
    let error = fails(Config::builder().endpoint_url(url).retry_config(retries)).await;
    let (line, details, hint) = (error.to_string(), error.details().to_string(), error.hint().map(str::to_owned));
    assert!(hint.as_ref().is_some_and(|hint| hint.starts_with("nothing listens there")), "{hint:?}");
    assert!(error.is_retryable());
    let lines: Vec<_> = details.lines().collect();
    assert_eq!(lines[0], line);
    assert_eq!(lines[1], format!("  hint: {}", hint.clone().unwrap_or_default()));
    assert!(lines[2].starts_with("  attempts: 2, ") && lines[2].ends_with(" in all"), "{details}");
    assert!(lines[3..].iter().all(|line| line.starts_with("  cause: ")), "{details}");
    assert!(lines.last().is_some_and(|line| line.contains("Connection refused")), "{details}");

    let error = error.into_service_error();
    assert_eq!((error.attempts(), error.is_retryable(), error.hint().map(str::to_owned)), (2, true, hint.clone()));
    assert_eq!(error.to_string(), line);
    let details = error.details().to_string();
    assert!(details.starts_with(&format!("{line}\n  hint: ")), "{details}");
    let error = sso_client::Error::from(error);
    assert_eq!((error.attempts(), error.hint().map(str::to_owned), error.to_string()), (2, hint, line));
}

#[tokio::test]
async fn nothing_is_known_of_errors_without_a_call() {
    let error = ListAccountsError::generic(ErrorMetadata::builder().code("A").message("b").build());
    assert_eq!((error.attempts(), error.elapsed(), error.status(), error.hint()), (0, None, None, None));
    assert_eq!((error.extended_request_id(), error.is_retryable()), (None, false));
    assert_eq!((error.to_string(), format!("{error:#}")), ("A: b".to_owned(), "A: b".to_owned()));
    let error: Error = SdkError::timeout_error("too late");
    assert_eq!((error.timeout_kind(), error.attempts()), (None, 0));
}

#[tokio::test]
async fn what_is_wrong_before_anything_is_sent() {
    let region = |name: &'static str| Config::builder().region(Region::from_static(name));
    for (config, detail, hint) in [
        (Config::builder(), "there is no endpoint", "set the region"),
        (region("eu-west-1").endpoint_url("https://h.test").use_fips(true), "there is no endpoint", "FIPS"),
        (region("eu west"), "is no region", ""),
        (Config::builder().endpoint_url("h"), "the endpoint URL cannot be used", ""),
    ] {
        let error = fails(config).await;
        assert!(matches!(error, SdkError::ConstructionFailure(_)), "{error:?}");
        assert!(error.to_string().contains(detail) && error.to_string().ends_with("(nothing was sent)"), "{error}");
        assert!(
            error.hint().unwrap_or_default().contains(hint) && error.hint().is_some() != hint.is_empty(),
            "{}",
            error.details()
        );
        assert_eq!((error.attempts(), error.elapsed(), error.is_retryable()), (0, Some(Duration::ZERO), false));
    }
}

/// Account and role are named by operations that have them.
#[tokio::test]
async fn hints_name_what_was_asked_for() {
    let client = || {
        let config =
            replay([response(403).header("x-amzn-errortype", "ForbiddenException")], r#"{"message":"No access"}"#);
        Client::from_conf(config.build())
    };
    let hint = |error: &dyn ProvideErrorMetadata| error.hint().unwrap_or_default().to_owned();
    let roles = client().list_account_roles().account_id("1").access_token("t").send().await.expect_err("forbidden");
    let credentials = client().get_role_credentials().account_id("1").role_name("r").access_token("t").send().await;
    let accounts = client().list_accounts().access_token("t").send().await.expect_err("forbidden");
    let logout = client().logout().access_token("t").send().await.expect_err("forbidden");
    let assigned = "what is asked for may not exist, or not be assigned to this user: check the";
    let nothing = "what is asked for may not exist, or not be assigned to this user";
    for (found, expected) in [
        (hint(&credentials.expect_err("forbidden")), format!("{assigned} role name and the account id")),
        (hint(&roles), format!("{assigned} account id")),
        (hint(&accounts), nothing.to_owned()),
        (hint(&logout), nothing.to_owned()),
    ] {
        assert_eq!(found, expected);
    }
}

/// A transport that never answers.
#[derive(Debug)]
struct Silent;

impl HttpClient for Silent {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn each_limit_has_an_error_of_its_own() {
    let second = Duration::from_secs(1);
    let silent = |timeouts: TimeoutConfig| {
        let config = Config::builder().endpoint_url("https://portal.test").http_client(Silent);
        fails(config.timeout_config(timeouts))
    };
    let limits = TimeoutConfig::builder;
    for (timeouts, kind, detail, attempts) in [
        (limits().read_timeout(second), TimeoutKind::Read, "no response came within 1s", 3),
        (limits().operation_attempt_timeout(second), TimeoutKind::Attempt, "the attempt did not end within 1s", 3),
        (limits().operation_timeout(second), TimeoutKind::Operation, "the operation did not end within 1s", 1),
        // By default, silence ends a call as well.
        (limits(), TimeoutKind::Read, "no response came within 60s", 3),
    ] {
        let started = tokio::time::Instant::now();
        let error = silent(timeouts.build()).await;
        assert_eq!((error.timeout_kind(), error.attempts()), (Some(kind), attempts), "{error}");
        assert!(error.to_string().contains(detail), "{error}");
        assert_eq!(error.elapsed(), Some(started.elapsed()), "{error}");
        assert!(error.is_retryable() && error.hint().is_some(), "{error}");
        match (&error, kind) {
            (SdkError::DispatchFailure(failure), TimeoutKind::Read) => {
                assert!(failure.is_timeout());
                assert_eq!(failure.timeout_kind(), Some(kind));
            }
            (SdkError::TimeoutError(failure), _) => assert_eq!(failure.kind(), Some(kind)),
            _ => panic!("{error:?}"),
        }
        assert_eq!(error.into_service_error().attempts(), attempts);
    }
    // What a transport keeps limits on itself is connecting.
    let replay = ReplayClient::with_failures([Err::<http::Response<&str>, _>(ConnectorError::timeout("slow".into()))]);
    let config = Config::builder().endpoint_url("https://portal.test").http_client(replay);
    let error = fails(config.retry_config(RetryConfig::disabled())).await;
    assert_eq!(error.timeout_kind(), Some(TimeoutKind::Connect));
    let other = ReplayClient::with_failures([Err::<http::Response<&str>, _>(ConnectorError::other("odd".into()))]);
    let error = fails(Config::builder().endpoint_url("https://portal.test").http_client(other)).await;
    assert_eq!((error.timeout_kind(), error.is_retryable(), error.hint()), (None, false, None));
}

#[tokio::test]
async fn clocks_that_are_apart_are_told_of() {
    for (date, code, hint) in [
        // Half past three, and three hours later.
        ("Sun, 22 Nov 2026 03:30:00 GMT", "InvalidRequestException", None),
        ("Sun, 22 Nov 2026 06:30:00 GMT", "InvalidRequestException", Some("180 minutes behind the server's")),
        ("Sun, 22 Nov 2026 03:20:00 GMT", "InvalidRequestException", Some("10 minutes ahead of the server's")),
        (
            "Sun, 22 Nov 2026 03:20:00 GMT",
            "UnauthorizedException",
            Some("sign in again, and check the region; besides, "),
        ),
        ("nonsense", "RequestTimeTooSkewed", Some("this computer's clock may be wrong")),
    ] {
        let answer = response(400).header("date", date).header("x-amzn-errortype", code);
        let error = fails(replay([answer], "{}")).await;
        assert_eq!(error.hint().is_some(), hint.is_some(), "{}", error.details());
        assert!(error.hint().unwrap_or_default().contains(hint.unwrap_or_default()), "{}", error.details());
    }
}

/// Sends every request to this host instead.
#[derive(Debug)]
struct SentTo(String);

impl HttpClient for SentTo {
    fn call(&self, mut request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        *request.uri_mut() = format!("http://{}/", self.0).parse().expect("a URL");
        HyperClient::default().call(request)
    }
}

#[tokio::test]
async fn a_host_that_is_not_found_gets_a_hint_about_fips() {
    // Resolvers refuse labels of more than 63 characters without a query.
    let host = format!("{}.invalid", "a".repeat(64));
    for (fips, hint) in [(true, "FIPS"), (false, "check the region's spelling")] {
        let config = Config::builder().region(Region::from_static("eu-west-1")).use_fips(fips);
        let config = config.http_client(SentTo(host.clone())).retry_config(RetryConfig::disabled());
        let error = fails(config).await;
        assert!(error.hint().is_some_and(|text| text.contains(hint)), "{}", error.details());
    }
}

#[derive(Debug)]
struct Failing(fn() -> ConnectorError);

impl HttpClient for Failing {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let error = (self.0)();
        Box::pin(async { Err(error) })
    }
}

#[tokio::test]
async fn errors_of_other_transports_get_hints_by_their_sources() {
    let untrusted: fn() -> ConnectorError =
        || ConnectorError::other(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer).into());
    let refused: fn() -> ConnectorError =
        || ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
    for (transport, hint) in [(untrusted, "an authority that is trusted"), (refused, "nothing listens there")] {
        let error = fails(Config::builder().endpoint_url("https://portal.test").http_client(Failing(transport))).await;
        assert!(error.hint().is_some_and(|text| text.contains(hint)), "{}", error.details());
    }
}

#[tokio::test]
async fn the_limit_on_bodies_can_be_set_for_a_client_and_for_a_call() {
    let two = || replay([response(200), response(200)], r#"{"accountList":[]}"#);
    let client = Client::from_conf(two().max_response_body(10).build());
    assert_eq!(client.config().max_response_body(), 10);
    assert_eq!(Config::builder().build().max_response_body(), 16 * 1024 * 1024);
    let call = || client.list_accounts().access_token("t");
    let error = call().send().await.expect_err("too large");
    assert!(matches!(error, SdkError::ResponseError(_)) && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("larger than 10 bytes") && error.attempts() == 1, "{error}");
    let more = Config::builder().max_response_body(1000);
    call().customize().config_override(more).send().await.expect("it fits");
}

#[tokio::test]
async fn no_text_of_an_error_holds_the_token() {
    let listener = silent_listener();
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_millis(50)).build();
    let silent = Config::builder().endpoint_url(&url).timeout_config(timeouts).http_client(HyperClient::default());
    for config in [silent, Config::builder(), replay([response(401)], r#"{"__type":"UnauthorizedException"}"#)] {
        let error = fails(config.retry_config(RetryConfig::disabled())).await;
        let mut text = format!("{error} {} {error:?} {error:#?}", error.details());
        let error = sso_client::Error::from(error);
        text.push_str(&format!("{error} {} {error:?} {error:#?}", error.details()));
        assert!(!text.contains("SECRET"), "{text}");
    }
}
