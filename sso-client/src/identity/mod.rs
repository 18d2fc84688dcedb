#![doc = include_str!("signing-in.md")]

#[cfg(feature = "aws-types")]
mod aws;
#[cfg(feature = "blocking")]
mod blocking;
mod client;
mod date;
mod documents;
mod environment;
mod error;
mod loader;
mod login;
mod logout;
mod logout_all;
mod observe;
mod profile;
mod refresh;
mod roles;
mod session;
mod store;
mod token;
mod unsaved;

#[cfg(feature = "aws-types")]
pub use aws::SessionCredentials;
#[cfg(feature = "blocking")]
pub use blocking::BlockingSession;
pub use client::SessionClient;
pub use error::{IdentityError, IdentityErrorKind};
pub use loader::{SessionLoader, SsoSessionBuilder};
pub use login::{Flow, Login, LoginEvent, LoginOptions, start_url};
pub use logout::Logout;
pub use roles::{Role, RoleCredentials, Roles};
pub use session::SsoSession;
pub use store::{Document, Entry, EntryKind, FileTokenStore, StoreLock, TokenStore, TryLock};
pub use token::{AccessToken, TokenStatus};
