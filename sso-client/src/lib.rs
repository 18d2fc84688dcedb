//! A client for the portal service of AWS IAM Identity Center ("SSO"): which AWS accounts and
//! roles a signed-in user has, and short-term credentials for them.
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
//! crate's name. What differs is listed in the crate's README.
//!
//! # Configuration
//!
//! [`Config::builder`] reads nothing. [`Config::from_env`] reads the environment and the profile, as
//! AWS's tools do; what is set on a builder of it counts first. [`Config::env_loader`] does so with
//! another profile, or another environment and other files:
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
//! Every call ends with an [`SdkError`](error::SdkError) around the operation's own error when it
//! fails. It converts into [`Error`], the one type for all of them. Printed, it is one line with
//! operation, code, message, status, request id and attempts; `{:#}` adds a hint and details.
//! [`ProvideErrorMetadata`](error::ProvideErrorMetadata) has all of it for programs.
//!
//! ```
//! use sso_client::error::ProvideErrorMetadata;
//! use sso_client::test_util::ReplayClient;
//! use sso_client::{Client, Config};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // What the live service answers when a role is not assigned; its model does not list it.
//! let answer = http::Response::builder().status(403).body(r#"{"__type":"ForbiddenException","message":"No access"}"#);
//! let replay = ReplayClient::new(answer);
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
//! With a subscriber of `tracing`, every call whose input is complete is a span named `call` with one named `attempt` for
//! every request in it, at level `DEBUG`, with the attributes of OpenTelemetry's conventions for AWS
//! SDKs: `rpc.service`, `rpc.method`, `aws.request_id`, `http.response.status_code`, `error.type` and
//! so on. Endpoint, retries and responses are events at `DEBUG`, headers at `TRACE`. There is nothing
//! above `DEBUG`, and no secret at any level. `RUST_LOG=sso_client=debug` shows them all.
//!
//! For metrics a client calls a function at the end of every attempt:
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
//! Calls are made inside a Tokio runtime that has I/O and timers, as `#[tokio::main]` and
//! `Builder::enable_all` make one. A client may be used from several, one after the other or side
//! by side; without one, a call ends with an error.
//!
//! # Features
//!
//! `ring` (default) or `aws-lc-rs` for TLS, `native-roots` (default) or `webpki-roots` for whom to
//! trust, `http2` for HTTP/2 with servers that offer it, `blocking` for calls without an asynchronous runtime, `serde` for outputs that can be serialized, `oidc` for a client of the OIDC service, `identity` for sessions, sign-in and role credentials, `aws-config` for clients of an `SdkConfig`, `test-util` for a stand-in of the service and a replay transport.

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

#[cfg(feature = "aws-config")]
impl Client {
    /// Makes a client of settings that `aws-config` has loaded; `Config::from` says more of them, and
    /// is where others can be set. Nothing is sent, read or connected yet.
    ///
    /// ```
    /// use aws_types::SdkConfig;
    /// use aws_types::region::Region;
    ///
    /// // What `aws_config::load_from_env().await` returns.
    /// let loaded = SdkConfig::builder().region(Region::new("eu-west-1")).build();
    /// let client = sso_client::Client::new(&loaded);
    /// assert_eq!(client.config().region().map(AsRef::as_ref), Some("eu-west-1"));
    /// ```
    pub fn new(config: &aws_types::SdkConfig) -> Self {
        Self::from_conf(Config::new(config))
    }
}

/// Calls that hold up their thread, for programs without an asynchronous runtime.
///
/// [`Client::blocking`] gives a client with the same methods, whose builders have a `send` that waits:
///
/// ```
/// use sso_client::blocking::Client;
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
/// Inside of an asynchronous runtime such a call ends with an error, and does nothing. Connections are
/// the blocking client's own, unless the configuration has a transport that is no
/// [`HyperClient`](crate::config::http::HyperClient).
///
/// With the feature there are two methods by the name of `send`. A program that names one by its path,
/// as in `.map(LogoutFluentBuilder::send)`, then needs a closure in its place: `.map(|call| call.send())`.
#[cfg(feature = "blocking")]
pub mod blocking {
    pub use crate::runtime::call::blocking::{Blocking, BlockingIter};

    /// A client whose calls return when they have ended.
    pub type Client = crate::Client<Blocking>;
}

/// Outputs as data for `serde`.
///
/// Outputs, and what is in them, can be serialized under the names that the model has for their
/// members, as AWS's command line prints them. Secrets are left out unless they are asked for:
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

#[cfg(feature = "identity")]
#[clippy::msrv = "1.89"]
pub mod identity;
#[cfg(feature = "oidc")]
pub mod oidc;

#[cfg(feature = "test-util")]
pub mod test_util;

#[doc(inline)]
pub use crate::runtime::public::{customize, error, pagination};

/// What can be set on a client, or for a single call.
pub mod config {
    pub use crate::runtime::public::config::*;

    /// Requests, responses and transports.
    ///
    /// The default transport is a [`HyperClient`](http::HyperClient). What it does is set on the [`Config`] (a bundle
    /// of certificates, proxies), or on a transport that is made by hand:
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
    /// Any service of `tower` can take its place, or be put around it:
    ///
    /// ```
    /// use hyper_util::client::legacy::Client as LegacyClient;
    /// use hyper_util::rt::TokioExecutor;
    /// use sso_client::config::http::{HyperClient, RequestBody, TowerClient};
    /// use sso_client::{Client, Config};
    ///
    /// // A client of one's own,
    /// let service = LegacyClient::builder(TokioExecutor::new()).build_http::<RequestBody>();
    /// let config = Config::builder().http_client(TowerClient::new(service));
    ///
    /// // or the default one, which is a service too, so that layers fit around it.
    /// let service = HyperClient::default();
    /// let client = Client::from_conf(config.http_client(TowerClient::new(service)).build());
    /// ```
    pub mod http {
        pub use crate::runtime::public::config::http::*;
    }
}

/// What this crate is.
pub mod meta {
    /// Its version.
    pub static PKG_VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// The README's code, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
