//! Many calls of one client against a server that fails in every way, some of them cancelled: each gets its own
//! response or an error, and no task, socket or memory is left.
//!
//! `cargo test` makes a few of them. By hand, many, with one arena of the allocator, since the memory that threads keep
//! from each other is no leak:
//!
//! ```text
//! MALLOC_ARENA_MAX=1 cargo test --release -p sso-client --test soak --features http2 -- --ignored --nocapture long
//! ```
#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "says how much it did, and which memory it took")]

#[path = "soak/faults.rs"]
mod faults;
#[cfg(feature = "http2")]
#[path = "soak/http2.rs"]
mod http2;
#[path = "soak/limits.rs"]
mod limits;
#[path = "soak/process.rs"]
mod process;
#[path = "soak/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sso_client::config::http::HyperClient;
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::SdkError;
use sso_client::{Client, Config};

use faults::Faults;
use server::Server;

const WORKERS: usize = 64;

/// Memory and sockets are looked at before each so many calls.
const SAMPLE: usize = 500;

/// One call of so many is cancelled after a moment.
const CANCELLED: usize = 16;

/// A client that waits only a moment between attempts.
fn client(url: &str, trusted: Option<&str>, read_timeout: Duration) -> Client {
    let mut http = HyperClient::builder().connect_timeout(Some(Duration::from_secs(20)));
    if let Some(trusted) = trusted {
        http = http.trust_only_pem(trusted);
    }
    let http = http.build();
    let retries = RetryConfig::standard()
        .with_initial_backoff(Duration::from_millis(1))
        .with_max_backoff(Duration::from_millis(5));
    let timeouts = TimeoutConfig::builder().read_timeout(read_timeout).build();
    let config = Config::builder().endpoint_url(url).http_client(http).retry_config(retries).timeout_config(timeouts);
    Client::from_conf(config.build())
}

/// What the workers share.
struct Soak {
    client: Client,
    calls: usize,
    next: AtomicUsize,
    /// How often each outcome was, and the first message of each.
    outcomes: Mutex<BTreeMap<String, (usize, String)>>,
    most_sockets: AtomicUsize,
    /// The resident memory before every so many calls.
    resident: Mutex<Vec<u64>>,
}

impl Soak {
    fn note(&self, outcome: &str, message: impl FnOnce() -> String) {
        let mut outcomes = self.outcomes.lock().expect("no panic");
        outcomes.entry(outcome.to_owned()).or_insert_with(|| (0, message())).0 += 1;
    }

    async fn work(&self) {
        loop {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            if number % SAMPLE == 0 && number <= self.calls {
                self.resident.lock().expect("no panic").push(process::resident());
                self.most_sockets.fetch_max(process::sockets(), Ordering::SeqCst);
            }
            if number >= self.calls {
                break;
            }
            let token = format!("number-{number}");
            let call = self.client.list_accounts().access_token(&token).send();
            let patience = match number % CANCELLED {
                0 => Duration::from_micros(fastrand::u64(0..5000)),
                _ => Duration::from_secs(60),
            };
            match tokio::time::timeout(patience, call).await {
                Err(_) => {
                    assert!(number % CANCELLED == 0, "call {number} hangs");
                    self.note("cancelled", String::new);
                }
                Ok(Ok(output)) => {
                    let names = output.account_list().iter().map(|account| account.account_name());
                    assert!(
                        !output.account_list().is_empty() && names.clone().all(|name| name == Some(&token)),
                        "call {number} got another's response: {:?}",
                        names.collect::<Vec<_>>()
                    );
                    self.note("output", String::new);
                }
                Ok(Err(error)) => self.note(&kind(&error), || error.to_string()),
            }
        }
    }
}

/// The kind of an error, as its type tells it.
fn kind<E>(error: &SdkError<E>) -> String {
    match error {
        SdkError::ServiceError(error) => format!("service error {}", error.raw().status().as_u16()),
        SdkError::ResponseError(_) => "response error".to_owned(),
        SdkError::TimeoutError(_) => format!("timeout {:?}", error.timeout_kind()),
        SdkError::DispatchFailure(failure) if failure.is_io() => "dispatch failure, I/O".to_owned(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "dispatch failure, timeout".to_owned(),
        SdkError::DispatchFailure(_) => "dispatch failure, other".to_owned(),
        _ => "other".to_owned(),
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Makes the calls, checks what is left, and returns the resident memory before every [`SAMPLE`] calls.
async fn soak(faults: Faults, calls: usize) -> Vec<u64> {
    let server = Server::start(faults);
    let metrics = tokio::runtime::Handle::current().metrics();
    let (tasks, descriptors) = (metrics.num_alive_tasks(), process::descriptors().len());
    let started = Instant::now();
    let soak = Arc::new(Soak {
        client: client(server.url(), server.trusted(), Duration::from_millis(200)),
        calls,
        next: AtomicUsize::new(0),
        outcomes: Mutex::default(),
        most_sockets: AtomicUsize::new(0),
        resident: Mutex::default(),
    });
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        let soak = Arc::clone(&soak);
        workers.spawn(async move { soak.work().await });
    }
    while let Some(ended) = workers.join_next().await {
        ended.expect("no panic");
    }
    let soak = Arc::into_inner(soak).expect("the workers have ended");
    let outcomes = soak.outcomes.into_inner().expect("no panic");
    let resident = soak.resident.into_inner().expect("no panic");
    println!("{calls} calls of {WORKERS} workers in {:.1} s:", started.elapsed().as_secs_f32());
    for (outcome, (count, message)) in &outcomes {
        println!("  {count:>7} {outcome}{}{message}", if message.is_empty() { "" } else { ", as: " });
    }
    println!(
        "  at most {} sockets; with the client: {} tasks",
        soak.most_sockets.into_inner(),
        metrics.num_alive_tasks()
    );
    assert_eq!(outcomes.values().map(|(count, _)| count).sum::<usize>(), calls, "each call ended once");
    for outcome in ["output", "cancelled", "service error 500", "response error", "dispatch failure, I/O"] {
        assert!(outcomes.contains_key(outcome), "no {outcome}");
    }
    assert!(!outcomes.contains_key("other"));

    // After all that, the client works: its pool holds nothing that is broken.
    let works = async { while soak.client.list_accounts().access_token("last").send().await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(60), works).await.expect("the client works");
    drop(soak.client);
    until("tasks stay alive", || metrics.num_alive_tasks() <= tasks).await;
    until("descriptors stay open", || process::descriptors().len() <= descriptors).await;
    println!("  without it: {} tasks, {} descriptors", metrics.num_alive_tasks(), process::descriptors().len());
    resident
}

/// Without others beside it, whose descriptors it would count.
static ALONE: Mutex<()> = Mutex::new(());

fn run(faults: Faults, calls: usize) -> Vec<u64> {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(soak(faults, calls))
}

#[test]
fn short() {
    run(Faults::Random, 2000);
}

#[cfg(feature = "http2")]
#[test]
fn short_over_http2() {
    run(Faults::RandomHttp2, 2000);
}

#[test]
#[ignore = "takes minutes; by hand, in release"]
fn long() {
    is_flat(&run(Faults::Random, 200_000));
}

#[cfg(feature = "http2")]
#[test]
#[ignore = "takes minutes; by hand, in release"]
fn long_over_http2() {
    is_flat(&run(Faults::RandomHttp2, 200_000));
}

/// Fails if the resident memory, which was taken before every [`SAMPLE`] calls, grew.
fn is_flat(resident: &[u64]) {
    // Of several, since what 64 calls hold at a moment comes and goes.
    let median = |calls: RangeInclusive<usize>| {
        let mut samples = resident[calls.start() / SAMPLE..=calls.end() / SAMPLE].to_vec();
        samples.sort_unstable();
        samples[samples.len() / 2]
    };
    let (early, late) = (median(15_000..=25_000), median(190_000..=200_000));
    println!("  resident after 20,000 calls: {early} KiB; after 200,000: {late} KiB");
    assert!(late * 100 <= early * 105, "{early} KiB after 20,000 calls, {late} KiB after 200,000");
}
