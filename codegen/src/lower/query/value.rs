//! JMESPath subexpressions with the Rust type of their result.

use proc_macro2::Ident;

use crate::ir::{Expr, Type};

/// An expression with its type.
#[derive(Clone, Debug)]
pub(super) struct Value<'t> {
    /// Its kind if it is not null.
    pub(super) kind: Kind<'t>,
    /// Whether it may be null: the expression is then an `Option` of its kind.
    pub(super) optional: bool,
    /// The expression.
    pub(super) expr: Expr,
    /// The name of a variable for it.
    pub(super) name: Option<Ident>,
    /// The last closure of the expression, which returns the iterator, if it is a nullable one.
    pub(super) made: Option<Box<Made>>,
}

/// `from.map(|name| body)`, which is extended inside of the closure.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) from: Expr,
    pub(super) name: Ident,
    pub(super) body: Expr,
}

/// The type of an expression.
#[derive(Clone, Debug)]
pub(super) enum Kind<'t> {
    /// Always null. There is no expression.
    Null,
    /// `&str`
    Text,
    /// `bool`
    Boolean,
    /// A number.
    Number(Number),
    /// A reference to a modeled value.
    Node(&'t Type),
    /// The input or the output, by reference.
    Root(Side),
    /// An iterator; within iterators, a vector. Some items may be null.
    Items(Box<Kind<'t>>, bool),
    /// An object. There is no expression for all of it.
    Object(Vec<(String, Value<'t>)>),
}

/// The input or the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

/// The Rust type of a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    I8,
    I16,
    I32,
    I64,
    Usize,
    F32,
    F64,
    /// A literal, whose type is inferred.
    Literal(serde_json::Number),
}

impl<'t> Value<'t> {
    /// Creates a value that may or may not be nullable.
    pub(super) fn new(kind: Kind<'t>, optional: bool, expr: Expr) -> Self {
        Self { kind, optional, expr, name: None, made: None }
    }

    pub(super) fn plain(kind: Kind<'t>, expr: Expr) -> Self {
        Self::new(kind, false, expr)
    }

    pub(super) fn optional(kind: Kind<'t>, expr: Expr) -> Self {
        Self::new(kind, true, expr)
    }

    pub(super) fn boolean(expr: Expr) -> Self {
        Self::plain(Kind::Boolean, expr)
    }

    pub(super) fn named(self, name: &Ident) -> Self {
        Self { name: Some(name.clone()), ..self }
    }

    pub(super) fn into_option(self) -> Expr {
        match (self.kind, self.optional) {
            (Kind::Null, _) => Expr::Null,
            (_, true) => self.expr,
            (_, false) => Expr::Present(Box::new(self.expr)),
        }
    }

    pub(super) fn described(&self) -> &'static str {
        self.kind.described()
    }
}

impl Kind<'_> {
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Text => "a string",
            Self::Boolean => "a boolean",
            Self::Number(_) => "a number",
            Self::Root(_) | Self::Object(_) => "a structure",
            Self::Items(..) => "a list",
            Self::Node(ty) => match ty {
                Type::String | Type::Enum(_) => "a string",
                Type::Boolean => "a boolean",
                Type::List(_) => "a list",
                Type::Map(..) => "a map",
                Type::Structure(_) | Type::Error(_) => "a structure",
                Type::Union(_) => "a union",
                Type::Blob => "a blob",
                Type::Timestamp => "a timestamp",
                Type::Document => "a document",
                Type::BigInteger | Type::BigDecimal => "a number of any length",
                Type::Unit => "nothing",
                Type::ByteStream | Type::EventStream(_) | Type::EventSender(_) => "a stream",
                Type::IntEnum(_) | Type::Byte | Type::Short | Type::Integer => "a number",
                Type::Long | Type::Float | Type::Double => "a number",
            },
        }
    }

    /// Returns `true` if both have the same Rust type.
    pub(super) fn is(&self, other: &Kind<'_>) -> bool {
        match (self, other) {
            (Self::Text, Kind::Text) | (Self::Boolean, Kind::Boolean) => true,
            (Self::Number(a), Kind::Number(b)) => a == b && !matches!(a, Number::Literal(_)),
            (Self::Node(a), Kind::Node(b)) => a == b,
            (Self::Root(a), Kind::Root(b)) => a == b,
            (Self::Items(a, a_optional), Kind::Items(b, b_optional)) => a.is(b) && a_optional == b_optional,
            _ => false,
        }
    }

    /// Returns `true` if its Rust type is `Copy`, within iterators.
    pub(super) fn is_copy(&self) -> bool {
        !matches!(self, Self::Items(..))
    }
}
