//! Implements the benchmark driver's `Client` trait with sso-client.

use sso_client::Config;
use sso_client::config::Region;
use sso_client::operation::RequestId;
use sso_client::types::{AccountInfo, RoleCredentials};

use super::driver;

/// The client.
#[derive(Clone)]
pub struct Client(sso_client::Client);

impl driver::Client for Client {
    fn new(url: &str) -> Self {
        let config = Config::builder().region(Region::from_static("eu-west-1")).endpoint_url(url).build();
        Self(sso_client::Client::from_conf(config))
    }

    async fn credentials(&self, account: &str, role: &str, token: &str) -> usize {
        let call = self.0.get_role_credentials().account_id(account).role_name(role).access_token(token);
        let output = call.send().await.expect("credentials");
        let id = output.request_id().expect("a request id").len();
        let RoleCredentials { access_key_id, secret_access_key, session_token, expiration, .. } =
            output.role_credentials.expect("credentials");
        access_key_id.expect("a key").len()
            + secret_access_key.expect("a secret").len()
            + session_token.expect("a token").len()
            + id
            + usize::try_from(expiration).expect("a time")
    }

    async fn accounts(&self, token: &str) -> usize {
        let call = self.0.list_accounts().access_token(token);
        let mut items = call.into_paginator().page_size(100).items().send();
        let mut checksum = 0;
        while let Some(item) = items.try_next().await.expect("accounts") {
            let AccountInfo { account_id, account_name, email_address, .. } = item;
            for field in [account_id, account_name, email_address] {
                checksum += field.expect("a text").len();
            }
        }
        checksum
    }
}
