//! The smallest program with the bare client: one call, to see how much gets linked.

#[path = "../client.rs"]
mod client;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = client::Bare::new("https://portal.sso.eu-west-1.amazonaws.com")?;
        let token = std::env::var("SSO_ACCESS_TOKEN").unwrap_or_default();
        let (credentials, _) = client.credentials("111122223333", "ReadOnlyAccess", &token).await?;
        println!("{}", credentials.access_key_id);
        Ok(())
    })
}
