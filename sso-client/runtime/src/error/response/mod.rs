//! Error responses of protocols with JSON: parsing, classification for retries, and the traits of modeled errors.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::foreign::{is_foreign, page};
use super::metadata::Ids;
use super::{BoxError, CallInfo, ErrorMetadata, ProvideErrorMetadata, write_code_and_message};
use crate::data::json::{self, BodyError, Lenient, Members, Structure};
use crate::http::HttpResponse;

/// An error shape of the model.
pub trait ModeledError: Structure {
    /// The shape's name, which is also the error code.
    const NAME: &'static str;
    /// Reads members bound to headers or the status, and a member that is the whole body.
    ///
    /// # Errors
    ///
    /// If a value is not of its member's type.
    fn read_head(&mut self, _response: &HttpResponse) -> Result<(), BoxError> {
        Ok(())
    }
    /// Sets the metadata.
    fn set_meta(&mut self, meta: ErrorMetadata);
}

/// An error with metadata, object-safe.
pub trait ErrorWithMetadata: Error + ProvideErrorMetadata + 'static {}

impl<T: Error + ProvideErrorMetadata + 'static> ErrorWithMetadata for T {}

/// An enum of modeled errors.
pub trait ErrorEnum {
    /// Returns the error of the variant.
    fn variant(&self) -> &dyn ErrorWithMetadata;
}

impl<T: ErrorEnum> ProvideErrorMetadata for T {
    fn meta(&self) -> &ErrorMetadata {
        self.variant().meta()
    }
}

/// The error enum of an operation.
pub trait OperationError: Error + ProvideErrorMetadata + Send + Sync + Sized + 'static {
    /// The variant of errors that the model does not list for the operation.
    const UNHANDLED: fn(Unhandled) -> Self;
    /// Converts an error response.
    fn from_error_response(response: ErrorResponse<'_>) -> Self;
}

/// An error that the model does not list, identified by its [`code`](ProvideErrorMetadata::code).
#[derive(Debug)]
pub struct Unhandled {
    source: Option<BoxError>,
    meta: ErrorMetadata,
}

impl Unhandled {
    /// Wraps an error.
    pub fn new(source: impl Into<BoxError>) -> Self {
        Self { source: Some(source.into()), meta: ErrorMetadata::default() }
    }

    /// Creates an error from code and message.
    pub fn from_meta(meta: ErrorMetadata) -> Self {
        Self { source: None, meta }
    }

    pub(crate) fn with_source(source: Option<BoxError>, meta: ErrorMetadata) -> Self {
        Self { source, meta }
    }
}

impl ProvideErrorMetadata for Unhandled {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

impl fmt::Display for Unhandled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.meta.code(), &self.source) {
            (Some(code), None) => write_code_and_message(f, code, self.meta.message()),
            (Some(code), Some(source)) => {
                write_code_and_message(f, code, self.meta.message())?;
                write!(f, "; {source}")
            }
            (None, Some(source)) if self.meta.call_to_show().is_some() => {
                write!(f, "an error without a code; {source}")
            }
            (None, Some(source)) => write!(f, "{source}"),
            (None, None) => write_code_and_message(f, "an error without a code", self.meta.message()),
        }
    }
}

impl Error for Unhandled {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` contains the source's own text, which in turn may describe the call.
        self.source.as_ref().and_then(|source| source.source())
    }
}

/// The header that contains the error code. It takes precedence over the body.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// Where error responses of a service have what the usual places do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorPlaces {
    /// The member that holds the message, besides the usual ones; empty if none does.
    pub message: &'static str,
    /// The header that holds the code for programs, before a semicolon, where that is not the name of the modeled
    /// error; empty if none does.
    pub code_header: &'static str,
}

impl ErrorPlaces {
    /// The usual places only.
    pub const USUAL: Self = Self { message: "", code_header: "" };
}

/// The members that error bodies have in common.
#[derive(Default)]
struct ErrorBody {
    code: Lenient,
    ty: Lenient,
    message: Lenient,
    upper_message: Lenient,
    error_message: Lenient,
    /// Of gateways.
    error: Lenient,
    /// The member of the service's own that holds the message; empty where there is none.
    service_member: &'static str,
    service_message: Lenient,
}

impl Structure for ErrorBody {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "code" => from.read(&mut self.code),
            "__type" => from.read(&mut self.ty),
            "message" => from.read(&mut self.message),
            "Message" => from.read(&mut self.upper_message),
            "errorMessage" => from.read(&mut self.error_message),
            "error" => from.read(&mut self.error),
            name if !name.is_empty() && name == self.service_member => from.read(&mut self.service_message),
            _ => from.skip(),
        }
    }
}

/// The code and message of an error response. Parsed once, for the retry loop and for the error.
#[derive(Debug)]
pub(crate) struct ParsedError {
    code: Option<String>,
    /// The code for programs, where that is another one.
    public_code: Option<String>,
    message: Option<String>,
    /// Why the body could not be parsed.
    problem: Option<Problem>,
    foreign: bool,
}

/// Why the body of an error response could not be parsed.
#[derive(Debug)]
struct Problem {
    error: BodyError,
    /// What it says to people, if it does not come from the service.
    says: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.error, &self.says) {
            (error, None) => error.fmt(f),
            (BodyError::Markup, Some(says)) => write!(f, "{} It says {says:?}", self.error),
            (_, Some(says)) => write!(f, "the body is not JSON: {says:?}"),
        }
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl ParsedError {
    /// Parses code and message, which may also be in the service's own places. A code in the header counts even if the
    /// body is invalid.
    pub(crate) fn read(response: &HttpResponse, places: &ErrorPlaces) -> Self {
        let (body, problem) = read(response, places.message);
        let code = code(response, &body);
        let is_json = match &problem {
            None => !response.body().trim_ascii().is_empty(),
            Some(BodyError::Json(error)) => !error.is_syntax(),
            // Nobody knows.
            Some(BodyError::Broken(_)) => true,
            Some(_) => false,
        };
        let foreign = code.is_none() && is_foreign(response, is_json);
        let problem = problem.map(|error| {
            let says = if foreign { page(response) } else { None };
            Problem { error, says }
        });
        let messages = [body.message, body.upper_message, body.error_message, body.service_message, body.error];
        let message = messages.into_iter().find_map(|text| text.0);
        let public_code = match places.code_header {
            "" => None,
            header => response.headers().get(header).and_then(|text| sanitized(text.split(';').next()?)),
        };
        let foreign = foreign && public_code.is_none();
        Self { code, public_code, message, problem, foreign }
    }

    #[cfg(test)]
    pub(crate) fn with_code(mut self, code: Option<&str>) -> Self {
        self.code = code.map(str::to_owned);
        self.foreign &= code.is_none();
        self
    }

    /// Returns whether the response comes from something that is not the service.
    pub(crate) fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// Returns the name of the modeled error or, where there is none, the code for programs.
    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref().or(self.public_code.as_deref())
    }

    /// Returns the code for programs, where that is another one.
    pub(crate) fn public_code(&self) -> Option<&str> {
        self.public_code.as_deref()
    }
}

/// An error response whose code is known, to be converted into a modeled error.
#[derive(Debug)]
pub struct ErrorResponse<'r> {
    response: &'r HttpResponse,
    code: Option<String>,
    meta: ErrorMetadata,
    problem: Option<Problem>,
}

impl<'r> ErrorResponse<'r> {
    /// Parses code and message. Without a call, the error is not the result of one.
    pub fn new(response: &'r HttpResponse, call: impl Into<Option<CallInfo>>) -> Self {
        Self::of(response, ParsedError::read(response, &ErrorPlaces::USUAL), call.into())
    }

    /// Uses code and message that have been parsed before.
    pub(crate) fn of(response: &'r HttpResponse, head: ParsedError, call: Option<CallInfo>) -> Self {
        let mut builder = ErrorMetadata::builder();
        if let Some(code) = head.public_code.as_ref().or(head.code.as_ref()) {
            builder = builder.code(code.as_str());
        }
        if let Some(message) = head.message {
            builder = builder.message(message);
        }
        let mut meta = builder.build();
        meta.set_ids(Ids::of(response));
        meta.set_call(call);
        Self { response, code: head.code.or(head.public_code), meta, problem: head.problem }
    }

    /// Returns the name of the modeled error; empty if there is none.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// Reads the modeled error. If the body is invalid, its members are absent: programs match on the code.
    pub fn read<T: ModeledError, E: OperationError>(self, wrap: fn(T) -> E) -> E {
        let mut fault: T = json::read_body(self.response.body()).unwrap_or_default();
        // Invalid headers are ignored, too.
        let _ = fault.read_head(self.response);
        fault.set_meta(self.meta);
        wrap(fault)
    }

    /// Creates the error for a code that the model does not list.
    pub fn unhandled<E: OperationError>(self) -> E {
        let problem = match (&self.code, self.problem) {
            (None, None) if self.response.body().trim_ascii().is_empty() => Some("the body is empty".into()),
            (_, problem) => problem.map(|problem| -> BoxError { problem.into() }),
        };
        E::UNHANDLED(Unhandled::with_source(problem, self.meta))
    }
}

fn read(response: &HttpResponse, service_member: &'static str) -> (ErrorBody, Option<BodyError>) {
    let body = || ErrorBody { service_member, ..ErrorBody::default() };
    if let Some(reason) = response.broken() {
        // The code may be in the part that was read.
        let part = json::closed(response.body()).and_then(|part| json::read_body_into(body(), &part).ok());
        return (part.unwrap_or_else(body), Some(BodyError::Broken(reason.to_owned())));
    }
    if let Some(how) = response.compression() {
        return (body(), Some(BodyError::Compressed(how)));
    }
    // A message in another encoding must not hide the code.
    let text = String::from_utf8_lossy(response.body());
    match json::read_body_into(body(), text.as_bytes()) {
        Ok(body) => (body, None),
        Err(problem) => (body(), Some(problem)),
    }
}

/// The names of members that only descriptions of errors have.
const ERROR_MEMBERS: &[&str] =
    &["__type", "code", "error", "errorMessage", "error_description", "message", "Message", "requestId", "RequestId"];

/// Whether a body has members that descriptions of errors do not have.
#[derive(Default)]
struct More(bool);

impl Structure for More {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        self.0 |= !ERROR_MEMBERS.contains(&from.name());
        from.skip()
    }
}

/// Returns whether a response is that of an error although its status is that of a success: it has the header of AWS's
/// errors, and no body with anything else.
pub(crate) fn is_error_despite_status(response: &HttpResponse) -> bool {
    header_code(response).is_some() && json::read_body_into(More::default(), response.body()).is_ok_and(|more| !more.0)
}

/// Returns the code: of the header, else `code`, else `__type`. Empty ones count as absent.
fn code(response: &HttpResponse, body: &ErrorBody) -> Option<String> {
    header_code(response)
        .or_else(|| body.code.0.as_deref().and_then(sanitized))
        .or_else(|| body.ty.0.as_deref().and_then(sanitized))
}

fn header_code(response: &HttpResponse) -> Option<String> {
    response.headers().get(ERROR_TYPE).and_then(sanitized)
}

/// Shortens `aws.example#NotFound:http://…` to `NotFound`.
fn sanitized(code: &str) -> Option<String> {
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    (!code.is_empty()).then(|| code.to_owned())
}

/// A transient failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryKind {
    /// A failure of the network or the service.
    Transient,
    /// The service limits the request rate.
    Throttling,
}

/// Codes of throttling errors.
const THROTTLING_CODES: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Codes of timeouts.
const TRANSIENT_CODES: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

/// Classifies an error response by its code, then by its status. `None` means that it is not retried.
pub fn classify(status: StatusCode, code: Option<&str>) -> Option<RetryKind> {
    match code {
        Some(code) if THROTTLING_CODES.contains(&code) => return Some(RetryKind::Throttling),
        Some(code) if TRANSIENT_CODES.contains(&code) => return Some(RetryKind::Transient),
        _ => {}
    }
    match status.as_u16() {
        500 | 502 | 503 | 504 => Some(RetryKind::Transient),
        // A proxy may throttle without AWS's codes.
        429 if code.is_none() => Some(RetryKind::Throttling),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
