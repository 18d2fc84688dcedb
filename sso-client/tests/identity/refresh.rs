//! Refreshes that fail: what is told, and when they end.

use std::sync::Arc;

use serde_json::json;
use sso_client::config::http::{BoxFuture, HttpClient, RequestBody, TransportResult};
use sso_client::identity::IdentityErrorKind;
use sso_client::runtime::test_util::FakeClock;

use super::common::{Home, Script, at, block_on, scripted};

const OWN: &str = "[sso-session own]\nsso_start_url = https://d-123.awsapps.com/start\nsso_region = us-west-2\n";

/// The `Date` of an answer tells a clock that is wrong from a token that has expired.
#[test]
fn a_wrong_clock_is_told() {
    let home = Home::new(OWN);
    let clock = FakeClock::at(at("2023-01-01T03:00:00Z"));
    let token = json!({
        "accessToken": "T", "expiresAt": "2023-01-01T01:00:00Z", "clientId": "i", "clientSecret": "s",
        "refreshToken": "r", "registrationExpiresAt": "2024-01-01T00:00:00Z",
    });
    home.put(".aws/sso/cache/x.json", "");
    for (date, told) in [
        ("Sun, 01 Jan 2023 00:00:00 GMT", Some("this computer's clock is 3h 0m ahead of the service's: set it")),
        ("Sun, 01 Jan 2023 05:30:00 GMT", Some("this computer's clock is 2h 30m behind the service's: set it")),
        ("Sun, 01 Jan 2023 03:01:00 GMT", None),
        ("yesterday", None),
    ] {
        let answer = json!({ "status": 400, "headers": { "date": date, "x-amzn-errortype": "InvalidGrantException" } });
        let script = Script::new([answer]);
        let session = scripted(home.loader().session_name("own"), &script, &clock).load().expect("a session");
        std::fs::write(session.token_location(), token.to_string()).expect("written");
        let error = block_on(session.token()).expect_err("it has expired").to_string();
        assert!(error.contains("InvalidGrantException"), "{error}");
        assert_eq!(told.is_some(), error.contains("clock"), "{error}");
        assert!(error.contains(told.unwrap_or_default()), "{error}");
        let attempt = session.token_location().replace(".json", ".attempt");
        std::fs::remove_file(attempt).expect("what the last attempt came to");
    }
}

/// A service that never answers holds the lock no longer than others wait for it.
#[test]
fn a_refresh_ends_while_others_wait() {
    let home = Home::new(OWN);
    let clock = FakeClock::at(at("2023-01-01T03:00:00Z"));
    #[derive(Debug)]
    struct Silent;
    impl HttpClient for Silent {
        fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
            Box::pin(std::future::pending())
        }
    }
    let token = json!({
        "accessToken": "T", "expiresAt": "2023-01-01T01:00:00Z", "clientId": "i", "clientSecret": "s",
        "refreshToken": "r", "registrationExpiresAt": "2024-01-01T00:00:00Z",
    });
    let loader =
        home.loader().session_name("own").clock(Arc::new(clock)).configure(|config| config.http_client(Silent));
    let session = loader.load().expect("a session");
    home.put(".aws/sso/cache/x.json", "");
    std::fs::write(session.token_location(), token.to_string()).expect("written");
    block_on(async {
        tokio::time::pause();
        let start = tokio::time::Instant::now();
        let (first, second) = tokio::join!(session.token(), session.token());
        for outcome in [first, second] {
            assert_eq!(outcome.expect_err("no answer").kind(), IdentityErrorKind::RefreshFailed);
        }
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    });
}
