//! One call that differs from a client's others.

use std::fmt;

use super::client::{Handle, Overrides};
use super::config::Builder;
use super::error::SdkError;
use super::http::HttpRequest;
use super::operation::Operation;

/// A call that can be changed before it is sent; made by a fluent builder's `customize`.
pub struct CustomizableOperation<O: Operation> {
    handle: Handle,
    input: O::Input,
    overrides: Overrides,
}

impl<O: Operation> CustomizableOperation<O> {
    /// A call of a client.
    pub fn new(handle: Handle, input: O::Input) -> Self {
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
        self.overrides.mutations.push(Box::new(change));
        self
    }

    /// Sends the request, again where that may help.
    ///
    /// # Errors
    ///
    /// A [`SdkError`] that says how far the call got.
    pub async fn send(self) -> Result<O::Output, SdkError<O::Error>> {
        self.handle.call::<O>(&self.input, &self.overrides).await
    }
}

impl<O: Operation> fmt::Debug for CustomizableOperation<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomizableOperation").field("operation", &O::NAME).finish_non_exhaustive()
    }
}
