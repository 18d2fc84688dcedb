//! Paginators: the pages of an operation, and the items in them, as streams.
//!
//! # Invariants
//!
//! - Pages are fetched one at a time, when polled.
//! - Items received before an error come before it. An error, or a token that was used before, ends the stream.
//! - A stream can be dropped at any point.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::fmt;
use std::hash::BuildHasher as _;
use std::pin::Pin;
#[cfg(feature = "blocking")]
use std::task::Waker;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::base::{BoxFuture, SyncWrapper};
use crate::call::caller_headers::Feature;
use crate::call::client::{Handle, Overrides};
use crate::call::operation::{Operation, PageSized, PagedItems, Paginated};
use crate::error::{CallInfo, Ids, RequestId, SdkError};
use crate::http_bindings::Wiped;

/// A paginator: the pages of an operation; returned by `into_paginator` of a fluent builder.
///
/// ```
/// # use smithy_client_runtime::call::operation::Paginated;
/// # use smithy_client_runtime::call::paginate::Paginator;
/// # use smithy_client_runtime::error::SdkError;
/// # async fn walk<O: Paginated>(paginator: Paginator<O>) -> Result<(), SdkError<O::Error>> {
/// let mut pages = paginator.send();
/// while let Some(page) = pages.try_next().await? {
///     // Use the page.
/// #   drop(page);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a paginator does nothing until the stream of `send` is polled"]
pub struct Paginator<O: Operation, H = Handle> {
    handle: H,
    input: Wiped<O::Input>,
    stop_on_duplicate_token: bool,
}

impl<O: Paginated, H> Paginator<O, H> {
    /// Creates a paginator that starts at the page of the input.
    pub fn new(handle: H, input: Wiped<O::Input>) -> Self {
        Self { handle, input, stop_on_duplicate_token: true }
    }

    /// Sets whether a token that was used before ends the pagination with an error; `true` by default. With `false`,
    /// pagination may never end.
    pub fn stop_on_duplicate_token(mut self, stop: bool) -> Self {
        self.stop_on_duplicate_token = stop;
        self
    }

    /// Maps the client, which may return another value.
    #[cfg(feature = "blocking")]
    pub(crate) fn map_handle<T, G>(self, map: impl FnOnce(H) -> (T, G)) -> (T, Paginator<O, G>) {
        let Self { handle, input, stop_on_duplicate_token } = self;
        let (found, handle) = map(handle);
        (found, Paginator { handle, input, stop_on_duplicate_token })
    }
}

impl<O: Paginated> Paginator<O> {
    /// Returns a stream of the pages. Nothing is sent until it is polled.
    pub fn send(self) -> PaginationStream<Result<O::Output, SdkError<O::Error>>> {
        PaginationStream::new(Pages::new(self))
    }
}

impl<O: PageSized, H> Paginator<O, H> {
    /// Sets the maximum number of items per page.
    pub fn page_size(mut self, size: i32) -> Self {
        O::set_page_size(&mut self.input, size);
        self
    }
}

impl<O: PagedItems, H> Paginator<O, H> {
    /// Returns a paginator over the items in the pages.
    pub fn items(self) -> PaginatorItems<O, H> {
        PaginatorItems { pages: self }
    }
}

impl<O: Operation, H> fmt::Debug for Paginator<O, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paginator").field("operation", &O::INFO.name).finish_non_exhaustive()
    }
}

/// A paginator over the items of an operation; returned by [`Paginator::items`].
#[must_use = "a paginator does nothing until the stream of `send` is polled"]
pub struct PaginatorItems<O: Operation, H = Handle> {
    pages: Paginator<O, H>,
}

impl<O: PagedItems, H> PaginatorItems<O, H> {
    /// Maps the client, which may return another value.
    #[cfg(feature = "blocking")]
    pub(crate) fn map_handle<T, G>(self, map: impl FnOnce(H) -> (T, G)) -> (T, PaginatorItems<O, G>) {
        let (found, pages) = self.pages.map_handle(map);
        (found, PaginatorItems { pages })
    }
}

impl<O: PagedItems> PaginatorItems<O> {
    /// Returns a stream of the items. A page is fetched when the items of the previous one are used up.
    pub fn send(self) -> PaginationStream<Result<O::Item, SdkError<O::Error>>> {
        PaginationStream::new(Items { pages: Pages::new(self.pages), items: Vec::new().into_iter() })
    }
}

impl<O: Operation, H> fmt::Debug for PaginatorItems<O, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaginatorItems").field("operation", &O::INFO.name).finish_non_exhaustive()
    }
}

/// The error of a pagination token that was used before: pagination would never end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateToken {
    page: usize,
    first: usize,
}

impl fmt::Display for DuplicateToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "page {} was not asked for: the token for it already led to page {}, and pagination would never end",
            self.page + 1,
            self.first
        )
    }
}

impl std::error::Error for DuplicateToken {}

/// The state between two pages.
struct Walk<O: Operation> {
    handle: Handle,
    input: Wiped<O::Input>,
    used: UsedTokens,
    page: usize,
    stop_on_duplicate_token: bool,
}

/// The tokens that were used, with the numbers of their pages.
///
/// Tokens may have kilobytes, and listings thousands of pages, so that only their keyed hashes of 128 bits are kept.
#[derive(Default)]
struct UsedTokens {
    hashers: [RandomState; 2],
    pages: HashMap<[u64; 2], usize>,
}

impl UsedTokens {
    /// Records the token of a page; returns the page of which it was the token before.
    fn insert(&mut self, token: &str, page: usize) -> Option<usize> {
        let hash = [&self.hashers[0], &self.hashers[1]].map(|hasher| hasher.hash_one(token));
        match self.pages.entry(hash) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(entry) => {
                entry.insert(page);
                None
            }
        }
    }
}

type Page<O> = Result<<O as Operation>::Output, SdkError<<O as Operation>::Error>>;

enum Pages<O: Operation> {
    Before(Box<Walk<O>>),
    Waiting(BoxFuture<'static, (Box<Walk<O>>, Page<O>)>),
    Broken(SdkError<O::Error>),
    Done,
}

impl<O: Paginated> Pages<O> {
    fn new(paginator: Paginator<O>) -> Self {
        let Paginator { handle, mut input, stop_on_duplicate_token } = paginator;
        let mut used = UsedTokens::default();
        if let Some(token) = O::token(&mut input).as_ref().filter(|_| stop_on_duplicate_token) {
            used.insert(token, 1);
        }
        Self::Before(Box::new(Walk { handle, input, used, page: 0, stop_on_duplicate_token }))
    }

    /// Returns the state after a page.
    fn after(mut walk: Box<Walk<O>>, output: &O::Output) -> Self {
        // An empty token means the last page, as a missing one does.
        let Some(token) = O::next_token(output).filter(|token| !token.is_empty()) else { return Self::Done };
        if walk.stop_on_duplicate_token {
            let next = walk.page + 1;
            if let Some(first) = walk.used.insert(token, next) {
                let call = CallInfo::nothing_sent(O::INFO.name);
                let error = SdkError::construction_failure(DuplicateToken { page: walk.page, first });
                return Self::Broken(error.with_call(call, Ids::request(output.request_id())));
            }
        }
        *O::token(&mut walk.input) = Some(token.to_owned());
        Self::Before(walk)
    }
}

impl<O: Operation> Unpin for Pages<O> {}

impl<O: Paginated> Stream for Pages<O> {
    type Item = Page<O>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Page<O>>> {
        let this = self.get_mut();
        loop {
            match std::mem::replace(this, Self::Done) {
                Self::Before(mut walk) => {
                    walk.page += 1;
                    *this = Self::Waiting(Box::pin(async move {
                        let page = walk.handle.call::<O>(&walk.input, &Overrides::one_of(Feature::Paginator)).await;
                        (walk, page)
                    }));
                }
                Self::Waiting(mut page) => match page.as_mut().poll(cx) {
                    Poll::Pending => {
                        *this = Self::Waiting(page);
                        return Poll::Pending;
                    }
                    Poll::Ready((walk, page)) => {
                        if let Ok(output) = &page {
                            *this = Self::after(walk, output);
                        }
                        return Poll::Ready(Some(page));
                    }
                },
                Self::Broken(error) => return Poll::Ready(Some(Err(error))),
                Self::Done => return Poll::Ready(None),
            }
        }
    }
}

struct Items<O: PagedItems> {
    pages: Pages<O>,
    items: std::vec::IntoIter<O::Item>,
}

impl<O: PagedItems> Unpin for Items<O> {}

impl<O: PagedItems> Stream for Items<O> {
    type Item = Result<O::Item, SdkError<O::Error>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(cx)) {
                Some(Ok(page)) => this.items = O::items(page).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), None)
    }
}

/// A stream of pages or items, which ends after an error.
///
/// It is a [`Stream`], and has the methods of other AWS SDKs, which need no trait in scope.
#[must_use = "a stream does nothing until it is polled"]
pub struct PaginationStream<T> {
    stream: SyncWrapper<Pin<Box<dyn Stream<Item = T> + Send>>>,
}

impl<T> PaginationStream<T> {
    pub(crate) fn new(stream: impl Stream<Item = T> + Send + 'static) -> Self {
        Self { stream: SyncWrapper::new(Box::pin(stream)) }
    }

    /// Returns the next item; `None` at the end.
    pub async fn next(&mut self) -> Option<T> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Returns the next item if it is available without a call.
    #[cfg(feature = "blocking")]
    pub(crate) fn next_if_ready(&mut self) -> Option<T> {
        if self.stream.get_mut().size_hint().0 == 0 {
            return None;
        }
        match self.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(next) => next,
            Poll::Pending => None,
        }
    }

    /// Polls for the next item.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.stream.get_mut().as_mut().poll_next(cx)
    }

    /// Collects the remaining items into a `Vec<T>`, or a `Result<Vec<_>, _>`, which stops at the first error.
    pub async fn collect<C: Collectable<T>>(mut self) -> C {
        let mut collection = C::start();
        while let Some(item) = self.next().await {
            if !C::add(&mut collection, item) {
                break;
            }
        }
        collection
    }
}

impl<T, E> PaginationStream<Result<T, E>> {
    /// Returns the next item; `Ok(None)` at the end.
    ///
    /// # Errors
    ///
    /// The error of the call that fetches it.
    pub async fn try_next(&mut self) -> Result<Option<T>, E> {
        self.next().await.transpose()
    }

    /// Collects the remaining items.
    ///
    /// # Errors
    ///
    /// The error of the first call that fails.
    pub async fn try_collect(self) -> Result<Vec<T>, E> {
        self.collect().await
    }
}

impl<T> Stream for PaginationStream<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        Self::poll_next(&mut self, cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.ask(Stream::size_hint)
    }
}

impl<T> fmt::Debug for PaginationStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaginationStream")
    }
}

/// A collection for [`PaginationStream::collect`].
pub trait Collectable<T> {
    /// Returns an empty collection.
    fn start() -> Self;
    /// Adds an item; returns `false` to stop.
    fn add(collection: &mut Self, item: T) -> bool;
}

impl<T> Collectable<T> for Vec<T> {
    fn start() -> Self {
        Self::new()
    }

    fn add(collection: &mut Self, item: T) -> bool {
        collection.push(item);
        true
    }
}

impl<T, E> Collectable<Result<T, E>> for Result<Vec<T>, E> {
    fn start() -> Self {
        Ok(Vec::new())
    }

    fn add(collection: &mut Self, item: Result<T, E>) -> bool {
        match item {
            Ok(item) => collection.as_mut().map(|items| items.push(item)).is_ok(),
            Err(error) => {
                *collection = Err(error);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_tokens_are_not_kept() {
        let mut used = UsedTokens::default();
        for page in 1..=24_000 {
            assert_eq!(used.insert(&format!("{}{page}", "t".repeat(1000)), page), None);
        }
        assert_eq!(used.insert(&format!("{}{}", "t".repeat(1000), 77), 24_001), Some(77));
        let bytes = used.pages.capacity() * size_of::<([u64; 2], usize)>();
        assert!(bytes < 1 << 20, "{bytes} bytes for 24 MB of tokens");
    }
}
