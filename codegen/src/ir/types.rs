//! Data types: structures, unions, enums, event streams, and their members.

use proc_macro2::Ident;

use super::{Deprecated, Direction};

/// A structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// Its shape id.
    pub id: String,
    /// Its name in the model and on the wire.
    pub wire_name: String,
    /// Its Rust name.
    pub name: Ident,
    /// The Rust name of its builder.
    pub builder: Ident,
    /// Markdown.
    pub docs: String,
    /// Its deprecation.
    pub deprecated: Option<Deprecated>,
    /// In model order.
    pub members: Vec<Member>,
    /// The directions that it travels in.
    pub direction: Direction,
    /// Whether it is an event.
    pub event: bool,
    /// Whether it is an error.
    pub error: bool,
    /// Whether its message may be sensitive.
    pub hides_message: bool,
}

/// A member of a structure, an input or an output.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name in the model.
    pub wire_name: String,
    /// The field.
    pub name: Ident,
    /// `set_…` of the builders.
    pub setter: Ident,
    /// `get_…` of the builders.
    pub getter: Ident,
    /// Markdown.
    pub docs: String,
    /// Its deprecation.
    pub deprecated: Option<Deprecated>,
    /// Its type.
    pub ty: Type,
    /// Whether it is boxed, since the type is recursive.
    pub boxed: bool,
    /// Whether it is required in the model.
    pub required: bool,
    /// Whether the field is an `Option`, and its default if not.
    pub presence: Presence,
    /// Whether the value must never be printed.
    pub sensitive: bool,
    /// Whether it is sent and holds secrets, which are overwritten in memory afterwards.
    pub wiped: bool,
    /// The timestamp format, if it is not the default of its binding.
    pub format: Option<TimestampFormat>,
    /// Whether the client generates a value that makes retries safe if the caller sets none.
    pub idempotency_token: bool,
    /// Whether it has a media type, which headers carry in base64.
    pub media_type: bool,
    /// The smallest and the largest number that the model allows.
    pub range: (Option<i64>, Option<i64>),
    /// Whether it is a stream whose length must be known before it is sent.
    pub requires_length: bool,
    /// Its binding.
    pub binding: Binding,
}

impl Member {
    /// Returns `true` if its field is an `Option`.
    pub fn is_optional(&self) -> bool {
        self.presence == Presence::Optional
    }
}

/// The presence of a member's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// It may be absent.
    Optional,
    /// A builder requires it; a response without it gets the zero of its type.
    Required,
    /// A missing value is replaced by this default.
    Default(Default),
}

/// A timestamp format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// RFC 3339.
    DateTime,
    /// The date format of HTTP.
    HttpDate,
    /// Seconds since the Unix epoch.
    EpochSeconds,
}

/// The HTTP or event binding of a member, with its name there.
#[derive(Clone, Debug, PartialEq)]
pub enum Binding {
    /// A label of the path.
    Label {
        /// Whether it is greedy: slashes are not escaped.
        greedy: bool,
    },
    /// In the query string, under this name.
    Query(String),
    /// In the query string, under the keys of the map.
    QueryMap,
    /// In a header, under this name.
    Header(String),
    /// In headers, under the keys of the map after this prefix.
    HeaderMap(String),
    /// The status of the response.
    StatusCode,
    /// In the JSON body, under this name.
    Json(String),
    /// The whole body.
    Payload(Payload),
    /// None: its bindings apply to the other direction only, and the body is another member.
    Nowhere,
    /// In a header of an event, under this name.
    EventHeader(String),
    /// The payload of an event.
    EventPayload(Payload),
}

/// A member that is the whole body.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// Its format.
    pub kind: PayloadKind,
    /// The media type of the request.
    pub content_type: String,
}

/// The format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadKind {
    /// As text.
    Text,
    /// As bytes.
    Bytes,
    /// As JSON.
    Json,
    /// A stream of bytes.
    Stream,
    /// An event stream.
    Events,
}

/// The type of a member.
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
    /// A generated error structure, as data.
    Error(Ident),
    /// A generated union.
    Union(Ident),
    /// A generated enum of strings.
    Enum(Ident),
    /// A generated enum of integers.
    IntEnum(Ident),
    /// The unit type of union variants without a value.
    Unit,
    /// A stream of bytes.
    ByteStream,
    /// A received event stream, by its union.
    EventStream(Ident),
    /// A sent event stream, by its union.
    EventSender(Ident),
}

/// The items of a list or map.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its type.
    pub ty: Type,
    /// Whether they may be null.
    pub optional: bool,
}

/// A default value.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// `false`, `true`
    Boolean(bool),
    /// An integer, the seconds of a timestamp, or the value of an integer enum.
    Integer(i64),
    /// A float, or the fractional seconds of a timestamp.
    Float(f64),
    /// A string, the value of an enum, or an arbitrary-precision number.
    String(String),
    /// The seconds and nanoseconds of a timestamp.
    Time(i64, u32),
    /// Bytes.
    Blob(Vec<u8>),
    /// A document.
    Document(serde_json::Value),
    /// The zero of the type: empty, false, 0.
    Zero,
}

impl Default {
    /// Returns `true` if it is the type's `Default`.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Boolean(value) => !value,
            Self::Integer(value) => *value == 0,
            Self::Float(value) => *value == 0.0,
            Self::String(value) => value.is_empty(),
            Self::Time(seconds, nanos) => *seconds == 0 && *nanos == 0,
            Self::Blob(value) => value.is_empty(),
            Self::Document(value) => value.is_null(),
            Self::Zero => true,
        }
    }
}

/// A union.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// Its shape id.
    pub id: String,
    /// Its name in the model.
    pub wire_name: String,
    /// Its Rust name.
    pub name: Ident,
    /// Markdown.
    pub docs: String,
    /// Its deprecation.
    pub deprecated: Option<Deprecated>,
    /// Whether its values must never be printed.
    pub sensitive: bool,
    /// In model order.
    pub variants: Vec<UnionVariant>,
    /// The directions that it travels in.
    pub direction: Direction,
}

/// A variant of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct UnionVariant {
    /// Its Rust name.
    pub name: Ident,
    /// `as_…` and `is_…`, with the variant's name in snake case.
    pub accessors: (Ident, Ident),
    /// The member: its type, wire name and documentation.
    pub member: Member,
}

/// An event stream.
#[derive(Clone, Debug, PartialEq)]
pub struct EventStream {
    /// Its shape id.
    pub id: String,
    /// Its name in the model.
    pub wire_name: String,
    /// The Rust name of the union.
    pub name: Ident,
    /// The Rust name of its error enum.
    pub error: Ident,
    /// Markdown.
    pub docs: String,
    /// Its events.
    pub events: Vec<Event>,
    /// The errors that may end it.
    pub exceptions: Vec<Exception>,
    /// The variants of its error enum, each with its `is_…`, without duplicates.
    pub errors: Vec<(Ident, Ident)>,
    /// The directions that it travels in.
    pub direction: Direction,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
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

/// An error that may end an event stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// Its name on the wire.
    pub wire_name: String,
    /// The Rust name of its variant in the union, if it can be sent.
    pub name: Ident,
    /// Its structure.
    pub error: Ident,
}

/// An enum of strings or integers.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Its shape id.
    pub id: String,
    /// Its name in the model.
    pub wire_name: String,
    /// Its Rust name.
    pub name: Ident,
    /// Markdown.
    pub docs: String,
    /// Its deprecation.
    pub deprecated: Option<Deprecated>,
    /// Whether its values must never be printed.
    pub sensitive: bool,
    /// Whether its values are integers.
    pub integers: bool,
    /// Whether event headers hold them, as numbers.
    pub in_event_headers: bool,
    /// Modeled values, in model order.
    pub variants: Vec<Variant>,
    /// The directions that it travels in.
    pub direction: Direction,
}

/// A modeled value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name in the model.
    pub member: String,
    /// Its Rust name.
    pub name: Ident,
    /// Its value on the wire.
    pub value: VariantValue,
    /// Markdown.
    pub docs: String,
    /// Its deprecation.
    pub deprecated: Option<Deprecated>,
}

/// The value of an enum on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VariantValue {
    /// Text.
    Text(String),
    /// A number.
    Number(i32),
}
