//! Operations: what the runtime has to know of one, implemented by generated code, and a call of one.
//!
//! # Invariants
//!
//! - No other module knows an operation.
//! - Customizations affect one call only, and are applied before the headers that attempts add.

use std::fmt;

use bytes::Bytes;

use crate::auth::Authorize;
use crate::base::{BoxError, BoxFuture};
use crate::call::client::{Handle, Overrides};
use crate::config::{Builder, Config};
use crate::endpoint::{Endpoint, EndpointError, EndpointSettings};
use crate::error::{BuildError, OperationError, RequestId, RetryKind, SdkError};
use crate::failure::ConnectorError;
use crate::http::{HttpRequest, HttpResponse, ResponseBody};
use crate::http_bindings::{HttpBindings, Wiped};

/// The constants of an operation.
#[derive(Debug)]
pub struct OperationInfo {
    /// The shape name, such as `ListAccounts`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// How requests are authorized; `None` for unauthenticated operations.
    pub authorize: Option<Authorize>,
    /// Whether requests are sent without authorization if the configuration has no credentials.
    pub optional_auth: bool,
    /// The codes of modeled errors with the `retryable` trait.
    pub retryable: &'static [(&'static str, RetryKind)],
    /// Whether the body of a successful response may contain sensitive members.
    pub sensitive_output: bool,
    /// Whether the output takes the body as a stream.
    pub streaming_output: bool,
    /// Whether that is an event stream, where any time may pass between two events.
    pub event_stream_output: bool,
    /// How members that travel in a message before the events are read; `None` if none do.
    pub initial_response: Option<InitialResponse>,
}

/// Waits for the first message of an event stream. Returns the JSON of the members beside the events, and the rest of
/// the body.
pub type InitialResponse = fn(ResponseBody) -> BoxFuture<'static, Result<(Bytes, ResponseBody), ConnectorError>>;

impl OperationInfo {
    /// Creates an unauthenticated operation without retryable errors or streaming output.
    pub const fn new(name: &'static str, method: &'static str) -> Self {
        Self {
            name,
            method,
            authorize: None,
            optional_auth: false,
            retryable: &[],
            sensitive_output: false,
            streaming_output: false,
            event_stream_output: false,
            initial_response: None,
        }
    }

    /// Sets how requests are authorized.
    pub const fn authorize(mut self, authorize: Authorize) -> Self {
        self.authorize = Some(authorize);
        self
    }

    /// Lets requests be sent without authorization if the configuration has no credentials.
    pub const fn optional_auth(mut self) -> Self {
        self.optional_auth = true;
        self
    }

    /// Sets the codes of retryable errors.
    pub const fn retryable(mut self, codes: &'static [(&'static str, RetryKind)]) -> Self {
        self.retryable = codes;
        self
    }

    /// Marks the output as possibly containing sensitive members.
    pub const fn sensitive_output(mut self) -> Self {
        self.sensitive_output = true;
        self
    }

    /// Marks the output as streaming.
    pub const fn streaming_output(mut self) -> Self {
        self.streaming_output = true;
        self
    }

    /// Marks the output as an event stream.
    pub const fn event_stream_output(mut self) -> Self {
        self.event_stream_output = true;
        self.streaming_output()
    }

    /// Sets how members in a message before the events are read.
    pub const fn initial_response(mut self, read: InitialResponse) -> Self {
        self.initial_response = Some(read);
        self
    }
}

/// An operation of a service.
pub trait Operation: Send + Sync + 'static {
    /// The constants.
    const INFO: &'static OperationInfo;
    /// The input.
    type Input: HttpBindings + Clone + Send + Sync + 'static;
    /// The output.
    type Output: Output;
    /// The error.
    type Error: OperationError;

    /// Returns the input to send, if it differs from the caller's, as by an idempotency token.
    fn prepare(_input: &Self::Input, _config: &Config) -> Option<Self::Input> {
        None
    }

    /// Resolves the endpoint, if it depends on the operation or its input.
    fn endpoint(_input: &Self::Input, _settings: &EndpointSettings<'_>) -> Option<Result<Endpoint, EndpointError>> {
        None
    }

    /// Changes the complete request before the first attempt.
    fn finish(_request: &mut HttpRequest, _config: &Config) -> Result<(), BuildError> {
        Ok(())
    }
}

/// The output of an operation.
pub trait Output: RequestId + Sized + Send + 'static {
    /// Reads a success response.
    fn from_response(response: &HttpResponse) -> Result<Self, BoxError>;

    /// Reads a success response with a streamed body.
    fn from_stream(response: &HttpResponse, _body: ResponseBody) -> Result<Self, BoxError> {
        Self::from_response(response)
    }
}

/// An operation that returns its result in pages.
pub trait Paginated: Operation {
    /// Returns the token of the next page.
    fn next_token(output: &Self::Output) -> Option<&str>;
    /// Returns the token of the page to fetch.
    fn token(input: &mut Self::Input) -> &mut Option<String>;
}

/// A paginated operation with a page size.
pub trait PageSized: Paginated {
    /// Sets the maximum number of items per page.
    fn set_page_size(input: &mut Self::Input, size: i32);
}

/// A paginated operation whose pages contain a list.
pub trait PagedItems: Paginated {
    /// The element of the list.
    type Item: Send + 'static;
    /// Returns the list of a page.
    fn items(output: Self::Output) -> Vec<Self::Item>;
}

/// A call whose configuration or request is customized; returned by `customize` of a fluent builder.
///
/// ```
/// # use smithy_client_runtime::call::customize::CustomizableOperation;
/// # use smithy_client_runtime::call::operation::Operation;
/// # use smithy_client_runtime::config::{Builder, Region};
/// # use smithy_client_runtime::error::SdkError;
/// # async fn customize<O: Operation>(call: CustomizableOperation<O>) -> Result<O::Output, SdkError<O::Error>> {
/// call.config_override(Builder::new().region(Region::new("eu-north-1")))
///     .mutate_request(|request| _ = request.headers_mut().insert("x-trace", "1"))
///     .send()
///     .await
/// # }
/// ```
#[must_use = "a call does nothing until it is sent"]
pub struct CustomizableOperation<O: Operation, H = Handle> {
    handle: H,
    input: Wiped<O::Input>,
    overrides: Overrides,
}

impl<O: Operation, H> CustomizableOperation<O, H> {
    /// Creates a call.
    pub fn new(handle: H, input: Wiped<O::Input>) -> Self {
        Self { handle, input, overrides: Overrides::default() }
    }

    /// Overrides settings of the client for this call; unset ones keep the client's value.
    ///
    /// A call that overrides proxies, CA bundle or connect timeout has connections of its own. If the client has an HTTP
    /// client of its own, which none of them configures, the call fails before anything is sent; so it does if the override
    /// sets `http_client` beside one of them, except for a connect timeout that this client takes.
    pub fn config_override(mut self, config: impl Into<Builder>) -> Self {
        self.overrides.config = Some(Box::new(config.into()));
        self
    }

    /// Changes the request before the first attempt. Headers of single attempts, such as signatures, are added later.
    pub fn mutate_request(mut self, change: impl Fn(&mut HttpRequest) + Send + Sync + 'static) -> Self {
        self.overrides.mutations.push(Box::new(move |mut request| {
            change(&mut request);
            Ok(request)
        }));
        self
    }

    /// As [`mutate_request`](Self::mutate_request), with a function that may fail. An error ends the call before
    /// anything is sent.
    pub fn map_request<F, E>(mut self, change: F) -> Self
    where
        F: Fn(HttpRequest) -> Result<HttpRequest, E> + Send + Sync + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.overrides.mutations.push(Box::new(move |request| change(request).map_err(Into::into)));
        self
    }

    /// Returns the client, the input and the customizations.
    #[cfg(feature = "sigv4")]
    pub(crate) fn into_parts(self) -> (H, Wiped<O::Input>, Overrides) {
        (self.handle, self.input, self.overrides)
    }

    /// Maps the client, which may return another value.
    #[cfg(feature = "blocking")]
    pub(crate) fn map_handle<T, G>(self, map: impl FnOnce(H) -> (T, G)) -> (T, CustomizableOperation<O, G>) {
        let (found, handle) = map(self.handle);
        (found, CustomizableOperation { handle, input: self.input, overrides: self.overrides })
    }
}

impl<O: Operation> CustomizableOperation<O> {
    /// Sends the request, retrying transient failures, and reads the response.
    ///
    /// # Errors
    ///
    /// [`SdkError`], whose variants are the phases of a call.
    pub async fn send(self) -> Result<O::Output, SdkError<O::Error>> {
        self.handle.call::<O>(&self.input, &self.overrides).await
    }
}

impl<O: Operation, H> fmt::Debug for CustomizableOperation<O, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomizableOperation").field("operation", &O::INFO.name).finish_non_exhaustive()
    }
}
