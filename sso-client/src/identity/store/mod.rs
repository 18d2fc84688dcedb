//! Where tokens, client registrations and role credentials are kept.

mod file;
pub(crate) mod names;
mod replace;

use std::fmt;

use crate::config::http::BoxFuture;
use zeroize::Zeroizing;

use super::IdentityError;

pub use file::FileTokenStore;

/// What kind of document an [`Entry`] is.
///
/// ```
/// use sso_client::identity::EntryKind;
///
/// /// Whether a store has to keep it from others' eyes.
/// fn is_secret(kind: EntryKind) -> bool {
///     !matches!(kind, EntryKind::RoleOwner | EntryKind::RefreshAttempt | EntryKind::Login)
/// }
/// assert!(is_secret(EntryKind::Registration));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// An access token, with what refreshes it.
    Token,
    /// A client registration.
    Registration,
    /// Credentials of a role.
    RoleCredentials,
    /// Which session role credentials belong to. Not secret.
    RoleOwner,
    /// Time and outcome of the last refresh. Not secret.
    RefreshAttempt,
    /// Nothing but a lock: a sign-in is going on.
    Login,
}

/// The name of a document in a store.
///
/// ```
/// use sso_client::identity::{Entry, EntryKind, FileTokenStore};
///
/// let entry = Entry::new(EntryKind::Token, "d033e22ae348aeb5660fc2140aec35850c4da997");
/// let path = FileTokenStore::new("/tokens", "/roles").path(&entry);
/// assert_eq!(path.to_str(), Some("/tokens/d033e22ae348aeb5660fc2140aec35850c4da997.json"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Entry {
    /// What kind of document it is.
    pub kind: EntryKind,
    /// Its name: 40 hexadecimal digits for what this crate writes.
    pub name: String,
}

impl Entry {
    /// A document of this kind and name.
    pub fn new(kind: EntryKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

/// A document: JSON in UTF-8. It may hold secrets, so it is overwritten when it is dropped and `Debug` does not
/// show it.
///
/// ```
/// use sso_client::identity::Document;
///
/// let document = Document::new(br#"{"accessToken":"secret"}"#.to_vec());
/// assert_eq!((document.as_bytes().len(), format!("{document:?}")), (24, "Document(..)".to_owned()));
/// ```
#[derive(Clone)]
pub struct Document(Zeroizing<Vec<u8>>);

impl Document {
    /// A document of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document(..)")
    }
}

/// A lock on an entry, which is let go of when this is dropped.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// use sso_client::identity::{StoreLock, TryLock};
///
/// /// A lock among the tasks of this process.
/// #[derive(Debug)]
/// struct Held(Arc<AtomicBool>);
///
/// impl StoreLock for Held {}
///
/// impl Drop for Held {
///     fn drop(&mut self) {
///         self.0.store(false, Ordering::SeqCst);
///     }
/// }
///
/// fn try_lock(held: &Arc<AtomicBool>) -> TryLock {
///     match held.swap(true, Ordering::SeqCst) {
///         true => TryLock::Busy,
///         false => TryLock::Locked(Box::new(Held(Arc::clone(held)))),
///     }
/// }
/// let held = Arc::default();
/// let lock = try_lock(&held);
/// assert!(matches!(try_lock(&held), TryLock::Busy));
/// drop(lock);
/// assert!(matches!(try_lock(&held), TryLock::Locked(_)));
/// ```
pub trait StoreLock: fmt::Debug + Send + Sync {}

/// The outcome of trying a lock.
///
/// ```no_run
/// use sso_client::identity::{Entry, EntryKind, FileTokenStore, IdentityError, TokenStore, TryLock};
///
/// # async fn run(store: FileTokenStore) -> Result<(), IdentityError> {
/// let entry = Entry::new(EntryKind::Token, "d033e22ae348aeb5660fc2140aec35850c4da997");
/// match store.try_lock(&entry).await? {
///     TryLock::Locked(lock) => drop(lock),
///     _ => println!("somebody refreshes {}", store.describe(&entry)),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum TryLock {
    /// The lock is the caller's.
    Locked(Box<dyn StoreLock>),
    /// Somebody else has it.
    Busy,
}

/// A store of tokens, client registrations and role credentials.
///
/// The default is [`FileTokenStore`], the folders that AWS's tools share. Another one may keep the documents in
/// memory, or in a keychain: what stands in a document, and when it counts, is this crate's business.
///
/// # Invariants
///
/// - A read gives a document as a write left it, whole, or none.
/// - A lock is let go of when its holder ends, however it ends.
/// - No method blocks the thread that it is called on.
///
/// # Examples
///
/// A store in memory, for one process:
///
/// ```
/// use std::collections::{HashMap, HashSet};
/// use std::future::ready;
/// use std::sync::{Arc, Mutex};
///
/// use sso_client::config::http::BoxFuture;
/// use sso_client::identity::{
///     Document, Entry, EntryKind, IdentityError, SsoSession, StoreLock, TokenStore, TryLock,
/// };
///
/// #[derive(Clone, Debug, Default)]
/// struct Memory {
///     documents: Arc<Mutex<HashMap<Entry, Document>>>,
///     locks: Arc<Mutex<HashSet<Entry>>>,
/// }
///
/// #[derive(Debug)]
/// struct Held(Memory, Entry);
///
/// impl StoreLock for Held {}
///
/// impl Drop for Held {
///     fn drop(&mut self) {
///         self.0.locks.lock().expect("locks").remove(&self.1);
///     }
/// }
///
/// impl TokenStore for Memory {
///     fn read<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<Option<Document>, IdentityError>> {
///         Box::pin(ready(Ok(self.documents.lock().expect("documents").get(entry).cloned())))
///     }
///
///     fn write<'a>(&'a self, entry: &'a Entry, document: Document) -> BoxFuture<'a, Result<(), IdentityError>> {
///         self.documents.lock().expect("documents").insert(entry.clone(), document);
///         Box::pin(ready(Ok(())))
///     }
///
///     fn remove<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<bool, IdentityError>> {
///         Box::pin(ready(Ok(self.documents.lock().expect("documents").remove(entry).is_some())))
///     }
///
///     fn list(&self, kind: EntryKind) -> BoxFuture<'_, Result<Vec<Entry>, IdentityError>> {
///         let documents = self.documents.lock().expect("documents");
///         Box::pin(ready(Ok(documents.keys().filter(|entry| entry.kind == kind).cloned().collect())))
///     }
///
///     fn try_lock<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<TryLock, IdentityError>> {
///         let is_free = self.locks.lock().expect("locks").insert(entry.clone());
///         let held = || TryLock::Locked(Box::new(Held(self.clone(), entry.clone())));
///         Box::pin(ready(Ok(if is_free { held() } else { TryLock::Busy })))
///     }
///
///     fn describe(&self, entry: &Entry) -> String {
///         format!("{} in memory", entry.name)
///     }
/// }
///
/// # fn main() -> Result<(), IdentityError> {
/// let builder = SsoSession::builder().start_url("https://d-abc123.awsapps.com/start").region("eu-west-1");
/// let session = builder.token_store(Memory::default()).build()?;
/// assert!(session.token_location().ends_with(" in memory"));
/// # Ok(())
/// # }
/// ```
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Reads a document; `None` where there is none.
    fn read<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<Option<Document>, IdentityError>>;

    /// Writes a document, in place of the one that was there, all or nothing.
    fn write<'a>(&'a self, entry: &'a Entry, document: Document) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Removes a document, and says whether there was one.
    fn remove<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<bool, IdentityError>>;

    /// The documents of a kind that there are.
    fn list(&self, kind: EntryKind) -> BoxFuture<'_, Result<Vec<Entry>, IdentityError>>;

    /// Takes the lock on an entry, if nobody has it.
    fn try_lock<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<TryLock, IdentityError>>;

    /// Where a document lies, for messages.
    fn describe(&self, entry: &Entry) -> String;
}
