//! Where requests go: endpoint rules, URLs of endpoints and proxies, and what goes without a proxy.

use codegen::Options;
use codegen::endpoint::eval::{self, Params};
use codegen::endpoint::ir::{Literal, ParamType, RuleSet};
use http::Uri;
use sso_client::config::Region;
use sso_client::config::http::ProxyConfig;
use sso_client::config::retry::RetryConfig;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

use super::{block_on, is_line, root};

/// The rule sets of the project, that of the portal first.
fn read() -> &'static (Options, Vec<RuleSet>) {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).expect(file);
    let partitions = codegen::read_partitions("partitions.json", &read("model/partitions.json")).expect("partitions");
    let options = Options { partitions, skip_unsupported: true, ..Options::default() };
    let files = ["model/sso-2019-06-10.json", "model/sso-oidc-2019-06-10.json"].map(str::to_owned);
    let fixtures = ["steps", "auth", "corners", "obstacle", "request-bindings"];
    let fixtures = fixtures.map(|name| format!("codegen/tests/fixtures/{name}/model.json"));
    let rules = files.into_iter().chain(fixtures).map(|file| {
        let model = codegen::read_model(&file, &read(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        codegen::lower::lower(&model, &options).unwrap_or_else(|error| panic!("{file}: {error}")).endpoint
    });
    let rules = rules.collect();
    Box::leak(Box::new((options, rules)))
}

/// The first byte chooses a rule set; then comes a parameter a line, and an empty one is not there. What the portal's
/// evaluated rules say is what a client does by its generated ones.
pub(super) fn rules(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some((first, values)) = text.split_at_checked(1) else { return };
    thread_local!(static RULES: &'static (Options, Vec<RuleSet>) = read());
    let (options, rules) = RULES.with(|rules| *rules);
    let chosen = usize::from(first.as_bytes()[0]) % rules.len();
    let rules = &rules[chosen];
    let mut params = Params::new();
    for (param, value) in rules.params.iter().zip(values.split('\n')).filter(|(_, value)| !value.is_empty()) {
        let value = match param.ty {
            ParamType::String | ParamType::StringOr(_) => Literal::String(value.to_owned()),
            ParamType::Boolean | ParamType::BooleanOr(_) => Literal::Boolean(value == "true"),
            _ => Literal::StringArray(value.split(',').map(str::to_owned).collect()),
        };
        params.insert(param.wire_name.clone(), value);
    }
    let resolved = eval::resolve(rules, &options.partitions, &params);
    if chosen != 0 {
        return;
    }
    let text = |name: &str| match params.get(name) {
        Some(Literal::String(text)) => Some(text.clone()),
        _ => None,
    };
    let flag = |name: &str| matches!(params.get(name), Some(Literal::Boolean(true)));
    let replay = ReplayClient::new([http::Response::new("{}")]);
    let mut config = Config::builder().retry_config(RetryConfig::disabled()).http_client(replay.clone());
    config = config.use_fips(flag("UseFIPS")).use_dual_stack(flag("UseDualStack"));
    config.set_region(text("Region").map(Region::new)).set_endpoint_url(text("Endpoint"));
    let called = block_on(Client::from_conf(config.build()).list_accounts().access_token("t").send());
    match (resolved, replay.requests().first()) {
        (Ok(endpoint), Some(request)) => {
            let (expected, found) = (endpoint.url.parse::<Uri>().expect("it was called"), request.uri());
            let authority = |uri: &Uri| uri.authority().map(|found| found.as_str().to_ascii_lowercase());
            assert_eq!((authority(&expected), expected.scheme()), (authority(found), found.scheme()));
        }
        (resolved, None) => {
            let said = called.expect_err("nothing was sent").to_string();
            is_line(&said);
            if let Err(message) = resolved {
                let missing = message.contains("region") || message.contains("Region");
                assert!(said.contains(&message) || missing, "{said} is not {message}");
            }
        }
        (Err(message), Some(request)) => panic!("{message}, and {} was called", request.uri()),
    }
}

/// An endpoint and a proxy, a line each. Neither is called elsewhere, and no password is shown.
pub(super) fn urls(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (endpoint, proxy) = text.split_once('\n').unwrap_or((&text, ""));
    let replay = ReplayClient::new([http::Response::new("{}")]);
    let config = Config::builder().endpoint_url(endpoint).region(Region::new("eu-west-1"));
    let config = config.retry_config(RetryConfig::disabled()).http_client(replay.clone()).build();
    is_hidden(endpoint, &format!("{config:?}"));
    let called = block_on(Client::from_conf(config).list_accounts().access_token("t").send());
    if let Err(error) = called {
        is_line(&error.to_string());
        is_hidden(endpoint, &format!("{error} {error:?}"));
    }
    for request in replay.requests() {
        let (_, rest) = endpoint.split_once("://").expect("it was called");
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        assert_eq!(request.uri().authority().map(|found| found.as_str()), Some(authority), "of {endpoint:?}");
    }
    match ProxyConfig::all(proxy) {
        Ok(found) => {
            let shown = format!("{found:?}");
            is_hidden(proxy, &shown);
            is_line(&shown);
        }
        Err(error) => {
            is_line(&error.to_string());
            is_hidden(proxy, &format!("{error} {error:?}"));
        }
    }
}

/// A password is not shown, unless it is so short that it stands in other texts by chance, or stands elsewhere, too.
fn is_hidden(url: &str, shown: &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let Some((user, _)) = rest.rsplit_once('@') else { return };
    let password = user.split_once(':').map_or(user, |(_, password)| password).trim();
    assert!(
        password.len() < 12 || url.matches(password).count() > 1 || !shown.contains(password),
        "{password:?} is shown: {shown}"
    );
}

/// A list, a host and a port, a line each.
pub(super) fn no_proxy(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(3, '\n');
    let (list, host) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let port: u16 = lines.next().and_then(|port| port.trim().parse().ok()).unwrap_or(443);
    let Ok(uri) = format!("https://{host}:{port}/").parse::<Uri>() else { return };
    let Some(host) = uri.host() else { return };
    if uri.authority().is_none_or(|authority| authority.as_str() != format!("{host}:{port}")) {
        return;
    }
    let is_direct =
        |list: &str| !ProxyConfig::all("http://proxy.test").expect("valid").with_no_proxy(list).is_used_for(&uri);
    let direct = is_direct(list);
    let entries: Vec<_> = list.split(|char: char| char == ',' || char.is_whitespace()).collect();
    assert_eq!(direct, entries.iter().any(|entry| is_direct(entry)), "a list is its entries");
    assert!(is_direct(&format!("{list},*")) && is_direct(&format!("* {list}")));
    assert_eq!(direct, is_direct(&list.to_ascii_uppercase()), "upper case is lower case");
    assert!(!is_direct(""));
    let plain = |text: &str| {
        let is_letter = |char: char| char.is_ascii_alphanumeric() || char == '-';
        text.split('.').all(|label| !label.is_empty() && label.chars().all(is_letter))
            && text.contains(|char: char| char.is_ascii_alphabetic())
    };
    if !plain(host) {
        return;
    }
    assert!(is_direct(host) && is_direct(&format!(".{host}")) && is_direct(&format!("{host}:{port}")));
    assert!(!is_direct(&format!("{host}:{}", port ^ 1)) && !is_direct(&format!("x{host}")));
    for entry in entries.into_iter().filter(|entry| plain(entry)) {
        let (host, entry) = (host.to_ascii_lowercase(), entry.to_ascii_lowercase());
        let expected = host == entry || host.ends_with(&format!(".{entry}"));
        assert_eq!(is_direct(&entry), expected, "{entry} and {host}");
    }
}
