//! Lists the roles of accounts, from a fake service that allows a limited number of calls a second, on real sockets.
//!
//! `all-roles ACCOUNTS ROLES RATE BURST` prints what it took as JSON, times in nanoseconds. It fails if a role is missing.

use std::error::Error;
use std::time::{Duration, Instant};

use sso_client::identity::{Flow, LoginOptions, SsoSession};
use sso_client::test_util::{OidcBehavior, Portal};

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let numbers = std::env::args().skip(1).map(|text| text.parse::<usize>()).collect::<Result<Vec<_>, _>>()?;
    let [accounts, roles, rate, burst] = *numbers else { return Err("four numbers are needed".into()) };
    let mut behavior = OidcBehavior::default();
    behavior.pending = 0;
    let portal = Portal::builder().accounts(accounts, roles).oidc(behavior).latency(Duration::from_millis(30));
    let portal = portal.rate_limit(f64::from(u32::try_from(rate)?), f64::from(u32::try_from(burst)?)).start().await?;
    let home = tempfile::tempdir()?;
    let endpoint = portal.endpoint_url();
    let session = SsoSession::builder()
        .start_url("https://d-abc123.awsapps.com/start")
        .region("eu-west-1")
        .env([("HOME", home.path())])
        .configure(move |config| config.endpoint_url(endpoint.clone()))
        .build()?;
    session.login(&LoginOptions::new().flow(Flow::DeviceCode), |_| {}).await?;
    let before = portal.requests().len();
    let start = Instant::now();
    let found = session.roles().try_collect().await?;
    let took = start.elapsed().as_nanos();
    if found.len() != accounts * roles {
        return Err(format!("{} roles of {}", found.len(), accounts * roles).into());
    }
    let (calls, throttled) = (portal.requests().len() - before, portal.throttled());
    // A page of accounts has 100, and the roles of an account fit on one page.
    let needed = accounts.div_ceil(100) + accounts;
    let least = (needed - burst) * 1_000_000_000 / rate;
    println!("{{\"nanoseconds\": {took}, \"least\": {least}, \"calls\": {calls}, \"throttled\": {throttled}}}");
    Ok(())
}
