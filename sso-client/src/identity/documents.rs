//! The session's documents in its store, and waiting for a lock on one.

use std::time::Duration;

use super::observe::Shared;
use super::store::{Document, Entry, StoreLock, TokenStore, TryLock};
use super::token::StoredToken;
use super::{IdentityError, IdentityErrorKind as Kind, SsoSession};
use crate::runtime::time::Clock;

/// How long to wait for a lock that another process holds. A refresh takes no longer, retries included.
pub(crate) const LOCK_LIMIT: Duration = Duration::from_secs(60);

/// The shortest and the longest wait between two tries.
const WAITS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(200));

impl SsoSession {
    pub(crate) async fn read(&self, entry: &Entry) -> Result<Option<Document>, IdentityError> {
        Shared::new(self.inner.store.read(entry)).await
    }

    pub(crate) async fn write(&self, entry: &Entry, document: Document) -> Result<(), IdentityError> {
        Shared::new(self.inner.store.write(entry, document)).await
    }

    pub(crate) async fn remove(&self, entry: &Entry) -> Result<bool, IdentityError> {
        Shared::new(self.inner.store.remove(entry)).await
    }

    /// The token as it is stored now, or the one that replaced it and could not be stored; `None` where nobody has
    /// signed in.
    pub(crate) async fn stored_token(&self) -> Result<Option<StoredToken>, IdentityError> {
        let entry = self.token_entry();
        let Some(document) = self.read(&entry).await.map_err(|error| error.with_command(self.login_command()))? else {
            return Ok(None);
        };
        let token = StoredToken::parse(&document, &self.inner.store.describe(&entry));
        let token = token.map_err(|error| error.with_command(self.login_command()))?;
        Ok(Some(self.inner.unsaved.instead_of(token)))
    }

    /// Waits for a lock; see [`lock_or`].
    pub(crate) async fn lock_or<T, F>(
        &self,
        entry: &Entry,
        limit: Duration,
        instead: impl FnMut() -> F + Send + Sync,
    ) -> Result<Waited<T>, IdentityError>
    where
        T: Send + Sync,
        F: Future<Output = Result<Option<T>, IdentityError>> + Send + Sync,
    {
        lock_or(&*self.inner.store, &*self.inner.clock, entry, limit, instead).await
    }

    /// Waits for a lock, if only for a while; goes on without it then.
    pub(crate) async fn lock_if_possible(&self, entry: &Entry, limit: Duration) -> Option<Box<dyn StoreLock>> {
        lock_if_possible(&*self.inner.store, &*self.inner.clock, entry, limit).await
    }
}

/// Waits for a lock, and asks `instead` after every try that failed: what it gives makes the lock needless.
async fn lock_or<T, F>(
    store: &dyn TokenStore,
    clock: &dyn Clock,
    entry: &Entry,
    limit: Duration,
    mut instead: impl FnMut() -> F + Send + Sync,
) -> Result<Waited<T>, IdentityError>
where
    T: Send + Sync,
    F: Future<Output = Result<Option<T>, IdentityError>> + Send + Sync,
{
    // Tokio's clock: that of the day may be set meanwhile.
    let start = tokio::time::Instant::now();
    let mut wait = WAITS.0;
    loop {
        if let TryLock::Locked(lock) = Shared::new(store.try_lock(entry)).await? {
            return Ok(Waited::Locked(lock));
        }
        if let Some(found) = instead().await? {
            return Ok(Waited::Instead(found));
        }
        if start.elapsed() >= limit {
            let place = store.describe(entry);
            let message = format!("another process has held the lock of {place} for {} s", limit.as_secs());
            return Err(IdentityError::new(Kind::Locked, message));
        }
        // Those who wait should not all try at once.
        tokio::time::sleep(wait.mul_f64(0.5 + clock.jitter().clamp(0.0, 1.0) / 2.0)).await;
        wait = (wait * 2).min(WAITS.1);
    }
}

/// Waits for a lock, if only for a while; goes on without it then.
pub(crate) async fn lock_if_possible(
    store: &dyn TokenStore,
    clock: &dyn Clock,
    entry: &Entry,
    limit: Duration,
) -> Option<Box<dyn StoreLock>> {
    match lock_or::<(), _>(store, clock, entry, limit, || std::future::ready(Ok(None))).await {
        Ok(Waited::Locked(lock)) => Some(lock),
        Ok(Waited::Instead(())) | Err(_) => None,
    }
}

/// How waiting for a lock ended.
pub(crate) enum Waited<T> {
    Locked(Box<dyn StoreLock>),
    Instead(T),
}
