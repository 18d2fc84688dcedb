//! The protocol tests of a model that concern clients.

use proc_macro2::Ident;

/// The protocol tests of a model that concern clients.
#[derive(Clone, Debug, Default)]
pub struct ProtocolTests {
    /// Tests of requests.
    pub requests: Vec<RequestTest>,
    /// Tests of responses.
    pub responses: Vec<ResponseTest>,
    /// Tests of event streams.
    pub events: Vec<EventTest>,
}

impl ProtocolTests {
    /// Returns `true` if there are none.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.responses.is_empty() && self.events.is_empty()
    }
}

/// A test of an operation's request.
#[derive(Clone, Debug)]
pub struct RequestTest {
    /// The name of the test function.
    pub name: Ident,
    /// The shape id of the operation.
    pub operation: String,
    /// The input, as JSON by the model's names.
    pub params: serde_json::Value,
    /// The endpoint's host, and a path.
    pub host: Option<String>,
    /// The expected request.
    pub expected: ExpectedRequest,
}

/// The parts of a request that are compared.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExpectedRequest {
    /// The method.
    pub method: String,
    /// The escaped path.
    pub uri: String,
    /// The host, with the operation's prefix.
    pub resolved_host: Option<String>,
    /// Required pairs of the query.
    pub query_params: Vec<String>,
    /// Forbidden keys of the query.
    pub forbid_query_params: Vec<String>,
    /// Required keys of the query.
    pub require_query_params: Vec<String>,
    /// Headers with their values.
    pub headers: indexmap::IndexMap<String, String>,
    /// Forbidden headers.
    pub forbid_headers: Vec<String>,
    /// Required headers.
    pub require_headers: Vec<String>,
    /// The body.
    pub body: Option<String>,
    /// The media type, which decides how bodies are compared.
    pub body_media_type: Option<String>,
}

/// The response of a test.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GivenResponse {
    /// Its status.
    pub code: u16,
    /// Its headers.
    pub headers: indexmap::IndexMap<String, String>,
    /// Its body.
    pub body: String,
    /// The media type of the body; binary ones are written in base64.
    pub body_media_type: Option<String>,
}

/// A test of parsing a response.
#[derive(Clone, Debug)]
pub struct ResponseTest {
    /// The name of the test function.
    pub name: Ident,
    /// The shape id of the operation.
    pub operation: String,
    /// The Rust name of the error, unless the response is a success.
    pub error: Option<Ident>,
    /// The response.
    pub response: GivenResponse,
    /// The output or error, as JSON by the model's names.
    pub params: serde_json::Value,
}

/// A test of an event stream.
#[derive(Clone, Debug)]
pub struct EventTest {
    /// The name of the test function.
    pub name: Ident,
    /// The shape id of the operation.
    pub operation: String,
    /// The input without the stream.
    pub input: serde_json::Value,
    /// The request without the stream.
    pub request: Option<ExpectedRequest>,
    /// The response without the stream.
    pub response: Option<GivenResponse>,
    /// The output without the stream.
    pub output: Option<serde_json::Value>,
    /// The events sent: the value, and its expected frame. Without a value, the message is that of the members beside the
    /// events.
    pub sent: Vec<(serde_json::Value, Vec<u8>)>,
    /// The events received: the frame, and its expected value, unless parsing fails or it is the message of the members
    /// beside the events.
    pub received: Vec<(Vec<u8>, serde_json::Value)>,
    /// Whether the call, or the last event, fails.
    pub fails: bool,
}
