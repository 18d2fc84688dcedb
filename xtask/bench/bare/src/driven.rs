//! Implements the benchmark driver's `Client` trait with the bare client.

use hyper_util::client::legacy::connect::Connect;

use super::client::{Account, Bare, RoleCredentials};
use super::driver;

/// A bare client with TLS or without.
#[derive(Clone)]
pub enum Client {
    Https(Bare),
    Http(Bare<hyper_util::client::legacy::connect::HttpConnector>),
}

impl driver::Client for Client {
    fn new(url: &str) -> Self {
        Self::Https(Bare::new(url).expect("a client"))
    }

    fn without_roots(url: &str) -> Option<Self> {
        Some(Self::Http(Bare::without_roots(url)))
    }

    async fn credentials(&self, account: &str, role: &str, token: &str) -> usize {
        match self {
            Self::Https(client) => credentials(client, account, role, token).await,
            Self::Http(client) => credentials(client, account, role, token).await,
        }
    }

    async fn accounts(&self, token: &str) -> usize {
        let Self::Https(client) = self else { panic!("lists are read with the other client") };
        let mut checksum = 0;
        let each = |Account { account_id, account_name, email_address }| {
            checksum += account_id.len() + account_name.len() + email_address.len();
        };
        client.accounts(token, each).await.expect("accounts");
        checksum
    }
}

async fn credentials<C>(client: &Bare<C>, account: &str, role: &str, token: &str) -> usize
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let (credentials, id) = client.credentials(account, role, token).await.expect("credentials");
    let RoleCredentials { access_key_id, secret_access_key, session_token, expiration } = credentials;
    access_key_id.len()
        + secret_access_key.len()
        + session_token.len()
        + id.expect("a request id").len()
        + usize::try_from(expiration).expect("a time")
}
