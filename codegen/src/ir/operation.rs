//! Operations: requests, responses, pages, waiters.

use proc_macro2::Ident;

use super::{Deprecated, Element, Member, Query, Type};

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `ListAccounts`, as Smithy and the wire know it; `types` holds what Rust calls things.
    pub wire_name: String,
    /// Its id in the model.
    pub id: String,
    /// The id of its input; its own where it has none.
    pub input_id: String,
    /// The id of its output; its own where it has none.
    pub output_id: String,
    /// `list_accounts`: the client's method and the operation's module.
    pub method: Ident,
    /// The types that belong to the operation.
    pub types: OperationTypes,
    /// Markdown.
    pub docs: String,
    /// Whether it should no longer be used.
    pub deprecated: Option<Deprecated>,
    /// `GET`, `POST` …
    pub http_method: String,
    /// What stands in front of the endpoint's host.
    pub host_prefix: Vec<PathPart>,
    /// The path, cut at its labels.
    pub path: Vec<PathPart>,
    /// A query string that the URI pattern itself carries, without `?`.
    pub literal_query: Option<String>,
    /// The input's members: labels in path order first, the rest in model order.
    pub input: Vec<Member>,
    /// The output's members, in model order.
    pub output: Vec<Member>,
    /// The errors that the operation can give, in model order.
    pub errors: Vec<OperationErrorKind>,
    /// How to walk its pages.
    pub pagination: Option<Pagination>,
    /// How its requests say who sends them.
    pub auth: Auth,
    /// What is done to a request when all of it is there, in order.
    pub steps: Vec<Step>,
    /// Input members that have a value where the caller gives none.
    pub input_defaults: Vec<(Ident, String)>,
    /// Endpoint parameters that the operation or its input decides.
    pub endpoint_params: Vec<EndpointParam>,
    /// What can be waited for with it.
    pub waiters: Vec<Waiter>,
    /// Whether anything sensitive may be in its output. What comes piece by piece counts as that.
    pub secret_output: bool,
}

impl Operation {
    /// The output member that is a stream, if one is.
    pub fn output_stream(&self) -> Option<&Member> {
        self.output.iter().find(|member| matches!(member.ty, Type::ByteStream | Type::EventStream(_)))
    }
}

/// An error that an operation can give.
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
    /// Whether trying again may help: it is transient, or `true`, throttling.
    pub retryable: Option<bool>,
}

/// How requests say who sends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    None,
    /// By a token.
    Bearer,
    /// By a signature.
    SigV4 {
        /// Whether the body stays out of it.
        unsigned_payload: bool,
        /// Whether each event of the body has one of its own.
        events: bool,
    },
}

/// What is done to a request when all of it is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A header whose value is always the same.
    Header(String, String),
    /// The body is compressed.
    Gzip,
    /// Its checksum goes into a header.
    ContentMd5,
    /// Its hashes in the way of Amazon S3 Glacier go into headers.
    GlacierTreeHash,
}

/// An endpoint parameter that an operation or its input decides.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointParam {
    /// Its field.
    pub name: Ident,
    /// Whether the field is an `Option`.
    pub optional: bool,
    /// Its value.
    pub argument: EndpointArgument,
}

/// The value that an operation gives an endpoint parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointArgument {
    /// Text that is always the same.
    Text(String),
    /// `false` or `true`, always.
    Boolean(bool),
    /// Texts that are always the same.
    Texts(Vec<String>),
    /// A text or boolean that an expression finds in `input`.
    Value(Query),
    /// Texts that an expression finds in `input`, in a vector, and the variable that holds it.
    List(Query, Ident),
}

/// A condition to wait for.
#[derive(Clone, Debug)]
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
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// The shortest wait between two looks, in seconds.
    pub min_delay: u32,
    /// The longest, in seconds.
    pub max_delay: u32,
    /// Tried in order; the first that matches says how to go on.
    pub acceptors: Vec<Acceptor>,
}

/// What a look at the state means.
#[derive(Clone, Debug)]
pub struct Acceptor {
    /// How to go on when it matches.
    pub state: AcceptorState,
    /// When it does.
    pub matcher: Matcher,
}

/// How to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptorState {
    /// It has come true.
    Success,
    /// It will never come true.
    Failure,
    /// Not yet.
    Retry,
}

/// When an acceptor matches.
#[derive(Clone, Debug)]
pub enum Matcher {
    /// The call succeeded, or did not.
    Success(bool),
    /// The call ended with an error of this code.
    ErrorType(String),
    /// The call succeeded, and something is true of `output` and perhaps `input`.
    Output(Query),
}

/// The Rust names of an operation's types.
#[derive(Clone, Debug)]
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
    /// Sent as it is.
    Literal(String),
    /// The value of an input member, by its index in [`Operation::input`].
    Label(usize),
}

/// How an operation's pages follow each other.
#[derive(Clone, Debug)]
pub struct Pagination {
    /// The input member that takes the token.
    pub input_token: Ident,
    /// The way to the next one in the output.
    pub output_token: Vec<PathStep>,
    /// The way to the items in the output, with their type.
    pub items: Option<(Vec<PathStep>, PagedItems)>,
    /// The input member that takes the page size, and its type.
    pub page_size: Option<(Ident, Type)>,
}

/// A member on the way to another.
#[derive(Clone, Debug)]
pub struct PathStep {
    /// Its field.
    pub name: Ident,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether it lies on the heap.
    pub boxed: bool,
}

/// What pages hold.
#[derive(Clone, Debug)]
pub enum PagedItems {
    /// A list of these.
    List(Element),
    /// A map of these.
    Map(Type, Element),
}
