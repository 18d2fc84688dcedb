//! The Rust to be written: names chosen, types resolved, every wire fact in its place.
//!
//! Emitters see this and nothing else; [`crate::lower`] alone builds it from a model.

use proc_macro2::Ident;

use crate::endpoint::ir::{EndpointTest, Partition, RuleSet};

/// A service and everything to be generated for it.
#[derive(Clone, Debug)]
pub struct Service {
    /// The id under which SDKs know it, such as `SSO`.
    pub sdk_id: String,
    /// What people call it, such as `AWS Single Sign-On`.
    pub title: String,
    /// The API version, such as `2019-06-10`.
    pub version: String,
    /// Markdown.
    pub docs: String,
    /// The name that signatures are made for, where any operation is signed.
    pub signing_name: Option<String>,
    /// In order of their names.
    pub operations: Vec<Operation>,
    /// Structures other than inputs, outputs and errors, in order of their names.
    pub structures: Vec<Structure>,
    /// Error structures, in order of their names.
    pub errors: Vec<Structure>,
    /// Unions, in order of their names.
    pub unions: Vec<Union>,
    /// Enums, in order of their names.
    pub enums: Vec<Enum>,
    /// Unions of events, in order of their names.
    pub event_streams: Vec<EventStream>,
    /// How the endpoint is found.
    pub endpoint: RuleSet,
    /// What the model says about endpoints that can be checked.
    pub endpoint_tests: Vec<EndpointTest>,
    /// The partitions that the rules look regions up in.
    pub partitions: Vec<Partition>,
    /// What is not generated, and why, a line each.
    pub left_out: Vec<String>,
    /// What the model says about requests, responses and events that can be checked.
    pub protocol_tests: ProtocolTests,
}

impl Service {
    /// Whether anything in it is deprecated, so that generated code may use what is.
    pub fn has_deprecated(&self) -> bool {
        let members = |members: &[Member]| members.iter().any(|member| member.deprecated.is_some());
        let structure = |found: &Structure| found.deprecated.is_some() || members(&found.members);
        self.operations.iter().any(|found| {
            let waiters = found.waiters.iter().any(|waiter| waiter.deprecated);
            found.deprecated.is_some() || members(&found.input) || members(&found.output) || waiters
        }) || self.structures.iter().chain(&self.errors).any(structure)
            || self.unions.iter().any(|found| {
                found.deprecated.is_some() || found.variants.iter().any(|variant| variant.member.deprecated.is_some())
            })
            || self
                .enums
                .iter()
                .any(|found| found.deprecated.is_some() || found.variants.iter().any(|one| one.deprecated.is_some()))
    }
}

/// What the model says of something that should no longer be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deprecated {
    /// Why, or what to use instead.
    pub note: Option<String>,
    /// Since when.
    pub since: Option<String>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `ListAccounts`, as Smithy and the wire know it; `types` holds what Rust calls things.
    pub wire_name: String,
    /// Its id in the model.
    pub id: String,
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
    /// Its name on the wire.
    pub wire_name: String,
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
    /// Texts that an expression finds in `input`, in a vector.
    List(Query),
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

/// An expression of JMESPath, compiled.
#[derive(Clone, Debug)]
pub struct Query {
    /// The Rust expression, over the variables `input` and `output`.
    pub tokens: proc_macro2::TokenStream,
    /// Whether it is an `Option`.
    pub optional: bool,
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.optional == other.optional && self.tokens.to_string() == other.tokens.to_string()
    }
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

/// A structure.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Its name in the model and on the wire.
    pub wire_name: String,
    /// Its Rust name.
    pub name: Ident,
    /// The Rust name of its builder.
    pub builder: Ident,
    /// Markdown.
    pub docs: String,
    /// Whether it should no longer be used.
    pub deprecated: Option<Deprecated>,
    /// In model order.
    pub members: Vec<Member>,
    /// Which way it travels.
    pub direction: Direction,
    /// Whether it travels as an event of its own.
    pub event: bool,
    /// Whether it is an error.
    pub error: bool,
}

/// Which way a type travels, which decides whether it is read, written, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// To the service.
    pub sent: bool,
    /// From it.
    pub received: bool,
}

/// A member of a structure, an input or an output.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the model.
    pub wire_name: String,
    /// The field.
    pub name: Ident,
    /// `set_…` of the builders.
    pub setter: Ident,
    /// `get_…` of the builders.
    pub getter: Ident,
    /// Markdown; a stopgap where the model says nothing.
    pub docs: String,
    /// Whether it should no longer be used.
    pub deprecated: Option<Deprecated>,
    /// What it holds.
    pub ty: Type,
    /// Whether it lies on the heap, since it leads back to where it is.
    pub boxed: bool,
    /// Whether the model asks for a value.
    pub required: bool,
    /// Whether the field is an `Option`, and what stands in for a value where it is none.
    pub presence: Presence,
    /// Whether the value must never be printed.
    pub sensitive: bool,
    /// How points in time are written in it, where its place has another way.
    pub format: Option<TimestampFormat>,
    /// Whether the caller may leave it to the client to make a value that makes retries safe.
    pub idempotency_token: bool,
    /// Whether it is text of a media type, which headers carry encoded.
    pub media_type: bool,
    /// Whether it is a stream whose length the service wants to know before it comes.
    pub requires_length: bool,
    /// Where it travels.
    pub binding: Binding,
}

impl Member {
    /// Whether its field is an `Option`.
    pub fn is_optional(&self) -> bool {
        self.presence == Presence::Optional
    }
}

/// Whether there is always a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// There may be none.
    Optional,
    /// A builder insists on one; where a response has none, the zero of its type stands in.
    Required,
    /// Where there is none, this stands in.
    Default(Default),
}

/// How a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// As in RFC 3339.
    DateTime,
    /// As in HTTP.
    HttpDate,
    /// As seconds since 1970.
    EpochSeconds,
}

/// Where a member travels, with its name there.
#[derive(Clone, Debug, PartialEq)]
pub enum Binding {
    /// In the request path; greedy labels keep their slashes.
    Label {
        /// Whether `/` is sent as it is.
        greedy: bool,
    },
    /// In the query string, under this name.
    Query(String),
    /// In the query string, under the keys that it holds.
    QueryMap,
    /// In a header, under this name.
    Header(String),
    /// In headers, under the keys that it holds behind this prefix.
    HeaderMap(String),
    /// It is the status of the response.
    StatusCode,
    /// In the JSON body, under this name.
    Json(String),
    /// It is the body.
    Payload(Payload),
    /// Nowhere: the traits that bind it count for the other way only, and the body is another member.
    Nowhere,
    /// In a header of an event, under this name.
    EventHeader(String),
    /// It is the body of an event.
    EventPayload(Payload),
}

/// A member that is a body of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// How it is written.
    pub kind: PayloadKind,
    /// What the request says that it is.
    pub content_type: String,
}

/// How a body of its own is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadKind {
    /// As text.
    Text,
    /// As bytes.
    Bytes,
    /// As JSON.
    Json,
    /// As it comes.
    Stream,
    /// As events.
    Events,
}

/// What a member holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `String`
    String,
    /// `bool`
    Boolean,
    /// `i8`
    Byte,
    /// `i16`
    Short,
    /// `i32`
    Integer,
    /// `i64`
    Long,
    /// `f32`
    Float,
    /// `f64`
    Double,
    /// `BigInteger`
    BigInteger,
    /// `BigDecimal`
    BigDecimal,
    /// `Blob`
    Blob,
    /// `DateTime`
    Timestamp,
    /// `Document`
    Document,
    /// `Vec<…>`
    List(Box<Element>),
    /// `HashMap<…, …>`
    Map(Box<Type>, Box<Element>),
    /// A generated structure.
    Structure(Ident),
    /// A generated structure that is an error, as data.
    Error(Ident),
    /// A generated union.
    Union(Ident),
    /// A generated enum of strings.
    Enum(Ident),
    /// A generated enum of integers.
    IntEnum(Ident),
    /// Nothing: a union's variant that is all that there is to say.
    Unit,
    /// A stream of bytes.
    ByteStream,
    /// A stream of events that comes, by its union.
    EventStream(Ident),
    /// A stream of events that goes, by its union.
    EventSender(Ident),
}

/// What a list or map holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
}

/// A default value.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// `false`, `true`
    Boolean(bool),
    /// Any whole number, a timestamp's seconds and the value of an enum of integers included.
    Integer(i64),
    /// A number with a fraction, or a timestamp's seconds with theirs.
    Float(f64),
    /// A string, the value of an enum, or a number of any length.
    String(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A document.
    Document(serde_json::Value),
    /// The zero of the type: empty, false, 0.
    Zero,
}

impl Default {
    /// Whether it is what Rust's own `Default` gives for the type.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Boolean(value) => !value,
            Self::Integer(value) => *value == 0,
            Self::Float(value) => *value == 0.0,
            Self::String(value) => value.is_empty(),
            Self::Blob(value) => value.is_empty(),
            Self::Document(value) => value.is_null(),
            Self::Zero => true,
        }
    }
}

/// A union: one of several.
#[derive(Clone, Debug)]
pub struct Union {
    /// Its name in the model.
    pub wire_name: String,
    /// Its Rust name.
    pub name: Ident,
    /// Markdown.
    pub docs: String,
    /// Whether it should no longer be used.
    pub deprecated: Option<Deprecated>,
    /// Whether its values must never be printed.
    pub sensitive: bool,
    /// In model order.
    pub variants: Vec<UnionVariant>,
    /// Which way it travels.
    pub direction: Direction,
}

/// A variant of a union.
#[derive(Clone, Debug)]
pub struct UnionVariant {
    /// Its Rust name.
    pub name: Ident,
    /// `as_…` and `is_…`, with the variant's name in snake case.
    pub accessors: (Ident, Ident),
    /// The member that it is: type, wire name, documentation.
    pub member: Member,
}

/// A union of events that follow each other.
#[derive(Clone, Debug)]
pub struct EventStream {
    /// Its name in the model.
    pub wire_name: String,
    /// The Rust name of the union.
    pub name: Ident,
    /// The Rust name of the enum of its errors.
    pub error: Ident,
    /// Markdown.
    pub docs: String,
    /// Its events.
    pub events: Vec<Event>,
    /// The errors that may end it.
    pub exceptions: Vec<Exception>,
    /// Which way it travels.
    pub direction: Direction,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name on the wire.
    pub wire_name: String,
    /// The Rust name of the variant.
    pub name: Ident,
    /// Its structure.
    pub structure: Ident,
    /// Markdown.
    pub docs: String,
}

/// An error that may end a stream of events.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its name on the wire.
    pub wire_name: String,
    /// The Rust name of its variant in the union, where it can be sent.
    pub name: Ident,
    /// Its structure.
    pub error: Ident,
}

/// An enum of strings or integers.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name in the model.
    pub wire_name: String,
    /// Its Rust name.
    pub name: Ident,
    /// Markdown.
    pub docs: String,
    /// Whether it should no longer be used.
    pub deprecated: Option<Deprecated>,
    /// Whether its values must never be printed.
    pub sensitive: bool,
    /// Whether its values are integers.
    pub integers: bool,
    /// Known values, in model order.
    pub variants: Vec<Variant>,
    /// Which way it travels.
    pub direction: Direction,
}

/// A known value of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its Rust name.
    pub name: Ident,
    /// What stands for it on the wire.
    pub value: VariantValue,
    /// Markdown.
    pub docs: String,
    /// Whether it should no longer be used.
    pub deprecated: Option<Deprecated>,
}

/// What stands for a value of an enum on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VariantValue {
    /// Text.
    Text(String),
    /// A number.
    Number(i32),
}

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
    /// Its name.
    pub id: String,
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
    /// Its name.
    pub id: String,
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
    /// Its name.
    pub id: String,
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
