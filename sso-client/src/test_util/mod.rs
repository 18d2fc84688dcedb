//! Test utilities: a local fake of the portal and the OIDC service, and an HTTP client that replays responses.
//! Needs feature `test-util`.
//!
//! ```
//! use sso_client::Client;
//! use sso_client::test_util::Portal;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let portal = Portal::builder().account("111122223333", "dev", "dev@example.com", ["Admin"]).start().await?;
//! let client = Client::from_conf(portal.config().build());
//! let accounts = client.list_accounts().access_token(portal.access_token()).send().await?;
//! assert_eq!(accounts.account_list()[0].account_name(), Some("dev"));
//! # Ok(())
//! # }
//! ```

mod exchange;
mod limits;
mod oidc;
mod portal;
mod responses;
mod tls;

#[doc(inline)]
pub use crate::runtime::test_util::ReplayClient;
/// The crate `http`, whose responses a [`ReplayClient`] replays.
#[doc(no_inline)]
pub use ::http;
pub use exchange::{CannedResponse, RecordedRequest};
pub use oidc::{IssuedToken, OidcBehavior, Rotation, SignIn};
pub use portal::{Portal, PortalBuilder, PortalTransport};

/// The challenge of a PKCE verifier.
fn pkce_challenge(verifier: &str) -> String {
    use base64::Engine;
    use sha2::Digest;

    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier.as_bytes()))
}
