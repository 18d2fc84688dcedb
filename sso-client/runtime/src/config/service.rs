//! The constants of a service and of the crate that contains its client, with the client's spans and events.
//!
//! The target of spans and events is what users filter by, and has to be the path of the client's crate. `tracing`
//! takes it from where its macros are expanded, so they are in a macro that generated code expands.

use std::fmt;
use std::time::Duration;

use tracing::Span;

use super::Config;
use crate::endpoint::{Endpoint, EndpointError, EndpointSettings};
use crate::error::{ErrorPlaces, RetryKind};
use crate::http::{HttpRequest, HttpResponse, RequestBody};

/// The constants of a service.
#[derive(Debug)]
pub struct Service {
    /// The service id of SDKs, such as `SSO`.
    pub sdk_id: &'static str,
    /// The API version, such as `2019-06-10`.
    pub api_version: &'static str,
    /// The signing name; empty if no operation is signed.
    pub signing_name: &'static str,
    /// Where error responses have what the usual places do not.
    pub error_places: ErrorPlaces,
    /// The endpoint rule set.
    pub resolve_endpoint: fn(&EndpointSettings<'_>) -> Result<Endpoint, EndpointError>,
    /// The crate that contains the client.
    pub client: ClientCrate,
}

/// The crate that contains a client; `client_crate!()` returns the one it is expanded in.
#[derive(Clone, Copy, Debug)]
pub struct ClientCrate {
    /// The name, which the user agent starts with.
    pub name: &'static str,
    /// The version.
    pub version: &'static str,
    /// The spans and events.
    pub trace_points: &'static TracePoints,
}

impl Service {
    /// Creates a service whose operations are not signed.
    pub const fn new(
        sdk_id: &'static str,
        api_version: &'static str,
        resolve_endpoint: fn(&EndpointSettings<'_>) -> Result<Endpoint, EndpointError>,
        client: ClientCrate,
    ) -> Self {
        Self { sdk_id, api_version, signing_name: "", error_places: ErrorPlaces::USUAL, resolve_endpoint, client }
    }

    /// Sets the signing name.
    pub const fn signed_as(mut self, name: &'static str) -> Self {
        self.signing_name = name;
        self
    }

    /// Sets the member of error responses that holds the message.
    pub const fn error_message_in(mut self, member: &'static str) -> Self {
        self.error_places.message = member;
        self
    }

    /// Sets the header of error responses that holds the code for programs.
    pub const fn error_code_in(mut self, header: &'static str) -> Self {
        self.error_places.code_header = header;
        self
    }
}

/// The spans and events of a client. Names of attributes are those of OpenTelemetry's semantic conventions.
pub struct TracePoints {
    /// The span of a call: service, operation, region.
    pub call: fn(&str, &str, Option<&str>) -> Span,
    /// The span of an attempt: the request, and the number of attempts before it.
    pub attempt: fn(&HttpRequest, u32) -> Span,
    /// The endpoint was resolved: the configuration, and the scheme, host and port of the URL.
    pub endpoint: fn(&Config, &dyn fmt::Display),
    /// A request is handed to the transport: the request, and what it was made of.
    pub request: fn(&http::Request<RequestBody>, &HttpRequest),
    /// A response arrived.
    pub response: fn(&ResponseEvent<'_>),
    /// No response arrived: the error type.
    pub no_response: fn(&str),
    /// Another attempt follows: the number of attempts made, the reason, the backoff.
    pub retry: fn(u32, RetryKind, Duration),
    /// No other attempt follows, since the retry quota is used up.
    pub out_of_quota: fn(u32, RetryKind),
}

/// A response, as its event shows it.
#[expect(missing_debug_implementations, reason = "it lives for a moment")]
pub struct ResponseEvent<'a> {
    /// The response.
    pub response: &'a HttpResponse,
    /// The size of its body in bytes, if it was read to its end.
    pub size: Option<u64>,
    /// The request id, escaped and cut.
    pub request_id: Option<&'a str>,
    /// The error type, if it is an error response.
    pub error: Option<&'a dyn fmt::Display>,
}

impl fmt::Debug for TracePoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TracePoints")
    }
}

/// Describes the crate that it is expanded in, as a [`ClientCrate`](crate::config::ClientCrate).
#[doc(hidden)]
#[macro_export]
macro_rules! client_crate {
    () => {{
        use $crate::tracing::field::{self, Empty};
        use $crate::tracing::{debug, debug_span, trace};

        const TRACE_POINTS: &$crate::config::TracePoints = &$crate::config::TracePoints {
            call: |service, operation, region| {
                debug_span!(
                    "call",
                    otel.name = %format_args!("{service}.{operation}"),
                    otel.kind = "client",
                    otel.status_code = Empty,
                    rpc.system = "aws-api",
                    rpc.service = service,
                    rpc.method = operation,
                    cloud.region = region,
                    http.response.status_code = Empty,
                    aws.request_id = Empty,
                    aws.extended_request_id = Empty,
                    error.type = Empty,
                )
            },
            attempt: |request, resend_count| {
                // Evaluated only if the span is enabled.
                let uri = || request.shown_uri();
                debug_span!(
                    "attempt",
                    http.request.method = request.method().as_str(),
                    http.request.resend_count = resend_count,
                    url.scheme = uri().and_then(|uri| uri.scheme_str()),
                    server.address = uri().and_then(|uri| uri.host()),
                    server.port = uri().and_then(|uri| uri.port_u16()),
                    http.response.status_code = Empty,
                    http.response.body.size = Empty,
                    aws.request_id = Empty,
                    aws.extended_request_id = Empty,
                    error.type = Empty,
                )
            },
            endpoint: |config, url| {
                debug!(
                    endpoint = %url,
                    cloud.region = config.region().map(AsRef::<str>::as_ref),
                    use_fips = config.use_fips(),
                    use_dual_stack = config.use_dual_stack(),
                    "endpoint resolved"
                );
            },
            request: |request, template| {
                trace!(
                    url.full = template.shown_uri().map(field::display),
                    http.request.headers = field::debug($crate::http::shown(request.headers())),
                    http.request.body.size = request.body().bytes().map(|body| body.len()),
                    "request"
                );
            },
            response: |event| {
                debug!(
                    http.response.status_code = event.response.status().as_u16(),
                    http.response.body.size = event.size,
                    aws.request_id = event.request_id,
                    error.type = event.error.map(field::display),
                    "response"
                );
                trace!(
                    http.response.headers = field::debug($crate::http::shown(event.response.headers().as_map())),
                    "response headers"
                );
            },
            no_response: |error_type| {
                debug!(
                    error.type = error_type,
                    "no response"
                );
            },
            retry: |attempts, reason, delay| {
                debug!(
                    http.request.resend_count = attempts,
                    reason = ?reason,
                    delay = ?delay,
                    "retry"
                );
            },
            out_of_quota: |attempts, reason| {
                debug!(
                    http.request.resend_count = attempts,
                    reason = ?reason,
                    "no retry: the client's quota for them is used up"
                );
            },
        };
        $crate::config::ClientCrate {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            trace_points: TRACE_POINTS,
        }
    }};
}
