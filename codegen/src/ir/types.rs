//! Data types: structures, unions, enums, streams of events, and their members.

use proc_macro2::Ident;

use super::{Deprecated, Direction};

/// A structure.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Its id in the model.
    pub id: String,
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
    /// Whether its message, wherever it stands, may be sensitive.
    pub hides_message: bool,
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
    /// Whether it is sent and holds secrets, which are overwritten then.
    pub wiped: bool,
    /// How points in time are written in it, where its place has another way.
    pub format: Option<TimestampFormat>,
    /// Whether the caller may leave it to the client to make a value that makes retries safe.
    pub idempotency_token: bool,
    /// Whether it is text of a media type, which headers carry encoded.
    pub media_type: bool,
    /// The smallest and the largest number that the model allows.
    pub range: (Option<i64>, Option<i64>),
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
    /// Its id in the model.
    pub id: String,
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
    /// Its id in the model.
    pub id: String,
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
    /// The variants of the enum of its errors, each with its `is_…`: what exceptions are, each once.
    pub errors: Vec<(Ident, Ident)>,
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
    /// `is_…` and `as_…`, with the variant's name in snake case.
    pub accessors: (Ident, Ident),
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
    /// Its id in the model.
    pub id: String,
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
    /// Whether headers of events hold them, as their numbers.
    pub in_event_headers: bool,
    /// Known values, in model order.
    pub variants: Vec<Variant>,
    /// Which way it travels.
    pub direction: Direction,
}

/// A known value of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name in the model.
    pub member: String,
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
