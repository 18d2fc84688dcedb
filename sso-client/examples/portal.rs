//! Serves a fake of portal and OIDC service on loopback, for trying everything by hand.
//!
//! ```text
//! cargo run -p sso-client --example portal -- --accounts 20 --pending 3 --rate 20
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program says what it does")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use sso_client::test_util::{OidcBehavior, Portal, PortalBuilder, Rotation, SignIn};

const USAGE: &str = "\
usage: portal [OPTION]...

  --port N            listens on this port of 127.0.0.1
  --accounts N        has so many accounts (3)
  --roles N           with so many roles each (2)
  --rate N            allows N calls of the portal a second, and as many at once
  --latency MS        waits so long before each response
  --pending N         says so often that nobody has confirmed a device code (1)
  --slow-down N       says so often that polls are too fast
  --deny, --expire    declines sign-ins, or lets them expire
  --strict            accepts the newest refresh token alone
  --no-rotation       leaves refresh tokens out of answers
  --lifetime S        gives access tokens that are valid for S seconds (3600)
  --tls               speaks TLS, and writes the authority's certificate to portal-ca.pem
  --help              prints this";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn std::error::Error>> {
    let (mut portal, mut behavior) = (Portal::builder(), OidcBehavior::default());
    let (mut accounts, mut roles, mut tls) = (3, 2, false);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u64, Box<dyn std::error::Error>> {
            let value = arguments.next().ok_or_else(|| format!("{argument} needs a number"))?;
            Ok(value.parse().map_err(|_| format!("{argument}: {value:?} is no number"))?)
        };
        match argument.as_str() {
            "--port" => portal = portal.port(u16::try_from(number()?)?),
            "--accounts" => accounts = usize::try_from(number()?)?,
            "--roles" => roles = usize::try_from(number()?)?,
            "--rate" => {
                let rate = f64::from(u32::try_from(number()?)?);
                portal = portal.rate_limit(rate, rate);
            }
            "--latency" => portal = portal.latency(Duration::from_millis(number()?)),
            "--pending" => behavior.pending = u32::try_from(number()?)?,
            "--slow-down" => behavior.slow_down = u32::try_from(number()?)?,
            "--lifetime" => behavior.token_lifetime = Duration::from_secs(number()?),
            "--deny" => behavior.sign_in = SignIn::Denied,
            "--expire" => behavior.sign_in = SignIn::Expired,
            "--strict" => behavior.rotation = Rotation::Strict,
            "--no-rotation" => behavior.rotation = Rotation::Off,
            "--tls" => tls = true,
            "--help" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => return Err(format!("{other} is not known; --help lists what is").into()),
        }
    }
    let portal: PortalBuilder = portal.accounts(accounts, roles).oidc(behavior);
    let portal = if tls { portal.tls() } else { portal }.start().await?;
    println!("export AWS_ENDPOINT_URL_SSO={0}\nexport AWS_ENDPOINT_URL_SSO_OIDC={0}", portal.endpoint_url());
    if let Some(pem) = portal.ca_pem() {
        std::fs::write("portal-ca.pem", pem)?;
        println!("export AWS_CA_BUNDLE=portal-ca.pem");
    }
    println!("# an access token: {}", portal.access_token());
    std::io::stdout().flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
