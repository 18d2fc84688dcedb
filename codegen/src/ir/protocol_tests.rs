//! The protocol tests of a model that concern clients.

use proc_macro2::Ident;

/// The protocol tests of a model that concern clients.
#[derive(Clone, Debug, Default)]
pub struct ProtocolTests {
    /// What requests look like.
    pub requests: Vec<RequestTest>,
    /// What is read from responses.
    pub responses: Vec<ResponseTest>,
    /// What streams of events look like.
    pub events: Vec<EventTest>,
}

impl ProtocolTests {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.responses.is_empty() && self.events.is_empty()
    }
}

/// What the request of an operation looks like.
#[derive(Clone, Debug)]
pub struct RequestTest {
    /// Its name, as that of a function.
    pub name: Ident,
    /// The operation, by its id.
    pub operation: String,
    /// The input, as JSON by the names of the model.
    pub params: serde_json::Value,
    /// The endpoint's host, and a path behind it.
    pub host: Option<String>,
    /// What is compared.
    pub expected: ExpectedRequest,
}

/// What of a request is compared.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExpectedRequest {
    /// The method.
    pub method: String,
    /// The escaped path.
    pub uri: String,
    /// The host, with all that the operation puts in front of it.
    pub resolved_host: Option<String>,
    /// Pairs that the query has to hold.
    pub query_params: Vec<String>,
    /// Keys that it must not hold.
    pub forbid_query_params: Vec<String>,
    /// Keys that it has to hold.
    pub require_query_params: Vec<String>,
    /// Headers with their values.
    pub headers: indexmap::IndexMap<String, String>,
    /// Headers that must not be there.
    pub forbid_headers: Vec<String>,
    /// Headers that have to be there.
    pub require_headers: Vec<String>,
    /// The body.
    pub body: Option<String>,
    /// By which rules bodies are the same.
    pub body_media_type: Option<String>,
}

/// A response of a service.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GivenResponse {
    /// Its status.
    pub code: u16,
    /// Its headers.
    pub headers: indexmap::IndexMap<String, String>,
    /// Its body.
    pub body: String,
    /// What the body is; some are written in base64.
    pub body_media_type: Option<String>,
}

/// What is read from a response.
#[derive(Clone, Debug)]
pub struct ResponseTest {
    /// Its name, as that of a function.
    pub name: Ident,
    /// The operation, by its id.
    pub operation: String,
    /// The error that it is, by its Rust name, unless it is an output.
    pub error: Option<Ident>,
    /// The response.
    pub response: GivenResponse,
    /// The output or error, as JSON by the names of the model.
    pub params: serde_json::Value,
}

/// What a stream of events looks like.
#[derive(Clone, Debug)]
pub struct EventTest {
    /// Its name, as that of a function.
    pub name: Ident,
    /// The operation, by its id.
    pub operation: String,
    /// The input apart from the stream.
    pub input: serde_json::Value,
    /// What the request looks like apart from the stream.
    pub request: Option<ExpectedRequest>,
    /// The response apart from the stream.
    pub response: Option<GivenResponse>,
    /// The output apart from the stream.
    pub output: Option<serde_json::Value>,
    /// The events that are sent: what is given, and the frame that it makes.
    pub sent: Vec<(serde_json::Value, Vec<u8>)>,
    /// The events that are received: the frame, and what it stands for, unless it has to be refused.
    pub received: Vec<(Vec<u8>, serde_json::Value)>,
    /// Whether the call, or the last event, has to fail.
    pub fails: bool,
}
