//! Signing out of one session.

use std::time::Duration;

use super::store::{Entry, EntryKind};
use super::token::JsonObject;
use super::{IdentityError, IdentityErrorKind as Kind, SsoSession};
use crate::config::Builder;
use crate::config::timeout::TimeoutConfig;
use crate::runtime::config::profile::SectionKind;
use crate::runtime::config::retry::RetryConfig;
use crate::runtime::tracing::debug;

/// How long the portal may take: the files go all the same.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait for a refresh that is going on.
pub(super) const LOCK_LIMIT: Duration = Duration::from_secs(10);

/// What a logout did.
///
/// ```no_run
/// use sso_client::identity::{IdentityError, SsoSession};
///
/// # async fn run() -> Result<(), IdentityError> {
/// let done = SsoSession::named("corp")?.logout().await?;
/// if let Some(error) = done.portal_error {
///     eprintln!("the files are gone, but the portal does not know of it: {error}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Logout {
    /// Whether there was a token.
    pub was_signed_in: bool,
    /// How many cached role credentials were removed.
    pub removed_roles: usize,
    /// Why the portal does not know of it: the network is down, or the token had ended before.
    pub portal_error: Option<IdentityError>,
}

impl SsoSession {
    /// Ends the session: at the portal, and by removing its token and the role credentials that were got by it.
    /// Other sessions stay as they are, and so does the client registration.
    ///
    /// The files are removed although the portal cannot be reached, which [`Logout::portal_error`] says.
    ///
    /// # Errors
    ///
    /// When a file cannot be removed.
    pub async fn logout(&self) -> Result<Logout, IdentityError> {
        let entry = self.token_entry();
        // A refresh that goes on would write the token back.
        let lock = self.lock_if_possible(&entry, LOCK_LIMIT).await;
        let stored = self.stored_token().await;
        let was_signed_in = !matches!(stored, Ok(None));
        let mut portal_error = None;
        if let Ok(Some(stored)) = &stored {
            let token = stored.access_token();
            let call = self.portal_for(&token).logout().access_token(token.secret());
            if let Err(error) = call.customize().config_override(impatient()).send().await {
                debug!(session = self.token_key(), %error, "the portal did not end the session");
                portal_error = Some(IdentityError::call(Kind::Service, "", error));
            }
        }
        let removed = self.remove(&entry).await;
        self.remove(&self.entry(EntryKind::RefreshAttempt)).await?;
        let removed_roles = self.remove_roles().await?;
        drop(lock);
        removed?;
        Ok(Logout { was_signed_in, removed_roles, portal_error })
    }

    async fn remove_roles(&self) -> Result<usize, IdentityError> {
        let mut names = Vec::new();
        for owner in super::observe::Shared::new(self.inner.store.list(EntryKind::RoleOwner)).await? {
            let document = self.read(&owner).await.ok().flatten();
            let found = document.and_then(|document| JsonObject::parse(&document));
            if found.is_some_and(|found| found.text("session") == Some(self.token_key())) {
                names.push(owner.name);
            }
        }
        // Those that the AWS CLI cached, as far as the profiles tell their names.
        names.extend(self.profile_roles());
        names.sort();
        names.dedup();
        let mut removed = 0;
        for name in names {
            let entry = Entry::new(EntryKind::RoleCredentials, name);
            removed += usize::from(self.remove(&entry).await?);
            self.remove(&Entry::new(EntryKind::RoleOwner, entry.name)).await?;
        }
        Ok(removed)
    }

    /// The names of cached credentials of roles that profiles of this session name.
    fn profile_roles(&self) -> Vec<String> {
        let mut roles = Vec::new();
        if let (Some(account), Some(role)) = (self.account_id(), self.role_name()) {
            roles.push(self.role_entry(account, role).name);
        }
        let Ok(profiles) = self.inner.environment.profiles() else { return roles };
        for name in profiles.set.names(SectionKind::Profile) {
            let Ok(settings) = profiles.of_profile(name, None) else { continue };
            let key = settings.session.as_deref().unwrap_or(&settings.start_url);
            if let (true, Some(account), Some(role)) =
                (key == self.token_key(), &settings.account_id, &settings.role_name)
            {
                roles.push(self.role_entry(account, role).name);
            }
        }
        roles
    }
}

/// One attempt, with a limit.
pub(super) fn impatient() -> Builder {
    let limit = TimeoutConfig::builder().operation_timeout(CALL_LIMIT).build();
    crate::Config::builder().retry_config(RetryConfig::disabled()).timeout_config(limit)
}
