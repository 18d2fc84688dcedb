use std::collections::HashMap;

use super::*;

fn env(variables: &[(&'static str, &str)]) -> Result<ProxyConfig, InvalidProxy> {
    let variables: HashMap<_, _> = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    ProxyConfig::from_env(|name| variables.get(name).cloned())
}

fn chosen(proxies: &ProxyConfig, url: &str) -> Option<String> {
    let chosen = proxies.of(&url.parse().expect("a URL"));
    chosen.map_or_else(|error| Some(error.to_string()), |proxy| proxy.map(|proxy| format!("{proxy:?}")))
}

#[test]
fn valid_urls() {
    for (url, expected, credentials) in [
        ("http://proxy", "http://proxy:80/", None),
        ("http://proxy:3128/", "http://proxy:3128/", None),
        ("proxy:3128", "http://proxy:3128/", None),
        (" HTTP://proxy:3128 ", "http://proxy:3128/", None),
        ("https://proxy", "https://proxy:443/", None),
        ("http://[::1]:8080", "http://[::1]:8080/", None),
        ("http://[::1]", "http://[::1]:80/", None),
        ("http://@proxy", "http://proxy:80/", None),
        ("http://user:pass@proxy", "http://proxy:80/", Some("Basic dXNlcjpwYXNz")),
        ("user:pass@proxy:1", "http://proxy:1/", Some("Basic dXNlcjpwYXNz")),
        ("http://user@proxy", "http://proxy:80/", Some("Basic dXNlcjo=")),
        ("http://:pass@proxy", "http://proxy:80/", Some("Basic OnBhc3M=")),
        // "user:p@ss:/é", encoded as little and as much as possible.
        ("http://user:p@ss:%2F%C3%A9@proxy", "http://proxy:80/", Some("Basic dXNlcjpwQHNzOi/DqQ==")),
        ("http://user:p%40ss%3A%2F%C3%A9@proxy", "http://proxy:80/", Some("Basic dXNlcjpwQHNzOi/DqQ==")),
    ] {
        let proxy = Proxy::parse(url).expect(url);
        assert_eq!(proxy.uri().to_string(), expected, "{url}");
        assert_eq!(proxy.credentials().map(|value| value.to_str().expect("ASCII")), credentials, "{url}");
        assert!(proxy.credentials().is_none_or(HeaderValue::is_sensitive));
    }
}

#[test]
fn invalid_urls() {
    for (url, reason) in [
        ("", "no host"),
        ("http://", "no host"),
        ("http://user:SECRET@", "no host"),
        ("http://:8080", "no host"),
        ("http://user:SECRET@pro xy", "a broken one"),
        ("socks5://user:SECRET@proxy", "SOCKS is not supported"),
        ("SECRET://proxy", "neither http nor https"),
        ("http://proxy/SECRET.pac", "has a path"),
        ("http://user:pa/SECRET@proxy", "encode /, ? and #"),
        ("http://user:1#SECRET@proxy", "encode /, ? and #"),
        ("http://user:1?SECRET@proxy", "encode /, ? and #"),
        ("http://proxy:0", "its port"),
        ("http://proxy:99999", "its port"),
        ("http://proxy:", "its port"),
        ("http://proxy:SECRET", "its port"),
        ("http://[::1]:SECRET", "its port"),
        ("http://us%3Aer:SECRET@proxy", "a colon"),
    ] {
        let error = ProxyConfig::all(url).expect_err(url);
        let text = format!("{error} {error:?}");
        assert!(text.contains(reason) && !text.contains("SECRET"), "{url}: {text}");
        let error = env(&[("HTTPS_PROXY", url)]);
        if !url.is_empty() {
            let text = error.expect_err(url).to_string();
            assert!(text.starts_with("HTTPS_PROXY: ") && !text.contains("SECRET"), "{url}: {text}");
        }
    }
}

#[test]
fn environment_variables() {
    type Case<'a> = (&'a [(&'static str, &'a str)], Option<&'a str>, Option<&'a str>);
    let cases: &[Case<'_>] = &[
        // variables; proxies for http and https
        (&[], None, None),
        (&[("HTTP_PROXY", "a:1")], Some("http://a:1"), None),
        (&[("http_proxy", "a:1")], Some("http://a:1"), None),
        (&[("HTTPS_PROXY", "a:1")], None, Some("http://a:1")),
        (&[("https_proxy", "https://a:1")], None, Some("https://a:1")),
        (&[("ALL_PROXY", "a:1")], Some("http://a:1"), Some("http://a:1")),
        (&[("all_proxy", "a:1"), ("https_proxy", "b:2")], Some("http://a:1"), Some("http://b:2")),
        (&[("ALL_PROXY", "a:1"), ("HTTP_PROXY", "b:2")], Some("http://b:2"), Some("http://a:1")),
        (&[("HTTPS_PROXY", "a:1"), ("https_proxy", "b:2")], None, Some("http://a:1")),
        // Empty variables count as unset.
        (&[("HTTPS_PROXY", ""), ("https_proxy", "b:2")], None, Some("http://b:2")),
        (&[("HTTPS_PROXY", " "), ("ALL_PROXY", "b:2")], Some("http://b:2"), Some("http://b:2")),
        // In a CGI program, `HTTP_PROXY` is a request header.
        (&[("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")], None, None),
        (
            &[("HTTP_PROXY", "evil:1"), ("ALL_PROXY", "b:2"), ("REQUEST_METHOD", "")],
            Some("http://b:2"),
            Some("http://b:2"),
        ),
        (&[("HTTP_PROXY", "evil:1"), ("http_proxy", "b:2"), ("REQUEST_METHOD", "GET")], Some("http://b:2"), None),
        (&[("HTTPS_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], None, Some("http://a:1")),
        (&[("ALL_PROXY", "a:1"), ("NO_PROXY", "h")], None, None),
        (&[("ALL_PROXY", "a:1"), ("no_proxy", "h")], None, None),
        (&[("ALL_PROXY", "a:1"), ("NO_PROXY", "other"), ("no_proxy", "h")], Some("http://a:1"), Some("http://a:1")),
    ];
    for (variables, http, https) in cases {
        if cfg!(windows) && variables.iter().any(|(name, _)| *name == "REQUEST_METHOD") {
            continue;
        }
        let proxies = env(variables).expect("usable");
        assert_eq!(chosen(&proxies, "http://h/").as_deref(), *http, "{variables:?}");
        assert_eq!(chosen(&proxies, "https://h/").as_deref(), *https, "{variables:?}");
    }
}

#[test]
fn an_all_proxy_that_is_not_used_may_be_invalid() {
    const INVALID: &str = "ALL_PROXY: the proxy's URL cannot be used: SOCKS is not supported; it has to have the form \
                           http://[user:password@]host[:port]";
    const ALL: (&str, &str) = ("ALL_PROXY", "socks5h://user:SECRET@proxy:1080");
    type Case<'a> = (&'a [(&'static str, &'a str)], Option<&'a str>, Option<&'a str>);
    let cases: &[Case<'_>] = &[
        (&[ALL], Some(INVALID), Some(INVALID)),
        (&[ALL, ("HTTPS_PROXY", "a:1")], Some(INVALID), Some("http://a:1")),
        (&[ALL, ("http_proxy", "a:1")], Some("http://a:1"), Some(INVALID)),
        (&[ALL, ("NO_PROXY", "*")], None, None),
        (&[ALL, ("NO_PROXY", "h:443")], Some(INVALID), None),
    ];
    for (variables, http, https) in cases {
        let proxies = env(variables).expect("an invalid one is not used yet");
        assert_eq!(chosen(&proxies, "http://h/").as_deref(), *http, "{variables:?}");
        assert_eq!(chosen(&proxies, "https://h/").as_deref(), *https, "{variables:?}");
        assert!(!format!("{proxies:?}").contains("SECRET"));
    }
}

#[test]
fn no_proxy_lists() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        // the list; what is reached directly; what is not
        ("", &[], &["https://h"]),
        ("*", &["https://h", "http://10.0.0.1", "https://[::1]"], &[]),
        ("a, *", &["https://h"], &[]),
        (
            "example.com",
            &["https://example.com", "https://EXAMPLE.com.", "https://a.b.example.com", "http://example.com:8080"],
            &["https://notexample.com", "https://example.com.evil", "https://com", "https://example.org"],
        ),
        (".example.com", &["https://example.com", "https://a.example.com"], &["https://notexample.com"]),
        ("*.Example.com.", &["https://a.example.com"], &["https://notexample.com"]),
        ("a.example.com", &["https://b.a.example.com"], &["https://example.com"]),
        ("example.com:8443", &["https://example.com:8443", "https://a.example.com:8443"], &["https://example.com"]),
        ("h:443", &["https://h", "http://h:443"], &["http://h", "https://h:8443"]),
        ("h:80", &["http://h"], &["https://h"]),
        ("a b\tc,,d", &["https://a", "https://b", "https://c", "https://d"], &["https://e"]),
        ("10.1.2.3", &["https://10.1.2.3", "https://[::ffff:10.1.2.3]"], &["https://10.1.2.4", "https://110.1.2.3"]),
        ("10.1.2.3:8080", &["http://10.1.2.3:8080"], &["http://10.1.2.3"]),
        ("10.0.0.0/8", &["https://10.255.0.1"], &["https://11.0.0.1", "https://h", "https://[a00::]"]),
        ("10.42.1.1/24", &["https://10.42.1.200"], &["https://10.42.2.1"]),
        ("0.0.0.0/0", &["https://1.2.3.4"], &["https://[::1]", "https://h"]),
        ("10.1.2.3/32", &["https://10.1.2.3"], &["https://10.1.2.2"]),
        ("::1", &["https://[::1]"], &["https://[::2]"]),
        ("[::1]", &["https://[::1]", "https://[::1]:8443"], &["https://[::2]"]),
        ("[::1]:8443", &["https://[::1]:8443"], &["https://[::1]"]),
        ("2001:db8::/32", &["https://[2001:db8:1::5]"], &["https://[2001:db9::1]"]),
        ("::/0", &["https://[2001::1]"], &["https://10.0.0.1"]),
        ("::ffff:10.1.2.3", &["https://10.1.2.3"], &["https://10.1.2.4"]),
        // Addresses are not resolved to names, nor names to addresses.
        ("2.3", &[], &["https://10.1.2.3"]),
        ("localhost", &["https://localhost"], &["https://127.0.0.1"]),
        // Invalid entries match nothing.
        ("10.0.0.0/33, /8, 10.0.0.0/x, :, :80, h:, h:99999, ., ..., a*b, [h]", &[], &["https://10.0.0.1", "https://h"]),
    ];
    for (list, direct, proxied) in cases {
        let proxies = ProxyConfig::all("p:1").expect("a URL").with_no_proxy(list);
        for url in *direct {
            assert_eq!(chosen(&proxies, url), None, "{list}: {url}");
        }
        for url in *proxied {
            assert_eq!(chosen(&proxies, url).as_deref(), Some("http://p:1"), "{list}: {url}");
        }
    }
}

#[test]
fn debug_redacts_credentials() {
    let proxies = ProxyConfig::all("http://USER:SECRET@proxy:1").expect("a URL").with_no_proxy("h:1,10.0.0.0/8,*");
    let text = format!("{proxies:?}");
    assert!(text.contains("proxy:1") && text.contains("[h:1, 10.0.0.0/8, *]"), "{text}");
    assert!(!text.contains("USER") && !text.contains("SECRET") && !text.contains("VVNFUjpTRUNSRVQ"), "{text}");
    let client = crate::transport::HyperClient::builder().proxy(proxies.with_no_proxy("direct")).build();
    let of = |url: &str| client.proxy_of(&url.parse().expect("a URL"));
    assert_eq!((of("https://h/"), of("http://direct/")), (Some("http://proxy:1".to_owned()), None));
    assert_eq!(format!("{:?}", ProxyConfig::none()), "ProxyConfig { http: None, https: None, no_proxy: [] }");
}

#[test]
fn proxies_by_scheme() {
    let proxies = ProxyConfig::none().with_http("a:1").expect("a URL").with_https("b:2").expect("a URL");
    assert_eq!(chosen(&proxies, "http://h/").as_deref(), Some("http://a:1"));
    assert_eq!(chosen(&proxies, "https://h/").as_deref(), Some("http://b:2"));
    assert_eq!(chosen(&ProxyConfig::none(), "https://h/"), None);
}
