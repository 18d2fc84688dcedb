//! A client for the portal service of AWS IAM Identity Center (SSO).

#[rustfmt::skip]
mod generated;
#[doc(hidden)]
pub mod runtime;

#[doc(inline)]
pub use crate::generated::client::Client;
pub use crate::generated::error::Error;
pub use crate::generated::{client, operation, types};
pub(crate) use crate::generated::{endpoint, partitions};
#[doc(inline)]
pub use crate::runtime::config::Config;

#[cfg(feature = "test-util")]
pub mod test_util;

/// What can be set on a client, or for a single call.
pub mod config {
    pub use crate::runtime::config::{AppName, BehaviorVersion, Builder, Config, InvalidAppName, Region};
    pub use crate::runtime::transport::{HttpClient, SharedHttpClient};

    /// How failures are retried.
    pub mod retry {
        pub use crate::runtime::retry::RetryConfig;
    }

    /// Time limits.
    pub mod timeout {
        pub use crate::runtime::timeout::{TimeoutConfig, TimeoutConfigBuilder};
    }

    /// Requests, responses and transports.
    pub mod http {
        pub use crate::runtime::http::{Body, Headers, HttpRequest, HttpResponse, InvalidHeader};
        pub use crate::runtime::transport::{
            BoxFuture, ConnectorError, HttpClient, HyperClient, HyperClientBuilder, ResponseBody, SharedHttpClient,
            TransportResult,
        };
    }
}

/// What can go wrong.
pub mod error {
    pub use crate::runtime::error::{
        BoxError, BuildError, CallInfo, ConnectorError, ConstructionFailure, DispatchFailure, DisplayErrorContext,
        ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, ResponseError, SdkError, ServiceError, TimeoutError,
        Unhandled,
    };
    pub use crate::runtime::json::BodyError;
    pub use crate::runtime::paginate::DuplicateToken;
}
