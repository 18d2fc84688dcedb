//! A process without file descriptors: each test runs again in one with a small limit.

use std::fs::File;
use std::process::Command;

use sso_client::error::{ProvideErrorMetadata, SdkError};
use sso_client::test_util::PortalBuilder;
use test_support::servers::Authority;

use super::*;

const INSIDE: &str = "SSO_CLIENT_TEST_DESCRIPTORS";

/// Runs the calling test again with this limit on open files; returns what `url` gave in the inner run.
fn limited(test: &str, limit: u32, url: &str) -> Option<String> {
    if let Ok(url) = std::env::var(INSIDE) {
        return Some(url);
    }
    let program = std::env::current_exe().expect("the test's program");
    let script = format!("ulimit -n {limit} && exec \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "sh"]).arg(program).args([test, "--exact", "--nocapture", "--test-threads=1"]);
    let output = shell.env(INSIDE, url).output().expect("a shell");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "inside: {text}");
    println!("{text}");
    None
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn client(url: &str) -> Client {
    let http = HyperClient::builder().max_connections_per_origin(1000).build();
    let config = Config::builder().endpoint_url(url).http_client(http);
    Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

#[test]
fn calls_wait_for_the_descriptors_of_others() {
    let server = ScriptedServer::start([Step::Pause(Duration::from_millis(30)), respond("200 OK", "", "{}")]);
    let Some(url) = limited("descriptors::calls_wait_for_the_descriptors_of_others", 32, &server.url()) else { return };
    drop(server);
    runtime().block_on(async {
        let client = client(&url);
        list_at_once(&client, 200).await;
    });
}

#[test]
fn idle_connections_are_let_go() {
    let server = ScriptedServer::start([Step::Pause(Duration::from_millis(30)), respond("200 OK", "", "{}")]);
    let Some(url) = limited("descriptors::idle_connections_are_let_go", 48, &server.url()) else { return };
    drop(server);
    runtime().block_on(async {
        let client = client(&url);
        let both = [url.clone(), url.replace("127.0.0.1", "localhost")];
        for url in both.iter().chain(&both) {
            let config = Config::builder().endpoint_url(url);
            let calls: Vec<_> = (0..30)
                .map(|_| {
                    let call = client.list_accounts().access_token("t").customize();
                    tokio::spawn(call.config_override(config.clone()).send())
                })
                .collect();
            for call in calls {
                call.await.expect("no panic").expect("a success");
            }
        }
    });
}

/// 2,000 calls over TLS with the descriptors that processes usually have, by the usual number of connections and by more
/// than the process can have. They share a connection where there is HTTP/2.
fn two_thousand_calls(test: &str, portal: PortalBuilder) {
    // The server is in the outer process, on threads of its own.
    let servers =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let inside = std::env::var_os(INSIDE).is_some();
    let portal = (!inside).then(|| {
        let portal = portal.access_token("t").accounts(3, 1).latency(Duration::from_millis(20));
        servers.block_on(portal.start()).expect("started")
    });
    let said = portal.as_ref().map(|portal| format!("{} {}", portal.endpoint_url(), portal.ca_pem().expect("TLS")));
    let Some(said) = limited(test, 1024, &said.unwrap_or_default()) else { return };
    let (url, trusted) = said.split_once(' ').expect("a URL and a certificate");
    for connections in [None, Some(5000)] {
        runtime().block_on(async {
            let mut http = HyperClient::builder().trust_only_pem(trusted);
            if let Some(connections) = connections {
                // More handshakes than a short connect timeout has time for.
                http = http.max_connections_per_origin(connections).connect_timeout(Some(Duration::from_secs(60)));
            }
            let config = Config::builder().endpoint_url(url).http_client(http.build());
            let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
            let started = Instant::now();
            list_at_once(&client, 2000).await;
            println!("{connections:?} connections: 2,000 calls in {:?}", started.elapsed());
        });
    }
}

#[test]
fn two_thousand_calls_over_http1() {
    two_thousand_calls("descriptors::two_thousand_calls_over_http1", Portal::builder().tls_http1());
}

#[cfg(feature = "http2")]
#[test]
fn two_thousand_calls_over_http2() {
    two_thousand_calls("descriptors::two_thousand_calls_over_http2", Portal::builder().tls());
}

/// Opens files until there is no descriptor left.
fn exhaust() -> Vec<File> {
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

#[test]
fn a_lack_of_descriptors_is_no_error_of_tls_and_passes() {
    let Some(url) =
        limited("descriptors::a_lack_of_descriptors_is_no_error_of_tls_and_passes", 64, "https://127.0.0.1:1")
    else {
        return;
    };
    let hint = "this process has too many files and connections open";
    runtime().block_on(async {
        for (url, what) in [
            (url.as_str(), "cannot be read"),
            ("http://127.0.0.1:1", "Too many open files"),
            // glibc cannot read /etc/hosts.
            ("http://localhost:1", "Too many open files"),
        ] {
            let bundle = std::env::temp_dir().join(format!("{}-descriptors.pem", std::process::id()));
            std::fs::write(&bundle, Authority::new("any").pem()).expect("written");
            for http in [HyperClient::builder(), HyperClient::builder().ca_bundle_path(&bundle)] {
                let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
                let config = Config::builder().endpoint_url(url).http_client(http.build()).retry_config(retries);
                let client = Client::from_conf(config.build());
                let files = exhaust();
                let error = client.list_accounts().access_token("t").send().await.expect_err("no descriptors");
                drop(files);
                let text = error.to_string();
                assert!(text.contains(what) && text.contains("Too many open files"), "{text}");
                assert!(text.ends_with("(3 attempts)"), "{text}");
                assert!(error.hint().unwrap_or_default().starts_with(hint), "{error:#}");
                let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
                assert!(failure.is_io(), "{error:?}");
                // The failure is not kept.
                let error = client.list_accounts().access_token("t").send().await.expect_err("nobody there");
                assert!(error.to_string().contains("Connection refused"), "{error}");
            }
            let _ = std::fs::remove_file(&bundle);
        }
    });
}
