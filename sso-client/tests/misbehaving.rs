//! A server that misbehaves in many ways: for each, the number of requests, the kind of error and the
//! message.
//!
//! `cargo test -p sso-client --test misbehaving -- --nocapture` prints all messages and hints.
#![allow(clippy::print_stdout, reason = "tests say what they skip and how much they checked")]

#[path = "misbehaving/answers.rs"]
mod answers;
#[path = "misbehaving/http.rs"]
mod http;
#[path = "misbehaving/rows.rs"]
mod rows;
#[path = "misbehaving/tls.rs"]
mod tls;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rows::{End, Mode, Place, Row, Short};
use sso_client::config::http::HyperClient;
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::{ProvideErrorMetadata, SdkError};
use sso_client::operation::list_accounts::ListAccountsError;
use sso_client::runtime::test_util::FakeClock;
use sso_client::{Client, Config};
use test_support::servers::{Authority, Certificate, ScriptedServer, Step, full_listener, refused_address, respond};

/// The longest line and the longest hint, in characters.
const LONGEST: usize = 300;

fn end(result: &Result<(), SdkError<ListAccountsError>>) -> End {
    match result {
        Ok(()) => End::Success,
        Err(SdkError::DispatchFailure(_)) => End::Dispatch,
        Err(SdkError::TimeoutError(_)) => End::Timeout,
        Err(SdkError::ResponseError(_)) => End::Response,
        Err(SdkError::ServiceError(_)) => End::Service,
        Err(error) => panic!("nothing was sent: {error}"),
    }
}

/// Whether the last of an error's causes is TLS's own. The I/O errors that TLS comes wrapped in
/// leave what they hold out of `source`.
fn ends_at_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut last = error;
    loop {
        let inner = last.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let next = inner.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| last.source());
        match next {
            Some(cause) => last = cause,
            None => return last.is::<rustls::Error>(),
        }
    }
}

/// Returns what a user sees of a row, or what is wrong with it.
async fn check(row: Row) -> Result<String, String> {
    let limit = |short| Duration::from_millis(if row.short == short { 600 } else { 20_000 });
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(limit(Short::Connect))
        .read_timeout(limit(Short::Read))
        .operation_attempt_timeout(limit(Short::Attempt))
        .operation_timeout(limit(Short::Operation));
    let start = |mode| match mode {
        Mode::Tcp(scripts) => (ScriptedServer::start_each(scripts), None),
        Mode::Tls(certificate) => {
            let success = [respond("200 OK", "", "{}"), Step::Hold];
            let (server, trusted) = ScriptedServer::start_with(certificate, success);
            (server, Some(trusted))
        }
        #[cfg(feature = "http2")]
        Mode::Http2(scripts) => {
            let (server, trusted) = ScriptedServer::start_each_with(Certificate::ValidAndOffersHttp2, scripts);
            (server, Some(trusted))
        }
        Mode::TlsScript(script) => {
            let (server, trusted) = ScriptedServer::start_with(Certificate::Valid, script);
            (server, Some(trusted))
        }
    };
    let mut full = None;
    let (server, trusted, url) = match row.place {
        Place::Nowhere => (None, None, format!("http://{}", refused_address())),
        Place::Full => {
            let Some(listener) = full_listener().await else {
                return Ok(format!("{}\n  skipped: queues have no limit here", row.name));
            };
            let url = format!("http://{}", listener.address());
            full = Some(listener);
            (None, None, url)
        }
        Place::Server(mode) => {
            let (server, trusted) = start(mode);
            let url = server.url();
            (Some(server), trusted, url)
        }
        Place::WrongScheme(mode) => {
            let scheme = if matches!(mode, Mode::Tls(_) | Mode::TlsScript(_)) { "http" } else { "https" };
            let (server, trusted) = start(mode);
            let url = format!("{scheme}://{}", server.address());
            (Some(server), trusted, url)
        }
    };
    let clock = FakeClock::at(SystemTime::now());
    let mut config = Config::builder().endpoint_url(&url).timeout_config(timeouts.build());
    config.set_clock(Some(Arc::new(clock.clone()))).set_max_response_body(row.max_body);
    if row.short != Short::None {
        // What is waited for twice need not be waited for thrice.
        config.set_retry_config(Some(RetryConfig::standard().with_max_attempts(2)));
    }
    if url.starts_with("https") {
        let trusted = trusted.unwrap_or_else(|| Authority::new("any").pem());
        let http = HyperClient::builder().connect_timeout(Some(limit(Short::Connect))).trust_only_pem(trusted);
        config.set_http_client(Some(sso_client::config::SharedHttpClient::new(http.build())));
    }
    let client = Client::from_conf(config.build());
    let result = client.list_accounts().access_token("TOKEN").send().await.map(drop);
    drop(full);

    let text = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let (kind, hint, attempts) = match &result {
        Ok(()) => (None, "", row.attempts),
        Err(error) => (error.timeout_kind(), error.hint().unwrap_or_default(), error.attempts() as usize),
    };
    // The server may be slower to count than the client to give up.
    let patience = Instant::now();
    let seen = || server.as_ref().map_or(0, |server| server.requests().len());
    while seen() < row.seen && patience.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut wrong = Vec::new();
    let mut expect = |right: bool, what: String| {
        if !right {
            wrong.push(what);
        }
    };
    expect(end(&result) == row.end, format!("ends as {:?}", end(&result)));
    expect(seen() == row.seen, format!("{} requests seen", seen()));
    expect(attempts == row.attempts, format!("{attempts} attempts"));
    expect(kind == row.kind, format!("timeout {kind:?}"));
    if row.exact {
        let line = text.strip_prefix("ListAccounts: ").unwrap_or(&text);
        expect((line, hint) == (row.detail, row.hint), format!("hint {hint:?}"));
    }
    expect(text.contains(row.detail) && !text.contains('\n'), "another text".to_owned());
    expect(text.chars().count() <= LONGEST && hint.len() <= LONGEST, "too long".to_owned());
    expect(hint.contains(row.hint) && hint.is_empty() == row.hint.is_empty(), format!("hint {hint:?}"));
    expect(!format!("{result:?}{text}").contains("TOKEN"), "the token is printed".to_owned());
    if let Err(error) = &result {
        let tls = row.detail.contains("certificate");
        expect(ends_at_tls(error) || !tls, "its causes do not end at TLS's".to_owned());
        let details = error.details().to_string();
        expect(details.starts_with(&text) && details.lines().count() > 1, format!("details {details:?}"));
        let longest = details.lines().map(|line| line.chars().count()).max();
        expect(longest <= Some(LONGEST) && format!("{error:?}").len() < 1600, format!("details {details}, {error:?}"));
    }
    if let Some(waits) = row.waits {
        let found = clock.sleeps().iter().map(Duration::as_millis).collect::<Vec<_>>();
        expect(found == waits, format!("waits {found:?}"));
    }
    let hint = if hint.is_empty() { String::new() } else { format!("\n  hint: {hint}") };
    let text = if text.is_empty() { "success".to_owned() } else { text };
    if wrong.is_empty() {
        Ok(format!("{}\n  {text}{hint}", row.name))
    } else {
        Err(format!("{}: {}: {text}", row.name, wrong.join(", ")))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misbehavior_is_told_for_what_it_is() {
    let rows = rows::rows();
    let count = rows.len();
    assert!(count >= 40, "{count} rows");
    let mut names: Vec<_> = rows.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name is there twice");
    // Some at a time: most of the time is spent waiting.
    let turns = Arc::new(tokio::sync::Semaphore::new(8));
    let mut running = tokio::task::JoinSet::new();
    for (index, row) in rows.into_iter().enumerate() {
        let turns = Arc::clone(&turns);
        running.spawn(async move {
            let _turn = turns.acquire_owned().await;
            (index, check(row).await)
        });
    }
    let (mut seen, mut wrong) = (BTreeMap::new(), Vec::new());
    while let Some(checked) = running.join_next().await {
        let (index, checked) = checked.expect("no panic");
        match checked {
            Ok(text) => drop(seen.insert(index, text)),
            Err(text) => wrong.push(text),
        }
    }
    for text in seen.values() {
        println!("{text}");
    }
    println!("{count} rows");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
