//! What an operation says of itself.
//!
//! Generated code implements this and adds nothing of its own: what is done with it is `client`'s and
//! `paginate`'s.
//!
//! What must stay true: all that the runtime has to know of an operation is here, so that no other
//! module knows one.

use super::auth::Authorize;
use super::bind::Bind;
use super::config::Config;
use super::endpoint::{Endpoint, EndpointError, EndpointSettings};
use super::error::{BoxError, BuildError, OperationError, RequestId};
use super::http::{HttpRequest, HttpResponse};
use super::retry::RetryKind;
use super::transport::ResponseBody;

/// An operation of a service.
pub trait Operation: Send + Sync + 'static {
    /// Its name in the model, such as `ListAccounts`.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: &'static str;
    /// How requests are authorized; `None` for requests that say nothing of who sends them.
    const AUTHORIZE: Option<Authorize> = None;
    /// The codes of its errors that the model says may pass, with what stands behind them.
    const RETRYABLE: &'static [(&'static str, RetryKind)] = &[];
    /// What it takes.
    type Input: Bind + Clone + Send + Sync + 'static;
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

    /// Whether a body that it is read from may hold secrets.
    const SECRET: bool = false;

    /// Whether it takes the body before it has arrived, piece by piece.
    const STREAMS: bool = false;

    /// Whether what comes are events, between which a service may be silent for as long as it likes.
    const EVENTS: bool = false;

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
