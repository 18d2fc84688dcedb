//! Observability of calls: spans and events of `tracing`, and the metrics hook.
//!
//! Attribute names are those of OpenTelemetry's conventions for RPC, HTTP and AWS SDKs. Spans and most events are at level
//! `DEBUG`, headers and URLs at `TRACE`, and nothing above: warning of a failed call is up to the program.
//!
//! # Invariants
//!
//! - No span, event or report contains a body, a sensitive member, or the value of a header that may be sensitive.
//! - Without a subscriber and a hook, the cost is a few comparisons.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use tracing::Span;
use tracing::field::display;

use crate::base::Field;
use crate::call::operation::OperationInfo;
use crate::config::{AttemptHook, AttemptOutcome, AttemptReport, ResponseEvent, Service, TracePoints};
use crate::error::{Ids, ProvideErrorMetadata, RequestId, SdkError};
use crate::http::{HttpRequest, HttpResponse};

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

/// Records a response, and the size of its body in bytes if it was read to its end.
pub(crate) fn record_response(
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
    let request_id = ids.request_id().map(Field);
    let request_id = request_id.as_ref().map(Field::text);
    (points.response)(&ResponseEvent { response, size, request_id: request_id.as_deref(), error });
}

/// Records the failure of an attempt without a response.
pub(crate) fn record_no_response(points: &TracePoints, span: &Span, outcome: AttemptOutcome) {
    if !span.is_disabled() {
        span.record("error.type", outcome.as_str());
        (points.no_response)(outcome.as_str());
    }
}

/// Records the outcome of a call.
pub(crate) fn record_call<T: RequestId, E: ProvideErrorMetadata>(span: &Span, outcome: &Result<T, SdkError<E>>) {
    if span.is_disabled() {
        return;
    }
    match outcome {
        Ok(output) => record(span, None, &Ids::request(output.request_id())),
        Err(error) => {
            let meta = error.meta();
            record(span, meta.call().and_then(|call| call.status), &Ids::of_error(meta));
            span.record("error.type", &*Field(meta.code().unwrap_or_else(|| error.kind())).text());
            span.record("otel.status_code", "ERROR");
        }
    }
}

fn record(span: &Span, status: Option<StatusCode>, ids: &Ids) {
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    if let Some(id) = ids.request_id() {
        span.record("aws.request_id", &*Field(id).text());
    }
    if let Some(id) = ids.extended_request_id() {
        span.record("aws.extended_request_id", &*Field(id).text());
    }
}

/// The error type of an error response: its code, or else its status.
#[derive(Clone, Copy)]
pub(crate) struct ErrorType<'a> {
    pub(crate) code: Option<&'a str>,
    pub(crate) status: StatusCode,
}

impl fmt::Display for ErrorType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => Field(code).fmt(f),
            None => f.write_str(self.status.as_str()),
        }
    }
}

/// The operation that attempts are reported of, and the metrics hook.
#[derive(Clone, Copy)]
pub(crate) struct CallContext<'a> {
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static OperationInfo,
    pub(crate) hook: Option<&'a AttemptHook>,
}

impl CallContext<'_> {
    pub(crate) fn trace_points(&self) -> &'static TracePoints {
        self.service.client.trace_points
    }
}

/// The response fields of a report.
#[derive(Default)]
pub(crate) struct ResponseSummary<'a> {
    pub(crate) status: Option<StatusCode>,
    pub(crate) error_code: Option<&'a str>,
    pub(crate) response_bytes: Option<u64>,
}

/// Reports an attempt to the metrics hook, if there is one: as given up if dropped before [`end`](Self::end).
pub(crate) struct AttemptTimer<'a> {
    running: Option<Box<Running<'a>>>,
}

struct Running<'a> {
    hook: &'a AttemptHook,
    report: AttemptReport<'a>,
    started: Instant,
}

impl<'a> AttemptTimer<'a> {
    pub(crate) fn start(context: &CallContext<'a>, attempt: u32, request: &HttpRequest) -> Self {
        let running = context.hook.map(|hook| {
            let request_bytes = match request.stream() {
                Some(stream) => stream.content_length(),
                None => Some(request.body().len() as u64),
            };
            let report = AttemptReport {
                service: context.service.sdk_id,
                operation: context.operation.name,
                attempt,
                duration: Duration::ZERO,
                outcome: AttemptOutcome::GivenUp,
                status: None,
                error_code: None,
                request_bytes,
                response_bytes: None,
            };
            Box::new(Running { hook, report, started: Instant::now() })
        });
        Self { running }
    }

    pub(crate) fn end(mut self, outcome: AttemptOutcome, summary: ResponseSummary<'_>) {
        let Some(Running { hook, report, started }) = self.running.take().map(|running| *running) else { return };
        let ResponseSummary { status, error_code, response_bytes } = summary;
        hook(&AttemptReport { duration: started.elapsed(), outcome, status, error_code, response_bytes, ..report });
    }
}

impl Drop for AttemptTimer<'_> {
    fn drop(&mut self) {
        // A panic of the hook during a panic would abort the process.
        let running = self.running.take().filter(|_| !std::thread::panicking());
        if let Some(Running { hook, report, started }) = running.map(|running| *running) {
            hook(&AttemptReport { duration: started.elapsed(), ..report });
        }
    }
}
