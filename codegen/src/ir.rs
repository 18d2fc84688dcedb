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
    /// In order of their names.
    pub operations: Vec<Operation>,
    /// Structures other than inputs, outputs and errors, in order of their names.
    pub structures: Vec<Structure>,
    /// Error structures, in order of their names.
    pub errors: Vec<Structure>,
    /// Enums, in order of their names.
    pub enums: Vec<Enum>,
    /// How the endpoint is found.
    pub endpoint: RuleSet,
    /// What the model says about endpoints that can be checked.
    pub endpoint_tests: Vec<EndpointTest>,
    /// The partitions that the rules look regions up in.
    pub partitions: Vec<Partition>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `ListAccounts`, as Smithy and the wire know it; `types` holds what Rust calls things.
    pub wire_name: String,
    /// `list_accounts`: the client's method and the operation's module.
    pub method: Ident,
    /// The types that belong to the operation.
    pub types: OperationTypes,
    /// Markdown.
    pub docs: String,
    /// `GET`, `POST` …
    pub http_method: String,
    /// The path, cut at its labels.
    pub path: Vec<PathPart>,
    /// A query string that the URI pattern itself carries, without `?`.
    pub literal_query: Option<String>,
    /// The input's members: labels in path order first, the rest in model order.
    pub input: Vec<Member>,
    /// The output's members, in model order.
    pub output: Vec<Member>,
    /// The errors that the operation can give, by their Rust names, in model order.
    pub errors: Vec<Ident>,
    /// How to walk its pages.
    pub pagination: Option<Pagination>,
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
    /// The output member that holds the next one.
    pub output_token: Ident,
    /// The output list, with the type of its elements.
    pub items: Option<(Ident, Type)>,
    /// The input member that takes the page size.
    pub page_size: Option<Ident>,
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
    /// In model order.
    pub members: Vec<Member>,
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
    /// What it holds.
    pub ty: Type,
    /// Whether a value must be there.
    pub required: bool,
    /// The value when there is none; the field is then no `Option`. Never on inputs.
    pub default: Option<Default>,
    /// Whether the value must never be printed.
    pub sensitive: bool,
    /// Where it travels.
    pub binding: Binding,
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
    /// In a header, under this name.
    Header(String),
    /// In the JSON body, under this name.
    Json(String),
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
    /// `Vec<…>`
    List(Box<Type>),
    /// A generated structure.
    Structure(Ident),
    /// A generated enum.
    Enum(Ident),
}

/// A default value.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// `false`, `true`
    Boolean(bool),
    /// Any whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// A string, or the value of an enum.
    String(String),
    /// The zero of the type: empty, false, 0, or a structure of nothing but zeros.
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
            Self::Zero => true,
        }
    }
}

/// An enum of strings.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its Rust name.
    pub name: Ident,
    /// Markdown.
    pub docs: String,
    /// Whether its values must never be printed.
    pub sensitive: bool,
    /// Known values, in model order.
    pub variants: Vec<Variant>,
}

/// A known value of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its Rust name.
    pub name: Ident,
    /// The text on the wire.
    pub value: String,
    /// Markdown.
    pub docs: String,
}
