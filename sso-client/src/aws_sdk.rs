//! The client with the error type of the AWS SDK, for programs that name it. Needs feature `aws-types`.
//!
//! A call of [`crate::Client`] returns an [`SdkError`](crate::error::SdkError) of this crate, which converts by `?` and
//! `into()` to that of `aws-smithy-runtime-api`. That is enough for most programs. A program that names the other type as
//! exactly what `send` returns replaces `aws_sdk_sso` by `sso_client::aws_sdk` (and `aws_sdk_ssooidc` by
//! `sso_client::aws_sdk::oidc`). Everything that is not an error or returns one is that of this crate: inputs, outputs,
//! operations' errors with their [`ErrorMetadata`](crate::error::ErrorMetadata), configuration. There are no blocking calls.
//!
//! The other type has no place for operation, request id and attempts: except for errors of the service, they are in the
//! text of its source. Its `Debug` shows the body of an error response; that of a success that could not be read is left
//! out if it may contain secrets.
//!
//! ```
//! // The types of `aws-smithy-runtime-api`.
//! use sso_client::aws_sdk::error::{HttpResponse, SdkError};
//! use sso_client::aws_sdk::operation::logout::LogoutError;
//! use sso_client::aws_sdk::{Client, Config};
//! use sso_client::test_util::ReplayClient;
//!
//! async fn end(client: &Client, token: &str) -> Result<(), SdkError<LogoutError, HttpResponse>> {
//!     client.logout().access_token(token).send().await.map(drop)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let replay = ReplayClient::new(http::Response::builder().status(401).body(r#"{"__type":"UnauthorizedException"}"#));
//! let client = Client::from_conf(Config::builder().endpoint_url("https://portal.test").http_client(replay).build());
//! let error = end(&client, "token").await.expect_err("the session has ended");
//! assert!(error.as_service_error().is_some_and(LogoutError::is_unauthorized_exception));
//! assert_eq!(error.raw_response().map(|response| response.status().as_u16()), Some(401));
//! # }
//! ```

#[doc(inline)]
pub use crate::generated::sso::aws_sdk::client::Client;
pub use crate::generated::sso::aws_sdk::{client, operation};
pub use crate::{Config, Error, config, meta, types};

/// Errors: [`SdkError`](error::SdkError) and what it contains are those of the AWS crates, the others of this crate.
pub mod error {
    pub use crate::error::{BoxError, BuildError, DisplayErrorContext, ErrorMetadata, ErrorMetadataBuilder, Unhandled};
    pub use crate::runtime::call::aws_sdk::{ConnectorError, HttpResponse, SdkError};
    pub use crate::runtime::error::aws::TheirProvider as ProvideErrorMetadata;
}

/// Customized calls.
pub mod customize {
    pub use crate::runtime::call::aws_sdk::CustomizableOperation;
}

/// Paginators.
pub mod pagination {
    pub use crate::pagination::{Collectable, DuplicateToken, PaginationStream};
    pub use crate::runtime::call::aws_sdk::{Paginator, PaginatorItems};
}

/// A client of the OIDC service with the error type of the AWS SDK. Needs feature `oidc`, too.
#[cfg(feature = "oidc")]
pub mod oidc {
    #[doc(inline)]
    pub use crate::generated::oidc::aws_sdk::client::Client;
    pub use crate::generated::oidc::aws_sdk::{client, operation};
    pub use crate::oidc::{Config, Error, types};

    pub use super::{config, customize, error, meta};
}
