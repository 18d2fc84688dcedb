//! The same for programs without an asynchronous runtime.

use super::{
    AccessToken, IdentityError, IdentityErrorKind as Kind, Login, LoginEvent, LoginOptions, Logout, Role,
    RoleCredentials, SessionClient, SsoSession, TokenStatus,
};
use crate::runtime::call::blocking::Blocking;

/// A session with blocking methods; see [`SsoSession::blocking`].
///
/// ```no_run
/// use sso_client::identity::{Flow, IdentityError, LoginEvent, LoginOptions, SsoSession};
///
/// # fn main() -> Result<(), IdentityError> {
/// let session = SsoSession::from_profile("dev")?.blocking();
/// let options = LoginOptions::new().flow(Flow::DeviceCode);
/// let login = session.login(&options, |event| {
///     if let LoginEvent::DeviceCode { user_code, verification_uri, .. } = event {
///         println!("{verification_uri}: {user_code}");
///     }
/// })?;
/// println!("{} until {:?}", session.session().start_url(), login.expires_at);
/// println!("{:?}, {:?}, {:?}", session.status()?, session.token()?, session.refresh()?);
/// println!("{:?}", session.credentials()?);
/// println!("{:?}", session.role_credentials("111122223333", "ReadOnlyAccess")?);
/// println!("{} roles", session.roles()?.len());
/// session.logout()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BlockingSession {
    session: SsoSession,
}

impl SsoSession {
    /// The same session with methods that return when they have ended. Each runs on a thread of its own.
    pub fn blocking(&self) -> BlockingSession {
        BlockingSession { session: self.clone() }
    }
}

/// Runs a future on a runtime of its own.
fn run<T: Send>(future: impl Future<Output = Result<T, IdentityError>> + Send) -> Result<T, IdentityError> {
    let failed = |error: &dyn std::fmt::Display| {
        IdentityError::new(Kind::Service, format!("no thread could be started for the call: {error}"))
    };
    if tokio::runtime::Handle::try_current().is_ok() {
        let message =
            "a blocking call cannot be made inside of an asynchronous runtime: await the session's own method";
        return Err(IdentityError::new(Kind::Service, message));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    runtime.block_on(future)
}

impl BlockingSession {
    /// The session itself.
    pub fn session(&self) -> &SsoSession {
        &self.session
    }

    /// See [`SsoSession::token`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::token`], as for all methods, and when it is called inside of a runtime.
    pub fn token(&self) -> Result<AccessToken, IdentityError> {
        run(self.session.token())
    }

    /// See [`SsoSession::refresh`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::refresh`].
    pub fn refresh(&self) -> Result<AccessToken, IdentityError> {
        run(self.session.refresh())
    }

    /// See [`SsoSession::status`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::status`].
    pub fn status(&self) -> Result<Option<TokenStatus>, IdentityError> {
        run(self.session.status())
    }

    /// See [`SsoSession::login`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::login`].
    pub fn login(
        &self,
        options: &LoginOptions,
        events: impl Fn(LoginEvent) + Send + Sync,
    ) -> Result<Login, IdentityError> {
        run(self.session.login(options, events))
    }

    /// See [`SsoSession::logout`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::logout`].
    pub fn logout(&self) -> Result<Logout, IdentityError> {
        run(self.session.logout())
    }

    /// See [`SsoSession::credentials`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::credentials`].
    pub fn credentials(&self) -> Result<RoleCredentials, IdentityError> {
        run(self.session.credentials())
    }

    /// See [`SsoSession::role_credentials`].
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::role_credentials`].
    pub fn role_credentials(
        &self,
        account_id: impl Into<String>,
        role_name: impl Into<String>,
    ) -> Result<RoleCredentials, IdentityError> {
        run(self.session.role_credentials(account_id.into(), role_name.into()))
    }

    /// See [`SsoSession::client`]: its calls are blocking, too.
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::client`].
    pub fn client(&self) -> Result<SessionClient<Blocking>, IdentityError> {
        Ok(run(self.session.client())?.blocking())
    }

    /// See [`SsoSession::roles`]: all of them, ordered by account and role.
    ///
    /// # Errors
    ///
    /// The first that comes.
    pub fn roles(&self) -> Result<Vec<Role>, IdentityError> {
        run(self.session.roles().sorted().try_collect())
    }
}
