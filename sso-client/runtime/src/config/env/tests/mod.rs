//! Precedence, a row for each rule; and the errors.

mod errors;

use std::io;

use super::*;
use crate::call::client::{ClientHandle, Handle};
use crate::config::Service;
use crate::endpoint::EndpointError;

const CONFIG: &str = "/home/me/.aws/config";
const CREDENTIALS: &str = "/home/me/.aws/credentials";

type Environment<'a> = &'a [(&'a str, &'a str)];

/// A loader of these files, where an empty one is missing.
fn loader(environment: Environment<'_>, config: &str, credentials: &str) -> EnvLoader {
    let files = [(CONFIG, config), (CREDENTIALS, credentials)].map(|(path, text)| (path.to_owned(), text.to_owned()));
    let home = [("HOME", "/home/me"), ("AWS_SECRET_ACCESS_KEY", "SECRET")];
    EnvLoader::new().env(home.iter().chain(environment).copied()).fs(move |path| {
        let found = files.iter().find(|(name, text)| Path::new(name) == path && !text.is_empty());
        found.map(|(_, text)| text.clone().into()).ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}

/// All settings, for a service of this id.
fn shown(config: &Config, sdk_id: &str) -> String {
    let config = config.to_builder().for_service(sdk_id).build();
    let settings = [
        ("region", config.region().map(ToString::to_string)),
        ("url", config.endpoint_url().map(str::to_owned)),
        ("fips", config.use_fips().map(|fips| fips.to_string())),
        ("dual", config.use_dual_stack().map(|dual| dual.to_string())),
        ("attempts", config.retry_config().map(|retries| retries.max_attempts().to_string())),
        ("app", config.app_name().map(ToString::to_string)),
        ("ca", config.ca_bundle().map(|bundle| bundle.display().to_string())),
        ("proxy", config.proxy().map(|_| "set".to_owned())),
    ];
    let set: Vec<_> = settings.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))).collect();
    set.join(" ")
}

/// Fails unless every row of environment, config file and credentials file gives what is expected.
fn check(rows: &[(Environment<'_>, &str, &str, &str)]) {
    for (environment, config, credentials, expected) in rows {
        let found = loader(environment, config, credentials).load();
        let found = found.unwrap_or_else(|error| panic!("{environment:?} {config:?} {credentials:?}: {error}"));
        assert_eq!(shown(&found, "SSO"), *expected, "{environment:?} {config:?} {credentials:?}");
    }
}

#[test]
fn region_and_profile() {
    const FILE: &str = "[default]\nregion = d\n[profile p]\nregion = p\n[profile q]\nuse_fips_endpoint = true\n";
    check(&[
        (&[], "", "", ""),
        (&[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b")], FILE, "", "region=a"),
        (&[("AWS_DEFAULT_REGION", "b")], FILE, "", "region=b"),
        (&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", " ")], FILE, "", "region=d"),
        (&[("AWS_REGION", " eu-west-1 ")], FILE, "", "region=eu-west-1"),
        (&[], FILE, "", "region=d"),
        (&[], "[default]\nregion =\n", "", ""),
        (&[], "[default]\nsso_region = a\n[sso-session s]\nsso_region = b\nregion = c", "", ""),
        // Profiles.
        (&[("AWS_PROFILE", "p")], FILE, "", "region=p"),
        (&[("AWS_PROFILE", "q")], FILE, "", "fips=true"),
        (&[("AWS_PROFILE", "")], FILE, "", "region=d"),
        (&[("AWS_PROFILE", "my p")], "[profile \"my p\"]\nregion = m", "", "region=m"),
        (&[("AWS_PROFILE", "my p")], "", "[my p]\nregion = m", "region=m"),
        // As botocore does.
        (&[("AWS_DEFAULT_PROFILE", "p")], FILE, "", "region=p"),
        (&[("AWS_DEFAULT_PROFILE", "p"), ("AWS_PROFILE", "q")], FILE, "", "region=p"),
        (&[("AWS_DEFAULT_PROFILE", " "), ("AWS_PROFILE", "p")], FILE, "", "region=p"),
        (&[("AWS_PROFILE", "p"), ("AWS_REGION", "a")], FILE, "", "region=a"),
        (&[], "[profile p]\nregion = p", "", ""),
        // Both files.
        (&[], "", "[default]\nregion = c", "region=c"),
        (&[], FILE, "[default]\nregion = c", "region=c"),
        (&[("AWS_PROFILE", "r")], FILE, "[r]\nregion = c\naws_secret_access_key = SECRET", "region=c"),
        (&[("AWS_PROFILE", "q")], FILE, "[q]\nregion = c", "region=c fips=true"),
        (&[("AWS_CONFIG_FILE", CREDENTIALS)], "", "[default]\nregion = c", "region=c"),
        (&[("AWS_CONFIG_FILE", "~/.aws/credentials")], FILE, "[default]\nregion = c", "region=c"),
        (&[("AWS_CONFIG_FILE", "/none"), ("AWS_SHARED_CREDENTIALS_FILE", "/none")], FILE, "[default]\nregion = c", ""),
    ]);
    let config = loader(&[("AWS_PROFILE", "q")], FILE, "").profile_name("p").load().expect("a profile");
    assert_eq!(shown(&config, "SSO"), "region=p", "what the program says counts first");
}

#[test]
fn endpoints() {
    const FILE: &str = "[default]\nservices = s\nendpoint_url = http://all\n[profile p]\nendpoint_url = http://p\n\
                        [profile q]\nservices = s\n[services s]\nsso =\n  endpoint_url = http://sso # c\ns3 =\n  x = 1\n\
                        sso_oidc =\n  endpoint_url =\n  endpoint_url = http://oidc\n";
    const SERVICE: (&str, &str) = ("AWS_ENDPOINT_URL_SSO", "http://env-sso");
    const ALL: (&str, &str) = ("AWS_ENDPOINT_URL", "http://env");
    check(&[
        (&[SERVICE, ALL], FILE, "", "url=http://env-sso"),
        (&[ALL], FILE, "", "url=http://env"),
        (&[], FILE, "", "url=http://sso"),
        (&[("AWS_PROFILE", "p")], FILE, "", "url=http://p"),
        (&[("AWS_PROFILE", "p"), SERVICE], FILE, "", "url=http://env-sso"),
        (&[("AWS_PROFILE", "q")], FILE, "", "url=http://sso"),
        (&[("AWS_ENDPOINT_URL_SSO", ""), ("AWS_ENDPOINT_URL", "")], FILE, "", "url=http://sso"),
        (&[("AWS_ENDPOINT_URL_SSO_OIDC", "http://x")], "", "", ""),
        (&[("aws_endpoint_url_sso", "http://x")], "", "", if cfg!(windows) { "url=http://x" } else { "" }),
        // None of them.
        (&[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"), SERVICE, ALL], FILE, "", ""),
        (&[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")], FILE, "", "url=http://sso"),
        (&[SERVICE, ALL], "[default]\nignore_configured_endpoint_urls = True", "", ""),
        (
            &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "FALSE"), ALL],
            "[default]\nignore_configured_endpoint_urls = true",
            "",
            "url=http://env",
        ),
        // What is overridden or ignored may be broken.
        (&[SERVICE], "[default]\nservices = none\nendpoint_url = http://all", "", "url=http://env-sso"),
        (&[ALL], "[default]\nservices = none", "", "url=http://env"),
        (&[], "[default]\nservices = none\nignore_configured_endpoint_urls = true", "", ""),
    ]);
    // Only the client knows whether it is overridden.
    let config =
        loader(&[SERVICE], "[default]\nservices = none\nendpoint_url = http://all", "").load().expect("a file");
    for (sdk_id, problem) in [
        ("SSO", None),
        (
            "STS",
            Some(
                "/home/me/.aws/config:2: services: there is no section [services none] in the config file; there are none",
            ),
        ),
    ] {
        let config = config.to_builder().for_service(sdk_id).build();
        assert_eq!((config.endpoint_url().is_some(), config.endpoint_url_problem()), (problem.is_none(), problem));
        assert_eq!(Config::builder().build().overridden(&config.to_builder()).endpoint_url_problem(), problem);
    }
    let config = loader(&[], FILE, "").load().expect("a file");
    assert_eq!(config.endpoint_url(), None, "it depends on the service");
    for (sdk_id, expected) in [("SSO OIDC", "url=http://oidc"), ("S3", "url=http://all"), ("STS", "url=http://all")] {
        assert_eq!(shown(&config, sdk_id), expected);
    }
    // A client's configuration serves for a client of another service.
    let of_sso = config.to_builder().for_service("SSO").build();
    assert_eq!(shown(&of_sso, "SSO OIDC"), "url=http://oidc");
    let named = loader(&[("AWS_ENDPOINT_URL_MY_BIG_SERVICE", "http://x")], "", "").load().expect("an environment");
    assert_eq!(shown(&named, "My Big-Service"), "url=http://x");
}

#[test]
fn other_settings() {
    check(&[
        (&[("AWS_USE_FIPS_ENDPOINT", "TRUE"), ("AWS_USE_DUALSTACK_ENDPOINT", "False")], "", "", "fips=true dual=false"),
        (&[], "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true", "", "fips=true dual=true"),
        (
            &[("AWS_USE_FIPS_ENDPOINT", "false"), ("AWS_USE_DUALSTACK_ENDPOINT", "false")],
            "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = yes",
            "",
            "fips=false dual=false",
        ),
        (&[("AWS_MAX_ATTEMPTS", "7")], "[default]\nmax_attempts = 2", "", "attempts=7"),
        (&[], "[default]\nmax_attempts = 1", "", "attempts=1"),
        (&[("AWS_RETRY_MODE", "standard")], "", "", "attempts=3"),
        (&[("AWS_RETRY_MODE", "Adaptive"), ("AWS_MAX_ATTEMPTS", "5")], "", "", "attempts=5"),
        (&[("AWS_RETRY_MODE", "standard")], "[default]\nretry_mode = fast", "", "attempts=3"),
        (&[], "[default]\nretry_mode = legacy\nmax_attempts = 9", "", "attempts=9"),
        (&[("AWS_SDK_UA_APP_ID", "a")], "[default]\nsdk_ua_app_id = b", "", "app=a"),
        (&[], "[default]\nsdk_ua_app_id = b", "", "app=b"),
        // What cannot be sent is replaced, as botocore does.
        (&[("AWS_SDK_UA_APP_ID", "my app/é")], "", "", "app=my-app--"),
        (&[], "[default]\nsdk_ua_app_id = my app", "", "app=my-app"),
        (&[("AWS_CA_BUNDLE", "/a.pem")], "[default]\nca_bundle = /b.pem", "", "ca=/a.pem"),
        (&[], "[default]\nca_bundle = ~/b.pem", "", "ca=/home/me/b.pem"),
        (&[("HTTPS_PROXY", "http://user:secret@proxy:1")], "", "", "proxy=set"),
        (&[("all_proxy", "http://proxy:1"), ("NO_PROXY", "*")], "", "", "proxy=set"),
        (&[("HTTPS_PROXY", "")], "", "", ""),
        // It is an error of requests that would use it.
        (&[("ALL_PROXY", "socks5://proxy:1080")], "", "", "proxy=set"),
        // What other SDKs do not share is not read.
        (
            &[("AWS_READ_TIMEOUT", "1")],
            "[default]\ncli_read_timeout = 1\nread_timeout = 1\ndefaults_mode = auto",
            "",
            "",
        ),
    ]);
}

#[test]
fn settings_of_the_program_take_precedence() {
    let environment: Environment<'_> = &[
        ("AWS_REGION", "a"),
        ("AWS_ENDPOINT_URL_SSO", "http://env"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_MAX_ATTEMPTS", "5"),
        ("AWS_SDK_UA_APP_ID", "env"),
    ];
    let config = loader(environment, "", "").load().expect("an environment");
    let explicit = config
        .to_builder()
        .region(crate::config::Region::new("b"))
        .endpoint_url("http://program")
        .use_fips(false)
        .retry_config(crate::config::retry::RetryConfig::disabled());
    assert_eq!(shown(&explicit.clone().build(), "SSO"), "region=b url=http://program fips=false attempts=1 app=env");
    let mut cleared = config.to_builder();
    cleared.set_region(None).set_endpoint_url(None).set_use_fips(None).set_retry_config(None).set_app_name(None);
    assert_eq!(shown(&cleared.build(), "SSO"), "", "and a builder can be rid of all of it");

    // For one call.
    let base = config.to_builder().for_service("SSO").build();
    assert_eq!(base.overridden(&explicit).endpoint_url(), Some("http://program"));
    let base = Config::builder().endpoint_url("http://program").build();
    assert_eq!(base.overridden(&config.to_builder().for_service("SSO")).endpoint_url(), Some("http://env"));
    assert_eq!(base.overridden(&config.to_builder().for_service("STS")).endpoint_url(), Some("http://program"));

    // A builder of its own reads nothing.
    assert_eq!(shown(&Config::builder().build(), "SSO"), "");
}

#[test]
fn variables_are_case_insensitive_on_windows() {
    let all = [("Aws_Region", "a"), ("aws_endpoint_url_sso", "http://x"), ("Path", "p")];
    let variables = Variables::new(all.map(|(name, value)| (name.into(), value.into())), true);
    assert_eq!(variables.text("AWS_REGION").expect("text"), Some("a"));
    assert_eq!(variables.endpoint_urls().collect::<Vec<_>>(), [("AWS_ENDPOINT_URL_SSO", "SSO")]);
    assert_eq!(format!("{variables:?}"), "Variables(2)", "others are not kept");
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_utf_8() {
    use std::os::unix::ffi::OsStringExt;
    let broken = OsString::from_vec(b"/\xff".to_vec());
    let error = EnvLoader::new().env([("AWS_REGION", broken.clone())]).load().expect_err("no text");
    assert_eq!(error.to_string(), "AWS_REGION: its value is no UTF-8 text");
    let config = EnvLoader::new().env([("AWS_CA_BUNDLE", broken.clone()), ("HOME", broken)]).load().expect("paths");
    assert!(config.ca_bundle().is_some(), "a path need not be text");
}

#[test]
fn a_client_selects_its_endpoint_url() {
    static SERVICE: Service = Service {
        client: crate::client_crate!(),
        sdk_id: "My Service",
        api_version: "",
        signing_name: "",
        error_places: crate::error::ErrorPlaces::USUAL,
        resolve_endpoint: |_| Err(EndpointError::new("none")),
    };
    let environment: Environment<'_> = &[("AWS_ENDPOINT_URL_MY_SERVICE", "http://me:SECRET@h")];
    let handle = Handle::new(loader(environment, "", "").load().expect("an environment"), &SERVICE);
    assert_eq!(ClientHandle::config(&handle).endpoint_url(), Some("http://me:SECRET@h"));
    let text = format!("{handle:?} {:?}", loader(environment, "", ""));
    assert!(!text.contains("SECRET"), "{text}");
}
