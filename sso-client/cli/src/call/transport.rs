//! A transport that records the last exchange: the URL for messages, and the body of the response, since
//! the members of an output are printed as the service wrote them.

use std::fmt;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use sso_client::config::http::{BoxFuture, HttpClient, HyperClient, RequestBody, ResponseBody, TransportResult};
use sso_client::error::BoxError;

use super::debug;
use crate::urls;

/// The transport.
#[derive(Clone)]
pub(super) struct Recorder {
    client: HyperClient,
    last: Arc<Mutex<Exchange>>,
    debug: bool,
}

/// A request and its response.
#[derive(Default)]
pub(super) struct Exchange {
    /// As it may be shown.
    pub(super) url: String,
    /// The proxy that it goes through, without user and password.
    pub(super) proxy: Option<String>,
    pub(super) response: Option<Recorded>,
}

/// A response, as far as it has come.
pub(super) struct Recorded {
    pub(super) status: http::StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether all of the body has come.
    pub(super) complete: bool,
}

/// Bodies hold credentials.
impl Drop for Recorded {
    fn drop(&mut self) {
        self.body.fill(0);
        black_box(&self.body);
    }
}

impl Recorder {
    pub(super) fn new(client: HyperClient, debug: bool) -> Self {
        Self { client, last: Arc::default(), debug }
    }

    /// Takes the last exchange out.
    pub(super) fn take(&self) -> Exchange {
        std::mem::take(&mut *lock(&self.last))
    }

    /// Whether exchanges are shown.
    pub(super) fn is_debug(&self) -> bool {
        self.debug
    }
}

fn lock(last: &Mutex<Exchange>) -> MutexGuard<'_, Exchange> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

impl HttpClient for Recorder {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let url = urls::of_request(request.uri());
        if self.debug {
            debug::request(&request, &url);
        }
        *lock(&self.last) = Exchange { url, proxy: self.client.proxy_of(request.uri()), response: None };
        let (future, last, debug) = (self.client.call(request), Arc::clone(&self.last), self.debug);
        Box::pin(async move {
            let response = future.await.inspect_err(|error| {
                if debug {
                    debug::line(&format!("no response: {error}"));
                }
            })?;
            let (status, headers) = (response.status(), response.headers().clone());
            let complete = response.body().is_end_stream();
            lock(&last).response = Some(Recorded { status, headers, body: Vec::new(), complete });
            Ok(response.map(|body| ResponseBody::new(Recording { body, last })))
        })
    }
}

/// A body that is recorded as it is read.
struct Recording {
    body: ResponseBody,
    last: Arc<Mutex<Exchange>>,
}

impl Body for Recording {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(response) = &mut lock(&self.last).response {
            match &polled {
                Poll::Ready(Some(Ok(frame))) => {
                    response.body.extend_from_slice(frame.data_ref().map_or(&[], AsRef::as_ref));
                    response.complete = self.body.is_end_stream();
                }
                Poll::Ready(None) => response.complete = true,
                Poll::Ready(Some(Err(_))) | Poll::Pending => {}
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
