//! Lists accounts and roles and fetches credentials: against a fake service in the same process, from which it logs
//! out, or against the real service.
//!
//! ```text
//! cargo run -p sso-client --example quickstart
//! SSO_ACCESS_TOKEN=… cargo run -p sso-client --example quickstart -- --region eu-west-1
//! cargo run -p sso-client --example quickstart -- --region eu-west-1 --token-file token.txt
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program says what it does")]

use std::error::Error;
use std::process::ExitCode;

use sso_client::config::Region;
use sso_client::test_util::Portal;
use sso_client::{Client, Config};

const USAGE: &str = "\
usage: quickstart [--region REGION [--token-file FILE] [--logout]]

Without --region, a fake service is started on loopback, and the session is ended. With it, the
real service is called, with the access token from the environment variable SSO_ACCESS_TOKEN or
from FILE, and the session is kept unless --logout is given.";

#[derive(Default)]
struct Options {
    region: Option<String>,
    token_file: Option<String>,
    logout: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--region" => options.region = Some(value()?),
            "--token-file" => options.token_file = Some(value()?),
            "--logout" => options.logout = true,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("there is no option {other}")),
        }
    }
    Ok(Some(options))
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    // A real session is the user's.
    let logout = options.logout || options.region.is_none();
    // The fake service runs until the end of this function.
    let (client, token, _portal) = match options.region {
        Some(region) => {
            let config = Config::builder().region(Region::new(region)).build();
            (Client::from_conf(config), real_token(options.token_file.as_deref())?, None)
        }
        None => {
            let portal = Portal::builder()
                .account("111122223333", "development", "dev@example.com", ["AdministratorAccess", "ReadOnlyAccess"])
                .account("444455556666", "production", "prod@example.com", ["ReadOnlyAccess"])
                .start()
                .await?;
            println!("A fake service listens on {}.", portal.endpoint_url());
            (Client::from_conf(portal.config().build()), portal.access_token(), Some(portal))
        }
    };

    let accounts = client.list_accounts().access_token(&token).into_paginator().items().send().try_collect().await?;
    println!("{} accounts:", accounts.len());
    let mut first = None;
    for account in &accounts {
        let id = account.account_id().unwrap_or_default();
        println!("  {id}  {}", account.account_name().unwrap_or_default());
        let mut roles = client.list_account_roles().account_id(id).access_token(&token).into_paginator().items().send();
        while let Some(role) = roles.try_next().await? {
            let name = role.role_name().unwrap_or_default();
            println!("    {name}");
            first.get_or_insert_with(|| (id.to_owned(), name.to_owned()));
        }
    }

    if let Some((account, role)) = first {
        let output =
            client.get_role_credentials().account_id(&account).role_name(&role).access_token(&token).send().await?;
        // Printing never shows the secret key or the session token; a program reads them with the accessors.
        println!("Credentials of {role} in {account}: {:#?}", output.role_credentials());
    }

    if logout {
        client.logout().access_token(&token).send().await?;
        println!("Logged out.");
    }
    Ok(())
}

fn real_token(file: Option<&str>) -> Result<String, Box<dyn Error>> {
    let token = match file {
        Some(file) => std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?,
        None => std::env::var("SSO_ACCESS_TOKEN")
            .map_err(|_| "set SSO_ACCESS_TOKEN to an access token, or give --token-file")?,
    };
    // Files tend to end with a line break, which no header can carry.
    Ok(token.trim().to_owned())
}
