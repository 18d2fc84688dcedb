//! HTTP clients of the `aws-smithy` crates as transports.
//!
//! Such a client gets what it reads of a client's configuration: the connect timeout, a timer, and clock. The other
//! components of a smithy client have no meaning here; they fail if a client asks for them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign};
use aws_smithy_runtime_api::client::endpoint::{EndpointFuture, EndpointResolverParams, ResolveEndpoint};
use aws_smithy_runtime_api::client::http::{
    HttpClient as SmithyClient, HttpConnector, HttpConnectorSettings, SharedHttpClient as SharedSmithyClient,
};
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest as SmithyRequest;
use aws_smithy_runtime_api::client::result::ConnectorError as SmithyError;
use aws_smithy_runtime_api::client::retries::{RetryStrategy, ShouldAttempt};
use aws_smithy_runtime_api::client::runtime_components::{
    GetIdentityResolver, RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;

use super::{BoxFuture, HttpClient, SharedHttpClient, TransportResult};
use crate::failure::ConnectorError;
use crate::http::{RequestBody, ResponseBody};

/// An HTTP client of the `aws-smithy` crates.
#[derive(Clone)]
struct Adapter {
    client: SharedSmithyClient,
    settings: HttpConnectorSettings,
    /// `None` if a newer `aws-smithy-runtime-api` requires more.
    components: Option<Arc<RuntimeComponents>>,
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Adapter").field(&self.client).finish()
    }
}

impl From<SharedSmithyClient> for SharedHttpClient {
    fn from(client: SharedSmithyClient) -> Self {
        let settings = HttpConnectorSettings::builder().build();
        Self::new(Adapter { client, settings, components: components().map(Arc::new) })
    }
}

impl HttpClient for Adapter {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let Some(components) = &self.components else {
            let reason =
                "this version of aws-smithy-runtime-api is not supported: its HTTP clients need more components";
            return Box::pin(std::future::ready(Err(ConnectorError::user(reason.into()))));
        };
        let request = request.map(|body| match body.bytes() {
            Some(bytes) => SdkBody::from(bytes.clone()),
            None => SdkBody::from_body_1_x(body),
        });
        let request = match SmithyRequest::try_from(request) {
            Ok(request) => request,
            Err(error) => return Box::pin(std::future::ready(Err(ConnectorError::user(error.into())))),
        };
        let response = self.client.http_connector(&self.settings, components).call(request);
        Box::pin(async move {
            let response = response.await.map_err(converted)?.try_into_http1x();
            Ok(response.map_err(|error| ConnectorError::other(error.into()))?.map(ResponseBody::new))
        })
    }

    fn with_connect_timeout(&self, limit: Option<Duration>) -> Option<SharedHttpClient> {
        let mut settings = HttpConnectorSettings::builder();
        settings.set_connect_timeout(limit);
        Some(SharedHttpClient::new(Self { settings: settings.build(), ..self.clone() }))
    }
}

/// Converts an error: its kind decides about retries.
fn converted(error: SmithyError) -> ConnectorError {
    let transient = matches!(
        error.as_other(),
        Some(ErrorKind::TransientError | ErrorKind::ServerError | ErrorKind::ThrottlingError)
    );
    let make = match &error {
        error if error.is_timeout() => ConnectorError::timeout,
        error if error.is_user() => ConnectorError::user,
        error if error.is_io() || transient => ConnectorError::io,
        _ => ConnectorError::other,
    };
    make(error.into_source())
}

impl From<ConnectorError> for SmithyError {
    fn from(error: ConnectorError) -> Self {
        match &error {
            error_ if error_.is_timeout() => Self::timeout(error.into()),
            error_ if error_.is_user() => Self::user(error.into()),
            error_ if error_.is_io() => Self::io(error.into()),
            _ => Self::other(error.into(), None),
        }
    }
}

impl From<SmithyError> for ConnectorError {
    fn from(error: SmithyError) -> Self {
        converted(error)
    }
}

/// Returns the components of a client that has only timer and clock.
fn components() -> Option<RuntimeComponents> {
    const SCHEME: AuthSchemeId = AuthSchemeId::new("none");
    RuntimeComponentsBuilder::new("smithy-client-runtime")
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME])))
        .with_endpoint_resolver(Some(Absent))
        .with_auth_scheme(Absent)
        .with_identity_cache(Some(Absent))
        .with_identity_resolver(SCHEME, Absent)
        .with_retry_strategy(Some(Absent))
        .with_sleep_impl(Some(Absent))
        .with_time_source(Some(SystemTimeSource::new()))
        .build()
        .ok()
}

/// A component that no HTTP client uses, and the timer.
#[derive(Clone, Copy, Debug)]
struct Absent;

const ABSENT: &str = "HTTP clients are used without the other components of a smithy client";

impl AsyncSleep for Absent {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration))
    }
}

impl ResolveEndpoint for Absent {
    fn resolve_endpoint<'a>(&'a self, _params: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::ready(Err(ABSENT.into()))
    }
}

impl AuthScheme for Absent {
    fn scheme_id(&self) -> AuthSchemeId {
        AuthSchemeId::new("none")
    }

    fn identity_resolver(&self, _resolvers: &dyn GetIdentityResolver) -> Option<SharedIdentityResolver> {
        None
    }

    fn signer(&self) -> &dyn Sign {
        self
    }
}

impl Sign for Absent {
    fn sign_http_request(
        &self,
        _request: &mut SmithyRequest,
        _identity: &Identity,
        _endpoint: AuthSchemeEndpointConfig<'_>,
        _components: &RuntimeComponents,
        _config: &ConfigBag,
    ) -> Result<(), BoxError> {
        Err(ABSENT.into())
    }
}

impl ResolveIdentity for Absent {
    fn resolve_identity<'a>(
        &'a self,
        _components: &'a RuntimeComponents,
        _config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        IdentityFuture::ready(Err(ABSENT.into()))
    }
}

impl ResolveCachedIdentity for Absent {
    fn resolve_cached_identity<'a>(
        &'a self,
        _resolver: SharedIdentityResolver,
        _components: &'a RuntimeComponents,
        _config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        IdentityFuture::ready(Err(ABSENT.into()))
    }
}

impl RetryStrategy for Absent {
    fn should_attempt_initial_request(
        &self,
        _components: &RuntimeComponents,
        _config: &ConfigBag,
    ) -> Result<ShouldAttempt, BoxError> {
        Err(ABSENT.into())
    }

    fn should_attempt_retry(
        &self,
        _context: &InterceptorContext,
        _components: &RuntimeComponents,
        _config: &ConfigBag,
    ) -> Result<ShouldAttempt, BoxError> {
        Err(ABSENT.into())
    }
}
