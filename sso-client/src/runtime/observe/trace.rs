//! Spans and events of calls.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tracing::field::{Empty, display};
use tracing::{Span, debug, debug_span, trace};

use super::AttemptOutcome;
use crate::runtime::client::Service;
use crate::runtime::config::Config;
use crate::runtime::error::{Ids, ProvideErrorMetadata, RequestId, SdkError};
use crate::runtime::http::{HttpRequest, HttpResponse, shown};
use crate::runtime::retry::RetryKind;
use crate::runtime::transport::RequestBody;

/// Awaits a future within a span.
///
/// It is not moved into another future for that, as `Instrument` does: those of calls are large.
macro_rules! within {
    ($span:expr, $future:expr) => {{
        let mut future = std::pin::pin!($future);
        std::future::poll_fn(|cx| $span.in_scope(|| future.as_mut().poll(cx))).await
    }};
}
pub(in crate::runtime) use within;

/// The span of a call, from the finished input to the output.
pub(in crate::runtime) fn call(service: &Service, operation: &str, config: &Config) -> Span {
    debug_span!(
        "call",
        otel.name = %format_args!("{}.{operation}", service.sdk_id),
        otel.kind = "client",
        otel.status_code = Empty,
        rpc.system = "aws-api",
        rpc.service = service.sdk_id,
        rpc.method = operation,
        cloud.region = config.region().map(AsRef::<str>::as_ref),
        http.response.status_code = Empty,
        aws.request_id = Empty,
        aws.extended_request_id = Empty,
        error.type = Empty,
    )
}

/// The span of an attempt, within that of its call.
pub(in crate::runtime) fn attempt(request: &HttpRequest, number: u32) -> Span {
    // Asked for only where somebody listens.
    let uri = || request.shown_uri();
    debug_span!(
        "attempt",
        http.request.method = request.method().as_str(),
        http.request.resend_count = number - 1,
        url.scheme = uri().and_then(|uri| uri.scheme_str()),
        server.address = uri().and_then(|uri| uri.host()),
        server.port = uri().and_then(http::Uri::port_u16),
        http.response.status_code = Empty,
        http.response.body.size = Empty,
        aws.request_id = Empty,
        aws.extended_request_id = Empty,
        error.type = Empty,
    )
}

/// Where requests will go: `url` shows the endpoint's scheme, host and port.
pub(in crate::runtime) fn resolved(config: &Config, url: &dyn fmt::Display) {
    debug!(
        endpoint = %url,
        cloud.region = config.region().map(AsRef::<str>::as_ref),
        use_fips = config.use_fips(),
        use_dual_stack = config.use_dual_stack(),
        "endpoint resolved"
    );
}

/// A request as it is handed to the transport, and what it was made of.
pub(in crate::runtime) fn request(request: &http::Request<RequestBody>, template: &HttpRequest) {
    trace!(
        url.full = template.shown_uri().map(display),
        http.request.headers = ?shown(request.headers()),
        http.request.body.size = request.body().bytes().map(Bytes::len),
        "request"
    );
}

/// A response. Its body's size in bytes is known where it has been read to its end.
pub(in crate::runtime) fn response(
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
    debug!(
        http.response.status_code = response.status().as_u16(),
        http.response.body.size = size,
        aws.request_id = ids.request_id(),
        error.type = error.map(display),
        "response"
    );
    trace!(http.response.headers = ?shown(response.headers().as_map()), "response headers");
}

/// Why there was no response.
pub(in crate::runtime) fn no_response(span: &Span, outcome: AttemptOutcome) {
    if !span.is_disabled() {
        span.record("error.type", outcome.as_str());
        debug!(error.type = outcome.as_str(), "no response");
    }
}

/// An attempt that failed is followed by another.
pub(in crate::runtime) fn retry(attempts: u32, kind: RetryKind, delay: Duration) {
    debug!(http.request.resend_count = attempts, reason = ?kind, delay = ?delay, "retry");
}

/// One that could be, if there was quota left.
pub(in crate::runtime) fn out_of_quota(attempts: u32, kind: RetryKind) {
    debug!(http.request.resend_count = attempts, reason = ?kind, "no retry: the client's quota for them is used up");
}

/// How a call ended.
pub(in crate::runtime) fn ended<T: RequestId, E: ProvideErrorMetadata>(span: &Span, outcome: &Result<T, SdkError<E>>) {
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
pub(in crate::runtime) struct Refusal<'a> {
    pub(in crate::runtime) code: Option<&'a str>,
    pub(in crate::runtime) status: StatusCode,
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => f.write_str(code),
            None => f.write_str(self.status.as_str()),
        }
    }
}
