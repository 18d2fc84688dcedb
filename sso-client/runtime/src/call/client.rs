//! The client that all operations share, and a call from end to end.
//!
//! A thin generic shell (`Handle::call`) binds the input and reads the output; everything else is compiled once for all
//! operations.
//!
//! # Invariants
//!
//! - Creating a client reads, connects and sends nothing.
//! - What depends on the configuration alone is computed once per client.
//! - A call that fails before sending costs no retry quota.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use http::Method;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, USER_AGENT};

use crate::auth::AuthContext;
use crate::base::BoxError;
use crate::call::attempt::{Attempts, CallFailure, CallResponse};
use crate::call::caller_headers::{AMZ_USER_AGENT, Feature, is_lambda, user_agent};
use crate::call::http_clients::HttpClients;
use crate::call::observe::{CallContext, record_call, within};
use crate::call::operation::{Operation, OperationInfo, Output};
use crate::config::retry::TokenBucket;
use crate::config::{Builder, Config, Region, Service};
use crate::data::json::BodyError;
use crate::endpoint::{Endpoint, EndpointError, EndpointSettings};
use crate::error::{BuildError, ErrorResponse, Ids, OperationError, ParsedError, SdkError, hint};
use crate::http::{Headers, HttpRequest};
use crate::http_bindings::{self, BaseUrl, Bound, Wiped};
use crate::transport::HttpClient as _;

/// A client without its operations. Clones share configuration, connections and retry quota.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

/// The handle of an asynchronous or blocking client.
pub trait ClientHandle: Clone {
    /// Returns the configuration.
    fn config(&self) -> &Config;
}

impl ClientHandle for Handle {
    fn config(&self) -> &Config {
        &self.shared.config
    }
}

struct Shared {
    config: Config,
    service: &'static Service,
    derived: OnceLock<Derived>,
    http: HttpClients,
    tokens: Arc<TokenBucket>,
    /// Created on first use.
    #[cfg(feature = "blocking")]
    blocking: OnceLock<crate::call::blocking::Blocking>,
}

/// What depends on the configuration alone.
pub(super) struct Derived {
    base: Base,
    user_agent: HeaderValue,
    in_lambda: bool,
}

/// An endpoint with its parsed URL.
struct Base {
    endpoint: Endpoint,
    url: BaseUrl,
}

/// A change to a request before the first attempt.
pub(crate) type Mutation = dyn Fn(HttpRequest) -> Result<HttpRequest, BoxError> + Send + Sync;

/// The customizations of a call.
#[derive(Default)]
pub(crate) struct Overrides {
    /// Boxed: it is large, and the future of every call has room for it.
    pub(crate) config: Option<Box<Builder>>,
    pub(crate) mutations: Vec<Box<Mutation>>,
    feature: Option<Feature>,
}

impl Overrides {
    /// Returns those of a call that a feature makes.
    pub(crate) fn one_of(feature: Feature) -> Self {
        Self { feature: Some(feature), ..Self::default() }
    }
}

/// The future of a call, from the bound input to the response.
type Sending<'a> = Pin<Box<dyn Future<Output = Result<CallResponse, Box<CallFailure>>> + Send + Sync + 'a>>;

impl Handle {
    /// Creates a client. The configuration is validated by calls.
    pub fn new(config: Config, service: &'static Service) -> Self {
        let mut builder = config.to_builder().for_service(service.sdk_id);
        let limited =
            config.http_client().and_then(|http| http.with_connect_timeout(config.timeouts().connect_timeout()));
        if limited.is_some() {
            builder.set_http_client(limited);
        }
        let config = builder.build();
        let tokens = config.token_bucket();
        Self { shared: Arc::new(Shared::new(config, service, tokens)) }
    }

    /// Returns a client with the same configuration and retry quota but its own connections, unless the HTTP client is
    /// a custom one, which is shared.
    #[cfg(feature = "blocking")]
    pub(crate) fn with_own_connections(&self) -> Self {
        let Shared { config, service, tokens, .. } = &*self.shared;
        let config = match config.http_client().and_then(|http| http.with_own_connections()) {
            Some(http) => config.to_builder().http_client(http).build(),
            None => config.clone(),
        };
        Self { shared: Arc::new(Shared::new(config, service, Arc::clone(tokens))) }
    }

    /// Returns the blocking client of this client, which `make` creates on first use.
    #[cfg(feature = "blocking")]
    pub(crate) fn blocking(&self, make: impl FnOnce() -> super::blocking::Blocking) -> super::blocking::Blocking {
        self.shared.blocking.get_or_init(make).clone()
    }

    /// Makes a call: binds the input, sends the request with retries, and reads the response.
    pub(crate) async fn call<O: Operation>(
        &self,
        input: &O::Input,
        overrides: &Overrides,
    ) -> Result<O::Output, SdkError<O::Error>> {
        let config = match &overrides.config {
            Some(config) => &self.shared.config.overridden(&(**config).clone().for_service(self.shared.service.sdk_id)),
            None => &self.shared.config,
        };
        let prepared = O::prepare(input, config).map(Wiped::new);
        let input = prepared.as_deref().unwrap_or(input);
        let bound = http_bindings::build_request(input).map_err(nothing_sent::<O>)?;
        let required = bound.required;
        let plan = Plan::of::<O>(input, config);
        let service = self.shared.service;
        let span = (service.client.trace_points.call)(service.sdk_id, O::INFO.name, config.region().map(AsRef::as_ref));
        let outcome = match within!(span, self.send(&plan, bound, config, overrides)) {
            Ok(mut ended) if ended.is_success() => {
                if !O::INFO.sensitive_output {
                    ended.set_public();
                }
                let (response, stream) = ended.response();
                let output = match stream {
                    Some(body) => O::Output::from_stream(response, body),
                    None => O::Output::from_response(response),
                };
                output.map_err(|error| {
                    let (response, _, call) = ended.into_parts(O::INFO.name, required);
                    let (ids, call) = (Ids::of(&response), call.with_hint(hint::unreadable(&response)));
                    let error = response.compression().map_or(error, |how| BodyError::Compressed(how).into());
                    SdkError::response_error(error, response).with_call(call, ids)
                })
            }
            Ok(ended) => {
                let (response, error, call) = ended.into_parts(O::INFO.name, required);
                let error = error.unwrap_or_else(|| ParsedError::read(&response, &self.shared.service.error_places));
                let error = O::Error::from_error_response(ErrorResponse::of(&response, error, Some(call)));
                Err(SdkError::of_call(error, response))
            }
            Err(failure) => Err(failure.into_sdk_error()),
        };
        record_call(&span, &outcome);
        outcome
    }

    /// Sends a bound input. The future is boxed here, and not polled by its type, so that it is compiled once for all
    /// operations, and in this crate: it is large.
    fn send<'a>(&'a self, plan: &'a Plan, bound: Bound, config: &'a Config, overrides: &'a Overrides) -> Sending<'a> {
        let info = plan.info;
        let nothing_sent = |error| CallFailure::before_sending(error, info.name);
        Box::pin(async move {
            let shared = &*self.shared;
            let mut own = None;
            let (mut request, derived) =
                self.template(plan, bound, config, overrides, &mut own).map_err(nothing_sent)?;
            if tokio::runtime::Handle::try_current().is_err() {
                return Err(nothing_sent(BuildError::other(NO_RUNTIME)));
            }
            let http =
                shared.http.of_call(&shared.config, config, overrides.config.as_deref()).map_err(nothing_sent)?;
            let context = self.auth_context(plan, config, derived);
            let attempts = Attempts {
                context: CallContext { service: shared.service, operation: info, hook: config.attempt_hook() },
                http: &http,
                tokens: &shared.tokens,
                retries: config.retries(),
                timeouts: config.timeouts(),
                in_lambda: derived.in_lambda,
                auth_context: context,
            };
            let running = pin!(attempts.run(&mut request));
            without_runtime_panics(running).await.unwrap_or_else(|| Err(nothing_sent(BuildError::other(NO_RUNTIME))))
        })
    }
}

impl Handle {
    /// Returns the request that all attempts share, and what it was derived from. `own` holds that if it is the call's.
    #[inline]
    pub(super) fn template<'d>(
        &'d self,
        plan: &Plan,
        bound: Bound,
        config: &Config,
        overrides: &Overrides,
        own: &'d mut Option<Box<Derived>>,
    ) -> Result<(HttpRequest, &'d Derived), BuildError> {
        let shared = &*self.shared;
        let derived = if overrides.config.is_some() || plan.endpoint.is_some() {
            &**own.insert(Box::new(shared.derive(config, plan.endpoint.as_ref())?))
        } else if let Some(derived) = shared.derived.get() {
            derived
        } else {
            let derived = shared.derive(config, None)?;
            shared.derived.get_or_init(|| derived)
        };
        let mut request = request(plan.info.method, bound, derived)?;
        if let Some(feature) = overrides.feature {
            // The feature is not worth failing the call.
            let agent = user_agent(shared.service, config, Some(feature));
            for name in [USER_AGENT, AMZ_USER_AGENT] {
                let _ = request.headers_mut().insert(name, &*agent);
            }
        }
        (plan.finish)(&mut request, config)?;
        for mutation in &overrides.mutations {
            request = mutation(request).map_err(BuildError::other)?;
        }
        Ok((request, derived))
    }

    pub(super) fn auth_context<'c>(&self, plan: &Plan, config: &'c Config, derived: &'c Derived) -> AuthContext<'c> {
        let (service, optional) = (self.shared.service, plan.info.optional_auth);
        AuthContext { config, service, endpoint: &derived.base.endpoint, optional }
    }

    /// Returns the configuration of a call.
    #[cfg(feature = "sigv4")]
    pub(super) fn config_of<'c>(&'c self, overrides: &'c Overrides, own: &'c mut Option<Config>) -> &'c Config {
        match &overrides.config {
            Some(config) => {
                own.insert(self.shared.config.overridden(&(**config).clone().for_service(self.shared.service.sdk_id)))
            }
            None => &self.shared.config,
        }
    }
}

/// Returns the error of a call that failed before sending.
pub(crate) fn nothing_sent<O: Operation>(error: BuildError) -> SdkError<O::Error> {
    CallFailure::before_sending(error, O::INFO.name).into_sdk_error()
}

/// An operation without its types.
pub(super) struct Plan {
    info: &'static OperationInfo,
    finish: fn(&mut HttpRequest, &Config) -> Result<(), BuildError>,
    /// The operation's own endpoint, which replaces the client's.
    endpoint: Option<Result<Endpoint, EndpointError>>,
}

impl Plan {
    #[inline]
    pub(super) fn of<O: Operation>(input: &O::Input, config: &Config) -> Self {
        Self { info: O::INFO, finish: O::finish, endpoint: O::endpoint(input, &settings(config)) }
    }
}

pub(crate) const NO_RUNTIME: &str = "calls have to be made inside a Tokio runtime that has I/O and timers: add #[tokio::main], \
                          or call Runtime::block_on of one built with enable_all";

/// Returns `None` if Tokio panics because the runtime was built without timers or I/O, which cannot be checked before.
pub(crate) async fn without_runtime_panics<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            if text.starts_with("A Tokio 1.x context was found") {
                return Poll::Ready(None);
            }
            resume_unwind(panic)
        }
    })
    .await
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("service", &self.shared.service.sdk_id)
            .field("config", &self.shared.config)
            .finish()
    }
}

impl Shared {
    fn new(config: Config, service: &'static Service, tokens: Arc<TokenBucket>) -> Self {
        Self {
            config,
            service,
            derived: OnceLock::new(),
            http: HttpClients::default(),
            tokens,
            #[cfg(feature = "blocking")]
            blocking: OnceLock::new(),
        }
    }

    /// `endpoint` is that of the operation, if it replaces the client's.
    fn derive(
        &self,
        config: &Config,
        endpoint: Option<&Result<Endpoint, EndpointError>>,
    ) -> Result<Derived, BuildError> {
        let base = self.base(config, endpoint)?;
        (self.service.client.trace_points.endpoint)(config, &base.url);
        let user_agent = HeaderValue::from_str(&user_agent(self.service, config, None)).map_err(BuildError::other)?;
        Ok(Derived { base, user_agent, in_lambda: is_lambda() })
    }

    fn base(&self, config: &Config, endpoint: Option<&Result<Endpoint, EndpointError>>) -> Result<Base, BuildError> {
        if let Some(problem) = config.endpoint_url_problem() {
            return Err(BuildError::other(problem));
        }
        if config.endpoint_url().is_none() {
            config.region().map_or(Ok(()), Region::check).map_err(BuildError::other)?;
        }
        let endpoint = endpoint.cloned().unwrap_or_else(|| (self.service.resolve_endpoint)(&settings(config)));
        let endpoint = endpoint.map_err(|error| {
            let unset = config.region().is_none() && config.endpoint_url().is_none();
            let fips = config.use_fips() == Some(true);
            let advice = if unset { "; set one with Config::builder().region(Region::new(\"eu-west-1\"))" } else { "" };
            let hint = if unset { Some(hint::NO_REGION) } else { fips.then_some(hint::FIPS) };
            BuildError::other(format!("there is no endpoint: {error}{advice}")).with_hint(hint)
        })?;
        let url = BaseUrl::parse(endpoint.url()).map_err(|reason| {
            let origin = config.endpoint_url_origin().map_or_else(String::new, |origin| format!(" ({origin})"));
            BuildError::other(format!("the endpoint URL{origin} cannot be used: {reason}"))
        })?;
        Ok(Base { endpoint, url })
    }
}

/// Returns the settings that endpoint rule sets depend on.
fn settings(config: &Config) -> EndpointSettings<'_> {
    EndpointSettings {
        region: config.region().map(AsRef::as_ref),
        use_fips: config.use_fips(),
        use_dual_stack: config.use_dual_stack(),
        endpoint_url: config.endpoint_url(),
        client_params: config.client_params(),
    }
}

/// Builds the request that all attempts share.
fn request(method: &'static str, mut bound: Bound, derived: &Derived) -> Result<HttpRequest, BuildError> {
    let method = Method::from_bytes(method.as_bytes()).map_err(BuildError::other)?;
    let length = bound.path_and_query.len();
    let uri = derived.base.url.join(&mut bound).map_err(|error| {
        BuildError::other(format!("its {length} bytes of path and query are no URI that can be sent: {error}"))
    })?;
    let mut headers = bound.headers;
    for (name, values) in derived.base.endpoint.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(BuildError::other)?;
        for value in values {
            headers.append(&name, HeaderValue::from_str(value).map_err(BuildError::other)?);
        }
    }
    headers.insert(USER_AGENT, derived.user_agent.clone());
    headers.insert(AMZ_USER_AGENT, derived.user_agent.clone());
    let length = match &bound.stream {
        Some(stream) => stream.content_length(),
        None => Some(bound.body.len() as u64),
    };
    let takes_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    if let Some(length) = length.filter(|length| takes_body || *length > 0) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    // The query of an endpoint may hold a key.
    let hidden = bound.uri_is_sensitive || derived.base.url.has_query();
    let mut request = HttpRequest::new(method, uri, hidden, Headers::from(headers), bound.body);
    request.set_stream(bound.stream);
    Ok(request)
}
