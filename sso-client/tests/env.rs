//! Configuration from the environment, including the process's own.

use std::io::ErrorKind;
use std::process::Command;

use sso_client::config::{EnvLoader, Region};
use sso_client::error::ProvideErrorMetadata;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

/// Tells this program, run as a child, that it is one.
const CHILD: &str = "SSO_CLIENT_TEST_IS_CHILD";

/// A loader of these variables and a config file, which lies where one of them has to say.
fn loader(environment: &[(&str, &str)], file: &'static str) -> EnvLoader {
    let config_file = ("AWS_CONFIG_FILE", "/config");
    Config::env_loader()
        .env(environment.iter().copied().chain([config_file]))
        .fs(move |path| if path.ends_with("config") { Ok(file.into()) } else { Err(ErrorKind::NotFound.into()) })
}

/// Where a call of a client goes, or why it goes nowhere.
async fn destination(config: Config, overrides: Option<Config>) -> String {
    let replay = ReplayClient::new(http::Response::builder().body(r#"{"accountList":[]}"#));
    let client = Client::from_conf(config.to_builder().http_client(replay.clone()).build());
    let call = client.list_accounts().access_token("t").customize();
    let call = match overrides {
        Some(overrides) => call.config_override(overrides.to_builder()),
        None => call,
    };
    match call.send().await {
        Ok(_) => replay.requests().first().expect("a request").uri().to_string(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn calls_go_where_the_environment_says() {
    const FILE: &str =
        "[default]\nregion = eu-west-1\nservices = s\n[services s]\nsso =\n  endpoint_url = http://file\n";
    const PATH: &str = "/assignment/accounts";
    let load = |environment: &[(&str, &str)]| loader(environment, FILE).load().expect("settings");
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    assert_eq!(destination(load(&[]), None).await, format!("http://file{PATH}"));
    assert_eq!(destination(load(&[("AWS_ENDPOINT_URL_SSO", "http://sso")]), None).await, format!("http://sso{PATH}"));
    assert_eq!(destination(load(&[ignore]), None).await, format!("https://portal.sso.eu-west-1.amazonaws.com{PATH}"));
    let config = load(&[ignore, ("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_REGION", "us-east-1")]);
    assert_eq!(destination(config, None).await, format!("https://portal.sso-fips.us-east-1.amazonaws.com{PATH}"));

    // What the program says counts first, for a client and for a call.
    let explicit = load(&[ignore]).to_builder().region(Region::new("us-west-2")).build();
    assert_eq!(destination(explicit, None).await, format!("https://portal.sso.us-west-2.amazonaws.com{PATH}"));
    let explicit = load(&[]).to_builder().endpoint_url("http://program").build();
    assert_eq!(destination(explicit.clone(), None).await, format!("http://program{PATH}"));
    assert_eq!(destination(load(&[]), Some(explicit.clone())).await, format!("http://program{PATH}"));
    assert_eq!(destination(explicit, Some(load(&[]))).await, format!("http://file{PATH}"));
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_used_says_where_it_stands() {
    type Row<'a> = (&'a [(&'a str, &'a str)], &'static str, &'a str);
    let rows: [Row<'_>; 3] = [
        (&[("AWS_ENDPOINT_URL_SSO", "ftp://SECRET@h")], "", "(AWS_ENDPOINT_URL_SSO)"),
        (&[], "[default]\nendpoint_url = ftp://SECRET@h", "(/config:2: endpoint_url)"),
        (
            &[],
            "[default]\nservices = s\n[services s]\nsso =\n  x = y\n  endpoint_url = ftp://SECRET@h",
            "(/config:6: endpoint_url)",
        ),
    ];
    for (environment, file, origin) in rows {
        let config = loader(environment, file).load().expect("settings");
        let error = destination(config, None).await;
        let expected = format!("the endpoint URL {origin} cannot be used: its scheme is ftp");
        assert!(error.contains(&expected) && !error.contains("SECRET"), "{error}");
    }
}

/// What depends on the service or the URL is told by calls that need it, before anything is sent.
#[tokio::test]
async fn what_a_call_needs_of_the_environment() {
    let url = "https://portal.sso.eu-west-1.amazonaws.com/assignment/accounts";
    let missing = "ListAccounts: /config:3: services: there is no section [services none] in the config file; there are none \
                   (nothing was sent)";
    let form = "it has to have the form https://host[:port][/path] (nothing was sent)";
    let fragment = format!(
        "ListAccounts: the endpoint URL (AWS_ENDPOINT_URL) cannot be used: it has a fragment (#…), which cannot be sent; {form}"
    );
    type Row<'a> = (&'a [(&'a str, &'a str)], &'static str, &'a str);
    let rows: [Row<'_>; 5] = [
        (&[("AWS_ENDPOINT_URL_S3", "http://s3")], "[default]\nregion = eu-west-1\nservices = none", missing),
        (&[("AWS_ENDPOINT_URL_SSO", "http://sso")], "[default]\nservices = none", "http://sso/assignment/accounts"),
        (&[("AWS_ENDPOINT_URL", "https://h/#portal")], "", &fragment),
        (&[("AWS_ENDPOINT_URL", "https://h/é")], "", "https://h/%C3%A9/assignment/accounts"),
        (&[("AWS_REGION", "eu-west-1"), ("AWS_SDK_UA_APP_ID", "my app")], "", url),
    ];
    for (environment, file, expected) in rows {
        let config = loader(environment, file).load().expect("settings");
        assert_eq!(destination(config, None).await, *expected, "{environment:?}");
    }
    let config = loader(&[("AWS_REGION", "eu-west-1"), ("ALL_PROXY", "socks5://SECRET@proxy")], "").load();
    let client = Client::from_conf(config.expect("settings"));
    let error = client.list_accounts().access_token("t").send().await.expect_err("no proxy");
    let expected = "ListAccounts: ALL_PROXY: the proxy's URL cannot be used: SOCKS is not supported; it has to have the form \
                    http://[user:password@]host[:port] (nothing was sent)";
    assert_eq!((error.to_string().as_str(), error.attempts()), (expected, 0));
}

#[test]
fn the_environment_of_the_process() {
    if std::env::var_os(CHILD).is_some() {
        let config = Config::from_env().expect("settings");
        assert_eq!(config.region().map(AsRef::as_ref), Some("eu-north-1"));
        assert_eq!(config.use_dual_stack(), Some(true));
        assert!(Config::builder().build().region().is_none(), "a builder reads nothing");
        return;
    }
    let folder = std::env::temp_dir().join(format!("sso-client-env-{}", std::process::id()));
    std::fs::create_dir_all(folder.join(".aws")).expect("a folder");
    std::fs::write(folder.join(".aws/config"), "[profile p]\nuse_dualstack_endpoint = true\n").expect("a file");
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "the_environment_of_the_process"]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            child.env_remove(name);
        }
    }
    child.envs([(CHILD, "1"), ("AWS_REGION", "eu-north-1"), ("AWS_PROFILE", "p")]).env("HOME", &folder);
    let output = child.output();
    std::fs::remove_dir_all(&folder).expect("the folder");
    let output = output.expect("a child");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
