//! Every role of many accounts, as fast as the portal allows.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sso_client::identity::{IdentityError, Role, SsoSession};
use sso_client::test_util::{CannedResponse, Portal, PortalBuilder};

use super::common::Home;

const CONFIG: &str = "[sso-session corp]\nsso_start_url = https://d-abc123.awsapps.com/start\nsso_region = eu-west-1\n";

async fn session(home: &Home, portal: &Portal) -> SsoSession {
    let transport = portal.transport();
    let loader = home.loader().session_name("corp");
    let loader =
        loader.configure(move |config| config.endpoint_url("http://portal.test").http_client(transport.clone()));
    let session = loader.load().expect("a session");
    let issued = portal.issue_token();
    let token = json!({ "accessToken": issued.access_token, "expiresAt": "2099-01-01T00:00:00Z" });
    home.put(".aws/sso/cache/x", "");
    std::fs::write(session.token_location(), token.to_string()).expect("written");
    session
}

fn portal(accounts: usize) -> PortalBuilder {
    Portal::builder().accounts(accounts, 3)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_within_the_limits() {
    let home = Home::new(CONFIG);
    let portal = portal(1000).rate_limit(20.0, 20.0).start().await.expect("started");
    let session = session(&home, &portal).await;
    let start = tokio::time::Instant::now();
    let roles = session.roles().sorted().try_collect().await.expect("no failure");
    let took = start.elapsed();
    let calls = portal.requests().len();
    // 10 pages of accounts, and the roles of each; less the burst.
    let least = Duration::from_secs_f64((1010.0 - 20.0) / 20.0);
    println!("{took:?} in place of {least:?}; {calls} calls, {} throttled", portal.throttled());
    assert_eq!(roles.len(), 3000);
    assert!(roles.is_sorted());
    assert!(took <= least.mul_f64(1.1), "{took:?} in place of {least:?}");
    assert!(portal.throttled() * 100 <= calls, "{} of {calls} throttled", portal.throttled());
}

#[tokio::test(start_paused = true)]
async fn it_learns_from_a_portal_that_allows_less() {
    let home = Home::new(CONFIG);
    let portal = portal(200).rate_limit(5.0, 5.0).start().await.expect("started");
    let session = session(&home, &portal).await;
    let roles = session.roles().try_collect().await.expect("no failure");
    println!("{} of {} throttled", portal.throttled(), portal.requests().len());
    assert_eq!(roles.len(), 600);
}

#[tokio::test]
async fn a_failure_of_one_account_loses_no_other() {
    let home = Home::new(CONFIG);
    let portal = portal(5).start().await.expect("started");
    let session = session(&home, &portal).await;
    let mut roles = session.roles().concurrency(1);
    let first = roles.next().await.expect("a role").expect("a role");
    assert_eq!((first.account_id.as_str(), first.role_name.as_str()), ("100000000000", "Role0"));
    portal.respond_next(CannedResponse::new(400, r#"{"__type":"InvalidRequestException","message":"no"}"#));
    let mut outcomes: Vec<Result<Role, IdentityError>> = Vec::new();
    while let Some(outcome) = roles.next().await {
        outcomes.push(outcome);
    }
    let failed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!((failed.len(), outcomes.len()), (1, 2 + 3 * 3 + 1));
    assert!(failed[0].to_string().starts_with("the roles of account 1000000000"), "{}", failed[0]);
}

#[tokio::test]
async fn dropped_it_makes_no_further_call() {
    let home = Home::new(CONFIG);
    let portal = Arc::new(portal(50).latency(Duration::from_millis(5)).start().await.expect("started"));
    let session = session(&home, &portal).await;
    let mut roles = session.roles();
    roles.next().await.expect("a role").expect("a role");
    drop(roles);
    let calls = portal.requests().len();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(portal.requests().len() <= calls + 1);
}

/// The same on real sockets, at the real pace.
#[tokio::test]
#[ignore = "takes 50 seconds"]
async fn a_thousand_accounts_on_real_sockets() {
    let home = Home::new(CONFIG);
    let portal = portal(1000).rate_limit(20.0, 20.0).latency(Duration::from_millis(30)).start().await.expect("started");
    let endpoint = portal.endpoint_url();
    let loader = home.loader().session_name("corp").configure(move |config| config.endpoint_url(endpoint.clone()));
    let session = loader.load().expect("a session");
    let issued = portal.issue_token();
    let token = json!({ "accessToken": issued.access_token, "expiresAt": "2099-01-01T00:00:00Z" });
    home.put(".aws/sso/cache/x", "");
    std::fs::write(session.token_location(), token.to_string()).expect("written");
    let start = std::time::Instant::now();
    let roles = session.roles().try_collect().await.expect("no failure");
    let took = start.elapsed();
    println!("{took:?}; {} calls, {} throttled", portal.requests().len(), portal.throttled());
    assert_eq!(roles.len(), 3000);
    assert!(took <= Duration::from_secs_f64(49.5 * 1.1) && portal.throttled() <= 10);
}
