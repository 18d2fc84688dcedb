//! `profiles.json` and `start-url.json`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sso_client::config::http::{BoxFuture, HttpClient, RequestBody, TransportResult};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;
use sso_client::identity::start_url::{DEFAULT_LIMIT, follow, is_aws_host, normalize, region_of_host, resolve};
use sso_client::identity::{Flow, IdentityErrorKind, LoginOptions, SsoSession};

use super::common::{Home, Script, block_on, means, run};

fn check_profile(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let mut home = Home::new(given["config"].as_str().unwrap_or_default());
    let profile = given["profile"].as_str().expect("a profile");
    let loader = if given["profile_from"] == "AWS_PROFILE" {
        home.variables.insert("AWS_PROFILE".into(), profile.into());
        home.loader()
    } else {
        home.loader().profile_name(profile)
    };
    let wanted = case["suggest"].as_str();
    match (loader.load(), want["error"].as_str()) {
        (Ok(session), _) if wanted.is_some_and(|suggest| suggest.starts_with("the session is completed")) => {
            (session.region() == "us-east-7" && session.start_url() == "https://foo.bar")
                .then_some(())
                .ok_or_else(|| format!("{session:?}"))
        }
        (Err(error), None) if want["none"] == true => {
            (error.kind() == IdentityErrorKind::NotSsoProfile).then_some(()).ok_or_else(|| error.to_string())
        }
        (Err(error), Some(wanted)) => means(&error, wanted),
        (Ok(session), None) => {
            let found = json!({
                "sso_account_id": session.account_id(), "sso_role_name": session.role_name(),
                "sso_region": session.region(), "sso_start_url": session.start_url(), "sso_session": session.name(),
            });
            let wanted = want["sso"].as_object().ok_or("a session was not wanted")?;
            let differs = wanted.iter().find(|(key, value)| found[key.as_str()] != **value);
            differs.map_or(Ok(()), |(key, _)| Err(format!("{key} differs: {found}")))
        }
        (Ok(session), Some(wanted)) => Err(format!("{wanted} was wanted, and not {session:?}")),
        (Err(error), None) => Err(error.to_string()),
    }
}

#[test]
fn cases_of_profiles() {
    run("profiles", &[], check_profile);
}

/// A server that never answers, and notes when it was asked.
#[derive(Clone, Debug, Default)]
struct Silent(Arc<Mutex<Vec<tokio::time::Instant>>>);

impl HttpClient for Silent {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        self.0.lock().expect("a list").push(tokio::time::Instant::now());
        Box::pin(std::future::pending())
    }
}

/// A login waits as long as the connect timeout that is configured, and registers then.
#[tokio::test(start_paused = true)]
async fn a_login_waits_for_an_own_domain_as_long_as_it_is_told() {
    for (configured, seconds) in [(None, 10), (Some(5), 5), (Some(20), 20)] {
        let (home, silent) = (Home::new(""), Silent::default());
        let builder = SsoSession::builder().start_url("https://aws.mycompany.com").region("us-east-1");
        let limits = TimeoutConfig::builder();
        let limits = match configured {
            Some(seconds) => limits.connect_timeout(Duration::from_secs(seconds)),
            None => limits.read_timeout(Duration::from_secs(30)),
        };
        let (transport, limits) = (silent.clone(), limits.build());
        let builder = builder.env(home.variables.clone()).configure(move |config| {
            let config = config.http_client(transport.clone()).timeout_config(limits.clone());
            config.retry_config(RetryConfig::disabled())
        });
        let session = builder.build().expect("a session");
        let options = LoginOptions::new().flow(Flow::DeviceCode);
        session.login(&options, |_| {}).await.expect_err("nobody answers");
        let asked = silent.0.lock().expect("a list").clone();
        assert_eq!((asked.len(), asked[1] - asked[0]), (2, Duration::from_secs(seconds)), "{configured:?}");
    }
}

fn check_start_url(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let equal = |found: Value, wanted: &Value| {
        (found == *wanted).then_some(()).ok_or_else(|| format!("{found} in place of {wanted}"))
    };
    let host = given["host"].as_str().unwrap_or_default();
    let url = given["url"].as_str().unwrap_or_default();
    match case["when"].as_str().expect("what is asked") {
        "host-of-aws" => equal(is_aws_host(host).into(), &want["aws"]),
        "region-of-host" => equal(region_of_host(host).into(), &want["region"]),
        "normalize-url" => equal(normalize(url).into(), &want["url"]),
        // It has no answers: `tls.rs` gives it some.
        "follow-redirect" if want["tls"] == "default" => Ok(()),
        "follow-redirect" => {
            let script = Script::new(given["answers"].as_array().expect("answers").clone());
            match (block_on(follow(url, &script, DEFAULT_LIMIT)), text(&want["error_contains"])) {
                (Ok(found), None) => equal(found.into(), &want["url"]),
                (Err(error), Some(wanted)) if error.to_string().contains(&wanted) => Ok(()),
                (found, wanted) => Err(format!("{found:?} in place of {wanted:?}")),
            }?;
            let count = want["requests"].as_u64().unwrap_or(1);
            equal(script.count().into(), &count.into())
        }
        "resolve-start-url" if want["timeout_s"].is_number() => {
            let limit = Duration::from_secs(given["cli_connect_timeout"].as_u64().expect("seconds"));
            let took = block_on(async {
                tokio::time::pause();
                let start = tokio::time::Instant::now();
                let error = resolve(url, None, &Silent::default(), limit).await.expect_err("nobody answers");
                assert!(error.to_string().contains(&format!("no answer in {} s", limit.as_secs())), "{error}");
                start.elapsed().as_secs()
            });
            equal(took.into(), &want["timeout_s"])
        }
        "resolve-start-url" => {
            let leads_to = &given["leads_to"];
            let script = Script::new(text(leads_to).map(|to| json!({ "status": 302, "location": to })));
            match (
                block_on(resolve(url, given["sso_region"].as_str(), &script, DEFAULT_LIMIT)),
                text(&want["error_contains"]),
            ) {
                (Ok(found), None) => {
                    if let Some(requests) = want["requests"].as_u64() {
                        equal(script.count().into(), &requests.into())?;
                    }
                    let is = |value: &Value, found: &str| value.is_null() || value == found;
                    (is(&want["url"], &found.url) && is(&want["region"], &found.region))
                        .then_some(())
                        .ok_or_else(|| format!("{found:?}"))
                }
                (Err(error), Some(wanted)) if error.to_string().contains(&wanted) => Ok(()),
                (found, wanted) => Err(format!("{found:?} in place of {wanted:?}")),
            }
        }
        other => Err(format!("{other} is not known")),
    }
}

#[test]
fn cases_of_start_urls() {
    run("start-url", &[], check_start_url);
}

const CONFIG: &str = "\
[default]
region = us-east-1
[profile keys]
aws_access_key_id = AKIA
[profile process]
credential_process = x
[profile dev]
sso_session = corp
sso_start_url = https://d-abc123.awsapps.com/start/
SSO_REGION = EU-west-1
[profile odd]
sso_session = corp
sso_region = us-east-1
[sso-session corp]
sso_start_url = https://d-abc123.awsapps.com/start#/
sso_region = eu-west-1
sso_registration_scopes = a , b,
sso_use_device_code = true
sso_redirect_port = 34535
[sso-session broken]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = e/w
";

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let home = Home::new(CONFIG);
    let place = home.path(".aws/config").display().to_string();
    let told = |name: &str| home.loader().profile_name(name).load().expect_err(name);
    for (name, kind, text) in [
        (
            "none",
            IdentityErrorKind::ProfileNotFound,
            "there is no profile \"none\"; there are: default, dev, keys, odd, process",
        ),
        ("default", IdentityErrorKind::NotSsoProfile, "has no setting of SSO"),
        (
            "keys",
            IdentityErrorKind::NotSsoProfile,
            ":4: aws_access_key_id: the profile \"keys\" is of another kind: an access key",
        ),
        ("process", IdentityErrorKind::NotSsoProfile, ":6: credential_process: "),
        ("odd", IdentityErrorKind::Conflict, ":13: sso_region differs between the profile \"odd\" (\"us-east-1\")"),
    ] {
        let error = told(name);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    assert!(told("odd").to_string().starts_with(&place));
    let error = home.loader().session_name("broken").load().expect_err("no region");
    assert_eq!((error.kind(), error.key()), (IdentityErrorKind::InvalidSetting, Some("sso_region")));

    let session = home.loader().profile_name("dev").load().expect("a session");
    assert_eq!(session.scopes(), ["a", "b"]);
    assert_eq!(session.start_url(), "https://d-abc123.awsapps.com/start#/", "as it is written");
    assert_eq!((session.name(), session.profile()), (Some("corp"), Some("dev")));
    let variables =
        [("HOME", home.variables["HOME"].as_str()), ("AWS_PROFILE", "keys"), ("AWS_DEFAULT_PROFILE", "dev")];
    let session = SsoSession::loader().env(variables).load().expect("as botocore reads it");
    assert_eq!(session.profile(), Some("dev"));
    assert_eq!(session.config().region().map(AsRef::as_ref), Some("eu-west-1"), "sso_region, never region");
}

/// The command line of AWS writes names in quotes; what is not read is named.
#[test]
fn names_of_profiles_and_sessions() {
    const CONFIG: &str = "\
[profile 'my team']
sso_session = my corp
[profile équipe]
sso_session = other corp
[sso-session 'my corp']
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = eu-west-1
[sso-session other corp]
[dev]
";
    let home = Home::new(CONFIG);
    let place = home.path(".aws/config").display().to_string();
    let session = home.loader().profile_name("my team").load().expect("a session");
    assert_eq!(session.name(), Some("my corp"));
    for (name, expected) in [
        (
            "équipe",
            format!(
                "{place}:4: sso_session: there is no section [sso-session other corp] in the config file; there are: my corp; \
                 {place}:8 says [sso-session other corp], which has to be [sso-session \"other corp\"]"
            ),
        ),
        (
            "dev",
            format!(
                "there is no profile \"dev\"; there are: my team, équipe; {place}:9 says [dev], which has to be [profile dev]"
            ),
        ),
    ] {
        let error = home.loader().profile_name(name).load().expect_err(name);
        assert_eq!(error.to_string(), expected);
    }
    let error = SsoSession::loader().env([("PATH", "/bin")]).profile_name("dev").load().expect_err("no home");
    let expected = "there is no profile \"dev\"; no file was looked for, since no home directory is known; set HOME";
    assert_eq!(error.to_string(), expected);
    let variables = [("HOME", "/none"), ("AWS_CONFIG_FILE", "/none/a\nb")];
    let error = SsoSession::loader().env(variables).session_name("s").load().expect_err("no file");
    let expected = "/none/a\\nb: sso_session: there is no section [sso-session s] in the config file; there are none";
    assert_eq!(error.to_string(), expected);
}
