//! Signing in: sessions, tokens and role credentials of IAM Identity Center, in the files that AWS's tools share.
//!
//! Program and `aws sso login` serve each other: a login by either is seen by both.
//!
//! ```no_run
//! use sso_client::identity::{IdentityError, SsoSession};
//!
//! # async fn run() -> Result<(), IdentityError> {
//! let session = SsoSession::from_profile("dev")?; // or `named("corp")`, or `builder()`
//! let credentials = session.role_credentials("111122223333", "ReadOnlyAccess").await?;
//! println!("{} until {:?}", credentials.access_key_id(), credentials.expiration());
//! let mut roles = session.roles();
//! while let Some(role) = roles.try_next().await? {
//!     println!("{} {}", role.account_id, role.role_name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Sessions and profiles
//!
//! A session is an `[sso-session]` section of the config file, or a legacy profile that has start URL and region
//! itself. [`SsoSession::from_env`] takes the profile of `AWS_DEFAULT_PROFILE`, `AWS_PROFILE`, or `default`, in this
//! order, as botocore does. The names of keys have no case. `sso_region`, never `region`, says where portal and OIDC
//! service are called; both honor every setting of [`Config::from_env`](crate::Config::from_env): endpoints per
//! service, proxies, certificates, FIPS, dual-stack.
//!
//! Where the tools differ, what works with one of them works here:
//!
//! - A profile with `sso_session` may repeat `sso_start_url` and `sso_region` (AWS's SDK for Rust refuses that), and
//!   completes a session that lacks one. Where they differ it is an error, as for botocore, Go and Java: two tools
//!   would sign in to two places. A slash or `#/` at the end, and case, make no difference.
//! - Any of `sso_session`, `sso_start_url`, `sso_region`, `sso_account_id` and `sso_role_name` makes a profile one of
//!   SSO. One of account and role without the other is an error.
//! - A start URL is never changed before it is hashed to the name of a token's file.
//!
//! # Tokens
//!
//! [`SsoSession::token`] reads the token at each call. When less than 5 minutes are left it is refreshed: by one
//! process at a time, at most every 30 seconds, with the outcome of the last attempt shared. A token that is still
//! good is used although its refresh fails; one that has expired is never handed out. Members of the file that are
//! not known stay there, as does a refresh token that the service does not replace.
//!
//! Files are those of [`FileTokenStore`]; a [`TokenStore`] of your own can take its place. Where a file system has
//! no locks, processes do not exclude each other.
//!
//! A kill between the service's answer and the rename loses a refresh token. Services that accept the previous one
//! until the new one is used, as IAM Identity Center does, give another; where rotation is strict, the error says to
//! sign in again.
//!
//! # Signing in
//!
//! [`SsoSession::login`] draws nothing, and opens no browser: it tells the caller what to show. By default it is an
//! authorization code with PKCE where a browser can be opened here, and a device code over ssh, in WSL, in
//! containers and without a display. Both register for `sso:account:access` unless the configuration has scopes, so
//! that both give refresh tokens.
//!
//! # Errors
//!
//! An [`IdentityError`] has a kind, file, line and key, and the command that mends it. Printed, it is one line.
//!
//! # Invariants
//!
//! - No secret is in `Debug`, `Display`, traces, or file names.
//! - The config file is never written.
//! - Nothing blocks a thread of the runtime, and futures are `Send + Sync`.

#[cfg(feature = "aws-config")]
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

#[cfg(feature = "aws-config")]
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
