//! A rule set after typing: every reference resolved, every condition of a known form.

use proc_macro2::Ident;

/// Parameters and rules.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// What the rules take, in the model's order.
    pub params: Vec<Param>,
    /// Tried in order; the first whose conditions hold decides.
    pub rules: Vec<Rule>,
}

/// A parameter of a rule set.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name in the model, such as `UseFIPS`.
    pub wire_name: String,
    /// Its field, such as `use_fips`.
    pub name: Ident,
    /// Markdown.
    pub docs: String,
    /// String or boolean.
    pub ty: ParamType,
    /// Whether resolving fails without it. Only for those without a default.
    pub required: bool,
    /// Where its value comes from.
    pub built_in: BuiltIn,
}

/// The type of a parameter, with its default.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamType {
    /// `Option<&str>`
    String,
    /// `Option<bool>`
    Boolean,
    /// `bool`, with its default.
    BooleanOr(bool),
}

/// The settings of a client that rule sets can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// `AWS::Region`
    Region,
    /// `AWS::UseFIPS`
    UseFips,
    /// `AWS::UseDualStack`
    UseDualStack,
    /// `SDK::Endpoint`
    Endpoint,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// All must hold; each may bind a name for those after it and for the outcome.
    pub conditions: Vec<Condition>,
    /// What then.
    pub outcome: Outcome,
}

impl Rule {
    /// Whether it always decides, so that no rule behind it is ever reached.
    pub fn is_unconditional(&self) -> bool {
        self.conditions.iter().all(|condition| matches!(condition, Condition::Let(..)))
    }
}

/// What a rule whose conditions hold leads to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// More rules, one of which has to decide.
    Rules(Vec<Rule>),
    /// There is no endpoint, for this reason.
    Error(Expr),
    /// The endpoint has this URL.
    Url(Expr),
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Holds when the value is there, and gives it a name.
    Bind(Ident, Expr),
    /// Gives a value that is always there a name.
    Let(Ident, Expr),
    /// Holds when the expression is true.
    Test(Expr),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A parameter by its field, while it is not known to be set.
    Param(Ident),
    /// A name bound by a condition.
    Bound(Ident),
    /// Text.
    Text(String),
    /// Text with values in it.
    Template(Vec<TemplatePart>),
    /// `true`, `false`
    Bool(bool),
    /// An attribute of a partition or URL.
    Attribute(Box<Expr>, &'static str),
    /// `a == b`, on two values that are there.
    Equals(Box<Expr>, Box<Expr>),
    /// `a == Some(b)`
    EqualsSome(Box<Expr>, Box<Expr>),
    /// `!a`
    Not(Box<Expr>),
    /// `a.is_some()`
    IsSome(Box<Expr>),
    /// A function of the runtime, by its name there; the first argument is skipped over when absent.
    Call {
        /// The name.
        function: &'static str,
        /// What it is applied to.
        argument: Box<Expr>,
        /// Whether `argument` may be absent, which makes the whole absent.
        argument_optional: bool,
    },
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// As it is.
    Text(String),
    /// The value of an expression.
    Value(Expr),
}

/// A partition: a set of regions that share their names' form and their DNS suffixes.
#[derive(Clone, Debug)]
pub struct Partition {
    /// Such as `aws-us-gov`.
    pub name: String,
    /// The suffix of ordinary endpoints.
    pub dns_suffix: String,
    /// The suffix of dual-stack endpoints.
    pub dual_stack_dns_suffix: String,
    /// Whether FIPS endpoints exist.
    pub supports_fips: bool,
    /// Whether dual-stack endpoints exist.
    pub supports_dual_stack: bool,
    /// The region that stands for the whole partition.
    pub implicit_global_region: String,
    /// The form of its regions' names: segments between hyphens.
    pub pattern: Vec<Segment>,
    /// Regions that are known by name.
    pub regions: Vec<String>,
}

/// What may stand between two hyphens of a region's name.
#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    /// One of these words.
    OneOf(Vec<String>),
    /// `\w+`
    Word,
    /// `\d+`
    Digits,
}

/// A case of `smithy.rules#endpointTests`.
#[derive(Clone, Debug)]
pub struct EndpointTest {
    /// What it is about.
    pub name: String,
    /// The parameters that are not left at their defaults.
    pub params: Vec<(Ident, TestValue)>,
    /// What must come out.
    pub expect: Result<String, String>,
}

/// A parameter's value in a test; whether the field is an `Option` is the parameter's affair.
#[derive(Clone, Debug)]
pub enum TestValue {
    /// Text.
    String(String),
    /// A boolean, for a field that is an `Option`.
    OptionalBoolean(bool),
    /// A boolean.
    Boolean(bool),
}
