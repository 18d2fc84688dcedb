//! Dropped calls leave the client usable and its retry quota consistent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use sso_client::config::http::{BoxFuture, ConnectorError, HttpClient, ResponseBody, TransportResult};
use sso_client::config::timeout::{TimeoutConfig, TimeoutKind};
use sso_client::runtime::config::retry::TokenBucket;
use sso_client::runtime::http::RequestBody;
use sso_client::runtime::test_util::FakeClock;
use sso_client::{Client, Config};

/// A transport that is pending for one poll, so that a call can be dropped before its response arrives. It
/// responds with status 500 until `works` is set.
#[derive(Debug, Default)]
struct Slow {
    begun: AtomicU32,
    works: AtomicBool,
}

#[derive(Clone, Debug, Default)]
struct SharedSlow(Arc<Slow>);

impl HttpClient for SharedSlow {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let this = Arc::clone(&self.0);
        this.begun.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            tokio::task::yield_now().await;
            let status = if this.works.load(Ordering::SeqCst) { 200 } else { 500 };
            let response = http::Response::builder().status(status).body(ResponseBody::from("{}"));
            response.map_err(|error| ConnectorError::other(error.into()))
        })
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_at_any_point_leaves_a_consistent_bucket() {
    let mut stages = Vec::new();
    for polls in 0.. {
        let bucket = Arc::new(TokenBucket::full());
        let slow = SharedSlow::default();
        let mut config = Config::builder().endpoint_url("http://portal.test").http_client(slow.clone());
        config.set_clock(Some(Arc::new(FakeClock::default().with_yield()))).set_token_bucket(Some(Arc::clone(&bucket)));
        let client = Client::from_conf(config.build());
        let mut call = Box::pin(client.logout().access_token("t").send());
        let mut cx = Context::from_waker(Waker::noop());
        let ended = (0..polls).any(|_| call.as_mut().poll(&mut cx).is_ready());
        let paid = 500 - bucket.tokens();
        drop(call);
        let begun = slow.0.begun.load(Ordering::SeqCst);
        let made = begun.saturating_sub(1);
        assert_eq!(bucket.tokens(), 500 - 14 * made, "{polls} polls: only retries that were made cost anything");
        stages.push((begun, paid));
        slow.0.works.store(true, Ordering::SeqCst);
        client.logout().access_token("t").send().await.expect("the client is usable");
        assert_eq!(bucket.tokens(), (500 - 14 * made + 1).min(500), "{polls} polls");
        if ended {
            break;
        }
    }
    // It was dropped before it began, on the way and in the wait of each retry, and after its end.
    stages.dedup();
    assert_eq!(stages, [(0, 0), (1, 0), (1, 14), (2, 14), (2, 28), (3, 28)]);
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_that_ends_a_wait_gives_the_retry_back() {
    let bucket = Arc::new(TokenBucket::full());
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(10)).build();
    let retries = sso_client::config::retry::RetryConfig::standard().with_initial_backoff(Duration::from_secs(20));
    let mut config = Config::builder().endpoint_url("http://portal.test").http_client(SharedSlow::default());
    config
        .set_clock(Some(Arc::new(FakeClock::default().with_tokio_sleep())))
        .set_token_bucket(Some(Arc::clone(&bucket)));
    let client = Client::from_conf(config.timeout_config(timeouts).retry_config(retries).build());
    let error = client.logout().access_token("t").send().await.expect_err("too late");
    assert_eq!(error.timeout_kind(), Some(TimeoutKind::Operation));
    assert_eq!(error.to_string(), "Logout: the operation did not end within 10s (HTTP 500, 1 attempt)");
    assert_eq!(bucket.tokens(), 500);
}
