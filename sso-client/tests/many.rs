//! A thousand concurrent calls, some of which fail: every result is accounted for, and no connection or
//! task is left.
#![allow(clippy::print_stdout, reason = "tests say what they skip and how much they checked")]

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use sso_client::config::http::{BoxFuture, ConnectorError, HttpClient, HyperClient, TransportResult};
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::{ProvideErrorMetadata, SdkError};
use sso_client::runtime::config::retry::TokenBucket;
use sso_client::runtime::http::{RequestBody, ResponseBody};
use sso_client::test_util::Portal;
use sso_client::{Client, Config};

const CALLS: usize = 1000;

/// The header that numbers a call, for the failures and for the accounts.
const NUMBER: &str = "x-call";

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    None,
    /// The first attempt is given up on its way, as when a connection breaks.
    BreaksOnce,
    /// The service throttles the first attempt.
    ThrottledOnce,
    /// The service fails at every attempt.
    Fails,
    /// The service refuses.
    Refused,
    /// The server cannot be trusted.
    Untrusted,
}

/// One call of twenty fails, in one of five ways. What all of their retries cost together is less
/// than the client's quota, so that none has to do without.
fn failure(number: usize) -> Failure {
    if number % 20 != 7 {
        return Failure::None;
    }
    match number / 20 % 5 {
        0 => Failure::BreaksOnce,
        1 => Failure::ThrottledOnce,
        2 => Failure::Fails,
        3 => Failure::Refused,
        _ => Failure::Untrusted,
    }
}

/// The default transport, with failures.
#[derive(Debug)]
struct Failing {
    http: HyperClient,
    /// Whether the calls that break do so on their way, rather than at their end.
    midway: bool,
}

impl HttpClient for Failing {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let number = text(NUMBER).parse().unwrap_or_default();
        let first = text("amz-sdk-request").starts_with("attempt=1;");
        let answer = |status: u16, code: &str| -> BoxFuture<'static, TransportResult> {
            let response = http::Response::builder().status(status).header("x-amzn-errortype", code);
            let response = response.body(ResponseBody::from("{}"));
            Box::pin(async { response.map_err(|error| ConnectorError::other(error.into())) })
        };
        match failure(number) {
            Failure::BreaksOnce if first => {
                let sent = self.http.call(request);
                // Long enough that some are sent, and some answered.
                let limit = Duration::from_millis(if self.midway { 3 } else { 60_000 });
                Box::pin(async move {
                    let ended = async { sent.await.map(|response| response.into_body().collect()) };
                    if let Ok(Ok(body)) = tokio::time::timeout(limit, ended).await {
                        let _ = body.await;
                    }
                    Err(ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()))
                })
            }
            Failure::ThrottledOnce if first => answer(429, "TooManyRequestsException"),
            Failure::Fails => answer(500, "InternalFailure"),
            Failure::Refused => answer(403, "ForbiddenException"),
            Failure::Untrusted => Box::pin(async { Err(ConnectorError::other("invalid peer certificate".into())) }),
            _ => self.http.call(request),
        }
    }
}

/// How many files a process may open here, where that can be found out.
fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    line.split_whitespace().next().and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX)
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn calls(portal: Portal, count: usize, midway: bool) {
    let metrics = tokio::runtime::Handle::current().metrics();
    let tasks = metrics.num_alive_tasks();
    // A busy machine takes its time for a thousand calls.
    let patience = Some(Duration::from_secs(60));
    let mut http = HyperClient::builder().connect_timeout(patience);
    if let Some(pem) = portal.ca_pem() {
        http = http.trust_only_pem(pem);
    }
    let bucket = std::sync::Arc::new(TokenBucket::full());
    let mut config = portal.config().http_client(Failing { http: http.build(), midway });
    config.set_token_bucket(Some(std::sync::Arc::clone(&bucket)));
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_secs(60)).build();
    let client = Client::from_conf(config.timeout_config(timeouts).build());
    // With HTTP/2, what follows finds its connection.
    client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");

    let mut running = tokio::task::JoinSet::new();
    for number in 0..count {
        let call = client.list_accounts().access_token(portal.access_token()).customize();
        let call = call.mutate_request(move |request| {
            request.headers_mut().insert(NUMBER, number.to_string()).expect("a header");
        });
        running.spawn(async move { (number, call.send().await) });
    }
    let mut accounted = vec![false; count];
    while let Some(ended) = running.join_next().await {
        let (number, result) = ended.expect("no panic");
        assert!(!std::mem::replace(&mut accounted[number], true), "call {number} ended twice");
        match (failure(number), result) {
            (Failure::None | Failure::BreaksOnce | Failure::ThrottledOnce, Ok(output)) => {
                assert_eq!(output.account_list().len(), 1, "call {number}");
            }
            (Failure::Fails, Err(error @ SdkError::ServiceError(_))) => {
                assert_eq!((error.code(), error.attempts()), (Some("InternalFailure"), 3), "call {number}");
            }
            (Failure::Refused, Err(error @ SdkError::ServiceError(_))) => {
                assert_eq!((error.code(), error.attempts()), (Some("ForbiddenException"), 1), "call {number}");
            }
            (Failure::Untrusted, Err(error @ SdkError::DispatchFailure(_))) => {
                assert_eq!(error.attempts(), 1, "call {number}");
            }
            (failure, result) => panic!("call {number}, {failure:?}: {result:?}"),
        }
    }
    assert!(accounted.iter().all(|accounted| *accounted));
    assert!(bucket.tokens() <= TokenBucket::CAPACITY);

    // Each call that reached the service did so once; one that was given up on its way may have, too.
    let mut requests = vec![0; count];
    for request in portal.requests() {
        if let Some(number) = request.header(NUMBER).and_then(|number| number.parse::<usize>().ok()) {
            requests[number] += 1;
        }
    }
    for (number, requests) in requests.into_iter().enumerate() {
        let expected = match failure(number) {
            Failure::None | Failure::ThrottledOnce => 1..=1,
            Failure::BreaksOnce => 1..=2,
            Failure::Fails | Failure::Refused | Failure::Untrusted => 0..=0,
        };
        assert!(expected.contains(&requests), "call {number}: {requests} requests");
    }

    drop(client);
    until("connections stay open", || portal.open_connections() == 0).await;
    until("tasks stay alive", || metrics.num_alive_tasks() <= tasks).await;
    drop(portal);
    until("the fake service stays alive", || metrics.num_alive_tasks() == 0).await;
}

fn portal() -> sso_client::test_util::PortalBuilder {
    Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_by_one_connection() {
    calls(portal().tls().start().await.expect("started"), CALLS, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_by_one_connection_some_given_up() {
    calls(portal().tls().start().await.expect("started"), CALLS, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_by_connections_of_their_own() {
    // Each has two ends here, and the other test runs beside this one.
    let count = CALLS.min(open_files().saturating_sub(200) / 2);
    if count < CALLS {
        println!("no more than {count} calls: the limit on open files is {}", open_files());
    }
    calls(portal().start().await.expect("started"), count, true).await;
}

#[test]
fn failures_are_one_in_twenty_and_within_the_quota() {
    let failures: Vec<_> = (0..CALLS).map(failure).filter(|failure| *failure != Failure::None).collect();
    assert_eq!(failures.len(), CALLS / 20);
    let cost = |failure: &Failure| match failure {
        Failure::BreaksOnce => 14,
        Failure::ThrottledOnce => 5,
        Failure::Fails => 28,
        _ => 0,
    };
    assert!(failures.iter().map(cost).sum::<u32>() <= TokenBucket::CAPACITY);
}

/// Programs hold the futures of many calls, and futures around them have room for them.
#[test]
fn futures_of_calls_are_small() {
    let client = Client::from_conf(Config::builder().build());
    let size = size_of_val(&client.get_role_credentials().send());
    assert!(size <= 1024, "{size} bytes");
}
