//! Responses that say no: where their code and message stand.

use super::metadata::Ids;
use super::{BoxError, CallInfo, ErrorMetadata, ModeledError, OperationError, Unhandled};
use crate::data::json;
use crate::data::json::{BodyError, Lenient, Members, Structure};
use crate::http::HttpResponse;

/// The header that names the error, before the body does.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// What any error body may say.
#[derive(Default)]
struct ErrorBody {
    code: Lenient,
    ty: Lenient,
    message: Lenient,
    upper_message: Lenient,
    error_message: Lenient,
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
            name if !name.is_empty() && name == self.service_member => from.read(&mut self.service_message),
            _ => from.skip(),
        }
    }
}

/// What any error response says, whatever error it is: read once, for the retries and for the error.
#[derive(Debug)]
pub(crate) struct ParsedError {
    code: Option<String>,
    message: Option<String>,
    /// Why the body could not be read.
    problem: Option<BodyError>,
}

impl ParsedError {
    /// Finds code and message, which may also stand in `service_member`. The header's code counts even when
    /// the body cannot be read.
    pub(crate) fn read(response: &HttpResponse, service_member: &'static str) -> Self {
        let (body, problem) = read(response, service_member);
        let code = code(response, &body);
        let messages = [body.message, body.upper_message, body.error_message, body.service_message];
        let message = messages.into_iter().find_map(|text| text.0);
        Self { code, message, problem }
    }

    /// The code, if there is one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

/// An error response: its code found, its structure still to be read.
#[derive(Debug)]
pub struct ErrorResponse<'r> {
    response: &'r HttpResponse,
    code: Option<String>,
    meta: ErrorMetadata,
    problem: Option<BodyError>,
}

impl<'r> ErrorResponse<'r> {
    /// Finds code and message. Without a call it is an error that came otherwise.
    pub fn new(response: &'r HttpResponse, call: impl Into<Option<CallInfo>>) -> Self {
        Self::of(response, ParsedError::read(response, ""), call.into())
    }

    /// The same where code and message have been found before.
    pub(crate) fn of(response: &'r HttpResponse, head: ParsedError, call: Option<CallInfo>) -> Self {
        let mut builder = ErrorMetadata::builder();
        if let Some(code) = &head.code {
            builder = builder.code(code.as_str());
        }
        if let Some(message) = head.message {
            builder = builder.message(message);
        }
        let mut meta = builder.build();
        meta.set_ids(Ids::of(response));
        meta.set_call(call);
        Self { response, code: head.code, meta, problem: head.problem }
    }

    /// The code, empty when the response has none.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// Reads the error that the code stands for. A body of no use takes nothing from what the
    /// code says: programs act on that.
    pub fn read<T: ModeledError, E: OperationError>(self, wrap: fn(T) -> E) -> E {
        let mut fault: T = json::read_body(self.response.body()).unwrap_or_default();
        // Nor does a header of no use.
        let _ = fault.read_head(self.response);
        fault.set_meta(self.meta);
        wrap(fault)
    }

    /// The error when the model lists none of that code.
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
        return (body(), Some(BodyError::Broken(reason.to_owned())));
    }
    // A message in another encoding should not hide the code beside it.
    let text = String::from_utf8_lossy(response.body());
    match json::read_body_into(body(), text.as_bytes()) {
        Ok(body) => (body, None),
        Err(problem) => (body(), Some(problem)),
    }
}

/// Header, then `code`, then `__type`. An empty one says nothing.
fn code(response: &HttpResponse, body: &ErrorBody) -> Option<String> {
    header_code(response)
        .or_else(|| body.code.0.as_deref().and_then(sanitized))
        .or_else(|| body.ty.0.as_deref().and_then(sanitized))
}

fn header_code(response: &HttpResponse) -> Option<String> {
    response.headers().get(ERROR_TYPE).and_then(sanitized)
}

/// Cuts `aws.example#NotFound:http://…` down to `NotFound`.
fn sanitized(code: &str) -> Option<String> {
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    (!code.is_empty()).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    fn response(header: Option<&'static str>, body: &'static str) -> HttpResponse {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(ERROR_TYPE, HeaderValue::from_static(header));
        }
        HttpResponse::new(StatusCode::BAD_REQUEST, headers, body)
    }

    #[test]
    fn messages() {
        for (member, body, message) in [
            ("", r#"{"message":"m","error_description":"d"}"#, Some("m")),
            ("error_description", r#"{"error_description":"d","message":"m"}"#, Some("m")),
            ("error_description", r#"{"error":"e","error_description":"d"}"#, Some("d")),
            ("error_description", r#"{"error_description":null}"#, None),
            ("", r#"{"error_description":"d"}"#, None),
            ("", r#"{"":"d"}"#, None),
        ] {
            let parsed = ParsedError::read(&response(None, body), member);
            assert_eq!(parsed.message.as_deref(), message, "{member} {body}");
        }
    }

    #[test]
    fn codes() {
        for (header, body, code) in [
            (Some("A"), r#"{"code":"B","__type":"C"}"#, Some("A")),
            (None, r#"{"__type":"C","code":"B"}"#, Some("B")),
            (None, r#"{"__type":"C"}"#, Some("C")),
            (None, r#"{"code":42,"__type":"C"}"#, Some("C")),
            (Some(""), r#"{"__type":"C"}"#, Some("C")),
            (Some("A:http://x/y#z"), "", Some("A")),
            (Some("a.b#A"), "", Some("A")),
            (Some("aws.x#A:http://x/y#z"), "", Some("A")),
            (Some("A"), "<html>", Some("A")),
            (Some("A"), "{\"cut", Some("A")),
            (None, "[1]", None),
            (None, "", None),
            (None, "{}", None),
            (None, "\n", None),
        ] {
            assert_eq!(ParsedError::read(&response(header, body), "").code(), code, "{header:?} {body}");
        }
    }
}
