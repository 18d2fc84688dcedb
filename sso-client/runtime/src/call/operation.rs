//! What an operation says of itself.
//!
//! Generated code implements this and adds nothing of its own: what is done with it is `client`'s and
//! `paginate`'s.
//!
//! What must stay true: all that the runtime has to know of an operation is here, so that no other
//! module knows one.

use crate::auth::Authorize;
use crate::base::BoxError;
use crate::config::Config;
use crate::endpoint::{Endpoint, EndpointError, EndpointSettings};
use crate::error::{BuildError, OperationError, RequestId, RetryKind};
use crate::http::{HttpRequest, HttpResponse, ResponseBody};
use crate::http_bindings::HttpBindings;

/// What the runtime has to know of an operation.
#[derive(Debug)]
pub struct OperationInfo {
    /// Its name in the model, such as `ListAccounts`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// How requests are authorized; `None` for unauthenticated operations.
    pub authorize: Option<Authorize>,
    /// The codes of modeled errors with the `retryable` trait.
    pub retryable: &'static [(&'static str, RetryKind)],
    /// Whether the body of a successful response may contain sensitive members.
    pub sensitive_output: bool,
    /// Whether the output takes the body as a stream.
    pub streaming_output: bool,
    /// Whether that is an event stream, in which any time may pass between two events.
    pub event_stream_output: bool,
}

impl OperationInfo {
    /// An unauthenticated operation without retryable errors, whose response is read whole.
    pub const fn new(name: &'static str, method: &'static str) -> Self {
        Self {
            name,
            method,
            authorize: None,
            retryable: &[],
            sensitive_output: false,
            streaming_output: false,
            event_stream_output: false,
        }
    }

    /// Sets how requests are authorized.
    pub const fn authorize(mut self, authorize: Authorize) -> Self {
        self.authorize = Some(authorize);
        self
    }

    /// Sets the codes of retryable errors.
    pub const fn retryable(mut self, codes: &'static [(&'static str, RetryKind)]) -> Self {
        self.retryable = codes;
        self
    }

    /// The body of a successful response may contain sensitive members.
    pub const fn sensitive_output(mut self) -> Self {
        self.sensitive_output = true;
        self
    }

    /// The output takes the body as a stream.
    pub const fn streaming_output(mut self) -> Self {
        self.streaming_output = true;
        self
    }

    /// The output takes the body as an event stream.
    pub const fn event_stream_output(mut self) -> Self {
        self.event_stream_output = true;
        self.streaming_output()
    }
}

/// An operation of a service.
pub trait Operation: Send + Sync + 'static {
    /// What the runtime has to know of it.
    const INFO: &'static OperationInfo;
    /// What it takes.
    type Input: HttpBindings + Clone + Send + Sync + 'static;
    /// What it returns.
    type Output: Output;
    /// What the service may answer instead.
    type Error: OperationError;

    /// The input as it is sent, where that is not as the caller gave it: with a token that makes a
    /// retry safe, for one.
    fn prepare(_input: &Self::Input, _config: &Config) -> Option<Self::Input> {
        None
    }

    /// The endpoint, where it depends on the operation or its input.
    fn endpoint(_input: &Self::Input, _settings: &EndpointSettings<'_>) -> Option<Result<Endpoint, EndpointError>> {
        None
    }

    /// Changes the request when all of it is there, before the first attempt.
    ///
    /// # Errors
    ///
    /// Why it cannot be sent after all.
    fn finish(_request: &mut HttpRequest, _config: &Config) -> Result<(), BuildError> {
        Ok(())
    }
}

/// The output of an operation.
pub trait Output: RequestId + Sized + Send + 'static {
    /// Reads it from a response whose status says success.
    ///
    /// # Errors
    ///
    /// Why the response cannot be used.
    fn from_response(response: &HttpResponse) -> Result<Self, BoxError>;

    /// Reads it from a response whose body is still on the way.
    ///
    /// # Errors
    ///
    /// Why the response cannot be used.
    fn from_stream(response: &HttpResponse, _body: ResponseBody) -> Result<Self, BoxError> {
        Self::from_response(response)
    }
}

/// An operation that returns its result in pages.
pub trait Paginated: Operation {
    /// The token of the page after this one.
    fn next_token(output: &Self::Output) -> Option<&str>;
    /// The place in the input for the token of the page to fetch.
    fn token(input: &mut Self::Input) -> &mut Option<String>;
}

/// A paginated operation whose pages can be given a size.
pub trait PageSized: Paginated {
    /// Sets how many items a page may hold.
    fn set_page_size(input: &mut Self::Input, size: i32);
}

/// A paginated operation whose pages hold a list.
pub trait PagedItems: Paginated {
    /// What is in the list.
    type Item: Send + 'static;
    /// Takes the list out of a page.
    fn items(output: Self::Output) -> Vec<Self::Item>;
}
