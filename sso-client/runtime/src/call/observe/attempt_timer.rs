//! Calls the metrics hook at the end of every attempt.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use crate::call::operation::OperationInfo;
use crate::config::{AttemptHook, AttemptOutcome, AttemptReport, Service, TracePoints};
use crate::http::HttpRequest;

/// Whose attempts are told of, and to whom.
#[derive(Clone, Copy)]
pub(crate) struct CallContext<'a> {
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static OperationInfo,
    pub(crate) hook: Option<&'a AttemptHook>,
}

impl CallContext<'_> {
    /// The spans and events of the client.
    pub(crate) fn trace_points(&self) -> &'static TracePoints {
        self.service.client.trace_points
    }
}

/// What is known of a response.
#[derive(Default)]
pub(crate) struct ResponseSummary<'a> {
    pub(crate) status: Option<StatusCode>,
    pub(crate) error_code: Option<&'a str>,
    pub(crate) response_bytes: Option<u64>,
}

/// An attempt that is being made. Dropped before it has ended, it was given up. There is none where
/// nobody is told.
pub(crate) struct AttemptTimer<'a> {
    running: Option<Running<'a>>,
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
            Running { hook, report, started: Instant::now() }
        });
        Self { running }
    }

    /// Tells how it ended, and what is known of the response.
    pub(crate) fn end(mut self, outcome: AttemptOutcome, summary: ResponseSummary<'_>) {
        let Some(Running { hook, report, started }) = self.running.take() else { return };
        let ResponseSummary { status, error_code, response_bytes } = summary;
        hook(&AttemptReport { duration: started.elapsed(), outcome, status, error_code, response_bytes, ..report });
    }
}

impl Drop for AttemptTimer<'_> {
    fn drop(&mut self) {
        // A hook that panics as well would end the process.
        if let Some(Running { hook, report, started }) = self.running.take().filter(|_| !std::thread::panicking()) {
            hook(&AttemptReport { duration: started.elapsed(), ..report });
        }
    }
}
