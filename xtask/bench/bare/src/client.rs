//! A client as one writes it who needs these two calls and nothing else: it sends the token, looks
//! at the status, reads the request id and the fields. There are no retries, no time limits, no
//! endpoint rules, no escaping of what needs none, and no errors that tell a story.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderValue, Request, header::USER_AGENT};
use http_body_util::{BodyExt, Empty};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The client, over a connector of hyper's.
#[derive(Clone)]
pub struct Bare<C = HttpsConnector<HttpConnector>> {
    hyper: Hyper<C, Empty<Bytes>>,
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    role_credentials: RoleCredentials,
}

/// What `GetRoleCredentials` answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "not every program reads all of it")]
pub struct RoleCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub expiration: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Accounts {
    #[serde(default)]
    account_list: Vec<Account>,
    next_token: Option<String>,
}

/// One item of what `ListAccounts` answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "not every program reads all of it")]
pub struct Account {
    pub account_id: String,
    pub account_name: String,
    pub email_address: String,
}

type ErrorWithMetadata = Box<dyn Error + Send + Sync>;

impl Bare {
    /// A client that trusts the system's roots.
    pub fn new(url: &str) -> Result<Self, ErrorWithMetadata> {
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build();
        Ok(Self { hyper: Hyper::builder(TokioExecutor::new()).build(connector), url: url.to_owned() })
    }
}

impl Bare<HttpConnector> {
    /// A client that cannot speak TLS.
    #[allow(dead_code, reason = "not every program needs it")]
    pub fn without_roots(url: &str) -> Self {
        Self { hyper: Hyper::builder(TokioExecutor::new()).build_http(), url: url.to_owned() }
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> Bare<C> {
    /// Calls `GetRoleCredentials`; gives the request id, too.
    pub async fn credentials(
        &self,
        account: &str,
        role: &str,
        token: &str,
    ) -> Result<(RoleCredentials, Option<String>), ErrorWithMetadata> {
        let uri = format!("{}/federation/credentials?role_name={role}&account_id={account}", self.url);
        let (answer, id) = self.get::<Credentials>(&uri, token).await?;
        Ok((answer.role_credentials, id))
    }

    /// Calls `ListAccounts` for every page, and hands each item on.
    #[allow(dead_code, reason = "not every program needs it")]
    pub async fn accounts(&self, token: &str, mut each: impl FnMut(Account)) -> Result<(), ErrorWithMetadata> {
        let mut uri = format!("{}/assignment/accounts?max_result=100", self.url);
        loop {
            let (page, _) = self.get::<Accounts>(&uri, token).await?;
            page.account_list.into_iter().for_each(&mut each);
            let Some(next) = page.next_token else { return Ok(()) };
            uri = format!("{}/assignment/accounts?max_result=100&next_token={next}", self.url);
        }
    }

    async fn get<T: DeserializeOwned>(&self, uri: &str, token: &str) -> Result<(T, Option<String>), ErrorWithMetadata> {
        let request = Request::get(uri)
            .header("x-amz-sso_bearer_token", token)
            .header(USER_AGENT, HeaderValue::from_static("bare/0.0.0"))
            .body(Empty::new())?;
        let response = self.hyper.request(request).await?;
        if !response.status().is_success() {
            return Err(format!("status {}", response.status()).into());
        }
        let id = response.headers().get("x-amzn-requestid").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let body = response.into_body().collect().await?.to_bytes();
        Ok((serde_json::from_slice(&body)?, id))
    }
}
