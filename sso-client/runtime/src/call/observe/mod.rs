//! What can be seen of calls from outside: spans and events of `tracing`, and a hook for metrics.
//!
//! | module | what it does |
//! | --- | --- |
//! | `trace` | a span for a call, one for each attempt, and what happens in them |
//! | `report` | what an attempt took and brought, for whoever counts |
//!
//! Names of attributes are those of OpenTelemetry's conventions for RPC, HTTP and AWS SDKs. Spans
//! and the events of a usual day are at level `DEBUG`; headers and URLs are at `TRACE`. Nothing is
//! above `DEBUG`: what goes wrong is in the error that the call ends with, and whether that is
//! worth a warning is for the program to say.
//!
//! What must stay true: no body, no member of an input or output that the model marks sensitive,
//! and no header's value but those that every service sends, is in a span, an event or a report, at
//! any level. Without a subscriber and a hook, a call pays for a few comparisons.

mod attempt_timer;
pub(crate) mod trace;

pub(crate) use attempt_timer::{AttemptTimer, CallContext, ResponseSummary};
