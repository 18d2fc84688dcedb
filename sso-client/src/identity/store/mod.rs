//! Where tokens, client registrations and role credentials are kept.

mod file;
pub(crate) mod names;

use std::fmt;

use crate::config::http::BoxFuture;
use zeroize::Zeroizing;

use super::IdentityError;

pub use file::FileTokenStore;

/// What kind of document an [`Entry`] is.
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
pub trait StoreLock: fmt::Debug + Send + Sync {}

/// The outcome of trying a lock.
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
