//! Retries of whole calls on a fake clock with fixed jitter: every row of AWS's figures.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use sso_client::config::Builder;
use sso_client::config::http::ConnectorError;
use sso_client::config::retry::RetryConfig;
use sso_client::error::{ProvideErrorMetadata, SdkError};
use sso_client::operation::logout::LogoutError;
use sso_client::runtime::config::retry::TokenBucket;
use sso_client::runtime::test_util::FakeClock;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

/// A clock and a bucket, and what the bucket held at each sleep.
struct Recorded {
    clock: FakeClock,
    bucket: Arc<TokenBucket>,
    waits: Arc<Mutex<Vec<(Duration, u32)>>>,
}

impl Recorded {
    fn new(jitter: f64, tokens: u32) -> Self {
        let bucket = Arc::new(TokenBucket::holding(tokens));
        let waits = Arc::<Mutex<Vec<_>>>::default();
        let clock = FakeClock::at(UNIX_EPOCH + Duration::from_secs(1_795_317_000)).with_jitter(jitter).with_observer({
            let (bucket, waits) = (Arc::clone(&bucket), Arc::clone(&waits));
            move |delay| waits.lock().expect("a lock").push((delay, bucket.tokens()))
        });
        Self { clock, bucket, waits }
    }

    /// The sleeps since the last call, in milliseconds, and the tokens in the bucket at each and now.
    fn take(&self) -> (Vec<u128>, Vec<u32>) {
        let waits = std::mem::take(&mut *self.waits.lock().expect("a lock"));
        let delays = waits.iter().map(|(delay, _)| delay.as_millis()).collect();
        (delays, waits.iter().map(|(_, tokens)| *tokens).chain([self.bucket.tokens()]).collect())
    }

    fn config(&self, replay: &ReplayClient) -> Builder {
        let mut config = Config::builder().endpoint_url("http://portal.test").http_client(replay.clone());
        config.set_clock(Some(Arc::new(self.clock.clone()))).set_token_bucket(Some(Arc::clone(&self.bucket)));
        config
    }
}

type Response = Result<http::Response<&'static str>, ConnectorError>;

fn response(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(body).expect("a response"))
}

/// `E` is HTTP 500, `T` throttling, `o` success.
fn responses(letters: &str) -> Vec<Response> {
    let one = |letter| match letter {
        'E' => response(500, &[], ""),
        'T' => response(400, &[("x-amzn-errortype", "ThrottlingException")], "{}"),
        _ => response(200, &[], "{}"),
    };
    letters.chars().map(one).collect()
}

async fn logout(client: &Client) -> Result<(), SdkError<LogoutError>> {
    client.logout().access_token("t").send().await.map(drop)
}

/// One row: what the bucket holds, how many attempts are allowed, what comes; then the waits, the
/// bucket after each step, and by how many attempts it succeeds or fails.
type Row = (&'static str, u32, u32, &'static str, &'static [u128], &'static [u32], Result<usize, usize>);

const ROWS: &[Row] = &[
    ("succeeds at once", 500, 3, "o", &[], &[500], Ok(1)),
    ("succeeds at once, bucket not full", 498, 3, "o", &[], &[499], Ok(1)),
    ("succeeds at last", 500, 3, "EEo", &[50, 100], &[486, 472, 486], Ok(3)),
    ("attempts used up", 500, 3, "EEE", &[50, 100], &[486, 472, 472], Err(3)),
    ("quota for one", 14, 3, "EE", &[50], &[0, 0], Err(2)),
    ("no quota", 0, 3, "E", &[], &[0], Err(1)),
    ("quota one short", 13, 3, "E", &[], &[13], Err(1)),
    ("throttled", 500, 3, "To", &[1000], &[495, 500], Ok(2)),
    ("throttled, quota one short", 4, 3, "T", &[], &[4], Err(1)),
    ("mixed", 500, 3, "TEo", &[1000, 100], &[495, 481, 495], Ok(3)),
    ("max 5, quota runs out", 20, 5, "EE", &[50], &[6, 6], Err(2)),
    (
        "backoff cap, max 12",
        500,
        12,
        "EEEEEEEEEEEE",
        &[50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000],
        &[486, 472, 458, 444, 430, 416, 402, 388, 374, 360, 346, 346],
        Err(12),
    ),
    ("retries off", 500, 1, "E", &[], &[500], Err(1)),
    ("retries off, zero attempts count as one", 500, 0, "E", &[], &[500], Err(1)),
];

#[tokio::test]
async fn every_row_of_the_figures() {
    for (name, tokens, max, letters, delays, buckets, outcome) in ROWS {
        let replay = ReplayClient::with_failures(responses(letters));
        let recorded = Recorded::new(1.0, *tokens);
        let retries = RetryConfig::standard().with_max_attempts(*max);
        let client = Client::from_conf(recorded.config(&replay).retry_config(retries).build());
        let result = logout(&client).await;
        assert_eq!(recorded.take(), (delays.to_vec(), buckets.to_vec()), "{name}");
        let attempts = replay.requests().len();
        let attempts_reported = result.as_ref().err().map_or(attempts, |error| error.attempts() as usize);
        assert_eq!(attempts_reported, attempts, "{name}");
        assert_eq!(result.map(|()| attempts).map_err(|_| attempts), *outcome, "{name}");
    }
}

#[tokio::test]
async fn recovery_by_calls_one_after_another() {
    let replay = ReplayClient::with_failures(responses("EEoEo"));
    let recorded = Recorded::new(1.0, 30);
    let client = Client::from_conf(recorded.config(&replay).build());
    logout(&client).await.expect("the third attempt succeeds");
    assert_eq!(recorded.take(), (vec![50, 100], vec![16, 2, 16]));
    logout(&client).await.expect("the second attempt succeeds");
    assert_eq!(recorded.take(), (vec![50], vec![2, 16]));
}

#[tokio::test]
async fn what_the_service_asks_for_is_granted_within_limits() {
    for (jitter, asked, wait) in [
        (1.0, "3000", 3000),
        (1.0, "10", 50),
        (1.0, "10000", 5050),
        (0.5, "0", 25),
        (0.5, " 3000 ", 3000),
        (0.0, "18446744073709551615", 5000),
        (1.0, "18446744073709551616", 50),
        (1.0, "soon", 50),
        (1.0, "-1", 50),
        (1.0, "1.5", 50),
        (1.0, "", 50),
    ] {
        let first = response(500, &[("x-amz-retry-after", asked)], "");
        let replay = ReplayClient::with_failures([first, response(200, &[], "")]);
        let recorded = Recorded::new(jitter, 500);
        logout(&Client::from_conf(recorded.config(&replay).build())).await.expect("the second attempt succeeds");
        assert_eq!(recorded.take(), (vec![wait], vec![486, 500]), "{asked:?}");
    }
}

#[tokio::test]
async fn jitter_is_between_zero_and_the_capped_backoff() {
    for (jitter, delays) in [(0.0, [0, 0]), (0.25, [12, 25]), (0.5, [25, 50]), (1.0, [50, 100])] {
        let replay = ReplayClient::with_failures(responses("EEo"));
        let recorded = Recorded::new(jitter, 500);
        logout(&Client::from_conf(recorded.config(&replay).build())).await.expect("the third attempt succeeds");
        assert_eq!(recorded.take().0, delays, "{jitter}");
    }
    // The cap applies before the jitter.
    let replay = ReplayClient::with_failures(responses("TTTTTTTo"));
    let recorded = Recorded::new(0.5, 500);
    let retries = RetryConfig::standard().with_max_attempts(8);
    logout(&Client::from_conf(recorded.config(&replay).retry_config(retries).build())).await.expect("at last");
    assert_eq!(recorded.take().0, [500, 1000, 2000, 4000, 8000, 10000, 10000]);
}

/// Everything that is retried, and what is not: `E` for transient, `T` for throttling, `-` for neither.
#[tokio::test]
async fn what_is_retried() {
    const TYPE: &str = "x-amzn-errortype";
    let mut cases: Vec<(String, Response, char)> = Vec::new();
    for (status, kind) in [
        (500, 'E'),
        (502, 'E'),
        (503, 'E'),
        (504, 'E'),
        (429, 'T'),
        (501, '-'),
        (505, '-'),
        (509, '-'),
        (400, '-'),
        (401, '-'),
        (403, '-'),
        (404, '-'),
        (408, '-'),
        (301, '-'),
        (304, '-'),
    ] {
        cases.push((status.to_string(), response(status, &[], ""), kind));
    }
    for code in [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    ] {
        cases.push((code.to_owned(), response(400, &[(TYPE, code)], ""), 'T'));
        cases.push((format!("503 {code}"), response(503, &[(TYPE, code)], ""), 'T'));
    }
    for code in ["RequestTimeout", "RequestTimeoutException"] {
        cases.push((code.to_owned(), response(400, &[(TYPE, code)], ""), 'E'));
    }
    for (status, code, kind) in [
        (429, "SomethingElse", '-'),
        (401, "UnauthorizedException", '-'),
        (400, "InternalError", '-'),
        (500, "Any", 'E'),
    ] {
        cases.push((format!("{status} {code}"), response(status, &[(TYPE, code)], ""), kind));
    }
    cases.push(("code in the body".to_owned(), response(400, &[], r#"{"__type":"a#SlowDown"}"#), 'T'));
    type Make = fn(sso_client::error::BoxError) -> ConnectorError;
    for (name, make, kind) in [
        ("io", ConnectorError::io as Make, 'E'),
        ("timeout", ConnectorError::timeout, 'E'),
        ("other, such as a certificate", ConnectorError::other, '-'),
        ("user", ConnectorError::user, '-'),
    ] {
        cases.push((name.to_owned(), Err(make("broken".into())), kind));
    }
    for (name, first, kind) in cases {
        let replay = ReplayClient::with_failures([first, response(200, &[], "")]);
        let recorded = Recorded::new(1.0, 500);
        let result = logout(&Client::from_conf(recorded.config(&replay).build())).await;
        let (delays, buckets): (&[u128], &[u32]) = match kind {
            'E' => (&[50], &[486, 500]),
            'T' => (&[1000], &[495, 500]),
            _ => (&[], &[500]),
        };
        assert_eq!(recorded.take(), (delays.to_vec(), buckets.to_vec()), "{name}");
        assert_eq!(result.is_ok(), kind != '-', "{name}");
        if let Err(error) = result {
            assert!(!error.is_retryable(), "{name}");
        }
    }
}

#[tokio::test]
async fn an_error_that_was_retried_in_vain_may_still_pass() {
    for (letters, throttled) in [("EEE", false), ("TTT", true)] {
        let replay = ReplayClient::with_failures(responses(letters));
        let error =
            logout(&Client::from_conf(Recorded::new(0.0, 500).config(&replay).build())).await.expect_err(letters);
        assert!(error.is_retryable(), "{error}");
        assert_eq!(error.hint().is_some_and(|hint| hint.contains("faster than the service takes them")), throttled);
        assert!(error.into_service_error().is_retryable());
    }
}

#[tokio::test]
async fn a_call_may_differ_from_its_client() {
    let replay = ReplayClient::with_failures(responses("EEEEEEEE"));
    let recorded = Recorded::new(1.0, 500);
    let client = Client::from_conf(recorded.config(&replay).retry_config(RetryConfig::disabled()).build());
    logout(&client).await.expect_err("one attempt");
    assert_eq!(recorded.take(), (vec![], vec![500]));
    let four = RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(7));
    let call = client.logout().access_token("t").customize();
    let error = call.config_override(Config::builder().retry_config(four)).send().await.expect_err("four attempts");
    assert_eq!(error.attempts(), 4);
    assert_eq!(recorded.take(), (vec![7, 14, 28], vec![486, 472, 458, 458]), "it takes from the client's bucket");
    let off = Config::builder().retry_config(RetryConfig::disabled());
    let standard = Client::from_conf(client.config().to_builder().retry_config(RetryConfig::standard()).build());
    let call = standard.logout().access_token("t").customize().config_override(off).send().await;
    assert_eq!((call.expect_err("one attempt").attempts(), replay.requests().len()), (1, 6));
}

#[tokio::test]
async fn clients_have_buckets_of_their_own_and_clones_share_one() {
    let replay = ReplayClient::with_failures((0..400).map(|_| response(500, &[], "")));
    let recorded = Recorded::new(0.0, 500);
    let mut config = recorded.config(&replay);
    config.set_token_bucket(None);
    let client = Client::from_conf(config.build());
    // 500 tokens pay for 35 retries at 14 each: two for each of 17 calls, and one more.
    for call in 0..20 {
        let client = client.clone();
        let attempts = tokio::spawn(async move { logout(&client).await.expect_err("500").attempts() });
        let expected = match call {
            0..17 => 3,
            17 => 2,
            _ => 1,
        };
        assert_eq!(attempts.await.expect("no panic"), expected, "call {call}");
    }
    let other = Client::from_conf(client.config().clone());
    assert_eq!(logout(&other).await.expect_err("500").attempts(), 3, "another client has a full one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_on_many_threads_share_the_bucket() {
    let replay = ReplayClient::with_failures((0..1000).map(|_| response(500, &[], "")));
    let recorded = Recorded::new(0.0, 500);
    let client = Client::from_conf(recorded.config(&replay).build());
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { logout(&client).await.expect_err("500").attempts() })
        })
        .collect();
    let mut attempts = 0;
    for call in calls {
        attempts += call.await.expect("no panic");
    }
    // Whoever gets them, there are 35 retries and no more.
    assert_eq!((attempts, replay.requests().len()), (235, 235));
    assert_eq!(recorded.bucket.tokens(), 500 - 35 * 14);
}
