//! What every benchmark program does, whichever client it has: the same calls with the same
//! arguments, the same fields taken out of the answers. The client is a type parameter, so that
//! nothing stands between it and the loop.
//!
//! A program makes one measurement and says one line of JSON. What it took out of the answers is
//! summed up in `checksum`, by which `cargo xtask bench` sees that all clients did the same.

use std::hint::black_box;
use std::time::Instant;

/// The account that credentials are asked for.
pub const ACCOUNT: &str = "111122223333";
/// The role.
pub const ROLE: &str = "ReadOnlyAccess";
/// The access token, as long as those of the service are.
pub const TOKEN: &str = concat!(
    "aoaAAAAAGdR2T4ZmYtN2ExLTRhMjMtOWYzYi0xZGU5ZjA2MmE5YjE6TUdVQ01RQ2xTVGVrZU5SdDVCbFQ5b0ht",
    "aVh0dDdYSjFqS3hBWmZXQm1GOW5sQ3pCeVpJb0V4a3FrSTJNN0F3UGhxQ0lDTUZ3R1RyUXVqUXBqS1Z2dWx6",
    "cUY2Y2tWbEJZU0lMbHVzNGJLd2d1SkJ5N0RhT2NxbkhTMlFmQ2p4b0xhTnZnT1E9PQ:MEUCIQDcfbYd2vXl",
    "bWFkZSBmb3IgYmVuY2htYXJrcyBhbmQgdmFsaWQgbm93aGVyZQ"
);

/// A client of the portal service.
pub trait Client: Clone + Send + Sync + Sized + 'static {
    /// One that trusts the system's roots, made as its documentation says.
    fn new(url: &str) -> Self;

    /// One that cannot speak TLS, where the client knows such.
    fn without_roots(url: &str) -> Option<Self> {
        let _ = url;
        None
    }

    /// Calls `GetRoleCredentials`. Gives the lengths of the access key, the secret key, the
    /// session token and the request id, all owned, and the expiration, added up.
    fn credentials(&self, account: &str, role: &str, token: &str) -> impl Future<Output = usize> + Send;

    /// Calls `ListAccounts` until there are no more pages, and gives for all items the lengths of
    /// id, name and address, all owned, added up.
    fn accounts(&self, token: &str) -> impl Future<Output = usize> + Send;
}

/// Runs one measurement: what, then the server's URL, then numbers.
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

/// Calls one after the other, on a current-thread runtime. With one, it is a start.
fn calls<C: Client>(client: C, count: usize) {
    block_on(async move {
        let mut checksum = 0;
        for _ in 0..count {
            checksum += client.credentials(black_box(ACCOUNT), black_box(ROLE), black_box(TOKEN)).await;
        }
        say(&[("calls", count), ("checksum", checksum)]);
    });
}

/// Lists accounts to the end, in as many pages as the token says.
fn list<C: Client>(client: C, pages: usize) {
    block_on(async move {
        let checksum = client.accounts(&format!("pages-{pages}")).await;
        say(&[("pages", pages), ("checksum", checksum)]);
    });
}

/// `count` calls by `width` tasks, after each has made one; on `threads` threads, where 0 stands
/// for a current-thread runtime. Then the peak of memory.
fn concurrent<C: Client>(client: C, count: usize, width: usize, threads: usize) {
    let each = count / width;
    let run = async move {
        all(&client, width, 1).await;
        let started = Instant::now();
        let checksum = all(&client, width, each).await;
        let nanoseconds = usize::try_from(started.elapsed().as_nanos()).expect("a short run");
        say(&[("calls", width * each), ("checksum", checksum), ("nanoseconds", nanoseconds), ("peak", peak())]);
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

/// The most memory that was resident at once, in bytes; 0 where the system does not say.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// Says what was measured, as JSON.
pub fn say(figures: &[(&str, usize)]) {
    let figures: Vec<String> = figures.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    println!("{{{}}}", figures.join(","));
}
