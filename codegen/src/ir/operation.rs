//! Operations: requests, responses, pagination, waiters.

use proc_macro2::Ident;

use super::{Deprecated, Element, Member, Query, Type};

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// `ListAccounts`, its name in Smithy and on the wire; `types` holds Rust names.
    pub wire_name: String,
    /// Its shape id.
    pub id: String,
    /// The shape id of its input, or its own without one.
    pub input_id: String,
    /// The shape id of its output, or its own without one.
    pub output_id: String,
    /// `list_accounts`: the client's method and the operation's module.
    pub method: Ident,
    /// The types that belong to the operation.
    pub types: OperationTypes,
    /// Markdown.
    pub docs: String,
    /// Its deprecation.
    pub deprecated: Option<Deprecated>,
    /// `GET`, `POST` …
    pub http_method: String,
    /// The host prefix.
    pub host_prefix: Vec<PathPart>,
    /// The path, split at its labels.
    pub path: Vec<PathPart>,
    /// The query string of the URI pattern, without `?`.
    pub literal_query: Option<String>,
    /// Headers of all requests, in lower case.
    pub headers: Vec<(String, String)>,
    /// The media type of the JSON object that members of the input form; `None` if there is none.
    pub json_body: Option<&'static str>,
    /// Whether members of the output travel in a message before its events.
    pub initial_response: bool,
    /// The input member that holds the endpoint.
    pub endpoint_member: Option<Ident>,
    /// The input's members: labels in path order first, the others in model order.
    pub input: Vec<Member>,
    /// The output's members, in model order.
    pub output: Vec<Member>,
    /// The modeled errors, in model order.
    pub errors: Vec<OperationErrorKind>,
    /// Its pagination.
    pub pagination: Option<Pagination>,
    /// Its authentication.
    pub auth: Auth,
    /// Whether requests are sent without authentication if there are no credentials.
    pub optional_auth: bool,
    /// Changes of the complete request, in order.
    pub steps: Vec<Step>,
    /// Input members that have a value if the caller sets none.
    pub input_defaults: Vec<(Ident, String)>,
    /// Endpoint parameters that the operation or its input binds.
    pub endpoint_params: Vec<EndpointParam>,
    /// Its waiters.
    pub waiters: Vec<Waiter>,
    /// Whether the output may hold anything sensitive; streams always count.
    pub secret_output: bool,
}

impl Operation {
    /// Returns the streaming member of the output.
    pub fn output_stream(&self) -> Option<&Member> {
        self.output.iter().find(|member| matches!(member.ty, Type::ByteStream | Type::EventStream(_)))
    }
}

/// A modeled error of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationErrorKind {
    /// Its Rust name.
    pub name: Ident,
    /// `is_…` of the operation's error.
    pub predicate: Ident,
    /// Its name on the wire.
    pub wire_name: String,
    /// Markdown.
    pub docs: String,
    /// Whether it is retryable, and if so, whether it is throttling.
    pub retryable: Option<bool>,
}

/// The authentication of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// None.
    None,
    /// A bearer token.
    Bearer,
    /// An AWS Signature Version 4.
    SigV4 {
        /// Whether the payload is unsigned.
        unsigned_payload: bool,
        /// Whether each event of the body is signed.
        events: bool,
    },
}

/// A change of the complete request.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Adds a constant header.
    Header(String, String),
    /// Compresses the body.
    Gzip,
    /// Adds the checksum of the body as a header.
    ContentMd5,
    /// Adds the tree hashes of Amazon S3 Glacier as headers.
    GlacierTreeHash,
}

/// An endpoint parameter that an operation binds.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointParam {
    /// Its field.
    pub name: Ident,
    /// Whether the field is an `Option`.
    pub optional: bool,
    /// Its value.
    pub argument: EndpointArgument,
}

/// The value that an operation binds to an endpoint parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointArgument {
    /// A constant string.
    Text(String),
    /// A constant boolean.
    Boolean(bool),
    /// A constant list of strings.
    Texts(Vec<String>),
    /// A string or boolean that an expression finds in `input`.
    Value(Query),
    /// Strings that an expression finds in `input`, as a vector, and the variable that holds it.
    List(Query, Ident),
}

/// A waiter.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiter {
    /// `wait_until_cluster_active`
    pub method: Ident,
    /// `cluster_active`: its module.
    pub module: Ident,
    /// `ClusterActiveFluentBuilder`
    pub fluent_builder: Ident,
    /// `ClusterActiveFinalPoll`
    pub final_poll: Ident,
    /// `WaitUntilClusterActiveError`
    pub error: Ident,
    /// Its name in the model.
    pub wire_name: String,
    /// Markdown.
    pub docs: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The minimum delay between two calls, in seconds.
    pub min_delay: u32,
    /// The maximum delay, in seconds.
    pub max_delay: u32,
    /// Evaluated in order; the first that matches decides.
    pub acceptors: Vec<Acceptor>,
}

/// An acceptor of a waiter.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptor {
    /// The state if it matches.
    pub state: AcceptorState,
    /// The condition.
    pub matcher: Matcher,
}

/// The state of a waiter after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptorState {
    /// The condition is met.
    Success,
    /// The condition can no longer be met.
    Failure,
    /// Not met yet.
    Retry,
}

/// The condition of an acceptor.
#[derive(Clone, Debug, PartialEq)]
pub enum Matcher {
    /// The call succeeded, or did not.
    Success(bool),
    /// The call failed with this error code.
    ErrorType(String),
    /// The call succeeded, and an expression over `output` and perhaps `input` is true.
    Output(Query),
}

/// The Rust names of an operation's types.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationTypes {
    /// `ListAccounts`
    pub operation: Ident,
    /// `ListAccountsInput`
    pub input: Ident,
    /// `ListAccountsInputBuilder`
    pub input_builder: Ident,
    /// `ListAccountsFluentBuilder`
    pub fluent_builder: Ident,
    /// `ListAccountsOutput`
    pub output: Ident,
    /// `ListAccountsOutputBuilder`
    pub output_builder: Ident,
    /// `ListAccountsError`
    pub error: Ident,
    /// `ListAccountsPaginator`
    pub paginator: Ident,
    /// `ListAccountsPaginatorItems`
    pub paginator_items: Ident,
}

/// A piece of a request path.
#[derive(Clone, Debug, PartialEq)]
pub enum PathPart {
    /// Literal text.
    Literal(String),
    /// The value of an input member, by its index in [`Operation::input`].
    Label(usize),
}

/// The pagination of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Pagination {
    /// The input member that takes the token.
    pub input_token: Ident,
    /// The path to the next token in the output.
    pub output_token: Vec<PathStep>,
    /// The path to the items in the output, with their type.
    pub items: Option<(Vec<PathStep>, PagedItems)>,
    /// The input member that takes the page size, and its type.
    pub page_size: Option<(Ident, Type)>,
}

/// A member on a path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    /// Its field.
    pub name: Ident,
    /// Whether it is optional.
    pub optional: bool,
    /// Whether it is boxed.
    pub boxed: bool,
}

/// The items of pages.
#[derive(Clone, Debug, PartialEq)]
pub enum PagedItems {
    /// A list of these.
    List(Element),
    /// A map of these.
    Map(Type, Element),
}
