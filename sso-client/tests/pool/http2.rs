//! Connections that calls share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use test_support::servers::{Authority, Certificate, TlsAcceptor};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::*;

async fn portal() -> Portal {
    Portal::builder().access_token("t").tls().latency(Duration::from_millis(20)).start().await.expect("started")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_cold_calls_share_one_connection() {
    let portal = portal().await;
    let client = Client::from_conf(portal.config().build());
    list_at_once(&client, 1000).await;
    assert_eq!(portal.connections(), 1);
}

#[tokio::test]
async fn calls_that_are_dropped_while_they_connect_make_few_connections() {
    let portal = portal().await;
    let client = Client::from_conf(portal.config().build());
    let mut calls = start(&client, 20);
    tokio::time::sleep(Duration::from_millis(1)).await;
    let last = calls.pop().expect("a call");
    for call in calls {
        call.abort();
    }
    last.await.expect("a success");
    assert!(portal.connections() <= 2, "{} connections", portal.connections());
}

/// A portal that answers nothing while a test runs.
async fn silent_portal(connections: usize) -> (Portal, Client) {
    let portal = Portal::builder().access_token("t").tls().latency(Duration::from_secs(600));
    let portal = portal.start().await.expect("started");
    let http = HyperClient::builder()
        .trust_only_pem(portal.ca_pem().expect("TLS"))
        .max_connections_per_origin(connections)
        .build();
    let client = Client::from_conf(portal.config().http_client(http).build());
    (portal, client)
}

#[tokio::test]
async fn calls_that_are_dropped_while_they_wait_for_responses_make_few_connections() {
    let (portal, client) = silent_portal(64).await;
    let mut calls = start(&client, 20);
    until("the requests were sent", || portal.requests().len() == 20).await;
    let last = calls.pop().expect("a call");
    for call in calls {
        call.abort();
        assert!(call.await.expect_err("it was waiting").is_cancelled());
    }
    // The network may have swallowed the connection.
    let next = start(&client, 20);
    until("the requests were sent", || portal.requests().len() == 40).await;
    assert_eq!(portal.connections(), 2);
    for call in next.into_iter().chain([last]) {
        assert!(!call.is_finished());
        call.abort();
    }
}

/// However many calls are dropped while others go on.
#[tokio::test]
async fn connections_that_others_still_use_count_into_the_limit() {
    let (portal, client) = silent_portal(3).await;
    let mut long = Vec::new();
    for sent in 1..=3 {
        long.extend(start(&client, 1));
        let dropped = start(&client, 1).remove(0);
        until("the requests were sent", || portal.requests().len() == 2 * sent).await;
        dropped.abort();
        assert!(dropped.await.expect_err("it was waiting").is_cancelled());
    }
    assert_eq!((portal.connections(), portal.open_connections()), (3, 3));
    let waiting = start(&client, 5);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((portal.connections(), portal.requests().len()), (3, 6), "the others wait");
    // One of the three connections ends with its last call.
    let first = long.remove(0);
    first.abort();
    until("the others are sent", || portal.requests().len() == 11).await;
    assert_eq!((portal.connections(), portal.open_connections()), (4, 3));
    for call in long.into_iter().chain(waiting) {
        call.abort();
    }
}

/// A server that is replaced by one with HTTP/2: calls that wait for a turn need none.
#[tokio::test]
async fn calls_that_wait_for_a_turn_take_a_connection_that_is_shared() {
    let old = Portal::builder().access_token("t").tls_http1().start().await.expect("started");
    let new = portal().await;
    let address = |portal: &Portal| portal.endpoint_url().trim_start_matches("https://").to_owned();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let url = new.endpoint_url().rsplit_once(':').map(|(url, _)| format!("{url}:{port}")).expect("a port");
    let (first, others) = (address(&old), address(&new));
    let proxy = tokio::spawn(async move {
        let mut to = first;
        loop {
            let (mut from, _) = listener.accept().await.expect("a connection");
            let mut stream =
                tokio::net::TcpStream::connect(std::mem::replace(&mut to, others.clone())).await.expect("it listens");
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut from, &mut stream).await });
        }
    });
    let pems = [old.ca_pem().expect("TLS"), new.ca_pem().expect("TLS")].concat();
    let http = HyperClient::builder().trust_only_pem(pems).max_connections_per_origin(1).build();
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_secs(5)).build();
    let config = Config::builder().endpoint_url(url).http_client(http).timeout_config(timeouts);
    // The end of the old connection may not have been seen when the next call is sent.
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(10));
    let client = Client::from_conf(config.retry_config(retries).build());
    list(&client).await;
    assert_eq!(old.requests().len(), 1);
    drop(old);
    list_at_once(&client, 20).await;
    assert_eq!((new.requests().len(), new.connections()), (20, 1));
    proxy.abort();
}

/// A call that began to connect, and is not polled any more, keeps no other call waiting.
#[tokio::test]
async fn connecting_goes_on_while_the_call_that_began_is_not_polled() {
    let portal = portal().await;
    let client = Client::from_conf(portal.config().build());
    let mut first = std::pin::pin!(list(&client));
    let is_pending = std::future::poll_fn(|context| Poll::Ready(first.as_mut().poll(context).is_pending()));
    assert!(is_pending.await);
    tokio::time::timeout(Duration::from_secs(20), list(&client)).await.expect("it does not wait for the first");
    first.await;
    assert_eq!(portal.connections(), 1);
}

/// A server that does what it is told to with each connection after the TLS handshake.
async fn server<F, D>(serve: F) -> (String, HyperClient, Arc<AtomicUsize>)
where
    F: Fn(Box<dyn Stream>) -> D + Send + Sync + 'static,
    D: Future<Output = ()> + Send + 'static,
{
    let authority = Authority::new("of a pool");
    let acceptor = authority.acceptor("localhost", Certificate::Valid);
    let mut config = (**acceptor.config()).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let serve = Arc::new(serve);
    // On a runtime of its own: the tasks of this one are counted.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = listener.into_std().expect("a listener");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                counted.fetch_add(1, Ordering::SeqCst);
                let (acceptor, serve) = (acceptor.clone(), Arc::clone(&serve));
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(Box::new(stream)).await;
                    }
                });
            }
        });
    });
    (url, HyperClient::builder().trust_only_pem(authority.pem()).build(), count)
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_a_call_to_a_server_that_floods() {
    for frame in [PING, SETTINGS] {
        let (url, http, _) = server(move |mut stream| async move {
            let _ = stream.write_all(SETTINGS).await;
            // It never reads, so that what is owed to it piles up.
            while stream.write_all(&frame.repeat(100)).await.is_ok() {}
        })
        .await;
        let before = tasks();
        let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_millis(300)).build();
        let config = Config::builder().endpoint_url(url).http_client(http).timeout_config(timeouts);
        let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        client.list_accounts().access_token("t").send().await.expect_err("no response");
        drop(client);
        until("a task is left", || tasks() <= before).await;
    }
}

/// Each connection that is made again costs an attempt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_close_at_once_are_not_made_again_and_again() {
    let (url, http, count) = server(|mut stream| async move {
        let _ = stream.write_all(SETTINGS).await;
        let _ = stream.shutdown().await;
    })
    .await;
    let config = Config::builder().endpoint_url(url).http_client(http).retry_config(RetryConfig::disabled());
    let client = Client::from_conf(config.build());
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(client.list_accounts().access_token("t").send())).collect();
    for call in calls {
        call.await.expect("no panic").expect_err("closed");
    }
    let count = count.load(Ordering::SeqCst);
    assert!(count <= 50, "{count} connections for 50 attempts");
}

/// Calls that wait for a connection share its failure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_to_connect_is_that_of_all_who_wait() {
    let listener = silent_listener();
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let http = HyperClient::builder()
        .trust_only_pem(Authority::new("any").pem())
        .connect_timeout(Some(Duration::from_millis(300)))
        .build();
    let config = Config::builder().endpoint_url(url).http_client(http).retry_config(RetryConfig::disabled());
    let client = Client::from_conf(config.build());
    let started = Instant::now();
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(client.list_accounts().access_token("t").send())).collect();
    for call in calls {
        let error = call.await.expect("no panic").expect_err("silence");
        let expected = "ListAccounts: could not connect to 127.0.0.1: the TLS handshake did not end within 300ms \
                        (connect timeout) (1 attempt)";
        assert_eq!(error.to_string(), expected);
    }
    // One after the other they would take 15 s.
    assert!(started.elapsed() < Duration::from_secs(10));
}
