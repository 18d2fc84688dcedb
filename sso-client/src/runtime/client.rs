//! What all operations of a client share, and one call from end to end.
//!
//! A thin generic shell (`Handle::call`) binds the input and reads the output; everything in
//! between is compiled once for all operations.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use http::Method;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, USER_AGENT};

use super::attempt::{Attempts, Exchange, Failure};
use super::auth::{AuthContext, Authorize};
use super::bind::{self, Bound};
use super::config::{Builder, Config};
use super::endpoint::{Endpoint, EndpointError, EndpointSettings, is_valid_host_label};
use super::error::{BoxError, BuildError, CallInfo, ErrorAnswer, OperationError, SdkError};
use super::http::{Headers, HttpRequest};
use super::operation::{Operation, Output};
use super::retry::{RetryKind, TokenBucket};
use super::transport::SharedHttpClient;
use super::user_agent::user_agent;

/// What the runtime has to know of a service.
#[derive(Debug)]
pub struct Service {
    /// The id under which SDKs know it.
    pub sdk_id: &'static str,
    /// The version of its API.
    pub api_version: &'static str,
    /// The name that signatures are made for; empty where there are none.
    pub signing_name: &'static str,
    /// Its endpoint rules.
    pub resolve_endpoint: fn(&EndpointSettings<'_>) -> Result<Endpoint, EndpointError>,
}

/// What all operations of a client share. Clones are the same client.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    service: &'static Service,
    derived: OnceLock<Derived>,
    http: OnceLock<SharedHttpClient>,
    tokens: TokenBucket,
}

/// What requests need that a configuration alone decides, so that it is made once.
struct Derived {
    base: Base,
    user_agent: HeaderValue,
}

/// An endpoint, and its URL taken apart.
struct Base {
    endpoint: Endpoint,
    url: BaseUrl,
}

/// A change to a request just before it is sent.
pub(super) type Mutation = dyn Fn(HttpRequest) -> Result<HttpRequest, BoxError> + Send + Sync;

/// How one call differs from the client's others.
#[derive(Default)]
pub(super) struct Overrides {
    pub(super) config: Option<Builder>,
    pub(super) mutations: Vec<Box<Mutation>>,
}

impl Handle {
    /// A client of a configuration. Nothing is looked at yet.
    pub fn new(config: Config, service: &'static Service) -> Self {
        let shared =
            Shared { config, service, derived: OnceLock::new(), http: OnceLock::new(), tokens: TokenBucket::full() };
        Self { shared: Arc::new(shared) }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Makes a call: binds the input, sends it as often as it takes, reads the result.
    pub(super) async fn call<O: Operation>(
        &self,
        input: &O::Input,
        overrides: &Overrides,
    ) -> Result<O::Output, SdkError<O::Error>> {
        let config = match &overrides.config {
            Some(config) => &self.shared.config.overridden(config),
            None => &self.shared.config,
        };
        let nothing_sent = |error: BuildError| SdkError::from(error).with_call(CallInfo::nothing_sent(O::NAME), None);
        let prepared = O::prepare(input, config);
        let input = prepared.as_ref().unwrap_or(input);
        let bound = bind::bind(input).map_err(nothing_sent)?;
        let plan = Plan {
            operation: O::NAME,
            method: O::METHOD,
            authorize: O::AUTHORIZE,
            retryable: O::RETRYABLE,
            streams: O::Output::STREAMS,
            events: O::Output::EVENTS,
            finish: O::finish,
            endpoint: O::endpoint(input, &settings(config)),
        };
        match self.exchange(plan, bound, config, overrides).await {
            Ok(Exchange { response, call, stream }) if response.status().is_success() => {
                let output = match stream {
                    Some(body) => O::Output::from_stream(&response, body),
                    None => O::Output::from_response(&response),
                };
                output.map_err(|error| {
                    let request_id = response.request_id();
                    SdkError::response_error(error, response).with_call(call, request_id)
                })
            }
            Ok(Exchange { response, call, .. }) => {
                let error = O::Error::from_answer(ErrorAnswer::new(&response, call));
                Err(SdkError::service_error(error, response))
            }
            Err(failure) => Err(failure.into_sdk_error()),
        }
    }

    async fn exchange(
        &self,
        plan: Plan,
        bound: Bound,
        config: &Config,
        overrides: &Overrides,
    ) -> Result<Exchange, Failure> {
        let shared = &*self.shared;
        let operation = plan.operation;
        let nothing_sent = |error| Failure::construction(error, CallInfo::nothing_sent(operation));
        let own;
        let derived = if overrides.config.is_some() || plan.endpoint.is_some() {
            own = shared.derive(config, plan.endpoint).map_err(nothing_sent)?;
            &own
        } else if let Some(derived) = shared.derived.get() {
            derived
        } else {
            let derived = shared.derive(config, None).map_err(nothing_sent)?;
            shared.derived.get_or_init(|| derived)
        };
        let mut request = request(plan.method, bound, derived).map_err(nothing_sent)?;
        (plan.finish)(&mut request, config).map_err(nothing_sent)?;
        for mutation in &overrides.mutations {
            request = mutation(request).map_err(|error| nothing_sent(BuildError::other(error)))?;
        }
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(nothing_sent(BuildError::other(NO_RUNTIME)));
        }
        let context = AuthContext { config, service: shared.service, endpoint: &derived.base.endpoint };
        let attempts = Attempts {
            operation,
            http: &config.http_client().unwrap_or_else(|| shared.default_http()),
            tokens: &shared.tokens,
            retries: config.retries(),
            timeouts: config.timeouts(),
            retryable: plan.retryable,
            streams: plan.streams,
            events: plan.events,
            authorize: plan.authorize.map(|authorize| (authorize, context)),
        };
        let running = attempts.run(request);
        match without_runtime_panics(running).await {
            Some(outcome) => outcome,
            None => Err(nothing_sent(BuildError::other(NO_RUNTIME))),
        }
    }
}

/// What an operation says of its calls, for the code that is the same for all operations.
struct Plan {
    operation: &'static str,
    method: &'static str,
    authorize: Option<Authorize>,
    retryable: &'static [(&'static str, RetryKind)],
    streams: bool,
    events: bool,
    finish: fn(&mut HttpRequest, &Config) -> Result<(), BuildError>,
    /// The operation's own endpoint, where the client's does not count.
    endpoint: Option<Result<Endpoint, EndpointError>>,
}

/// What is said when there is no runtime that calls could be made in.
pub(super) const NO_RUNTIME: &str = "calls have to be made inside a Tokio runtime that has I/O and timers: add #[tokio::main], \
                          or call Runtime::block_on of one built with enable_all";

/// Ends with `None` where Tokio panics because the runtime was built without timers or I/O.
/// There is no way to ask it before.
pub(super) async fn without_runtime_panics<F: Future>(future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
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
    /// The transport of a client that was given none, made when first needed.
    fn default_http(&self) -> SharedHttpClient {
        let make = || {
            let connect_timeout = self.config.timeouts().connect_timeout();
            SharedHttpClient::new(self.config.transport().client(connect_timeout))
        };
        self.http.get_or_init(make).clone()
    }

    /// `endpoint` is the operation's own, where the client's does not count.
    fn derive(
        &self,
        config: &Config,
        endpoint: Option<Result<Endpoint, EndpointError>>,
    ) -> Result<Derived, BuildError> {
        let base = self.base(config, endpoint)?;
        let user_agent =
            HeaderValue::from_str(&user_agent(self.service, config.app_name())).map_err(BuildError::other)?;
        Ok(Derived { base, user_agent })
    }

    fn base(&self, config: &Config, endpoint: Option<Result<Endpoint, EndpointError>>) -> Result<Base, BuildError> {
        if config.endpoint_url().is_none() {
            let is_region = |name: &str| is_valid_host_label(name) && !name.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(region) = config.region().map(AsRef::as_ref).filter(|region| !is_region(region)) {
                return Err(BuildError::other(format!(
                    "{region:?} is no region: the name of one holds letters, digits and hyphens, such as eu-west-1"
                )));
            }
        }
        let endpoint = endpoint.unwrap_or_else(|| (self.service.resolve_endpoint)(&settings(config)));
        let endpoint = endpoint.map_err(|error| {
            let advice = if config.region().is_none() && config.endpoint_url().is_none() {
                "; set one with Config::builder().region(Region::new(\"eu-west-1\"))"
            } else {
                ""
            };
            BuildError::other(format!("there is no endpoint: {error}{advice}"))
        })?;
        let url = BaseUrl::parse(endpoint.url())
            .map_err(|reason| BuildError::other(format!("the endpoint URL cannot be used: {reason}")))?;
        Ok(Base { endpoint, url })
    }
}

/// What endpoint rules can ask for.
fn settings(config: &Config) -> EndpointSettings<'_> {
    EndpointSettings {
        region: config.region().map(AsRef::as_ref),
        use_fips: config.use_fips(),
        use_dual_stack: config.use_dual_stack(),
        endpoint_url: config.endpoint_url(),
        client_params: config.client_params(),
    }
}

/// All of a request that stays the same from one attempt to the next.
fn request(method: &'static str, bound: Bound, derived: &Derived) -> Result<HttpRequest, BuildError> {
    let method = Method::from_bytes(method.as_bytes()).map_err(BuildError::other)?;
    let uri = derived.base.url.join(&bound.host_prefix, &bound.path, &bound.query);
    let mut headers = bound.headers;
    for (name, values) in derived.base.endpoint.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(BuildError::other)?;
        for value in values {
            headers.append(&name, HeaderValue::from_str(value).map_err(BuildError::other)?);
        }
    }
    headers.insert(USER_AGENT, derived.user_agent.clone());
    let length = match &bound.stream {
        Some(stream) => stream.content_length(),
        None => Some(bound.body.len() as u64),
    };
    let takes_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    if let Some(length) = length.filter(|length| takes_body || *length > 0) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    let length = uri.len();
    let uri = uri.parse().map_err(|error| {
        BuildError::other(format!("its {length} bytes of path and query are no URI that can be sent: {error}"))
    })?;
    let mut request = HttpRequest::new(method, uri, bound.uri_is_sensitive, Headers::from(headers), bound.body);
    request.set_stream(bound.stream);
    Ok(request)
}

/// An endpoint's URL, cut where paths and queries join it.
#[derive(Debug)]
struct BaseUrl {
    /// Scheme, authority and path, without a slash at the end.
    front: String,
    /// Where the authority starts in it.
    authority: usize,
    query: Option<String>,
}

impl BaseUrl {
    /// Takes an absolute `http` or `https` URL apart. The message does not repeat it: what is
    /// wrong with it may be that it holds a password.
    fn parse(url: &str) -> Result<Self, String> {
        const FORM: &str = "it has to have the form https://host[:port][/path]";
        let uri: http::Uri = url.parse().map_err(|error| format!("{error}; {FORM}"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!("it has no scheme or no host; {FORM}"));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(format!("its scheme is {scheme}; {FORM}"));
        }
        if authority.as_str().contains('@') {
            return Err("it holds a user name or password, which requests never carry".to_owned());
        }
        // Nobody else looks at ports: a broken one would fall back to that of the scheme, and the
        // request with its token go to whoever listens there.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !port.is_empty() && authority.port_u16().is_none_or(|number| number == 0 || port != format!(":{number}")) {
            return Err(format!("{:?} is no port; {FORM}", port.trim_start_matches(':')));
        }
        let front = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
        Ok(Self { front, authority: scheme.len() + "://".len(), query: uri.query().map(str::to_owned) })
    }

    /// Puts a request's path behind its own, a request's query behind its own, and a prefix in
    /// front of its host.
    fn join(&self, host_prefix: &str, path: &str, query: &str) -> String {
        let mut uri = String::with_capacity(host_prefix.len() + self.front.len() + path.len() + query.len() + 1);
        let (scheme, rest) = self.front.split_at(self.authority);
        uri.push_str(scheme);
        uri.push_str(host_prefix);
        uri.push_str(rest);
        uri.push_str(path);
        let queries = [self.query.as_deref().unwrap_or_default(), query];
        for (query, separator) in queries.into_iter().filter(|query| !query.is_empty()).zip(['?', '&']) {
            uri.push(separator);
            uri.push_str(query);
        }
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        for (base, path, query, expected) in [
            ("https://h", "/a/b", "", "https://h/a/b"),
            ("https://h/", "/a", "x=1", "https://h/a?x=1"),
            ("http://h:8080/base/", "/a", "x=1", "http://h:8080/base/a?x=1"),
            ("http://h/base?y=2", "/a", "x=1", "http://h/base/a?y=2&x=1"),
            ("http://h?y=2", "/a", "", "http://h/a?y=2"),
            ("http://[::1]:8080", "/a", "", "http://[::1]:8080/a"),
        ] {
            let base = BaseUrl::parse(base).expect(base);
            assert_eq!(base.join("", path, query), expected);
        }
        let base = BaseUrl::parse("https://h:1/p").expect("a URL");
        assert_eq!(base.join("a.b-", "/q", ""), "https://a.b-h:1/p/q");
        for bad in [
            "",
            "h",
            "/path",
            "ftp://h",
            "http://",
            "https://user:SECRET@h",
            "http://a b",
            "http://h:",
            "http://h:99999",
            "http://h:80a",
            "http://h:+80",
            "http://[::1]:x",
            "http://h:0",
        ] {
            let reason = BaseUrl::parse(bad).map(|_| ()).expect_err(bad);
            assert!(!reason.contains("SECRET"), "{reason}");
        }
    }
}
