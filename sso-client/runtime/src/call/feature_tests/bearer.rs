use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::*;
use crate::auth::bearer::authorize;
use crate::base::BoxFuture;
use crate::config::credentials::{ProvideToken, Token};

struct Bearer;

impl AuthScheme for Bearer {
    const AUTHORIZE: Option<Authorize> = Some(authorize);
}

#[tokio::test]
async fn every_request_carries_the_token() {
    let (handle, replay) = client(Config::builder().bearer_token("t0ken"), &[(503, ""), (200, "{}")]);
    call::<Bearer>(&handle).await.expect("the second response");
    let requests = replay.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.headers()["authorization"], "Bearer t0ken");
        assert!(request.headers()["authorization"].is_sensitive());
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let (handle, replay) = client(Config::builder(), &[(200, "{}")]);
    let error = call::<Bearer>(&handle).await.expect_err("no token");
    assert_eq!(
        error.to_string(),
        "GetThing: there is no bearer token: set one with Config::builder().bearer_token(…), or what gives them with \
         token_provider(…) (nothing was sent)"
    );
    assert!(replay.requests().is_empty());
}

/// Numbers the tokens that it gives; fails at the third.
#[derive(Debug, Default)]
struct Numbering(AtomicU32);

impl ProvideToken for Numbering {
    fn provide_token(&self) -> BoxFuture<'_, Result<Token, BoxError>> {
        Box::pin(async {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            if number == 2 {
                return Err("the token file is gone".into());
            }
            let expiration = SystemTime::now() + Duration::from_secs(if number == 0 { 3600 } else { 0 });
            Ok(Token::new(format!("token{number}"), Some(expiration)))
        })
    }
}

#[tokio::test]
async fn tokens_are_cached_until_they_expire() {
    let later = std::sync::Arc::new(AtomicU32::new(0));
    let clock = later.clone();
    let config = Config::builder()
        .token_provider(Numbering::default())
        .time_source(move || SystemTime::now() + Duration::from_secs(clock.load(Ordering::Relaxed).into()));
    let (handle, replay) = client(config, &[(200, "{}"), (200, "{}"), (200, "{}")]);
    call::<Bearer>(&handle).await.expect("a response");
    call::<Bearer>(&handle).await.expect("a response");
    later.store(3600, Ordering::Relaxed);
    call::<Bearer>(&handle).await.expect("a response");
    let error = call::<Bearer>(&handle).await.expect_err("no third token").to_string();
    assert_eq!(error, "GetThing: a bearer token could not be had: the token file is gone (nothing was sent)");
    let sent: Vec<_> = replay.requests().iter().map(|request| request.headers()["authorization"].clone()).collect();
    assert_eq!(sent, ["Bearer token0", "Bearer token0", "Bearer token1"]);
}

#[tokio::test]
async fn a_call_can_override_the_token() {
    let (handle, replay) = client(Config::builder().bearer_token("client"), &[(200, "{}")]);
    let call = CustomizableOperation::<GetThing<Bearer>>::new(handle, Wiped::new(Thing::default()));
    call.config_override(Config::builder().bearer_token("call")).send().await.expect("a response");
    assert_eq!(replay.requests()[0].headers()["authorization"], "Bearer call");
}
