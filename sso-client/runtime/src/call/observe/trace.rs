//! Records calls and attempts in their spans.

use std::fmt;

use http::StatusCode;
use tracing::Span;
use tracing::field::display;

use crate::config::{AttemptOutcome, ResponseEvent, TracePoints};
use crate::error::{Ids, ProvideErrorMetadata, RequestId, SdkError};
use crate::http::HttpResponse;

/// Awaits a future within a span.
///
/// Unlike `Instrument` it does not move the future, and futures of calls are large.
macro_rules! within {
    ($span:expr, $future:expr) => {{
        let mut future = std::pin::pin!($future);
        std::future::poll_fn(|cx| $span.in_scope(|| future.as_mut().poll(cx))).await
    }};
}
pub(crate) use within;

/// A response. Its body's size in bytes is known where it has been read to its end.
pub(crate) fn response(
    points: &TracePoints,
    span: &Span,
    response: &HttpResponse,
    size: Option<u64>,
    error: Option<&dyn fmt::Display>,
) {
    if span.is_disabled() {
        return;
    }
    let ids = Ids::of(response);
    record(span, Some(response.status()), &ids);
    if let Some(size) = size {
        span.record("http.response.body.size", size);
    }
    if let Some(error) = error {
        span.record("error.type", display(error));
    }
    (points.response)(&ResponseEvent { response, size, request_id: ids.request_id(), error });
}

/// Why there was no response.
pub(crate) fn no_response(points: &TracePoints, span: &Span, outcome: AttemptOutcome) {
    if !span.is_disabled() {
        span.record("error.type", outcome.as_str());
        (points.no_response)(outcome.as_str());
    }
}

/// How a call ended.
pub(crate) fn ended<T: RequestId, E: ProvideErrorMetadata>(span: &Span, outcome: &Result<T, SdkError<E>>) {
    if span.is_disabled() {
        return;
    }
    match outcome {
        Ok(output) => record(span, None, &Ids::request(output.request_id())),
        Err(error) => {
            let meta = error.meta();
            record(span, meta.call().and_then(|call| call.status), &Ids::of_error(meta));
            span.record("error.type", meta.code().unwrap_or_else(|| error.kind()));
            span.record("otel.status_code", "ERROR");
        }
    }
}

fn record(span: &Span, status: Option<StatusCode>, ids: &Ids) {
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    if let Some(id) = ids.request_id() {
        span.record("aws.request_id", id);
    }
    if let Some(id) = ids.extended_request_id() {
        span.record("aws.extended_request_id", id);
    }
}

/// What the service answered with that was no success: its code, or its status where it has none.
#[derive(Clone, Copy)]
pub(crate) struct ErrorType<'a> {
    pub(crate) code: Option<&'a str>,
    pub(crate) status: StatusCode,
}

impl fmt::Display for ErrorType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => f.write_str(code),
            None => f.write_str(self.status.as_str()),
        }
    }
}
