//! A client for the OpenID Connect service of AWS IAM Identity Center ("SSO OIDC"): registration of a client, device
//! authorization, and tokens.
//!
//! The API is that of `aws-sdk-ssooidc`: a program written against it compiles after changing the crate's name to
//! `sso_client::oidc`. Without `CreateTokenWithIAM` and its types, which no sign-in needs: it is the one operation
//! that is signed.
//!
//! The message of an error is its `error_description`, which other SDKs do not show:
//!
//! ```
//! use sso_client::error::ProvideErrorMetadata;
//! use sso_client::oidc::{Client, Config};
//! use sso_client::test_util::ReplayClient;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let answer = http::Response::builder()
//!     .status(400)
//!     .header("x-amzn-ErrorType", "InvalidGrantException")
//!     .body(r#"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#);
//! let replay = ReplayClient::new(answer);
//! let config = Config::builder().endpoint_url("https://oidc.test").http_client(replay).build();
//! let call = Client::from_conf(config).create_token().client_id("id").client_secret("secret");
//! let error = call.grant_type("refresh_token").refresh_token("old").send().await.expect_err("refused");
//! assert_eq!(
//!     error.to_string(),
//!     "CreateToken: InvalidGrantException: Invalid refresh token provided (HTTP 400, 1 attempt)"
//! );
//! assert_eq!(error.code(), Some("InvalidGrantException"));
//! # }
//! ```
//!
//! Secrets are redacted in `Debug`, traces and errors: tokens, client secrets and code verifiers, as the model
//! says, and device codes and authorization codes, which can be exchanged for tokens.

#[doc(inline)]
pub use crate::generated::oidc::client::Client;
pub use crate::generated::oidc::error::Error;
pub use crate::generated::oidc::{client, operation, types};
#[doc(inline)]
pub use crate::runtime::config::Config;
pub use crate::{config, customize, error, meta};

/// Blocking calls, for programs without an asynchronous runtime.
#[cfg(feature = "blocking")]
pub mod blocking {
    pub use crate::runtime::call::blocking::{Blocking, BlockingCall, BlockingIter};

    /// A client whose calls are blocking.
    pub type Client = super::Client<Blocking>;
}
