//! The part of the runtime that is public API of every client: the contents of its public modules.
//!
//! Nothing else of the runtime is covered by the semantic versioning of a client's crate.

/// Configuration of clients and calls.
pub mod config {
    pub use crate::config::{
        AppName, BehaviorVersion, Builder, Config, EnvError, EnvErrorKind, EnvLoader, IntoHttpClient, IntoSetting,
        IntoTimeSource, InvalidAppName, Region, StalledStreamProtectionConfig, StalledStreamProtectionConfigBuilder,
    };
    #[cfg(feature = "aws-types")]
    pub use aws_credential_types::Credentials;
    #[cfg(feature = "aws-types")]
    pub use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
    #[cfg(feature = "aws-types")]
    pub use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};

    pub use crate::config::{AttemptHook, AttemptOutcome, AttemptReport};
    pub use crate::transport::{HttpClient, SharedHttpClient};

    /// Retries.
    pub mod retry {
        pub use crate::config::retry::RetryConfig;
    }

    /// Timeouts.
    pub mod timeout {
        pub use crate::time::{TimeoutConfig, TimeoutConfigBuilder, TimeoutKind};
    }

    /// Requests, responses and transports.
    pub mod http {
        pub use crate::base::BoxFuture;
        pub use crate::http::{
            Body, Headers, HttpRequest, HttpResponse, InvalidHeader, InvalidUri, Method, StatusCode, Uri,
        };
        pub use crate::http::{RequestBody, ResponseBody};
        pub use crate::transport::{
            ConnectorError, HttpClient, HyperClient, HyperClientBuilder, InvalidProxy, ProxyConfig, SharedHttpClient,
            TowerClient, TransportResult,
        };
    }
}

/// Per-call configuration.
pub mod customize {
    pub use crate::call::customize::CustomizableOperation;
}

/// Paginators.
pub mod pagination {
    pub use crate::call::paginate::{Collectable, DuplicateToken, PaginationStream, Paginator, PaginatorItems};
}

/// Errors.
pub mod error {
    pub use crate::base::BoxError;
    pub use crate::data::json::BodyError;
    pub use crate::error::{
        BuildError, CallInfo, ConnectorError, ConstructionFailure, Details, DispatchFailure, DisplayErrorContext,
        ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, ResponseError, SdkError, ServiceError, TimeoutError,
        TimeoutKind, Unhandled,
    };
}
