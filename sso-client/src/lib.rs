//! A client for the portal service of AWS IAM Identity Center ("SSO"): which AWS accounts and
//! roles a signed-in user has, and short-term credentials for them.
//!
//! [`Client`] is asynchronous. Its method `.blocking()`, which needs feature `blocking`, returns a client for blocking
//! calls.
//!
//! ```no_run
//! use sso_client::config::Region;
//! use sso_client::{Client, Config};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sso_client::Error> {
//! let client = Client::from_conf(Config::builder().region(Region::new("eu-west-1")).build());
//! let output = client
//!     .get_role_credentials()
//!     .account_id("111122223333")
//!     .role_name("ReadOnlyAccess")
//!     .access_token(std::env::var("SSO_ACCESS_TOKEN").unwrap_or_default())
//!     .send()
//!     .await?;
//! // Printing redacts the secret key and the session token; the accessors have them.
//! println!("{:?}", output.role_credentials());
//! # Ok(())
//! # }
//! ```
//!
//! The API is that of `aws-sdk-sso`: a program written against it compiles after changing the
//! crate's name. What differs is listed in the crate's README, and item by item in [`migration`].
//!
//! # Configuration
//!
//! [`Config::builder`] starts from the defaults and reads nothing. [`Config::from_env`] loads the environment and the
//! profile, as AWS's tools do; settings of the program take precedence. [`Config::env_loader`] loads another profile,
//! environment or file system:
//!
//! ```
//! use sso_client::Config;
//! use sso_client::config::{EnvError, Region};
//!
//! # fn main() -> Result<(), EnvError> {
//! let environment = [("AWS_REGION", "eu-west-1"), ("AWS_USE_FIPS_ENDPOINT", "true")];
//! let config = Config::env_loader().env(environment).load()?;
//! let config = config.to_builder().region(Region::new("eu-north-1")).build();
//! assert_eq!((config.region(), config.use_fips()), (Some(&Region::new("eu-north-1")), Some(true)));
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! A failed call returns an [`SdkError`](error::SdkError) of the operation's error type, which converts into [`Error`],
//! the error of all operations. Its `Display` is one line with operation, code, message, status, request id and attempts.
//! [`ProvideErrorMetadata`](error::ProvideErrorMetadata) has accessors for all of it, a hint, and
//! [`details`](error::ProvideErrorMetadata::details) for a report of several lines.
//!
//! ```
//! use sso_client::error::ProvideErrorMetadata;
//! use sso_client::test_util::ReplayClient;
//! use sso_client::{Client, Config};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // The live service returns this unmodeled error if a role is not assigned.
//! let response = http::Response::builder().status(403).body(r#"{"__type":"ForbiddenException","message":"No access"}"#);
//! let replay = ReplayClient::new(response);
//! let config = Config::builder().endpoint_url("https://portal.test").http_client(replay).build();
//! let call = Client::from_conf(config).get_role_credentials().account_id("1").role_name("r").access_token("t");
//! let error = call.send().await.expect_err("no access");
//! assert_eq!(error.code(), Some("ForbiddenException"));
//! assert_eq!(
//!     error.to_string(),
//!     "GetRoleCredentials: ForbiddenException: No access (HTTP 403, 1 attempt)"
//! );
//! assert_eq!((error.attempts(), error.is_retryable()), (1, false));
//! assert!(error.hint().is_some_and(|hint| hint.contains("assigned")));
//! # }
//! ```
//!
//! # Observability
//!
//! With a subscriber of `tracing`, every call with a complete input has a span `call`, with a span `attempt` per request, at
//! level `DEBUG` and with the attributes of OpenTelemetry's conventions for AWS SDKs: `rpc.service`, `rpc.method`,
//! `aws.request_id`, `http.response.status_code`, `error.type` and so on. Endpoints, retries and responses are events at
//! `DEBUG`, URLs and headers at `TRACE`. Nothing is above `DEBUG`, and no secret is at any level. With an `EnvFilter`,
//! `RUST_LOG=sso_client=debug` shows all of it except URLs and headers, and `RUST_LOG=sso_client=trace` shows those too.
//!
//! For metrics, a client calls a function at the end of every attempt:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU64, Ordering};
//!
//! use sso_client::test_util::ReplayClient;
//! use sso_client::{Client, Config};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sso_client::Error> {
//! let received = Arc::new(AtomicU64::new(0));
//! let counter = Arc::clone(&received);
//! let config = Config::builder()
//!     .endpoint_url("https://portal.test")
//!     .http_client(ReplayClient::new([http::Response::new("{}")]))
//!     .on_attempt(move |attempt| {
//!         counter.fetch_add(attempt.response_bytes.unwrap_or_default(), Ordering::Relaxed);
//!     });
//! Client::from_conf(config.build()).list_accounts().access_token("token").send().await?;
//! assert_eq!(received.load(Ordering::Relaxed), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Runtime
//!
//! Calls need a Tokio runtime with I/O and timers, as `#[tokio::main]` and `Builder::enable_all` build it; without one, they
//! return an error. A client can be used from several runtimes, sequentially or concurrently. Blocking calls, with feature
//! `blocking`, need none.
//!
//! # Presigned URLs
//!
//! There are none. A presigned URL carries a signature by AWS credentials, and the operations of the portal are not signed:
//! what authorizes them is the access token in a header, which a URL has no place for. Clients of services with
//! Signature Version 4, which the generator of this project writes, have `presigned` on the builder of each request.
//!
//! # Features
//!
//! | feature | default | what it adds | Rust |
//! | --- | --- | --- | --- |
//! | `ring` | yes | TLS with cryptography by `ring` | 1.85 |
//! | `aws-lc-rs` | | TLS with cryptography by `aws-lc-rs`, which takes precedence over `ring` | 1.85 |
//! | `native-roots` | yes | trusts the root certificates of the operating system | 1.85 |
//! | `webpki-roots` | | trusts Mozilla's root certificates, compiled in, unless `native-roots` is on | 1.85 |
//! | `http2` | | HTTP/2 with servers that offer it | 1.85 |
//! | `blocking` | | `Client::blocking`: blocking calls, for programs without an asynchronous runtime | 1.85 |
//! | `serde` | | `serde::Serialize` for outputs | 1.85 |
//! | `oidc` | | the module `oidc`: a client of the OIDC service | 1.85 |
//! | `identity` | | the module `identity`: sessions, sign-in and role credentials | 1.89 |
//! | `aws-types` | | `Client::new` with an `SdkConfig`; types that AWS crates share: settings, HTTP clients, errors; the module `aws_sdk` | 1.94.1 |
//! | `aws-config` | | as `aws-types`; besides, the loader of `aws-config` takes a `Region` of this crate | 1.94.1 |
//! | `test-util` | | a local fake service, and an HTTP client that replays responses | 1.88 |

// The features that items need, in the documentation on docs.rs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip]
mod generated {
    #[cfg(feature = "oidc")]
    pub(crate) mod oidc;
    pub(crate) mod sso;
}
#[doc(hidden)]
pub use smithy_client_runtime as runtime;

#[doc(inline)]
pub use crate::generated::sso::client::Client;
pub use crate::generated::sso::error::Error;
pub use crate::generated::sso::{client, operation, types};
#[doc(inline)]
pub use crate::runtime::config::Config;

/// Blocking calls, for programs without an asynchronous runtime. Needs feature `blocking`.
///
/// [`Client::blocking`] returns a client with the same methods. Its builders get a blocking `send` from the trait
/// [`BlockingCall`](blocking::BlockingCall):
///
/// ```
/// use sso_client::blocking::{BlockingCall, Client};
/// use sso_client::test_util::ReplayClient;
/// use sso_client::{Config, Error};
///
/// fn accounts(client: &Client, token: &str) -> Result<Vec<String>, Error> {
///     let mut names = Vec::new();
///     for account in client.list_accounts().access_token(token).into_paginator().items().send() {
///         names.extend(account?.account_name);
///     }
///     Ok(names)
/// }
///
/// # fn main() -> Result<(), Error> {
/// let replay = ReplayClient::new([http::Response::new(r#"{"accountList":[{"accountName":"dev"}]}"#)]);
/// let config = Config::builder().endpoint_url("https://portal.test").http_client(replay).build();
/// let client = sso_client::Client::from_conf(config).blocking();
/// assert_eq!(accounts(&client, "token")?, ["dev"]);
/// # Ok(())
/// # }
/// ```
///
/// Inside an asynchronous runtime, a blocking call returns an error and sends nothing. A blocking client has its own
/// connections, unless the configuration has an HTTP client other than
/// [`HyperClient`](crate::config::http::HyperClient).
#[cfg(feature = "blocking")]
pub mod blocking {
    pub use crate::runtime::call::blocking::{Blocking, BlockingCall, BlockingIter};

    /// A client for blocking calls.
    pub type Client = crate::Client<Blocking>;
}

/// Serialization of outputs with `serde`. Needs feature `serde`.
///
/// Outputs and the structures in them serialize with the member names of the model, as AWS's command line prints them.
/// Sensitive members are omitted unless wrapped in [`WithSecrets`](serialize::WithSecrets):
///
/// ```
/// use sso_client::serialize::WithSecrets;
/// use sso_client::types::RoleCredentials;
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let credentials = RoleCredentials::builder().access_key_id("ASIA").session_token("secret").expiration(7).build();
/// assert_eq!(serde_json::to_string(&credentials)?, r#"{"accessKeyId":"ASIA","expiration":7}"#);
/// assert_eq!(
///     serde_json::to_string(&WithSecrets(&credentials))?,
///     r#"{"accessKeyId":"ASIA","sessionToken":"secret","expiration":7}"#
/// );
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "serde")]
pub mod serialize {
    pub use crate::runtime::data::serialize::WithSecrets;
}

#[cfg(feature = "aws-types")]
pub mod aws_sdk;
/// What differs from AWS's clients, item by item.
#[cfg(doc)]
#[doc = include_str!("migration.md")]
pub mod migration {}
#[cfg(feature = "identity")]
#[clippy::msrv = "1.89"]
pub mod identity;
#[cfg(feature = "oidc")]
pub mod oidc;

#[cfg(feature = "test-util")]
pub mod test_util;

#[doc(inline)]
pub use crate::runtime::public::{customize, error, pagination};

/// The configuration of clients and single calls.
pub mod config {
    pub use crate::runtime::public::config::*;

    /// Requests, responses and HTTP clients.
    ///
    /// The default HTTP client is a [`HyperClient`](http::HyperClient). Root certificates and proxies are set on the
    /// [`Config`], or on an explicit HTTP client:
    ///
    /// ```
    /// use sso_client::config::http::{HyperClient, ProxyConfig};
    /// use sso_client::{Client, Config};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let proxies = ProxyConfig::all("http://user:pass%21word@proxy.example.com:3128")?
    ///     .with_no_proxy("localhost, 10.0.0.0/8, .internal.example.com");
    /// assert!(!format!("{proxies:?}").contains("word"));
    /// let http = HyperClient::builder().proxy(proxies).ca_bundle_path("/etc/company/ca.pem").build();
    /// let client = Client::from_conf(Config::builder().http_client(http).build());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Any `tower` service can replace or wrap it:
    ///
    /// ```
    /// use hyper_util::client::legacy::Client as LegacyClient;
    /// use hyper_util::rt::TokioExecutor;
    /// use sso_client::config::http::{HyperClient, RequestBody, TowerClient};
    /// use sso_client::{Client, Config};
    ///
    /// // A custom client,
    /// let service = LegacyClient::builder(TokioExecutor::new()).build_http::<RequestBody>();
    /// let config = Config::builder().http_client(TowerClient::new(service));
    ///
    /// // or the default one, which is a `tower` service too, so layers can wrap it.
    /// let service = HyperClient::default();
    /// let client = Client::from_conf(config.http_client(TowerClient::new(service)).build());
    /// ```
    pub mod http {
        pub use crate::runtime::public::config::http::*;
    }
}

/// Metadata of this crate.
pub mod meta {
    /// The version.
    pub static PKG_VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
