//! Limits that are neither times nor numbers of attempts.

use super::{Builder, Config};

/// The largest body of a response, in bytes, when nothing else is said: far above what services
/// answer with, and far below what would fill a memory. What is larger comes from somewhere else.
const MAX_RESPONSE_BODY: usize = 16 * 1024 * 1024;

impl Config {
    /// The largest body of a response that is read, in bytes.
    pub fn max_response_body(&self) -> usize {
        self.settings.max_response_body.unwrap_or(MAX_RESPONSE_BODY)
    }
}

impl Builder {
    /// Limits the bodies of responses, in bytes; 16 MiB unless set. A larger one fails the call,
    /// and no other attempt is made. Bodies that are handed on as they come have no limit.
    pub fn max_response_body(mut self, bytes: usize) -> Self {
        self.set_max_response_body(Some(bytes));
        self
    }

    /// Limits the bodies of responses, in bytes, or goes back to the default with `None`.
    pub fn set_max_response_body(&mut self, bytes: Option<usize>) -> &mut Self {
        self.max_response_body = bytes;
        self
    }
}
