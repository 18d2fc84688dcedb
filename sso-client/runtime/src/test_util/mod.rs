//! Test utilities: a transport that replays canned responses, and a fake clock.

mod fake_clock;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::BodyExt;

use crate::base::BoxFuture;
use crate::http::{RequestBody, ResponseBody};
use crate::transport::{ConnectorError, HttpClient, TransportResult};

pub use fake_clock::FakeClock;

/// Records requests and replays canned responses, in order. Clones share both.
#[derive(Clone)]
pub struct ReplayClient {
    state: Arc<Mutex<State>>,
}

struct State {
    responses: VecDeque<Result<http::Response<Bytes>, ConnectorError>>,
    requests: Vec<http::Request<Bytes>>,
}

impl ReplayClient {
    /// Creates a transport that replays responses.
    pub fn new<B: Into<Bytes>>(responses: impl IntoIterator<Item = http::Response<B>>) -> Self {
        Self::with_failures(responses.into_iter().map(Ok))
    }

    /// Creates a transport that replays responses and failures of the transport.
    pub fn with_failures<B: Into<Bytes>>(
        outcomes: impl IntoIterator<Item = Result<http::Response<B>, ConnectorError>>,
    ) -> Self {
        let responses = outcomes.into_iter().map(|outcome| outcome.map(|response| response.map(Into::into))).collect();
        Self { state: Arc::new(Mutex::new(State { responses, requests: Vec::new() })) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the requests so far. Sensitive headers are still marked as such.
    pub fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.lock().requests.clone()
    }
}

impl HttpClient for ReplayClient {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let this = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
            let mut state = this.lock();
            state.requests.push(http::Request::from_parts(head, body));
            let count = state.requests.len();
            let outcome = state.responses.pop_front().unwrap_or_else(|| {
                let message = format!("the replay client has no response for request number {count}");
                Err(ConnectorError::other(message.into()))
            });
            outcome.map(|response| response.map(ResponseBody::from))
        })
    }
}

impl fmt::Debug for ReplayClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplayClient")
    }
}
