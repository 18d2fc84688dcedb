//! Connections: when they are kept, when they break, and the errors that follow.

use std::time::Duration;

use sso_client::config::http::{HyperClient, RequestBody, TowerClient};
use sso_client::config::retry::RetryConfig;
use sso_client::error::SdkError;
use sso_client::operation::list_accounts::ListAccountsError;
use sso_client::test_util::{CannedResponse, Portal};
use sso_client::{Client, Config};
use test_support::servers::{Authority, ScriptedServer, Step, refused_address, respond, send, silent_listener};

async fn failure(url: &str) -> SdkError<ListAccountsError> {
    let client = Client::from_conf(Config::builder().endpoint_url(url).build());
    client.list_accounts().access_token("SECRET").send().await.expect_err("a failure")
}

/// What kind of failure of the transport it is.
fn kind(error: &SdkError<ListAccountsError>) -> &'static str {
    match error {
        SdkError::DispatchFailure(failure) if failure.is_io() => "io",
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "timeout",
        SdkError::DispatchFailure(failure) if failure.is_user() => "user",
        SdkError::DispatchFailure(_) => "other",
        _ => "none",
    }
}

#[tokio::test]
async fn connections_that_fail() {
    let head = "HTTP/1.1 200 OK\r\ncontent-le";
    for (script, expected, detail) in [
        (vec![Step::Close], "io", "the exchange with 127.0.0.1 failed: connection closed before message completed"),
        (
            vec![send(head), Step::Close],
            "io",
            "the exchange with 127.0.0.1 failed: connection closed before message completed",
        ),
        (
            vec![send("SSH-2.0\r\n"), Step::Close],
            "other",
            "the exchange with 127.0.0.1 failed: invalid HTTP version parsed",
        ),
    ] {
        let error = failure(&ScriptedServer::start(script).url()).await;
        let text = error.to_string();
        assert_eq!(kind(&error), expected, "{text}");
        let attempts = if expected == "io" { "(3 attempts)" } else { "(1 attempt)" };
        assert!(text.starts_with(&format!("ListAccounts: {detail}")) && text.ends_with(attempts), "{text}");
        assert!(!format!("{text} {error:?}").contains("SECRET"), "{error:?}");
    }
    // A port that nobody listens on.
    let error = failure(&format!("http://{}", refused_address())).await;
    let text = error.to_string();
    assert_eq!(kind(&error), "io", "{text}");
    assert!(text.starts_with("ListAccounts: could not connect to 127.0.0.1: ") && text.contains("refused"), "{text}");
    // Whoever listens there does not speak TLS.
    let refusal = send("HTTP/1.1 400 Bad Request\r\n\r\n");
    let server = ScriptedServer::start([Step::LeaveUnread, Step::ReadOnce, refusal, Step::Close]);
    let error = failure(&format!("https://{}", server.address())).await;
    let text = error.to_string();
    assert_eq!(kind(&error), "other", "{text}");
    assert!(
        text.starts_with("ListAccounts: could not connect to 127.0.0.1: ") && text.ends_with("(1 attempt)"),
        "{text}"
    );
    assert!(text.contains("received corrupt message"), "{text}");
}

#[tokio::test]
async fn hosts_that_do_not_exist() {
    // "invalid" is reserved for this.
    let error = failure("http://portal.invalid").await;
    let text = error.to_string();
    assert_eq!(kind(&error), "io", "{text}");
    assert!(text.starts_with("ListAccounts: could not connect to portal.invalid: "), "{text}");
}

#[tokio::test]
async fn resets() {
    for before in ["", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let server = ScriptedServer::start([Step::LeaveUnread, send(before), Step::Close]);
        let error = failure(&server.url()).await;
        let text = error.to_string();
        assert_eq!(kind(&error), "io", "{text}");
        assert!(text.starts_with("ListAccounts: the exchange with 127.0.0.1 failed: "), "{text}");
        assert!(text.ends_with("(3 attempts)"), "{text}");
    }
}

#[tokio::test]
async fn connecting_takes_too_long() {
    // The handshake of TLS counts, which this server does not answer.
    let listener = silent_listener();
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let http = HyperClient::builder().trust_only_pem(Authority::new("any").pem());
    let http = http.connect_timeout(Some(Duration::from_millis(50))).build();
    let config = Config::builder().endpoint_url(url).http_client(http).retry_config(RetryConfig::disabled());
    let error = Client::from_conf(config.build()).list_accounts().access_token("t").send().await.expect_err("silence");
    let text = error.to_string();
    assert_eq!(kind(&error), "timeout", "{text}");
    let expected = "could not connect to 127.0.0.1: the TLS handshake did not end within 50ms (connect timeout)";
    assert!(text.contains(expected), "{text}");
}

#[tokio::test]
async fn too_many_headers() {
    for portal in [Portal::builder(), Portal::builder().tls_http1(), Portal::builder().tls()] {
        let portal = portal.start().await.expect("started");
        let client = Client::from_conf(portal.config().build());
        let large = "a".repeat(60 * 1024);
        portal.respond_next(CannedResponse::new(200, "{}").header("x-large", &large));
        client.list_accounts().access_token("t").send().await.expect("60 KiB are read");
        let version = portal.requests()[0].version.clone();
        portal.respond_next(CannedResponse::new(200, "{}").header("x-large", &large).header("x-more", &large));
        let error = client.list_accounts().access_token("t").send().await.expect_err("120 KiB are not");
        let text = error.to_string();
        assert_eq!(kind(&error), "other", "{version}: {text}");
        assert!(text.starts_with("ListAccounts: the response of 127.0.0.1 was not read: "), "{version}: {text}");
        assert!(text.contains("headers are larger than 64 KiB") && text.ends_with("(1 attempt)"), "{version}: {text}");
        client.list_accounts().access_token(portal.access_token()).send().await.expect("the client is still good");
    }
}

/// A server that closes each connection so long after its first response, which does not announce that.
fn closing_server(after: Duration) -> ScriptedServer {
    ScriptedServer::start([respond("200 OK", "", "{}"), Step::Pause(after), Step::Close])
}

/// The requests of a server: their connections, their request lines, and which attempts they are.
fn requests(server: &ScriptedServer) -> Vec<(usize, String)> {
    let requests = server.requests().into_iter().map(|request| {
        let line = request.head.lines().next().unwrap_or_default();
        let attempt = request.head.lines().find(|line| line.starts_with("amz-sdk-request")).unwrap_or_default();
        (request.connection, format!("{line} {attempt}"))
    });
    requests.collect()
}

const LIST: &str = "GET /assignment/accounts HTTP/1.1 amz-sdk-request: attempt=1; max=3";
const LOGOUT: &str = "POST /logout HTTP/1.1 amz-sdk-request: attempt=1; max=3";

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_not_used() {
    let server = closing_server(Duration::ZERO);
    let client = Client::from_conf(Config::builder().endpoint_url(server.url()).build());
    client.list_accounts().access_token("t").send().await.expect("a response");
    tokio::time::sleep(Duration::from_millis(300)).await;
    client.logout().access_token("t").send().await.expect("a response");
    assert_eq!(requests(&server), [(0, LIST.to_owned()), (1, LOGOUT.to_owned())]);
}

/// The pool still believes in the connection when the request is given to it, and the connection
/// finds itself closed before it sends anything.
#[tokio::test]
async fn a_request_that_was_not_sent_takes_another_connection_within_its_attempt() {
    let server = closing_server(Duration::from_millis(50));
    let client = Client::from_conf(Config::builder().endpoint_url(server.url()).build());
    client.list_accounts().access_token("t").send().await.expect("a response");
    // Both the end of this wait and that of the connection come to pass while the only thread is
    // held up. It then sees both at once, and goes on here before it turns to the connection.
    let mut wait = std::pin::pin!(tokio::time::sleep(Duration::from_millis(100)));
    std::future::poll_fn(|cx| {
        let _ = wait.as_mut().poll(cx);
        std::task::Poll::Ready(())
    })
    .await;
    std::thread::sleep(Duration::from_millis(500));
    wait.await;
    client.logout().access_token("t").send().await.expect("a response");
    assert_eq!(requests(&server), [(0, LIST.to_owned()), (1, LOGOUT.to_owned())]);
}

#[tokio::test]
async fn idle_connections_are_closed_in_time() {
    let portal = Portal::builder().start().await.expect("started");
    let http = HyperClient::builder().pool_idle_timeout(Some(Duration::from_millis(400))).build();
    let client = Client::from_conf(portal.config().http_client(http).build());
    for expected in [1, 2] {
        client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
        client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
        assert_eq!(portal.connections(), expected);
        tokio::time::sleep(Duration::from_millis(800)).await;
    }
}

#[tokio::test]
async fn services_as_transports() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    /// Counts what goes through it, and insists on having been asked whether it is ready.
    struct Counted<S> {
        inner: S,
        ready: bool,
        count: Arc<AtomicUsize>,
    }

    impl<S: Clone> Clone for Counted<S> {
        fn clone(&self) -> Self {
            Self { inner: self.inner.clone(), ready: false, count: Arc::clone(&self.count) }
        }
    }

    impl<S: tower_service::Service<http::Request<RequestBody>>> tower_service::Service<http::Request<RequestBody>>
        for Counted<S>
    {
        type Response = S::Response;
        type Error = S::Error;
        type Future = S::Future;

        fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
            self.ready = true;
            self.inner.poll_ready(cx)
        }

        fn call(&mut self, request: http::Request<RequestBody>) -> S::Future {
            assert!(std::mem::take(&mut self.ready), "ready before it is called");
            self.count.fetch_add(1, Ordering::Relaxed);
            self.inner.call(request)
        }
    }

    let portal = Portal::builder().start().await.expect("started");
    let count = Arc::new(AtomicUsize::new(0));
    let service = Counted { inner: HyperClient::default(), ready: false, count: Arc::clone(&count) };
    let client = Client::from_conf(portal.config().http_client(TowerClient::new(service)).build());
    portal.respond_next(CannedResponse::new(500, ""));
    client.list_accounts().access_token(portal.access_token()).send().await.expect("accounts");
    assert_eq!(count.load(Ordering::Relaxed), 2, "attempts are counted one by one");

    // Errors keep their kind: those of this crate, those with an I/O error below, others.
    let refused = format!("http://{}", refused_address());
    let service = Counted { inner: HyperClient::default(), ready: false, count };
    let config = Config::builder().endpoint_url(&refused).http_client(TowerClient::new(service));
    let error = Client::from_conf(config.build()).list_accounts().access_token("t").send().await.expect_err("refused");
    let text = error.to_string();
    assert!(kind(&error) == "io" && text.contains("could not connect to 127.0.0.1: "), "{text}");

    #[derive(Clone)]
    struct Failing(fn() -> Box<dyn std::error::Error + Send + Sync>);

    impl tower_service::Service<http::Request<RequestBody>> for Failing {
        type Response = http::Response<sso_client::config::http::ResponseBody>;
        type Error = Box<dyn std::error::Error + Send + Sync>;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Err(self.0()))
        }

        fn call(&mut self, _request: http::Request<RequestBody>) -> Self::Future {
            unreachable!("it is never ready")
        }
    }

    type Failure = fn() -> Box<dyn std::error::Error + Send + Sync>;
    let failures: [(Failure, &str, &str); 3] = [
        (|| std::io::Error::from(std::io::ErrorKind::ConnectionReset).into(), "io", "3 attempts"),
        (|| std::io::Error::from(std::io::ErrorKind::TimedOut).into(), "timeout", "3 attempts"),
        (|| "the queue is full".into(), "other", "the exchange with h failed: the queue is full (1 attempt)"),
    ];
    for (failure, expected, detail) in failures {
        let config = Config::builder().endpoint_url("http://h").http_client(TowerClient::new(Failing(failure)));
        let error =
            Client::from_conf(config.build()).list_accounts().access_token("t").send().await.expect_err("fails");
        assert!(kind(&error) == expected && error.to_string().contains(detail), "{error}");
    }
}
