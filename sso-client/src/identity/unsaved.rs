//! Refreshed tokens that could not be stored.
//!
//! The service may have ended the refresh token that the store still has. The session goes on with the new one, rather
//! than refresh again at each call.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::token::StoredToken;
use super::{IdentityError, SsoSession};

/// The token that counts while the store has the one that it replaced.
#[derive(Default)]
pub(crate) struct UnsavedToken(Mutex<Option<Unsaved>>);

struct Unsaved {
    /// The fingerprint of the token in the store.
    replaced: String,
    token: StoredToken,
    why: Arc<IdentityError>,
}

impl UnsavedToken {
    /// Keeps a token in place of another, which is that of the store or one that was kept before.
    pub(crate) fn keep(&self, instead_of: String, token: StoredToken, why: IdentityError) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.take().filter(|before| before.token.fingerprint() == instead_of);
        let replaced = before.map_or(instead_of, |before| before.replaced);
        *kept = Some(Unsaved { replaced, token, why: Arc::new(why) });
    }

    /// Forgets it: the store has a newer one.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Returns the token that was kept in place of the one in the store, or that one.
    pub(crate) fn instead_of(&self, stored: StoredToken) -> StoredToken {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(kept) if kept.replaced == stored.fingerprint() => kept.token.clone(),
            _ => stored,
        }
    }
}

impl fmt::Debug for UnsavedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsavedToken").finish_non_exhaustive()
    }
}

impl SsoSession {
    /// Why the token of the last refresh could not be stored, if it could not be, as on a full or read-only disk.
    ///
    /// This session goes on with that token. Other processes, and this one when it is started again, have the token
    /// that it replaced, whose refresh token the service may not accept any more; then a login is needed.
    ///
    /// ```no_run
    /// use sso_client::identity::{IdentityError, SsoSession};
    ///
    /// # async fn run() -> Result<(), IdentityError> {
    /// let session = SsoSession::named("corp")?;
    /// let token = session.token().await?;
    /// if let Some(why) = session.unsaved_token() {
    ///     eprintln!("the refreshed token cannot be stored: {why}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn unsaved_token(&self) -> Option<Arc<IdentityError>> {
        let kept = self.inner.unsaved.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|kept| Arc::clone(&kept.why))
    }
}
