//! Expressions of JMESPath, as parsed.

use serde_json::Value;

/// An expression, applied to a current node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// `@`, or nothing where something may stand.
    Current,
    /// `name`
    Field(String),
    /// `left.right`: the right side of what the left gives.
    Sub(Box<Expr>, Box<Expr>),
    /// `left[0]`
    Index(Box<Expr>, i64),
    /// A projection: the right side of everything that a source finds on the left, without nulls.
    Project {
        /// What is looked into.
        left: Box<Expr>,
        /// What is found there.
        source: Source,
        /// What is made of each.
        right: Box<Expr>,
    },
    /// `left | right`: like a sub-expression, but it ends projections.
    Pipe(Box<Expr>, Box<Expr>),
    /// `left || right`
    Or(Box<Expr>, Box<Expr>),
    /// `left && right`
    And(Box<Expr>, Box<Expr>),
    /// `!inner`
    Not(Box<Expr>),
    /// `left == right` and the like.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `'text'` and JSON in backticks.
    Literal(Value),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{a: b}`
    Hash(Vec<(String, Expr)>),
    /// `name(a, b)`
    Call(String, Vec<Expr>),
    /// `&inner`: an expression as the argument of a function.
    Reference(Box<Expr>),
}

/// What a projection goes over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    /// `[*]`: the items of a list.
    Items,
    /// `.*`: the values of an object.
    Values,
    /// `[]`: the items of a list, and in place of those that are lists, theirs.
    Flatten,
    /// `[?condition]`: the items of a list for which a condition holds.
    Filter(Box<Expr>),
    /// `[start:stop:step]`
    Slice {
        /// The first.
        start: Option<i64>,
        /// The one behind the last.
        stop: Option<i64>,
        /// How far it is from one to the next.
        step: i64,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
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
