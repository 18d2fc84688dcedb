//! Clients take the proxies of the environment without being told to, whichever way they are made. Each call is made by
//! a process of its own, with the variables set.

use std::process::Command;

use sso_client::test_util::Portal;
use sso_client::{Client, Config};
use test_support::servers::{ProxyBehavior, ProxyServer};

/// The variable by which the child process gets the endpoint URL; it is idle without.
const URL: &str = "TEST_ENDPOINT_URL";
/// The variable that names how the child process makes its client.
const MADE: &str = "TEST_CLIENT_MADE";

/// The ways to make a client. The second one needs a feature.
const WAYS: &[&str] =
    if cfg!(feature = "aws-types") { &["Client::from_conf", "Client::new"] } else { &["Client::from_conf"] };

/// What else than the variables of a row would choose a proxy or a root store.
const CLEARED: &[&str] = &[
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
    "SSL_CERT_DIR",
];

fn client(url: &str) -> Client {
    #[cfg(feature = "aws-types")]
    if std::env::var(MADE).as_deref() == Ok("Client::new") {
        return Client::new(&aws_types::SdkConfig::builder().endpoint_url(url).build());
    }
    Client::from_conf(Config::builder().endpoint_url(url).build())
}

#[tokio::test]
async fn child_process() {
    let Ok(url) = std::env::var(URL) else { return };
    client(&url).list_accounts().access_token("TOKEN").send().await.expect("it arrives");
}

/// Has a call made with these variables, and returns the requests at the proxy by their first lines.
fn call(made: &str, url: &str, root: Option<&str>, proxy: &ProxyServer, set: &[&str], no_proxy: &str) -> Vec<String> {
    let before = proxy.heads().len();
    let roots = root.map(|pem| {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), pem).expect("written");
        file
    });
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "child_process", "--nocapture"]);
    for name in CLEARED {
        child.env_remove(name);
    }
    child.env(URL, url).env(MADE, made).env("NO_PROXY", no_proxy);
    child.envs(roots.iter().map(|file| ("SSL_CERT_FILE", file.path())));
    child.envs(set.iter().map(|name| (name, format!("http://user:p%40ss@{}", proxy.address()))));
    let output = child.output().expect("it runs");
    assert!(output.status.success(), "{made} {url} {set:?}: {}", String::from_utf8_lossy(&output.stderr));
    let heads = proxy.heads().split_off(before);
    for head in &heads {
        assert!(head.contains("\r\nproxy-authorization: Basic dXNlcjpwQHNz\r\n"), "{head}");
    }
    heads.iter().filter_map(|head| head.lines().next().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_take_the_proxies_of_the_environment() {
    let plain = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let proxy = ProxyServer::start(ProxyBehavior::Forward);
    let near = plain.endpoint_url();
    // A name that only the proxy knows.
    let far = near.replace("127.0.0.1", "portal.test");
    let forwarded = vec![format!("GET {far}/assignment/accounts HTTP/1.1")];
    let mut calls = 0;
    for made in WAYS {
        let heads = |url: &str, set: &[&str], no_proxy: &str| call(made, url, None, &proxy, set, no_proxy);
        assert_eq!(heads(&far, &["HTTP_PROXY"], ""), forwarded, "{made}");
        assert_eq!(heads(&far, &["http_proxy"], "other.test"), forwarded, "{made}");
        assert_eq!(heads(&near, &["HTTP_PROXY"], "other.test,127.0.0.0/8"), [""; 0], "{made}: excepted");
        assert_eq!(heads(&near, &["HTTPS_PROXY"], ""), [""; 0], "{made}: for the other scheme");
        calls += 4;
    }
    assert_eq!(plain.requests().len(), calls, "each arrived");
}

/// The root store is that of the environment as well.
#[cfg(feature = "native-roots")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn encrypted_calls_take_a_tunnel_through_the_proxy_of_the_environment() {
    let portal = Portal::builder().access_token("TOKEN").tls().start().await.expect("started");
    let root = portal.ca_pem().expect("TLS");
    let proxy = ProxyServer::start(ProxyBehavior::Forward);
    let url = portal.endpoint_url().replace("127.0.0.1", "localhost");
    let tunnel = vec![format!("CONNECT {} HTTP/1.1", url.trim_start_matches("https://"))];
    let mut calls = 0;
    for made in WAYS {
        let heads = |set: &[&str], no_proxy: &str| call(made, &url, Some(root), &proxy, set, no_proxy);
        assert_eq!(heads(&["HTTPS_PROXY"], ""), tunnel, "{made}");
        assert_eq!(heads(&["HTTPS_PROXY"], "localhost"), [""; 0], "{made}: excepted");
        assert_eq!(heads(&["HTTP_PROXY"], ""), [""; 0], "{made}: for the other scheme");
        calls += 3;
    }
    assert_eq!(portal.requests().len(), calls, "each arrived");
}
