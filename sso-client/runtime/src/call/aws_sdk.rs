//! Calls that return the `SdkError` of `aws-smithy-runtime-api`, for programs that name this type.
//!
//! # Invariants
//!
//! - What is sent, retried and read is that of the calls that these wrap.

use std::pin::Pin;
use std::task::{Context, Poll};

pub use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::result::SdkError as SmithyError;
pub use aws_smithy_runtime_api::http::Response as HttpResponse;
use futures_core::Stream;

use crate::call::operation::{Operation, PageSized, PagedItems, Paginated};
use crate::call::{customize, paginate};
use crate::config::Builder;
use crate::error;
use crate::http::HttpRequest;

/// The error of calls: that of `aws-smithy-runtime-api`, with its response.
pub type SdkError<E, R = HttpResponse> = SmithyError<E, R>;

/// A call whose settings and request can be changed before it is sent.
#[derive(Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct CustomizableOperation<O: Operation> {
    inner: customize::CustomizableOperation<O>,
}

impl<O: Operation> CustomizableOperation<O> {
    /// Wraps a call.
    pub fn new(inner: customize::CustomizableOperation<O>) -> Self {
        Self { inner }
    }

    /// As [`config_override`](customize::CustomizableOperation::config_override).
    pub fn config_override(self, config: impl Into<Builder>) -> Self {
        Self::new(self.inner.config_override(config))
    }

    /// As [`mutate_request`](customize::CustomizableOperation::mutate_request).
    pub fn mutate_request(self, change: impl Fn(&mut HttpRequest) + Send + Sync + 'static) -> Self {
        Self::new(self.inner.mutate_request(change))
    }

    /// As [`map_request`](customize::CustomizableOperation::map_request).
    pub fn map_request<F, E>(self, change: F) -> Self
    where
        F: Fn(HttpRequest) -> Result<HttpRequest, E> + Send + Sync + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        Self::new(self.inner.map_request(change))
    }

    /// Sends the request, retrying transient failures, and reads the response.
    ///
    /// # Errors
    ///
    /// [`SdkError`], whose variants are the phases of a call.
    pub async fn send(self) -> Result<O::Output, SdkError<O::Error>> {
        self.inner.send().await.map_err(Into::into)
    }
}

/// A paginator: the pages of an operation.
#[derive(Debug)]
#[must_use = "a paginator does nothing until the stream of `send` is polled"]
pub struct Paginator<O: Operation> {
    inner: paginate::Paginator<O>,
}

impl<O: Paginated> Paginator<O> {
    /// Wraps a paginator.
    pub fn new(inner: paginate::Paginator<O>) -> Self {
        Self { inner }
    }

    /// As [`stop_on_duplicate_token`](paginate::Paginator::stop_on_duplicate_token).
    pub fn stop_on_duplicate_token(self, stop: bool) -> Self {
        Self::new(self.inner.stop_on_duplicate_token(stop))
    }

    /// Returns a stream of the pages. Nothing is sent until it is polled.
    pub fn send(self) -> paginate::PaginationStream<Result<O::Output, SdkError<O::Error>>> {
        paginate::PaginationStream::new(Converted(self.inner.send()))
    }
}

impl<O: PageSized + Paginated> Paginator<O> {
    /// Sets the maximum number of items per page.
    pub fn page_size(self, size: i32) -> Self {
        Self::new(self.inner.page_size(size))
    }
}

impl<O: PagedItems> Paginator<O> {
    /// Returns a paginator over the items in the pages.
    pub fn items(self) -> PaginatorItems<O> {
        PaginatorItems { inner: self.inner.items() }
    }
}

/// A paginator over the items of an operation; returned by [`Paginator::items`].
#[derive(Debug)]
#[must_use = "a paginator does nothing until the stream of `send` is polled"]
pub struct PaginatorItems<O: Operation> {
    inner: paginate::PaginatorItems<O>,
}

impl<O: PagedItems> PaginatorItems<O> {
    /// Returns a stream of the items. A page is fetched when the items of the previous one are used up.
    pub fn send(self) -> paginate::PaginationStream<Result<O::Item, SdkError<O::Error>>> {
        paginate::PaginationStream::new(Converted(self.inner.send()))
    }
}

/// A stream with converted errors.
struct Converted<T, E>(paginate::PaginationStream<Result<T, error::SdkError<E>>>);

impl<T, E> Stream for Converted<T, E> {
    type Item = Result<T, SdkError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(cx).map(|next| match next? {
            Ok(value) => Some(Ok(value)),
            Err(error) => Some(Err(error.into())),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        Stream::size_hint(&self.0)
    }
}
