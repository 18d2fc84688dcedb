//! Certificates count wherever a session sends something: at a logout and at the start URL of an own domain, too.

use std::time::Duration;

use serde_json::json;
use sso_client::config::http::{HyperClient, SharedHttpClient};
use sso_client::identity::start_url::follow;
use sso_client::test_util::Portal;

use super::common::Home;

const CONFIG: &str = "[sso-session corp]\nsso_start_url = https://d-abc123.awsapps.com/start\nsso_region = eu-west-1\n";

#[tokio::test]
async fn a_logout_trusts_the_configured_bundle() {
    let portal = Portal::builder().tls().start().await.expect("started");
    for all in [false, true] {
        for trusted in [false, true] {
            let mut home = Home::new(CONFIG);
            home.put("ca.pem", portal.ca_pem().expect("TLS"));
            home.variables.insert("AWS_ENDPOINT_URL_SSO".into(), portal.endpoint_url());
            if trusted {
                home.variables.insert("AWS_CA_BUNDLE".into(), home.path("ca.pem").display().to_string());
            }
            let session = home.loader().session_name("corp").load().expect("a session");
            let issued = portal.issue_token();
            let token = json!({
                "accessToken": issued.access_token, "expiresAt": "2099-01-01T00:00:00Z", "region": "eu-west-1",
            });
            home.put(".aws/sso/cache/x", "");
            std::fs::write(session.token_location(), token.to_string()).expect("written");
            let calls = portal.requests().len();
            let done = if all { home.loader().logout_all().await } else { session.logout().await };
            let done = done.expect("the files are gone");
            assert!(done.was_signed_in && session.status().await.is_ok_and(|status| status.is_none()));
            assert_eq!(portal.requests().len() - calls, usize::from(trusted), "nothing is sent to whom nobody trusts");
            match done.portal_error {
                None => assert!(trusted),
                Some(error) => assert!(!trusted && error.to_string().contains("certificate"), "{error}"),
            }
        }
    }
}

/// `follow-roots` of `start-url.json`, which has no answers: the default roots do not know this authority.
#[tokio::test]
async fn a_start_url_of_an_own_domain_is_asked_by_the_default_roots() {
    let portal = Portal::builder().tls().start().await.expect("started");
    let url = portal.endpoint_url();
    let limit = Duration::from_secs(10);
    let strict = SharedHttpClient::new(HyperClient::builder().build());
    let error = follow(&url, &strict, limit).await.expect_err("nobody vouches for it");
    assert!(error.to_string().contains("certificate"), "{error}");
    let pem = portal.ca_pem().expect("TLS").to_owned();
    let trusting = SharedHttpClient::new(HyperClient::builder().trust_only_pem(pem).build());
    let error = follow(&url, &trusting, limit).await.expect_err("there is no such page");
    assert!(error.to_string().contains("HTTP 4"), "{error}");
}
