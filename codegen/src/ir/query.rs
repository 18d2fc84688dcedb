//! JMESPath expressions of waiters and endpoint parameters, typed against an operation's input and output.

use proc_macro2::Ident;

/// An expression over an operation's input and output.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The expression.
    pub expr: Expr,
    /// Whether it may be null: it is an `Option` then.
    pub optional: bool,
    /// Whether it reads the input.
    pub reads_input: bool,
    /// Whether it reads the output.
    pub reads_output: bool,
}

/// An expression that borrows from input and output. Nullable values are `Option`s, projections are iterators.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// The operation's input.
    Input,
    /// The operation's output.
    Output,
    /// The parameter of an enclosing closure.
    Variable(Ident),
    /// A string.
    Text(String),
    /// `false`, `true`
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// `None`
    Null,
    /// `Some(x)`
    Present(Box<Expr>),
    /// An iterator over these.
    List(Vec<Expr>),
    /// A property of one value.
    Get(Box<Expr>, Get),
    /// A closure applied to an `Option` or iterator.
    Each(Box<Expr>, Each, Closure),
    /// A combination of two values.
    Join(Box<Expr>, Join, Box<Expr>),
    /// `!x`
    Not(Box<Expr>),
    /// `if x { y } else { z }`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// A closure of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// Its parameter, unless unused.
    pub parameter: Option<Ident>,
    /// What it returns.
    pub body: Box<Expr>,
}

/// A property of one value.
#[derive(Clone, Debug, PartialEq)]
pub enum Get {
    /// A member, by its accessor.
    Member(Ident),
    /// An optional list, by its field: its accessor returns an empty list for none.
    List(Ident),
    /// The value of a union's variant, by its accessor.
    Variant(Ident),
    /// The value of a map's key; whether values may be null.
    Key(String, bool),
    /// The text of a string or enum.
    Text,
    /// The number of an enum.
    Number,
    /// The referent of references in an `Option` or iterator.
    Copied,
    /// The referent of a reference.
    Deref,
    /// An iterator over a list; whether its items may be null.
    Items(bool),
    /// An iterator over the values of a map; whether they may be null, which are left out.
    Values(bool),
    /// An iterator over the keys of a map.
    Keys,
    /// The items without nulls, or without one level of nesting.
    Flatten,
    /// The item of a list at an index, negative from the end; whether it may be null.
    Item(i64, bool),
    /// The item of an iterator at an index, negative from the end; whether it may be null.
    Nth(i64, bool),
    /// An iterator without its first items.
    Skip(usize),
    /// An iterator over the first items alone.
    Take(usize),
    /// An iterator over every nth item.
    StepBy(usize),
    /// A vector of an iterator's items.
    Vector,
    /// An iterator over a vector, which is iterated again; whether its items are `Copy`.
    Again(bool),
    /// How many characters a string has.
    Chars,
    /// How many items a list or map has.
    Length,
    /// How many items an iterator gives.
    Count,
    /// Whether a string, list or map is empty.
    IsEmpty,
    /// Whether an iterator gives anything.
    HasNext,
    /// Whether an `Option` has a value.
    IsSome,
    /// Whether an `Option` has none.
    IsNone,
    /// A number as `f64`.
    Double {
        /// Whether it is an `Option`.
        optional: bool,
        /// Whether the conversion to `f64` is lossless.
        lossless: bool,
    },
}

/// The method that a closure is passed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// `map`
    Map,
    /// `and_then`
    AndThen,
    /// `is_some_and`
    IsSomeAnd,
    /// `filter`; whether the closure's argument is dereferenced.
    Filter(bool),
    /// `filter_map`
    FilterMap,
    /// `flat_map`
    FlatMap,
    /// `any`
    Any,
    /// `all`, and at least one item.
    All,
}

/// A combination of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// A comparison.
    Compare(Comparison),
    /// A comparison of two `Option`s: null, or with `true` false, if one is null.
    CompareOptions(Comparison, bool),
    /// `&&`
    And,
    /// `||`
    Or,
    /// The second `Option` if the first is none.
    OrElse,
    /// The second value if the first is none.
    UnwrapOr,
    /// Whether the first string contains the second.
    Contains,
    /// Whether the first string starts with the second.
    StartsWith,
    /// Whether the first string ends with the second.
    EndsWith,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Expr {
    /// Visits an expression and its subexpressions.
    pub fn visit<'e>(&'e self, look: &mut dyn FnMut(&'e Self)) {
        look(self);
        match self {
            Self::Present(inner) | Self::Get(inner, _) | Self::Not(inner) => inner.visit(look),
            Self::List(items) => items.iter().for_each(|item| item.visit(look)),
            Self::Each(of, _, closure) => {
                of.visit(look);
                closure.body.visit(look);
            }
            Self::Join(left, _, right) => [left, right].into_iter().for_each(|side| side.visit(look)),
            Self::If(condition, yes, no) => [condition, yes, no].into_iter().for_each(|part| part.visit(look)),
            _ => {}
        }
    }

    /// Returns `true` if another expression is part of it.
    pub fn has(&self, other: &Self) -> bool {
        let mut found = false;
        self.visit(&mut |expr| found |= expr == other);
        found
    }

    pub(crate) fn get(self, get: Get) -> Self {
        Self::Get(Box::new(self), get)
    }

    pub(crate) fn join(self, join: Join, other: Self) -> Self {
        Self::Join(Box::new(self), join, Box::new(other))
    }

    /// Applies a closure whose parameter has a name.
    pub(crate) fn each(self, each: Each, name: &Ident, body: Self) -> Self {
        let parameter = body.has(&Self::Variable(name.clone())).then(|| name.clone());
        Self::Each(Box::new(self), each, Closure { parameter, body: Box::new(body) })
    }
}
