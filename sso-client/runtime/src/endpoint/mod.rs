//! The standard library of the endpoint rules engine, for rule sets that are compiled to Rust.
//!
//! Functions of the specification are named in the docs of the items. Where it says that a function has no result,
//! it returns `None`. Depends only on `std`, so that compiled rule sets can be tested alone.
//!
//! # Invariants
//!
//! - No function panics, whatever its input.

mod aws;
mod text;
mod url;

use std::fmt;

pub use aws::{Arn, Partition, Segment, is_virtual_hostable_s3_bucket, parse_arn, partition};
pub use text::{StringList, Texts, split, substring};
pub use url::{Url, is_valid_host, is_valid_host_label, parse_url, uri_encode};

/// The settings of a client that endpoint rules can use.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointSettings<'a> {
    /// The region.
    pub region: Option<&'a str>,
    /// Whether to use FIPS endpoints.
    pub use_fips: Option<bool>,
    /// Whether to use dual-stack endpoints.
    pub use_dual_stack: Option<bool>,
    /// A base URL that overrides the endpoint of the rules.
    pub endpoint_url: Option<&'a str>,
    /// Service-specific parameters by their names in the rules; the first of a name counts.
    pub client_params: &'a [(&'static str, ParamValue)],
}

/// The value of a service-specific endpoint parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// A string.
    String(String),
    /// A boolean.
    Boolean(bool),
    /// A list of strings.
    StringArray(Vec<String>),
}

impl<'a> EndpointSettings<'a> {
    /// Returns a string parameter; `None` if it is unset or of another type.
    pub fn client_string(&self, name: &str) -> Option<&'a str> {
        match self.client_param(name)? {
            ParamValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a boolean parameter; `None` if it is unset or of another type.
    pub fn client_boolean(&self, name: &str) -> Option<bool> {
        match self.client_param(name)? {
            ParamValue::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns a string list parameter; `None` if it is unset or of another type.
    pub fn client_strings(&self, name: &str) -> Option<StringList<'a>> {
        match self.client_param(name)? {
            ParamValue::StringArray(texts) => Some(texts.as_slice().into()),
            _ => None,
        }
    }

    fn client_param(&self, name: &str) -> Option<&'a ParamValue> {
        self.client_params.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

/// An endpoint: the base URL, headers and properties.
#[derive(Clone, Debug)]
pub struct Endpoint {
    url: String,
    headers: Vec<(String, Vec<String>)>,
    properties: Vec<(String, Property)>,
}

impl Endpoint {
    /// Returns the base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the headers that requests to this endpoint carry.
    pub fn headers(&self) -> &[(String, Vec<String>)] {
        &self.headers
    }

    /// Returns a property, such as `authSchemes`.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Returns the first auth scheme of a name in the property `authSchemes`; `None` if the endpoint lists none, so that
    /// any scheme is allowed.
    ///
    /// # Errors
    ///
    /// If the endpoint lists other schemes only. Requests that are authorized otherwise must not be sent to it.
    pub fn auth_scheme(&self, name: &str) -> Result<Option<&Property>, AuthSchemeError> {
        let Some(Property::List(schemes)) = self.property("authSchemes") else { return Ok(None) };
        let name_of = |scheme: &'_ Property| scheme.get("name").and_then(Property::as_text).map(str::to_owned);
        match schemes.iter().find(|scheme| scheme.get("name").and_then(Property::as_text) == Some(name)) {
            None if !schemes.is_empty() => {
                let listed = schemes.iter().filter_map(name_of).collect();
                Err(AuthSchemeError { name: name.to_owned(), listed })
            }
            found => Ok(found),
        }
    }

    /// Returns all properties.
    pub fn properties(&self) -> &[(String, Property)] {
        &self.properties
    }
}

/// The order of headers and properties is not significant.
impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
            && same_entries(&self.headers, &other.headers)
            && same_entries(&self.properties, &other.properties)
    }
}

impl Eq for Endpoint {}

/// Adds headers and properties to the endpoint of a rule.
pub trait EndpointDetails: Sized {
    /// Adds a header and its values.
    #[must_use]
    fn with_header<const N: usize>(self, name: &str, values: [&str; N]) -> Self;

    /// Adds a property.
    #[must_use]
    fn with_property(self, name: &str, value: Property) -> Self;
}

impl EndpointDetails for Result<Endpoint, EndpointError> {
    fn with_header<const N: usize>(mut self, name: &str, values: [&str; N]) -> Self {
        if let Ok(endpoint) = &mut self {
            endpoint.headers.push((name.to_owned(), values.map(str::to_owned).to_vec()));
        }
        self
    }

    fn with_property(mut self, name: &str, value: Property) -> Self {
        if let Ok(endpoint) = &mut self {
            endpoint.properties.push((name.to_owned(), value));
        }
        self
    }
}

/// The error of an endpoint that does not accept the auth scheme of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSchemeError {
    name: String,
    listed: Vec<String>,
}

impl fmt::Display for AuthSchemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, listed) = (&self.name, self.listed.join(" or "));
        write!(f, "the endpoint accepts requests authorized by {listed} only, and this client can authorize by {name}")
    }
}

impl std::error::Error for AuthSchemeError {}

/// Why there is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointError {
    message: String,
}

impl EndpointError {
    /// Creates an error.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// Creates an error for a required parameter that is not set.
    pub fn missing(parameter: &str) -> Self {
        Self::new(format!("Invalid Configuration: Missing {parameter}"))
    }

    /// Returns the reason, in the words of the rule set.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EndpointError {}

/// Returns the endpoint of a rule, from the pieces of its URL.
///
/// # Errors
///
/// Never; the type is that of [`no_endpoint`].
pub fn endpoint_at<const N: usize>(pieces: [&str; N]) -> Result<Endpoint, EndpointError> {
    Ok(Endpoint { url: pieces.concat(), headers: Vec::new(), properties: Vec::new() })
}

/// Returns the error of a rule.
///
/// # Errors
///
/// Always.
pub fn no_endpoint(message: impl Into<String>) -> Result<Endpoint, EndpointError> {
    Err(EndpointError::new(message))
}

/// Returns the error for a tree without a matching rule, which a sound rule set never reaches.
///
/// # Errors
///
/// Always.
pub fn no_rule_matched() -> Result<Endpoint, EndpointError> {
    no_endpoint("no endpoint rule matches these settings")
}

/// A property of an endpoint, such as the list of its authentication schemes.
#[derive(Clone, Debug)]
pub enum Property {
    /// No value.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Property>),
    /// An object.
    Object(Vec<(String, Property)>),
}

impl Property {
    /// Creates a list.
    pub fn list<const N: usize>(items: [Self; N]) -> Self {
        Self::List(items.into())
    }

    /// Creates an object.
    pub fn object<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Returns an entry of an object; `None` if it is absent, or this is not an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(found, _)| found == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Returns the string; `None` if this is not a string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The order of an object's entries is not significant.
impl PartialEq for Property {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::List(left), Self::List(right)) => left == right,
            (Self::Object(left), Self::Object(right)) => same_entries(left, right),
            _ => false,
        }
    }
}

impl Eq for Property {}

/// Compares two maps with unique keys.
fn same_entries<V: PartialEq>(left: &[(String, V)], right: &[(String, V)]) -> bool {
    left.len() == right.len() && left.iter().all(|entry| right.contains(entry))
}

impl From<bool> for Property {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Property {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Property {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Property {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_params() {
        let params = [
            ("Text", ParamValue::String("a".to_owned())),
            ("Yes", ParamValue::Boolean(true)),
            ("Many", ParamValue::StringArray(vec!["b".to_owned(), "c".to_owned()])),
            ("Text", ParamValue::String("later".to_owned())),
        ];
        let settings = EndpointSettings { client_params: &params, ..Default::default() };
        assert_eq!(settings.client_string("Text"), Some("a"));
        assert_eq!(settings.client_boolean("Yes"), Some(true));
        assert_eq!(settings.client_strings("Many").and_then(|list| list.get(1)), Some("c"));
        for name in ["Yes", "Many", "text", ""] {
            assert_eq!(settings.client_string(name), None, "{name}");
        }
        assert_eq!((settings.client_boolean("Text"), settings.client_strings("Text")), (None, None));
    }

    #[test]
    fn endpoint_equality() {
        let plain = || endpoint_at(["https://", "h"]);
        let one = plain().with_header("a", ["1", "2"]).with_header("b", []).with_property("p", true.into());
        let other = plain().with_property("p", true.into()).with_header("b", []).with_header("a", ["1", "2"]);
        assert_eq!(one, other);
        for different in [
            plain(),
            plain().with_header("a", ["2", "1"]).with_header("b", []).with_property("p", true.into()),
            plain().with_header("a", ["1", "2"]).with_header("b", []).with_property("p", false.into()),
            plain().with_header("a", ["1", "2"]).with_header("b", []),
        ] {
            assert_ne!(one, different);
        }
        let one = one.expect("an endpoint");
        assert_eq!(one.url(), "https://h");
        assert_eq!(one.headers().len(), 2);
        assert_eq!(one.property("p"), Some(&Property::Boolean(true)));
        assert_eq!((one.property("q"), one.properties().len()), (None, 1));
        assert_eq!(no_endpoint("e").with_header("a", ["1"]).with_property("p", Property::Null), no_endpoint("e"));
    }

    #[test]
    fn property_equality() {
        let scheme = Property::object([("name", "sigv4".into()), ("signingName", "x".into())]);
        assert_eq!(scheme, Property::object([("signingName", "x".into()), ("name", "sigv4".into())]));
        assert_ne!(scheme, Property::object([("name", "sigv4".into())]));
        assert_ne!(scheme, Property::object([("name", "sigv4".into()), ("signingName", "y".into())]));
        assert_ne!(Property::list([1.into(), 2.into()]), Property::list([2.into(), 1.into()]));
        assert_ne!(Property::Null, Property::from(false));
        assert_ne!(Property::from("1"), Property::from(1));
    }

    #[test]
    fn property_access() {
        let scheme = Property::object([("name", "sigv4".to_owned().into()), ("on", true.into())]);
        assert_eq!(scheme.get("name").and_then(Property::as_text), Some("sigv4"));
        assert_eq!(scheme.get("on"), Some(&Property::Boolean(true)));
        assert_eq!((scheme.get("off"), scheme.as_text(), Property::Null.get("name")), (None, None, None));
    }
}
