//! Blocking calls.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sso_client::blocking::{self, BlockingCall};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::error::{ProvideErrorMetadata, SdkError};
use sso_client::test_util::{CannedResponse, Portal};
use sso_client::{Client, Config};
use test_support::servers::silent_listener;

/// A fake service on a thread of its own, since these tests have no runtime.
struct Server {
    portal: Portal,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let accounts = (0..25).fold(Portal::builder(), |portal, number| {
            portal.account(format!("{number:012}"), format!("account {number}"), "a@example.com", ["Admin"])
        });
        let portal = runtime.block_on(accounts.access_token("token").start()).expect("started");
        Self { portal, _runtime: runtime }
    }

    fn client(&self) -> Client {
        let retries = RetryConfig::standard().with_initial_backoff(Duration::ZERO);
        Client::from_conf(self.portal.config().retry_config(retries).build())
    }
}

#[test]
fn calls_pages_and_items_without_a_runtime() {
    let server = Server::start();
    let client = server.client().blocking();
    server.portal.respond_next(CannedResponse::new(503, ""));
    let call = client.get_role_credentials().account_id("000000000007").role_name("Admin").access_token("token");
    let output = call.send().expect("credentials, by the second attempt");
    assert!(output.role_credentials().is_some());
    assert_eq!(server.portal.requests().len(), 2);

    let pages = client.list_accounts().access_token("token").into_paginator().page_size(10).send();
    let sizes: Vec<usize> = pages.map(|page| page.expect("a page").account_list().len()).collect();
    assert_eq!(sizes, [10, 10, 5]);
    let items = client.list_accounts().access_token("token").into_paginator().page_size(10).items().send();
    let names: Result<Vec<_>, _> = items.map(|item| item.map(|account| account.account_name)).collect();
    assert_eq!(names.expect("all pages").len(), 25);

    let error = client.list_accounts().access_token("wrong").send().expect_err("not signed in");
    assert_eq!(error.code(), Some("UnauthorizedException"));
    let mut items = client.list_accounts().access_token("wrong").into_paginator().items().send();
    assert!(items.next().is_some_and(|item| item.is_err()) && items.next().is_none(), "it ends with an error");
    let changed = client.logout().access_token("token").customize().mutate_request(|request| {
        request.headers_mut().insert("x-mine", "1").expect("a header");
    });
    changed.send().expect("signed out");
    assert!(server.portal.requests().last().is_some_and(|request| request.header("x-mine").is_some()));
    assert_eq!(client.config().region(), server.client().config().region());
}

#[test]
fn one_client_has_one_thread_and_its_connections() {
    let server = Server::start();
    let client = server.client();
    for _ in 0..3 {
        client.blocking().list_accounts().access_token("token").send().expect("accounts");
    }
    assert_eq!(server.portal.connections(), 1);
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client: blocking::Client = client.blocking();
            let done = &done;
            scope.spawn(move || {
                for _ in 0..5 {
                    client.list_accounts().access_token("token").send().expect("accounts");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(done.into_inner(), 40);
    assert!(server.portal.connections() <= 9, "{} connections", server.portal.connections());
}

#[test]
fn the_thread_ends_with_the_client() {
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        tasks.map(name).filter(|name| name.starts_with("sso-client-call")).count()
    };
    if !cfg!(target_os = "linux") {
        return;
    }
    let server = Server::start();
    // Other tests of this file have threads of the same name, so that they are counted together.
    let clients: Vec<_> = (0..20).map(|_| server.client().blocking()).collect();
    for client in &clients {
        client.list_accounts().access_token("token").send().expect("accounts");
    }
    let before = threads();
    assert!(before >= 20, "{before}");
    drop(clients);
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while threads() > before - 15 {
        assert!(std::time::Instant::now() < deadline, "{} of {before} threads are left", threads());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn inside_of_a_runtime_it_is_refused() {
    let client = Client::from_conf(Config::builder().endpoint_url("http://127.0.0.1:1").build()).blocking();
    let check = |client: &blocking::Client| {
        let error = client.logout().access_token("token").send().expect_err("refused");
        assert!(matches!(error, SdkError::ConstructionFailure(_)) && error.attempts() == 0, "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("Logout: a blocking call cannot be made inside of an asynchronous runtime"), "{text}");
        assert!(text.contains("spawn_blocking"), "it says what to do: {text}");
        let mut items = client.list_accounts().access_token("token").into_paginator().items().send();
        assert!(matches!(items.next(), Some(Err(SdkError::ConstructionFailure(_)))));
        assert!(items.next().is_none());
    };
    for runtime in [tokio::runtime::Builder::new_current_thread(), tokio::runtime::Builder::new_multi_thread()] {
        let runtime = { runtime }.enable_all().build().expect("a runtime");
        runtime.block_on(async { check(&client) });
        let clone = client.clone();
        runtime.block_on(async move { tokio::task::spawn_blocking(move || check(&clone)).await.expect("no panic") });
    }
}

#[test]
fn limits_failures_and_panics_come_through() {
    let silent = silent_listener();
    let config = Config::builder()
        .endpoint_url(format!("http://{}", silent.local_addr().expect("an address")))
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_millis(50)).build());
    let client = Client::from_conf(config.build()).blocking();
    let error = client.logout().access_token("token").send().expect_err("too slow");
    assert!(matches!(error, SdkError::TimeoutError(_)), "{error}");

    let call = client.logout().access_token("token").customize();
    let call = call.mutate_request(|_| panic!("the caller's own"));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| call.send())).expect_err("a panic");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the caller's own"));
    client.logout().access_token("token").send().expect_err("the client is usable");
}

#[test]
fn an_asynchronous_client_beside_it() {
    let server = Server::start();
    let client = server.client();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // A connection whose runtime nobody drives afterwards is not taken.
    runtime.block_on(client.list_accounts().access_token("token").send()).expect("accounts");
    client.blocking().list_accounts().access_token("token").send().expect("accounts");
    runtime.block_on(client.list_accounts().access_token("token").send()).expect("accounts");
    assert_eq!(server.portal.connections(), 2);
    // Nor is one of a transport that was set.
    let config = server.portal.config().http_client(sso_client::config::http::HyperClient::default());
    let limits = TimeoutConfig::builder().read_timeout(Duration::from_secs(5)).build();
    let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).timeout_config(limits).build());
    runtime.block_on(client.list_accounts().access_token("token").send()).expect("accounts");
    client.blocking().list_accounts().access_token("token").send().expect("accounts");
    assert_eq!(server.portal.connections(), 4);
    let configs: Vec<&Config> = [&client].into_iter().map(Client::config).collect();
    assert_eq!(configs.len(), 1, "methods can be named by their paths");
}
