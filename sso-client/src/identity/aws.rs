//! For the AWS SDK: credentials and tokens of a session.

use aws_credential_types::Credentials;
use aws_credential_types::Token;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::{CredentialsError, TokenError};
use aws_credential_types::provider::future::{ProvideCredentials as CredentialsFuture, ProvideToken as TokenFuture};
use aws_credential_types::provider::token::ProvideToken;

use super::{IdentityError, RoleCredentials, SsoSession};

/// Where the SDK says that credentials come from.
const PROVIDER: &str = "SsoSession";

/// Credentials of a role, for the AWS SDK; see [`SsoSession::credentials_provider`].
///
/// ```
/// use aws_credential_types::provider::ProvideCredentials;
/// use aws_credential_types::provider::error::CredentialsError;
/// use sso_client::identity::SessionCredentials;
///
/// # async fn run(role: SessionCredentials) -> Result<(), CredentialsError> {
/// println!("until {:?}", role.provide_credentials().await?.expiry());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SessionCredentials {
    session: SsoSession,
    account_id: String,
    role_name: String,
}

impl SsoSession {
    /// Credentials of a role as the AWS SDK takes them.
    ///
    /// ```
    /// use aws_types::SdkConfig;
    /// use aws_credential_types::provider::SharedCredentialsProvider;
    /// use sso_client::identity::SsoSession;
    ///
    /// # fn configure(session: SsoSession) -> SdkConfig {
    /// let credentials = session.credentials_provider("111122223333", "ReadOnlyAccess");
    /// SdkConfig::builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
    /// # }
    /// ```
    pub fn credentials_provider(
        &self,
        account_id: impl Into<String>,
        role_name: impl Into<String>,
    ) -> SessionCredentials {
        SessionCredentials { session: self.clone(), account_id: account_id.into(), role_name: role_name.into() }
    }
}

impl ProvideCredentials for SessionCredentials {
    fn provide_credentials<'a>(&'a self) -> CredentialsFuture<'a>
    where
        Self: 'a,
    {
        CredentialsFuture::new(async move {
            let found = self.session.role_credentials(&*self.account_id, &*self.role_name).await;
            found.map(credentials).map_err(credentials_error)
        })
    }
}

/// Those of the role that the profile names.
impl ProvideCredentials for SsoSession {
    fn provide_credentials<'a>(&'a self) -> CredentialsFuture<'a>
    where
        Self: 'a,
    {
        CredentialsFuture::new(async move { self.credentials().await.map(credentials).map_err(credentials_error) })
    }
}

impl ProvideToken for SsoSession {
    fn provide_token<'a>(&'a self) -> TokenFuture<'a>
    where
        Self: 'a,
    {
        TokenFuture::new(async move {
            match self.token().await {
                Ok(token) => Ok(Token::new(token.secret(), Some(token.expires_at()))),
                Err(error) if error.is_sign_in_needed() => Err(TokenError::not_loaded(error)),
                Err(error) => Err(TokenError::provider_error(error)),
            }
        })
    }
}

fn credentials(found: RoleCredentials) -> Credentials {
    Credentials::builder()
        .access_key_id(found.access_key_id())
        .secret_access_key(found.secret_access_key())
        .session_token(found.session_token())
        .expiry(found.expiration())
        .account_id(found.account_id())
        .provider_name(PROVIDER)
        .build()
}

fn credentials_error(error: IdentityError) -> CredentialsError {
    if error.is_sign_in_needed() {
        CredentialsError::not_loaded(error)
    } else {
        CredentialsError::provider_error(error)
    }
}
