//! Signing out of everything that the caches hold, whoever signed in.

use super::documents::lock_if_possible;
use super::loader::SessionLoader;
use super::logout::{LOCK_LIMIT, Logout, impatient};
use super::observe::{Shared, System};
use super::session::is_region;
use super::store::{Entry, EntryKind};
use super::token::JsonObject;
use super::{IdentityError, IdentityErrorKind as Kind};
use crate::config::Region;

impl SessionLoader {
    /// Ends every session that has a token in the cache, whichever tool signed in, as `aws sso logout` does: at the
    /// portal of the region that the token's file names, and by removing tokens and role credentials of SSO. Client
    /// registrations, credentials of other kinds, and what is no JSON stay.
    ///
    /// ```no_run
    /// use sso_client::identity::{IdentityError, SsoSession};
    ///
    /// # async fn run() -> Result<(), IdentityError> {
    /// let done = SsoSession::loader().logout_all().await?;
    /// println!("removed credentials of {} roles", done.removed_roles);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the environment cannot be read or a file not be removed. That the portal cannot be reached is none: the
    /// last such failure is in [`Logout::portal_error`].
    pub async fn logout_all(self) -> Result<Logout, IdentityError> {
        let (store, config) = self.store_and_config()?;
        let mut done = Logout { was_signed_in: false, removed_roles: 0, portal_error: None };
        for entry in Shared::new(store.list(EntryKind::Token)).await? {
            let Ok(Some(document)) = Shared::new(store.read(&entry)).await else { continue };
            let Some(members) = JsonObject::parse(&document) else { continue };
            let Some(token) = members.text("accessToken") else { continue };
            // A refresh that goes on would write the token back.
            let _lock = lock_if_possible(&*store, &System, &entry, LOCK_LIMIT).await;
            done.was_signed_in = true;
            if let Some(region) = members.text("region").filter(|region| is_region(region)) {
                let config = config.to_builder().region(Region::new(region.to_owned())).build();
                let call = crate::Client::from_conf(config).logout().access_token(token);
                if let Err(error) = call.customize().config_override(impatient()).send().await {
                    done.portal_error = Some(IdentityError::call(Kind::Service, "", error));
                }
            }
            Shared::new(store.remove(&entry)).await?;
            Shared::new(store.remove(&Entry::new(EntryKind::RefreshAttempt, entry.name))).await?;
        }
        for entry in Shared::new(store.list(EntryKind::RoleCredentials)).await? {
            let Ok(Some(document)) = Shared::new(store.read(&entry)).await else { continue };
            let members = JsonObject::parse(&document);
            if members.is_some_and(|members| members.text("ProviderType") == Some("sso")) {
                done.removed_roles += 1;
                Shared::new(store.remove(&entry)).await?;
                Shared::new(store.remove(&Entry::new(EntryKind::RoleOwner, entry.name))).await?;
            }
        }
        Ok(done)
    }
}
