//! What the root of every client shows of the runtime: the lists behind its public modules, once.
//!
//! This, and nothing else of the runtime, is covered by the semantic versioning of the crate that
//! shows it.

/// What can be set on a client, or for a single call.
pub mod config {
    pub use crate::config::{
        AppName, BehaviorVersion, Builder, Config, EnvError, EnvErrorKind, EnvLoader, InvalidAppName, Region,
        StalledStreamProtectionConfig, StalledStreamProtectionConfigBuilder,
    };
    pub use crate::config::{AttemptHook, AttemptOutcome, AttemptReport};
    pub use crate::transport::{HttpClient, SharedHttpClient};

    /// How failures are retried.
    pub mod retry {
        pub use crate::config::retry::RetryConfig;
    }

    /// Time limits.
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

/// Calls that differ from a client's others.
pub mod customize {
    pub use crate::call::customize::CustomizableOperation;
}

/// Pages and items as streams.
pub mod pagination {
    pub use crate::call::paginate::{Collectable, DuplicateToken, PaginationStream, Paginator, PaginatorItems};
}

/// What can go wrong.
pub mod error {
    pub use crate::base::BoxError;
    pub use crate::data::json::BodyError;
    pub use crate::error::{
        BuildError, CallInfo, ConnectorError, ConstructionFailure, DispatchFailure, DisplayErrorContext, ErrorMetadata,
        ErrorMetadataBuilder, ProvideErrorMetadata, ResponseError, SdkError, ServiceError, TimeoutError, TimeoutKind,
        Unhandled,
    };
}
