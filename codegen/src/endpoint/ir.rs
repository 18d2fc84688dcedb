//! A rule set after typing: every reference resolved, every condition of a known form.

use proc_macro2::Ident;

/// Parameters, and how they lead to an endpoint.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// What the rules take, in the model's order.
    pub params: Vec<Param>,
    /// How an endpoint is found.
    pub decision: Decision,
    /// Whether regions are looked up in the partitions.
    pub looks_up_regions: bool,
    /// Whether some endpoint has headers or properties.
    pub has_details: bool,
    /// Whether conditions and values read parameters.
    pub reads_params: bool,
    /// Whether values are composed that have to be kept while the rules are applied.
    pub composes_texts: bool,
}

impl RuleSet {
    /// The parameters that operations bind, or nothing does.
    pub fn operation_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.source == ParamSource::Operation)
    }

    /// The parameters that only clients of this service set, with their setters.
    pub fn client_params(&self) -> impl Iterator<Item = (&Param, &(Ident, Ident))> {
        self.params.iter().filter_map(|param| Some((param, param.setters.as_ref()?)))
    }

    /// A parameter by its name in the model.
    pub fn param(&self, wire_name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.wire_name == wire_name)
    }
}

/// How an endpoint is found.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Rules that are tried in order; the first whose conditions hold decides.
    Rules(Vec<Rule>),
    /// A binary decision diagram.
    Diagram(Diagram),
}

impl Default for Decision {
    fn default() -> Self {
        Self::Rules(Vec::new())
    }
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
    /// Its type, with its default.
    pub ty: ParamType,
    /// Whether resolving fails without it. Only for those without a default.
    pub required: bool,
    /// Where its value comes from.
    pub source: ParamSource,
    /// `x` and `set_x` of the configuration, where only clients of this service set it.
    pub setters: Option<(Ident, Ident)>,
    /// Whether the rules read it.
    pub read: bool,
}

/// The type of a parameter, with its default.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamType {
    /// `Option<&str>`
    String,
    /// `&str`, with its default.
    StringOr(String),
    /// `Option<bool>`
    Boolean,
    /// `bool`, with its default.
    BooleanOr(bool),
    /// `Option<StringList>`
    StringArray,
    /// `StringList`, with its default.
    StringArrayOr(Vec<String>),
}

/// Where the value of a parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamSource {
    /// A setting that all clients have.
    BuiltIn(BuiltIn),
    /// A setting that only clients of this service have, by the parameter's name.
    Client,
    /// Operations, where they bind it; at the client nothing sets it.
    Operation,
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
    /// There is one.
    Endpoint(Endpoint),
}

/// An endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its URL.
    pub url: Expr,
    /// Headers, each with its values.
    pub headers: Vec<(String, Vec<Expr>)>,
    /// Properties by name.
    pub properties: Vec<(String, Property)>,
}

impl Endpoint {
    /// Whether it has more than a URL.
    pub fn has_details(&self) -> bool {
        !self.headers.is_empty() || !self.properties.is_empty()
    }
}

/// A property of an endpoint.
#[derive(Clone, Debug)]
pub enum Property {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(Expr),
    /// Properties in order.
    List(Vec<Property>),
    /// Properties by name.
    Object(Vec<(String, Property)>),
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Holds when the value is there, and gives it a name.
    HttpBindings(Ident, Expr),
    /// Gives a value that is always there a name.
    Let(Ident, Expr),
    /// Holds when the expression is true.
    Test(Expr),
}

/// An expression. All values but booleans, numbers and text in the rules are borrowed.
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
    /// A whole number.
    Integer(i64),
    /// An attribute of a partition, URL or ARN.
    Attribute(Box<Expr>, &'static str),
    /// The string at an index of a list, which may be absent.
    Item(Box<Expr>, i64),
    /// `a == b`, on two values that are there.
    Equals(Box<Expr>, Box<Expr>),
    /// `a == Some(b)`
    EqualsSome(Box<Expr>, Box<Expr>),
    /// `!a`
    Not(Box<Expr>),
    /// `a.is_some()`
    IsSome(Box<Expr>),
    /// `Some(a)`
    Present(Box<Expr>),
    /// A function of the runtime, by its name there, of values that are there.
    Call(&'static str, Vec<Expr>),
    /// The first value that is there of some that may be absent; the last may be one that is always there.
    Coalesce(Vec<Expr>, Option<Box<Expr>>),
    /// `if a { b } else { c }`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Absent where `value` is; else `body` with the value under a name.
    With {
        /// What may be absent.
        value: Box<Expr>,
        /// The name of what it holds.
        name: Ident,
        /// The value then.
        body: Box<Expr>,
        /// Whether `body` may be absent too.
        body_optional: bool,
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

/// A binary decision diagram: tests that lead to further tests, and in the end to a result.
#[derive(Clone, Debug)]
pub struct Diagram {
    /// Names that tests give values to, each with its Rust type.
    pub variables: Vec<(Ident, &'static str)>,
    /// The tests, by the numbers that nodes know them by.
    pub tests: Vec<(u32, DiagramTest)>,
    /// Where each state leads: its number, the test's, and the states if that holds and if not.
    pub nodes: Vec<(i32, u32, i32, i32)>,
    /// The state to begin with.
    pub root: i32,
    /// States that end it. Any that is neither here nor a node's ends it without a result.
    pub results: Vec<(i32, Rule)>,
}

/// A test of a diagram.
#[derive(Clone, Debug)]
pub struct DiagramTest {
    /// The name that takes the value, and the value, which may be absent.
    pub assign: Option<(Ident, Expr)>,
    /// Whether it holds.
    pub holds: Expr,
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
    /// What must come out: an endpoint, all of whose texts are plain, or an error.
    pub expect: Result<Endpoint, String>,
}

/// A parameter's value in a test.
#[derive(Clone, Debug)]
pub struct TestValue {
    /// Whether the field is an `Option`.
    pub optional: bool,
    /// What it holds.
    pub literal: Literal,
}

/// A value as a model writes it.
#[derive(Clone, Debug)]
pub enum Literal {
    /// Text.
    String(String),
    /// `true`, `false`
    Boolean(bool),
    /// A list of texts.
    StringArray(Vec<String>),
}
