//! The smallest program with sso-client: one call, to see how much gets linked.

use sso_client::config::{Config, Region};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = Config::builder().region(Region::new("eu-west-1")).build();
        let call = sso_client::Client::from_conf(config).get_role_credentials();
        let token = std::env::var("SSO_ACCESS_TOKEN").unwrap_or_default();
        let output = call.account_id("111122223333").role_name("ReadOnlyAccess").access_token(token).send().await?;
        let credentials = output.role_credentials.unwrap_or_default();
        println!("{}", credentials.access_key_id.unwrap_or_default());
        Ok(())
    })
}
