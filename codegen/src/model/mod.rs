//! The Smithy model as read: shapes, members and traits, by shape id.
//!
//! This module knows nothing of Rust. Differences between Smithy 1.0 and 2.x are leveled while reading ([`read`]), so
//! that later phases see only 2.0.

mod legacy;
mod mixins;
mod notes;
pub(crate) mod number;
mod prelude;
mod read;
mod traits;

use std::fmt;

use indexmap::IndexMap;

pub(crate) use read::is_identifier;
pub use read::read;
pub use traits::{HttpTrait, PaginatedTrait, Traits};

/// A shape's absolute id, such as `com.amazonaws.sso#RoleInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(String);

impl ShapeId {
    /// Creates an id from an absolute id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the absolute id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part after `#`: the name without its namespace.
    pub fn name(&self) -> &str {
        self.0.rsplit('#').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for ShapeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A whole model: one file, with all targets resolved.
#[derive(Clone, Debug)]
pub struct Model {
    /// The file's name, for messages and for the generated header.
    pub file: String,
    /// All shapes, in model order.
    pub shapes: IndexMap<ShapeId, Shape>,
}

/// One shape.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Its kind.
    pub kind: ShapeKind,
    /// Its traits.
    pub traits: Traits,
}

/// The kind of a shape, with its parts.
#[derive(Clone, Debug, PartialEq)]
pub enum ShapeKind {
    /// A simple type other than the enumerations.
    Simple(Simple),
    /// `enum`: a string with known values; each member's `enumValue` trait holds its text.
    Enum(Members),
    /// `intEnum`: an integer with known values; each member's `enumValue` trait holds its number.
    IntEnum(Members),
    /// `list` (and `set` of Smithy 1.0).
    List(Member),
    /// `map`: its key and its value.
    Map(Member, Member),
    /// `structure`, errors and operation inputs and outputs included.
    Structure(Members),
    /// `union`: exactly one of its members.
    Union(Members),
    /// `operation`.
    Operation(Operation),
    /// `service`.
    Service(Service),
    /// `resource`: a group of operations.
    Resource(Resource),
}

impl ShapeKind {
    /// Returns the members by their names, which are `member` in a list, and `key` and `value` in a map.
    pub(crate) fn members(&self) -> Vec<(&str, &Member)> {
        match self {
            Self::Structure(members) | Self::Union(members) | Self::Enum(members) | Self::IntEnum(members) => {
                members.iter().map(|(name, member)| (name.as_str(), member)).collect()
            }
            Self::List(member) => vec![("member", member)],
            Self::Map(key, value) => vec![("key", key), ("value", value)],
            Self::Simple(_) | Self::Operation(_) | Self::Service(_) | Self::Resource(_) => Vec::new(),
        }
    }
}

/// The simple types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simple {
    /// `string`
    String,
    /// `boolean`
    Boolean,
    /// `byte`
    Byte,
    /// `short`
    Short,
    /// `integer`
    Integer,
    /// `long`
    Long,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `bigInteger`
    BigInteger,
    /// `bigDecimal`
    BigDecimal,
    /// `blob`
    Blob,
    /// `timestamp`
    Timestamp,
    /// `document`
    Document,
}

/// Members by name, in model order.
pub type Members = IndexMap<String, Member>;

/// A member of a structure, union, list, map or enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its target.
    pub target: ShapeId,
    /// Its traits.
    pub traits: Traits,
}

/// An operation's parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The input structure; `None` where the model targets `smithy.api#Unit`.
    pub input: Option<ShapeId>,
    /// The output structure; `None` where the model targets `smithy.api#Unit`.
    pub output: Option<ShapeId>,
    /// Its modeled errors.
    pub errors: Vec<ShapeId>,
}

/// A service's parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The API version, such as `2019-06-10`.
    pub version: String,
    /// The operations bound to the service itself.
    pub operations: Vec<ShapeId>,
    /// The resources whose operations belong to it too.
    pub resources: Vec<ShapeId>,
    /// Errors common to all operations.
    pub errors: Vec<ShapeId>,
    /// Names that shapes have in this service, to resolve conflicts.
    pub rename: IndexMap<ShapeId, String>,
}

/// A resource's parts that concern clients.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// All its operations, lifecycle operations first.
    pub operations: Vec<ShapeId>,
    /// Its child resources.
    pub resources: Vec<ShapeId>,
}

impl Model {
    /// Returns the number of shapes that the model defines, without Smithy's prelude.
    pub fn own_shapes(&self) -> usize {
        self.shapes.keys().filter(|id| !id.as_str().starts_with("smithy.api#")).count()
    }

    /// Returns the shape with `id`, which exists for all targets.
    pub fn shape(&self, id: &ShapeId) -> Option<&Shape> {
        self.shapes.get(id)
    }
}
