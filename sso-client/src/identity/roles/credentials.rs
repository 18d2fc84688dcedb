//! Credentials of a role: from the cache, or from the portal.

use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::error::SdkError;
use crate::identity::documents::Waited;
use crate::identity::refresh::code;
use crate::identity::token::AccessToken;
use crate::identity::{IdentityError, IdentityErrorKind as Kind, SsoSession, date};
use crate::operation::get_role_credentials::{GetRoleCredentialsError, GetRoleCredentialsOutput};
use crate::runtime::secret::REDACTED;
use crate::runtime::tracing::debug;

/// How long to wait for another process that fetches the same credentials.
const LOCK_LIMIT: Duration = Duration::from_secs(20);

/// Short-term credentials of a role. All of them are there.
///
/// They are overwritten when they are dropped, and `Debug` does not show what is secret.
///
/// ```no_run
/// use std::process::Command;
///
/// use sso_client::identity::SsoSession;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let credentials = SsoSession::from_profile("dev")?.credentials().await?;
/// eprintln!("{} of {}", credentials.role_name(), credentials.account_id());
/// eprintln!("until {:?}", credentials.expiration());
/// let status = Command::new("terraform")
///     .arg("plan")
///     .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
///     .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
///     .env("AWS_SESSION_TOKEN", credentials.session_token())
///     .status()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RoleCredentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Zeroizing<String>,
    pub(super) expires: Timestamp,
    account_id: String,
    role_name: String,
}

impl RoleCredentials {
    pub(super) fn new(
        access_key_id: String,
        secret_access_key: String,
        session_token: String,
        expires: Timestamp,
        account_id: &str,
        role_name: &str,
    ) -> Self {
        Self {
            access_key_id,
            secret_access_key: Zeroizing::new(secret_access_key),
            session_token: Zeroizing::new(session_token),
            expires,
            account_id: account_id.to_owned(),
            role_name: role_name.to_owned(),
        }
    }

    /// The access key id.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret access key.
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The session token.
    pub fn session_token(&self) -> &str {
        &self.session_token
    }

    /// When they expire.
    pub fn expiration(&self) -> SystemTime {
        date::system(self.expires)
    }

    /// The account that the role is in.
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// The role.
    pub fn role_name(&self) -> &str {
        &self.role_name
    }
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &format_args!("{REDACTED}"))
            .field("session_token", &format_args!("{REDACTED}"))
            .field("expiration", &date::format(self.expires))
            .field("account_id", &self.account_id)
            .field("role_name", &self.role_name)
            .finish()
    }
}

impl SsoSession {
    /// Credentials of the role that the profile, or the builder, names.
    ///
    /// # Errors
    ///
    /// When neither account nor role are named, and those of [`role_credentials`](Self::role_credentials).
    pub async fn credentials(&self) -> Result<RoleCredentials, IdentityError> {
        let (Some(account_id), Some(role_name)) = (self.account_id(), self.role_name()) else {
            let message = match self.profile() {
                Some(profile) => format!(
                    "the profile {profile:?} gives a token and no credentials: it has neither sso_account_id nor \
                     sso_role_name"
                ),
                None => "the session names neither account nor role".to_owned(),
            };
            return Err(IdentityError::new(Kind::TokenOnly, message).with_key("sso_account_id"));
        };
        self.role_credentials(account_id, role_name).await
    }

    /// Credentials of a role: those in the cache while more than 15 minutes are left of them, or new ones.
    ///
    /// # Errors
    ///
    /// When there is no token, the role is not assigned to the user (the error lists the roles that are), the call
    /// fails, or its response lacks a part. Where the service does not accept the token, it is refreshed and the
    /// call made once more before that is an error.
    pub async fn role_credentials(
        &self,
        account_id: impl Into<String>,
        role_name: impl Into<String>,
    ) -> Result<RoleCredentials, IdentityError> {
        let (account_id, role_name) = (account_id.into(), role_name.into());
        let entry = self.role_entry(&account_id, &role_name);
        if let Some(found) = self.cached(&entry, &account_id, &role_name).await {
            return Ok(found);
        }
        let instead = || async { Ok(self.cached(&entry, &account_id, &role_name).await) };
        let lock = match self.lock_or(&entry, LOCK_LIMIT, instead).await {
            Ok(Waited::Instead(found)) => return Ok(found),
            Ok(Waited::Locked(lock)) => Some(lock),
            Err(error) => {
                // They are good without the cache, too.
                debug!(%error, "role credentials are fetched without a lock");
                None
            }
        };
        if let Some(found) = self.cached(&entry, &account_id, &role_name).await {
            return Ok(found);
        }
        let credentials = self.fetch(&account_id, &role_name).await?;
        if let Err(error) = self.cache(&entry, &credentials).await {
            debug!(%error, "role credentials are not cached");
        }
        drop(lock);
        Ok(credentials)
    }

    /// Asks the portal, a second time with a new token where it does not accept the first.
    async fn fetch(&self, account_id: &str, role_name: &str) -> Result<RoleCredentials, IdentityError> {
        let mut token = self.token().await?;
        let mut outcome = self.get_role_credentials(&token, account_id, role_name).await;
        if outcome.as_ref().is_err_and(is_unauthorized) {
            token = self.token_instead_of(&token).await?;
            outcome = self.get_role_credentials(&token, account_id, role_name).await;
        }
        match outcome {
            Ok(output) => complete(output, account_id, role_name),
            Err(error) if is_unauthorized(&error) => Err(self.unauthorized(error)),
            Err(error) if code(&error) == Some("ForbiddenException") => {
                Err(self.forbidden(&token, account_id, role_name, error).await)
            }
            Err(error) => Err(self.call_failed("", error)),
        }
    }

    async fn get_role_credentials(
        &self,
        token: &AccessToken,
        account_id: &str,
        role_name: &str,
    ) -> Result<GetRoleCredentialsOutput, SdkError<GetRoleCredentialsError>> {
        let call = self.portal_for(token).get_role_credentials().account_id(account_id).role_name(role_name);
        call.access_token(token.secret()).send().await
    }

    /// Says which roles the account does have.
    async fn forbidden(
        &self,
        token: &AccessToken,
        account_id: &str,
        role_name: &str,
        error: SdkError<GetRoleCredentialsError>,
    ) -> IdentityError {
        let call = self.portal_for(token).list_account_roles().account_id(account_id).access_token(token.secret());
        let mut listed = call.into_paginator().items().send();
        let mut roles = Vec::new();
        let mut is_known = true;
        loop {
            match listed.try_next().await {
                Ok(Some(role)) => roles.extend(role.role_name),
                Ok(None) => break,
                Err(_) => {
                    is_known = false;
                    break;
                }
            }
        }
        roles.sort();
        let there = match (roles.is_empty(), is_known) {
            (false, _) => format!("its roles are: {}", roles.join(", ")),
            (true, true) => "no role of it is".to_owned(),
            (true, false) => "the account is not, or its roles cannot be listed".to_owned(),
        };
        let what = format!(
            "the role {role_name:?} of account {account_id} is not assigned to you, or is being provisioned; {there}"
        );
        IdentityError::call(Kind::Forbidden, &what, error).with_roles(roles)
    }

    /// A token that was refreshed, and refused all the same.
    pub(crate) fn unauthorized<E>(&self, error: SdkError<E>) -> IdentityError
    where
        E: crate::runtime::error::OperationError,
    {
        let clock = self.inner.http.wrong_clock().map_or_else(String::new, |text| format!(" ({text})"));
        let what = format!("the session {} has ended{clock}", self.token_key());
        IdentityError::call(Kind::SignInAgain, &what, error).with_command(self.login_command())
    }

    pub(crate) fn call_failed<E>(&self, what: &str, error: SdkError<E>) -> IdentityError
    where
        E: crate::runtime::error::OperationError,
    {
        IdentityError::call(Kind::Service, what, error)
    }
}

/// Whether the service does not accept the token.
pub(crate) fn is_unauthorized<E>(error: &SdkError<E>) -> bool
where
    E: crate::runtime::error::OperationError,
{
    matches!(error, SdkError::ServiceError(_))
        && (code(error) == Some("UnauthorizedException")
            || crate::error::ProvideErrorMetadata::status(error).is_some_and(|status| status.as_u16() == 401))
}

/// Everything that credentials consist of.
fn complete(
    output: GetRoleCredentialsOutput,
    account_id: &str,
    role_name: &str,
) -> Result<RoleCredentials, IdentityError> {
    let lacks = |member: &str| {
        let message = format!("GetRoleCredentials: the response has no {member}");
        IdentityError::new(Kind::IncompleteResponse, message).with_key(member)
    };
    let found = output.role_credentials.ok_or_else(|| lacks("roleCredentials"))?;
    let given = |text: Option<String>, member| text.filter(|text| !text.is_empty()).ok_or_else(|| lacks(member));
    let access_key_id = given(found.access_key_id, "accessKeyId")?;
    let secret_access_key = given(found.secret_access_key, "secretAccessKey")?;
    let session_token = given(found.session_token, "sessionToken")?;
    // Without one, the model's default stands in.
    let expires = Timestamp::from_millisecond(found.expiration).ok().filter(|_| found.expiration > 0);
    let expires = expires.ok_or_else(|| lacks("expiration"))?;
    Ok(RoleCredentials::new(access_key_id, secret_access_key, session_token, expires, account_id, role_name))
}
