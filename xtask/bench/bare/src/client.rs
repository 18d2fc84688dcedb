//! A minimal hand-written client of hyper, for comparison. It has the two measured calls, sends the access token,
//! checks the status, and reads the request id and the fields. It has no retries, no timeouts, no endpoint rules, no
//! percent-encoding and no detailed errors.

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

/// The client, generic over hyper's connector.
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

/// The credentials in the output of `GetRoleCredentials`.
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

/// An account in the output of `ListAccounts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "not every program reads all of it")]
pub struct Account {
    pub account_id: String,
    pub account_name: String,
    pub email_address: String,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl Bare {
    /// Creates a client that trusts the system's root certificates.
    pub fn new(url: &str) -> Result<Self, BoxError> {
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build();
        Ok(Self { hyper: Hyper::builder(TokioExecutor::new()).build(connector), url: url.to_owned() })
    }
}

impl Bare<HttpConnector> {
    /// Creates a client without TLS.
    #[allow(dead_code, reason = "not every program needs it")]
    pub fn without_roots(url: &str) -> Self {
        Self { hyper: Hyper::builder(TokioExecutor::new()).build_http(), url: url.to_owned() }
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> Bare<C> {
    /// Calls `GetRoleCredentials`. Returns the credentials and the request id.
    pub async fn credentials(
        &self,
        account: &str,
        role: &str,
        token: &str,
    ) -> Result<(RoleCredentials, Option<String>), BoxError> {
        let uri = format!("{}/federation/credentials?role_name={role}&account_id={account}", self.url);
        let (answer, id) = self.get::<Credentials>(&uri, token).await?;
        Ok((answer.role_credentials, id))
    }

    /// Calls `ListAccounts` for all pages, and passes each account to a closure.
    #[allow(dead_code, reason = "not every program needs it")]
    pub async fn accounts(&self, token: &str, mut each: impl FnMut(Account)) -> Result<(), BoxError> {
        let mut uri = format!("{}/assignment/accounts?max_result=100", self.url);
        loop {
            let (page, _) = self.get::<Accounts>(&uri, token).await?;
            page.account_list.into_iter().for_each(&mut each);
            let Some(next) = page.next_token else { return Ok(()) };
            uri = format!("{}/assignment/accounts?max_result=100&next_token={next}", self.url);
        }
    }

    async fn get<T: DeserializeOwned>(&self, uri: &str, token: &str) -> Result<(T, Option<String>), BoxError> {
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
