//! The connection pool: how many connections there are, who waits for whom, and what is left of calls that were given
//! up.
#![allow(clippy::print_stdout, reason = "tests say what they skip")]

#[cfg(target_os = "linux")]
#[path = "pool/descriptors.rs"]
mod descriptors;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use sso_client::config::http::{HttpClient, HyperClient, RequestBody};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::ProvideErrorMetadata;
use sso_client::test_util::Portal;
use sso_client::{Client, Config};
use test_support::servers::{ScriptedServer, Step, respond, silent_listener};
use tokio::task::JoinHandle;

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// How many connections a server has seen.
fn connections(server: &ScriptedServer) -> usize {
    server.requests().iter().map(|request| request.connection + 1).max().unwrap_or(0)
}

async fn list(client: &Client) {
    client.list_accounts().access_token("t").send().await.expect("accounts");
}

/// Starts calls at the same time.
fn start(client: &Client, calls: usize) -> Vec<JoinHandle<()>> {
    let start = |client: Client| tokio::spawn(async move { list(&client).await });
    (0..calls).map(|_| start(client.clone())).collect()
}

/// Makes calls at the same time, which all succeed.
async fn list_at_once(client: &Client, calls: usize) {
    for call in start(client, calls) {
        call.await.expect("a success");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_origin_has_a_limit_and_calls_wait_for_their_turn() {
    for (limit, calls, expected) in [(None, 300, 64), (Some(5), 60, 5), (Some(1), 20, 1), (Some(0), 5, 1)] {
        let server = ScriptedServer::start([Step::Pause(Duration::from_millis(30)), respond("200 OK", "", "{}")]);
        let mut http = HyperClient::builder();
        if let Some(limit) = limit {
            http = http.max_connections_per_origin(limit);
        }
        // Waiting for a turn is no read.
        let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_millis(400)).build();
        let config = Config::builder().endpoint_url(server.url()).http_client(http.build()).timeout_config(timeouts);
        let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        list_at_once(&client, calls).await;
        assert!(connections(&server) <= expected, "{} connections, {limit:?}", connections(&server));
    }
}

#[tokio::test]
async fn turns_come_back_from_calls_that_are_given_up() {
    let server =
        ScriptedServer::start_each(vec![vec![Step::Hold], vec![Step::Hold], vec![respond("200 OK", "", "{}")]]);
    let http = HyperClient::builder().max_connections_per_origin(1).build();
    let client = Client::from_conf(Config::builder().endpoint_url(server.url()).http_client(http).build());
    for given_up in 1..=2 {
        let call = client.list_accounts().access_token("t").send();
        let waiting = client.list_accounts().access_token("t").send();
        let both = async { tokio::join!(call, waiting) };
        let _ = tokio::time::timeout(Duration::from_millis(200), both).await.expect_err("no response");
        until("the call was sent", || server.requests().len() == given_up).await;
    }
    list(&client).await;
}

/// A call that waits for one which is not polled would wait for ever.
#[tokio::test]
async fn waiting_for_a_turn_ends_if_no_other_call_does() {
    let server = ScriptedServer::start([Step::Pause(Duration::from_secs(2)), respond("200 OK", "", "{}")]);
    let http = HyperClient::builder().max_connections_per_origin(1).build();
    let client = Client::from_conf(Config::builder().endpoint_url(server.url()).http_client(http).build());
    let mut first = std::pin::pin!(list(&client));
    let sent = until("the request was sent", || !server.requests().is_empty());
    tokio::select! {
        () = &mut first => unreachable!("the response takes longer"),
        () = sent => {}
    }
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_millis(300)).build();
    let next = client.list_accounts().access_token("t").customize();
    let next = next.config_override(Config::builder().timeout_config(timeouts)).send();
    let ended = tokio::time::timeout(Duration::from_secs(20), next).await.expect("it waits for ever");
    let error = ended.expect_err("the first has the connection");
    let expected = "ListAccounts: could not connect to 127.0.0.1: no connection was free within 300ms (read timeout) \
                    (1 attempt)";
    assert_eq!(error.to_string(), expected);
    assert!(error.details().to_string().contains("await or drop such calls"), "{}", error.details());
    first.await;
    list(&client).await;
}

/// A server that reads nothing keeps neither task nor socket nor body.
#[tokio::test]
async fn nothing_is_left_of_a_call_whose_request_is_not_read() {
    let listener = silent_listener();
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let before = tasks();
    let http = HyperClient::builder().build();
    for _ in 0..3 {
        let body = bytes::Bytes::from(vec![0; 64 << 20]);
        let request = http::Request::post(&url).body(RequestBody::from(body.clone())).expect("a request");
        let sent = tokio::time::timeout(Duration::from_millis(200), http.call(request)).await;
        sent.expect_err("no response");
        until("the body is kept", || body.is_unique()).await;
        until("a task is left", || tasks() == before).await;
    }
    drop(http);
    closed(&listener, 3).await;
}

/// Waits until the connections of a listener are closed by their other ends.
async fn closed(listener: &TcpListener, count: usize) {
    use std::io::Read;
    let listener = listener.try_clone().expect("a copy");
    let ended = tokio::task::spawn_blocking(move || {
        for _ in 0..count {
            let (mut stream, _) = listener.accept().expect("a connection");
            stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
            let mut buffer = vec![0; 1 << 20];
            // To its end, or a reset; a timeout would be of another kind.
            loop {
                match stream.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "it is open");
                        break;
                    }
                }
            }
        }
    });
    ended.await.expect("closed");
}

/// A response before the request was read to its end leaves a connection that cannot be used.
#[tokio::test]
async fn an_early_response_does_not_hold_up_the_next_call() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        let mut streams = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.expect("sent");
            streams.push(stream);
        }
    });
    let before = tasks();
    let http = HyperClient::builder().build();
    for size in [64 << 20, 64 << 20, 0] {
        let request = http::Request::post(&url).body(RequestBody::from(vec![0; size])).expect("a request");
        let response = http.call(request).await.expect("a response");
        let body = http_body_util::BodyExt::collect(response.into_body()).await.expect("a body").to_bytes();
        assert_eq!(body, "{}");
    }
    drop(http);
    until("a task is left", || tasks() == before).await;
    server.abort();
}

#[tokio::test]
async fn durations_and_sizes_have_no_edge() {
    let portal = Portal::builder().start().await.expect("started");
    for limit in [Some(Duration::MAX), None, Some(Duration::ZERO), Some(Duration::from_nanos(1))] {
        let http = HyperClient::builder()
            .pool_idle_timeout(limit)
            .connect_timeout(Some(Duration::MAX))
            .lookup_timeout(Some(Duration::MAX))
            .max_connections_per_origin(usize::MAX);
        let timeouts = TimeoutConfig::builder()
            .read_timeout(Duration::MAX)
            .operation_attempt_timeout(Duration::MAX)
            .operation_timeout(Duration::MAX);
        let retries = RetryConfig::standard()
            .with_initial_backoff(Duration::MAX)
            .with_max_backoff(Duration::ZERO)
            .with_max_attempts(u32::MAX);
        let config = portal.config().http_client(http.build()).timeout_config(timeouts.build()).retry_config(retries);
        let client = Client::from_conf(config.max_response_body(usize::MAX).build());
        for _ in 0..2 {
            client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
        }
        // What is idle for longer than its limit is not used; a task that panicked would take its connection along.
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
    }
    let http = HyperClient::builder().pool_idle_timeout(Some(Duration::MAX)).build();
    let before = portal.connections();
    let client = Client::from_conf(portal.config().http_client(http).build());
    for _ in 0..3 {
        client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(portal.connections(), before + 1, "the connection is kept");
}

/// A length that nobody could hold is not taken for one that was read.
#[tokio::test]
async fn an_announced_length_is_not_allocated() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\n{";
    let server = ScriptedServer::start([
        test_support::servers::send(head),
        Step::Pause(Duration::from_millis(20)),
        test_support::servers::send("}"),
        Step::Close,
    ]);
    let config = Config::builder().endpoint_url(server.url()).max_response_body(usize::MAX);
    let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
    client.list_accounts().access_token("t").send().await.expect_err("it broke off");
}

#[cfg(feature = "http2")]
#[path = "pool/http2.rs"]
mod http2;
