//! Calls of a process that runs out of descriptors or memory.

use std::process::{Command, Output};
use std::time::Duration;

use sso_client::Client;

use super::faults::{Faults, MAX_RESPONSE_BODY};
use super::server::Server;

/// Tells the inner run of a test where its server is.
const URL: &str = "SOAK_URL";

/// Nothing here waits for a time limit.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a test of this program again, within what a `ulimit` allows.
fn within(limit: &str, test: &str, url: &str) -> Output {
    let program = std::env::current_exe().expect("the test's program");
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit} && exec \"$@\""), "sh"]).arg(program);
    shell.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    // The limit is for what the program needs, not for what an allocator reserves for each thread.
    shell.env("MALLOC_ARENA_MAX", "1").env(URL, url).output().expect("a process")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// Makes calls at once; returns the messages of those that failed.
async fn calls(client: &Client, count: usize) -> Vec<String> {
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..count {
        let call = client.list_accounts().access_token("t").send();
        running.spawn(async move { call.await.err().map(|error| error.to_string()) });
    }
    let mut failed = Vec::new();
    let all = async {
        while let Some(ended) = running.join_next().await {
            failed.extend(ended.expect("no panic"));
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("no call hangs");
    failed
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// 200 calls at once with 32 descriptors: each waits for its turn.
#[test]
fn few_descriptors() {
    let server = Server::start(Faults::None);
    let output = within("-n 32", "limits::with_few_descriptors", server.url());
    let said = text(&output);
    println!("{said}");
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "is run by another test, within its limit"]
fn with_few_descriptors() {
    let Ok(url) = std::env::var(URL) else { return };
    runtime().block_on(async {
        let sockets = super::process::sockets();
        let client = super::client(&url, None, PATIENCE);
        for round in 0..3 {
            let failed = calls(&client, 200).await;
            println!("round {round}: {} of 200 calls failed, as: {:?}", failed.len(), failed.first());
            assert_eq!(failed, Vec::<String>::new());
            // The connections that are kept leave room for the rest of the program.
            let files: Vec<_> = (0..8).map_while(|_| std::fs::File::open("/dev/null").ok()).collect();
            assert_eq!(files.len(), 8);
            assert_eq!(calls(&client, 8).await, Vec::<String>::new());
        }
        // Those of idle connections go with their client.
        drop(client);
        let is_free = || std::fs::File::open("/dev/null").is_ok();
        super::until("connections stay open", || is_free() && super::process::sockets() == sockets).await;
        // Descriptors that the program itself takes, to the last.
        let mut files = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            files.push(file);
        }
        assert!(files.len() > 8, "only {}", files.len());
        let without = super::client(&url, None, PATIENCE);
        let failed = calls(&without, 4).await;
        println!("without any descriptor: {:?}", failed.first());
        assert!(failed.iter().all(|message| message.contains("Too many open files")), "{failed:#?}");
        assert_eq!(failed.len(), 4);
        drop(files);
        assert_eq!(calls(&without, 8).await, Vec::<String>::new());
    });
}

/// A list as large as a response may be, read by several calls within a limit on memory.
#[test]
fn little_memory() {
    let server = Server::start(Faults::HugeList);
    let output = within("-v 300000", "limits::with_little_memory", server.url());
    let said = text(&output);
    println!("{said}");
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "is run by another test, within its limit"]
fn with_little_memory() {
    let Ok(url) = std::env::var(URL) else { return };
    runtime().block_on(async {
        let client = super::client(&url, None, PATIENCE);
        assert_eq!(calls(&client, 2).await, Vec::<String>::new());
        println!("{} KiB resident", super::process::resident());
    });
}

/// How much memory a response at the limit takes at most, as the setting's documentation says.
#[test]
fn memory_of_a_response_at_the_limit() {
    for (faults, most) in [(Faults::HugeList, "5"), (Faults::EmptyAccounts, "5")] {
        let server = Server::start(faults);
        let url = format!("{} {most}", server.url());
        let said = text(&within("-c 0", "limits::with_a_response_at_the_limit", &url));
        println!("{faults:?}: {said}");
        assert!(said.contains("1 passed"), "{said}");
        let is_refused = said.contains("too many elements: they would take more than 64 MiB (HTTP 200, 1 attempt)");
        assert_eq!(is_refused, matches!(faults, Faults::EmptyAccounts), "{said}");
    }
}

#[test]
#[ignore = "is run by another test, in a process of its own"]
fn with_a_response_at_the_limit() {
    let Ok(said) = std::env::var(URL) else { return };
    let (url, most) = said.split_once(' ').expect("a URL and a limit");
    runtime().block_on(async {
        let client = super::client(url, None, PATIENCE);
        let before = super::process::resident();
        let ended = match client.list_accounts().access_token("t").send().await {
            Ok(output) => {
                format!("{} accounts, {} KiB", output.account_list().len(), super::process::resident() - before)
            }
            Err(error) => error.to_string(),
        };
        let peak = super::process::peak() - before;
        let factor = peak as f64 * 1024.0 / MAX_RESPONSE_BODY as f64;
        println!("{ended}; {peak} KiB at most, {factor:.1} times the limit");
        assert!(factor <= most.parse().expect("a number"), "{factor}");
    });
}
