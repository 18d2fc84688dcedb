//! One call that differs from a client's others.
//!
//! What it does not do: change the client. What must stay true: a change counts for this call alone,
//! and is made before the headers that attempts add.

use std::fmt;

use crate::call::client::{Handle, Overrides};
use crate::call::operation::Operation;
use crate::config::Builder;
use crate::error::SdkError;
use crate::http::HttpRequest;
use crate::http_bindings::Wiped;

/// A call that can be changed before it is sent; made by a fluent builder's `customize`.
#[must_use = "a call does nothing until it is sent"]
pub struct CustomizableOperation<O: Operation, H = Handle> {
    handle: H,
    input: Wiped<O::Input>,
    overrides: Overrides,
}

impl<O: Operation, H> CustomizableOperation<O, H> {
    /// A call of a client.
    pub fn new(handle: H, input: Wiped<O::Input>) -> Self {
        Self { handle, input, overrides: Overrides::default() }
    }

    /// Replaces settings of the client for this call: what the builder says counts, what it does
    /// not say stays. The connect timeout belongs to the client's connections and stays its own.
    pub fn config_override(mut self, config: impl Into<Builder>) -> Self {
        self.overrides.config = Some(config.into());
        self
    }

    /// Changes the request when all of it but the headers of single attempts is there.
    pub fn mutate_request(mut self, change: impl Fn(&mut HttpRequest) + Send + Sync + 'static) -> Self {
        self.overrides.mutations.push(Box::new(move |mut request| {
            change(&mut request);
            Ok(request)
        }));
        self
    }

    /// Does the same with a function that may fail, which then fails the call before anything is sent.
    pub fn map_request<F, E>(mut self, change: F) -> Self
    where
        F: Fn(HttpRequest) -> Result<HttpRequest, E> + Send + Sync + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.overrides.mutations.push(Box::new(move |request| change(request).map_err(Into::into)));
        self
    }

    /// The same call of another client, with what else comes of that.
    #[cfg(feature = "blocking")]
    pub(crate) fn map_handle<T, G>(self, map: impl FnOnce(H) -> (T, G)) -> (T, CustomizableOperation<O, G>) {
        let (found, handle) = map(self.handle);
        (found, CustomizableOperation { handle, input: self.input, overrides: self.overrides })
    }
}

impl<O: Operation> CustomizableOperation<O> {
    /// Sends the request, again where that may help.
    ///
    /// # Errors
    ///
    /// An [`SdkError`] that says how far the call got.
    pub async fn send(self) -> Result<O::Output, SdkError<O::Error>> {
        self.handle.call::<O>(&self.input, &self.overrides).await
    }
}

impl<O: Operation, H> fmt::Debug for CustomizableOperation<O, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomizableOperation").field("operation", &O::INFO.name).finish_non_exhaustive()
    }
}
