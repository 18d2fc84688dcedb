//! The benchmark driver: makes the measured calls through a `Client` trait.
//!
//! Every benchmark program makes the same calls with the same arguments and reads the same fields of the outputs. The
//! client is a type parameter, so that there is no dynamic dispatch in the measured loop.
//!
//! A program makes one measurement and prints its result as one line of JSON. Its `checksum` is the sum of the lengths
//! and numbers that were read, by which `cargo xtask bench` verifies that all clients did the same work.

use std::hint::black_box;
use std::time::Instant;

/// The id of the account whose credentials are requested.
pub const ACCOUNT: &str = "111122223333";
/// The name of the role.
pub const ROLE: &str = "ReadOnlyAccess";
/// The access token, as long as those of the portal service.
pub const TOKEN: &str = concat!(
    "aoaAAAAAGdR2T4ZmYtN2ExLTRhMjMtOWYzYi0xZGU5ZjA2MmE5YjE6TUdVQ01RQ2xTVGVrZU5SdDVCbFQ5b0ht",
    "aVh0dDdYSjFqS3hBWmZXQm1GOW5sQ3pCeVpJb0V4a3FrSTJNN0F3UGhxQ0lDTUZ3R1RyUXVqUXBqS1Z2dWx6",
    "cUY2Y2tWbEJZU0lMbHVzNGJLd2d1SkJ5N0RhT2NxbkhTMlFmQ2p4b0xhTnZnT1E9PQ:MEUCIQDcfbYd2vXl",
    "bWFkZSBmb3IgYmVuY2htYXJrcyBhbmQgdmFsaWQgbm93aGVyZQ"
);

/// A client of the portal service.
pub trait Client: Clone + Send + Sync + Sized + 'static {
    /// Creates a client that trusts the system's root certificates, as its documentation recommends.
    fn new(url: &str) -> Self;

    /// Creates a client without TLS, if the library supports that.
    fn without_roots(url: &str) -> Option<Self> {
        let _ = url;
        None
    }

    /// Calls `GetRoleCredentials`. Returns the sum of the expiration and the lengths of the access key id, the secret
    /// key, the session token and the request id.
    fn credentials(&self, account: &str, role: &str, token: &str) -> impl Future<Output = usize> + Send;

    /// Calls `ListAccounts` for all pages. Returns the sum of the lengths of the id, the name and the email address of
    /// all accounts, as owned strings.
    fn accounts(&self, token: &str) -> impl Future<Output = usize> + Send;
}

/// Runs one measurement. The arguments are its name, the server's URL and its numbers.
pub fn main<C: Client>() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, url, numbers @ ..] = &arguments[..] else {
        panic!("needs a measurement, the server's URL and its numbers");
    };
    let number = |index: usize| -> usize { numbers[index].parse().expect("a number") };
    match &what[..] {
        "calls" => calls(C::new(url), number(0)),
        "calls-no-roots" => calls(C::without_roots(url).expect("a client without roots"), number(0)),
        "list" => list(C::new(url), number(0)),
        "concurrent" => concurrent(C::new(url), number(0), number(1), number(2)),
        _ => panic!("there is no measurement {what}"),
    }
}

/// Makes calls one after the other, on a current-thread runtime. A count of one measures a cold start.
fn calls<C: Client>(client: C, count: usize) {
    block_on(async move {
        let mut checksum = 0;
        for _ in 0..count {
            checksum += client.credentials(black_box(ACCOUNT), black_box(ROLE), black_box(TOKEN)).await;
        }
        print(&[("calls", count), ("checksum", checksum)]);
    });
}

/// Lists all accounts. The access token tells the benchmark server the number of pages.
fn list<C: Client>(client: C, pages: usize) {
    block_on(async move {
        let checksum = client.accounts(&format!("pages-{pages}")).await;
        print(&[("pages", pages), ("checksum", checksum)]);
    });
}

/// Makes `count` calls with `width` concurrent tasks on `threads` worker threads, or on a current-thread runtime if
/// `threads` is 0, after one warm-up call per task. Also reports the peak memory use.
fn concurrent<C: Client>(client: C, count: usize, width: usize, threads: usize) {
    let each = count / width;
    let run = async move {
        all(&client, width, 1).await;
        let started = Instant::now();
        let checksum = all(&client, width, each).await;
        let nanoseconds = usize::try_from(started.elapsed().as_nanos()).expect("a short run");
        print(&[("calls", width * each), ("checksum", checksum), ("nanoseconds", nanoseconds), ("peak", peak())]);
    };
    if threads == 0 {
        return block_on(run);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.expect("a runtime").block_on(run);
}

async fn all<C: Client>(client: &C, width: usize, each: usize) -> usize {
    let task = |client: C| async move {
        let mut checksum = 0;
        for _ in 0..each {
            checksum += client.credentials(ACCOUNT, ROLE, TOKEN).await;
        }
        checksum
    };
    let tasks: Vec<_> = (0..width).map(|_| tokio::spawn(task(client.clone()))).collect();
    let mut checksum = 0;
    for task in tasks {
        checksum += task.await.expect("no panic");
    }
    checksum
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Returns the peak resident memory in bytes, or 0 if the system does not report it.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// Prints the results as one line of JSON.
pub fn print(figures: &[(&str, usize)]) {
    let figures: Vec<String> = figures.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    println!("{{{}}}", figures.join(","));
}
