//! What the root of every client shows of the runtime: the lists behind its public modules, once.
//!
//! This, and nothing else of the runtime, is covered by the semantic versioning of the crate that
//! shows it.

/// What can be set on a client, or for a single call.
pub mod config {
    pub use crate::runtime::config::{
        AppName, BehaviorVersion, Builder, Config, EnvError, EnvErrorKind, EnvLoader, InvalidAppName, Region,
        StalledStreamProtectionConfig, StalledStreamProtectionConfigBuilder,
    };
    pub use crate::runtime::observe::{AttemptHook, AttemptOutcome, AttemptReport};
    pub use crate::runtime::transport::{HttpClient, SharedHttpClient};

    /// How failures are retried.
    pub mod retry {
        pub use crate::runtime::retry::RetryConfig;
    }

    /// Time limits.
    pub mod timeout {
        pub use crate::runtime::timeout::{TimeoutConfig, TimeoutConfigBuilder, TimeoutKind};
    }

    /// Requests, responses and transports.
    pub mod http {
        pub use crate::runtime::http::{
            Body, Headers, HttpRequest, HttpResponse, InvalidHeader, InvalidUri, Method, StatusCode, Uri,
        };
        pub use crate::runtime::transport::{
            BoxFuture, ConnectorError, HttpClient, HyperClient, HyperClientBuilder, InvalidProxy, ProxyConfig,
            RequestBody, ResponseBody, SharedHttpClient, TowerClient, TransportResult,
        };
    }
}

/// Calls that differ from a client's others.
pub mod customize {
    pub use crate::runtime::customize::CustomizableOperation;
}

/// Pages and items as streams.
pub mod pagination {
    pub use crate::runtime::paginate::{Collectable, DuplicateToken, PaginationStream, Paginator, PaginatorItems};
}

/// What can go wrong.
pub mod error {
    pub use crate::runtime::error::{
        BoxError, BuildError, CallInfo, ConnectorError, ConstructionFailure, DispatchFailure, DisplayErrorContext,
        ErrorMetadata, ErrorMetadataBuilder, ProvideErrorMetadata, ResponseError, SdkError, ServiceError, TimeoutError,
        TimeoutKind, Unhandled,
    };
    pub use crate::runtime::json::BodyError;
}
