//! What an operation says of itself.

use super::bind::Bind;
use super::error::{BoxError, OperationError, RequestId};
use super::http::HttpResponse;

/// An operation of a service.
pub trait Operation: Send + Sync + 'static {
    /// Its name in the model, such as `ListAccounts`.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: &'static str;
    /// What it takes.
    type Input: Bind + Clone + Send + Sync + 'static;
    /// What it returns.
    type Output: Output;
    /// What the service may answer instead.
    type Error: OperationError;
}

/// The output of an operation.
pub trait Output: RequestId + Sized + Send + 'static {
    /// Reads it from a response whose status says success.
    ///
    /// # Errors
    ///
    /// Why the response cannot be used.
    fn from_response(response: &HttpResponse) -> Result<Self, BoxError>;
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
