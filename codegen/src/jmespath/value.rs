//! What an expression becomes: Rust tokens, and what they give.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ir::Type;

/// A Rust expression, and what it gives.
#[derive(Clone, Debug)]
pub(crate) struct Value<'t> {
    /// What it gives when it is not null.
    pub(super) kind: Kind<'t>,
    /// Whether it may be null: the expression is then an `Option` of its kind.
    pub(super) optional: bool,
    /// The expression.
    pub(super) tokens: TokenStream,
    /// How it may be combined with others.
    pub(super) level: Level,
    /// What a variable that holds it would be called.
    pub(super) name: Option<Ident>,
    /// For an iterator that may be null: the last closure of the expression, which makes it.
    pub(super) made: Option<Box<Made>>,
}

/// `from.map(|name| body)`, to be gone on with inside of the closure.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) from: TokenStream,
    pub(super) name: Ident,
    pub(super) body: TokenStream,
}

/// What an expression gives.
#[derive(Clone, Debug)]
pub(super) enum Kind<'t> {
    /// Nothing but null. There are no tokens.
    Null,
    /// `&str`
    Text,
    /// `bool`
    Boolean,
    /// A number.
    Number(Number),
    /// A reference to a value of the model.
    Node(&'t Type),
    /// The input or the output, by reference.
    Root(Side),
    /// An iterator over these. Within iterators it is a vector. Some may be null.
    Items(Box<Kind<'t>>, bool),
    /// Values by name. There are no tokens for all of it.
    Object(Vec<(String, Value<'t>)>),
}

/// One end of a call.
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
    /// One that stands in the expression and fits in with others.
    Literal(serde_json::Number),
}

/// How strongly the parts of an expression hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Compare,
    Unary,
    Postfix,
}

impl<'t> Value<'t> {
    /// A value that is always there.
    pub(super) fn plain(kind: Kind<'t>, tokens: TokenStream) -> Self {
        Self { kind, optional: false, tokens, level: Level::Postfix, name: None, made: None }
    }

    /// A value that may be null.
    pub(super) fn optional(kind: Kind<'t>, tokens: TokenStream) -> Self {
        Self { optional: true, ..Self::plain(kind, tokens) }
    }

    /// A value of which it depends whether it may be null.
    pub(super) fn new(kind: Kind<'t>, optional: bool, tokens: TokenStream) -> Self {
        Self { optional, ..Self::plain(kind, tokens) }
    }

    pub(super) fn boolean(tokens: TokenStream, level: Level) -> Self {
        Self { level, ..Self::plain(Kind::Boolean, tokens) }
    }

    pub(super) fn named(self, name: &Ident) -> Self {
        Self { name: Some(name.clone()), ..self }
    }

    /// Its tokens, in parentheses where they hold together less than asked for.
    pub(super) fn at(&self, level: Level) -> TokenStream {
        let tokens = &self.tokens;
        if self.level < level { quote!((#tokens)) } else { tokens.clone() }
    }

    /// The expression as an `Option`.
    pub(super) fn as_option(&self) -> TokenStream {
        let tokens = &self.tokens;
        match (&self.kind, self.optional) {
            (Kind::Null, _) => quote!(None),
            (_, true) => self.at(Level::Unary),
            (_, false) => quote!(Some(#tokens)),
        }
    }

    /// What it is, for messages.
    pub(super) fn described(&self) -> &'static str {
        self.kind.described()
    }
}

impl Kind<'_> {
    /// What it is, for messages.
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

    /// Whether both are of one Rust type.
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

    /// Whether its Rust type is `Copy`, within iterators.
    pub(super) fn is_copy(&self) -> bool {
        !matches!(self, Self::Items(..))
    }
}
