//! Tests of errors: which responses and network failures become which variant, and what the error text says.

use std::time::Duration;

use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use sso_client::operation::RequestId;
use sso_client::operation::get_role_credentials::{GetRoleCredentialsError, GetRoleCredentialsOutput};
use sso_client::operation::logout::LogoutError;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};
use test_support::servers::{ScriptedServer, Step, refused_address, send};

type Error = SdkError<GetRoleCredentialsError>;

fn client(replay: &ReplayClient) -> Client {
    let config = Config::builder().endpoint_url("http://portal.test").http_client(replay.clone());
    Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

async fn get(client: &Client) -> Result<GetRoleCredentialsOutput, Error> {
    client.get_role_credentials().role_name("Admin").account_id("111122223333").access_token("TOKEN").send().await
}

/// The result of one canned response.
async fn answered(
    status: u16,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Result<GetRoleCredentialsOutput, Error> {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    get(&client(&ReplayClient::new([response.body(body).expect("a response")]))).await
}

/// The variant of an error, by name.
fn variant(error: &Error) -> &'static str {
    match error {
        SdkError::ConstructionFailure(_) => "construction",
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "dispatch",
        SdkError::ResponseError(_) => "response",
        SdkError::ServiceError(context) => match context.err() {
            GetRoleCredentialsError::InvalidRequestException(_) => "InvalidRequest",
            GetRoleCredentialsError::ResourceNotFoundException(_) => "ResourceNotFound",
            GetRoleCredentialsError::TooManyRequestsException(_) => "TooManyRequests",
            GetRoleCredentialsError::UnauthorizedException(_) => "Unauthorized",
            _ => "unhandled",
        },
        _ => "new",
    }
}

#[tokio::test]
async fn error_responses() {
    const TYPE: &str = "x-amzn-errortype";
    const ID: (&str, &str) = ("x-amzn-requestid", "id-1");
    type Case = (
        u16,
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
        &'static str,
    );
    let cases: &[Case] = &[
        // status, headers, body; variant, code, message, the line that `{}` prints
        (
            401,
            &[(TYPE, "UnauthorizedException"), ID],
            r#"{"message":"Session token not found or invalid","__type":"x"}"#,
            "Unauthorized",
            Some("UnauthorizedException"),
            Some("Session token not found or invalid"),
            "GetRoleCredentials: UnauthorizedException: Session token not found or invalid (HTTP 401, request id id-1, 1 attempt)",
        ),
        // What the live service says of a role that is not assigned; its model does not list it.
        (
            403,
            &[(TYPE, "ForbiddenException"), ID],
            r#"{"message":"No access"}"#,
            "unhandled",
            Some("ForbiddenException"),
            Some("No access"),
            "GetRoleCredentials: ForbiddenException: No access (HTTP 403, request id id-1, 1 attempt)",
        ),
        // The code decides, not the status.
        (
            418,
            &[],
            r#"{"code":"com.amazonaws.sso#UnauthorizedException:http://x/y#z","Message":"tea"}"#,
            "Unauthorized",
            Some("UnauthorizedException"),
            Some("tea"),
            "GetRoleCredentials: UnauthorizedException: tea (HTTP 418, 1 attempt)",
        ),
        (
            400,
            &[],
            r#"{"__type":"InvalidRequestException","code":"ResourceNotFoundException"}"#,
            "ResourceNotFound",
            Some("ResourceNotFoundException"),
            None,
            "GetRoleCredentials: ResourceNotFoundException (HTTP 400, 1 attempt)",
        ),
        (
            429,
            &[(TYPE, "TooManyRequestsException")],
            r#"{"errorMessage":"slow\ndown"}"#,
            "TooManyRequests",
            Some("TooManyRequestsException"),
            Some("slow\ndown"),
            "GetRoleCredentials: TooManyRequestsException: slow down (HTTP 429, 1 attempt)",
        ),
        // A body of no use takes nothing from the header.
        (
            401,
            &[(TYPE, "UnauthorizedException"), ID],
            "<html>no</html>",
            "Unauthorized",
            Some("UnauthorizedException"),
            None,
            "GetRoleCredentials: UnauthorizedException (HTTP 401, request id id-1, 1 attempt)",
        ),
        (
            403,
            &[(TYPE, "ForbiddenException")],
            "",
            "unhandled",
            Some("ForbiddenException"),
            None,
            "GetRoleCredentials: ForbiddenException (HTTP 403, 1 attempt)",
        ),
        (
            503,
            &[ID],
            "<!DOCTYPE html><h1>Service Unavailable</h1>",
            "unhandled",
            None,
            None,
            "GetRoleCredentials: an error without a code; the body is HTML or XML, not JSON: did a proxy or a sign-in page answer? (HTTP 503, request id id-1, 1 attempt)",
        ),
        (
            502,
            &[],
            "",
            "unhandled",
            None,
            None,
            "GetRoleCredentials: an error without a code; the body is empty (HTTP 502, 1 attempt)",
        ),
        (
            500,
            &[],
            r#"{"message":"oops"}"#,
            "unhandled",
            None,
            Some("oops"),
            "GetRoleCredentials: an error without a code: oops (HTTP 500, 1 attempt)",
        ),
        (
            400,
            &[],
            r#"{"code":42}"#,
            "unhandled",
            None,
            None,
            "GetRoleCredentials: an error without a code (HTTP 400, 1 attempt)",
        ),
        (
            400,
            &[],
            r#"[1]"#,
            "unhandled",
            None,
            None,
            "GetRoleCredentials: an error without a code; the body does not fit the model: expected an object, found an array at line 1 column 1 (HTTP 400, 1 attempt)",
        ),
        // Nobody follows redirects of this service.
        (
            302,
            &[("location", "http://elsewhere.test/")],
            "",
            "unhandled",
            None,
            None,
            "GetRoleCredentials: an error without a code; the body is empty (HTTP 302, 1 attempt)",
        ),
        // Nor does one that does not fit the model.
        (
            401,
            &[(TYPE, "UnauthorizedException")],
            r#"{"message":{"a":"b"}}"#,
            "Unauthorized",
            Some("UnauthorizedException"),
            None,
            "GetRoleCredentials: UnauthorizedException (HTTP 401, 1 attempt)",
        ),
    ];
    for (status, headers, body, expected, code, message, line) in cases {
        let error = answered(*status, headers, body).await.expect_err(line);
        assert_eq!(variant(&error), *expected, "{line}");
        assert_eq!((error.code(), error.message()), (*code, *message), "{line}");
        assert_eq!(error.to_string(), *line);
        assert_eq!(error.raw_response().map(|raw| raw.status().as_u16()), Some(*status));
        assert_eq!(error.request_id().is_some(), headers.contains(&ID), "{line}");
        // The crate's error tells the same story, the operation's its part of it.
        let raw = answered(*status, headers, body).await.expect_err(line);
        assert_eq!(sso_client::Error::from(raw).to_string(), *line);
        let part = error.into_service_error().to_string();
        assert!(line.starts_with(&format!("GetRoleCredentials: {part} (HTTP ")), "{part}");
    }
}

#[tokio::test]
async fn an_error_that_only_other_operations_list_is_unhandled() {
    let body = r#"{"__type":"ResourceNotFoundException","message":"gone"}"#;
    let replay = ReplayClient::new([http::Response::builder().status(404).body(body).expect("a response")]);
    let error = client(&replay).logout().access_token("t").send().await.expect_err("404").into_service_error();
    assert!(matches!(&error, LogoutError::Unhandled(_)), "{error:?}");
    assert_eq!((error.code(), error.message()), (Some("ResourceNotFoundException"), Some("gone")));
}

#[tokio::test]
async fn successes_that_are_none() {
    for (body, detail) in [
        ("<html>sign in</html>", "HTML or XML, not JSON"),
        ("nonsense", "the body is not JSON"),
        (r#"{"roleCredentials":{"accessKeyId":"A"#, "cut short"),
        (r#"{} trailing"#, "the body is not JSON"),
        ("null", "expected an object, found null"),
        ("[]", "expected an object, found an array"),
        (r#"{"roleCredentials":"x"}"#, "roleCredentials: expected an object, found a string"),
        (r#"{"roleCredentials":{"expiration":"SECRET"}}"#, "expiration: expected a whole number"),
    ] {
        let error = answered(200, &[("x-amzn-requestid", "id-2")], body).await.expect_err(body);
        assert_eq!(variant(&error), "response", "{body}");
        let text = error.to_string();
        assert!(
            text.starts_with("GetRoleCredentials: the response cannot be used: ") && text.contains(detail),
            "{text}"
        );
        assert!(text.ends_with("(HTTP 200, request id id-2, 1 attempt)"), "{text}");
        assert!(!format!("{error:?}{text}").contains("SECRET"), "{text}");
        assert_eq!(error.request_id(), Some("id-2"));
    }
}

#[tokio::test]
async fn successes_that_say_little() {
    for body in ["", "{}", r#"{"roleCredentials":null}"#, r#"{"unknown":[{}]}"#] {
        let output = answered(200, &[], body).await.expect(body);
        assert_eq!(output.role_credentials(), None, "{body}");
    }
    let output = answered(202, &[("x-amzn-errortype", "Ignored")], r#"{"roleCredentials":{"accessKeyId":"A"}}"#).await;
    let credentials = output.expect("a success").role_credentials.expect("credentials");
    assert_eq!(
        (credentials.access_key_id(), credentials.secret_access_key(), credentials.expiration()),
        (Some("A"), None, 0)
    );
    // Logout reads no body, whatever is in it.
    for (status, body) in [(200, ""), (204, ""), (200, "{}"), (200, "<html>garbage")] {
        let replay = ReplayClient::new([http::Response::builder().status(status).body(body).expect("a response")]);
        client(&replay).logout().access_token("t").send().await.expect(body);
    }
}

#[tokio::test]
async fn failures_below_http() {
    // Only what stalls is waited for in vain; the rest has time on a busy machine too.
    let quick = || TimeoutConfig::builder().read_timeout(Duration::from_millis(300));
    let calm = || TimeoutConfig::builder().read_timeout(Duration::from_secs(20));
    for (script, timeouts, expected, detail, attempts) in [
        (None, calm(), "dispatch", "could not connect to 127.0.0.1: ", 3),
        (Some(vec![Step::Close]), calm(), "dispatch", "the exchange with 127.0.0.1 failed: ", 3),
        (Some(vec![send("SSH-2.0-OpenSSH\r\n"), Step::Close]), calm(), "dispatch", "invalid HTTP", 1),
        (
            Some(vec![send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"role"), Step::Close]),
            calm(),
            "response",
            "the body broke off",
            3,
        ),
        (
            Some(vec![send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"rol\r\n"), Step::Close]),
            calm(),
            "response",
            "the body broke off",
            3,
        ),
        (Some(vec![Step::Hold]), quick(), "dispatch", "no response came within 300ms", 3),
        (
            Some(vec![send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"), Step::Hold]),
            quick(),
            "timeout",
            "no more of the body came within 300ms",
            3,
        ),
        (
            Some(vec![Step::Hold]),
            calm().operation_timeout(Duration::from_millis(100)),
            "timeout",
            "the operation did not end within 100ms",
            1,
        ),
        (
            Some(vec![Step::Hold]),
            calm().operation_attempt_timeout(Duration::from_millis(100)),
            "timeout",
            "the attempt did not end within 100ms",
            3,
        ),
    ] {
        let server = script.map(ScriptedServer::start);
        let url = server.as_ref().map_or_else(|| format!("http://{}", refused_address()), ScriptedServer::url);
        let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        let config = Config::builder().endpoint_url(url).timeout_config(timeouts.build()).retry_config(retries).build();
        let error = get(&Client::from_conf(config)).await.expect_err(detail);
        let text = error.to_string();
        assert_eq!(variant(&error), expected, "{text}");
        let plural = if attempts == 1 { "1 attempt)".to_owned() } else { format!("{attempts} attempts)") };
        assert!(text.contains(detail) && text.ends_with(&plural), "{detail}: {text}");
        assert!(!format!("{error:?}{text}").contains("TOKEN"), "{text}");
    }
}

#[tokio::test]
async fn the_source_chain_ends_at_the_operating_system() {
    let url = format!("http://{}", refused_address());
    let config = Config::builder().endpoint_url(url).retry_config(RetryConfig::disabled()).build();
    let error = get(&Client::from_conf(config)).await.expect_err("refused");
    let mut last: &(dyn std::error::Error + 'static) = &error;
    while let Some(source) = last.source() {
        last = source;
    }
    let last = last.downcast_ref::<std::io::Error>().expect("an I/O error at the bottom");
    assert_eq!(last.kind(), std::io::ErrorKind::ConnectionRefused);
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    assert!(failure.is_io() && !failure.is_timeout());
    let text = error.to_string();
    assert_eq!(text.matches("Connection refused").count(), 1, "{text}");
    assert_eq!(DisplayErrorContext(&error).to_string(), text, "nothing is printed twice");
}

#[tokio::test]
async fn the_source_chain_leads_to_the_error_of_the_operation() {
    for (code, expired) in [("UnauthorizedException", true), ("ForbiddenException", false)] {
        let error = answered(401, &[("x-amzn-errortype", code)], r#"{"message":"m"}"#).await.expect_err(code);
        let line = error.to_string();
        let source = std::error::Error::source(&error).expect("the operation's error");
        assert_eq!(source.to_string(), format!("{code}: m"));
        let source = source.downcast_ref::<GetRoleCredentialsError>().expect("its own type");
        assert_eq!(source.is_unauthorized_exception(), expired);
        // The text survives a change of the type.
        assert_eq!(error.map_service_error(|_| ()).to_string(), line);
    }
}

#[tokio::test]
async fn an_oversized_body_is_not_read() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 17000000\r\n\r\n";
    let server = ScriptedServer::start([send(head), Step::Send(vec![b' '; 17_000_000]), Step::Close]);
    let error =
        get(&Client::from_conf(Config::builder().endpoint_url(server.url()).build())).await.expect_err("too large");
    let text = error.to_string();
    assert_eq!(variant(&error), "response", "{text}");
    assert!(text.contains("larger than 16777216 bytes") && text.ends_with("1 attempt)"), "{text}");
}

#[tokio::test]
async fn no_answer_can_forge_a_line_of_a_log() {
    let body = r#"{"__type":"A\nFAKE\u001b[31m","message":"b\r\nFAKE\u2028\u202e"}"#;
    let error = answered(403, &[], body).await.expect_err("403");
    assert_eq!(error.code(), Some("A\nFAKE\u{1b}[31m"), "the code itself is kept as it came");
    for text in [error.to_string(), sso_client::Error::from(error).to_string()] {
        assert_eq!(text, "GetRoleCredentials: A FAKE [31m: b  FAKE   (HTTP 403, 1 attempt)");
    }
}

#[tokio::test]
async fn a_chain_of_causes_tells_nothing_twice_for_answers() {
    for (status, body) in [(403, ""), (503, "<html>"), (401, r#"{"__type":"UnauthorizedException"}"#), (200, "[]")] {
        let error = answered(status, &[], body).await.expect_err(body);
        assert_eq!(DisplayErrorContext(&error).to_string(), error.to_string());
        let error = sso_client::Error::from(error);
        let text = error.to_string();
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            assert!(!text.contains(&cause.to_string()), "{text}: {cause}");
            next = cause.source();
        }
        assert_eq!(DisplayErrorContext(&error).to_string(), text);
    }
}

#[tokio::test]
async fn what_is_too_long_to_be_sent_is_told_before() {
    let replay = ReplayClient::new([] as [http::Response<&str>; 0]);
    let error = client(&replay).list_accounts().access_token("t").next_token("n".repeat(70_000)).send().await;
    let text = error.expect_err("too long").to_string();
    assert!(
        text.contains("path and query are no URI that can be sent") && text.ends_with("(nothing was sent)"),
        "{text}"
    );
    assert_eq!(replay.requests().len(), 0);
}
