//! The IR of endpoint rule sets: every reference resolved, every condition typed.

use std::collections::BTreeSet;

use proc_macro2::Ident;

/// A rule set: its parameters, and the decision on an endpoint.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The parameters, in the model's order.
    pub params: Vec<Param>,
    /// How the endpoint is decided.
    pub decision: Decision,
    /// Whether it calls `aws.partition`.
    pub looks_up_regions: bool,
    /// Whether some endpoint has headers or properties.
    pub has_details: bool,
    /// Whether conditions and values read parameters.
    pub reads_params: bool,
    /// Whether values are composed that live as long as the evaluation.
    pub composes_texts: bool,
}

impl RuleSet {
    /// Returns the parameters that operations bind, or nothing does.
    pub fn operation_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.source == ParamSource::Operation)
    }

    /// Returns the client context parameters, with their setters.
    pub fn client_params(&self) -> impl Iterator<Item = (&Param, &(Ident, Ident))> {
        self.params.iter().filter_map(|param| Some((param, param.setters.as_ref()?)))
    }

    /// Returns the names of the auth schemes that endpoints list; `None` if some endpoint lists none, or by a name that
    /// is computed, so that any scheme may be accepted.
    pub fn auth_schemes(&self) -> Option<BTreeSet<String>> {
        let mut endpoints = Vec::new();
        match &self.decision {
            Decision::Rules(rules) => collect_endpoints(rules, &mut endpoints),
            Decision::Diagram(diagram) => {
                let results = diagram.results.iter().map(|(_, rule)| std::slice::from_ref(rule));
                results.for_each(|rule| collect_endpoints(rule, &mut endpoints));
            }
        }
        let listed = endpoints.into_iter().map(Endpoint::auth_schemes).collect::<Option<Vec<_>>>()?;
        Some(listed.into_iter().flatten().map(str::to_owned).collect()).filter(|names: &BTreeSet<_>| !names.is_empty())
    }

    /// Returns a parameter by its name in the model.
    pub fn param(&self, wire_name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.wire_name == wire_name)
    }
}

fn collect_endpoints<'r>(rules: &'r [Rule], found: &mut Vec<&'r Endpoint>) {
    for rule in rules {
        match &rule.outcome {
            Outcome::Rules(rules) => collect_endpoints(rules, found),
            Outcome::Error(_) => {}
            Outcome::Endpoint(endpoint) => found.push(endpoint),
        }
    }
}

/// The decision on an endpoint.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Rules that are tried in order; the first whose conditions hold applies.
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
    /// Whether resolving fails without it. Only for parameters without a default.
    pub required: bool,
    /// The source of its value.
    pub source: ParamSource,
    /// `x` and `set_x` of the configuration, for a client context parameter.
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

/// The source of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamSource {
    /// A setting of all clients.
    BuiltIn(BuiltIn),
    /// A client context parameter, by its name.
    Client,
    /// Operations that bind it; clients never set it.
    Operation,
}

/// The built-in parameters of clients.
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
    /// All must hold; each may bind a name for later conditions and the outcome.
    pub conditions: Vec<Condition>,
    /// The outcome if they hold.
    pub outcome: Outcome,
}

impl Rule {
    /// Returns `true` if the rule always applies, so that later rules are unreachable.
    pub fn is_unconditional(&self) -> bool {
        self.conditions.iter().all(|condition| matches!(condition, Condition::Let(..)))
    }
}

/// The outcome of a rule.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// More rules, one of which has to apply.
    Rules(Vec<Rule>),
    /// An error with this message.
    Error(Expr),
    /// An endpoint.
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
    /// Returns the names of its auth schemes, if it lists some and all names are literals.
    fn auth_schemes(&self) -> Option<Vec<&str>> {
        let (_, schemes) = self.properties.iter().find(|(name, _)| name == "authSchemes")?;
        let Property::List(schemes) = schemes else { return None };
        schemes.iter().map(Property::literal_name).collect::<Option<Vec<_>>>().filter(|names| !names.is_empty())
    }

    /// Returns `true` if it has more than a URL.
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

impl Property {
    /// Returns the value of `name` in an object, if it is a literal.
    fn literal_name(&self) -> Option<&str> {
        let Self::Object(entries) = self else { return None };
        match entries.iter().find(|(name, _)| name == "name")? {
            (_, Self::Text(Expr::Text(name))) => Some(name),
            _ => None,
        }
    }
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Holds if the value is present, and binds it to a name.
    HttpBindings(Ident, Expr),
    /// Binds a value that is always present to a name.
    Let(Ident, Expr),
    /// Holds if the expression is true.
    Test(Expr),
}

/// An expression. Values other than booleans, numbers and string literals are borrowed.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A parameter by its field, while it may be absent.
    Param(Ident),
    /// A name bound by a condition.
    Bound(Ident),
    /// A string literal.
    Text(String),
    /// A template.
    Template(Vec<TemplatePart>),
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// An attribute of a partition, URL or ARN.
    Attribute(Box<Expr>, &'static str),
    /// The item at an index of a list, which may be absent.
    Item(Box<Expr>, i64),
    /// `a == b`, on two values that are present.
    Equals(Box<Expr>, Box<Expr>),
    /// `a == Some(b)`
    EqualsSome(Box<Expr>, Box<Expr>),
    /// `!a`
    Not(Box<Expr>),
    /// `a.is_some()`
    IsSome(Box<Expr>),
    /// `Some(a)`
    Present(Box<Expr>),
    /// A function of the runtime, by its name there, of values that are present.
    Call(&'static str, Vec<Expr>),
    /// The first present value of several; only the last may be one that is always present.
    Coalesce(Vec<Expr>, Option<Box<Expr>>),
    /// `if a { b } else { c }`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Absent if `value` is; otherwise `body`, with the value bound to a name.
    With {
        /// The value that may be absent.
        value: Box<Expr>,
        /// The name that it is bound to.
        name: Ident,
        /// The result.
        body: Box<Expr>,
        /// Whether `body` may be absent too.
        body_optional: bool,
    },
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Literal text.
    Text(String),
    /// The value of an expression.
    Value(Expr),
}

/// A binary decision diagram: tests that lead to further tests, and finally to a result.
#[derive(Clone, Debug)]
pub struct Diagram {
    /// Names that tests assign, each with its Rust type.
    pub variables: Vec<(Ident, &'static str)>,
    /// The tests, by the index that nodes use.
    pub tests: Vec<(u32, DiagramTest)>,
    /// The nodes: state, index of the test, and the states if it holds and if not.
    pub nodes: Vec<(i32, u32, i32, i32)>,
    /// The initial state.
    pub root: i32,
    /// Final states. Any other state that is not a node's ends without a result.
    pub results: Vec<(i32, Rule)>,
}

/// A test of a diagram.
#[derive(Clone, Debug)]
pub struct DiagramTest {
    /// Holds if the value, which may be absent, is present, and assigns it to the name.
    pub assign: Option<(Ident, Expr)>,
    /// Holds if the expression is true.
    pub holds: Expr,
}

/// A partition: regions that share a name pattern and DNS suffixes.
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
    /// The region that represents the whole partition.
    pub implicit_global_region: String,
    /// The pattern of its regions' names: segments between hyphens.
    pub pattern: Vec<Segment>,
    /// Regions that are known by name.
    pub regions: Vec<String>,
}

/// A segment of a region pattern.
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
    /// Its documentation.
    pub name: String,
    /// The parameters that differ from their defaults.
    pub params: Vec<(Ident, TestValue)>,
    /// The expected result: an endpoint, all of whose strings are literals, or an error.
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
