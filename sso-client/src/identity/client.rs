//! The portal client whose calls need no token.

use std::fmt;

use super::observe::Shared;
use super::{IdentityError, SsoSession};
use crate::Client;
use crate::config::Config;
use crate::config::http::{BoxFuture, HttpClient, RequestBody, SharedHttpClient, TransportResult};
use crate::error::BoxError;
use crate::operation::get_role_credentials::builders::GetRoleCredentialsFluentBuilder;
use crate::operation::list_account_roles::builders::ListAccountRolesFluentBuilder;
use crate::operation::list_accounts::builders::ListAccountsFluentBuilder;
#[cfg(feature = "blocking")]
use crate::runtime::call::blocking::Blocking;
use crate::runtime::call::client::{ClientHandle, Handle};
use crate::runtime::transport::ConnectorError;

/// What stands in a request until the transport puts the token there. No token looks like it.
const PLACEHOLDER: &str = "token-of-the-session";

/// The header of the access token.
const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";

/// The portal client of a session: the same calls, which need no access token.
///
/// Each request asks the store for the token, so that a refresh or a login elsewhere counts at once. When the
/// service does not accept it, it is refreshed and the request sent once more. A call that sets an access token of
/// its own is sent with that.
///
/// Logging out is [`SsoSession::logout`]'s.
///
/// ```
/// # async fn list(session: sso_client::identity::SsoSession) -> Result<(), Box<dyn std::error::Error>> {
/// let client = session.client().await?;
/// let mut accounts = client.list_accounts().into_paginator().items().send();
/// while let Some(account) = accounts.try_next().await? {
///     println!("{}", account.account_id().unwrap_or_default());
/// }
/// let roles = client.list_account_roles().account_id("111122223333").send().await?;
/// let credentials = client.get_role_credentials().account_id("111122223333").role_name("Audit").send().await?;
/// println!("{roles:?} {credentials:?} from {:?}", client.config().region());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SessionClient<H = Handle> {
    client: Client<H>,
}

impl SsoSession {
    /// The portal client of this session, whose calls need no access token.
    ///
    /// # Errors
    ///
    /// Those of [`token`](Self::token): that there is a token is found out now.
    pub async fn client(&self) -> Result<SessionClient, IdentityError> {
        let token = self.token().await?;
        let inner = SharedHttpClient::new(self.inner.http.clone());
        let http = TokenFilled { inner, session: self.clone() };
        let config = self.portal_for(&token).config().to_builder().http_client(http).build();
        Ok(SessionClient { client: Client::from_conf(config) })
    }
}

#[cfg(feature = "blocking")]
impl SessionClient {
    /// The same client with blocking calls, for programs without an asynchronous runtime.
    ///
    /// ```no_run
    /// use sso_client::blocking::BlockingCall as _;
    /// use sso_client::identity::SsoSession;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = SsoSession::from_profile("dev")?.blocking().client()?;
    /// println!("{} accounts on the first page", client.list_accounts().send()?.account_list().len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(&self) -> SessionClient<Blocking> {
        SessionClient { client: self.client.blocking() }
    }
}

impl<H: ClientHandle> SessionClient<H> {
    /// The configuration.
    pub fn config(&self) -> &Config {
        self.client.config()
    }

    /// Fetches credentials of a role, without the cache of [`SsoSession::role_credentials`].
    pub fn get_role_credentials(&self) -> GetRoleCredentialsFluentBuilder<H> {
        self.client.get_role_credentials().access_token(PLACEHOLDER)
    }

    /// Lists the roles that are assigned to the user in an account.
    pub fn list_account_roles(&self) -> ListAccountRolesFluentBuilder<H> {
        self.client.list_account_roles().access_token(PLACEHOLDER)
    }

    /// Lists the accounts that are assigned to the user.
    pub fn list_accounts(&self) -> ListAccountsFluentBuilder<H> {
        self.client.list_accounts().access_token(PLACEHOLDER)
    }
}

/// A transport that puts the token into requests.
#[derive(Clone)]
struct TokenFilled {
    inner: SharedHttpClient,
    session: SsoSession,
}

impl HttpClient for TokenFilled {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let this = self.clone();
        Box::pin(async move {
            if request.headers().get(TOKEN_HEADER).is_none_or(|value| value != PLACEHOLDER) {
                return Shared::new(this.inner.call(request)).await;
            }
            let token = this.session.token().await.map_err(failed)?;
            let (head, body) = request.into_parts();
            // These requests have no body, or one of bytes.
            let body = body.bytes().cloned().unwrap_or_default();
            let request = |secret: &str| -> Result<_, ConnectorError> {
                let mut request = http::Request::from_parts(head.clone(), RequestBody::from(body.clone()));
                let mut value = http::HeaderValue::from_str(secret).map_err(failed)?;
                value.set_sensitive(true);
                request.headers_mut().insert(TOKEN_HEADER, value);
                Ok(request)
            };
            let response = Shared::new(this.inner.call(request(token.secret())?)).await?;
            if response.status() != http::StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            match this.session.token_instead_of(&token).await {
                Ok(token) => Shared::new(this.inner.call(request(token.secret())?)).await,
                // What the service says of it tells more.
                Err(_) => Ok(response),
            }
        })
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        let inner = self.inner.with_own_connections()?;
        Some(SharedHttpClient::new(Self { inner, ..self.clone() }))
    }
}

fn failed(error: impl Into<BoxError>) -> ConnectorError {
    ConnectorError::user(error.into())
}

impl fmt::Debug for TokenFilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
