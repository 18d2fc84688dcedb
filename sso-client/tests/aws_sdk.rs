//! The client that returns the error type of other AWS crates.
#![cfg(feature = "aws-types")]

use std::error::Error as _;
use std::io;
use std::time::Duration;

use sso_client::aws_sdk::error::{HttpResponse, ProvideErrorMetadata, SdkError};
use sso_client::aws_sdk::operation::RequestId;
use sso_client::aws_sdk::operation::list_accounts::ListAccountsError;
use sso_client::aws_sdk::operation::list_accounts::builders::ListAccountsFluentBuilder;
use sso_client::aws_sdk::{Client, Error, config, oidc};
use sso_client::config::http::ConnectorError;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::{SdkError as Ours, TimeoutKind};
use sso_client::test_util::{Portal, ReplayClient};

fn body(response: &HttpResponse) -> Option<&[u8]> {
    response.body().bytes()
}

type Refused = SdkError<ListAccountsError>;

fn config(replay: ReplayClient) -> config::Config {
    let retries = config::retry::RetryConfig::disabled();
    config::Config::builder().endpoint_url("https://portal.test").retry_config(retries).http_client(replay).build()
}

fn client(status: u16, code: &str, body: &'static str) -> Client {
    let answer = http::Response::builder().status(status).header("x-amzn-requestid", "id-1");
    let answer = answer.header("x-amzn-errortype", code).body(body).expect("a response");
    Client::from_conf(config(ReplayClient::new([answer])))
}

async fn refused(client: &Client) -> Refused {
    client.list_accounts().access_token("token").send().await.expect_err("no accounts")
}

#[tokio::test]
async fn each_phase_of_a_call_is_the_variant_of_the_same_name() {
    let service = refused(&client(401, "UnauthorizedException", r#"{"message":"no"}"#)).await;
    assert!(matches!(&service, SdkError::ServiceError(context) if context.err().is_unauthorized_exception()));
    assert_eq!(
        (service.code(), service.message(), service.request_id()),
        (Some("UnauthorizedException"), Some("no"), Some("id-1"))
    );
    assert_eq!(service.raw_response().and_then(body), Some(&b"{\"message\":\"no\"}"[..]));

    let unreadable = refused(&client(200, "", "{")).await;
    assert!(matches!(&unreadable, SdkError::ResponseError(_)), "{unreadable:?}");
    assert_eq!(unreadable.raw_response().map(|response| response.status().as_u16()), Some(200));

    let lost = ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionReset).into());
    let lost = config(ReplayClient::with_failures::<&str>([Err(lost)]));
    let lost = refused(&Client::from_conf(lost)).await;
    assert!(matches!(&lost, SdkError::DispatchFailure(failure) if failure.is_io()), "{lost:?}");

    let nothing_sent = client(200, "", "{}").list_accounts().send().await.expect_err("no token");
    assert!(matches!(&nothing_sent, SdkError::ConstructionFailure(_)), "{nothing_sent:?}");
    let source = nothing_sent.source().expect("what is missing").to_string();
    assert!(source.starts_with("ListAccounts: ") && source.contains("access_token"), "{source}");
}

/// `Debug` of the other type shows the body of a response.
#[tokio::test]
async fn torn_credentials_are_not_shown() {
    let client = client(200, "", r#"{"roleCredentials":{"secretAccessKey":"wJalr-secret"#);
    let call = client.get_role_credentials().access_token("token-secret").account_id("1").role_name("r");
    let error = call.send().await.expect_err("torn");
    assert!(matches!(&error, SdkError::ResponseError(_)), "{error:?}");
    let shown = format!("{error:?} {error:#?} {error} {:?}", error.source());
    let shown = format!("{shown} {:?}", Error::from(error));
    assert!(!shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn a_timeout_is_one() {
    // Accepts connections, and answers none.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(20)).build();
    let config = config::Config::builder().endpoint_url(url).timeout_config(timeouts).build();
    let late = refused(&Client::from_conf(config)).await;
    assert!(matches!(&late, SdkError::TimeoutError(_)), "{late:?}");
    let late = Ours::from(late);
    assert_eq!((late.timeout_kind(), late.known()), (Some(TimeoutKind::Operation), (None, None, 1)), "{late}");
}

#[tokio::test]
async fn pages_items_and_customized_calls_return_it() {
    let pages = [r#"{"nextToken":"2","accountList":[{"accountId":"1"}]}"#, r#"{"accountList":[{"accountId":"2"}]}"#];
    let listing = || {
        let pages = pages.map(http::Response::new).into_iter();
        let refusal = http::Response::builder().status(403).body("{}").expect("a response");
        let client = Client::from_conf(config(ReplayClient::new(pages.chain([refusal]))));
        client.list_accounts().access_token("token")
    };
    let found: Result<Vec<_>, Refused> = listing().into_paginator().send().collect().await;
    assert_eq!(found.expect("two pages").len(), 2);
    let items = listing().into_paginator().page_size(1).items().send().try_collect().await;
    assert_eq!(
        items.expect("two accounts").iter().filter_map(|account| account.account_id()).collect::<String>(),
        "12"
    );

    let call = listing();
    assert_eq!(call.get_access_token().as_deref(), call.as_input().get_access_token().as_deref());
    let first = call.clone().customize().mutate_request(|request| {
        request.headers_mut().insert("x-trace", "1").expect("a header");
    });
    first.send().await.expect("a page");
    // A path that names one method.
    let sent = [call.clone()].map(ListAccountsFluentBuilder::send);
    for call in sent {
        call.await.expect("a page");
    }
    let error: Result<_, Refused> = call.customize().map_request(Ok::<_, io::Error>).send().await;
    assert_eq!(error.expect_err("refused").raw_response().map(|response| response.status().as_u16()), Some(403));
}

#[tokio::test]
async fn it_converts_into_the_errors_of_this_crate() {
    let own = |error: Refused| Error::from(error);
    let error = own(refused(&client(401, "UnauthorizedException", "{}")).await);
    assert!(matches!(&error, Error::UnauthorizedException(_)), "{error:?}");
    let error = own(refused(&client(200, "", "{")).await);
    assert!(matches!(&error, Error::Unhandled(_)), "{error:?}");
    let error = refused(&client(429, "TooManyRequestsException", "{}")).await.into_service_error();
    assert!(error.is_too_many_requests_exception());
    let unhandled = refused(&client(200, "", "{")).await.into_service_error();
    assert!(matches!(&unhandled, ListAccountsError::Unhandled(_)), "{unhandled:?}");
}

/// What is known of a call is known by its error, converted or not.
#[tokio::test]
async fn request_id_status_and_attempts_are_those_of_the_call() {
    let call = || async { refused(&client(200, "", "{")).await };
    let told = call().await.source().expect("what failed").to_string();
    let errors: [Box<dyn Known>; 3] = [
        Box::new(Error::from(call().await)),
        Box::new(call().await.into_service_error()),
        Box::new(Ours::from(call().await)),
    ];
    for error in errors {
        assert_eq!(error.known(), (Some("id-1".to_owned()), Some(200), 1), "{error}");
        assert_eq!(error.to_string(), told, "the whole story");
    }
    // Of another client of these types, of whose calls nothing else is known.
    let answer = http::Response::builder().header("x-amzn-requestid", "id-2").body("{").expect("a response");
    let foreign = || Refused::response_error("torn", config::http::HttpResponse::from(answer.clone()).into());
    assert_eq!(Error::from(foreign()).known(), (Some("id-2".to_owned()), None, 0));
    assert_eq!(foreign().into_service_error().known(), (Some("id-2".to_owned()), None, 0));
}

/// What errors of this crate know of a call: the request id, the status and the attempts.
trait Known: std::fmt::Display {
    fn known(&self) -> (Option<String>, Option<u16>, u32);
}

impl<T: sso_client::error::ProvideErrorMetadata + std::error::Error> Known for T {
    fn known(&self) -> (Option<String>, Option<u16>, u32) {
        use sso_client::operation::RequestId as _;
        (self.request_id().map(str::to_owned), self.status().map(|status| status.as_u16()), self.attempts())
    }
}

/// There and back, the variant, the response and the operation's error are the same, and so is what is said.
#[tokio::test]
async fn errors_convert_in_both_directions() {
    type Error = Ours<ListAccountsError>;
    type Case = (Error, fn(&Refused) -> bool, fn(&Error) -> bool);
    let response = || http::Response::builder().status(503).header("x-amzn-requestid", "id-1").body("busy");
    let raw = || config::http::HttpResponse::from(response().expect("a response"));
    let lost = || io::Error::from(io::ErrorKind::ConnectionReset);
    let cases: [Case; 7] = [
        (
            Ours::construction_failure("unset"),
            |it| matches!(it, SdkError::ConstructionFailure(_)),
            |it| matches!(it, Ours::ConstructionFailure(_)),
        ),
        (
            Ours::timeout_error("late"),
            |it| matches!(it, SdkError::TimeoutError(_)),
            |it| matches!(it, Ours::TimeoutError(_)),
        ),
        (
            Ours::dispatch_failure(ConnectorError::timeout("slow".into())),
            |it| matches!(it, SdkError::DispatchFailure(failure) if failure.is_timeout()),
            |it| matches!(it, Ours::DispatchFailure(failure) if failure.is_timeout()),
        ),
        (
            Ours::dispatch_failure(ConnectorError::io(lost().into()).with_message("could not send")),
            |it| matches!(it, SdkError::DispatchFailure(failure) if failure.is_io()),
            |it| matches!(it, Ours::DispatchFailure(failure) if failure.is_io()),
        ),
        (
            Ours::response_error("torn", raw()),
            |it| matches!(it, SdkError::ResponseError(_)),
            |it| matches!(it, Ours::ResponseError(_)) && it.raw_response().is_some_and(|raw| **raw.body() == *b"busy"),
        ),
        (
            Ours::response_error(ConnectorError::io(lost().into()).with_message("torn"), raw()),
            |it| matches!(it, SdkError::ResponseError(_)),
            |it| matches!(it, Ours::ResponseError(_)),
        ),
        (
            Ours::service_error(ListAccountsError::unhandled("odd"), raw()),
            |it| it.as_service_error().is_some(),
            |it| it.as_service_error().is_some() && it.raw_response().is_some_and(|raw| raw.status() == 503),
        ),
    ];
    for (error, is_theirs, is_ours) in cases {
        let line = error.to_string();
        let theirs = Refused::from(error);
        assert!(is_theirs(&theirs), "{theirs:?}");
        let chain = chain(&theirs);
        assert!(theirs.as_service_error().is_some() || chain.contains(&line), "{line}: {chain:?}");
        let ours = Error::from(theirs);
        assert!(is_ours(&ours), "{ours:?}");
        assert_eq!(ours.to_string(), line);
    }
}

/// The texts of an error and of its causes.
fn chain(error: &dyn std::error::Error) -> Vec<String> {
    let rest = error.source().map(chain).unwrap_or_default();
    [vec![error.to_string()], rest].concat()
}

/// What failed is told once, with its causes, and these follow.
#[tokio::test]
async fn the_cause_of_a_dispatch_failure_is_told_once() {
    let url = format!("http://{}", test_support::servers::refused_address());
    let retries = config::retry::RetryConfig::disabled();
    let config = || config::Config::builder().endpoint_url(&url).retry_config(retries.clone()).build();
    let client = Client::from_conf(config());
    let failed = refused(&client).await;
    assert!(matches!(&failed, SdkError::DispatchFailure(failure) if failure.is_io()), "{failed:?}");
    let ours = sso_client::Client::from_conf(config()).list_accounts().access_token("token").send().await;
    let ours = ours.expect_err("no listener");
    let line = ours.to_string();
    assert_eq!(line.matches("refused").count(), 1, "{line}");
    let expected = [vec!["dispatch failure".to_owned(), "io error".to_owned()], chain(&ours)].concat();
    assert_eq!(chain(&failed), expected);
    let error = Error::from(failed);
    assert_eq!(error.to_string(), line, "{error:?}");
}

#[tokio::test]
async fn the_clients_share_what_they_are_made_of() {
    let portal = Portal::builder().access_token("token").start().await.expect("started");
    let client = Client::from(sso_client::Client::from_conf(portal.config().build()));
    client.list_accounts().access_token("token").send().await.expect("accounts");
    assert_eq!(client.config().endpoint_url(), Some(&*portal.endpoint_url()));
    let loaded = aws_types::SdkConfig::builder().endpoint_url(portal.endpoint_url()).build();
    let call = oidc::Client::new(&loaded).create_token().client_id("id").client_secret("s").grant_type("g").send();
    let error = call.await.expect_err("the portal has no such operation");
    assert!(error.raw_response().is_some(), "{error:?}");
}
