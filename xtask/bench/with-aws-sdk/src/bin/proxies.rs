//! Compares what a proxy of the environment gets from `aws-sdk-sso` and from `sso-client`: the same requests for URLs
//! of either scheme, for clients made either way. Each call is made by a process of its own, with the variables set.

use std::error::Error;
use std::process::Command;

use aws_types::SdkConfig;
use sso_client::test_util::Portal;
use test_support::servers::{ProxyBehavior, ProxyServer};

const URL: &str = "COMPARED_ENDPOINT_URL";
const CLIENT: &str = "COMPARED_CLIENT";
const CLEARED: [&str; 10] = [
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

/// Makes a call by one crate. The names of the crates' items are the same.
macro_rules! call {
    ($sdk:ident, $url:expr, $plain:expr) => {{
        use $sdk::config::{BehaviorVersion, Region};
        let client = if $plain {
            let config = $sdk::Config::builder().behavior_version(BehaviorVersion::latest());
            $sdk::Client::from_conf(config.region(Region::new("eu-west-1")).endpoint_url($url).build())
        } else {
            let config = SdkConfig::builder().behavior_version(aws_sdk_sso::config::BehaviorVersion::latest());
            let region = aws_types::region::Region::new("eu-west-1");
            $sdk::Client::new(&config.region(region).endpoint_url($url).build())
        };
        client.list_accounts().access_token("TOKEN").send().await?;
    }};
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(client) = std::env::var(CLIENT) {
        let url = std::env::var(URL)?;
        match client.as_str() {
            "aws-sdk-sso" => call!(aws_sdk_sso, url, true),
            "aws-sdk-sso of an SdkConfig" => call!(aws_sdk_sso, url, false),
            "sso-client" => call!(sso_client, url, true),
            _ => call!(sso_client, url, false),
        }
        return Ok(());
    }
    let plain = Portal::builder().access_token("TOKEN").start().await?;
    let tls = Portal::builder().access_token("TOKEN").tls().start().await?;
    let roots = tempfile::NamedTempFile::new()?;
    std::fs::write(roots.path(), tls.ca_pem().unwrap_or_default())?;
    let proxy = ProxyServer::start(ProxyBehavior::Forward);
    let mut equal = true;
    for (scheme, url) in [
        ("http", plain.endpoint_url().replace("127.0.0.1", "portal.test")),
        ("https", tls.endpoint_url().replace("127.0.0.1", "localhost")),
    ] {
        for no_proxy in ["", "portal.test,localhost"] {
            let mut expected = None;
            for client in ["aws-sdk-sso", "aws-sdk-sso of an SdkConfig", "sso-client", "sso-client of an SdkConfig"] {
                let before = proxy.heads().len();
                let mut child = Command::new(std::env::current_exe()?);
                for name in CLEARED {
                    child.env_remove(name);
                }
                let address = format!("http://user:p%40ss@{}", proxy.address());
                child.env("HTTP_PROXY", &address).env("HTTPS_PROXY", &address).env("NO_PROXY", no_proxy);
                child.env("SSL_CERT_FILE", roots.path()).env(URL, &url).env(CLIENT, client);
                let output = child.output()?;
                let heads: Vec<_> = proxy.heads().split_off(before).iter().map(|head| essence(head)).collect();
                // A name that only the proxy knows cannot be reached without it.
                let arrives = scheme == "https" || no_proxy.is_empty();
                println!("{scheme} NO_PROXY={no_proxy:?} {client}: {heads:?}");
                if output.status.success() != arrives {
                    equal = false;
                    println!("  unexpected: {}", String::from_utf8_lossy(&output.stderr));
                }
                if *expected.get_or_insert_with(|| heads.clone()) != heads {
                    equal = false;
                    println!("  differs");
                }
            }
        }
    }
    println!("arrived: {} plain, {} encrypted", plain.requests().len(), tls.requests().len());
    if equal { Ok(()) } else { Err("the clients differ".into()) }
}

/// The first line, the host and the credentials for the proxy.
fn essence(head: &str) -> String {
    let header = |name: &str| {
        let found =
            head.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("none", |(_, value)| value.trim()).to_owned()
    };
    let line = head.lines().next().unwrap_or_default();
    format!("{line} | host {} | proxy-authorization {}", header("host"), header("proxy-authorization"))
}
